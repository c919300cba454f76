"""Proposals: as a listing, one with all it says, and what became of those that were decided. Decides nothing."""

from collections.abc import Iterator, Mapping, Sequence
from json import loads
from typing import Protocol, TextIO

from arctl.core.approval import Moved, told
from arctl.core.effects import Effect
from arctl.core.money import format_amount
from arctl.core.proposal import Proposal
from arctl.core.review_values import Consequences, Outcome
from arctl.render.tables import Column, Sheet, write_csv, write_for_people, write_json, write_markdown
from arctl.render.text import visible

_COLUMNS = (
    Column("ID", "id", align="right"),
    Column("Status", "status"),
    Column("Risk", "risk_level", align="right"),
    Column("What", "action_type"),
    Column("Customer", "customer_id"),
    Column("Name", "customer_name", flexible=True),
    Column("Tier", "tier"),
    Column("Amount", "amount", money=True),
    Column("", "currency"),
    Column("Of", "proposed_on"),
    Column("Until", "expires_on"),
    Column("Title, or why", "title", flexible=True),
)
_FIELDS = (
    "id", "action_type", "entity_ref", "customer_id", "customer_name", "risk_level", "status", "currency", "amount_cents", "tier",
    "title", "run_id", "envelope_id", "seq", "proposed_on", "proposed_at", "proposed_by", "expires_on", "decided_on", "decided_at",
    "decided_by", "reason", "applied_at", "content_hash", "facts_hash",
)  # fmt: skip
_NUMBERS = ("id", "risk_level", "amount_cents", "run_id", "envelope_id", "seq")


