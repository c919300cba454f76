"""An envelope made of frozen effects, and the proposals that come out of it: what they say, until when they hold. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from arctl.core.acting import Acting
from arctl.core.contract import Contract
from arctl.core.effects import Effect, Frozen, hash_of
from arctl.core.events import canonical
from arctl.core.proposal import Proposal, envelope_type, last_day, run_ref

_DAY = 24 * 3600


def expires_on(contract: Contract, on: date) -> date:
    """The last day of a proposal made on a day: the end of the next business day, or earlier where the contract says so.

    `expires_after` is counted in whole business days; less than one of them ends the same day.
    """
    bound = on
    for _ in range(min(contract.hitl.expires_after_seconds // _DAY, 7)):
        bound = last_day(bound)
    return min(bound, last_day(on))


def plan_hash(frozen: Iterable[Frozen]) -> str:
    """Of what the effects are about and rest on: two plans with the same hash say the same, whatever the day."""
    return hash_of(
        [
            [
                each.effect.kind,
                each.effect.action_type,
                each.effect.entity_ref,
                each.effect.customer_id,
                each.effect.currency,
                each.effect.tier,
                each.facts_hash or each.content_hash,
            ]
            for each in frozen
        ]
    )


def staged_counts(effects: Iterable[Effect]) -> dict[str, int]:
    """How many effects of each action_type become proposals of their own."""
    return dict(Counter(each.action_type for each in effects if each.action_type is not None))


def groups(effects: Iterable[Effect]) -> list[dict[str, object]]:
    """Counts and amounts (cents) of the proposals, by action_type, tier and currency."""
    found: dict[tuple[str, str, str], list[Effect]] = {}
    for each in effects:
        if each.action_type is not None:
            found.setdefault((each.action_type, each.tier or "", each.currency or ""), []).append(each)
    return [
        {
            "action_type": action_type,
            "tier": tier or None,
            "currency": currency or None,
            "count": len(group),
            "amount_cents": sum(each.amount_cents or 0 for each in group),
        }
        for (action_type, tier, currency), group in sorted(found.items())
    ]


def envelope(
    contract: Contract, id: int, company_id: int, run_id: int, frozen: Sequence[Frozen], on: date, acting: Acting
) -> tuple[Proposal, str]:
    """The envelope of a run, with its idempotency key. Its content hash covers every effect's."""
    effects = [each.effect for each in frozen]
    planned = plan_hash(frozen)
    covered = Counter(each.kind for each in effects if each.action_type is None)
    payload = {
        "workflow_type": contract.workflow_type,
        "run_id": run_id,
        "as_of": on.isoformat(),
        "plan_hash": planned,
        "contract_hash": contract.contract_hash,
        "effects": len(frozen),
        "groups": groups(effects),
        "covered": [{"kind": kind, "count": count} for kind, count in sorted(covered.items())],
        "content": hash_of([each.content_hash for each in frozen]),
    }
    said = ", ".join(f"{count:,} {kind}" for kind, count in sorted(staged_counts(effects).items()))
    title = f"{contract.workflow_type} of {on}: {said or f'{len(frozen)} steps under one approval'}"
    proposal = Proposal(
        id=id, company_id=company_id, run_id=run_id, envelope_id=None, seq=None,
        action_type=envelope_type(contract.workflow_type), entity_ref=run_ref(contract.workflow_type, run_id),
        customer_id=None, customer_key=None, customer_name=None, risk_level=contract.risk_level, title=title,
        payload_json=canonical(payload), body=None, body_html=None, status="pending", currency=None, amount_cents=None,
        tier=None, proposed_on=on.isoformat(), proposed_at=acting.at, proposed_by=acting.actor,
        expires_on=expires_on(contract, on).isoformat(), decided_on=None, decided_at=None, decided_by=None, reason=None,
        applied_at=None, content_hash=hash_of([title, payload]), facts_json=None, facts_hash=planned,
    )  # fmt: skip
    return proposal, f"run/{run_id}"


def children(
    frozen: Iterable[Frozen], envelope: Proposal, first_id: int, acting: Acting
) -> Iterator[tuple[Proposal, str]]:
    """The proposals that come out of an approved envelope, numbered from `first_id`, each with its idempotency key."""
    wanted = (each for each in frozen if each.effect.action_type is not None)
    for id, each in enumerate(wanted, start=first_id):
        effect = each.effect
        proposal = Proposal(
            id=id, company_id=envelope.company_id, run_id=envelope.run_id, envelope_id=envelope.id, seq=each.seq,
            action_type=str(effect.action_type), entity_ref=effect.entity_ref, customer_id=effect.customer_id,
            customer_key=effect.customer_key, customer_name=effect.customer_name, risk_level=effect.risk_level or 1,
            title=effect.title, payload_json=each.payload_json, body=effect.body, body_html=effect.body_html,
            status="pending", currency=effect.currency, amount_cents=effect.amount_cents, tier=effect.tier,
            proposed_on=envelope.proposed_on, proposed_at=acting.at, proposed_by=envelope.proposed_by,
            expires_on=envelope.expires_on, decided_on=None, decided_at=None, decided_by=None, reason=None, applied_at=None,
            content_hash=each.content_hash, facts_json=each.facts_json,
            facts_hash=each.facts_hash,
        )  # fmt: skip
        yield proposal, f"run/{envelope.run_id}/{each.seq}"
