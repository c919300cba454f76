"""What a run is started with: typed by an operator, or handed over by another workflow."""

import pytest

from arctl.core.contract import Contract
from arctl.core.contract_reading import read_contract
from arctl.core.run_inputs import bound, read_inputs, settle
from tests.workflows.scene import contract_text

INPUTS = """
  - {name: who, type: text, required: true}
  - {name: cents, type: amount}
  - {name: day, type: date}
  - {name: loud, type: boolean}
  - {name: tiers, type: mapping, default: {a: b}}
"""


@pytest.fixture(scope="module")
def made() -> Contract:
    text = contract_text("- {step: x, kind: flag, customer_id: C1, flag: f}").replace(
        "inputs:", f"inputs:{INPUTS.rstrip()}"
    )
    found, faults = read_contract(text, "trial.yaml")
    assert found is not None, faults
    return found


def test_each_kind_is_read_in_its_own_way(made: Contract) -> None:
    given = ["who=Acme = Sons", "cents=1,234.50", "day=2026-06-30", "loud=yes", 'tiers={"x": "y"}', "least_days=-3"]
    assert read_inputs(made, given) == {
        "who": "Acme = Sons", "cents": 123450, "day": "2026-06-30", "loud": True, "tiers": {"x": "y"}, "least_days": -3,
    }  # fmt: skip


def test_what_is_not_given_is_the_default_or_nothing(made: Contract) -> None:
    assert settle(made, {"who": "Acme"}) == {
        "who": "Acme", "cents": None, "day": None, "loud": None, "tiers": {"a": "b"}, "least_days": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("who", "'who' is no input: write name=value"),
        ("=x", "'=x' is no input: write name=value"),
        ("whom=x", "trial has no input whom: did you mean who?"),
        ("zzz=x", "trial has no input zzz: it takes who, cents, day, loud, tiers, least_days"),
        ("who=", "trial needs who"),
        ("cents=1.234", "cents takes an amount such as 1234.50: '1.234' is more than 2 decimals"),
        ("day=2026-02-30", "day takes a date such as 2026-06-30: '2026-02-30' is no such day in the calendar"),
        ("loud=maybe", "loud takes true or false: 'maybe' is neither true nor false"),
        ("tiers=[1]", 'tiers takes a JSON object such as {"courtesy": "days_30"}: \'[1]\' is not a JSON object'),
        ("least_days=1.0", "least_days takes a whole number: '1.0' is not a whole number"),
        ("least_days=١", "least_days takes a whole number: '١' is not a whole number"),
    ],
)
def test_what_cannot_be_taken_is_told(made: Contract, given: str, said: str) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - its whole text is looked at
        read_inputs(made, [given, *(["who=Acme"] if "who" not in given.partition("=")[0] else [])])
    assert str(raised.value) == said


@pytest.mark.parametrize(
    "given", [{"who": 1}, {"who": "a", "cents": 1.5}, {"who": "a", "cents": True}, {"who": "a", "day": "today"}]
)
def test_another_workflows_values_must_have_their_types(made: Contract, given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="takes"):
        settle(made, given)


def test_sql_takes_numbers_for_flags_and_json_for_what_is_nested() -> None:
    assert bound({"yes": True, "tiers": {"b": 1, "a": [2]}, "text": "x", "none": None}) == {
        "yes": 1, "tiers": '{"a":[2],"b":1}', "text": "x", "none": None,
    }  # fmt: skip
