"""Whether the record of workflows stands as it was written: what was frozen, approved and sent, and that it bears itself out."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from json import loads

from arctl.core.approval import is_sound
from arctl.core.effects import Effect, content_hash, hash_of
from arctl.core.integrity import Examined, Finding
from arctl.core.proposal import Proposal
from arctl.store import integrity, outbox, proposals, runs
from arctl.store import workflow_check as store
from arctl.store.ledger import Ledger

_KEEP = "keep this file as it is for whoever looks into it; the last backup holds what was written"


def workflows(ledger: Ledger) -> Examined:
    """Every tenant's contracts, frozen effects, proposals and mails by their hashes, and what contradicts each other."""
    found: list[Finding] = []
    totals = (0, 0, 0)
    for tenant, name in integrity.tenants(ledger.connection):
        mine = replace(ledger, tenant_id=tenant)
        counts = store.counted(ledger.connection, tenant)
        totals = (totals[0] + counts[0], totals[1] + counts[1], totals[2] + counts[2])
        flaws = [
            *store.contradictions(ledger.connection, tenant),
            *_contracts(mine),
            *_frozen(mine),
            *_proposals(mine),
            *_mails(mine),
        ]
        found += [Finding(f"tenant {name}, {where}", message, _KEEP) for where, message in flaws]
    looked_at = f"{totals[0]:,} runs, {totals[1]:,} proposals, {totals[2]:,} mails"
    return Examined(looked_at, _listed(found), applies=bool(sum(totals) or found))


def _listed(found: list[Finding]) -> list[Finding]:
    left = len(found) - integrity.LISTED
    more = [Finding("further", f"{left:,} more of the record of workflows", _KEEP)] if left > 0 else []
    return found[: integrity.LISTED] + more


Flaws = Iterator[tuple[str, str]]


def _contracts(ledger: Ledger) -> Flaws:
    for workflow, hashed, text in store.contracts(ledger.connection, ledger.tenant_id):
        if sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != hashed:
            yield f"contract of {workflow}", "its text is not that of its hash: it is not what a run followed"


def _frozen(ledger: Ledger) -> Flaws:
    for run_id in store.run_numbers(ledger.connection, ledger.tenant_id):
        for each in runs.frozen(ledger.connection, ledger.tenant_id, run_id):
            if not is_sound(each):
                yield (
                    f"run {run_id}, effect {each.seq}",
                    "it is not what was frozen: its hash is not that of its content",
                )


def _proposals(ledger: Ledger) -> Flaws:
    run_id, effects = 0, dict[int, Effect]()
    for each in proposals.select(ledger.connection, ledger.tenant_id):
        if each.seq is None:
            continue
        if each.run_id != run_id:  # the proposals of one run follow each other
            run_id = each.run_id
            effects = {frozen.seq: frozen.effect for frozen in runs.frozen(ledger.connection, ledger.tenant_id, run_id)}
        if each.facts_json is not None and hash_of(loads(each.facts_json)) != each.facts_hash:
            yield f"proposal {each.id}", "the facts it rests on are not those that were frozen"
        effect = effects.get(each.seq)
        if effect is None or _content(each, effect) != each.content_hash:
            yield f"proposal {each.id}", "it is not what was shown: its hash is not that of its content"


def _content(each: Proposal, effect: Effect) -> str:
    """The hash of a proposal as it stands; a letter that was edited has its own text."""
    stands = replace(
        effect, action_type=each.action_type, customer_id=each.customer_id, currency=each.currency,
        amount_cents=each.amount_cents, tier=each.tier, title=each.title,
    )  # fmt: skip
    return content_hash(stands, each.payload_json, each.body, each.body_html)


def _mails(ledger: Ledger) -> Flaws:
    for mail in outbox.listed(ledger.connection, ledger.tenant_id, None, None, None):
        if not mail.is_as_approved:
            yield f"mail {mail.outbox_id}", "it is not what was approved: its hash is not that of its content"
