"""What must hold of dunning for every account and every course of days."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from arctl.core.dunning import PLACED, DunningTerms
from arctl.core.dunning_decision import FLAGS, Outcome, Reason, Verdict, decide
from arctl.core.dunning_facts import Account, Covered, Credit, DunningItem, facts, facts_now
from arctl.core.effects import hash_of
from arctl.core.letter import TIERS
from tests.dunning.diary import DAY, Diary, account, item

COURSES = settings(max_examples=60, deadline=None)
ACCOUNTS = settings(max_examples=200, deadline=None)
_DAYS = 120


@st.composite
def terms(draw: st.DrawFn) -> DunningTerms:
    """Terms whose thresholds rise."""
    first, second, final, agency = sorted(draw(st.sets(st.integers(0, 100), min_size=4, max_size=4)))
    return DunningTerms(
        first, second, final, agency,
        repeat_days=draw(st.integers(1, 30)),
        min_gap_days=draw(st.integers(0, 20)),
        minimum_cents=draw(st.sampled_from([0, 100, 5_000])),
        send_email=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def items(draw: st.DrawFn, around: date = DAY) -> tuple[DunningItem, ...]:
    """Open items due up to 150 days before a day, or as many after it."""
    rows = draw(
        st.lists(st.tuples(st.integers(-150, 150), st.integers(1, 20_000), st.booleans()), min_size=0, max_size=6)
    )
    return tuple(
        item(f"INV-{number}", around + timedelta(days=days), cents, disputed)
        for number, (days, cents, disputed) in enumerate(rows, start=1)
    )


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """An account with a past."""
    open_items = draw(items())
    past = st.integers(0, 60).map(lambda days: (DAY - timedelta(days=days)).isoformat())
    covered = {
        each.key: Covered(draw(st.integers(0, 3)), draw(st.integers(0, 4)), draw(past), draw(st.booleans()))
        for each in open_items
        if draw(st.booleans())
    }
    last = draw(st.none() | past)
    return replace(
        account(*open_items, email=draw(st.sampled_from([None, "ap@birch.example.com"]))),
        terms=replace(draw(terms()), is_active=draw(st.booleans()), placed=draw(st.sampled_from([None, None, *PLACED]))),
        unapplied=tuple(Credit("payment", f"P{cents}", cents) for cents in draw(st.sets(st.integers(-500, 9_000), max_size=2))),
        covered=covered,
        last_contact=last,
        last_contact_here=last,
        contacts=0 if last is None else draw(st.integers(1, 5)),
        last_tier=draw(st.sampled_from([None, *TIERS])),
        promise_broken=draw(st.booleans()),
        snoozed_until=draw(st.none() | st.just((DAY + timedelta(days=3)).isoformat())),
    )  # fmt: skip


@given(accounts())
@ACCOUNTS
def test_every_overdue_account_is_in_the_plan_or_left_out_for_a_reason(of: Account) -> None:
    verdict = decide(of, DAY)
    overdue = [each for each in of.items if each.due_date < DAY.isoformat()]

    assert (verdict.code is Reason.NOT_OVERDUE) == (not overdue)
    assert (verdict.code is None) == (verdict.outcome in (Outcome.LETTER, Outcome.CALL)) == (verdict.tier is not None)
    assert bool(verdict.reason) == (verdict.code is not None)
    assert set(verdict.flags) <= set(FLAGS)
    assert [each.number for each in verdict.items] == [
        each.number for each in sorted(overdue, key=lambda one: (one.due_date, one.invoice_id)) if not each.disputed
    ]


@given(accounts())
@ACCOUNTS
def test_never_more_is_asked_than_is_owed(of: Account) -> None:
    verdict = decide(of, DAY)

    assert 0 <= verdict.asked_cents <= verdict.total_cents == sum(each.outstanding_cents for each in verdict.items)
    if verdict.outcome in (Outcome.LETTER, Outcome.CALL):
        assert verdict.asked_cents >= max(of.terms.minimum_cents, 1)
    if verdict.outcome is Outcome.APPLY_CASH:
        assert verdict.asked_cents == 0
        assert verdict.items


@given(accounts(), st.randoms(use_true_random=False))
@ACCOUNTS
def test_the_same_facts_give_the_same_verdict_in_whatever_order(of: Account, shuffle: Random) -> None:
    turned = list(of.items)
    shuffle.shuffle(turned)
    other = replace(of, items=tuple(turned), covered=dict(reversed(list(of.covered.items()))))

    assert decide(of, DAY) == decide(of, DAY) == decide(other, DAY)


@given(accounts())
@ACCOUNTS
def test_nothing_goes_out_where_it_must_not(of: Account) -> None:
    verdict = decide(of, DAY)

    if of.placed or not of.terms.is_active or of.snoozed_until:
        assert verdict.outcome is Outcome.NONE
        assert not verdict.placement
    if verdict.outcome is Outcome.LETTER:
        assert of.email
        assert of.terms.send_email
    if verdict.placement:
        assert verdict.max_overdue >= of.terms.agency_days


@given(
    items(),
    terms(),
    st.lists(st.sampled_from(["contact", "contact", "refuse", "wait"]), min_size=_DAYS, max_size=_DAYS),
)
@COURSES
def test_never_two_contacts_within_the_gap(
    open_items: tuple[DunningItem, ...], of: DunningTerms, acts: list[str]
) -> None:
    diary = Diary(replace(account(*open_items), terms=of))
    for on, act in zip((DAY + timedelta(days=days) for days in range(_DAYS)), acts, strict=True):
        verdict = diary.morning(on)
        if verdict.tier and act == "contact":
            diary.contacted(verdict, on)
        elif verdict.tier and act == "refuse":
            diary.refused(verdict, on)

    assert all((later - earlier).days >= of.min_gap_days for earlier, later in pairwise(diary.contacts))


@given(items(), terms())
@COURSES
def test_a_debtor_past_the_final_notice_is_never_forgotten(
    open_items: tuple[DunningItem, ...], of: DunningTerms
) -> None:
    """Where every contact that is due is made, the next one comes after repeat_days at the latest (or the gap, if longer)."""
    diary = Diary(replace(account(*open_items), terms=of))
    owing: list[tuple[date, Verdict]] = []
    for on in (DAY + timedelta(days=days) for days in range(_DAYS)):
        verdict = diary.morning(on)
        if verdict.tier:
            diary.contacted(verdict, on)
        owing.append((on, verdict))

    longest = max(of.repeat_days, of.min_gap_days)
    for on, verdict in owing:
        chased = verdict.items and verdict.steps[0].step == 3 and verdict.asked_cents >= max(of.minimum_cents, 1)
        if chased and on >= DAY + timedelta(days=longest):
            assert any(on - timedelta(days=longest) <= contact <= on for contact in diary.contacts)


@given(accounts())
@ACCOUNTS
def test_a_verdict_does_not_rest_on_the_passing_of_days_alone(of: Account) -> None:
    """Facts of the same items are the same on another day, so that a letter can be approved the next morning."""
    verdict = decide(of, DAY)
    before = facts(of, verdict.items)

    assert hash_of(facts_now(of, before["items"])) == hash_of(before)
