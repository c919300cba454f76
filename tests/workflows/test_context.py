"""Looking before deciding: queries, preconditions and conditions, in loops and loops inside loops; and nothing is written."""

from datetime import date

import pytest

from arctl.core.contract import Contract
from arctl.core.planning import decide
from arctl.errors import BadInput
from arctl.services.context import Gathered, gather
from tests.workflows.scene import AT, DAY, LATE, Scene, contract

ITEMS = (
    LATE
    + """
- name: items
  sql: |
    SELECT customer_id AS owner, invoice_id, outstanding_cents FROM open_items
     WHERE tenant_id = :tenant_id AND company_id = :company_id AND day = :as_of ORDER BY invoice_id
"""
)


def look(stage: Scene, made: Contract, on: date = DAY, now: str = AT, least_days: int = 1) -> Gathered:
    return gather(stage.ledger, made, {"least_days": least_days}, stage.company, on, now)


def flags(stage: Scene, made: Contract, least_days: int = 1) -> list[tuple[str | None, str]]:
    gathered = look(stage, made, least_days=least_days)
    return [
        (each.customer_id, str(each.payload["flag"])) for each in decide(made, gathered.facts, {}, stage.writer).effects
    ]


def test_a_loop_is_done_row_by_row_each_step_where_its_condition_holds(stage: Scene) -> None:
    made = contract(
        """
        - step: each
          kind: loop
          over: late
          when: days > 20 OR customer_id = 'C1'
          do:
            - {step: all, kind: flag, customer_id: "{customer_id}", flag: late}
            - {step: long, kind: flag, when: "days > (SELECT min(days) FROM late)", customer_id: "{customer_id}", flag: long}
        """
    )
    assert flags(stage, made) == [("C1", "late"), ("C2", "late"), ("C2", "long"), ("C3", "late"), ("C3", "long")]
    assert flags(stage, made, least_days=100) == [("C3", "late")]


def test_a_step_inside_a_loop_can_take_the_rows_of_another_query(stage: Scene) -> None:
    made = contract(
        """
        - step: each
          kind: loop
          over: late
          do:
            - step: per_item
              kind: loop
              over: items
              when: owner = customer_id
              do:
                - {step: item, kind: flag, customer_id: "{customer_id}", flag: "{invoice_id} of {customer_name}"}
                - {step: big, kind: flag, when: outstanding_cents > 10000, customer_id: "{owner}", flag: "{invoice_id} is big"}
        """,
        context=ITEMS,
    )
    assert flags(stage, made) == [
        ("C1", "I1 of Acme"), ("C2", "I2 of Bolt & Sons"), ("C3", "I3 of Corner Deli"), ("C3", "I3 is big"),
    ]  # fmt: skip


def test_a_step_without_a_query_is_done_once_or_not_at_all(stage: Scene) -> None:
    once = "- {step: x, kind: flag, when: CONDITION, customer_id: C1, flag: seen}"
    assert flags(stage, contract(once.replace("CONDITION", '":least_days = 1"'))) == [("C1", "seen")]
    assert flags(stage, contract(once.replace("CONDITION", '"(SELECT count(*) FROM late) > 3"'))) == []
    assert flags(stage, contract(once.replace("CONDITION", '"NULL"'))) == []


def test_everything_a_run_knows_can_be_named(stage: Scene) -> None:
    made = contract(
        "- {step: x, kind: flag, over: facts, customer_id: C1, flag: '{company} {as_of} {now} {workflow_type} {currency}'}",
        context="- {name: facts, sql: 'SELECT :as_of AS day, :replaying AS past, :least_days AS least, :tenant_id AS tenant'}",
    )
    gathered = look(stage, made, least_days=4)
    (picked,) = gathered.facts.picked["x"]

    assert picked.row == {"day": "2026-06-30", "past": 0, "least": 4, "tenant": 1}
    assert flags(stage, made) == [("C1", "default 2026-06-30 2026-06-30 12:00:00 trial USD")]


@pytest.mark.parametrize(
    ("on", "now", "replaying"),
    [
        (DAY, "2026-07-01 03:59:59", 0),  # in New York it is the 30th for another second
        (DAY, "2026-07-01 04:00:00", 1),
        (date(2026, 6, 29), AT, 1),
    ],
)
def test_a_past_day_is_replayed_by_the_companys_own_date(stage: Scene, on: date, now: str, replaying: int) -> None:
    made = contract("- {step: x, kind: flag, customer_id: C1, flag: seen}")
    assert look(stage, made, on, now).facts.run["replaying"] == replaying


def test_where_a_precondition_blocks_no_row_is_picked(stage: Scene) -> None:
    made = contract(
        "- {step: x, kind: flag, over: late, customer_id: '{customer_id}', flag: seen}",
        preconditions="""
        - {check: never, rule: '0', severity: block, message: not today}
        - {check: odd, rule: '0', severity: warn, message: hm}
        """,
    )
    gathered = look(stage, made)

    assert ([each.name for each in gathered.blocked], [each.name for each in gathered.warned]) == (["never"], ["odd"])
    assert gathered.facts.picked == {}
    assert [(each.phase, each.step, each.status, each.detail) for each in gathered.entries] == [
        ("context", "late", "completed", "3 rows"),
        ("precondition", "never", "blocked", "not today"),
        ("precondition", "odd", "warned", "hm"),
    ]


def test_looking_writes_nothing_and_cannot(stage: Scene) -> None:
    before = list(stage.ledger.connection.iterdump())
    look(stage, contract("- {step: x, kind: flag, over: late, customer_id: '{customer_id}', flag: seen}"))
    for sql in ("DELETE FROM events", "WITH x AS (SELECT 1) INSERT INTO outbox SELECT * FROM x"):
        with pytest.raises(BadInput, match=r"trial\.yaml:\d+:\d+: it does more than read"):
            look(
                stage,
                contract("- {step: x, kind: flag, customer_id: C1, flag: f}", context=f"- {{name: late, sql: {sql}}}"),
            )
    assert list(stage.ledger.connection.iterdump()) == before


def test_only_customers_that_are_named_are_looked_up(stage: Scene) -> None:
    made = contract("- {step: x, kind: flag, over: late, when: days > 100, customer_id: '{customer_id}', flag: f}")
    assert set(look(stage, made).facts.customers) == {"C3"}
    made = contract("- {step: x, kind: flag, customer_id: C2, flag: f}")
    assert look(stage, made).facts.customers["C2"].name == "Bolt & Sons"
