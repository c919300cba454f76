"""What deciding an envelope brought about, in words, with the next command. Formats only."""

from collections.abc import Iterable, Iterator, Sequence

from arctl.core.review_values import Finished, Outcome

_NAMED = 12


def finished_lines(finished: Finished) -> Iterator[str]:
    """What was done, what fell out and why, what waits; each on a line."""
    counts = (
        (len(finished.applied), "applied"), (len(finished.rejected), "rejected"), (len(finished.snoozed), "snoozed"),
        (len(finished.called), "to be called instead"), (len(finished.fallen), "fell out"),
        (len(finished.stopped), "held back"), (len(finished.pending), "still pending"),
    )  # fmt: skip
    said = "; ".join(f"{count:,} {what}" for count, what in counts if count)
    yield f"Envelope {finished.envelope_id} is approved{f': {said}' if said else ''}"
    for _, customer, why in finished.fallen:
        yield f"  fell out: {customer}: {why}"
    if finished.stopped:
        by = ", ".join(finished.stopped_by)
        yield f"  held back by {by}: approved, and applied by `arctl approve --resume` once it is off"
    if finished.written:
        yield f"  {_mails(finished.written)} in the outbox folder: `arctl outbox list`; `outbox cancel` pulls one back"
    if finished.unwritten:
        yield f"  {_mails(finished.unwritten)} could not be written: `arctl outbox list` says why"
    if finished.pending:
        yield "  still pending: `arctl proposals --status pending`"


def alone_lines(ids: Sequence[int], envelope_id: int) -> list[str]:
    """What was left to be decided one at a time, with the commands that do it."""
    if not ids:
        return []
    waits = "waits to be decided by itself" if len(ids) == 1 else "wait to be decided one at a time"
    named = ", ".join(map(str, ids[:_NAMED])) + (" …" if len(ids) > _NAMED else "")
    how = f"`arctl approve {envelope_id}` on a terminal, or `arctl approve ID --confirm NAME --yes`"
    return [f"  {len(ids):,} of risk 4 or 5 {waits} ({named}): {how}"]


def outcome_line(outcome: Outcome) -> str:
    """How one proposal stands after somebody decided it."""
    why = f": {outcome.reason}" if outcome.reason else ""
    return f"  {outcome.action_type.replace('_', ' ')}, {outcome.customer}: {outcome.status}{why}"


def check_lines(checks: Iterable[str]) -> list[str]:
    """What the night's verify will ask."""
    named = ", ".join(dict.fromkeys(checks))
    return [f"Tonight's `arctl verify` checks: {named}"] if named else []


def _mails(count: int) -> str:
    return f"{count:,} mail{'' if count == 1 else 's'}"
