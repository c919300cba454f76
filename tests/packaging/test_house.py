"""House rules that no linter knows, and that README and CI say the same."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

MODULES = sorted((ROOT / "arctl").rglob("*.py"))
_LONGEST_MODULE = 400
_LONGEST_FUNCTION = 50


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_is_short_and_opens_with_its_boundary(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)

    assert text.count("\n") < _LONGEST_MODULE
    assert ast.get_docstring(tree), "a module opens with a line that states its boundary"
    long = [
        f"{function.name}: {lines} lines"
        for function in _functions(tree)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) >= _LONGEST_FUNCTION
    ]
    assert not long


@pytest.mark.parametrize("path", [path for path in MODULES if path.parent.name == "core"], ids=_name)
def test_the_rules_know_no_float_and_no_division(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        line = getattr(node, "lineno", 0)
        assert not isinstance(node, ast.Div), f"/ near line {line}: a quotient of cents is a float"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"float in line {line}"
        assert not (isinstance(node, ast.Name) and node.id == "float"), f"float in line {line}"


def test_ci_runs_the_test_command_of_the_readme() -> None:
    commands = re.findall(r"^python3\.11 .*$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert len(commands) == 2, "one to see it work, one to test it"
    assert f"\n{commands[1]}\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
