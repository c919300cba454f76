"""One item of a review in full: the letter as it will go out and what it rests on, or all that a risky proposal will do."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from rich.cells import cell_len
from rich.text import Text

from arctl.core.effects import Effect
from arctl.core.money import format_amount
from arctl.core.proposal import AGENCY, EMAIL_DRAFT, ORDER_INTAKE
from arctl.core.review import Draft, has_mail
from arctl.core.review_days import spoken
from arctl.core.review_values import Consequences, ReviewItem
from arctl.render.frame import cell, folded, wrapped
from arctl.render.letter_layout import without_marks

_LABEL = 10
_DOES = {
    "d1_write": "In the ledger",
    "email_draft": "Mail",
    "ns_push": "To the ERP",
    "proposal": "Proposal",
    "task": "Task",
    "flag": "Flag",
    "event": "Event",
    "summary": "Summary row",
    "decision": "Decision on record",
    "reflexion": "Note for later runs",
    "log": "Log",
}
_ALONE = {
    AGENCY: (
        "Agency placement",
        (
            "an action of the customer's case: collection agency",
            "no letters from then on, until `arctl dunning unplace`",
        ),
    ),
    ORDER_INTAKE: ("Sales order to the ERP", ("it waits among the pushes, once for this PO# and release",)),
}
_NO_HTML = "(text alone: the HTML part, which said what was written first, is left out)"
_QUIET = ("log", "reflexion", "summary")  # what every run does for its own record


def letter_page(item: ReviewItem, draft: Draft, text: str, on: date, width: int) -> list[Text]:
    """Recipients, why now, what to look at, the last contacts, the open items, and the text as it will go out."""
    effect = item.effect
    mail = has_mail(item)
    lines = _labelled("To", ", ".join(item.recipients) or "nobody: there is no address", width) if mail else []
    lines += _labelled("Subject" if mail else "What", _subject(effect) if mail else effect.title, width)
    lines += _asked(effect, width)
    lines += _labelled("Why now", item.why, width)
    lines += _labelled("Look at", "; ".join(item.flags), width, "yellow")
    lines += _credits(effect, width)
    lines += _contacts(item, width)
    lines += _labelled("Note", draft.note or "", width, "cyan")
    lines += _items(item.lines, effect.currency or "", on, width)
    if effect.body:
        lines += [Text(), _rule(_text_title(item, draft), width)]
        if mail and effect.body_html and draft.edited_text is not None:
            lines += [Text(line, style="dim") for line in wrapped(_NO_HTML, width)]
        lines += [Text(line) for line in folded(without_marks(text.rstrip("\n")), width)]
    return lines


def single_page(item: ReviewItem, consequences: Consequences, on: date, width: int) -> list[Text]:
    """Why, what speaks for and against it, and each thing that its approval does, mails in full."""
    effect = item.effect
    lines = _labelled("Why", item.why or effect.title, width)
    lines += _labelled("Look at", "; ".join(item.flags), width, "yellow")
    for number, said in enumerate(consequences.background):
        lines += _labelled("Known" if number == 0 else "", said, width)
    lines += _contacts(item, width)
    for said in consequences.warnings:
        lines += _labelled("Warning", said, width, "yellow")
    if consequences.blocked:
        lines += _labelled("Blocked", consequences.blocked, width, "bold red")
    lines += _items(item.lines, effect.currency or "", on, width)
    lines += [Text(), _rule("Approving it does all of this", width)]
    return lines + _consequences(consequences.effects or [effect], width)


def covered_lines(effects: Sequence[Effect], width: int) -> list[Text]:
    """What the approval of an envelope does by itself; nothing where that is but its own record."""
    if all(each.kind in _QUIET for each in effects):
        return []
    return [Text(), _rule("The envelope itself does all of this", width), *_consequences(effects, width)]


def _consequences(effects: Sequence[Effect], width: int) -> list[Text]:
    loud = [each for each in effects if each.kind not in _QUIET]
    lines = [line for number, each in enumerate(loud, start=1) for line in _consequence(number, each, width)]
    quiet = [_DOES[each.kind].lower() for each in effects if each.kind in _QUIET]
    said = wrapped(f"and for the record: {', '.join(quiet)}", width) if quiet else []
    return [*lines, *(Text(line, style="dim") for line in said)]


def _consequence(number: int, effect: Effect, width: int) -> list[Text]:
    what, more = _ALONE.get(effect.action_type or "", (_DOES.get(effect.kind, effect.kind.replace("_", " ")), ()))
    head, *rest = wrapped(f"{number}. {what}: {effect.title}", width - 3)
    lines = [Text(head, style="bold"), *(Text(f"   {line}", style="bold") for line in rest)]
    if effect.kind == "email_draft" and effect.body:
        to = effect.payload.get("to") or effect.payload.get("recipients") or ()
        lines += _labelled("   To", to if isinstance(to, str) else ", ".join(map(str, _each(to))), width)
        lines += _labelled("   Subject", _subject(effect), width)
        lines += [Text(f"   │ {line}") for line in folded(without_marks(effect.body.rstrip("\n")), width - 5)]
    elif effect.kind in ("d1_write", "ns_push"):
        lines += [Text(f"   {line}") for line in _settings(effect, width - 3)]
    elif effect.action_type == ORDER_INTAKE and effect.body:
        lines += [Text(f"   │ {line}") for line in folded(effect.body.rstrip("\n"), width - 5)]
    return lines + [Text(f"   {line}") for said in more for line in wrapped(said, width - 3)]


def _settings(effect: Effect, width: int) -> list[str]:
    """What is written, key by key, as far as the title does not say it; what is set stands on a line of its own."""
    said = []
    for name, value in effect.payload.items():
        if isinstance(value, Mapping):
            said += [f"{each} = {_said(to)}" for each, to in value.items()]
        elif value is not None and _said(value) not in effect.title:
            said.append(f"{name.replace('_', ' ')}: {_said(value)}")
    return [line for each in said if each not in effect.title for line in wrapped(each, width)]


def _said(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _each(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else ()


def _subject(effect: Effect) -> str:
    return str(effect.payload.get("subject") or effect.title)


def _asked(effect: Effect, width: int) -> list[Text]:
    if effect.amount_cents is None:
        return []
    code = effect.currency or ""
    said = f"{format_amount(effect.amount_cents, code)} {code}".strip()
    total, unapplied = effect.payload.get("total_cents"), effect.payload.get("unapplied_cents")
    if isinstance(total, int) and isinstance(unapplied, int) and unapplied:
        said += f" = {format_amount(total, code)} open − {format_amount(unapplied, code)} unapplied credit"
    return _labelled("Asks for", said, width)


def _credits(effect: Effect, width: int) -> list[Text]:
    """The unapplied documents of a task to apply them."""
    lines: list[Text] = []
    code = effect.currency or ""
    found = [each for each in _each(effect.payload.get("credits")) if isinstance(each, Mapping)]
    for number, each in enumerate(found):
        named = f"{str(each.get('source_type', '')).replace('_', ' ')} {each.get('id', '')}".strip()
        cents = each.get("cents")
        said = f"{named}, {format_amount(cents, code)} {code}".strip() if isinstance(cents, int) else named
        lines += _labelled("Unapplied" if number == 0 else "", said, width)
    return lines


def _text_title(item: ReviewItem, draft: Draft) -> str:
    if not has_mail(item):
        return "What there is to say"
    what = "message" if item.effect.action_type == EMAIL_DRAFT else "letter"
    return f"The {what} as you edited it" if draft.edited_text is not None else f"The {what} as it will go out"


def _contacts(item: ReviewItem, width: int) -> list[Text]:
    lines: list[Text] = []
    for number, said in enumerate(item.last_contacts[:3] or ("none before",)):
        lines += _labelled("Contacts" if number == 0 else "", said, width)
    return lines


def _labelled(label: str, said: str, width: int, style: str = "") -> list[Text]:
    """A label and what is said under it, as many lines as that takes; nothing where nothing is said."""
    if not said:
        return []
    room = max(width - _LABEL - 1, 10)
    return [
        Text().append(f"{label if number == 0 else '':<{_LABEL}} ", style="dim").append(line, style=style)
        for number, line in enumerate(wrapped(said, room))
    ]


def _rule(title: str, width: int) -> Text:
    return Text(f"── {title} ".ljust(width, "─")[:width], style="dim")


def _items(lines: Iterable[Mapping[str, object]], currency: str, on: date, width: int) -> list[Text]:
    rows = [_item(line, currency, on) for line in lines]
    if not rows:
        return []
    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(rows[0]))]
    shown = [Text(), _rule(f"Open items: {len(rows)}", width)]
    for row in rows:
        number, *rest = row
        fixed = sum(each + 2 for each in widths[1:] if each)
        cells = [cell(number, min(widths[0], max(width - fixed, 8)))]
        cells += [
            cell(text, room, right)
            for text, room, right in zip(rest, widths[1:], (False, True, True, False), strict=True)
            if room
        ]
        line = Text("  ".join(cells).rstrip())
        line.truncate(width)
        shown.append(line)
    return shown


def _item(line: Mapping[str, object], currency: str, on: date) -> tuple[str, str, str, str, str]:
    """Number, due date, days overdue, outstanding, remark."""
    number = str(line.get("number") or line.get("invoice_id") or line.get("id") or "")
    if line.get("installment"):
        number += f" / {line['installment']}"
    due = str(line.get("due_date") or "")
    days = days_overdue(line, on)
    cents = line.get("outstanding_cents", line.get("cents"))
    return (
        number,
        f"due {due}" if due else "",
        f"{days} day{'' if days == 1 else 's'}" if days is not None and days > 0 else "",
        f"{format_amount(cents, currency)} {currency}".strip() if isinstance(cents, int) else "",
        "disputed" if line.get("disputed") in (True, "T") else "",
    )


def days_overdue(line: Mapping[str, object], on: date) -> int | None:
    """How many days an item is overdue on a day; None where it has no due date."""
    due = line.get("due_date")
    return (on - date.fromisoformat(due)).days if isinstance(due, str) and due else None


def decision(draft: Draft) -> str:
    """What was decided of an item, in words; empty while nothing is."""
    said = {
        "tick": "ticked",
        "reject": f"rejected: {draft.reason}",
        "snooze": f"rests until {spoken(date.fromisoformat(draft.until))}" if draft.until else "rests",
        "call": "call instead",
    }.get(draft.kind or "", "")
    extra = [word for word, there in (("edited", draft.edited_text is not None), ("noted", draft.note)) if there]
    return ", ".join([said, *extra] if said else extra)
