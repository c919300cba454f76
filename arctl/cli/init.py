"""`arctl init`: found a ledger, or add a tenant or a company to one."""

from typing import Annotated

import typer

from arctl.cli.context import globals_of, notify
from arctl.cli.options import resolve_date
from arctl.core.settings import SETTINGS
from arctl.errors import UsageError
from arctl.render.text import visible
from arctl.services import books
from arctl.services.settings import read_setting
from arctl.store.books import FIRST_COMPANY, Company, Made


def command(
    ctx: typer.Context,
    company: Annotated[
        str | None, typer.Option(metavar="NAME", help="The company's name.", show_default=FIRST_COMPANY.name)
    ] = None,
    base_currency: Annotated[
        str, typer.Option(metavar="CODE", help="ISO 4217; what totals are translated into.")
    ] = FIRST_COMPANY.base_currency,
    time_zone: Annotated[str, typer.Option(metavar="ZONE", help="Whose date is today.")] = FIRST_COMPANY.time_zone,
    books_from: Annotated[
        str | None, typer.Option(metavar="DATE", help="An as-of before this day is refused.", show_default="none")
    ] = None,
) -> None:
    """Create a ledger: company, base currency, time zone.

    On a ledger that exists, --company NAME adds another company, and the global --tenant T another tenant.
    """
    options = globals_of(ctx)
    if company is not None and options.company not in (None, company):
        raise UsageError("--company is given twice, with two names", "keep one of them")
    name = company if company is not None else options.company
    currency = read_setting(SETTINGS["base_currency"], base_currency, "--base-currency")
    zone = read_setting(SETTINGS["time_zone"], time_zone, "--time-zone")
    now = options.now()
    first = None if books_from is None else resolve_date(books_from, books.local_date(zone, now), "--books-from")
    wanted = Company(1, name or FIRST_COMPANY.name, currency, zone, first.isoformat() if first else None)
    made = books.found(
        options.db, options.tenant, wanted, name is not None, Made(f"{now:%Y-%m-%d %H:%M:%S}", options.actor)
    )
    found = made.company
    what = (
        f"tenant {made.tenant}, company {found.name}, base currency {found.base_currency}, time zone {found.time_zone}"
    )
    since = f", books from {found.books_from}" if found.books_from else ""
    print(visible(f"{'created' if made.what == 'ledger' else f'added a {made.what} to'} {options.db}: {what}{since}"))
    notify(options, "next: arctl sync --from FOLDER" if made.what == "ledger" else "next: arctl config list")
