"""The handoff to Finance: what shipped and waits to be invoiced, its review, and the alert by hand. No SQL, no printing."""

from dataclasses import dataclass
from datetime import date

from arctl.core.finance_review import Check, Handoff, Waiting, checklist
from arctl.core.order_path import shipped, unbilled
from arctl.core.run import Started
from arctl.core.run_report import RunResult
from arctl.errors import Refused, UnknownId
from arctl.services import contracts, orders
from arctl.services.books import the_company
from arctl.services.run import Hands, start
from arctl.store import finance as store
from arctl.store.ledger import Ledger

WORKFLOW = "finance_invoice_review"


@dataclass(frozen=True, slots=True)
class Alerted:
    """What came of an alert by hand: the fulfillment, and the run that told Finance."""

    fulfillment_id: str
    result: RunResult


def queue(ledger: Ledger, company: str | None, day: date, customer: str | None = None) -> list[Waiting]:
    """The completed fulfillments of open orders that no posted invoice covers, the longest waiting first. Raises UnknownId."""
    found = []
    for order, _ in orders.listed(ledger, company, day, customer=customer):
        posted = [each for each in order.invoices if each.status in ("posted", "approved")]
        draft = next((each.id for each in order.invoices if each.status in ("draft", "pending_approval")), None)
        for shipment in unbilled(shipped(order), posted):
            handoff = store.handoff(ledger.connection, ledger.tenant_id, shipment.id)
            if handoff is not None:
                found.append(Waiting(handoff, (day - date.fromisoformat(shipment.dated)).days, draft))
    return sorted(found, key=lambda each: (-each.days, each.handoff.fulfillment_id))


def review(ledger: Ledger, fulfillment: str) -> tuple[Handoff, tuple[Check, ...]]:
    """A completed fulfillment and its checklist. Raises UnknownId, and Refused where it has not shipped."""
    found = store.handoff(ledger.connection, ledger.tenant_id, fulfillment)
    if found is None:
        raise _not_completed(ledger, fulfillment)
    return found, checklist(found)


def alert(ledger: Ledger, company: str | None, fulfillment: str, hands: Hands) -> Alerted:
    """Tell Finance of a completed fulfillment by hand, by a run of the workflow that does it otherwise; never a second time.

    Raises UnknownId, and Refused where Finance was alerted, it has not shipped, or the workflow is disabled.
    """
    found, _ = review(ledger, fulfillment)
    if found.alerted_at is not None:
        raise Refused(
            f"Finance was alerted of {fulfillment} already, on {found.alerted_at} (UTC)",
            f"`arctl events list --entity {fulfillment}` shows it",
        )
    contract = contracts.find(ledger, WORKFLOW)
    owner = the_company(ledger, company, "a workflow is run for one company")
    inputs = {each.name: each.default for each in contract.inputs} | {"fulfillment_id": fulfillment}
    day = date.fromisoformat(hands.acting.on)
    return Alerted(fulfillment, start(ledger, owner, contract, inputs, day, Started("manual"), hands))


def missing(ledger: Ledger, company: str | None, day: date) -> list[str]:
    """The fulfillments in the queue that Finance was not alerted of."""
    return [each.handoff.fulfillment_id for each in queue(ledger, company, day) if each.handoff.alerted_at is None]


def _not_completed(ledger: Ledger, fulfillment: str) -> UnknownId | Refused:
    status = store.status_of(ledger.connection, ledger.tenant_id, fulfillment)
    if status is None:
        return UnknownId(
            f"the ledger holds no fulfillment {fulfillment}", "`arctl finance queue` lists those to invoice"
        )
    return Refused(
        f"{fulfillment} has not shipped: its status is {status or 'empty'}", "only what was shipped is invoiced"
    )
