"""What can be set once: keys, kinds, defaults, and the reading of their values. No secret is among them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from arctl.core.dates import parse_iso
from arctl.core.money import format_plain, parse_amount


class Kind(StrEnum):
    """What a value must be."""

    DAYS = "days"
    YEARS = "years"
    AMOUNT = "amount"
    EMAIL = "email"
    HOST = "host"
    PORT = "port"
    ERP = "erp"
    ACCOUNT = "account"
    FOLDER = "folder"
    TITLE = "title"
    CURRENCY = "currency"
    ZONE = "zone"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key. `default` is empty where nothing holds until it is set; `per_company` ones are set for each company."""

    key: str
    kind: Kind
    default: str
    meaning: str
    per_company: bool = False


@dataclass(frozen=True, slots=True)
class SettingShown:
    """A setting as it stands: whose (empty for the tenant's); by whom and when (UTC) it was set, where known."""

    setting: Setting
    company: str
    value: str
    is_set: bool
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One value before and after; equal where there was nothing to change. `company` is empty for a tenant's."""

    key: str
    company: str
    before: str
    after: str


SETTINGS: Mapping[str, Setting] = {
    setting.key: setting
    for setting in (
        Setting(
            "base_currency", Kind.CURRENCY, "USD", "the currency that totals are translated into", per_company=True
        ),
        Setting("time_zone", Kind.ZONE, "America/New_York", "whose date is today", per_company=True),
        Setting("books_from", Kind.DATE, "", "an as-of before this day is refused", per_company=True),
        Setting("dunning.first_reminder_days", Kind.DAYS, "7", "days overdue at which the first reminder is due"),
        Setting("dunning.second_reminder_days", Kind.DAYS, "14", "days overdue at which the second reminder is due"),
        Setting("dunning.final_notice_days", Kind.DAYS, "21", "days overdue at which the final notice is due"),
        Setting("dunning.agency_days", Kind.DAYS, "60", "days overdue at which a collection agency is proposed"),
        Setting("dunning.repeat_days", Kind.DAYS, "14", "days between contacts after the last threshold"),
        Setting("dunning.min_gap_days", Kind.DAYS, "7", "fewest days between two contacts of a customer"),
        Setting("dunning.minimum_amount", Kind.AMOUNT, "1.00", "less than this is not asked for"),
        Setting("alert.operator", Kind.EMAIL, "", "who hears of what goes wrong"),
        Setting("alert.warehouse_lead", Kind.EMAIL, "", "who hears of short and late shipments"),
        Setting("alert.accounting_lead", Kind.EMAIL, "", "who hears of fulfillments to invoice"),
        Setting("mail.from", Kind.EMAIL, "", "the sender of letters and alerts"),
        Setting("mail.smtp_host", Kind.HOST, "", "the mail server; none: letters stay in the outbox folder"),
        Setting("mail.smtp_port", Kind.PORT, "587", "the mail server's port"),
        Setting("erp.kind", Kind.ERP, "", "the ERP that is mirrored"),
        Setting("erp.account", Kind.ACCOUNT, "", "the company's account there"),
        Setting(
            "evidence.retention_years", Kind.YEARS, "7", "how long month-end evidence is kept before it may be purged"
        ),
        Setting(
            "allowance.account",
            Kind.TITLE,
            "Allowance for doubtful accounts",
            "the ledger account that holds the allowance",
        ),
        Setting(
            "allowance.expense_account",
            Kind.TITLE,
            "Bad debt expense",
            "the ledger account that the allowance is charged to",
        ),
        Setting("outbox.folder", Kind.FOLDER, "outbox", "where letters are written, beside the ledger unless absolute"),
        Setting(
            "letters.folder",
            Kind.FOLDER,
            "",
            "letter templates of one's own, looked at first; beside the ledger unless absolute",
        ),
        Setting(
            "contracts.folder",
            Kind.FOLDER,
            "",
            "contracts of one's own, before the shipped; beside the ledger unless absolute",
        ),
    )
}

THRESHOLDS = (
    "dunning.first_reminder_days",
    "dunning.second_reminder_days",
    "dunning.final_notice_days",
    "dunning.agency_days",
)
"""Dunning grows firmer with each of these, so each must be later than the one before."""

