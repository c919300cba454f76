"""The rows of a review's list: what one line says of an item, in columns that fit the width. Formats only."""

from collections.abc import Mapping
from datetime import date

from rich.cells import cell_len
from rich.text import Text

from arctl.core.money import format_amount
from arctl.core.proposal import APPLY_CASH, EMAIL_DRAFT, TASK
from arctl.core.review import Draft, is_call
from arctl.core.review_keys import Screen
from arctl.core.review_values import ReviewItem
from arctl.render.frame import cell
from arctl.render.review_page import days_overdue, decision

SIGNS = {None: " ", "tick": "✓", "reject": "✗", "snooze": "z", "call": "c"}
STYLES = {None: "", "tick": "green", "reject": "red", "snooze": "cyan", "call": "magenta"}
_DATE, _FLAGS = 11, 18  # columns: what a contact's date takes, and what flags get at least before names do
_KINDS = {APPLY_CASH: "task", TASK: "task", EMAIL_DRAFT: "message"}


def name_of(item: ReviewItem) -> str:
    """The customer, or what it is where there is none."""
    return item.effect.customer_name or item.effect.title


def tier_of(item: ReviewItem) -> str:
    """A letter's tier, or what else it is: call, task, message."""
    if is_call(item):
        return "call"
    return item.effect.tier or _KINDS.get(item.effect.action_type or "", "")


def asked_of(item: ReviewItem) -> str:
    """The amount with its currency; empty where nothing is asked for."""
    code, cents = item.effect.currency or "", item.effect.amount_cents
    return "" if cents is None else f"{format_amount(cents, code)} {code}".strip()


def _oldest(item: ReviewItem, on: date) -> str:
    found = [days for line in item.lines if (days := days_overdue(line, on)) is not None]
    return str(max(found)) if found else ""


def _contact(item: ReviewItem) -> str:
    return item.last_contacts[0] if item.last_contacts else "" if item.effect.customer_key is None else "none"


def _shortly(item: ReviewItem) -> str:
    """The last contact as its date and its result, where it is told as `DATE WHAT: RESULT`."""
    told, colon, result = _contact(item).rpartition(": ")
    return f"{told.partition(' ')[0]} {result}" if colon else result


def widths_of(screen: Screen, width: int) -> Mapping[str, int]:
    """How wide each column is: amounts and tiers as they need, names, contacts and flags share what is left."""
    items = screen.desk.items
    tier = max(4, *(cell_len(tier_of(item)) for item in items))
    asked = max(9, *(cell_len(asked_of(item)) for item in items))
    days = max(4, *(len(_oldest(item, screen.on)) for item in items))
    left = width - tier - asked - days - 9  # three columns of signs, six blanks in between
    flags = max(12, *(cell_len(_flagged(item)) for item in items))
    look = min(flags, max(_FLAGS, left * 4 // 10))
    name = min(max(8, *(cell_len(name_of(item)) for item in items)), max(left - _DATE - look, 12))
    contact = min(max(9, *(cell_len(_shortly(item)) for item in items)), max(left - name - look, 0))
    look = max(left - name - contact, 0)
    return {"name": name, "tier": tier, "asked": asked, "days": days, "contact": contact, "look": look}


def titles(widths: Mapping[str, int], width: int) -> Text:
    """The line over the rows."""
    left = f"   {cell('Customer', widths['name'])} {cell('Tier', widths['tier'])} {cell('Asks for', widths['asked'], True)}"
    right = f" {cell('Days', widths['days'], True)}  {cell('Contacted', widths['contact'])} {cell('Look at', widths['look'])}"
    return Text((left + right)[:width].rstrip(), style="dim")


def row_of(screen: Screen, at: int, widths: Mapping[str, int], width: int) -> Text:
    """One item on one line; where the reviewer stands it is reversed, and marked by > where that cannot be seen."""
    item, here = screen.desk.items[at], at == screen.cursor
    draft = screen.desk.draft(item)
    extra = "+" if draft.edited_text is not None or draft.note else " "
    firm = "bold" if item.effect.tier in ("urgent", "final") else ""
    line = Text().append(">" if here else " ", style="bold")
    line.append(SIGNS[draft.kind] + extra, style=f"bold {STYLES[draft.kind]}".strip())
    line.append(f"{cell(name_of(item), widths['name'])} ")
    line.append(f"{cell(tier_of(item), widths['tier'])} ", style=firm)
    line.append(f"{cell(asked_of(item), widths['asked'], True)} ")
    line.append(f"{cell(_oldest(item, screen.on), widths['days'], True)}  ")
    line.append(f"{cell(_shortly(item), widths['contact'])} ", style="dim")
    look, style = _look(item, draft)
    line.append(cell(look, widths["look"]), style=style)
    if here:
        line.stylize("reverse")
    line.truncate(width)
    return line


def _look(item: ReviewItem, draft: Draft) -> tuple[str, str]:
    """What to look at, or once decided otherwise than by a tick, what was decided."""
    if draft.kind in ("reject", "snooze", "call"):
        return decision(draft), STYLES[draft.kind]
    return _flagged(item), "dim" if draft.kind else "yellow"


def _last(item: ReviewItem) -> str:
    contact = _contact(item)
    return f"last contact: {contact}" if contact else ""


def _flagged(item: ReviewItem) -> str:
    return f"! {'; '.join(item.flags)}" if item.flags else ""


def about(screen: Screen, width: int) -> list[Text]:
    """What there is to know of the item the reviewer stands on, on two lines, so that few need opening."""
    item = screen.item
    flags = "; ".join(item.flags)
    told = decision(screen.draft)
    second = " · ".join(part for part in (told, flags and f"look at: {flags}", _last(item)) if part)
    first = f"{item.effect.customer_id or ''} {name_of(item)}".strip() + (f" · {item.why}" if item.why else "")
    return [Text(cell(first, width).rstrip()), Text(cell(second, width).rstrip(), style="dim")]
