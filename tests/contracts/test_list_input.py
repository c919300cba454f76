"""Inputs that are lists: typed as JSON, bound as JSON text, defaulted in the contract."""

import pytest

from arctl.core.contract import Contract
from arctl.core.contract_reading import read_contract
from arctl.core.run_inputs import bound, read_inputs, settle
from tests.workflows.scene import contract_text

STEP = "- {step: ring, kind: task, title: Ring}"


def contract(default: str = "") -> Contract:
    text = contract_text(STEP, context="").replace(
        "inputs:\n", f"inputs:\n  - {{name: items, type: list{f', default: {default}' if default else ''}}}\n"
    )
    found, faults = read_contract(text, "trial.yaml")
    assert found is not None, faults
    return found


def test_a_list_is_typed_as_json_and_bound_as_its_text() -> None:
    read = read_inputs(contract(), ['items=[{"item_code": "FLR", "qty": 4}]'])

    assert read["items"] == [{"item_code": "FLR", "qty": 4}]
    assert bound(read)["items"] == '[{"item_code":"FLR","qty":4}]'


def test_its_default_is_a_list() -> None:
    assert settle(contract("[a, b]"), {})["items"] == ["a", "b"]
    text = contract_text(STEP, context="").replace(
        "inputs:\n", "inputs:\n  - {name: items, type: list, default: {a: b}}\n"
    )
    _, faults = read_contract(text, "trial.yaml")
    assert [fault.message for fault in faults] == ["the default of list is no list"]


@pytest.mark.parametrize("text", ["x", "{}", "1"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="items takes a JSON array such as"):
        read_inputs(contract(), [f"items={text}"])
    with pytest.raises(ValueError, match="items takes a JSON array such as"):
        settle(contract(), {"items": text})
