"""What the commands of `arctl allowance` share: who acts, and how a percentage is read."""

from arctl.cli.context import Globals, system_user
from arctl.core.acting import Acting
from arctl.core.allowance import parse_percent
from arctl.errors import UsageError
from arctl.services import books
from arctl.store.ledger import Ledger


def acting(options: Globals, ledger: Ledger) -> Acting:
    """Who acts, now, on the company's own date; the system account is the process's, whatever --actor says."""
    zone = books.companies_of(ledger, options.company)[0].time_zone
    now = options.now()
    return Acting(options.actor, system_user(), f"{now:%Y-%m-%d %H:%M:%S}", books.local_date(zone, now).isoformat())


def percent(option: str, text: str | None) -> int | None:
    """Basis points of an option's percentage. Raises UsageError."""
    if text is None:
        return None
    try:
        return parse_percent(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: {error}", "write 2.5 or 2.50, from 0 to 100") from None
