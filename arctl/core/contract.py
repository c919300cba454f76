"""A workflow contract as values: what it looks at, decides, asks for and checks. Reading one from YAML is contract_reading's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """What a failed precondition does: stop the run, or be recorded and shown."""

    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in its file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """FILE:LINE:COLUMN, as editors open it."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a contract, and where."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts a run: a cron expression in a time zone, an event type, or a person. One of the three is set.

    `per_day` tells that all events of an event type that came since the last look start one run, not one each.
    """

    cron: str | None = None
    time_zone: str | None = None
    event: str | None = None
    manual: bool = False
    per_day: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """A value a run is started with. `kind` is text, integer, amount (kept as cents), date, boolean, mapping or list."""

    name: str
    kind: str
    required: bool
    default: object = None
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Query:
    """A named query of the context: its rows become a table of that name. SQL is bound, never pasted together."""

    name: str
    sql: str
    place: Place


@dataclass(frozen=True, slots=True)
class Precondition:
    """A condition (SQL over the loaded context and the inputs) that must hold before anything is decided."""

    name: str
    rule: str
    severity: Severity
    message: str
    place: Place


@dataclass(frozen=True, slots=True)
class Hitl:
    """Who approves, and how long a proposal waits. Where risk is below 3 nobody is asked for the run itself."""

    approver: str
    expires_after_seconds: int = 24 * 3600


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the fan-out or one post action. `settings` are the kind's own, as written; `do` holds a loop's steps.

    `places` tells where each setting stands, those inside a mapping as `inputs.reason`.
    """

    name: str
    kind: str
    place: Place
    settings: Mapping[str, object] = field(default_factory=dict)
    over: str | None = None
    when: str | None = None
    do: tuple["Step", ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    def place_of(self, setting: str) -> Place:
        """Where a setting stands; the step's own place where that is not known."""
        return self.places.get(setting, self.place)

    def walk(self) -> Iterator["Step"]:
        """The step and those inside it."""
        yield self
        for inner in self.do:
            yield from inner.walk()


@dataclass(frozen=True, slots=True)
class Verify:
    """What must be found some time after a run: one value by SQL, and a condition on it (`value >= :staged`).

    Asked from `after_seconds` on; where it does not hold within `window_seconds`, it fails (or times out, where the query
    gave nothing to judge, and says `otherwise`).
    """

    name: str
    sql: str
    expect: str
    after_seconds: int
    window_seconds: int
    place: Place
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a failed step is tried in all, and how long is waited in between (milliseconds)."""

    max_attempts: int = 1
    backoff: str = "linear"
    base_ms: int = 1000
    max_ms: int = 60_000
    alert_on_final_failure: bool = False

    def wait_ms(self, failed: int) -> int:
        """How long to wait after the given number of failures: base, 2 x base, 3 x base …, or doubling; at most max_ms."""
        grown = self.base_ms * failed if self.backoff == "linear" else self.base_ms * 2 ** (failed - 1)
        return min(grown, self.max_ms)


@dataclass(frozen=True, slots=True)
class Contract:
    """One workflow. `text` is the file's content and `contract_hash` the SHA-256 of it."""

    workflow_type: str
    version: int
    category: str
    owner: str
    description: str
    risk_level: int
    triggers: tuple[Trigger, ...]
    inputs: tuple[Input, ...]
    context: tuple[Query, ...]
    preconditions: tuple[Precondition, ...]
    hitl: Hitl
    fan_out: tuple[Step, ...]
    post_actions: tuple[Step, ...]
    verify: tuple[Verify, ...]
    retry: Retry
    reflexion_enabled: bool
    tags: tuple[str, ...]
    file: str
    text: str
    contract_hash: str

    @property
    def needs_approval(self) -> bool:
        """Whether a person must approve the run before it does anything (risk 3 and more)."""
        return self.risk_level >= 3

    def steps(self) -> Iterator[Step]:
        """Every step of the fan-out, those inside loops too, in the order of the file."""
        for step in self.fan_out:
            yield from step.walk()
