"""Letters and messages from templates: which file writes one, what it is given, what is wrong with it. Decides nothing.

A template is a pair of Jinja files in a folder per language: NAME.txt.j2, whose first line is the subject, and beside it
NAME.html.j2, which may be missing. They run in a sandbox: the file is the user's own, but it sees nothing except its facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from arctl import resources
from arctl.core.letter import Letter, LetterLine, LetterRequest
from arctl.core.money import format_amount
from arctl.errors import BadInput
from arctl.render.letter_layout import SHORT_MONTHS, Laid, clean, cleaned, columns, isolated, short_date, written_date

FALLBACK = "en"
"""The language of a letter where there is no template in the one asked for."""
_SUBJECT = "Subject:"
_UNNAMED = "default"
"""The company of a ledger that nobody named; no letter is signed with it."""
_HINT = "contracts/letters/README.md tells what a template is given; without your file arctl's own is used"


@dataclass(frozen=True, slots=True)
class _Pair:
    """A template as it was compiled."""

    file: Path
    text: Template
    html: Template | None
    own: bool


class Line(NamedTuple):
    """An open item as a template sees it: `amount` as it is read, without its currency."""

    invoice_id: str
    installment: int
    number: str
    po: str
    invoice_date: str
    due_date: str
    days_overdue: int
    outstanding_cents: int
    amount: str


_LINE_FIELDS = frozenset(Line._fields)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, with a short way to the fields of a line: they are asked for by the hundred thousand."""

    def getattr(self, obj: object, attribute: str) -> object:
        """What a template's `line.number` is."""
        if type(obj) is Line and attribute in _LINE_FIELDS:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


class Writer:
    """Writes from the first of the folders that has a template in the language; only then is one in English looked for.

    The folders are asked in their order, arctl's own last. `reply_to` is the address that letters name.
    """

    def __init__(self, folders: Sequence[Path], reply_to: str = "") -> None:
        self._folders = tuple(folders)
        self._reply_to = reply_to
        self._pairs: dict[tuple[str, str], _Pair] = {}
        self._text = _environment(self._folders, html=False)
        self._html = _environment(self._folders, html=True)

    def letter(self, request: LetterRequest) -> Letter:
        """The dunning letter of a tier. Raises BadInput, with file and line, where its template cannot be read or fails."""
        pair = self._pair(request.tier, request.language)
        return _written(pair, self._facts_of(request))

    def message(self, template: str, language: str, facts: Mapping[str, object]) -> Letter:
        """Another message by its template's name. Raises BadInput, as `letter` does, also for a fact that is missing."""
        pair = self._pair(template, language)
        given = {name: cleaned(value) for name, value in facts.items()}
        given["reply_to"] = self._reply_to
        given["company_name"] = _signature(str(given.get("company_name") or ""))
        return _written(pair, given)

    def _facts_of(self, request: LetterRequest) -> dict[str, object]:
        currency = request.currency
        lines = [_line(each, currency) for each in request.lines]
        return {
            "tier": request.tier,
            "on": request.on,
            "company_name": _signature(clean(request.company_name)),
            "customer_id": clean(request.customer_id),
            "customer_name": clean(request.customer_name),
            "currency": currency,
            "lines": lines,
            "count": len(lines),
            "oldest_days": max((each.days_overdue for each in lines), default=0),
            "with_po": any(each.po for each in lines),
            "total": format_amount(request.total_cents, currency),
            "unapplied": format_amount(request.unapplied_cents, currency) if request.unapplied_cents else "",
            "asked": format_amount(request.asked_cents, currency),
            "items": partial(_items, lines),
            "reply_to": self._reply_to,
        }

    def _pair(self, name: str, language: str) -> _Pair:
        found = self._pairs.get((name, language))
        if found is None:
            found = self._pairs[name, language] = self._compiled(name, language)
        return found

    def _compiled(self, name: str, language: str) -> _Pair:
        for each in dict.fromkeys((language, FALLBACK)):
            for folder in self._folders:
                text, html = (folder / each / f"{name}.{form}.j2" for form in ("txt", "html"))
                if text.is_file():
                    pages = _compile(self._html, html) if html.is_file() else None
                    return _Pair(text, _compile(self._text, text), pages, self._is_own(folder, each))
                if html.is_file():
                    raise BadInput(f"{html} has no {text.name} beside it", "a letter is written as text first")
        asked = ", ".join(str(folder) for folder in self._folders)
        raise BadInput(f"there is no template {name}.txt.j2 in {asked}", "it belongs into a folder named en")

    def _is_own(self, folder: Path, language: str) -> bool:
        """Whether the user wrote the template, or a frame (a file whose name begins with _) that arctl's may stand in."""
        own = [each for each in self._folders if each != shipped_folder()]
        return folder in own or any(any((each / language).glob("_*.j2")) for each in own)


