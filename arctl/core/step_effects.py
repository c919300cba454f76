"""What each kind of step makes of a row: one function per kind, entered in KINDS. Pure: nothing is done here."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from arctl.core.effects import Effect
from arctl.core.mail import check_address
from arctl.core.planning_facts import PROGRAM_RULE, Asked, Found, Named, Row
from arctl.core.proposal import EMAIL_DRAFT, RISK, TASK
from arctl.core.step_kinds import OWN

PROPOSED = "proposed"
STATUSES_SET = ("hold", "release")
"""What a d1_write makes of customers.entitystatus: a hold over the mirror, or the ERP's own status again."""


def _ruled_or_plain(asked: Asked) -> Iterable[Found]:
    rule = asked.settings.get("rule")
    if rule is None and asked.settings.get("starts") is not None and PROGRAM_RULE in asked.rules:
        rule = PROGRAM_RULE  # what starts a workflow rests on the customer's open items, which are looked at again
    if rule is None:
        return [_proposal(asked, _text(asked, "action_type"))]
    if str(rule) not in asked.rules:
        raise ValueError(f"there is no rule {rule}")
    return asked.rules[str(rule)](asked.row, {**asked.settings, "step": asked.step.name, "phase": asked.phase})


def _proposal(asked: Asked, action_type: str) -> Effect:
    """Something for a person to decide, by what the contract says of it: it rests on no facts that could be asked for again."""
    own = ("program", "starts", "inputs", "payload")
    payload = {name: asked.settings[name] for name in own if asked.settings.get(name) is not None}
    return _effect(asked, _text(asked, "title"), payload, action_type, body=_optional(asked, "body"))


def _task(asked: Asked) -> Iterable[Found]:
    return [_proposal(asked, TASK)]


def _email(asked: Asked) -> Iterable[Found]:
    """A mail from a template: `rows` are those of its group, `customers` those of them for which this run proposes something."""
    template = _text(asked, "template")
    more = asked.settings.get("facts")
    customers = list(_customers(asked))
    if asked.settings.get("about") == PROPOSED and not customers:
        return []
    facts = {
        **asked.scope,
        "on": asked.scope["as_of"],
        "company_name": asked.scope["company"],
        **(more if isinstance(more, Mapping) else {}),
        "rows": list(asked.rows),
        "customers": customers,
    }
    letter = asked.writer.message(template, str(asked.settings.get("language") or "en"), facts)
    title = _optional(asked, "title") or letter.subject
    own = asked.settings.get("approval", OWN) == OWN
    to = _optional(asked, "to") or ""
    try:
        address = check_address(to)
    except ValueError as unusable:
        return [_undeliverable(asked, title, f"{to!r} cannot be written to: {unusable}", own)]
    payload = {
        "mail": "rep_digest" if template == "rep_digest" else "notice",
        "template": template,
        "to": [address],
        "subject": letter.subject,
    }
    return [_effect(asked, title, payload, EMAIL_DRAFT if own else None, body=letter.text, body_html=letter.html)]


def _undeliverable(asked: Asked, title: str, why: str, own: bool) -> Effect:
    """A mail without an address is not dropped in silence: somebody is asked to tell, or the run's record says so."""
    if own:
        return _effect(asked, f"Tell by hand: {title}", {}, TASK, kind="task", body=why)
    customer = _customer_id(asked)
    if customer is None:
        return _effect(asked, f"not sent: {title}", {"message": f"not sent: {title}: {why}"}, kind="log")
    flag = f"not_told_by_{asked.step.name}"  # several mails of a run may reach nobody
    return _effect(asked, f"not sent: {title}", {"customer_id": customer, "flag": flag, "note": why}, kind="flag")


def _customers(asked: Asked) -> Iterator[Row]:
    """The rows for whose customer and currency this run proposes something, each with the `tier` and `title` of the first."""
    for row in asked.rows:
        proposed = asked.before.about(str(row.get("customer_id")), row.get("currency"))
        if proposed is not None:
            yield {**row, "tier": proposed.tier, "title": proposed.title}


def _flag(asked: Asked) -> Iterable[Found]:
    flag, note = _text(asked, "flag"), _optional(asked, "note") or ""
    payload = {"customer_id": _text(asked, "customer_id"), "flag": flag, "note": note}
    return [_effect(asked, f"flag {flag}", payload)]


def _d1_write(asked: Asked) -> Iterable[Found]:
    table, key, columns = _text(asked, "table"), _text(asked, "key"), _mapping(asked, "set")
    if columns.get("entitystatus") not in STATUSES_SET:
        raise ValueError(f"set: entitystatus takes {' or '.join(STATUSES_SET)}")
    said = ", ".join(f"{name} = {value}" for name, value in columns.items() if name != "last_modified")
    payload = {"table": table, "key": key, "set": columns, "reason": _optional(asked, "reason")}
    return [_effect(asked, f"{table} {key}: {said}", payload, customer=key if table == "customers" else None)]


