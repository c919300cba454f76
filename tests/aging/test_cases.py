"""The aging cases from the field through the real commands: `arctl sync`, then `arctl age`."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from arctl.core.balance import CustomerKey
from arctl.core.documents import Group
from tests.aging.conftest import Here, Ran
from tests.cases import Case, Expectation, OpenLine, aging_cases
from tests.conftest import Arctl

CASES = aging_cases()
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
_FIVE = ("current", "days_30", "days_60", "days_90", "days_90_plus")


def _groups(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """One group stands flat, several under `groups`."""
    return list(answer.get("groups", [answer]))


def _key(group: dict[str, Any]) -> Group:
    return group["company"], group["currency"]


def _open(answer: dict[str, Any]) -> list[OpenLine]:
    lines = [
        OpenLine(
            item["invoice_id"], item["installment"], item["outstanding_cents"], item["days_overdue"], item["bucket"]
        )
        for group in _groups(answer)
        for item in group["invoices"]
    ]
    return sorted(lines, key=lambda line: (line.invoice_id, line.installment))


def _unapplied(answer: dict[str, Any]) -> dict[CustomerKey, int]:
    return {
        (*_key(group), row["customer_id"]): row["unapplied_cents"]
        for group in _groups(answer)
        for row in group["customers"]
        if row["unapplied_cents"]
    }


def _missing_due(answer: dict[str, Any]) -> set[str]:
    return {
        document
        for group in _groups(answer)
        for remark in group["exceptions"]
        if remark["code"] == "missing due date"
        for document in remark["documents"]
    }


def _asked(expected: Expectation, *more: str) -> list[str]:
    known = [] if expected.known_at is None else ["--known-at", str(expected.known_at)]
    return ["age", "--as-of", str(expected.as_of), "--basis", expected.basis, *known, "--json", *more]


def _says(ran: Ran, expected: Expectation) -> dict[str, Any]:
    """The answer, after checking all that an expectation states and that it adds up."""
    assert (ran.code, ran.err) == (0, "")
    assert "-0" not in re.sub(r"\d{4}-\d\d-\d\d", "date", ran.out)
    answer: dict[str, Any] = json.loads(ran.out)
    assert (answer["as_of"], answer["basis"], answer["tie_out"]["ok"]) == (str(expected.as_of), expected.basis, True)
    assert tuple(_open(answer)) == expected.open
    assert _unapplied(answer) == expected.unapplied
    nets = {_key(group): group["totals"]["net_cents"] for group in _groups(answer)}
    assert nets == expected.net
    assert {_key(group): group["tie_out"]["expected_net_cents"] for group in _groups(answer)} == nets
    assert _missing_due(answer) == set(expected.missing_due)
    for group in _groups(answer):
        _adds_up(group)
    return answer


def _adds_up(group: dict[str, Any]) -> None:
    for line in (group["totals"], *group["customers"]):
        assert sum(line[f"{bucket}_cents"] for bucket in _FIVE) == line["total_outstanding_cents"]
    for name in ("total_outstanding_cents", "unapplied_cents", "open_invoices"):
        assert group["totals"][name] == sum(row[name] for row in group["customers"])
    for bucket in _FIVE:
        listed = sum(item["outstanding_cents"] for item in group["invoices"] if item["bucket"] == bucket)
        assert group["totals"][f"{bucket}_cents"] == listed


# What the word by which a case names a reject stands for.
_REASONS = {"company": "belong to two companies", "currency": "is in EUR, invoice INV-1 in USD"}


def _sync_all(case: Case, run: Callable[..., Ran], place: Path) -> None:
    for number, sync in enumerate(case.syncs, start=1):
        folder = place / f"export-{number}"
        sync.write(folder)
        ran = run("--quiet", "sync", "--from", str(folder), "--json")
        assert ran.code == (3 if sync.rejects else 0), ran.err
        told = ran.json["rejects"]
        assert [(row["file"], row["line"]) for row in told] == [(r.file, r.line) for r in sync.rejects]
        for row, reject in zip(told, sync.rejects, strict=True):
            assert _REASONS[reject.word] in row["reason"]


@each_case
def test_a_case_through_the_command_line(case: Case, here: Here, tmp_path: Path) -> None:
    _sync_all(case, here, tmp_path)
    for expected in case.expect:
        answer = _says(here(*_asked(expected, "--by", "invoice")), expected)
        # By customer it is the same report without the items.
        by_customer = here(*_asked(expected)).json
        for group, other in zip(_groups(by_customer), _groups(answer), strict=True):
            assert "invoices" not in group
            del other["invoices"]
        assert by_customer == answer


@pytest.mark.slow
@each_case
def test_a_case_through_processes(case: Case, arctl: Arctl, tmp_path: Path) -> None:
    def run(*args: str) -> Ran:
        ran = arctl(*args)
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    _sync_all(case, run, tmp_path)
    for expected in case.expect:
        _says(run(*_asked(expected, "--by", "invoice")), expected)


def _ask_last(case_id: str, here: Here, place: Path, *more: str) -> dict[str, Any]:
    (case,) = (case for case in CASES if case.id == case_id)
    _sync_all(case, here, place)
    answer: dict[str, Any] = here(*_asked(case.expect[-1], *more)).json
    return answer


def _exceptions(answer: dict[str, Any]) -> list[tuple[str, int, int | None, list[str]]]:
    return [tuple(remark.values()) for remark in answer["exceptions"]]


def test_an_over_applied_invoice_and_the_payment_behind_it_are_named(here: Here, tmp_path: Path) -> None:
    answer = _ask_last("over-applied", here, tmp_path)
    assert _exceptions(answer) == [
        ("over-applied", 1, 5000, ["INV-1"]),
        ("over-applied or over-refunded", 1, 1000, ["P-2"]),
    ]


def test_an_over_refunded_payment_is_named(here: Here, tmp_path: Path) -> None:
    answer = _ask_last("refunded-void", here, tmp_path)
    assert _exceptions(answer) == [("over-applied or over-refunded", 1, 3000, ["P-1"])]


def test_two_currencies_without_rates_have_no_total(here: Here, tmp_path: Path) -> None:
    answer = _ask_last("A21", here, tmp_path)
    assert answer["totals"] is None
    assert answer["totals_reason"] == "invoice INV-2 in EUR has no exchange rate"
    assert [group["totals"]["total_outstanding_cents"] for group in answer["groups"]] == [10000, 10000]


def test_a_customer_with_credits_only_is_listed(here: Here, tmp_path: Path) -> None:
    answer = _ask_last("A22", here, tmp_path)
    (row,) = [row for row in answer["customers"] if row["customer_id"] == "C1"]
    assert (row["total_outstanding_cents"], row["unapplied_cents"], row["open_invoices"]) == (0, 2500, 0)


def test_a_payment_without_a_recovery_on_a_written_off_invoice_is_an_exception(here: Here, tmp_path: Path) -> None:
    (case,) = (case for case in CASES if case.id == "A21d")
    _sync_all(case, here, tmp_path)
    path = tmp_path / "export-1" / "write_offs.csv"
    path.write_text("id,invoice_id,written_off_on,amount,recovered_on,recovered_amount\nW-1,INV-1,2026-03-01,100,,\n")
    assert here("--quiet", "sync", "--from", str(path.parent)).code == 0
    assert _exceptions(here("age", "--as-of", "2026-04-30", "--json").json) == [("dated after", 1, None, [])]
    assert _exceptions(here("age", "--as-of", "2026-05-01", "--json").json) == [
        ("paid after write-off", 1, 6000, ["INV-1"])
    ]
