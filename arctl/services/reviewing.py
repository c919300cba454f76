"""What a reviewer is shown of an envelope, or of one proposal, before deciding. Changes nothing. No SQL, no printing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from json import loads

from arctl.core.acting import Acting
from arctl.core.cases import Action
from arctl.core.effects import Effect, Frozen, hash_of
from arctl.core.letter import LetterWriter
from arctl.core.money import format_amount
from arctl.core.proposal import NS_PUSH, STARTING, Proposal
from arctl.core.review_values import Consequences, Marks, Review, ReviewItem
from arctl.core.run import Run
from arctl.services import deciding
from arctl.store import books, collections, kill, marks, proposals, runs
from arctl.store.ledger import Ledger


def review(ledger: Ledger, envelope_id: int) -> Review:
    """An envelope with everything a reviewer is shown; of an approved one, what of it still waits. Raises UnknownId."""
    connection, tenant = ledger.connection, ledger.tenant_id
    (found,) = deciding.found(ledger, [envelope_id])
    envelope = found if found.envelope_id is None else deciding.found(ledger, [found.envelope_id])[0]
    run = deciding.run_of(ledger, envelope)
    frozen = runs.frozen(connection, tenant, envelope.run_id)
    own = [each for each in frozen if each.effect.action_type is not None]
    waiting = _waiting(ledger, envelope)
    if waiting is not None:
        own = [each for each in own if each.seq in waiting]
    contacts = collections.last_contacts(connection, tenant, _customers(own))
    items = tuple(_item(each, None if waiting is None else waiting[each.seq], contacts) for each in own)
    return Review(
        envelope.id,
        run.run_id,
        run.workflow_type,
        next(each.name for each in books.companies(connection, tenant) if each.company_id == envelope.company_id),
        envelope.title,
        envelope.status,
        envelope.risk_level,
        envelope.proposed_on,
        envelope.expires_on,
        envelope.proposed_by,
        items,
        tuple(each.effect for each in frozen if each.effect.action_type is None),
        marks.load(connection, tenant, envelope.id),
        checks(ledger, run),
        tuple(each.told for each in kill.on(connection).values()),
    )


def keep_marks(ledger: Ledger, envelope_id: int, kept: Marks, acting: Acting) -> None:
    """Keep what was marked for another sitting, in place of what was kept before. Marks take effect on nothing."""
    with ledger.transaction() as connection:
        marks.keep(connection, ledger.tenant_id, envelope_id, kept, acting.actor, acting.at)


def checks(ledger: Ledger, run: Run) -> tuple[str, ...]:
    """What the night's verify asks of a run, by name."""
    from arctl.services.run_contract import contract_of

    return tuple(each.name for each in contract_of(ledger, run).verify)


def consequences(
    ledger: Ledger, proposal_id: int, acting: Acting, day: date, writer: LetterWriter | None = None
) -> Consequences:
    """What approving one proposal will do beyond itself: of a program, its whole run. Raises UnknownId."""
    (proposal,) = deciding.found(ledger, [proposal_id])
    stopped = tuple(each.told for each in deciding.sitting(ledger, acting, day).switches.values())
    if proposal.is_envelope:
        frozen = runs.frozen(ledger.connection, ledger.tenant_id, proposal.run_id)
        effects = tuple(each.effect for each in frozen)
        found = Consequences(effects, shown_hash=hash_of([each.content_hash for each in frozen]))
    elif proposal.action_type in STARTING:
        from arctl.services import programs

        found = programs.look(ledger, proposal, acting, day, writer)
    elif proposal.action_type == NS_PUSH:
        found = Consequences(tuple(_push(each) for each in _frozen(ledger, proposal)))
    else:
        found = Consequences()
    return replace(found, warnings=(*found.warnings, *stopped))


def _frozen(ledger: Ledger, proposal: Proposal) -> list[Frozen]:
    """The effect that a proposal came out of."""
    return [
        each for each in runs.frozen(ledger.connection, ledger.tenant_id, proposal.run_id) if each.seq == proposal.seq
    ]


def _push(frozen: Frozen) -> Effect:
    """A proposed push as what it stages: record and fields."""
    asked = frozen.effect.payload.get("payload")
    told = asked if isinstance(asked, Mapping) else {}
    body = told.get("body")
    fields = ", ".join(f"{name} = {value}" for name, value in body.items()) if isinstance(body, Mapping) else ""
    title = f"ERP: {told.get('operation')} {told.get('record_type')} {told.get('record_id')}: {fields}"
    return replace(frozen.effect, kind="ns_push", title=title, payload=told, action_type=None, risk_level=None)


def _waiting(ledger: Ledger, envelope: Proposal) -> dict[int, Proposal] | None:
    """What waits of an approved envelope, by seq; None while the envelope waits itself."""
    if envelope.status == "pending":
        return None
    found = proposals.waiting_of(ledger.connection, ledger.tenant_id, envelope.id)
    return {each.seq: each for each in found if each.seq is not None}


def _customers(frozen: Sequence[Frozen]) -> set[int]:
    return {each.effect.customer_key for each in frozen if each.effect.customer_key is not None}


def _item(frozen: Frozen, child: Proposal | None, contacts: Mapping[int, Sequence[Action]]) -> ReviewItem:
    effect = frozen.effect
    hashed = frozen.content_hash
    if child is not None:  # it may have been edited
        payload = loads(child.payload_json)
        effect = replace(effect, payload=payload, body=child.body, body_html=child.body_html)
        hashed = child.content_hash
    known = contacts.get(effect.customer_key or 0, ())
    return ReviewItem(
        frozen.seq,
        None if child is None else child.id,
        effect,
        hashed,
        effect.flags,
        _recipients(effect),
        tuple(each for each in _list(effect.payload.get("items")) if isinstance(each, Mapping)),
        tuple(_contact(each) for each in known),
        _why(effect),
    )


def _recipients(effect: Effect) -> tuple[str, ...]:
    return tuple(map(str, _list(effect.payload.get("recipients") or effect.payload.get("to"))))


def _contact(action: Action) -> str:
    """A contact on one line: when, what, how firmly, what came of it."""
    kind = action.action_type.replace("_", " ")
    what = kind if action.tier is None or kind.startswith(action.tier) else f"{action.tier} {kind}"
    asked = f"{format_amount(action.due_amount_cents, action.currency)} {action.currency}"
    result = action.outcome.replace("_", " ") if action.outcome else action.execution_status.replace("_", " ")
    return f"{action.action_date} {what}, {asked}: {result}"


def _why(effect: Effect) -> str:
    """Why it is proposed now, in words."""
    items = [each for each in _list(effect.payload.get("items")) if isinstance(each, Mapping)]
    inputs = effect.payload.get("inputs")
    if isinstance(inputs, Mapping) and inputs.get("reason"):
        return str(inputs["reason"])
    days = [int(each["days_overdue"]) for each in items if "days_overdue" in each]
    if not days:
        return ""
    count = f"{len(items)} overdue item{'' if len(items) == 1 else 's'}"
    return f"{count}, the oldest {max(days)} day{'' if max(days) == 1 else 's'} overdue"


def _list(value: object) -> Sequence[object]:
    if value is None or value == "":
        return ()
    return value if isinstance(value, list | tuple) else (value,)
