"""Envelopes as a reviewer meets them, item by item."""

from collections.abc import Sequence
from datetime import date

from arctl.core.effects import Effect
from arctl.core.review_values import Marks, Review, ReviewItem

ON = date(2026, 6, 30)


def letter(
    seq: int,
    name: str,
    cents: int = 100_00,
    tier: str = "firm",
    flags: tuple[str, ...] = (),
    currency: str = "USD",
    due: str = "2026-05-01",
    email: str | None = None,
    body: str | None = None,
) -> ReviewItem:
    """A reminder with one open item."""
    address = email or f"ar{seq}@customer.example.com"
    text = f"Dear {name},\n\n    INV-{seq}    {due}    {cents}\n\nplease pay.\n" if body is None else body
    effect = Effect(
        "fan_out", "draft_per_tier/letter", "proposal", f"customer:C{seq}", f"Reminder: 1 open invoice of {name}",
        {"channel": "email", "subject": f"Reminder {seq}", "to": address}, action_type="collection_action",
        risk_level=3 if tier in ("urgent", "final") else 2, customer_id=f"C{seq}", customer_name=name, customer_key=seq,
        currency=currency, amount_cents=cents, tier=tier, body=text, flags=flags,
    )  # fmt: skip
    lines = ({"number": f"INV-{seq}", "due_date": due, "outstanding_cents": cents, "disputed": False},)
    contacts = (f"2026-06-0{seq % 9 + 1} courtesy letter, 5.00 USD: sent",) if seq % 2 else ()
    why = "INV-1 crossed the second reminder (14 days)"
    return ReviewItem(seq, None, effect, f"{seq:064x}", flags, (address,), lines, contacts, why)


def call(seq: int, name: str) -> ReviewItem:
    """A customer without an address: somebody calls."""
    effect = Effect(
        "fan_out", "draft_per_tier/letter", "proposal", f"customer:C{seq}", f"Call {name}", {"channel": "call"},
        action_type="collection_action", risk_level=2, customer_id=f"C{seq}", customer_name=name, customer_key=seq,
        currency="USD", amount_cents=50_00, tier="firm",
    )  # fmt: skip
    return ReviewItem(seq, None, effect, f"{seq:064x}", why="no e-mail address")


def task(seq: int, name: str) -> ReviewItem:
    """Cash to apply before anybody writes."""
    effect = Effect(
        "fan_out", "draft_per_tier/letter", "task", f"customer:C{seq}", f"Apply cash first: {name}", {},
        action_type="apply_cash_first", risk_level=1, customer_id=f"C{seq}", customer_name=name, customer_key=seq,
        currency="USD", amount_cents=75_00,
    )  # fmt: skip
    return ReviewItem(seq, None, effect, f"{seq:064x}", why="payment PAY-1 of 75.00 is unapplied")


def digest(seq: int) -> ReviewItem:
    """A message to a sales rep, which concerns no single customer."""
    effect = Effect(
        "fan_out", "sales_rep_notify", "email_draft", "rep:rep@example.com", "Your customers with overdue invoices",
        {"to": "rep@example.com", "subject": "Your customers"}, action_type="email_draft", risk_level=1, body="Two customers.\n",
    )  # fmt: skip
    return ReviewItem(seq, None, effect, f"{seq:064x}", (), ("rep@example.com",))


def hold(seq: int, name: str, proposal_id: int | None = None) -> ReviewItem:
    """A service hold proposed: risk 4."""
    effect = Effect(
        "fan_out", "pause_on_hold_check/propose_hold", "proposal", f"customer:C{seq}", f"Service hold for {name}", {},
        action_type="propose_customer_program", risk_level=4, customer_id=f"C{seq}", customer_name=name, customer_key=seq,
        currency="USD", amount_cents=30_000_00,
    )  # fmt: skip
    return ReviewItem(seq, proposal_id, effect, f"{seq:064x}", why="95 days overdue with 30,000.00 USD open")


def review(items: Sequence[ReviewItem], marks: Marks | None = None, stopped: tuple[str, ...] = ()) -> Review:
    """An envelope of these items."""
    return Review(
        12, 7, "ar_aging_action_plan", "default", "Plan of 2026-06-30", "pending", 3, "2026-06-30", "2026-07-01", "nightly",
        tuple(items), marks=marks or {}, checks=("actions_staged",), stopped=stopped,
    )  # fmt: skip
