"""The JSON Schema of a contract, made of the tables that its reader goes by. Pure."""

import json
from collections.abc import Iterable

from arctl.core.contract import Severity
from arctl.core.contract_nodes import EVENT, WORD
from arctl.core.contract_reading import KINDS_OF_INPUT, OPTIONAL, REQUIRED
from arctl.core.step_kinds import COMMON, KINDS, Shape, StepKind, StepSetting

Schema = dict[str, object]

_TEXT: Schema = {"type": "string", "pattern": "\\S"}
_WORD: Schema = {"type": "string", "pattern": f"^{WORD.pattern}$"}
_EVENT: Schema = {"type": "string", "pattern": f"^{EVENT.pattern}$"}
_DURATION: Schema = {"type": "string", "pattern": "^[0-9]{1,6}[smhd]$"}
_NAME: Schema = {"type": "string", "pattern": "^\\{[A-Za-z_][A-Za-z0-9_]*\\}$"}
_BOOLEAN: Schema = {"type": "boolean"}


def schema_text() -> str:
    """The schema as contracts/contract.schema.json holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def schema() -> Schema:
    """JSON Schema (2020-12) of a contract's form. What lies between its parts, and its SQL, only `arctl contracts lint` sees."""
    sections = _sections()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "arctl workflow contract",
        **_object({name: sections[name] for name in (*REQUIRED, *OPTIONAL)}, REQUIRED),
        "$defs": {
            "value": {
                "description": "text, a whole number, true, false, null, or a list or mapping of these; never a fraction",
                "anyOf": [
                    {"type": ["string", "integer", "boolean", "null"]},
                    {"type": "array", "items": {"$ref": "#/$defs/value"}},
                    {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}},
                ],
            },
            "fan_out_step": _step("fan_out"),
            "post_step": _step("post"),
        },
    }


def _sections() -> dict[str, Schema]:
    return {
        "workflow_type": _WORD,
        "version": _integer(1, 1_000_000),
        "category": _TEXT,
        "owner": _TEXT,
        "description": _TEXT,
        "risk_level": _integer(1, 5),
        "reflexion_enabled": _BOOLEAN,
        "tags": _list(_TEXT),
        "triggers": {**_list(_trigger()), "minItems": 1},
        "inputs": _list(_input()),
        "context": _list(_object({"name": _WORD, "sql": _TEXT}, ("name", "sql"))),
        "preconditions": _list(_precondition()),
        "hitl": _object({"approver": _TEXT, "expires_after": _DURATION}, ("approver",)),
        "fan_out": {**_list({"$ref": "#/$defs/fan_out_step"}), "minItems": 1},
        "post_actions": {**_list({"$ref": "#/$defs/post_step"}), "minItems": 1},
        "verify": _list(_verify()),
        "retry": _retry(),
    }


def _precondition() -> Schema:
    severity: Schema = {"enum": [str(each) for each in Severity]}
    fields = {"check": _WORD, "rule": _TEXT, "severity": severity, "message": _TEXT}
    return _object(fields, tuple(fields))


def _verify() -> Schema:
    fields: dict[str, Schema] = {
        "name": _WORD,
        "window": _DURATION,
        "sql": _TEXT,
        "expect": _TEXT,
        "after": _DURATION,
        "otherwise": _TEXT,
    }
    return _object(fields, ("name", "window", "sql", "expect"))


def _trigger() -> Schema:
    return {
        "oneOf": [
            _object({"cron": _TEXT, "time_zone": _TEXT}, ("cron", "time_zone")),
            _object({"event": _EVENT, "per_day": _BOOLEAN}, ("event",)),
            _object({"manual": {"const": True}}, ("manual",)),
        ]
    }


def _input() -> Schema:
    defaults: dict[str, Schema] = {
        "text": _TEXT, "integer": {"type": "integer"}, "amount": {"type": "integer"}, "boolean": _BOOLEAN,
        "date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "mapping": {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}},
        "list": {"type": "array", "items": {"$ref": "#/$defs/value"}},
    }  # fmt: skip
    fields: dict[str, Schema] = {
        "name": _WORD,
        "type": {"enum": list(KINDS_OF_INPUT)},
        "required": _BOOLEAN,
        "default": {},
    }
    whens = [_when("type", kind, {"properties": {"default": default}}) for kind, default in defaults.items()]
    whens.append(_when("required", True, {"properties": {"default": False}}))
    return {**_object(fields, ("name", "type")), "allOf": whens}


def _retry() -> Schema:
    fields: dict[str, Schema] = {
        "max_attempts": _integer(1, 10),
        "backoff": {"enum": ["linear", "exponential"]},
        "base_ms": _integer(0, 600_000),
        "max_ms": _integer(0, 600_000),
        "alert_on_final_failure": _BOOLEAN,
    }
    return _object(fields, ("max_attempts",))


def _step(phase: str) -> Schema:
    kinds = [kind for kind in KINDS.values() if phase in kind.phases]
    return {
        "type": "object",
        "required": ["step", "kind"],
        "properties": {"kind": {"enum": [kind.name for kind in kinds]}},
        "allOf": [_when("kind", kind.name, _of_kind(kind, phase)) for kind in kinds],
    }


def _of_kind(kind: StepKind, phase: str) -> Schema:
    plain = _settings(kind, kind.settings, phase)
    if not kind.ruled:
        return {"description": kind.meaning, **plain}
    ruled = {"anyOf": [_settings(kind, settings, phase, rule) for rule, settings in kind.ruled.items()]}
    return {"description": kind.meaning, "if": {"required": ["rule"]}, "then": ruled, "else": plain}


def _settings(kind: StepKind, settings: Iterable[StepSetting], phase: str, rule: str | None = None) -> Schema:
    common: dict[str, Schema] = {
        "step": _WORD, "kind": {"const": kind.name}, "over": _WORD, "when": _TEXT,
        "do": {**_list({"$ref": f"#/$defs/{phase}_step"}), "minItems": 1},
    }  # fmt: skip
    if not kind.needs_over:
        del common["do"]
    fields = {name: {**each, "description": COMMON[name]} for name, each in common.items()}
    settings = tuple(settings)
    fields |= {each.name: {**_shape(each), "description": each.meaning} for each in settings}
    if rule is not None:
        fields["rule"] = {"const": rule}
    required = ["step", "kind", *(["over", "do"] if kind.needs_over else [])]
    return _object(fields, [*required, *(each.name for each in settings if each.required)])


def _shape(setting: StepSetting) -> Schema:
    mapping: Schema = {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}}
    if setting.choices:
        mapping |= {"propertyNames": {"enum": list(setting.choices)}}
    match setting.shape:
        case Shape.CHOICE:
            shape: Schema = {"enum": list(setting.choices)}
        case Shape.MAPPING:
            shape = {"anyOf": [mapping, _NAME]}
        case Shape.INTEGER:
            shape = {"anyOf": [{"type": "integer"}, _NAME]}
        case _:
            shape = {
                Shape.TEXT: _TEXT,
                Shape.WORD: _WORD,
                Shape.EVENT: _EVENT,
                Shape.RISK: _integer(1, 5),
                Shape.TEXTS: _list(_TEXT),
            }[setting.shape]
    return shape


def _object(fields: dict[str, Schema], required: Iterable[str]) -> Schema:
    return {"type": "object", "properties": fields, "required": list(required), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _integer(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def _when(field: str, value: object, then: Schema) -> Schema:
    return {"if": {"properties": {field: {"const": value}}, "required": [field]}, "then": then}
