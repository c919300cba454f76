"""Proposals as they are looked up: what waits and what waited, and one of them with all it says. Changes nothing. No SQL."""

from dataclasses import dataclass
from datetime import date

from arctl.core.acting import Acting
from arctl.core.approval import Moved
from arctl.core.effects import Effect
from arctl.core.letter import LetterWriter
from arctl.core.proposal import STATUSES, Proposal
from arctl.core.review_values import Consequences
from arctl.errors import UnknownId
from arctl.services import books, deciding, facts_check, reviewing
from arctl.store import proposals as store
from arctl.store import runs
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A proposal with its flags, what moved since it was planned, what its approval does, and of an envelope what is in it."""

    proposal: Proposal
    flags: tuple[str, ...] = ()
    moved: Moved | None = None
    consequences: Consequences | None = None
    effects: tuple[Effect, ...] = ()
    children: tuple[Proposal, ...] = ()


def listed(ledger: Ledger, company: str | None, status: str | None = None) -> list[Proposal]:
    """The proposals of a status, or all of them, of the company named or of every one, by number. Raises UnknownId."""
    owner = books.company_of(ledger, company)
    number = owner.company_id if owner else None
    if status is not None:
        return list(store.waiting(ledger.connection, ledger.tenant_id, number, status))
    found = [each for one in STATUSES for each in store.waiting(ledger.connection, ledger.tenant_id, number, one)]
    return sorted(found, key=lambda each: each.id)


def shown(ledger: Ledger, id: int, acting: Acting, day: date, writer: LetterWriter | None = None) -> ProposalShown:
    """One proposal with everything a decision should know. Raises UnknownId."""
    found = store.get(ledger.connection, ledger.tenant_id, id)
    if found is None:
        raise UnknownId(f"there is no proposal {id}", "`arctl proposals` lists them")
    frozen = {each.seq: each.effect for each in runs.frozen(ledger.connection, ledger.tenant_id, found.run_id)}
    if found.is_envelope:
        children = tuple(store.of_envelope(ledger.connection, ledger.tenant_id, id))
        return ProposalShown(found, effects=tuple(frozen.values()), children=children)
    flags = frozen[found.seq].flags if found.seq in frozen else ()
    if found.status != "pending":
        return ProposalShown(found, flags)
    known = facts_check.accounts_of(ledger, found.company_id, [found], day)
    moved = facts_check.moved_since([found], known, facts_check.decided_beside(ledger, [found])).get(found.id)
    return ProposalShown(found, flags, moved, reviewing.consequences(ledger, id, acting, day, writer))


def outcome_rows(ledger: Ledger, envelope_id: int) -> list[Proposal]:
    """An envelope and what came out of it, as they stand."""
    (envelope,) = deciding.found(ledger, [envelope_id])
    return [envelope, *store.of_envelope(ledger.connection, ledger.tenant_id, envelope_id)]