def shipped_folder() -> Path:
    """The folder of the templates that come with arctl."""
    return resources.contracts_dir() / "letters"


def writer(own: Path | None, reply_to: str = "") -> Writer:
    """A writer with the user's own folder, where there is one, before arctl's."""
    return Writer((*((own,) if own else ()), shipped_folder()), reply_to)


def _environment(folders: Sequence[Path], html: bool) -> _Sandbox:
    environment = _Sandbox(
        loader=FileSystemLoader(list(folders)),
        undefined=StrictUndefined,
        autoescape=html,
        finalize=None if html else isolated,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["money"] = format_amount
    environment.filters["day"] = written_date
    environment.filters["short_day"] = short_date
    environment.globals["columns"] = columns
    return environment


def _compile(environment: _Sandbox, file: Path) -> Template:
    """The template in that very file, whatever another folder has under its name."""
    try:
        code = environment.compile(file.read_text(encoding="utf-8"), str(file), str(file))
    except TemplateSyntaxError as wrong:
        raise BadInput(f"{wrong.filename or file}:{wrong.lineno}: {wrong.message}", _HINT) from wrong
    except (OSError, UnicodeDecodeError) as unreadable:
        raise BadInput(f"{file} cannot be read as a template ({unreadable})", _HINT) from unreadable
    return environment.template_class.from_code(environment, code, environment.make_globals(None))


def _written(pair: _Pair, facts: Mapping[str, object]) -> Letter:
    try:
        text = pair.text.render(facts)
        html = pair.html.render(facts) if pair.html else None
    except TemplateSyntaxError as wrong:  # of a file that it includes
        raise BadInput(f"{wrong.filename}:{wrong.lineno}: {wrong.message}", _HINT) from wrong
    except TemplateNotFound as missing:
        raise BadInput(f"{pair.file}: there is no template {missing.name}", _HINT) from missing
    except Exception as failed:  # a template is a program of the user's and fails as it likes
        raise BadInput(f"{_place(failed.__traceback__, pair.file)}: {failed}", _HINT) from failed
    first, _, body = text.partition("\n")
    subject = first.removeprefix(_SUBJECT).strip()
    if not first.startswith(_SUBJECT) or not subject:
        raise BadInput(f"{pair.file}:1: the first line is not the subject", f"let it begin with {_SUBJECT!r}")
    return Letter(subject, body.strip("\n") + "\n", html, pair.own)


def _place(traceback: TracebackType | None, file: Path) -> str:
    """FILE:LINE of the innermost template line that failed."""
    place = str(file)
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name.endswith(".j2"):
            place = f"{name}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


def _signature(company: str) -> str:
    return "" if company == _UNNAMED else company


def _line(line: LetterLine, currency: str) -> Line:
    return Line(
        line.invoice_id,
        line.installment,
        clean(line.number or line.invoice_id),
        clean(line.po),
        line.invoice_date,
        line.due_date,
        line.days_overdue,
        line.outstanding_cents,
        format_amount(line.outstanding_cents, currency),
    )


def _items(
    lines: Sequence[Line],
    titles: Sequence[str],
    part: str = ", installment {}",
    dates: str = "{month} {day}, {year}",
    months: Sequence[str] = SHORT_MONTHS,
) -> Laid:
    """The open items as aligned text under six titles: invoice, PO, invoice date, due date, days overdue, amount."""
    rows = [
        (
            f"{line.number}{part.replace('{}', str(line.installment))}" if line.installment else line.number,
            line.po,
            written_date(line.invoice_date, dates, months),
            written_date(line.due_date, dates, months),
            line.days_overdue,
            line.amount,
        )
        for line in lines
    ]
    return columns([titles, *rows], "<<<<>>", head=True)
