"""Which kinds of steps a contract can have, and what is set of each: the one table for reader, schema and reference. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from arctl.core.proposal import RISK


class Shape(StrEnum):
    """What a setting must be. Text, numbers and mappings may hold names in braces; a word or a choice may not."""

    TEXT = "text"
    WORD = "word"
    EVENT = "event type"
    INTEGER = "whole number"
    RISK = "risk level"
    CHOICE = "choice"
    MAPPING = "mapping"
    TEXTS = "list of texts"


@dataclass(frozen=True, slots=True)
class StepSetting:
    """One setting of a kind; `choices` are those of a CHOICE, or the keys that a MAPPING may have where it names them."""

    name: str
    shape: Shape
    required: bool
    meaning: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepKind:
    """One kind of step. `phases` are where it may stand; `effect` says in words what it leaves behind, and where.

    `ruled` holds, by the rule that decides in its place, what is set instead of `settings`. `least_risk` is the lowest risk a
    contract with such a step can have: what acts under the run's own approval needs one.
    """

    name: str
    meaning: str
    effect: str
    settings: tuple[StepSetting, ...]
    phases: tuple[str, ...] = ("fan_out",)
    ruled: Mapping[str, tuple[StepSetting, ...]] = field(default_factory=dict)
    least_risk: int = 1
    needs_over: bool = False


WRITABLE: Mapping[str, tuple[str, ...]] = {"customers": ("entitystatus", "last_modified")}
"""What a d1_write may set: table -> columns. Everything else is the ERP's."""

SUMMARIES = ("ar_aging_summary",)
OWN, RUN = "own", "run"
"""Who approves an e-mail: a person by itself, or whoever approves the run."""

_BOTH = ("fan_out", "post")


def _must(name: str, shape: Shape, meaning: str, *choices: str) -> StepSetting:
    return StepSetting(name, shape, True, meaning, choices)


def _may(name: str, shape: Shape, meaning: str, *choices: str) -> StepSetting:
    return StepSetting(name, shape, False, meaning, choices)


_ACTION = _must("action_type", Shape.CHOICE, "what is proposed; it says what an approval does", *RISK)
_CUSTOMER = _may("customer_id", Shape.TEXT, "the customer concerned")
_CURRENCY = _may("currency", Shape.TEXT, "of the amount")
_AMOUNT = _may("amount_cents", Shape.INTEGER, "the amount, in cents")
_ENTITY = _may("entity_ref", Shape.TEXT, "what it is about, where that is no customer")
_GROUP = _may("group_by", Shape.WORD, "a column: rows that agree in it make one, which has them as `rows`")
_RISK = _may("risk_level", Shape.RISK, "1 to 5; at least what the kind of proposal carries anyway")
_FLAGS = _may("flags", Shape.TEXTS, "what a reviewer should look at first")

