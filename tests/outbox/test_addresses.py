"""A customer whose e-mail field holds something else than one address: a call, and no stop for everybody else's letters."""

import pytest

from arctl.core.dunning_decision import UNUSABLE_ADDRESS, Outcome, decide
from tests.dunning.diary import DAY, account, late


@pytest.mark.parametrize(
    "email", ["ap@example.com; boss@example.com", "ap@example.com, boss@example.com", "n/a", "ap@example", " "]
)
def test_what_is_not_one_address_becomes_a_call_and_says_so(email: str) -> None:
    verdict = decide(account(late("INV-1", 40), email=email), DAY)

    assert verdict.outcome is Outcome.CALL
    assert UNUSABLE_ADDRESS in verdict.flags


def test_one_address_is_written_to_and_none_is_called_without_a_flag() -> None:
    written = decide(account(late("INV-1", 40), email="ap@example.com"), DAY)
    called = decide(account(late("INV-1", 40), email=None), DAY)

    assert (written.outcome, called.outcome) == (Outcome.LETTER, Outcome.CALL)
    assert UNUSABLE_ADDRESS not in (*written.flags, *called.flags)
