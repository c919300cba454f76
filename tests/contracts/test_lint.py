"""What only the whole shows: columns that loops bring along, letters that must be there, what one contract says of another."""

from collections.abc import Callable
from pathlib import Path

import pytest

from arctl.services.contract_lint import lint
from arctl.store.books import Made
from arctl.store.ledger import create, open_ledger

HEAD = """
workflow_type: nested
version: 1
category: collections
owner: accounts receivable
description: A loop within a loop.
risk_level: 3
triggers:
  - manual: true
inputs:
  - name: least
    type: amount
    default: 100
context:
  - name: customer
    sql: SELECT id AS customer_id, name AS customer_name FROM customers WHERE tenant_id = :tenant_id
  - name: item
    sql: |
      SELECT customer_id AS owner_id, currency, invoice_id, outstanding_cents AS cents FROM open_items
       WHERE tenant_id = :tenant_id AND day = :as_of
fan_out:
  - step: each_customer
    kind: loop
    over: customer
    do:
      - step: one_flag
        kind: flag
        when: customer_id <> 'C0' AND EXISTS (SELECT 1 FROM item WHERE owner_id = customer_id)
        customer_id: "{customer_id}"
        flag: late
      - step: each_item
        kind: loop
        over: item
        when: owner_id = customer_id AND cents >= :least
        do:
          - step: ask
            kind: task
            when: currency = 'USD' AND customer_name <> ''
            customer_id: "{customer_id}"
            title: "{customer_name}: {invoice_id}, {cents:money}"
"""

Lint = Callable[[str], list[str]]


@pytest.fixture
def told(tmp_path: Path) -> Lint:
    def look(text: str) -> list[str]:
        path = tmp_path / "x.yaml"
        path.write_text(text.lstrip(), encoding="utf-8")
        return [f"{fault.place.line}: {fault.message}" for fault in lint(None, [path])[0].faults]

    return look


def test_inner_steps_name_the_rows_of_every_loop_around_them(told: Lint) -> None:
    assert told(HEAD) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("customer_id <> 'C0' AND", "cents > 0 AND", "27: step one_flag: no such column: cents"),
        ("cents >= :least", "cents >= :most", "33: step each_item: :most has no value: it is no input and nothing a run has"),
        ("customer_name <> ''", "sales_rep <> ''", "37: step ask: no such column: sales_rep"),
        ("{invoice_id},", "{tranid},", "39: step ask: title names {tranid}, which is no input and no column"),
        ("        flag: late", '        flag: "{cents}"', "29: step one_flag: flag names {cents}, which is no input and no column"),
        ("tenant_id = :tenant_id\n", "tenant_id = 1\n", "15: query customer: it asks for the rows of every tenant"),
        ("currency, invoice_id", "invoice_id", "37: step ask: no such column: currency"),
        ("    over: customer\n", "    over: customers\n", "23: step each_customer goes over customers, which is no query"),
    ],
)  # fmt: skip
def test_what_no_row_has_is_a_fault_at_its_line(told: Lint, before: str, after: str, fault: str) -> None:
    assert HEAD.count(before) == 1

    assert any(line.startswith(fault) for line in told(HEAD.replace(before, after)))


def test_one_broken_query_is_told_once_and_not_again_by_all_that_rests_on_it(told: Lint) -> None:
    assert told(HEAD.replace("AS owner_id", "AS owner_id, nothing_such")) == [
        "17: query item: no such column: nothing_such"
    ]


def test_a_letter_of_ones_own_is_found_in_the_folder_that_is_set(tmp_path: Path) -> None:
    mail = HEAD.partition("fan_out:")[0] + (
        "fan_out:\n  - step: tell\n    kind: email_draft\n    over: customer\n    template: greeting\n    to: ar@example.com\n"
    )
    (tmp_path / "x.yaml").write_text(mail, encoding="utf-8")
    (tmp_path / "mine" / "en").mkdir(parents=True)
    create(tmp_path / "l.db")
    ledger = open_ledger(tmp_path / "l.db", "default")
    try:
        from arctl.services.settings import change_setting

        change_setting(ledger, None, "letters.folder", "mine", Made("2026-06-30 12:00:00", "me"))
        before = lint(ledger, [tmp_path / "x.yaml"])[0].faults
        (tmp_path / "mine" / "en" / "greeting.txt.j2").write_text("Subject: Hello\n", encoding="utf-8")
        after = lint(ledger, [tmp_path / "x.yaml"])[0].faults
    finally:
        ledger.close()

    assert [fault.message for fault in before] == ["step tell: there is no template greeting.txt.j2 among the letters"]
    assert after == ()


def test_contracts_handed_in_together_know_each_other(tmp_path: Path) -> None:
    start = HEAD.replace("workflow_type: nested", "workflow_type: other").partition("fan_out:")[0] + (
        "fan_out:\n  - step: start\n    kind: proposal\n    action_type: write_off\n    title: x\n    starts: nested\n"
        "    inputs: {least: 5}\n"
    )
    (tmp_path / "nested.yaml").write_text(HEAD, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(start, encoding="utf-8")

    alone = lint(None, [tmp_path / "other.yaml"])[0].faults
    together = lint(None, [tmp_path / "other.yaml", tmp_path / "nested.yaml"])

    assert [fault.message for fault in alone] == ["step start starts nested, and there is no such workflow"]
    assert not any(each.faults for each in together)
