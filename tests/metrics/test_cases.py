"""The metrics of the field against the formulas."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from arctl.core import metrics
from arctl.core.metrics import Figure

_FILE = Path(__file__).parent.parent / "cases" / "metrics.yaml"
CASES: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
Given = Mapping[str, Any]


def _dso(given: Given, of: str = "outstanding") -> Figure:
    return metrics.days_sales_outstanding(given[of] * 100, given["sales"] * 100, given["days"])


def _delinquent(given: Given) -> Figure:
    return metrics.average_days_delinquent(_dso(given), _dso(given, "current"))


def _count_back(given: Given) -> Figure:
    periods = [(sales * 100, days) for sales, days in given["periods"]]
    return metrics.count_back(given["outstanding"] * 100, periods)[0]


def _cei(given: Given) -> Figure:
    opening, sales, closing, current = (given[name] * 100 for name in ("opening", "sales", "closing", "current"))
    return metrics.collection_effectiveness(opening, sales, given["months"], closing, current)


def _turnover(given: Given) -> Figure:
    return metrics.turnover(given["sales"] * 100, given["days"], given["opening"] * 100, given["closing"] * 100)


FORMULAS: dict[str, tuple[Callable[[Given], Figure], int]] = {
    "dso": (_dso, 1),
    "best_possible_dso": (_dso, 1),
    "average_days_delinquent": (_delinquent, 1),
    "dso_countback": (_count_back, 1),
    "cei": (_cei, 1),
    "turnover": (_turnover, 1),
    "bad_debt_to_sales": (lambda given: metrics.bad_debt_to_sales(given["net_write_offs"], given["sales"]), 2),
    "roll_rates": (lambda given: metrics.roll_rate(given["opening"], given["rolled"]), 1),
    "largest": (lambda given: metrics.share_of_largest(given["owed"], given["many"]), 1),
    "herfindahl": (lambda given: metrics.herfindahl(given["owed"]), 0),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    formula, decimals = FORMULAS[case["metric"]]
    figure = formula(case["given"])
    said = None if figure.value is None else metrics.rounded(figure.value, decimals)
    assert (said, figure.reason) == (case.get("value"), case.get("reason", ""))


def test_every_case_says_a_value_or_a_reason_and_every_formula_has_one() -> None:
    assert all(("value" in case) != ("reason" in case) for case in CASES)
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert {case["metric"] for case in CASES} == set(FORMULAS)
