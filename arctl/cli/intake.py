"""`arctl intake`: orders that customers sent, by EDI or e-mail, staged for a person's yes."""

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arctl.cli.acting import acting
from arctl.cli.context import globals_of
from arctl.cli.options import AsOf, Format, JsonFlag, resolve_date, resolve_format
from arctl.cli.shell import new_app
from arctl.cli.writing import writer_of
from arctl.errors import BadInput, Refused
from arctl.store.ledger import Ledger, open_ledger

if TYPE_CHECKING:
    from arctl.core.intake_report import IntakeReport
    from arctl.services.intake import IntakeRequest, Writers

app = new_app(
    "Take in customers' orders. Each is matched to its customer and held against prices, terms, earlier orders and the credit limit,"
    " then proposed as a sales order; nothing reaches the ERP before `arctl approve`."
)

Accept = Annotated[
    str,
    typer.Option("--accept", metavar="REASON", help="Take in a PO# that was ordered before, too.", show_default=False),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would be staged, and write nothing.")]


@app.command()
def order(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A YAML or CSV file.", show_default=False)],
    accept: Accept = "",
    dry_run: DryRun = False,
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Stage an order that somebody keyed from an e-mail.

    YAML has po, customer_id (or customer, a name) and items, each with item_code, qty and rate; and release, order_date, currency,
    terms, requested_ship_date, shipping_requirements, special_instructions, email_thread_id. CSV has the same as columns, a row per
    line.
    """
    from arctl.services.intake import take_keyed

    _take(ctx, take_keyed, file, accept, dry_run, as_of, resolve_format(format, json))


@app.command()
def edi(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="X12 850 orders, or a folder.", show_default=False)],
    accept: Accept = "",
    dry_run: DryRun = False,
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Stage the purchase orders (X12 850) of a file, or of every file of a folder.

    Whatever is not whole is refused by its segment and element, and the rest is taken in.
    """
    from arctl.services.intake import take_edi

    _take(ctx, take_edi, path, accept, dry_run, as_of, resolve_format(format, json))


def _take(
    ctx: typer.Context,
    take: Callable[[Ledger, "IntakeRequest", "Writers"], "IntakeReport"],
    path: Path,
    accept: str,
    dry_run: bool,
    as_of: str | None,
    form: str,
) -> None:
    from arctl.render.intake import order_text, write_report
    from arctl.services import books
    from arctl.services.intake import IntakeRequest, Writers

    options = globals_of(ctx)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = books.the_company(ledger, options.company, "an order is one company's")
        day = resolve_date(as_of, books.local_date(company.time_zone, options.now()))
        books.books_from_check([company], day)
        request = IntakeRequest(company, path, day, acting(options, company), accept.strip(), dry_run)
        report = take(ledger, request, Writers(order_text, writer_of(ledger)))
    write_report(report, form, sys.stdout)
    _raise(report)


def _raise(report: "IntakeReport") -> None:
    """Raises BadInput where something could not be read or matched, Refused where only a control turned orders away."""
    if not report.refused:
        return
    first = next((each for each in report.refused if not each.control), report.refused[0])
    more = f" (and {len(report.refused) - 1:,} more)" if len(report.refused) > 1 else ""
    error = Refused if first.control else BadInput
    hint = first.remedy or "ask the sender for it again; what is whole does not wait for it"
    raise error(f"{first.file}: {first.problem.words}{more}", hint)
