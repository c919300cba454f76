"""What a PO# is: one form, whole words, and what only looks like it."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arctl.core.po_number import carries, lookup_key, near, neighbours, po_number, search_keys, slips, words
from tests.aging.conftest import Here, Lay


@pytest.mark.parametrize(
    ("text", "po"),
    [
        ("72622", "72622"), ("PO 72622", "72622"), ("#72622", "72622"), ("1217 / 72622", "72622"), ("1217 /72622", "72622"),
        ("P.O. 72622", "72622"), ("PO# 72622", "72622"), ("po no. 72622", "72622"), (" 72622 ", "72622"),
        ("72622-a", "72622-A"), ("72622\u2013A", "72622-A"), ("\uff17\uff12\uff16\uff12\uff12", "72622"), ("0072622", "0072622"),
        ("PPK-STANDING-26", "PPK-STANDING-26"), ("Blanket 2026", "BLANKET 2026"), ("72622/1", "72622 1"),
        ("PO", "PO"), ("", ""), (" / ", ""), ("#", ""), ("1217 / ", "1217"),
    ],
)  # fmt: skip
def test_one_form_however_it_is_typed(text: str, po: str) -> None:
    assert po_number(text) == po
    assert po_number(po) == po


@pytest.mark.parametrize(
    "text", ["72622", "1217 / 72622", "PO 72622", "#72622", "po#72622", "Freight 72622", "72622/A", "(72622)"]
)
def test_a_whole_word_matches(text: str) -> None:
    assert carries(text, "72622")
    assert carries(text, "72622", free=True)
    assert near(text, "72622") is None


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("172622", "172622"), ("726221", "726221"), ("72622-A", "72622-A"), ("PO72622", "PO72622"), ("0072622", "0072622"),
        ("PO-72622", "PO-72622"), ("72-622", "72-622"), ("72262", "72262"), ("72623", "72623"), ("7262", "7262"),
        ("1217 / 726221", "726221"), ("72.622", "72.622"),
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_similar(text: str, alike: str) -> None:
    assert not carries(text, "72622")
    assert near(text, "72622") == alike


@pytest.mark.parametrize("text", [None, "", "81044", "7262200", "SO-5086", "Freight", "12"])
def test_anything_else_is_neither(text: str | None) -> None:
    assert not carries(text, "72622")
    assert near(text, "72622") is None


def test_several_words_match_as_they_stand_together() -> None:
    assert carries("PO Blanket 2026 rev 2", "BLANKET 2026")
    assert not carries("2026 Blanket", "BLANKET 2026")
    assert not carries("Blanket 2026", "BLANKET"), "a PO# without a number is not named by a text that has one"
    assert carries("verbal", "VERBAL")
    assert not carries("verbal", "VERBAL", free=True), "in a memo a word is just a word"


_texts = st.text(st.sampled_from("0123456789ABcd-#/ .P\u2013\u00e9"), max_size=14)


@given(_texts, _texts, st.booleans())
def test_what_carries_a_po_is_found_under_its_key(text: str, typed: str, free: bool) -> None:
    po = po_number(typed)
    if po and carries(text, po, free):
        assert lookup_key(po) in search_keys(text, free)
        assert set(po.split(" ")) <= set(words(text))


@given(st.text("0123456789", min_size=3, max_size=8), st.text("0123456789", min_size=3, max_size=8))
def test_a_number_alone_carries_itself_and_no_other(text: str, other: str) -> None:
    assert carries(text, po_number(text))
    assert carries(text, po_number(other)) == (text == other)


@given(st.integers(100, 99_999_999).map(str), st.data())
def test_one_slip_of_the_finger_is_offered(po: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(po) - 1))
    digit = data.draw(st.sampled_from("123456789"))
    for typed in (po[:at] + digit + po[at + 1 :], po[:at] + digit + po[at:], digit + po, po + digit):
        if typed != po and not typed.startswith("0"):
            assert typed in {*neighbours(po), *slips(po)}
            assert near(typed, po) == typed


@settings(max_examples=12, deadline=None)
@given(st.lists(_texts.filter(lambda text: text == text.strip() != ""), min_size=30, max_size=30))
def test_the_ledger_finds_what_core_says(texts: list[str]) -> None:
    """SQL reads the plain ones; it must find them under the same keys."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from arctl.store import order_references
    from arctl.store.ledger import create, open_ledger

    with TemporaryDirectory() as folder:
        path = Path(folder) / "books.db"
        create(path)
        ledger = open_ledger(path, "default")
        ledger.connection.execute(
            "INSERT INTO sync_batches VALUES (1, 1, '2026-06-30 06:00:00', 'me', 'here', 'full', NULL)"
        )
        for key, text in enumerate(texts):
            ledger.connection.execute(
                "INSERT INTO erp_transactions (tenant_id, transaction_key, id, type, entity, trandate, otherrefnum, memo,"
                " company_id, batch, closed) VALUES (1, ?, ?, 'SalesOrd', 'C1', '2026-06-01', ?, ?, 1, 1, 0)",
                (key, str(key), text, text[::-1]),
            )
        order_references.fill(ledger.connection, 1, everything=True)
        held: dict[int, set[str]] = {}
        for word, key in ledger.connection.execute("SELECT word, document_key FROM order_references"):
            held.setdefault(key, set()).add(word)
        ledger.close()
    for key, text in enumerate(texts):
        assert held.get(key, set()) == search_keys(text, False) | search_keys(text[::-1], True)


def test_a_sync_keeps_the_words_of_what_it_brings(here: Here, lay: Lay) -> None:
    order = "id,type,entity,trandate,otherrefnum\nSO-1,SalesOrd,C1,2026-06-01,{}\n"
    lay(transactions=order.format("30801"))
    assert here("trace-po", "30801").code == 0
    lay(transactions=order.format("30802"))
    assert here("trace-po", "30802").code == 0
    assert here("trace-po", "30801").code == 2, "the words of an earlier version are held against the document itself"
    with closing(sqlite3.connect(here.db)) as connection:
        found = connection.execute("SELECT word FROM order_references ORDER BY word").fetchall()
    assert found == [("30801",), ("30802",)]
