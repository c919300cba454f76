"""Service holds: placing and releasing one inside a run's transaction, and which there are. No SQL, no printing."""

from datetime import date

from arctl.core.acting import Acting
from arctl.core.holds import Hold, told
from arctl.errors import Refused, UnknownId
from arctl.services.books import companies_of
from arctl.store import events
from arctl.store import holds as store
from arctl.store.ledger import Ledger


def place(ledger: Ledger, customer_id: str, reason: str, run_id: int, company_id: int, acting: Acting) -> int:
    """Put a customer on hold under a run, in the caller's transaction; the hold's number.

    The view customers shows it from now on, whatever a sync brings. Raises UnknownId, and Refused where one is on.
    """
    connection, tenant = ledger.connection, ledger.tenant_id
    key = _customer(ledger, customer_id)
    standing = store.active(connection, tenant, key)
    if standing is not None:
        raise Refused(
            f"customer {customer_id} is on hold already, since {standing.placed_at} (UTC), by {standing.placed_by}",
            "`arctl holds list` shows it",
        )
    number = store.place(connection, tenant, key, reason, run_id, acting)
    told_of = told("placed", number, run_id, customer_id, company_id, acting.on, reason)
    events.append(connection, tenant, [told_of], acting.at, acting.actor)
    return number


def release(ledger: Ledger, customer_id: str, reason: str, run_id: int, company_id: int, acting: Acting) -> int:
    """Take a customer off hold under a run, in the caller's transaction; the hold's number.

    The view customers shows the ERP's own status again. Raises UnknownId, and Refused where no hold is on.
    """
    connection, tenant = ledger.connection, ledger.tenant_id
    standing = store.active(connection, tenant, _customer(ledger, customer_id))
    if standing is None:
        raise Refused(f"customer {customer_id} is not on hold", "`arctl holds list` shows who is")
    store.release(connection, tenant, standing.hold_id, reason, run_id, acting)
    told_of = told("released", standing.hold_id, run_id, customer_id, company_id, acting.on, reason)
    events.append(connection, tenant, [told_of], acting.at, acting.actor)
    return standing.hold_id


def listing(ledger: Ledger, day: date, everything: bool, company: str | None = None) -> list[Hold]:
    """The active holds, or with `everything` the released ones too; what is open of their cause as of a day.

    Raises UnknownId (company).
    """
    names = {each.name for each in companies_of(ledger, company)}
    found = store.select(ledger.connection, ledger.tenant_id, day.isoformat(), everything)
    return [each for each in found if each.company in names]


def of_customer(ledger: Ledger, day: date, customer_id: str) -> list[Hold]:
    """Every hold of a customer, released ones too; what is open of their cause as of a day. Raises UnknownId."""
    _customer(ledger, customer_id)
    found = store.select(ledger.connection, ledger.tenant_id, day.isoformat(), everything=True)
    return [each for each in found if each.customer_id == customer_id]


def _customer(ledger: Ledger, customer_id: str) -> int:
    key = store.customer_key(ledger.connection, ledger.tenant_id, customer_id)
    if key is None:
        raise UnknownId(f"the ledger holds no customer {customer_id}")
    return key
