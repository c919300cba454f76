"""What is installed: the wheel carries schema.sql, contracts/ and sample_data/, and finds them again."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from arctl import resources
from tests.conftest import ROOT

_LOOK = """
from arctl import resources
print(len(resources.schema_sql()))
print(sorted(path.name for path in resources.sample_data_dir().glob('*.csv')))
print((resources.contracts_dir() / 'README.md').is_file())
"""


def _look() -> str:
    names = sorted(path.name for path in (ROOT / "sample_data").glob("*.csv"))
    return f"{len(resources.schema_sql())}\n{names}\nTrue\n"


def _run(*command: str | Path, cwd: Path) -> str:
    ran = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout; hatchling is a development dependency, so that nothing is downloaded."""
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    _run(*pip, "-w", out, ROOT, cwd=out)
    return next(out.glob("arctl-*.whl"))


def test_a_checkout_finds_its_files() -> None:
    assert resources.schema_sql() == (ROOT / "schema.sql").read_text(encoding="utf-8")
    assert resources.sample_data_dir() == ROOT / "sample_data"
    assert resources.contracts_dir() == ROOT / "contracts"
    assert resources.contracts_dir().is_dir()


@pytest.mark.slow
def test_the_wheel_carries_schema_contracts_and_sample_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert "arctl/_shipped/schema.sql" in names
    assert "arctl/_shipped/contracts/README.md" in names
    assert "arctl/_shipped/contracts/ar_aging_action_plan.yaml" in names
    assert "arctl/_shipped/contracts/contract.schema.json" in names
    assert "arctl/_shipped/sample_data/customer_invoices.csv" in names
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]


@pytest.mark.slow
def test_an_installed_wheel_finds_its_files_and_answers(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    _run(sys.executable, "-m", "venv", "--without-pip", home, cwd=tmp_path)
    python = home / "bin" / "python"
    # without its dependencies: neither the resources nor the version need them
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=tmp_path)

    assert _run(python, "-I", "-c", _LOOK, cwd=tmp_path) == _look()
    assert _run(home / "bin" / "arctl", "--version", cwd=tmp_path) == "arctl 0.1.0\n"
    assert ROOT.name not in _run(python, "-I", "-c", "import arctl; print(arctl.__file__)", cwd=tmp_path).split("/")
