"""The screens of `arctl approve`: the list, an opened letter, the last question, one risky proposal. Formats only."""

from datetime import date

from rich.cells import cell_len
from rich.text import Text

from arctl.core.review import GROUPS, sentence
from arctl.core.review_days import snooze_day, spoken
from arctl.core.review_keys import Screen, View
from arctl.core.review_single import Single
from arctl.core.review_values import Review
from arctl.render.frame import SMALLEST, Frame, cell, key_bar, question, wrapped
from arctl.render.review_page import covered_lines, decision, letter_page, single_page
from arctl.render.review_rows import STYLES, about, asked_of, name_of, row_of, tier_of, titles, widths_of

_LIST_KEYS = (
    ("Enter", "open"), ("t", "tick"), ("T", "unflagged"), ("r", "reject"), ("s", "snooze"), ("u", "undo"), ("f", "finish"),
    ("e", "edit"), ("c", "call"), ("n", "note"), ("q", "quit"), ("?", "keys"),
)  # fmt: skip
_LETTER_KEYS = (
    ("Space", "read, tick"), ("←→", "turn"), ("Esc", "list"), ("e", "edit"), ("r", "reject"), ("s", "snooze"), ("c", "call"),
    ("n", "note"), ("u", "undo"), ("f", "finish"), ("?", "keys"),
)  # fmt: skip
_SINGLE_KEYS = (("y", "approve"), ("r", "reject"), ("Enter", "leave pending"), ("↑↓", "read"), ("q", "leave the rest"))
_HELP = (
    ("", "Going through it"),
    ("↑ ↓  j k  PgUp PgDn  g G", "up, down, a page, first, last"),
    ("Enter", "open the letter as it will go out; Esc leads back"),
    ("← →", "in an opened letter: the one before, the one after"),
    ("Tab", "the next one that is still undecided"),
    ("/", "find a customer"),
    ("", "Deciding; it takes effect on nothing before you finish"),
    ("t", "tick: goes out as shown; again: open again"),
    ("Space", "tick; in a letter, a page on until all of it was read"),
    ("T", "tick everything that is not flagged and not decided"),
    ("e", "edit the text in your editor; the original is kept"),
    ("r", "reject, with the reason: its items count as decided"),
    ("s", "snooze: a date, 10d, 2w, friday; Enter alone: a week"),
    ("c", "call instead of writing"),
    ("n", "a note, filed with the customer"),
    ("u", "take the last mark back, as often as you like"),
    ("", "Being done"),
    ("f", "finish: one sentence, one question, one transaction"),
    ("q", "quit; the marks are kept for the next time"),
)
_QUESTIONS = {"reject": "Reject because:", "snooze": "Rests until:", "note": "Note:", "find": "Find:"}


