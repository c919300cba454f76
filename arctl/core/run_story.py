"""What a run came to, in figures and in words. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from arctl.core.effects import Frozen
from arctl.core.run import LogEntry, Run


def figures(
    run: Run,
    effects: int,
    covered: Sequence[Frozen],
    entries: Sequence[LogEntry],
    decided: Mapping[tuple[str, str], int],
    at: str,
) -> dict[str, object]:
    """How long the run took up to `at` (UTC), what its steps came to, and what was proposed and decided.

    `effects` is how many it froze, `covered` those that its own approval covers; `decided` counts its proposals by (action_type,
    status).
    """
    done = {each.effect_seq for each in entries if each.effect_seq is not None and each.status == "completed"}
    proposals: dict[str, dict[str, int]] = {}
    for (action_type, status), count in sorted(decided.items()):
        proposals.setdefault(action_type, {})[status] = count
    return {
        "duration_seconds": _seconds(run.started_at, at),
        "effects": effects,
        "steps": dict(sorted(Counter(each.status for each in entries).items())),
        "done": sum(each.seq in done for each in covered),
        "undone": sum(each.seq not in done for each in covered),
        "proposals": proposals,
        "errors": errors(entries),
        "warnings": [f"{each.step}: {each.detail}" for each in entries if each.status == "warned"],
    }


def errors(entries: Iterable[LogEntry]) -> list[str]:
    """What failed and was not done by a later attempt, in words; the last word on each."""
    failed: dict[object, str] = {}
    for each in entries:
        key = each.effect_seq if each.effect_seq is not None else each.step
        if each.status == "failed":
            failed[key] = f"{each.step}: {each.detail}"
        elif each.status == "completed":
            failed.pop(key, None)
    return list(failed.values())


_MOST_TOLD = 8


def did(covered: Iterable[Frozen], entries: Iterable[LogEntry]) -> list[str]:
    """What was done under the run's own approval, in the words of its log."""
    seqs = {each.seq for each in covered}
    return [each.detail for each in entries if each.status == "completed" and each.effect_seq in seqs]


def narrative(run: Run, company: str, counted: Mapping[str, object], done: Sequence[str], more: str | None) -> str:
    """A few sentences for the runs after it, and for whoever searches them; `done` as `did` gives it."""
    proposals = counted["proposals"]
    said = [f"Run {run.run_id} of {run.workflow_type} for {company}, as of {run.as_of}, by {run.actor}."]
    if isinstance(proposals, Mapping) and proposals:
        kinds = (
            f"{action_type}: {', '.join(f'{count} {status}' for status, count in statuses.items())}"
            for action_type, statuses in proposals.items()
        )
        said.append(f"Proposed: {'; '.join(kinds)}.")
    if done:
        rest = f"; and {len(done) - _MOST_TOLD} more" if len(done) > _MOST_TOLD else ""
        said.append(f"Done: {'; '.join(done[:_MOST_TOLD])}{rest}.")
    if counted["undone"]:
        said.append(f"Not done: {counted['undone']}.")
    for name, label in (("warnings", "Warned"), ("errors", "Failed")):
        found = counted[name]
        if isinstance(found, list) and found:
            said.append(f"{label}: {'; '.join(found)}.")
    if more:
        said.append(more)
    return " ".join(said)


def outcome(undone: int, done: int) -> str:
    """completed, partial or failed, by how many effects were done and how many were not."""
    if not undone:
        return "completed"
    return "partial" if done else "failed"


def _seconds(begin: str, end: str) -> int:
    return max(int((datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()), 0)
