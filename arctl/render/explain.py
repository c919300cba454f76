"""The explanation of one balance, for people and for programs."""

from collections.abc import Callable
from typing import TextIO

from arctl.core.explanation import Explanation, Movement
from arctl.core.money import format_amount, format_plain
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet

_KINDS = {"write_off": "write-off", "recovery": "recovery"}


def write_json_explanation(explanation: Explanation, stream: TextIO) -> None:
    """The pinned form, with everything else that the screen shows."""
    invoice, movements, oldest = explanation.invoice, explanation.movements, explanation.oldest
    late = oldest.days_overdue if oldest else (explanation.as_of - explanation.due_date).days
    answer: dict[str, object] = {
        "invoice_id": invoice.id,
        "tranid": invoice.tranid,
        "as_of": explanation.as_of,
        "customer_id": invoice.customer_id,
        "customer_name": invoice.customer_name,
        "company": invoice.company,
        "currency": invoice.currency,
        "invoice_date": invoice.invoice_date,
        "due_date": explanation.due_date,
        "due_date_derived": explanation.due_derived or None,
        "status": invoice.status,
        "counts": not explanation.barred,
        "counts_reason": explanation.barred or None,
        "amount_cents": invoice.amount_cents,
        "outstanding_cents": explanation.outstanding_cents,
        "excess_cents": explanation.excess_cents,
        "days_overdue": late,
        "bucket": oldest.bucket if oldest else None,
        "disputed": invoice.disputed,
        "dunning": explanation.position or None,
        "installments": _installments(explanation),
        "applications": [_movement(explanation, each) for each in movements if each.kind == "application"],
        "write_offs": [_movement(explanation, each) for each in movements if each.kind != "application"],
        "added_up_cents": explanation.added_up,
        "ok": explanation.added_up == explanation.raw_cents,
    }
    write_json(answer, stream)


def _installments(explanation: Explanation) -> list[dict[str, object]]:
    return [
        {
            "installment": share.installment,
            "due_date": share.due_date,
            "days_overdue": share.days_overdue,
            "bucket": share.bucket,
            "outstanding_cents": share.outstanding_cents,
        }
        for share in explanation.shares
        if share.installment
    ]


def _movement(explanation: Explanation, movement: Movement) -> dict[str, object]:
    return {
        "kind": movement.kind,
        "source_type": movement.source_type,
        "source_id": movement.source_id,
        "customer_id": movement.paid_by[0] if movement.paid_by else explanation.invoice.customer_id,
        "dated": movement.own_date,
        "effective_on": movement.effective_on,
        "amount_cents": movement.cents,
        "discount_cents": movement.discount_cents,
        "counted": movement.counted(explanation.as_of),
        "why": _why(explanation, movement),
    }


def _why(explanation: Explanation, movement: Movement) -> str:
    why = movement.why(explanation.as_of)
    return f"{why}; paid by {' '.join(movement.paid_by)}" if movement.paid_by else why


_COLUMNS = (
    Column("What", "what"),
    Column("Document", "document"),
    Column("Dated", "dated"),
    Column("Takes effect", "effective_on"),
    Column("Amount", "amount", money=True),
    Column("Balance", "balance", money=True),
    Column("Why", "why", flexible=True),
)


def _rows(explanation: Explanation, money: Callable[[int, str], str]) -> list[tuple[str, ...]]:
    """The invoice, then each movement with the balance after it; what did not count moves nothing."""
    invoice, currency = explanation.invoice, explanation.invoice.currency
    balance = 0 if explanation.barred else invoice.amount_cents
    issued = invoice.invoice_date.isoformat()
    amount = money(invoice.amount_cents, currency)
    rows: list[tuple[str, ...]] = [
        ("invoice", invoice.id, issued, issued, amount, money(balance, currency), explanation.barred or "counts")
    ]
    for movement in explanation.movements:
        sign = 1 if movement.kind == "recovery" else -1
        parts = [(_name(movement), movement.cents)]
        if movement.discount_cents:
            parts.append(("discount", movement.discount_cents))
        own = movement.own_date.isoformat() if movement.own_date else ""
        for what, cents in parts:
            if movement.counted(explanation.as_of):
                balance += sign * cents
            amounts = money(sign * cents, currency), money(balance, currency)
            effective = movement.effective_on.isoformat()
            rows.append((what, movement.source_id, own, effective, *amounts, _why(explanation, movement)))
    return rows


def _name(movement: Movement) -> str:
    if movement.kind != "application":
        return _KINDS[movement.kind]
    return movement.source_type.replace("_", " ") + (" taken back" if movement.cents < 0 else "")


def write_screen(explanation: Explanation, markdown: bool, stream: TextIO) -> None:
    """For people: the documents in the order they take effect, the balance after each, and what it amounts to."""
    invoice = explanation.invoice
    number = f" ({invoice.tranid})" if invoice.tranid not in (None, invoice.id) else ""
    company = f", company {invoice.company}" if invoice.company != "default" else ""
    title = (
        f"Invoice {invoice.id}{number} of {invoice.customer_id} {invoice.customer_name}"
        f" as of {explanation.as_of}{company}, in {invoice.currency}"
    )
    foot = ("Outstanding", "", "", "", "", format_amount(explanation.outstanding_cents, invoice.currency), "")
    sheet = Sheet(title, _COLUMNS, _rows(explanation, format_amount), foot, _notes(explanation))
    (write_markdown if markdown else write_sheet)(sheet, stream)


def _notes(explanation: Explanation) -> list[str]:
    currency, oldest = explanation.invoice.currency, explanation.oldest
    notes = [f"Due {explanation.due_date}"]
    if oldest:
        notes = [f"Due {oldest.due_date}: {_when(oldest.days_overdue)}, bucket {oldest.bucket}"]
    if explanation.due_derived:
        notes.append(f"Note: {explanation.due_derived}")
    notes += [
        f"Instalment {share.installment}: {format_amount(share.outstanding_cents, currency)} due {share.due_date},"
        f" {_when(share.days_overdue)}, bucket {share.bucket}"
        for share in explanation.shares
        if share.installment
    ]
    if explanation.excess_cents:
        excess = format_amount(explanation.excess_cents, currency)
        notes.append(f"Over-applied by {excess}: that is credit of the customer")
    if explanation.invoice.disputed:
        notes.append("Disputed: aged and marked, and no letter asks for it")
    if explanation.position:
        notes.append(f"Dunning: {explanation.position}")
    if explanation.added_up != explanation.raw_cents:
        aged = format_amount(explanation.raw_cents, currency)
        notes.append(
            f"DOES NOT ADD UP: the documents give {format_amount(explanation.added_up, currency)}, the aging {aged}"
        )
    return notes


def _when(late: int) -> str:
    days = f"{abs(late)} day{'' if abs(late) == 1 else 's'}"
    return f"{days} overdue" if late > 0 else "due today" if late == 0 else f"due in {days}"


def write_csv_explanation(explanation: Explanation, stream: TextIO) -> None:
    """The same lines with plain amounts."""
    write_csv(_COLUMNS, _rows(explanation, format_plain), stream)
