"""Payments with a remainder beside the invoices they may belong to. Applies nothing: the ERP does. No SQL, no printing."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from arctl.core.reconcile import Match, OpenInvoice, Remainder, matched
from arctl.errors import UnknownId
from arctl.services.books import companies_of
from arctl.store import holds
from arctl.store import reconcile as store
from arctl.store.ledger import Ledger


def reconcile(ledger: Ledger, company: str | None, day: date, customer: str | None = None) -> list[Match]:
    """Every remainder at the end of a day, the oldest payment first, with its candidates. Raises UnknownId (company, customer)."""
    connection, tenant, on = ledger.connection, ledger.tenant_id, day.isoformat()
    if customer is not None and holds.customer_key(connection, tenant, customer) is None:
        raise UnknownId(f"the ledger holds no customer {customer}")
    found = []
    for each in companies_of(ledger, company):
        left = store.remainders(connection, tenant, each.company_id, on, customer)
        if left:
            found += beside(left, store.open_invoices(connection, tenant, each.company_id, on))
    return found


def beside(left: Sequence[Remainder], invoices: Sequence[OpenInvoice]) -> list[Match]:
    """Each remainder beside the invoices of its group, and those of others that have its very amount."""
    by_customer: dict[str, list[OpenInvoice]] = defaultdict(list)
    by_amount: dict[tuple[str, int], list[OpenInvoice]] = defaultdict(list)
    for invoice in invoices:
        by_customer[invoice.customer_id].append(invoice)
        by_amount[invoice.currency, invoice.outstanding_cents].append(invoice)
    found = []
    for each in left:
        group = (each.customer_id, *each.relatives)
        near = [invoice for customer in group for invoice in by_customer[customer]]
        far = [invoice for invoice in by_amount[each.currency, each.left_cents] if invoice.customer_id not in group]
        found.append(matched(each, [*near, *far]))
    return found
