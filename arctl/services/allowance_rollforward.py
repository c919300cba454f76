"""The allowance between two dates: what was required then and now, what was written off, and what is left to book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from arctl.core.aging import CustomerRow, GroupKey
from arctl.core.allowance import Policy, estimate
from arctl.core.allowance_rollforward import Accounts, AllowanceRoll, RollReport, journal, parse_balance
from arctl.core.dates import day_number
from arctl.errors import Refused, UsageError
from arctl.services.allowance import require_in_force
from arctl.services.allowance_balances import Aged, aged_on, groups_asked, named, one_reading
from arctl.services.settings import get_setting, read_setting, setting_named
from arctl.store import aging as store
from arctl.store.books import Company
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class RollRequest:
    """Two days, and what the operator knows of the account as typed: its booked opening balance, what else moved it, and
    how the general ledger calls the two accounts (None: as set)."""

    first: date
    second: date
    company: str | None = None
    currency: str | None = None
    gl_allowance: str | None = None
    other: str | None = None
    expense_account: str | None = None
    allowance_account: str | None = None


def rollforward(ledger: Ledger, request: RollRequest) -> RollReport:
    """The allowance of each company and currency asked for from the end of one day to the end of another.

    Raises UsageError (dates, amounts, account names), and Refused where no policy was in force on a day that needs one.
    """
    if request.second <= request.first:
        raise UsageError(f"{request.second} is not later than {request.first}", "name the earlier date first")
    accounts = Accounts(
        _account(ledger, "allowance.expense_account", request.expense_account, "--expense-account"),
        _account(ledger, "allowance.account", request.allowance_account, "--allowance-account"),
    )
    if accounts.expense == accounts.allowance:
        raise UsageError(f"both accounts are {accounts.expense}", "bad-debt expense and the allowance are two accounts")
    with one_reading(ledger):
        opening, closing = aged_on(ledger, request.first), aged_on(ledger, request.second)
        moved = _moved(ledger, request)
        keys = groups_asked(ledger, {*opening.known, *closing.known}, request.company, request.currency)
        _refuse_several(request, len(keys))
        pairs = [_roll(ledger, request, each, code, opening, closing, moved) for each, code in keys]
    day = request.second.isoformat()
    return RollReport(
        request.first.isoformat(),
        day,
        [roll for roll, _ in pairs],
        [journal(roll, day, accounts) for roll, _ in pairs],
        [policy for _, policy in pairs],
        named({*opening.untied, *closing.untied}),
    )


def _refuse_several(request: RollRequest, groups: int) -> None:
    """Raises UsageError where an amount was given and the report is not of one company and currency."""
    for option, text in (("--gl-allowance", request.gl_allowance), ("--other", request.other)):
        if text is not None and groups != 1:
            raise UsageError(
                f"{option} is of one account, and this report has {groups} companies or currencies",
                "narrow it with --currency CODE, or with --company NAME before the command",
            )


def _account(ledger: Ledger, key: str, given: str | None, option: str) -> str:
    if given is None:
        return get_setting(ledger, None, key)
    return read_setting(setting_named(key), given, option)


def _moved(ledger: Ledger, request: RollRequest) -> dict[tuple[GroupKey, str], int]:
    """Cents by group and heading that started to count between the two days, less what stopped."""
    first, second = day_number(request.first), day_number(request.second)
    return {
        ((company, currency), heading): started - stopped
        for company, currency, heading, started, stopped in store.movements_between(
            ledger.connection, ledger.tenant_id, first, second
        )
    }


def _roll(
    ledger: Ledger,
    request: RollRequest,
    company: Company,
    currency: str,
    opening: Aged,
    closing: Aged,
    moved: dict[tuple[GroupKey, str], int],
) -> tuple[AllowanceRoll, Policy]:
    key = (company.name, currency)
    after = require_in_force(ledger, company, request.second)
    booked = _amount("--gl-allowance", request.gl_allowance, currency)
    before = None
    if booked is None:
        try:
            before = require_in_force(ledger, company, request.first)
        except Refused as refused:
            raise Refused(
                refused.message, "give the booked opening balance with --gl-allowance, or approve one"
            ) from None
        booked = _required(before, opening.rows.get(key, ()))
    roll = AllowanceRoll(
        *key,
        opening=booked,
        write_offs=moved.get((key, "write_offs"), 0),
        recoveries=moved.get((key, "recoveries"), 0),
        other=_amount("--other", request.other, currency) or 0,
        closing=_required(after, closing.rows.get(key, ())),
        opening_version=before.version if before else None,
        closing_version=after.version,
    )
    return roll, after


def _required(policy: Policy, rows: Sequence[CustomerRow]) -> int:
    return sum(estimate(policy, row.buckets, row.unapplied) for row in rows)


def _amount(option: str, text: str | None, currency: str) -> int | None:
    if text is None:
        return None
    try:
        return parse_balance(text, currency)
    except ValueError as error:
        raise UsageError(
            f"{option} {text}: {error}", "write 17430.00 for a credit, -20550.00 or 20550 DR for a debit"
        ) from error
