"""What tests of the whole program share: the real command, run as a process."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

ROOT = Path(__file__).resolve().parent.parent
_TIMEOUT_SECONDS = 120


class Arctl(Protocol):
    """`arctl(*args)` as an operator would run it, with what it printed and its exit code."""

    def __call__(
        self,
        *args: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
    ) -> subprocess.CompletedProcess[str]: ...


def process_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a run: nothing of the tester's own arctl, colour or width settings; `extra` on top."""
    ours = ("ARCTL_", "_ARCTL_")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        kept.pop(name, None)
    # the checkout, also where the package is not installed; and UTF-8 whatever the machine's locale
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **(extra or {})}


@pytest.fixture
def arctl(tmp_path: Path) -> Arctl:
    """The real command, in `tmp_path` unless told otherwise."""

    def run(
        *args: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "arctl", *args],
            cwd=cwd or tmp_path,
            env=process_environment(env),
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )

    return run
