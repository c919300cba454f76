"""What explains a difference to the general ledger: facts always, possible causes only to the cent."""

from hypothesis import given
from hypothesis import strategies as st

from arctl.core.control import Control, ControlDocument, ControlFacts, explained


def _document(number: str, cents: int) -> ControlDocument:
    return ControlDocument("payment", number, cents)


def _explaining(control: Control) -> set[str]:
    return {line.code for line in control.lines if line.explains and line.documents}


LATER = ControlFacts(posted_later=[_document("L", -300)])
POSSIBLE = ControlFacts(deposits=[_document("D", 200), _document("E", 50)], voided_since=[_document("V", -70)])


def test_equal_balances_agree_whatever_could_explain_a_difference() -> None:
    control = explained(1000, 1000, POSSIBLE)
    assert (control.difference, control.unexplained, _explaining(control), control.ok) == (0, 0, set(), True)


def test_posting_periods_always_count() -> None:
    control = explained(700, 1000, LATER)
    assert (control.difference, control.unexplained, _explaining(control)) == (-300, 0, {"posted_later"})
    agreeing = explained(1000, 1000, LATER)
    assert (agreeing.difference, agreeing.unexplained, agreeing.ok) == (0, 300, False)


def test_a_possible_cause_counts_whole_or_not_at_all() -> None:
    for gl, causes, rest in (
        (1250, {"deposits"}, 0),
        (930, {"voided_since"}, 0),
        (1180, {"deposits", "voided_since"}, 0),
        (1200, set(), 200),  # a single deposit would do, but then why not the other
        (1251, set(), 251),
    ):
        control = explained(gl, 1000, POSSIBLE)
        assert (_explaining(control), control.unexplained) == (causes, rest)


def test_the_fewest_causes_are_named() -> None:
    facts = ControlFacts(deposits=[_document("D", 100)], voided_since=[_document("V", 100)])
    assert _explaining(explained(1100, 1000, facts)) == {"deposits"}


def test_a_document_explains_once() -> None:
    deposit = _document("D", 100)
    facts = ControlFacts(posted_later=[deposit], deposits=[deposit], voided_since=[deposit])
    control = explained(1100, 1000, facts)
    assert control.ok
    assert [(line.code, line.cents) for line in control.lines] == [
        ("posted_later", 100),
        ("posted_before", 0),
        ("deposits", 0),
        ("voided_since", 0),
    ]


_DOCUMENTS = st.lists(st.builds(_document, st.sampled_from("ABCDEFGH"), st.integers(-500, 500)), max_size=4)


@given(st.integers(-2000, 2000), st.integers(-2000, 2000), st.builds(ControlFacts, *[_DOCUMENTS] * 4))
def test_what_is_explained_and_what_is_not_make_up_the_difference(gl: int, net: int, facts: ControlFacts) -> None:
    control = explained(gl, net, facts)
    explaining = sum(line.cents for line in control.lines if line.explains)
    assert explaining + control.unexplained == control.difference == gl - net
    assert control.ok == (control.unexplained == 0)
    if not control.ok:
        assert _explaining(control) <= {"posted_later", "posted_before"}
