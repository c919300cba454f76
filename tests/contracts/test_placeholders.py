"""Names in braces: what is filled, with which type, and what cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arctl.core.placeholders import UnknownName, fill, names

ROW = {
    "cents": 123456,
    "currency": "USD",
    "name": "A {b} & Co",
    "none": None,
    "tiers": {"firm": "days_60"},
    "yes": True,
}


@pytest.mark.parametrize(
    ("value", "filled"),
    [
        ("{cents}", 123456),
        ("{none}", None),
        ("{tiers}", {"firm": "days_60"}),
        ("{yes}", True),
        ("{cents} cents", "123456 cents"),
        ("{cents:money} {currency}", "1,234.56 USD"),
        ("{cents:money}", "1,234.56"),
        ("[{none}]", "[]"),
        ("{yes}!", "true!"),
        ("a {{brace}}", "a {brace}"),
        ("{name}!", "A {b} & Co!"),
        ({"a": ["{cents}", {"b": "{currency}"}], "{kept}": 5}, {"a": [123456, {"b": "USD"}], "{kept}": 5}),
        (7, 7),
        (None, None),
    ],
)
def test_what_is_filled(value: object, filled: object) -> None:
    assert fill(value, ROW) == filled


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert fill("{c:money}", {"c": 1234, "currency": "JPY"}) == "1,234"
    assert fill("{c:money}", {"c": -1234, "currency": "KWD"}) == "-1.234"


@pytest.mark.parametrize(
    "value", ["{", "}", "a {", "{}", "{ cents }", "{a b}", "{cents:%d}", "{cents:money:x}", "{0}", "{{x}"]
)
def test_braces_that_cannot_be_read(value: str) -> None:
    with pytest.raises(ValueError, match=r"brace|money|no name"):
        fill(value, ROW)
    with pytest.raises(ValueError, match=r"brace|money|no name"):
        names(value)


def test_what_the_row_does_not_have_is_told_by_name() -> None:
    with pytest.raises(UnknownName, match=r"there is no \{email\} here") as told:
        fill({"to": "{email}"}, ROW)
    assert told.value.name == "email"
    with pytest.raises(UnknownName, match="currency"):
        fill("{c:money}", {"c": 1})
    with pytest.raises(ValueError, match="no whole number"):
        fill("{name:money}", ROW)
    with pytest.raises(ValueError, match="no whole number"):
        fill("{yes:money}", ROW)


def test_the_names_of_a_value_are_those_that_filling_asks_for() -> None:
    assert names({"a": "{x} {y:money}", "b": ["{{z}}", "{w}"], "c": 5}) == {"x", "y", "currency", "w"}


@given(st.text(), st.dictionaries(st.sampled_from(["a", "b"]), st.one_of(st.integers(), st.text(), st.none())))
def test_braces_doubled_come_out_as_they_were(text: str, row: dict[str, object]) -> None:
    assert fill(text.replace("{", "{{").replace("}", "}}"), row) == text


@given(st.text())
def test_a_value_is_never_read_again(text: str) -> None:
    assert fill("<{a}>", {"a": text}) == f"<{text}>"