def draw(review: Review, screen: Screen, width: int, height: int) -> Frame:
    """The screen of a review on so many columns and rows."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return Frame([Text(cell("make the window larger", width))], 1, 1)
    view = screen.view
    if view in (View.FINISH, View.QUIT):
        return _last_question(review, screen, width, height)
    if view is View.HELP:
        return _paged(
            [Text("Keys", style="bold"), Text()], _help(width), [key_bar([("any key", "back")], width)], 0, height
        )
    return _letter(review, screen, width, height) if view is View.LETTER else _list(review, screen, width, height)


def _paged(head: list[Text], body: list[Text], foot: list[Text], top: int, height: int) -> Frame:
    """Head and foot fixed, of the body what fits in between."""
    room = max(height - len(head) - len(foot), 1)
    seen = body[top : top + room]
    lines = [*head, *seen, *[Text()] * (room - len(seen)), *foot]
    return Frame(lines[:height], len(body), room)


def _list(review: Review, screen: Screen, width: int, height: int) -> Frame:
    widths = widths_of(screen, width)
    entries = _entries(screen)
    head = [*_head(review, screen, width), titles(widths, width)]
    foot, caret = _foot(screen, width, _LIST_KEYS)
    foot = [Text("─" * width, style="dim"), *about(screen, width), *foot]
    room = max(height - len(head) - len(foot), 1)
    top = min(max(entries.index(screen.cursor) - room // 2, 0), max(len(entries) - room, 0))
    rows = [
        Text(cell(entry, width).rstrip(), style="bold")
        if isinstance(entry, str)
        else row_of(screen, entry, widths, width)
        for entry in entries[top : top + room]
    ]
    rows += [Text()] * (room - len(rows))
    return _with_caret(Frame([*head, *rows, *foot][:height], len(entries), room), caret, height)


def _entries(screen: Screen) -> list[int | str]:
    """The lines of the list: the places of items, and the title of each part before its items."""
    entries: list[int | str] = []
    groups = screen.desk.groups
    for at, group in enumerate(groups):
        if at == 0 or group != groups[at - 1]:
            entries += [GROUPS[group]] if at == 0 else ["", GROUPS[group]]
        entries.append(at)
    return entries


def _with_caret(frame: Frame, caret: int | None, height: int) -> Frame:
    """The caret stands in the question, the last line but one."""
    return frame if caret is None else Frame(frame.lines, frame.length, frame.room, (height - 2, caret))


def _head(review: Review, screen: Screen, width: int) -> list[Text]:
    desk = screen.desk
    marks = desk.marks
    done = f"{len(marks)} of {len(desk.items)} decided"
    company = "" if review.company == "default" else f", {review.company}"
    left = f"Envelope {review.envelope_id}, {review.workflow_type}{company}, {review.proposed_on}"
    first = Text(cell(left, width - cell_len(done) - 2), style="bold").append(f"  {done}", style="bold")
    decided = [item for item in desk.items if item.seq in marks]
    so_far = sentence(decided, marks) if decided else "Marks take effect on nothing before you finish"
    lines = [first, Text(cell(so_far, width).rstrip(), style="green" if decided else "dim")]
    lines += [Text(cell(f"Stopped: {each}", width).rstrip(), style="bold red") for each in review.stopped]
    return [*lines, Text()]


def _foot(screen: Screen | Single, width: int, keys: tuple[tuple[str, str], ...]) -> tuple[list[Text], int | None]:
    """The message or the question, and the keys; with a question, where its caret stands."""
    asking = screen.asking
    if asking is None:
        return [Text(cell(screen.message, width).rstrip(), style="bold"), key_bar(keys, width)], None
    label = f"Type {screen.name}:" if isinstance(screen, Single) and asking.what == "name" else _QUESTIONS[asking.what]
    hint = _hint(screen, asking.what, asking.text)
    line, caret = question(asking, cell(label, min(cell_len(label), width // 2)), hint, width)
    last = [("Enter", "done"), ("↑", "the last one again"), ("Esc", "back")]
    return [line, key_bar(last if asking.before else [last[0], last[2]], width)], caret


def _hint(screen: Screen | Single, what: str, text: str) -> str:
    """What Enter would do with the answer so far."""
    if not isinstance(screen, Screen):
        return ""
    if what == "snooze":
        try:
            return f"= {spoken(snooze_day(text.strip() or '1w', screen.on))}"
        except ValueError:
            return "a date, 10d, 2w, friday"
    return "filed with the customer" if what == "note" and not text else ""


def _letter(review: Review, screen: Screen, width: int, height: int) -> Frame:
    desk, item = screen.desk, screen.item
    place = f"{screen.cursor + 1} of {len(desk.items)}"
    name = " · ".join(part for part in (name_of(item), item.effect.customer_id, tier_of(item), asked_of(item)) if part)
    told = decision(screen.draft) or "undecided"
    body = letter_page(item, screen.draft, desk.text(item), screen.on, width)
    head = [
        Text(cell(name, width - cell_len(place) - 2), style="bold").append(f"  {place}", style="bold"),
        Text(cell(told, width).rstrip(), style=STYLES[screen.draft.kind] or "dim"),
        Text("─" * width, style="dim"),
    ]
    head[1:1] = [Text(cell(f"Stopped: {each}", width).rstrip(), style="bold red") for each in review.stopped]
    foot, caret = _foot(screen, width, _LETTER_KEYS)
    room = max(height - len(head) - len(foot) - 1, 1)
    return _with_caret(
        _paged(head, body, [_more(len(body), room, screen.page.top, width), *foot], screen.page.top, height),
        caret,
        height,
    )


def _more(length: int, room: int, top: int, width: int) -> Text:
    """The rule under a page, which says how much more there is."""
    below = length - room - top
    said = f"── {below} more line{'' if below == 1 else 's'} below ↓ " if below > 0 else ""
    return Text(said + "─" * (width - cell_len(said)), style="bold" if said else "dim")


def _help(width: int) -> list[Text]:
    lines: list[Text] = []
    for keys, what in _HELP:
        if not keys:
            lines += [*([Text()] if lines else []), Text(cell(what, width).rstrip(), style="bold")]
            continue
        lines.append(Text(cell(f"  {keys:<24} {what}", width).rstrip()))
    return lines


def _last_question(review: Review, screen: Screen, width: int, height: int) -> Frame:
    marks = screen.desk.marks
    if screen.view is View.QUIT:
        count = screen.desk.loose
        said = (
            f"{count} item{'' if count == 1 else 's'} with a note or an edit and no decision: that is not kept. Quit?"
        )
        asks, keys = said, [("y", "quit"), ("any other key", "back")]
    else:
        asks, keys = sentence(screen.desk.items, marks), [("y", "finish"), ("any other key", "back")]
    body = [Text(line, style="bold") for line in wrapped(asks, width - 4)]
    if screen.view is View.FINISH:
        body += _before_the_yes(review, screen, width - 4)
    body = [Text("  ").append_text(line) for line in body]
    if screen.view is View.FINISH and review.status == "pending":
        body += covered_lines(review.covered, width)
    title = "Finish" if screen.view is View.FINISH else "Quit"
    head = [Text(f"{title} envelope {review.envelope_id}?", style="bold"), Text()]
    top = screen.page.top
    below = [_more(len(body), height - 5, top, width)] if len(body) > height - 5 else [Text()]
    foot = [*below, Text(cell(screen.message, width).rstrip(), style="bold"), key_bar(keys, width)]
    return _paged(head, body, foot, top, height)


def _before_the_yes(review: Review, screen: Screen, width: int) -> list[Text]:
    """What a yes does beyond the sentence."""
    lines = [Text()]
    flagged = [
        item for item in screen.desk.items
        if item.flags and screen.desk.draft(item).kind == "tick"
    ]  # fmt: skip
    alone = sum(1 for item in review.items if item.seq not in {each.seq for each in screen.desk.items})
    said: list[tuple[str, str]] = []
    if screen.desk.items and not screen.desk.marks:
        said.append(("Nothing is marked: the envelope is approved, and what is in it stays pending", "yellow"))
    if flagged:
        unread = sum(1 for item in flagged if item.seq not in screen.opened)
        were = "was" if len(flagged) == 1 else "were"
        rest = f", {unread} of them not opened in this sitting" if unread else ""
        said.append((f"{len(flagged)} of the ticked {were} flagged to look at{rest}", "yellow"))
    said += [(f"Stopped: {each}", "bold red") for each in review.stopped]
    said.append(("All of it in one transaction; what moved since the plan falls out and is listed", "dim"))
    if alone:
        said.append((f"Then, one at a time: {alone} of risk 4 or 5", ""))
    for text, style in said:
        lines += [Text(line, style=style) for line in wrapped(text, width)]
    return lines


def draw_single(single: Single, on: date, width: int, height: int) -> Frame:
    """One proposal of risk 4 or 5, with everything its approval does."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return Frame([Text(cell("make the window larger", width))], height + 2, 1)  # not read to its end
    effect = single.item.effect
    place = f"{single.number} of {single.of}"
    title = " · ".join(part for part in (f"Risk {effect.risk_level}", effect.title, asked_of(single.item)) if part)
    name = " ".join(
        part for part in (effect.customer_name, f"({effect.customer_id})" if effect.customer_id else "") if part
    )
    head = [
        Text(cell(title, width - cell_len(place) - 2), style="bold").append(f"  {place}", style="bold"),
        *(Text(line, style="bold red") for line in wrapped(name, width)[:3] if name),
        Text("─" * width, style="dim"),
    ]
    body = single_page(single.item, single.consequences, on, width)
    foot, caret = _foot(single, width, _SINGLE_KEYS)
    room = max(height - len(head) - len(foot) - 1, 1)
    more = _more(len(body), room, single.page.top, width)
    return _with_caret(_paged(head, body, [more, *foot], single.page.top, height), caret, height)