class Shown(Protocol):
    """What is shown of one proposal: services/proposals makes it."""

    @property
    def proposal(self) -> Proposal:
        """Its row."""

    @property
    def flags(self) -> tuple[str, ...]:
        """What to look at first."""

    @property
    def moved(self) -> Moved | None:
        """What changed since it was planned."""

    @property
    def consequences(self) -> Consequences | None:
        """What its approval does beyond itself."""

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Of an envelope, everything in it."""

    @property
    def children(self) -> tuple[Proposal, ...]:
        """Of an approved envelope, what came out of it."""


def write_proposals(listed: Sequence[Proposal], form: str, stream: TextIO) -> None:
    """A line per proposal. `form` is table, json, csv or md; programs get every field but the texts, amounts in cents."""
    if form == "json":
        write_json([proposal_form(each) for each in listed], stream)
    elif form == "csv":
        columns = [Column(name, name, align="right" if name in _NUMBERS else "left") for name in _FIELDS]
        write_csv(
            columns,
            [["" if value is None else value for value in proposal_form(each).values()] for each in listed],
            stream,
        )
    else:
        write_for_people(
            Sheet("", _COLUMNS, [_cells(each) for each in listed], None, (_counted(listed),)), form, stream
        )


def proposal_form(proposal: Proposal) -> dict[str, object]:
    """A proposal as JSON, without its texts."""
    return {name: getattr(proposal, name) for name in _FIELDS}


def write_proposal(shown: Shown, form: str, stream: TextIO) -> None:
    """One proposal with all it says; csv has its row alone."""
    if form == "json":
        write_json(_whole_form(shown), stream)
    elif form == "csv":
        write_proposals([shown.proposal], form, stream)
    elif form == "md":
        rows = [list(pair) for pair in _facts(shown)]
        write_markdown(Sheet(shown.proposal.title, (Column("", "name"), Column("", "value")), rows), stream)
        stream.write("\n")
        stream.writelines(f"    {line}".rstrip() + "\n" for line in _text(shown))
    else:
        stream.write(f"{visible(shown.proposal.title)}\n\n")
        stream.writelines(f"{name}: {visible(value)}\n" for name, value in _facts(shown))
        stream.writelines(f"{line}\n" for line in ("", *_text(shown)))


def write_outcomes(outcomes: Sequence[Outcome], form: str, stream: TextIO) -> None:
    """What became of each proposal that was decided."""
    if form == "json":
        write_json([{"id": each.id, "status": each.status, "reason": each.reason or None} for each in outcomes], stream)
        return
    columns = (
        Column("ID", "id", align="right"), Column("Status", "status"), Column("What", "action_type"),
        Column("Customer", "customer", flexible=True), Column("Why", "reason", flexible=True),
    )  # fmt: skip
    rows = [[str(each.id), each.status, each.action_type, each.customer, each.reason] for each in outcomes]
    if form == "csv":
        write_csv(columns, rows, stream)
    else:
        write_for_people(Sheet("", columns, rows), form, stream)


def _whole_form(shown: Shown) -> dict[str, object]:
    proposal, does = shown.proposal, shown.consequences
    facts = None if proposal.facts_json is None else loads(proposal.facts_json)
    form = proposal_form(proposal) | {
        "flags": list(shown.flags), "payload": loads(proposal.payload_json), "body": proposal.body,
        "body_html": proposal.body_html, "facts": facts, "moved": list(shown.moved.changes) if shown.moved else [],
    }  # fmt: skip
    if does is not None:
        form |= {
            "does": [effect_line(each) for each in does.effects], "background": list(does.background),
            "warnings": list(does.warnings), "blocked": does.blocked or None, "shown_hash": does.shown_hash or None,
        }  # fmt: skip
    if proposal.is_envelope:
        form["effects"] = [_effect_form(each) for each in shown.effects]
        form["children"] = [proposal_form(each) for each in shown.children]
    return form


def _effect_form(effect: Effect) -> dict[str, object]:
    return {
        "phase": effect.phase, "step": effect.step, "kind": effect.kind, "action_type": effect.action_type,
        "risk_level": effect.risk_level, "customer_id": effect.customer_id, "currency": effect.currency,
        "amount_cents": effect.amount_cents, "tier": effect.tier, "title": effect.title,
    }  # fmt: skip


def effect_line(effect: Effect) -> str:
    """What one effect does, in a line."""
    amount = _amount(effect.amount_cents, effect.currency)
    return " ".join(filter(None, (f"{effect.step}:", effect.title, f"({amount})" if amount else "")))


def _cells(proposal: Proposal) -> list[str]:
    amount = "" if proposal.amount_cents is None else format_amount(proposal.amount_cents, proposal.currency or "")
    why = proposal.reason or proposal.title
    return [
        str(proposal.id), proposal.status, str(proposal.risk_level), proposal.action_type, proposal.customer_id or "",
        proposal.customer_name or "", proposal.tier or "", amount, proposal.currency or "" if amount else "",
        proposal.proposed_on, proposal.expires_on, why,
    ]  # fmt: skip


def _amount(cents: int | None, currency: str | None) -> str:
    return "" if cents is None else f"{format_amount(cents, currency or '')} {currency or ''}".strip()


def _counted(listed: Sequence[Proposal]) -> str:
    counts: dict[str, int] = {}
    for each in listed:
        counts[each.status] = counts.get(each.status, 0) + 1
    told = ", ".join(f"{count:,} {status}" for status, count in counts.items())
    return f"{len(listed):,} {'proposal' if len(listed) == 1 else 'proposals'}{f': {told}' if told else ''}"


def _facts(shown: Shown) -> Iterator[tuple[str, str]]:
    proposal = shown.proposal
    yield "Proposal", f"{proposal.id}, {proposal.action_type}, risk {proposal.risk_level}, {told(proposal)}"
    yield "Of", f"{proposal.proposed_on}, by {proposal.proposed_by}; can be approved until {proposal.expires_on}"
    known = (
        ("Envelope", proposal.envelope_id and f"{proposal.envelope_id}, run {proposal.run_id}"),
        ("Customer", proposal.customer_id and f"{proposal.customer_id} {proposal.customer_name or ''}".strip()),
        ("Amount", _amount(proposal.amount_cents, proposal.currency)),
        ("Tier", proposal.tier),
        ("To", ", ".join(_recipients(proposal))),
        ("Look at", ", ".join(shown.flags)),
        ("Moved since", shown.moved and shown.moved.words),
    )
    yield from ((name, value) for name, value in known if value)
    if shown.consequences is not None:
        yield from _does(shown.consequences)


def _does(consequences: Consequences) -> Iterator[tuple[str, str]]:
    yield from (("Background", each) for each in consequences.background)
    yield from (("Warning", each) for each in consequences.warnings)
    yield from (("Does", effect_line(each)) for each in consequences.effects)
    if consequences.blocked:
        yield "Cannot be done", consequences.blocked


def _recipients(proposal: Proposal) -> tuple[str, ...]:
    payload = loads(proposal.payload_json)
    found = payload.get("recipients") or payload.get("to") or []
    return tuple(map(str, found)) if isinstance(found, list) else (str(found),)


def _text(shown: Shown) -> Iterator[str]:
    """The items it is about, then its letter; of an envelope what is in it."""
    proposal = shown.proposal
    for each in shown.children:
        yield visible(f"{each.id}  {each.status}  {each.title} {_amount(each.amount_cents, each.currency)}".rstrip())
    if not shown.children:
        yield from (visible(effect_line(each)) for each in shown.effects)
    items = loads(proposal.payload_json).get("items")
    for item in items if isinstance(items, list) else []:
        yield visible(_item_line(item, proposal.currency or ""))
    if proposal.body:
        yield ""
        yield from map(visible, proposal.body.split("\n"))
    for effect in shown.consequences.effects if shown.consequences else ():
        if effect.body:
            yield ""
            yield visible(f"--- {effect_line(effect)}")
            yield from map(visible, effect.body.split("\n"))


def _item_line(item: Mapping[str, object], currency: str) -> str:
    cents = item.get("outstanding_cents")
    amount = _amount(cents, currency) if isinstance(cents, int) else ""
    return f"{item.get('invoice_id')}  due {item.get('due_date')}, {item.get('days_overdue')} days overdue  {amount}".rstrip()
