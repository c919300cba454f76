"""Sales orders: where each stands, what it waits for, which paths its lines take, and repairing a lost link. No SQL, no printing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from arctl.core.acting import Acting
from arctl.core.events import Happening
from arctl.core.order_path import MADE_BY, PATIENCE, made_for, path_of, standing
from arctl.core.order_values import Made, Order, OrderLine, Standing
from arctl.core.po_number import words
from arctl.errors import Refused, UnknownId, UsageError
from arctl.services.books import companies_of
from arctl.store import events
from arctl.store import orders as store
from arctl.store.ledger import Ledger

Stands = tuple[Order, Standing]


@dataclass(frozen=True, slots=True)
class Linked:
    """What became of a document's link: the sales order it is tied to now (none: no order is known), and the one before."""

    link_id: int
    document: str
    sales_order: str | None
    before: str | None
    erp: str | None
    reason: str


def listed(
    ledger: Ledger,
    company: str | None,
    day: date,
    everything: bool = False,
    customer: str | None = None,
    patience: int = PATIENCE,
    newest: int = -1,
) -> list[Stands]:
    """The open sales orders, or so many of the newest of all, the oldest first, each with where it stands at the end of a day.

    Raises UnknownId (company).
    """
    companies = [each.company_id for each in companies_of(ledger, company)]
    found = store.keys(ledger.connection, ledger.tenant_id, companies, day.isoformat(), everything, customer, newest)
    stands = [(each, standing(each, day, patience)) for each in _loaded(ledger, found, day)]
    return stands if everything else [each for each in stands if each[1].stage not in ("closed", "cancelled")]


def stuck(
    ledger: Ledger, company: str | None, day: date, customer: str | None = None, patience: int = PATIENCE
) -> list[Stands]:
    """The open sales orders of which something is late, the most overdue first; a late payment is not what is meant."""
    found = [each for each in listed(ledger, company, day, customer=customer, patience=patience) if each[1].late]
    return sorted(found, key=lambda each: (-each[1].late, each[0].dated, each[0].id))


def shown(ledger: Ledger, name: str, day: date) -> Stands:
    """One sales order, by its id or number, and where it stands. Raises UnknownId."""
    key, _ = document_named(ledger, name, ("SalesOrd",), "sales order")
    found = _loaded(ledger, [key], day)
    if not found:
        raise UnknownId(f"the ledger holds no sales order {name}")
    return found[0], standing(found[0], day)


def classified(
    ledger: Ledger, company: str | None, day: date, names: Sequence[str], everything: bool = False, newest: int = -1
) -> list[Order]:
    """The sales orders named, or the open ones, or all: their lines tell the paths. Raises UnknownId."""
    if not names:
        return [order for order, _ in listed(ledger, company, day, everything, newest=newest)]
    return [shown(ledger, name, day)[0] for name in names]


def document_named(ledger: Ledger, name: str, types: Sequence[str], what: str) -> tuple[int, str]:
    """The key and id of a document, by its id or else its number. Raises UnknownId, UsageError where several bear the number."""
    found = store.named(ledger.connection, ledger.tenant_id, name.strip(), types)
    if not found:
        raise UnknownId(f"the ledger holds no {what} {name}", "`arctl trace-po` finds documents by the customer's PO#")
    if len(found) > 1:
        raise UsageError(
            f"several documents bear the number {name}: {', '.join(id for _, id, _ in found)}", "name one by its id"
        )
    return found[0][0], found[0][1]


def link(ledger: Ledger, document: str, order: str | None, reason: str, acting: Acting) -> Linked:
    """Tie a work or purchase order to a sales order, whatever the ERP says of it; without an order, as the ERP says again.

    The mirror stays as it is. Raises UnknownId, UsageError (no reason), and Refused where it is so already, or in another company.
    """
    said = reason.strip()
    if not said or not said.isprintable():
        raise UsageError("--reason must say why, on one line")
    key, id = document_named(ledger, document, tuple(MADE_BY.values()), "work or purchase order")
    wanted = None if order is None else document_named(ledger, order, ("SalesOrd",), "sales order")
    with ledger.transaction() as connection:
        erp, local, company = store.parents(connection, ledger.tenant_id, key)
        before = local or erp
        if wanted is None and local is None:
            raise Refused(f"no link of {id} was repaired here", "there is nothing to take back")
        if wanted is not None:
            if wanted[1] == before:
                raise Refused(f"{id} hangs on {before} already{'' if local else ', by the ERP itself'}")
            if store.parents(connection, ledger.tenant_id, wanted[0])[2] != company:
                raise Refused(f"{id} and {wanted[1]} are of different companies")
        number = store.add_link(connection, ledger.tenant_id, key, wanted[0] if wanted else None, said, acting)
        now = wanted[1] if wanted else erp
        happening = Happening(
            "order.linked", f"order.linked:{number}", "transaction", id, acting.on, company,
            {"link_id": number, "sales_order_id": now, "before": before, "erp": erp, "reason": said},
        )  # fmt: skip
        events.append(connection, ledger.tenant_id, [happening], acting.at, acting.actor)
    return Linked(number, id, now, before, erp, said)


def _loaded(ledger: Ledger, keys: Sequence[int], day: date) -> list[Order]:
    orders = store.load(ledger.connection, ledger.tenant_id, keys, day.isoformat())
    lacking = [each for each in orders if any(_lacks(each, line) for line in each.lines)]
    if not lacking:
        return orders
    since = min(each.dated for each in lacking)
    lost = store.orphans(ledger.connection, ledger.tenant_id, since, day.isoformat())
    found = {each.id: tuple(_alike(each, lost)) for each in lacking}
    return [replace(each, orphans=found[each.id]) if found.get(each.id) else each for each in orders]


def _lacks(order: Order, line: OrderLine) -> bool:
    """Whether a line still needs a work or purchase order that there is none of."""
    return line.due > 0 and path_of(line.item_type) in MADE_BY and made_for(order, line) is None


def _alike(order: Order, lost: Iterable[tuple[Made, str, str, frozenset[str]]]) -> Iterable[Made]:
    """Those that look like made for an order: it is named beside their lines or its PO# in the memo; or a work order for its customer
    that names nothing else."""
    wanted = {line.item_code for line in order.lines if _lacks(order, line)}
    po = words(order.po)
    for made, entity, memo, links in lost:
        if made.dated < order.dated or not (made.items & wanted):
            continue
        told = words(memo)
        named = order.tranid in links or (len(po) == 1 and po[0] in told)
        if named or (made.type == "WorkOrd" and entity == order.customer_id and not links and not told):
            yield made
