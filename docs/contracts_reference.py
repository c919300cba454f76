"""What cog puts into contracts/README.md: the tables of the reference, from the tables that the reader goes by."""

from collections.abc import Iterable, Sequence

from arctl.core.contract_reading import KINDS_OF_INPUT
from arctl.core.step_kinds import COMMON, FACTS, KINDS, RUN_FACTS, StepKind, StepSetting


def facts() -> str:
    """The names that every query, condition and setting has."""
    told = [(f"`{name}`", meaning) for name, meaning in FACTS.items()]
    told += [(f"`{name}`", f"{meaning}; post actions and verify only") for name, meaning in RUN_FACTS.items()]
    told += [
        ("`staged`", "how many proposals the run staged; verify only"),
        ("`staged_<action_type>`", "how many of one kind; verify only"),
    ]
    return _table(("name", "what it is"), told)


def inputs() -> str:
    """The types of inputs."""
    meanings = {
        "text": "text that is not blank",
        "integer": "a whole number",
        "amount": "typed as `1234.50`, bound as cents",
        "date": "`YYYY-MM-DD`, in quotes",
        "boolean": "`true` or `false`, bound as 1 or 0",
        "mapping": "a mapping; bound as its JSON text, for `json_each` and `json_extract`",
        "list": "a list; bound as its JSON text, for `json_each`",
    }
    return _table(("type", "what it takes"), [(f"`{kind}`", meanings[kind]) for kind in KINDS_OF_INPUT])


def common() -> str:
    """What is set of any step."""
    return _table(("setting", "what it is"), [(f"`{name}`", meaning) for name, meaning in COMMON.items()])


def kinds() -> str:
    """Every kind of step with its settings."""
    return "\n\n".join(_kind(kind) for kind in KINDS.values())


def _kind(kind: StepKind) -> str:
    where = " and ".join({"fan_out": "fan_out", "post": "post_actions"}[phase] for phase in kind.phases)
    told = [f"#### {kind.name}", f"{kind.meaning} It stands in {where} and leaves behind {kind.effect}."]
    if kind.least_risk > 1:
        told.append(f"The contract's risk_level must be {kind.least_risk} or more.")
    if kind.needs_over:
        told.append("It must have `over` and `do`, and has no settings of its own.")
    if kind.settings:
        told.append(_settings(kind.settings))
    for rule, settings in kind.ruled.items():
        told += [f"With `rule: {rule}`, which then decides, the settings are these instead:", _settings(settings)]
    return "\n\n".join(told)


def _settings(settings: Iterable[StepSetting]) -> str:
    return _table(
        ("setting", "", "takes", "what it is"),
        [(f"`{each.name}`", "required" if each.required else "", _takes(each), each.meaning) for each in settings],
    )


def _takes(setting: StepSetting) -> str:
    if setting.choices:
        one = "one of " if str(setting.shape) == "choice" else "a mapping of "
        return one + ", ".join(f"`{choice}`" for choice in setting.choices)
    return str(setting.shape)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
