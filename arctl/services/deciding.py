"""What approvals in one transaction share: the facts asked anew, the kill switches, applying, and the event. No SQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from arctl.core.acting import Acting
from arctl.core.approval import Moved, is_late
from arctl.core.effects import hash_of
from arctl.core.events import Happening
from arctl.core.kill import Switch, stopping
from arctl.core.letter import LetterWriter
from arctl.core.proposal import STARTING, Proposal
from arctl.core.run import Run
from arctl.errors import UnknownId
from arctl.services import applying, facts_check
from arctl.store import events, kill, proposals, runs
from arctl.store.ledger import Ledger
from arctl.store.proposals import Verdict


@dataclass(slots=True)
class Sitting:
    """Who decides on which day, in one transaction of the ledger; `switches` are the kill switches found on in it.

    `done` gathers what was decided, status by status, for the event; `mails` counts what was queued.
    """

    ledger: Ledger
    acting: Acting
    day: date
    writer: LetterWriter | None
    switches: Mapping[str, Switch]
    done: dict[str, list[Proposal]] = field(default_factory=dict)
    mails: int = 0

    @property
    def on(self) -> str:
        """The day as the ledger writes it."""
        return self.day.isoformat()


def sitting(ledger: Ledger, acting: Acting, day: date, writer: LetterWriter | None = None) -> Sitting:
    """Begin deciding; call it inside the transaction, for the kill switches are read here. Who acts, acts on that day."""
    return Sitting(ledger, replace(acting, on=day.isoformat()), day, writer, kill.on(ledger.connection))


def decide(at: Sitting, status: str, chosen: Sequence[Proposal], reason: str | None = None) -> None:
    """Give proposals their next status, by whom, on which day, when and why."""
    acting = at.acting
    verdict = Verdict(status, at.on, acting.at, acting.actor, acting.os_user, reason)
    proposals.decide(at.ledger.connection, at.ledger.tenant_id, [each.id for each in chosen], verdict)
    at.done.setdefault(status, []).extend(chosen)


def stops(at: Sitting, proposal: Proposal) -> tuple[Switch, ...]:
    """The kill switches that keep it from being applied."""
    return stopping(at.switches, proposal.risk_level)


@dataclass(frozen=True, slots=True)
class Applied:
    """Proposals by what became of them: applied; moved since they were planned (by number, and as `late`);
    held back by a switch."""

    applied: tuple[Proposal, ...] = ()
    moved: Mapping[int, Moved] = field(default_factory=dict)
    stopped: tuple[Proposal, ...] = ()
    late: tuple[Proposal, ...] = ()


def approve(at: Sitting, chosen: Sequence[Proposal], shown: str | None = None, hold: bool = False) -> Applied:
    """Approve pending proposals, and apply what no switch stops. What moved is not approved; what is paid is superseded.

    With `hold` nothing is applied: their envelope's fan-out is stopped.
    """
    return _joined(_approve(at, company, mine, shown, hold) for company, mine in _by_company(chosen))


def _approve(at: Sitting, company_id: int, chosen: Sequence[Proposal], shown: str | None, hold: bool) -> Applied:
    known = facts_check.accounts_of(at.ledger, company_id, chosen, at.day)
    moved = facts_check.moved_since(chosen, known, facts_check.decided_beside(at.ledger, chosen))
    for each in chosen:
        if each.id in moved and moved[each.id].paid:
            decide(at, "superseded", [each], moved[each.id].words)
    good = [each for each in chosen if each.id not in moved]
    decide(at, "approved", good)
    going, stopped = ([], good) if hold else _parted(at, good)
    apply(at, company_id, going, known, shown)
    return Applied(tuple(going), moved, tuple(stopped), tuple(each for each in chosen if each.id in moved))


def again(at: Sitting, chosen: Sequence[Proposal]) -> Applied:
    """Apply what was approved before and stopped then. What moved meanwhile is superseded, for its approval was of other facts."""
    return _joined(_again(at, company, mine) for company, mine in _by_company(chosen))


def _again(at: Sitting, company_id: int, chosen: Sequence[Proposal]) -> Applied:
    going, stopped = _parted(at, chosen)
    known = facts_check.accounts_of(at.ledger, company_id, going, at.day)
    moved = facts_check.moved_since(going, known, facts_check.decided_beside(at.ledger, going))
    for each in going:
        if each.id in moved:
            decide(at, "superseded", [each], moved[each.id].words)
    good = [each for each in going if each.id not in moved]
    apply(at, company_id, good, known, None)
    return Applied(tuple(good), moved, tuple(stopped), tuple(each for each in going if each.id in moved))


def _by_company(chosen: Sequence[Proposal]) -> Iterator[tuple[int, list[Proposal]]]:
    for company in dict.fromkeys(each.company_id for each in chosen):
        yield company, [each for each in chosen if each.company_id == company]


def _joined(parts: Iterable[Applied]) -> Applied:
    found = list(parts)
    return Applied(
        tuple(each for part in found for each in part.applied),
        {id: what for part in found for id, what in part.moved.items()},
        tuple(each for part in found for each in part.stopped),
        tuple(each for part in found for each in part.late),
    )


def _parted(at: Sitting, chosen: Iterable[Proposal]) -> tuple[list[Proposal], list[Proposal]]:
    going: list[Proposal] = []
    stopped: list[Proposal] = []
    for each in chosen:
        (stopped if stops(at, each) else going).append(each)
    return going, stopped


def apply(
    at: Sitting, company_id: int, chosen: Sequence[Proposal], known: facts_check.Accounts, shown: str | None
) -> None:
    """Do what approved proposals say, and mark them applied."""
    desk = applying.desk(at.ledger, company_id, chosen, facts_check.overdue_of(known, at.day), at.acting, at.on)
    for each in chosen:
        if each.action_type in STARTING:
            from arctl.services import programs

            at.mails += programs.start(at.ledger, each, at.acting, at.day, at.writer, shown)
        else:
            applying.apply_one(desk, each)
    at.mails += len(applying.flush(desk))
    proposals.applied(at.ledger.connection, at.ledger.tenant_id, [each.id for each in chosen], at.acting.at)
    at.done.setdefault("applied", []).extend(chosen)


def record(at: Sitting, company_id: int | None, what: str, entity: str, facts: Mapping[str, object]) -> None:
    """Append the event of this sitting: every proposal it decided, by status, with its content hash. None for nothing."""
    if not at.done:
        return
    decided = {status: [[each.id, each.content_hash] for each in chosen] for status, chosen in at.done.items()}
    payload = {**facts, "decided": decided, "os_user": at.acting.os_user}
    key = f"proposals/{hash_of(decided)}"
    kind, _, number = entity.partition("/")
    happening = Happening(f"workflow.{what}", key, kind, number, at.on, company_id, payload)
    events.append(at.ledger.connection, at.ledger.tenant_id, [happening], at.acting.at, at.acting.actor)


def found(ledger: Ledger, ids: Sequence[int]) -> list[Proposal]:
    """The proposals of these numbers, in their order, each once. Raises UnknownId."""
    wanted = list(dict.fromkeys(ids))
    known = {each.id: each for each in proposals.numbered(ledger.connection, ledger.tenant_id, wanted)}
    missing = [str(id) for id in wanted if id not in known]
    if missing:
        raise UnknownId(f"there is no proposal {', '.join(missing)}", "`arctl proposals` lists them")
    return [known[id] for id in wanted]


def run_of(ledger: Ledger, proposal: Proposal) -> Run:
    """The run that a proposal came out of."""
    run = runs.get(ledger.connection, ledger.tenant_id, proposal.run_id)
    if run is None:  # a foreign key forbids it
        raise UnknownId(f"there is no run {proposal.run_id}")
    return run


def expire(ledger: Ledger, chosen: Sequence[Proposal], acting: Acting, day: date) -> bool:
    """Note that pending proposals whose last day is over can be approved no more, and their runs with them, by themselves."""
    late = [each for each in chosen if each.status == "pending" and is_late(each, day)]
    if not late:
        return False
    with ledger.transaction():
        at = sitting(ledger, acting, day)
        late = [each for each in found(ledger, [each.id for each in late]) if each.status == "pending"]
        for each in late:
            decide(at, "expired", [each], f"the last day to approve it was {each.expires_on}")
            if each.is_envelope:
                end_run(at, each, "expired")
        record(at, None, "proposals_expired", f"proposal/{late[0].id}" if late else "proposal/0", {})
    return True


def end_run(at: Sitting, envelope: Proposal, status: str) -> None:
    """Close the run of an envelope that will not be carried out."""
    run = run_of(at.ledger, envelope)
    if run.completed_at is None:
        connection, tenant = at.ledger.connection, at.ledger.tenant_id
        runs.move(connection, tenant, run.run_id, status, run.summary_json, at.acting.at)
