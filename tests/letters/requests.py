"""Letters as they are asked for: one invoice, thirty, and the names that break layouts. Run it to write the golden files anew."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from arctl.core.letter import TIERS, Letter, LetterLine, LetterRequest
from arctl.render.letters import writer

GOLDEN = Path(__file__).parent / "golden"
DAY = date(2026, 6, 30)
REPLY_TO = "ar@example.com"

NAMES: Mapping[str, str] = {
    "quotes": 'Sample "Corner" Deli & Mum\'s Kitchen',
    "brackets": "[sample] <b>Grill</b> {{ asked }} [/sample]",
    "accents": "Café Exemplo São João, Ångström & Żółć",
    "right-to-left": "מסעדת הדוגמה",
    "long": "Sample Banquet Hall " * 15,
}


def request(
    tier: str = "courtesy",
    lines: tuple[LetterLine, ...] = (),
    name: str = "Sample Bistro",
    unapplied: int = 0,
    language: str = "en",
    currency: str = "USD",
) -> LetterRequest:
    """A letter of 30 June 2026 with these lines, or with one of 1,234.50 that is 8 days overdue."""
    lines = lines or (line(1, 8, 123_450),)
    total = sum(each.outstanding_cents for each in lines)
    return LetterRequest(
        tier,
        language,
        DAY.isoformat(),
        "Example Foods Distribution",
        "C-1007",
        name,
        currency,
        lines,
        total,
        unapplied,
        total - unapplied,
    )


def line(number: int, days: int, cents: int, po: str | None = None, installment: int = 0) -> LetterLine:
    """An invoice on terms of 30 days."""
    due = DAY - timedelta(days=days)
    return LetterLine(
        str(number),
        installment,
        f"INV-{1000 + number}",
        f"PO {70_000 + 7 * number}" if po is None else po,
        (due - timedelta(days=30)).isoformat(),
        due.isoformat(),
        days,
        cents,
    )


def thirty(oldest: int) -> tuple[LetterLine, ...]:
    """Thirty of them, some without a PO#, one in installments, the oldest that many days overdue."""
    return tuple(
        line(
            number,
            max(oldest - 3 * number, 1),
            10_007 * number + 5,
            "" if number % 5 == 0 else None,
            int(number % 7 == 6),
        )
        for number in range(30)
    )


OLDEST = {"courtesy": 28, "firm": 55, "urgent": 88, "final": 131}
"""Days overdue of the oldest invoice, as the tier has it."""

HOLD: Mapping[str, object] = {
    "customer_id": "C-1007",
    "customer_name": "Sample Bistro",
    "reason": "91 days overdue with 25,000.01 USD open",
    "ar_balance": 2_500_001,
    "currency": "USD",
    "days_overdue": 91,
    "on": DAY.isoformat(),
    "company_name": "Example Foods Distribution",
    "orders": 2,
    "orders_total_cents": 481_250,
    "placed_on": "2026-06-02",
    "hold_reason": "91 days overdue with 25,000.01 USD open",
}

MESSAGES: Mapping[str, Mapping[str, object]] = {
    "rep_digest": {
        "rep_name": "Sample Rep",
        "on": DAY.isoformat(),
        "company_name": "Example Foods Distribution",
        "customers": [
            {
                "customer_id": f"C-{1000 + at}",
                "customer_name": name,
                "currency": "CAD" if at == 2 else "USD",
                "total_open_cents": 250_000 * (at + 1),
                "max_overdue": 11 * (at + 1),
                "tier": tier,
            }
            for at, (name, tier) in enumerate(
                [(NAMES["quotes"], "courtesy"), (NAMES["right-to-left"], "firm"), (NAMES["accents"], None)]
            )
        ],
    },
    "hold_notice_customer": HOLD,
    "hold_notice_rep": HOLD,
    "hold_release_customer": {**HOLD, "reason": "paid in full"},
    "hold_release_rep": {**HOLD, "reason": "paid in full"},
}


def letters() -> Iterator[tuple[str, Letter]]:
    """Every letter that has a golden file, by its name."""
    write = writer(None, REPLY_TO)
    for tier in TIERS:
        oldest = OLDEST[tier]
        yield f"{tier}-one", write.letter(request(tier, (line(1, oldest, 123_450),)))
        yield f"{tier}-thirty", write.letter(request(tier, thirty(oldest), unapplied=50_000))
    for name, text in NAMES.items():
        yield f"name-{name}", write.letter(request("firm", (line(1, 40, 9_900), line(2, 33, 1)), text))
    for name, facts in MESSAGES.items():
        yield name, write.message(name, "en", facts)


def written(letter: Letter) -> tuple[str, str]:
    """A letter as its two files: text with its subject, and HTML."""
    return f"Subject: {letter.subject}\n\n{letter.text}", letter.html or ""


if __name__ == "__main__":
    for name, letter in letters():
        for form, text in zip(("txt", "html"), written(letter), strict=True):
            (GOLDEN / f"{name}.{form}").write_text(text, encoding="utf-8", newline="\n")
