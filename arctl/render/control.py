"""The general ledger's control account beside the aging, for people and for programs."""

from arctl.core.control import Control, ControlLine
from arctl.core.money import format_amount

_EXAMPLES = 3
_SAID = {
    "posted_later": "counted by then and posted in a later period",
    "posted_before": "dated later and posted in this period or before",
    "deposits": "unapplied deposits, a liability in the general ledger",
    "voided_since": "voided since, and gone from the general ledger",
}


def control_form(control: Control) -> dict[str, object]:
    """The comparison as JSON values, cents."""
    return {
        "gl_balance_cents": control.gl_balance,
        "net_cents": control.net,
        "difference_cents": control.difference,
        "lines": [
            {
                "code": line.code,
                "cents": line.cents,
                "explains": line.explains,
                "documents": [
                    {"source_type": document.source_type, "id": document.id, "cents": document.cents}
                    for document in line.documents
                ],
            }
            for line in control.lines
        ],
        "unreadable_periods": list(control.unreadable),
        "unexplained_cents": control.unexplained,
        "ok": control.ok,
    }


def control_lines(control: Control, currency: str) -> list[str]:
    """The comparison in words, a line per cause."""
    money = format_amount
    sides = f"General ledger {money(control.gl_balance, currency)}, aging {money(control.net, currency)} {currency}"
    lines = [f"{sides}: difference {money(control.difference, currency)}"]
    lines += [f"  {_line(line, currency)}" for line in control.lines if line.documents]
    if control.unreadable:
        named = ", ".join(control.unreadable[:_EXAMPLES]) + (" …" if len(control.unreadable) > _EXAMPLES else "")
        lines.append(f"  posting periods in another form than YYYY-MM are left out: {named}")
    if control.ok:
        return [*lines, "The general ledger agrees" if not control.difference else "Explained in full"]
    return [*lines, f"UNEXPLAINED: {money(control.unexplained, currency)}; FX revaluation, if any, is part of it"]


def _line(line: ControlLine, currency: str) -> str:
    named = ", ".join(document.id for document in line.documents[:_EXAMPLES])
    more = f" and {len(line.documents) - _EXAMPLES} more" if len(line.documents) > _EXAMPLES else ""
    said = f"{format_amount(line.cents, currency)} {_SAID[line.code]}: {named}{more}"
    return said if line.explains else f"{said} (does not explain it)"
