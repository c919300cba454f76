"""A trace never mixes two unrelated orders, whatever links are lost and whatever references are typed wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arctl.core.po_number import carries, po_number, words
from arctl.core.po_trace import Trace
from arctl.services.trace_po import trace_po
from arctl.store import derive, order_references
from arctl.store.ledger import Ledger, create, open_ledger

DAY = date(2026, 6, 30)
# Numbers that contain one another or are one slip apart, and ways to write one.
POS = ("72622", "172622", "726221", "72622-A", "072622", "7262", "STANDING-26", "81044")
FORMS = ("{}", "PO {}", "#{}", "1217 / {}", "Freight {}", "{} rush", "po no. {}")


@dataclass(frozen=True)
class Made:
    """One order document as it truly belongs: `order` is the number of the order that it was made for."""

    id: str
    type: str
    order: int
    number: str
    parent: str = ""
    origin: str = ""
    line: str = ""
    otherrefnum: str = ""
    memo: str = ""
    vendor_number: str = ""


@st.composite
def books(draw: st.DrawFn) -> list[Made]:
    """Up to five orders with all that hangs on them; links lost, references left out or taken from another order."""
    found = []
    for order in range(draw(st.integers(1, 5))):
        po = draw(st.sampled_from(POS))

        def text(own: str = po) -> str:
            """A reference: mostly its own, sometimes none, seldom one typed wrong."""
            bears = draw(st.sampled_from((own, own, own, "", *POS[:2])))
            return draw(st.sampled_from(FORMS)).format(bears) if bears else ""

        def link(id: str) -> str:
            return id if draw(st.integers(0, 3)) else ""

        so, wo, purchase = f"SO-{order}", f"WO-{order}", f"PO-{order}"
        number = draw(st.sampled_from((f"SO{order}", f"SO{order}", "SO0")))  # numbers may repeat, ids never do
        bears = draw(st.sampled_from((po, po, po, f"PO {po}", "")))
        found += [
            Made(so, "SalesOrd", order, number, otherrefnum=bears),
            Made(wo, "WorkOrd", order, f"WO{order}", parent=link(so), line=link(number), memo=text()),
            Made(f"AB-{order}", "Build", order, f"AB{order}", origin=link(wo), line=link(f"WO{order}")),
            Made(purchase, "PurchOrd", order, f"PO{order}", parent=link(so), line=link(number), memo=text()),
            Made(f"IR-{order}", "ItemRcpt", order, f"IR{order}", origin=link(purchase), line=link(f"PO{order}")),
            Made(
                f"VB-{order}", "VendBill", order, draw(st.sampled_from(("TT-9", po, "SO0", "PO1"))), origin=link(purchase),
                memo=text(), vendor_number=draw(st.sampled_from(("", po))),
            ),
            Made(f"IF-{order}", "ItemShip", order, f"IF{order}", origin=link(so), line=link(number), otherrefnum=text()),
        ]  # fmt: skip
    return draw(st.permutations(found))


def ledger_of(path: Path, made: list[Made], invoices: Mapping[int, str]) -> Ledger:
    create(path)
    ledger = open_ledger(path, "default")
    connection = ledger.connection
    connection.execute("BEGIN")
    connection.execute("INSERT INTO sync_batches VALUES (1, 1, '2026-06-30 06:00:00', 'me', 'here', 'full', NULL)")
    connection.execute(
        "INSERT INTO erp_customers (tenant_id, customer_key, id, name, isinactive, company_id, batch, closed)"
        " VALUES (1, 1, 'C1', 'Acme', 'F', 1, 1, 0)"
    )
    for key, each in enumerate(made):
        connection.execute(
            "INSERT INTO erp_transactions (tenant_id, transaction_key, id, type, entity, trandate, tranid, initialtranid,"
            " otherrefnum, memo, parent_so_id, createdfrom, company_id, batch, closed)"
            " VALUES (1, ?, ?, ?, 'C1', '2026-06-01', ?, nullif(?, ''), nullif(?, ''), nullif(?, ''), nullif(?, ''),"
            " nullif(?, ''), 1, 1, 0)",
            (
                key,
                each.id,
                each.type,
                each.number,
                each.vendor_number,
                each.otherrefnum,
                each.memo,
                each.parent,
                each.origin,
            ),
        )
        connection.execute(
            "INSERT INTO erp_transaction_lines (tenant_id, transaction_key, line, item_code, quantity_micro, link_tranid, batch,"
            " closed) VALUES (1, ?, 1, 'KIT', 1000000, nullif(?, ''), 1, 0)",
            (key, each.line),
        )
    for order, text in invoices.items():
        connection.execute(
            "INSERT INTO erp_invoices (tenant_id, invoice_key, id, customer_key, company_id, invoice_date, amount_cents, currency,"
            " status, otherrefnum, createdfrom, disputed, kind, batch, closed)"
            " VALUES (1, ?, ?, 1, 1, '2026-06-02', 100, 'USD', 'posted', nullif(?, ''), ?, 'F', '', 1, 0)",
            (order, f"INV-{order}", text, f"SO-{order}"),
        )
    derive.derive(connection, 1, everything=True)
    order_references.fill(connection, 1, everything=True)
    connection.execute("COMMIT")
    return ledger


def hold_apart(trace: Trace, made: Mapping[str, Made], po: str) -> None:
    for order in trace.orders:
        tree = order.tree
        root = made[tree.order_id]
        assert root.type == "SalesOrd"
        assert {made[record.document.id].order for record in tree.records() if record.document.id in made} == {
            root.order
        }
        assert all(
            record.document.id == f"INV-{root.order}" for record in tree.records() if record.document.type == "invoice"
        )
        assert not words(root.otherrefnum) or carries(root.otherrefnum, po), (
            "an order of another PO# is never told as this one's"
        )
    seen = [record.document.id for order in trace.orders for record in order.tree.records()]
    seen += [each.document.id for record in trace.loose for each in record.all()]
    seen += [foreign.record.document.id for foreign in trace.foreign]
    assert len(seen) == len(set(seen)), "a record stands in one place, and once"
    for record in trace.loose:
        assert record.fields, "what hangs on no order bears the PO# itself"
        below = {made[each.document.id].order for each in record.all() if each.document.id in made}
        assert len(below) <= 1, "and what hangs on it is its own order's"
    for foreign in trace.foreign:
        assert foreign.record.fields


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(books(), st.sampled_from(POS), st.dictionaries(st.integers(0, 4), st.sampled_from(("", *POS)), max_size=3))
def test_a_trace_never_mixes_two_unrelated_orders(made: list[Made], typed: str, bills: dict[int, str]) -> None:
    orders = {each.order for each in made}
    with TemporaryDirectory() as folder:
        ledger = ledger_of(Path(folder) / "books.db", made, {key: text for key, text in bills.items() if key in orders})
        trace = trace_po(ledger, typed, DAY)
        ledger.close()
    by_id = {each.id: each for each in made}
    po = po_number(typed)
    hold_apart(trace, by_id, po)
    told = {order.tree.order_id for order in trace.orders}
    assert told >= {each.id for each in made if each.type == "SalesOrd" and carries(each.otherrefnum, po)}, (
        "none is left out"
    )
    bearing = {each.id for each in made if carries(each.otherrefnum, po) or carries(each.memo, po, True)}
    shown = {record.document.id for order in trace.orders for record in order.tree.records()}
    shown |= {each.document.id for record in trace.loose for each in record.all()}
    shown |= {foreign.record.document.id for foreign in trace.foreign}
    assert bearing <= shown, "every record that bears the PO# is told somewhere"
