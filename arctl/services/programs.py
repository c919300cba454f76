"""Programs: a proposal whose yes starts another workflow's run, already approved. What it will do is shown first. No SQL."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from json import loads

from arctl.core.acting import Acting
from arctl.core.contract import Contract
from arctl.core.effects import Decided, Effect, hash_of
from arctl.core.events import Happening, canonical
from arctl.core.letter import LetterWriter
from arctl.core.money import format_amount
from arctl.core.planning import decide
from arctl.core.proposal import Proposal
from arctl.core.review_values import Consequences
from arctl.core.run import Started
from arctl.core.run_inputs import bound, settle
from arctl.errors import BadInput, Refused
from arctl.services import contracts
from arctl.services.context import Gathered, gather
from arctl.services.interpreter import apply_covered
from arctl.services.runner import finish
from arctl.services.staging import open_run
from arctl.store import books, events
from arctl.store.books import Company
from arctl.store.contract_sql import ContractLedger
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class _Found:
    """What the started workflow makes of the ledger as it stands."""

    contract: Contract
    company: Company
    inputs: Mapping[str, object]
    gathered: Gathered
    decided: Decided

    @property
    def blocked(self) -> str:
        """Why it cannot be started; empty where it can."""
        if self.gathered.blocked:
            return "; ".join(each.message for each in self.gathered.blocked)
        if any(each.action_type is not None for each in self.decided.effects):
            return f"{self.contract.workflow_type} stages proposals of its own, which nobody would be asked about"
        return ""


def look(ledger: Ledger, proposal: Proposal, acting: Acting, day: date, writer: LetterWriter | None) -> Consequences:
    """All that approving a program does, by what the ledger says now. Raises UnknownId, BadInput for its contract."""
    found = _find(ledger, proposal, acting, day, writer)
    return Consequences(
        found.decided.effects,
        _background(ledger, found, acting, day),
        tuple(each.message for each in found.gathered.warned),
        found.blocked,
        _shown_hash(found.decided.effects, acting.at),
    )


def start(
    ledger: Ledger, proposal: Proposal, acting: Acting, day: date, writer: LetterWriter | None, shown: str | None = None
) -> int:
    """Start an approved program's run and do all of it, in the caller's transaction; how many mails it queued.

    The event that its contract listens for is recorded with the run it has started, so that nothing starts it again. Raises
    Refused where a precondition blocks, where it would do something else than `shown`, or where a step fails: then nothing is done.
    """
    found = _find(ledger, proposal, acting, day, writer)
    if found.blocked:
        raise Refused(f"{proposal.id}, {proposal.title}: {found.blocked}; nothing was changed")
    if shown is not None and shown != _shown_hash(found.decided.effects, acting.at):
        raise Refused(
            f"{proposal.id}, {proposal.title}: it would do something else than what was shown; nothing was changed",
            "look at it again",
        )
    run_id = open_run(
        ledger, found.company, found.contract, found.decided, found.inputs, day, acting,
        Started("proposal", str(proposal.id)), found.gathered.entries,
    )  # fmt: skip
    told = [_told(each, found, proposal, run_id, day) for each in _listened_for(found.contract)]
    events.append(ledger.connection, ledger.tenant_id, told, acting.at, acting.actor)
    covered = apply_covered(ledger, run_id, acting, "fan_out")
    if covered.failed or covered.stopped or finish(ledger, run_id, acting) == "running":
        why = covered.failed[1] if covered.failed else covered.stopped or "a post action failed"
        raise Refused(f"{proposal.id}, {proposal.title}: {why}; nothing was changed")
    return sum(1 for each in found.decided.effects if each.kind == "email_draft")


def _find(ledger: Ledger, proposal: Proposal, acting: Acting, day: date, writer: LetterWriter | None) -> _Found:
    payload = loads(proposal.payload_json)
    if writer is None:
        raise ValueError("a program is started with somebody to write its letters")
    contract = contracts.find(ledger, str(payload["starts"]))
    try:
        inputs = settle(contract, payload["inputs"])
    except ValueError as unfit:
        raise BadInput(f"{proposal.id}, {proposal.title}: {unfit}", "correct the contract that proposes it") from None
    known = books.companies(ledger.connection, ledger.tenant_id)
    company = next(each for each in known if each.company_id == proposal.company_id)
    gathered = gather(ledger, contract, inputs, company, day, acting.at)
    decided = Decided(()) if gathered.blocked else decide(contract, gathered.facts, {}, writer)
    return _Found(contract, company, inputs, gathered, decided)


def _listened_for(contract: Contract) -> Sequence[str]:
    return [each.event for each in contract.triggers if each.event is not None]


def _told(event: str, found: _Found, proposal: Proposal, run_id: int, day: date) -> Happening:
    return Happening(
        event, f"proposal/{proposal.id}/{event}", "customer", proposal.customer_id or "", day.isoformat(), proposal.company_id,
        {**found.inputs, "proposal_id": proposal.id, "started_run": run_id, "started": found.contract.workflow_type},
    )  # fmt: skip


def _shown_hash(effects: Sequence[Effect], now: str) -> str:
    """Of everything that will be done, except that the time of day moves on between a screen and its yes."""
    said = [[each.kind, each.entity_ref, each.title, each.payload, each.body, each.body_html] for each in effects]
    return hash_of(canonical(said).replace(now, "{now}"))


def _background(ledger: Ledger, found: _Found, acting: Acting, day: date) -> tuple[str, ...]:
    """What the contract looked at, in words: one line for each of its queries that gave one row."""
    facts = {**found.gathered.facts.run, **found.inputs, "run_id": None, "as_of": day.isoformat(), "now": acting.at}
    lines = []
    with closing(ContractLedger(ledger.path)) as reader:
        for query in found.contract.context:
            columns, rows = reader.query(query.sql, bound(facts))
            if len(rows) == 1:
                row = dict(zip(columns, rows[0], strict=True))
                lines.append(f"{_words(query.name)}: {_row_words(row, found.company.base_currency)}")
    return tuple(lines)


def _row_words(row: Mapping[str, object], currency: str) -> str:
    code = str(row.get("currency") or currency)
    said = []
    for name, value in row.items():
        if value is None:
            continue
        if name.endswith("_cents") and isinstance(value, int):
            said.append(f"{_words(name.removesuffix('_cents'))} {format_amount(value, code)} {code}")
        else:
            said.append(f"{_words(name)} {value}")
    return ", ".join(said) or "nothing"


def _words(name: str) -> str:
    return name.replace("_", " ")
