"""An envelope as a reviewer meets it: what stands in it, what was marked, and what deciding brought about. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from arctl.core.effects import Effect

MarkKind = Literal["tick", "reject", "snooze", "call"]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One effect that a person decides by itself. `proposal_id` is set once its envelope is approved.

    `lines` are the open items it is about, as its payload has them (cents, ISO dates); `last_contacts` and `why` are words.
    """

    seq: int
    proposal_id: int | None
    effect: Effect
    content_hash: str
    flags: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    lines: tuple[Mapping[str, object], ...] = ()
    last_contacts: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reviewer wants of an item: tick, reject (with `reason`), snooze (`until`, ISO) or call instead.

    `edited_text` replaces the letter's text; the original is kept. `note` is filed with the customer.
    """

    kind: MarkKind
    reason: str | None = None
    until: str | None = None
    edited_text: str | None = None
    note: str | None = None


Marks = Mapping[int, Mark]
"""By the number of the effect (seq)."""


@dataclass(frozen=True, slots=True)
class Review:
    """An envelope to be looked through. `covered` is what its approval does by itself; `checks` what the night verifies.

    `stopped` names the kill switches that are on, with who, when and why; `marks` are those kept from an earlier sitting.
    """

    envelope_id: int
    run_id: int
    workflow_type: str
    company: str
    title: str
    status: str
    risk_level: int
    proposed_on: str
    expires_on: str
    proposed_by: str
    items: tuple[ReviewItem, ...]
    covered: tuple[Effect, ...] = ()
    marks: Marks = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a proposal stands after somebody decided it, and where it was not done as asked, why."""

    id: int
    status: str
    reason: str
    action_type: str
    customer: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """What finishing an envelope brought about; applied, rejected, snoozed, called and alone are numbers of proposals.

    `fallen` is what moved since it was planned: (seq, customer, what changed). `stopped` is approved but held back by a kill
    switch, `stopped_by` says by which. `alone` waits to be decided by itself (risk 4 and 5). `mails` were queued; of these
    `written` are in the outbox folder and `unwritten` failed. `checks` is what the night's verify will ask.
    """

    envelope_id: int
    run_id: int
    applied: tuple[int, ...] = ()
    rejected: tuple[int, ...] = ()
    snoozed: tuple[int, ...] = ()
    called: tuple[int, ...] = ()
    fallen: tuple[tuple[int, str, str], ...] = ()
    stopped: tuple[int, ...] = ()
    stopped_by: tuple[str, ...] = ()
    pending: tuple[int, ...] = ()
    alone: tuple[int, ...] = ()
    mails: int = 0
    written: int = 0
    unwritten: int = 0
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Consequences:
    """All that approving one risky proposal will do: the effects of the run it starts, and what speaks against it.

    `background` says in words what a decision should know (open orders, earlier holds); `warnings` did not hold but stop
    nothing; `blocked` is why it cannot be done. `shown_hash` covers the effects: approve with it and nothing else happens.
    """

    effects: tuple[Effect, ...] = ()
    background: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    blocked: str = ""
    shown_hash: str = ""