def _ns_push(asked: Asked) -> Iterable[Found]:
    record_type, record_id = _text(asked, "record_type"), _text(asked, "record_id")
    operation, body = _text(asked, "operation"), _mapping(asked, "body")
    payload = {"record_type": record_type, "record_id": record_id, "operation": operation, "body": body}
    customer = record_id if record_type == "customer" else None
    said = ", ".join(f"{name} = {_said(value)}" for name, value in body.items())
    return [_effect(asked, f"ERP: {operation} {record_type} {record_id}: {said}", payload, customer=customer)]


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _event(asked: Asked) -> Iterable[Found]:
    event_type, entity = _text(asked, "event_type"), _text(asked, "entity_id")
    payload = {
        "event_type": event_type,
        "entity_type": _text(asked, "entity_type"),
        "entity_id": entity,
        "payload": _mapping(asked, "payload"),
    }
    once = _optional(asked, "once")
    if once is not None:
        payload["key"] = f"{event_type}:{once}"  # as a sync names what it tells of, so that the two never tell it twice
    return [_effect(asked, f"event {event_type} of {entity}", payload)]


def _summary(asked: Asked) -> Iterable[Found]:
    table, day = _text(asked, "table"), str(asked.scope["as_of"])
    return [_effect(asked, f"{table} of {day}", {"table": table, "date": day})]


def _log(asked: Asked) -> Iterable[Found]:
    return [_effect(asked, "the run's figures", {"message": _optional(asked, "message")})]


def _reflexion(asked: Asked) -> Iterable[Found]:
    tags = asked.settings.get("tags")
    said = [str(each) for each in tags] if isinstance(tags, list) else []
    return [_effect(asked, "what later runs are told", {"tags": said, "narrative": _optional(asked, "narrative")})]


def _decision(asked: Asked) -> Iterable[Found]:
    what, entity_type, entity_id = (_text(asked, name) for name in ("decision_type", "entity_type", "entity_id"))
    detail = {**asked.facts.inputs, **_mapping(asked, "detail")}
    payload = {"entity_type": entity_type, "entity_id": entity_id, "decision_type": what, "detail": detail}
    customer = entity_id if entity_type == "customer" else None
    return [_effect(asked, f"{what} of {entity_type} {entity_id}", payload, customer=customer)]


KINDS: Mapping[str, Callable[[Asked], Iterable[Found]]] = {
    "proposal": _ruled_or_plain,
    "task": _task,
    "email_draft": _email,
    "flag": _flag,
    "d1_write": _d1_write,
    "ns_push": _ns_push,
    "event": _event,
    "summary": _summary,
    "log": _log,
    "reflexion": _reflexion,
    "decision": _decision,
}
"""What decides each kind of step for one row; a loop is no kind of its own here, it only repeats what stands in it."""


def _effect(
    asked: Asked,
    title: str,
    payload: Row,
    action_type: str | None = None,
    *,
    kind: str | None = None,
    customer: str | None = None,
    body: str | None = None,
    body_html: str | None = None,
) -> Effect:
    customer_id = customer or _customer_id(asked)
    named = _named(asked, customer_id)
    amount, currency = _amount(asked)
    flags = asked.settings.get("flags")
    return Effect(
        phase=asked.phase,
        step=asked.step.name,
        kind=kind or asked.step.kind,
        entity_ref=_entity_ref(asked, customer_id),
        title=title,
        payload=payload,
        action_type=action_type,
        risk_level=_risk(asked, action_type),
        customer_id=customer_id,
        customer_name=named.name if named else None,
        customer_key=named.key if named else None,
        currency=currency,
        amount_cents=amount,
        body=body,
        body_html=body_html,
        flags=tuple(str(each) for each in flags) if isinstance(flags, list) else (),
    )


def _risk(asked: Asked, action_type: str | None) -> int | None:
    """At least what the kind of proposal carries anyway: a contract can make it firmer, never milder."""
    if action_type is None:
        return None
    least = RISK.get(action_type, 1)
    wanted = asked.settings.get("risk_level")
    return max(least, wanted) if isinstance(wanted, int) else least


def _customer_id(asked: Asked) -> str | None:
    """The customer set, else that of the row; of several rows only a set one, or that of the inputs."""
    told = asked.settings.get("customer_id")
    if told is None:
        told = asked.row.get("customer_id") if len(asked.rows) == 1 and "group_by" not in asked.step.settings else None
    if told is None and "group_by" not in asked.step.settings:
        told = asked.scope.get("customer_id")
    return None if told is None or told == "" else str(told)


def _named(asked: Asked, customer_id: str | None) -> Named | None:
    if customer_id is None:
        return None
    named = asked.facts.customers.get(customer_id)
    if named is None:
        raise ValueError(f"the ledger holds no customer {customer_id}")
    return named


def _entity_ref(asked: Asked, customer_id: str | None = None) -> str:
    told = asked.settings.get("entity_ref")
    if told:
        return str(told)
    customer = customer_id or _customer_id(asked)
    return f"customer:{customer}" if customer else f"workflow:{asked.scope['workflow_type']}"


def _amount(asked: Asked) -> tuple[int | None, str | None]:
    """The amount in cents with its currency; neither where none is set."""
    amount = asked.settings.get("amount_cents")
    if amount is None:
        currency = asked.settings.get("currency")
        return None, None if currency is None else str(currency)
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise ValueError("amount_cents is no whole number of cents")
    return amount, str(asked.settings.get("currency") or asked.scope["currency"])


def _text(asked: Asked, name: str) -> str:
    value = asked.settings.get(name)
    if value is None or value == "":
        raise ValueError(f"{name} is empty")
    return str(value)


def _optional(asked: Asked, name: str) -> str | None:
    value = asked.settings.get(name)
    return None if value is None or value == "" else str(value)


def _mapping(asked: Asked, name: str) -> Row:
    value = asked.settings.get(name)
    return value if isinstance(value, Mapping) else {}
