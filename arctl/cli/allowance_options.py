"""What the commands of `arctl allowance` share: how a percentage is read."""

from arctl.core.allowance import parse_percent
from arctl.errors import UsageError


def percent(option: str, text: str | None) -> int | None:
    """Basis points of an option's percentage. Raises UsageError."""
    if text is None:
        return None
    try:
        return parse_percent(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: {error}", "write 2.5 or 2.50, from 0 to 100") from None
