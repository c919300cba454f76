"""Money as integer minor units: reading it from text and writing it back, exactly."""

import re
from typing import NewType

Cents = NewType("Cents", int)
"""An amount in the currency's minor unit; never a float."""

LARGEST = 10**14 - 1
"""The largest amount accepted on one document, so that 90,000 of them still sum within 64 bits."""

NO_MINOR_UNIT = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)
IN_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""ISO 4217: the currencies whose minor unit is not a hundredth."""

# ASCII digits only: Decimal and int also take "1_000" and full-width digits. Groups of three or none: "1,23" is no 123.
_AMOUNT = re.compile(
    r"(?P<open>\()?(?P<minus>-)?[$€£]?(?P<minus2>-)?"
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.(?P<part>[0-9]+))?(?P<close>\))?"
)
_CURRENCY = re.compile(r"[A-Z]{3}")


def minor_digits(currency: str) -> int:
    """How many decimals the currency has (ISO 4217; 2 unless listed)."""
    return 0 if currency in NO_MINOR_UNIT else 3 if currency in IN_THOUSANDTHS else 2


def is_currency(text: str) -> bool:
    """True for three capital letters, the form of an ISO 4217 code."""
    return _CURRENCY.fullmatch(text) is not None


def parse_amount(text: str, digits: int = 2) -> Cents:
    """Read `1234.5`, `1,234.50`, `$1,234.50`, `(12.00)` or `-12.00` as minor units of `digits` decimals.

    Raises ValueError, saying why, for anything else, for decimals below the minor unit and beyond LARGEST.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None or not (match["whole"] or match["part"]):
        raise ValueError("not an amount")
    signs = bool(match["open"]) + bool(match["minus"]) + bool(match["minus2"])
    if signs > 1 or bool(match["open"]) != bool(match["close"]):
        raise ValueError("not an amount")
    part = match["part"] or ""
    if part[digits:].strip("0"):
        raise ValueError(f"more than {digits} decimals")
    cents = int((match["whole"] or "0").replace(",", "") + part[:digits].ljust(digits, "0"))
    if cents > LARGEST * 10 ** max(digits - 2, 0):  # one limit in units, whatever the digits asked for
        raise ValueError("larger than any receivable")
    return Cents(-cents if signs else cents)


def format_plain(cents: int, currency: str = "USD") -> str:
    """Minor units as `-1234.50`: what a spreadsheet or another program reads."""
    digits = minor_digits(currency)
    whole, part = divmod(abs(cents), 10**digits)
    sign = "-" if cents < 0 else ""
    return f"{sign}{whole}.{part:0{digits}d}" if digits else f"{sign}{whole}"


def format_amount(cents: int, currency: str = "USD") -> str:
    """Minor units as `-1,234.50`: what a person reads."""
    digits = minor_digits(currency)
    whole, part = divmod(abs(cents), 10**digits)
    sign = "-" if cents < 0 else ""
    return f"{sign}{whole:,}.{part:0{digits}d}" if digits else f"{sign}{whole:,}"


def parse_rate(text: str) -> str:
    """Read a positive exchange rate as decimal text without spare zeros; ValueError otherwise."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,12})?", text):
        raise ValueError("not an exchange rate")
    rate = text.lstrip("0") or "0"
    rate = rate.rstrip("0").rstrip(".") if "." in rate else rate
    rate = f"0{rate}" if rate.startswith(".") else rate
    if rate in ("", "0"):
        raise ValueError("an exchange rate must be above zero")
    return rate


def translate(cents: int, rate: str, from_currency: str, to_currency: str) -> Cents:
    """Minor units of one currency in another's at a decimal rate, half up (away from zero), once."""
    whole, _, part = rate.partition(".")
    numerator = abs(cents) * int(whole + part) * 10 ** minor_digits(to_currency)
    denominator = 10 ** (len(part) + minor_digits(from_currency))
    rounded = (2 * numerator + denominator) // (2 * denominator)
    return Cents(-rounded if cents < 0 else rounded)
