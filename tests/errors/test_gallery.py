"""The error gallery: every case of gallery.yaml through the real command."""

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from arctl.cli.app import main
from tests.conftest import Arctl

_KEYS = {"name", "command", "files", "before", "env", "exit", "stdout", "stderr"}
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "gallery.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_error(
    case: dict[str, Any],
    arctl: Arctl,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What comes before the error runs in this process, which is several times as fast; the error is the real command's."""
    for name, text in case.get("files", {}).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    for name in ("ARCTL_DB", "ARCTL_ACTOR", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    for command in case.get("before", []):
        code = main(shlex.split(command))
        assert code == 0, capsys.readouterr().err

    ran = arctl(*shlex.split(case["command"]), env=case.get("env"))

    assert ran.stderr == case["stderr"]
    assert (ran.returncode, ran.stdout) == (case["exit"], case.get("stdout", ""))


def test_the_gallery_is_well_formed() -> None:
    for case in CASES:
        assert set(case) <= _KEYS, case["name"]
        assert {"name", "command", "exit", "stderr"} <= set(case), case.get("name")
        assert case["exit"] not in (0, 70), "an error has an exit code of its own, and an internal error is a bug"
        assert case["stderr"].startswith("error: "), case["name"]
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names)
