"""Compares what arctl printed with what the reference printed; a ratio between different answers means nothing."""

import csv
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHOWN = 5


class DisagreementError(Exception):
    """The two answers differ; the message lists the first differences."""


def differences(ours: Any, theirs: Any, path: str) -> Iterator[str]:
    """Where the reference's values are missing or other in ours; more keys in ours are allowed."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key, value in theirs.items():
            if key not in ours:
                yield f"{path}.{key}: missing in arctl's answer"
            else:
                yield from differences(ours[key], value, f"{path}.{key}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(ours) != len(theirs):
            yield f"{path}: arctl has {len(ours)} entries, the reference {len(theirs)}"
        for number, pair in enumerate(zip(ours, theirs, strict=False)):
            yield from differences(*pair, f"{path}[{number}]")
    elif ours != theirs or type(ours) is not type(theirs):
        yield f"{path}: arctl {ours!r}, reference {theirs!r}"


def same_json(ours: Path, theirs: Path) -> None:
    """Every value of the reference stands in arctl's JSON, lists in the same order; else DisagreementError."""
    mine = json.loads(ours.read_bytes())
    other = json.loads(theirs.read_bytes())
    found = list(itertools.islice(differences(mine, other, "$"), SHOWN))
    if found:
        raise DisagreementError("; ".join(found))


def same_csv(ours: Path, theirs: Path) -> None:
    """The same header and the same rows in any order; else DisagreementError."""
    mine, other = read_rows(ours), read_rows(theirs)
    if mine[0] != other[0]:
        raise DisagreementError(f"columns: arctl {','.join(mine[0])}; reference {','.join(other[0])}")
    left, right = Counter(map(tuple, mine)), Counter(map(tuple, other))
    if left != right:
        more = itertools.islice((left - right).elements(), SHOWN), itertools.islice((right - left).elements(), SHOWN)
        ours_only, theirs_only = ("; ".join(",".join(row) for row in rows) or "none" for rows in more)
        raise DisagreementError(f"only arctl's: {ours_only}. Only the reference's: {theirs_only}")


def read_rows(path: Path) -> list[list[str]]:
    """Header and rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
