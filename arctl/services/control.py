"""The general ledger's control account against the aging of one company and currency."""

from datetime import date

from arctl.core.aging import Group
from arctl.core.control import Control, explained
from arctl.core.dates import day_number
from arctl.core.money import minor_digits, parse_amount
from arctl.errors import UsageError
from arctl.store.control import control_facts
from arctl.store.ledger import Ledger


def control_of(ledger: Ledger, group: Group, as_of: date, gl_balance: str) -> Control:
    """The difference to the control account, explained. `gl_balance` in currency units, a debit above zero.

    Raises UsageError where that is no amount.
    """
    try:
        balance = parse_amount(gl_balance, minor_digits(group.currency))
    except ValueError as error:
        raise UsageError(f"--gl-balance {gl_balance}: {error}", "write an amount such as 12,345.67") from error
    facts = control_facts(
        ledger.connection, ledger.tenant_id, group.company, group.currency, day_number(as_of), f"{as_of:%Y-%m}"
    )
    return explained(balance, group.totals.net, facts)


def refuse_several(groups: int) -> None:
    """Raises UsageError unless the report is of one company and currency: a control account is of one."""
    if groups != 1:
        raise UsageError(
            f"--gl-balance is one account's balance, and this report has {groups} companies or currencies",
            "narrow it with --currency CODE, or with --company NAME before the command",
        )
