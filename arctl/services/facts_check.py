"""Whether what a proposal rests on still holds: asked anew when it is decided. No SQL, no printing."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from json import loads

from arctl.core.approval import Moved, moved, own_changes
from arctl.core.dunning_facts import Account
from arctl.core.proposal import AGENCY, STARTING, Proposal
from arctl.store import proposals as store
from arctl.store.dunning import accounts
from arctl.store.ledger import Ledger

Accounts = Mapping[tuple[int, str], Account]
"""By (customer_key, currency); who has nothing open is not among them."""


def accounts_of(ledger: Ledger, company_id: int, proposals: Sequence[Proposal], day: date) -> Accounts:
    """How the proposals' customers stand at the end of a day."""
    customers = {each.customer_key for each in proposals if each.customer_key is not None}
    if not customers:
        return {}
    found = accounts(ledger.connection, ledger.tenant_id, company_id, day, sorted(customers))
    return {(each.customer_key, each.currency): each for each in found}


def decided_beside(ledger: Ledger, proposals: Sequence[Proposal]) -> list[Proposal]:
    """The programs and placements of the proposals' envelopes that were applied: what they changed is nothing new."""
    envelopes = sorted({each.envelope_id for each in proposals if each.envelope_id is not None})
    return store.applied_of(ledger.connection, ledger.tenant_id, envelopes, (*STARTING, AGENCY))


def moved_since(proposals: Sequence[Proposal], known: Accounts, decided: Sequence[Proposal] = ()) -> dict[int, Moved]:
    """What changed since they were planned, by the number of the proposal; those of which nothing did are left out.

    `decided` are the programs and placements of their envelopes that were applied already.
    """
    found: dict[int, Moved] = {}
    for each in proposals:
        if each.facts_json is None or each.customer_key is None:
            continue
        if sha256(each.facts_json.encode("utf-8", "surrogatepass")).hexdigest() != each.facts_hash:
            found[each.id] = Moved(("its facts are not those that were frozen: see `arctl integrity`",))
            continue
        what = moved(
            loads(each.facts_json), known.get((each.customer_key, each.currency or "")), own_changes(each, decided)
        )
        if what is not None:
            found[each.id] = what
    return found


def overdue_of(known: Accounts, day: date) -> dict[tuple[int, str], tuple[int, str | None]]:
    """For each account what is overdue on a day, in cents, and the date (ISO) of its oldest overdue invoice."""
    on = day.isoformat()
    found: dict[tuple[int, str], tuple[int, str | None]] = {}
    for key, account in known.items():
        late = [each for each in account.items if each.due_date < on]
        oldest = min((each.invoice_date for each in late), default=None)
        found[key] = (sum(each.outstanding_cents for each in late), oldest)
    return found
