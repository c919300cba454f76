"""How the balance of one invoice came about as of a date."""

from datetime import date

from arctl.core.buckets import FIVE
from arctl.core.dates import day_number, from_day_number
from arctl.core.dunning import Thresholds, dunning_position
from arctl.core.explanation import Explanation, InvoiceFacts, Movement, OpenShare, due_by
from arctl.errors import UnknownId, UsageError
from arctl.services.dunning import terms_for
from arctl.store import explain as store
from arctl.store.ledger import Ledger

_NAMED = 10


def explain(
    ledger: Ledger, text: str, as_of: date, thresholds: Thresholds | None = None, company: str | None = None
) -> Explanation:
    """The explanation of the invoice with that id or document number, in one company where one is named; its dunning position is
    by the customer's own thresholds unless others are given.

    Raises UnknownId, or UsageError where several invoices bear the number.
    """
    connection = ledger.connection
    connection.execute("BEGIN")  # one reading of the ledger: a sync that commits meanwhile changes nothing here
    try:
        return _explained(ledger, _found(ledger, text, company), as_of, thresholds)
    finally:
        connection.rollback()


def _explained(ledger: Ledger, key: int, as_of: date, thresholds: Thresholds | None) -> Explanation:
    connection, tenant = ledger.connection, ledger.tenant_id
    invoice = store.invoice_facts(connection, tenant, key)
    due, derived = due_by(invoice, store.installment_dates(connection, tenant, key))
    raw, shares = _balance(ledger, key, invoice, as_of)
    late = max((share.days_overdue for share in shares), default=None)
    steps = thresholds or terms_for(ledger, invoice.customer_id).thresholds
    return Explanation(
        as_of=as_of,
        invoice=invoice,
        due_date=due,
        due_derived=derived,
        movements=_movements(ledger, key, invoice),
        raw_cents=raw,
        shares=shares,
        position="" if late is None else dunning_position(late, steps),
    )


def _balance(ledger: Ledger, key: int, invoice: InvoiceFacts, as_of: date) -> tuple[int, list[OpenShare]]:
    """The balance in cents by the one definition, and the open items it stands in."""
    if invoice.account is None:
        return 0, []
    day = day_number(as_of)
    where = (ledger.connection, ledger.tenant_id, invoice.account, key, day)
    shares = [
        OpenShare(number, from_day_number(due), day - due, FIVE.name(day - due), cents)
        for number, due, cents in store.open_shares(*where)
    ]
    return store.raw_balance(*where), shares


def _movements(ledger: Ledger, key: int, invoice: InvoiceFacts) -> list[Movement]:
    """All that moves the invoice, by the day it takes effect; on one day receipts, then write-offs, then recoveries."""
    found = [
        *store.applications(ledger.connection, ledger.tenant_id, key, invoice),
        *store.write_offs(ledger.connection, ledger.tenant_id, key, invoice),
    ]
    order = ("application", "write_off", "recovery")
    return sorted(found, key=lambda each: (each.effective_on, order.index(each.kind)))


def _found(ledger: Ledger, text: str, company: str | None) -> int:
    found = store.find_invoices(ledger.connection, ledger.tenant_id, text, company)
    if not found:
        held = "the ledger" if company is None else f"company {company}"
        raise UnknownId(f"{held} holds no invoice {text}", "list the open ones with `arctl age --by invoice`")
    if len(found) > 1:
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        ids = ", ".join(invoice for _, invoice in found[:_NAMED])
        raise UsageError(f"{len(found)} invoices bear the number {text}", f"name one by its id: {ids}{more}")
    return found[0][0]
