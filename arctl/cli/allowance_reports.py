"""The reports of `arctl allowance`: estimate, compare, derive-rate, rollforward, lookback."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from arctl.cli.acting import acting_on
from arctl.cli.allowance_options import percent
from arctl.cli.context import globals_of, notify
from arctl.cli.options import (
    AsOf,
    Format,
    JsonFlag,
    KnownAt,
    OneCurrency,
    resolve_currency,
    resolve_date,
    resolve_format,
)
from arctl.cli.reading import reading, reading_between
from arctl.core.allowance import Base
from arctl.core.allowance_rollforward import JournalLine
from arctl.errors import BadInput, CheckFailed, Refused
from arctl.render import allowance_estimate as render
from arctl.render import allowance_history as history_render
from arctl.render import allowance_rollforward as roll_render
from arctl.services import allowance_estimate as estimates
from arctl.services import allowance_history as histories
from arctl.services import allowance_rollforward as rolls

_MOST_MONTHS = 120

Lookback = Annotated[
    int,
    typer.Option(
        "--lookback-months", metavar="N", min=1, max=_MOST_MONTHS, help="How many months of losses and sales count."
    ),
]

GlAllowance = Annotated[
    str | None,
    typer.Option(
        metavar="AMOUNT",
        help="The booked opening balance: 17430.00 is a credit, -20550.00 or '20550 DR' a debit.",
        show_default="what the policy required at D1",
    ),
]
Other = Annotated[
    str | None,
    typer.Option(metavar="AMOUNT", help="What else moved the account, a credit above zero.", show_default="0"),
]
JournalFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the journal entry as a CSV file that an ERP imports.")
]
ExpenseAccount = Annotated[
    str | None, typer.Option(metavar="NAME", help="How the ledger calls bad-debt expense.", show_default="as set")
]
AllowanceAccount = Annotated[
    str | None, typer.Option(metavar="NAME", help="How it calls the allowance.", show_default="as set")
]


def estimate(
    ctx: typer.Context,
    as_of: AsOf = None,
    config: Annotated[
        int | None, typer.Option("--config", metavar="V", help="Try this version instead of the one in force.")
    ] = None,
    currency: OneCurrency = None,
    known_at: KnownAt = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """The required allowance, customer by customer.

    By the policy in force on the day; refused (exit 4) where there is none. Exit 1 where the ledger does not tie out.
    """
    options = globals_of(ctx)
    form = resolve_format(format, json)
    with reading(options, as_of, known_at) as (ledger, day):
        report = estimates.estimate(ledger, day, options.company, resolve_currency(currency), config)
    render.write_estimate(report, form, sys.stdout)
    _refuse_untied(report.untied)


def compare(
    ctx: typer.Context,
    as_of: AsOf = None,
    flat: Annotated[str | None, typer.Option(metavar="PCT", help="The flat percentage to compare with.")] = None,
    lookback_months: Lookback = 12,
    customers: Annotated[bool, typer.Option("--customers", help="Customer by customer too.")] = False,
    currency: OneCurrency = None,
    known_at: KnownAt = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """The three methods side by side.

    With the percentages of the policy in force, else the defaults and the rate that past losses give.
    """
    options = globals_of(ctx)
    form = resolve_format(format, json)
    flat_bp = percent("--flat", flat)
    with reading(options, as_of, known_at) as (ledger, day):
        asked = estimates.CompareRequest(day, lookback_months, flat_bp, options.company, resolve_currency(currency))
        report = estimates.compare(ledger, asked)
    render.write_comparison(report, customers, form, sys.stdout)
    _refuse_untied(report.untied)


def derive_rate(
    ctx: typer.Context,
    as_of: AsOf = None,
    lookback_months: Lookback = 12,
    name: Annotated[str, typer.Option(help="What the draft is called.")] = "historical",
    effective: Annotated[
        str | None, typer.Option(metavar="DATE", help="The draft's first day.", show_default="the as-of day")
    ] = None,
    base: Annotated[Base, typer.Option(help="What the draft works on.")] = Base.GROSS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the rate, stage nothing.")] = False,
    currency: OneCurrency = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """The write-off rate of past months.

    Net write-offs ÷ credit sales, shown with its inputs and staged as a draft of the historical method.
    """
    options = globals_of(ctx)
    form = resolve_format(format, json)
    with reading(options, as_of) as (ledger, day):
        request = histories.DeriveRequest(
            day,
            lookback_months,
            options.company,
            resolve_currency(currency),
            None if dry_run else name,
            None if effective is None else resolve_date(effective, day, "--effective"),
            base,
        )
        found = histories.derive_rate(ledger, request, acting_on(options, ledger))
    history_render.write_derived(found, day.isoformat(), lookback_months, form, sys.stdout)


def rollforward(
    ctx: typer.Context,
    first: Annotated[str, typer.Argument(metavar="D1", help="The earlier date.")],
    second: Annotated[str, typer.Argument(metavar="D2", help="The later date.")],
    gl_allowance: GlAllowance = None,
    other: Other = None,
    journal: JournalFile = None,
    expense_account: ExpenseAccount = None,
    allowance_account: AllowanceAccount = None,
    currency: OneCurrency = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Roll the allowance forward.

    Opening, write-offs, recoveries, other, provision, closing, and the journal entry that books the provision.
    """
    options = globals_of(ctx)
    form = resolve_format(format, json)
    with reading_between(options, first, second) as (ledger, begin, end):
        request = rolls.RollRequest(
            begin,
            end,
            options.company,
            resolve_currency(currency),
            gl_allowance,
            other,
            expense_account,
            allowance_account,
        )
        report = rolls.rollforward(ledger, request)
    if journal is not None and any(report.entries) and not report.untied:
        _write_journal(journal, report.entries)
        notify(options, f"the journal entry is in {journal}")
    elif journal is not None:
        notify(
            options, f"{journal} was not written: " + ("there is nothing to book" if not report.untied else "see below")
        )
    roll_render.write_rollforward(report, form, sys.stdout)
    _refuse_untied(report.untied)


def lookback(
    ctx: typer.Context,
    day: Annotated[str, typer.Argument(metavar="D", help="The day whose allowance is judged.")],
    until: Annotated[
        str, typer.Option("--until", metavar="D2", help="Up to which day losses count.", show_default="today")
    ] = "today",
    currency: OneCurrency = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """An earlier allowance in hindsight.

    Against what was then written off, less recoveries, of the invoices open at its date.
    """
    options = globals_of(ctx)
    form = resolve_format(format, json)
    with reading_between(options, day, until) as (ledger, begin, end):
        report = histories.lookback(ledger, begin, end, options.company, resolve_currency(currency))
    history_render.write_lookback(report, form, sys.stdout)
    _refuse_untied(report.untied)


def _write_journal(path: Path, entries: Sequence[Sequence[JournalLine]]) -> None:
    """Raises Refused where the file exists: a journal that was imported already must not change under its name."""
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            roll_render.write_journal(entries, file)
    except FileExistsError:
        raise Refused(f"{path} exists already", "name another file with --journal, or move that one away") from None
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written ({error.strerror})", "check the folder that --journal names"
        ) from None


def _refuse_untied(untied: Sequence[str]) -> None:
    if untied:
        raise CheckFailed(f"the ledger does not tie out: {', '.join(untied)}", "run `arctl age` for it: what differs?")
