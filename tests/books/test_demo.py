"""`arctl demo` through the real command."""

import shlex
from pathlib import Path

from arctl.cli.demo import WALK
from tests.conftest import Arctl


def test_the_demo_walks_through_the_main_job(arctl: Arctl, tmp_path: Path) -> None:
    home = tmp_path / "demo folder"

    ran = arctl("demo", "--keep", str(home))

    assert (ran.returncode, ran.stderr) == (0, "1 check: 1 pass\n")
    typed = [line for line in ran.stdout.splitlines() if line.startswith("$ ")]
    assert typed[0] == f"$ export ARCTL_DB={shlex.quote(str(home / 'arctl.db'))}"
    assert [shlex.split(line)[2] for line in typed[1:]] == [step.arguments[0] for step in WALK]
    assert "254,315.25" in ran.stdout
    assert "20,160.92" in ran.stdout
    assert f"the ledger is {home / 'arctl.db'}" in ran.stdout
    assert "rm -r" not in ran.stdout

    again = arctl(*shlex.split(typed[2])[2:], env={"ARCTL_DB": str(home / "arctl.db")})
    assert again.returncode == 0
    assert again.stdout in ran.stdout


def test_the_demo_leaves_its_ledger_in_a_new_temporary_folder(arctl: Arctl, tmp_path: Path) -> None:
    ran = arctl("--quiet", "demo", env={"TMPDIR": str(tmp_path)})

    assert ran.returncode == 0, ran.stderr
    (folder,) = tmp_path.iterdir()
    assert folder.name.startswith("arctl-demo-")
    assert (folder / "arctl.db").exists()
    assert ran.stdout.endswith(f"# to be rid of it: rm -r {folder}\n")


def test_a_ledger_of_somebody_elses_is_not_written(arctl: Arctl, tmp_path: Path) -> None:
    arctl("init")
    before = (tmp_path / "arctl.db").read_bytes()

    ran = arctl("demo", "--keep", str(tmp_path))

    assert (ran.returncode, ran.stdout) == (4, "")
    assert (tmp_path / "arctl.db").read_bytes() == before
