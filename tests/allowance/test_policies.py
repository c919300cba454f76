"""Policies as they are made and decided, at the service: two people, which the command line cannot show with one account."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arctl.core.acting import Acting
from arctl.core.allowance import Method, Terms, estimate, policy_facts
from arctl.errors import Refused, UnknownId, UsageError
from arctl.services import allowance
from arctl.store import allowance as store
from tests.aging.books import Books, empty_books
from tests.allowance.books import CHECKER, MAKER, approved, drafted

JUNE = date(2026, 6, 1)


@pytest.fixture
def books() -> Iterator[Books]:
    with empty_books() as made:
        yield made


def test_two_people_bring_a_policy_into_force(books: Books) -> None:
    ledger = books.ledger
    company = allowance.one_company(ledger, None)
    version = drafted(ledger, JUNE).version
    assert allowance.submit(ledger, None, version, MAKER).status == "pending_approval"
    with pytest.raises(Refused):
        allowance.require_in_force(ledger, company, JUNE)
    decided = allowance.approve(ledger, None, version, CHECKER, self_approve=False, reason=None)
    assert (decided.status, decided.before) == ("approved", None)
    policy = allowance.require_in_force(ledger, company, JUNE)
    assert policy == decided.policy
    assert (policy.approved_by, policy.approved_os_user, policy.self_approved) == ("ben", "u-ben", False)
    assert estimate(policy, (100000, 0, 0, 0, 100000), 0) == 51000
    with pytest.raises(Refused, match="no approved allowance policy in force on 2026-05-31"):
        allowance.require_in_force(ledger, company, JUNE - timedelta(days=1))


@pytest.mark.parametrize(
    "checker",
    [
        replace(CHECKER, actor="amy"),
        replace(CHECKER, actor="AMY"),
        replace(CHECKER, os_user="u-amy"),
        MAKER,
    ],
    ids=["same name", "same name in capitals", "same account", "both"],
)
def test_ones_own_needs_self_approval_with_a_reason(books: Books, checker: Acting) -> None:
    version = drafted(books.ledger, JUNE).version
    allowance.submit(books.ledger, None, version, MAKER)
    with pytest.raises(Refused, match="who makes a policy does not approve it"):
        allowance.approve(books.ledger, None, version, checker, self_approve=False, reason="because")
    for reason in (None, " "):
        with pytest.raises(UsageError, match="--self-approve needs its reason"):
            allowance.approve(books.ledger, None, version, checker, self_approve=True, reason=reason)
    made = allowance.approve(books.ledger, None, version, checker, self_approve=True, reason="nobody else here")
    assert (made.policy.self_approved, made.policy.reason) == (True, "nobody else here")


def test_self_approve_by_somebody_else_is_no_self_approval(books: Books) -> None:
    version = drafted(books.ledger, JUNE).version
    allowance.submit(books.ledger, None, version, MAKER)
    made = allowance.approve(books.ledger, None, version, CHECKER, self_approve=True, reason="to be safe")
    assert made.policy.self_approved is False


def test_who_submits_may_approve_what_another_made(books: Books) -> None:
    version = drafted(books.ledger, JUNE).version
    allowance.submit(books.ledger, None, version, CHECKER)
    assert allowance.approve(books.ledger, None, version, CHECKER, False, None).status == "approved"


def test_decisions_out_of_turn_are_refused_and_leave_nothing(books: Books) -> None:
    ledger = books.ledger
    version = drafted(ledger, JUNE).version
    with pytest.raises(Refused, match="nobody submitted"):
        allowance.approve(ledger, None, version, CHECKER, False, None)
    allowance.submit(ledger, None, version, MAKER)
    with pytest.raises(Refused, match="was submitted by amy"):
        allowance.submit(ledger, None, version, MAKER)
    allowance.reject(ledger, None, version, MAKER, "a slip")
    turned_down = r"was rejected by amy on 2026-06-01 09:00:00"
    with pytest.raises(Refused, match=turned_down):
        allowance.submit(ledger, None, version, MAKER)
    with pytest.raises(Refused, match=turned_down):
        allowance.approve(ledger, None, version, CHECKER, False, None)
    with pytest.raises(Refused, match=turned_down):
        allowance.reject(ledger, None, version, CHECKER, "twice")
    with pytest.raises(UnknownId):
        allowance.submit(ledger, None, 2, MAKER)
    assert books.rows("SELECT event_type FROM events ORDER BY seq") == [
        ("aging.allowance_drafted",), ("aging.allowance_submitted",), ("aging.allowance_rejected",),
    ]  # fmt: skip
    assert [each.status for each in allowance.shown(ledger, None, version).decisions] == [
        "pending_approval",
        "rejected",
    ]


def test_every_step_is_an_event_with_the_whole_policy(books: Books) -> None:
    policy = approved(books.ledger, JUNE)
    rows = books.rows(
        "SELECT event_type, entity_type, entity_id, actor, recorded_at, payload_json ->> '$.policy.days_90_plus_bp',"
        " payload_json ->> '$.decision.os_user' FROM events ORDER BY seq"
    )
    assert rows == [
        ("aging.allowance_drafted", "allowance_config", "1", "amy", MAKER.at, 5000, None),
        ("aging.allowance_submitted", "allowance_config", "1", "amy", MAKER.at, 5000, "u-amy"),
        ("aging.allowance_approved", "allowance_config", "1", "ben", CHECKER.at, 5000, "u-ben"),
    ]
    assert policy_facts(policy)["expiry_date"] is None


def test_a_successor_ends_its_predecessor_and_says_so(books: Books) -> None:
    ledger = books.ledger
    company = allowance.one_company(ledger, None)
    first = approved(ledger, JUNE)
    second = drafted(ledger, date(2026, 7, 1), Terms(Method.PERCENTAGE_OF_AR, flat_bp=250))
    allowance.submit(ledger, None, second.version, MAKER)
    decided = allowance.approve(ledger, None, second.version, CHECKER, False, None)
    assert decided.before is not None
    assert decided.before.version == first.version
    assert allowance.require_in_force(ledger, company, date(2026, 6, 30)).end_date == "2026-07-01"
    assert allowance.require_in_force(ledger, company, date(2026, 7, 1)).version == second.version
    # An earlier one, approved later, takes the days before the first and nothing after.
    earlier = approved(ledger, date(2026, 5, 1))
    assert earlier.end_date == "2026-06-01"


def test_policies_are_a_companys_own(books: Books) -> None:
    ledger = books.ledger
    ledger.connection.execute(
        "INSERT INTO companies (tenant_id, company_id, name, base_currency, time_zone) VALUES (1, 2, 'north', 'USD', 'UTC')"
    )
    with pytest.raises(UsageError, match="there are several: default, north"):
        allowance.one_company(ledger, None)
    policy = approved(ledger, JUNE, company="north")
    assert allowance.require_in_force(ledger, allowance.one_company(ledger, "north"), JUNE) == policy
    with pytest.raises(Refused, match="company default has no approved"):
        allowance.require_in_force(ledger, allowance.one_company(ledger, "default"), JUNE)
    with pytest.raises(UnknownId, match="no allowance version 1 of company default"):
        allowance.shown(ledger, "default", 1)


_step = st.tuples(st.integers(0, 20), st.none() | st.integers(1, 12), st.sampled_from(["approve", "reject", "wait"]))


@settings(max_examples=25, deadline=None)
@given(st.lists(_step, max_size=8))
def test_on_any_day_at_most_one_version_is_in_force_and_it_is_the_right_one(
    steps: list[tuple[int, int | None, str]],
) -> None:
    with empty_books() as made:
        known = []
        for start, length, what in steps:
            effective = JUNE + timedelta(days=start)
            expires = effective + timedelta(days=length) if length else None
            version = drafted(made.ledger, effective, expires=expires).version
            allowance.submit(made.ledger, None, version, MAKER)
            if what == "approve":
                allowance.approve(made.ledger, None, version, CHECKER, False, None)
                known.append((effective, version, expires))
            elif what == "reject":
                allowance.reject(made.ledger, None, version, CHECKER, "no")
        for offset in range(-1, 36):
            day = JUNE + timedelta(days=offset)
            # by the rule: of those that have begun, the one that began last (of two on one day the one approved later)
            begun = [each for each in sorted(known, key=lambda each: each[:2]) if each[0] <= day]
            last = begun[-1] if begun else None
            wanted = last[1] if last and (last[2] is None or day < last[2]) else None
            found = made.rows(
                "SELECT config_id FROM allowance_in_force WHERE effective_date <= ?1 AND (end_date IS NULL OR end_date > ?1)",
                day.isoformat(),
            )
            assert found == ([] if wanted is None else [(wanted,)])
            policy = store.in_force(made.ledger.connection, made.ledger.tenant_id, 1, day.isoformat())
            assert (policy.version if policy else None) == wanted