KINDS: Mapping[str, StepKind] = {
    kind.name: kind
    for kind in (
        StepKind(
            "loop",
            "Does its steps once for each row of a query.",
            "what its steps do, once a row",
            (),
            needs_over=True,
        ),
        StepKind(
            "flag",
            "Marks a customer, for people and for later runs. It changes nothing by itself.",
            "a row of customer_flags",
            (
                _must("customer_id", Shape.TEXT, "the customer"),
                _must("flag", Shape.TEXT, "the mark"),
                _may("note", Shape.TEXT, "why"),
            ),
            phases=_BOTH,
        ),
        StepKind(
            "proposal",
            "Proposes something that a person decides by itself.",
            "a row of proposed_actions, once the run is approved; what it proposes, once it is approved too",
            (
                _ACTION,
                _must("title", Shape.TEXT, "one line for the reviewer"),
                _may("body", Shape.TEXT, "more for the reviewer"),
                _CUSTOMER, _CURRENCY, _AMOUNT, _ENTITY, _RISK, _FLAGS,
                _may("program", Shape.WORD, "which program the customer is put into"),
                _may("starts", Shape.WORD, "the workflow that its approval starts"),
                _may("inputs", Shape.MAPPING, "what that workflow is started with"),
                _may("payload", Shape.MAPPING, "more that is kept with it"),
            ),
            ruled={
                "dunning": (
                    _ACTION,
                    _must("rule", Shape.WORD, "`dunning`: who is due a letter or a call, by `arctl dunning`"),
                    _must("tiers", Shape.MAPPING, "tier -> bucket", "courtesy", "firm", "urgent", "final"),
                    _must("threshold_days", Shape.INTEGER, "days overdue from which on an item counts"),
                ),
                "order_intake": (
                    _ACTION,
                    _must("rule", Shape.WORD, "`order_intake`: the orders of a file, by `arctl intake`"),
                    _must("price_tolerance_bp", Shape.INTEGER, "hundredths of a percent a price may be off the last one"),
                ),
            },
        ),
        StepKind(
            "email_draft",
            "Writes an e-mail from a template; it leaves only once it is approved.",
            "a mail in the outbox, once approved",
            (
                _must("template", Shape.WORD, "the template's name, without tier or language"),
                _must("to", Shape.TEXT, "one address"),
                _may("approval", Shape.CHOICE, "whose: its own (the default), or the run's", OWN, RUN),
                _RISK, _GROUP, _CUSTOMER, _CURRENCY, _AMOUNT, _FLAGS,
                _may("language", Shape.TEXT, "two letters; `en` where absent"),
                _may("title", Shape.TEXT, "one line for the reviewer; the subject where absent"),
                _may("facts", Shape.MAPPING, "more that the template can name"),
                _may("about", Shape.CHOICE, "`proposed`: only customers this run proposes something for", "all", "proposed"),
            ),
        ),
        StepKind(
            "d1_write",
            "Changes a field of the local ledger, beside the mirror: a sync does not undo it.",
            "customers.entitystatus, by a row of customer_holds",
            (
                _must("table", Shape.CHOICE, "which table", *WRITABLE),
                _must("key", Shape.TEXT, "the row's id"),
                _must("set", Shape.MAPPING, "column -> value", *WRITABLE["customers"]),
                _may("reason", Shape.TEXT, "why"),
            ),
            least_risk=4,
        ),
        StepKind(
            "ns_push",
            "Stages a change of a record in the ERP.",
            "a row of ns_pending_pushes; the ERP, once that is pushed",
            (
                _must("record_type", Shape.WORD, "the ERP's word for the kind of record"),
                _must("record_id", Shape.TEXT, "its id there"),
                _must("operation", Shape.CHOICE, "what is done to it", "create", "update"),
                _must("body", Shape.MAPPING, "field -> value"),
            ),
            least_risk=4,
        ),
        StepKind(
            "event",
            "Records that something happened; workflows that name its type start on it.",
            "a row of events",
            (
                _must("event_type", Shape.EVENT, "such as customer.health_changed"),
                _must("entity_type", Shape.WORD, "what kind of thing it happened to"),
                _must("entity_id", Shape.TEXT, "which one"),
                _may("once", Shape.TEXT, "for what it happens once, whichever run tells of it; without it, once a run and row"),
                _may("payload", Shape.MAPPING, "more that is kept with it"),
            ),
            phases=_BOTH,
        ),
        StepKind(
            "summary",
            "Writes the day's figures down, for trends.",
            "rows of ar_aging_summary",
            (_must("table", Shape.CHOICE, "which figures", *SUMMARIES),),
            phases=_BOTH,
        ),
        StepKind(
            "task",
            "Asks a person to do something that arctl cannot.",
            "a row of proposed_actions, once the run is approved",
            (
                _must("title", Shape.TEXT, "one line: what to do"),
                _may("body", Shape.TEXT, "more about it"),
                _CUSTOMER, _CURRENCY, _AMOUNT, _ENTITY, _RISK, _GROUP, _FLAGS,
            ),
        ),
        StepKind(
            "log",
            "Closes the run's log with its figures.",
            "the summary of workflow_run_log",
            (_may("message", Shape.TEXT, "one line of its own"),),
            phases=("post",),
        ),
        StepKind(
            "reflexion",
            "Tells later runs, in words, what this one did and came to.",
            "a row of reflexion_log",
            (
                _must("tags", Shape.TEXTS, "by which it is found"),
                _may("narrative", Shape.TEXT, "added to what it says anyway"),
            ),
            phases=("post",),
        ),
        StepKind(
            "decision",
            "Records what was decided about a thing, so that it is found by that thing.",
            "a row of auto_decisions",
            (
                _must("entity_type", Shape.WORD, "what kind of thing"),
                _must("entity_id", Shape.TEXT, "which one"),
                _must("decision_type", Shape.WORD, "what was decided"),
                _may("detail", Shape.MAPPING, "more that is kept with it"),
            ),
            phases=_BOTH,
        ),
    )
}  # fmt: skip

COMMON: Mapping[str, str] = {
    "step": "its name, once in the contract",
    "kind": "what kind of step it is",
    "over": "the query whose rows it is done for, once each",
    "when": "a condition; the step is done only where it holds (SQL over the row and the loaded context)",
    "do": "the steps of a loop",
}
"""What is set of any step."""

FACTS: Mapping[str, str] = {
    "tenant_id": "whose books",
    "company_id": "which company's books",
    "company": "the company's name",
    "currency": "the company's base currency; a row's own `currency` comes before it",
    "as_of": "the day that is decided for (ISO)",
    "now": "the moment, UTC, as YYYY-MM-DD HH:MM:SS",
    "replaying": "1 where the day is past, else 0",
    "workflow_type": "the contract's own",
}
"""What every query, condition and setting can name besides the inputs."""

RUN_FACTS: Mapping[str, str] = {"run_id": "the run's number"}
"""What post actions and verify can name, too."""

STAGED = "staged"
"""`:staged` is how many proposals the run staged, `:staged_<action_type>` how many of one kind: for verify."""


def facts_of(phase: str) -> frozenset[str]:
    """The names of FACTS, and in `post` and `verify` those that only a run that was written has."""
    if phase == "verify":
        return frozenset({*FACTS, *RUN_FACTS, STAGED, *(f"{STAGED}_{action}" for action in RISK)})
    return frozenset({*FACTS, *RUN_FACTS} if phase == "post" else FACTS)


def settings_for(kind: StepKind, rule: str | None) -> tuple[StepSetting, ...]:
    """What is set of a kind, where the given rule decides, or none does."""
    return kind.settings if rule is None else kind.ruled.get(rule, kind.settings)
