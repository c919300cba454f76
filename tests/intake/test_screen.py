"""What the screen shows before an order is approved: all of it."""

from datetime import date

from arctl.core.incoming_order import MICRO, Order, OrderLine
from arctl.core.intake import Customer, Directory, Incoming, Known, Matched, Rules, check_all
from arctl.core.intake_effect import proposal_of
from arctl.core.review_values import Consequences, ReviewItem
from arctl.render.intake import order_text
from arctl.render.review_page import single_page


def test_the_single_page_of_an_order_shows_its_lines() -> None:
    customer = Customer(1, "C1", "Acme Bistro", "Net 30", None, "USD", on_hold=False, active=True)
    line = OrderLine(1, (("VN", "OIL-1"),), 10 * MICRO, "CA", 41_080_000, None, 6)
    incoming = Incoming("a.edi", Order("set 0001", "72622", "", "2026-06-29", (line,), customer_id="C1"))
    matched = Directory.of([customer]).match(incoming)
    assert isinstance(matched, Matched)
    (fit,), _ = check_all([matched], Known({}, frozenset(), {}, {}, {}), Rules(), "USD", "2026-06-30")
    effect = proposal_of(fit, order_text(fit), "stage_orders", "fan_out", "")
    item = ReviewItem(1, 2, effect, effect.content_hash, effect.flags, (), (), (), "")

    shown = "\n".join(each.plain for each in single_page(item, Consequences(), date(2026, 6, 30), 80))

    assert "Look at    line 1 OIL-1: unknown item" in shown
    assert "1. Sales order to the ERP: Sales order of Acme Bistro: PO 72622, 1 line," in shown
    assert "   │    1  OIL-1        10  CA  41.08  410.80\n" in shown
    assert "it waits among the pushes, once for this PO# and release" in shown
