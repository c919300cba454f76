"""What a full derivation of balances from the mirror tells of the balances the ledger keeps, in words."""

from typing import Any

from arctl.core.dates import NEVER, from_day_number
from arctl.core.integrity import Examined, Finding
from arctl.core.money import format_amount
from arctl.store import integrity, rederivation
from arctl.store.ledger import Ledger
from arctl.store.rederivation import Compared, Difference

_REMEDY = "sync again with --full; if it stays, restore the last backup"
_TITLES = {
    "ar_items": "items",
    "ar_credits": "credits",
    "erp_applications": "applications",
    "ar_day_totals": "day totals",
}
_WORDS = {
    "account_id": "account",
    "settled_day": "settled on",
    "final_cents": "final balance",
    "due_day": "due",
    "flags": "flags",
    "opens_day": "opens on",
    "last_day": "moves last on",
    "opening_cents": "opening balance",
    "next_day": "moves next on",
    "middle_cents": "balance between",
    "invoice_day": "dated",
    "source_day": "dated",
    "cap_cents": "at most",
    "after_cents": "eaten after it",
    "effective_day": "effective from",
    "until_day": "effective until",
    "started_cents": "amount that starts to count",
    "stopped_cents": "amount that stops counting",
    "started": "documents that start to count",
    "stopped": "documents that stop counting",
    "day": "day",
}
_NO_LIMIT = 1 << 60


def derived_balances(ledger: Ledger) -> Examined:
    """Hold every balance of every tenant against a full derivation from the mirror."""
    compared = rederivation.rederive(ledger.connection)
    tenants = dict(integrity.tenants(ledger.connection))
    several = len(tenants) > 1
    findings: list[Finding] = []
    for table in compared:
        findings += [_finding(each, tenants if several else {}) for each in table.listed]
        left = table.differing - len(table.listed)
        if left > 0:
            findings.append(Finding(table.table, f"{left:,} more documents differ", _REMEDY))
    return Examined(", ".join(_counted(each) for each in compared if each.table in _TITLES), findings)


def _counted(table: Compared) -> str:
    return f"{table.rows:,} {_TITLES[table.table]}"


def _finding(difference: Difference, tenants: dict[int, str]) -> Finding:
    prefix = f"tenant {tenants[difference.tenant]}, " if difference.tenant in tenants else ""
    return Finding(prefix + _where(difference), _message(difference), _REMEDY)


def _where(difference: Difference) -> str:
    kind, *rest = difference.named
    if difference.table == "ar_items":
        return f"invoice {rest[0]}" + (f" instalment {rest[1]}" if len(rest) > 1 else "")
    if difference.table == "erp_applications":
        return f"application of {kind} {rest[0]} to invoice {rest[2]}"
    if difference.table == "ar_day_totals":
        company, heading, day = rest
        return f"{heading.replace('_', '-')} of {company} {difference.currency} on {_day(int(day))}"
    if difference.table == "ar_accounts":
        return f"account of customer {rest[0]} with {rest[1]} in {difference.currency}"
    return difference.table if difference.table == "ar_horizon" else f"{kind} {rest[0]}"


def _message(difference: Difference) -> str:
    if not difference.columns:
        if difference.stored:
            return f"has a row in {difference.table} that the mirror does not give"
        return f"has no row in {difference.table}, and the mirror gives one"
    said = [
        f"{_WORDS[column]} {_value(column, held, difference.currency)},"
        f" the mirror gives {_value(column, derived, difference.currency)}"
        for column, held, derived in difference.columns
    ]
    return "; ".join(said)


def _value(column: str, value: Any, currency: str) -> str:
    if not isinstance(value, int):
        return "nothing" if value is None else str(value)
    if column.endswith("_day") or column == "day":
        return _day(value)
    if column.endswith("_cents"):
        return "no limit" if value > _NO_LIMIT else f"{format_amount(value, currency)} {currency}"
    return str(value)


def _day(number: int) -> str:
    """A day number as its date; a number that is no day stands as it is."""
    if number == NEVER:
        return "never"
    return from_day_number(number).isoformat() if 0 <= number < NEVER else f"day {number}"
