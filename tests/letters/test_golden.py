"""Every letter and message as it goes out, to the letter. `python -m tests.letters.requests` writes the files anew."""

import re

import pytest

from arctl.core.letter import Letter
from tests.letters.requests import GOLDEN, letters, written

ALL = dict(letters())


@pytest.mark.parametrize("name", ALL)
def test_a_letter_is_the_one_that_was_agreed_on(name: str) -> None:
    text, html = written(ALL[name])

    assert text == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert html == (GOLDEN / f"{name}.html").read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.{form}" for name in ALL for form in ("txt", "html")}


_NEVER = re.compile(
    r"\b(interest|fees?|surcharge|penalty|charges?|lawsuit|attorney|court|legal|criminal|police|credit (bureau|rating)|sue)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("letter", ALL.values(), ids=list(ALL))
def test_no_letter_adds_a_charge_or_threatens(letter: Letter) -> None:
    assert _NEVER.findall(f"{letter.subject} {letter.text} {letter.html}") == []
