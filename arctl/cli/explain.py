"""`arctl explain`: how the balance of one invoice came about."""

import sys
from typing import Annotated

import typer

from arctl.cli.context import globals_of
from arctl.cli.options import AsOf, Format, JsonFlag, KnownAt, OutputFormat, resolve_format
from arctl.cli.reading import reading
from arctl.core.money import format_amount
from arctl.errors import CheckFailed
from arctl.render import explain as render
from arctl.services.explain import explain


def command(
    ctx: typer.Context,
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="The invoice's id, or its document number.")],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """How the balance of one invoice came about: each application, when it took effect, whether it counted and why.

    Exit 1 where its documents do not add up to what the aging says.
    """
    options = globals_of(ctx)
    shape = resolve_format(format, json)
    with reading(options, as_of, known_at) as (ledger, day):
        explanation = explain(ledger, invoice, day, company=options.company)
    if shape is OutputFormat.JSON:
        render.write_json_explanation(explanation, sys.stdout)
    elif shape is OutputFormat.CSV:
        render.write_csv_explanation(explanation, sys.stdout)
    else:
        render.write_screen(explanation, shape is OutputFormat.MD, sys.stdout)
    if explanation.added_up != explanation.raw_cents:
        currency = explanation.invoice.currency
        added_up, aged = (format_amount(cents, currency) for cents in (explanation.added_up, explanation.raw_cents))
        raise CheckFailed(
            f"invoice {explanation.invoice.id} does not add up:"
            f" its documents give {added_up} {currency}, the aging {aged}",
            "sync again with --full; if it stays, restore a backup",
        )