_SECRET_NAMES = re.compile(r"passw|pwd|token|secret|key|credential", re.IGNORECASE)
_SECRET_VALUES = re.compile(
    r"-----BEGIN|(passw(or)?d|pwd|token|secret|key)\s*[=:]|://[^/\s]*:[^/\s]*@|^(sk|pk|rk|ghp|gho|xox[a-z])[-_]|^AKIA[0-9A-Z]{16}$"
    r"|^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+=_-]{32,}$",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9a-fA-F:]+\]")
_WHOLE = re.compile(r"[0-9]{1,5}")
_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,40}")

# ISO 4217, in use in 2026; a typing slip (UDS) would otherwise become a currency of its own.
_IN_USE = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL "
    "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG "
    "QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD "
    "TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG "
)
CURRENCIES = frozenset(_IN_USE.split())


def looks_secret(key: str, value: str) -> bool:
    """Whether the key's name, or the form of the value, is that of a password, a token or a key."""
    return bool(_SECRET_NAMES.search(key) or _SECRET_VALUES.search(value))


def read_value(setting: Setting, text: str) -> str:
    """The value in the form it is kept in. Raises ValueError with what the key takes, never with the text itself.

    A time zone is taken as it stands: which ones there are is for the machine's database to say.
    """
    text = text.strip()
    read = _READERS[setting.kind](text) if text.isprintable() else None
    if not read:
        raise ValueError(_TAKES[setting.kind])
    return read


def contradiction(values: Mapping[str, str]) -> str:
    """Which dunning thresholds do not rise, by the values in force; empty where all is well."""
    for earlier, later in pairwise(THRESHOLDS):
        if int(values[earlier]) >= int(values[later]):
            return f"{earlier} ({values[earlier]}) must be less than {later} ({values[later]})"
    return ""


def _matching(pattern: re.Pattern[str], text: str) -> str | None:
    return text if pattern.fullmatch(text) else None


def _days(text: str) -> str | None:
    return str(int(text)) if _WHOLE.fullmatch(text) and int(text) <= 3650 else None


def _years(text: str) -> str | None:
    return str(int(text)) if _WHOLE.fullmatch(text) and 0 < int(text) < 100 else None


def _port(text: str) -> str | None:
    return str(int(text)) if _WHOLE.fullmatch(text) and 0 < int(text) < 65536 else None


def _amount(text: str) -> str | None:
    try:
        cents = parse_amount(text)
    except ValueError:
        return None
    return format_plain(cents) if cents >= 0 else None


def _date(text: str) -> str | None:
    try:
        return parse_iso(text).isoformat()
    except ValueError:
        return None


def _currency(text: str) -> str | None:
    return text.upper() if text.upper() in CURRENCIES else None


_READERS: dict[Kind, Callable[[str], str | None]] = {
    Kind.DAYS: _days,
    Kind.YEARS: _years,
    Kind.AMOUNT: _amount,
    Kind.EMAIL: lambda text: _matching(_EMAIL, text),
    Kind.HOST: lambda text: _matching(_HOST, text),
    Kind.PORT: _port,
    Kind.ERP: lambda text: text.lower() if text.lower() == "netsuite" else None,
    Kind.ACCOUNT: lambda text: _matching(_ACCOUNT, text),
    Kind.FOLDER: lambda text: text,
    Kind.TITLE: lambda text: text if len(text) <= 100 else None,
    Kind.CURRENCY: _currency,
    Kind.ZONE: lambda text: text,
    Kind.DATE: _date,
}

_TAKES = {
    Kind.DAYS: "a whole number of days up to 3650",
    Kind.YEARS: "a whole number of years from 1 to 99",
    Kind.AMOUNT: "an amount such as 1.00",
    Kind.EMAIL: "one e-mail address, such as ar@example.com",
    Kind.HOST: "the name of a server, such as smtp.example.com",
    Kind.PORT: "a port number from 1 to 65535",
    Kind.ERP: "netsuite",
    Kind.ACCOUNT: "an account number, such as 1234567 or 1234567_SB1",
    Kind.FOLDER: "a folder",
    Kind.TITLE: "1 to 100 printable characters",
    Kind.CURRENCY: "an ISO 4217 currency, such as USD",
    Kind.ZONE: "a time zone, such as America/New_York",
    Kind.DATE: "a date, such as 2026-01-01",
}
