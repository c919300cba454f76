"""The general ledger's control account held against the aging: what explains the difference, and what is left of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple


class ControlDocument(NamedTuple):
    """A document on which ledger and aging may differ; `cents` is how much higher it makes the general ledger."""

    source_type: str
    id: str
    cents: int


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """What the documents say, as of the end of a day, about a difference.

    `posted_later` counts by then and bears a later posting period, `posted_before` is dated after it and bears a period
    up to its month. `deposits` are what is left of deposits, which many ledgers keep as a liability. `voided_since`
    counts on the day and was voided after it. `unreadable` are posting periods in another form than YYYY-MM.
    """

    posted_later: Sequence[ControlDocument] = ()
    posted_before: Sequence[ControlDocument] = ()
    deposits: Sequence[ControlDocument] = ()
    voided_since: Sequence[ControlDocument] = ()
    unreadable: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ControlLine:
    """One possible cause: cents by which it lifts the general ledger above the aging, and whether it explains anything."""

    code: str
    cents: int
    documents: Sequence[ControlDocument]
    explains: bool


@dataclass(frozen=True, slots=True)
class Control:
    """The control account against net receivables, in cents of one company's currency."""

    gl_balance: int
    net: int
    lines: Sequence[ControlLine]
    unreadable: Sequence[str] = ()

    @property
    def difference(self) -> int:
        """General ledger less aging."""
        return self.gl_balance - self.net

    @property
    def unexplained(self) -> int:
        """What no line explains; a revaluation of foreign currency, which no document shows, is part of it."""
        return self.difference - sum(line.cents for line in self.lines if line.explains)

    @property
    def ok(self) -> bool:
        """Whether every cent of the difference is explained."""
        return self.unexplained == 0


def explained(gl_balance: int, net: int, facts: ControlFacts) -> Control:
    """The difference by name.

    Posting periods are facts and always count. Deposits and voids since are possible causes: each counts whole, and
    only where one or both leave nothing unexplained; else they would hide a part of an unexplained difference. A
    document stands under one cause only, the first.
    """
    posted = [
        _line("posted_later", facts.posted_later, explains=True),
        _line("posted_before", facts.posted_before, explains=True),
    ]
    taken = {document[:2] for document in facts.posted_later}
    deposits = [document for document in facts.deposits if document[:2] not in taken]
    taken |= {document[:2] for document in deposits}
    voided = [document for document in facts.voided_since if document[:2] not in taken]
    possible = [_line("deposits", deposits), _line("voided_since", voided)]
    rest = gl_balance - net - sum(line.cents for line in posted)
    causes = _causes(rest, possible)
    lines = [*posted, *(replace(line, explains=line.code in causes) for line in possible)]
    return Control(gl_balance, net, lines, facts.unreadable)


def _line(code: str, documents: Sequence[ControlDocument], explains: bool = False) -> ControlLine:
    return ControlLine(code, sum(document.cents for document in documents), documents, explains)


def _causes(rest: int, possible: Sequence[ControlLine]) -> set[str]:
    """The fewest of the possible causes that make up the rest to the cent; none where there is no rest, or no such."""
    known = [line for line in possible if line.cents]
    for many in range(1, len(known) + 1):
        for lines in combinations(known, many):
            if rest and sum(line.cents for line in lines) == rest:
                return {line.code for line in lines}
    return set()
