"""What the screen of `arctl approve` can have done, and the services that do it. Decides nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from arctl.core.acting import Acting
from arctl.core.letter import LetterWriter
from arctl.core.review_values import Consequences, Finished, Marks, Outcome, ReviewItem
from arctl.services import approve
from arctl.store.ledger import Ledger


class Decisions(Protocol):
    """What the screen can have done. Each may raise Refused, with who decided before or what stands against it."""

    def keep(self, marks: Marks) -> None:
        """Keep the marks for another sitting."""

    def finish(self, marks: Marks, shown: Mapping[int, str]) -> Finished:
        """Approve the envelope and do what the marks say."""

    def whole(self, name: str) -> Finished:
        """Approve an envelope that holds no items, only what it does itself; `name` was typed."""

    def items(self) -> Sequence[ReviewItem]:
        """The items again, which have numbers of proposals once the envelope is approved."""

    def consequences(self, proposal_id: int) -> Consequences:
        """All that approving one of them does."""

    def approve(self, proposal_id: int, name: str, shown: str) -> Outcome:
        """Approve one by itself."""

    def reject(self, proposal_id: int, reason: str) -> Outcome:
        """Turn one down."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """The services over one envelope; `acting` is asked anew each time, for a decision bears its own moment."""

    ledger: Ledger
    envelope_id: int
    acting: Callable[[], Acting]
    day: date
    writer: LetterWriter | None = None

    def keep(self, marks: Marks) -> None:
        """Keep the marks for another sitting."""
        approve.keep_marks(self.ledger, self.envelope_id, marks, self.acting())

    def finish(self, marks: Marks, shown: Mapping[int, str]) -> Finished:
        """Approve the envelope and do what the marks say."""
        return approve.finish(self.ledger, self.envelope_id, marks, shown, self.acting(), self.day, self.writer)

    def whole(self, name: str) -> Finished:
        """Approve the envelope with all that it does itself."""
        return approve.approve_envelope(
            self.ledger, self.envelope_id, self.acting(), self.day, confirm=name, writer=self.writer
        )

    def items(self) -> Sequence[ReviewItem]:
        """The items as they stand now."""
        return approve.review(self.ledger, self.envelope_id).items

    def consequences(self, proposal_id: int) -> Consequences:
        """All that approving one of them does."""
        return approve.consequences(self.ledger, proposal_id, self.acting(), self.day, self.writer)

    def approve(self, proposal_id: int, name: str, shown: str) -> Outcome:
        """Approve one by itself."""
        (outcome,) = approve.approve_ids(
            self.ledger, [proposal_id], self.acting(), self.day, confirm=name, shown=shown or None, writer=self.writer
        )
        return outcome

    def reject(self, proposal_id: int, reason: str) -> Outcome:
        """Turn one down."""
        (outcome,) = approve.reject(self.ledger, [proposal_id], reason, self.acting(), self.day)
        return outcome
