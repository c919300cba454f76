"""What a customer's PO# is: reading one out of what people type, and telling it from one that only looks like it. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# A dash, a dot or an underscore inside a word binds (72622-A is another number); everything else separates.
_WORD = re.compile(r"[^\W_]+(?:[-._][^\W_]+)*")
PLAIN = re.compile(r"[A-Za-z]*([1-9][0-9]{2,})")
"""A reference that is a number, with letters before it or without: its group is the one key under which it is found."""
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_VENDOR_AND_PO = re.compile(r"\s+/\s*|/\s+")
_LABELS = frozenset({"PO", "P.O", "PURCHASE", "ORDER", "CUSTOMER", "CUST", "REF", "NO", "NR", "NUM", "NUMBER"})
_TELLING = 3
"""Digits from which on a number tells orders apart; shorter ones are quantities, pallets, sizes."""


def words(text: str | None) -> tuple[str, ...]:
    """The words of a reference in capitals, without `PO`, `No.` and the like, unless it is made of nothing else."""
    if not text:
        return ()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    found = tuple(_WORD.findall(text.upper()))
    return tuple(word for word in found if word not in _LABELS) or found


def po_number(text: str) -> str:
    """The one form of a PO# however it is typed: `72622` for `PO 72622`, `#72622` and `1217 / 72622`; "" where there is none.

    Of two numbers with a slash between blanks the first is a vendor's or our own, and the second the customer's.
    """
    parts = [words(part) for part in _VENDOR_AND_PO.split(text)]
    return " ".join(next(filter(None, reversed(parts)), ()))


@lru_cache(maxsize=256)  # the records of one order bear the same few texts
def carries(text: str | None, po: str, free: bool = False) -> bool:
    """Whether a reference names this PO# (in its one form) as whole words: `PO 72622` does, `72622-A` and `172622` do not.

    A PO# without a number is not named by a text that has one, nor one without any digit by `free` text.
    """
    if not text or not po:
        return False
    if text == po and not free:
        return True
    return f" {po} " in f" {' '.join(words(text))} " and lookup_key(po) in search_keys(text, free)


def near(text: str | None, po: str) -> str | None:
    """The word of a reference that looks like this PO#, and is another one; None where there is none."""
    if not text or carries(text, po):
        return None
    wanted = search_key(po)
    return next((word for word in words(text) if _alike(search_key(word), wanted)), None)


def _alike(key: str, wanted: str) -> bool:
    return key == wanted or key in (wanted[1:], wanted[:-1]) or wanted in (key[1:], key[:-1]) or _one_slip(key, wanted)


def _one_slip(key: str, wanted: str) -> bool:
    """One sign replaced, left out, doubled, or two neighbours swapped."""
    if abs(len(key) - len(wanted)) > 1 or min(len(key), len(wanted)) < _TELLING:
        return False
    begin = next((at for at, pair in enumerate(zip(key, wanted, strict=False)) if pair[0] != pair[1]), None)
    if begin is None:
        return True
    one, other = key[begin:], wanted[begin:]
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return swapped or one[1:] == other[1:] or one[1:] == other or one == other[1:]


def search_key(word: str) -> str:
    """Under what a word is looked up: its digits without leading zeros where it has three, else the word itself.

    What looks alike is so found together: 72622, 72622-A, PO72622 and 0072622.
    """
    digits = "".join(filter(str.isdecimal, word)).lstrip("0")
    return digits if len(digits) >= _TELLING else word


def search_keys(text: str, free: bool) -> set[str]:
    """Under what a reference is found: its numbers; where it has none its words, but of `free` text only those with a digit."""
    if plain := PLAIN.fullmatch(text):  # as most are, and many times as fast
        return {plain[1]}
    found = words(text)
    keys = {key for word in found if _tells(key := search_key(word))}
    return keys or {word for word in found if not free or _numbered(word)}


def _tells(key: str) -> bool:
    return len(key) >= _TELLING and key.isdecimal()


def _numbered(word: str) -> bool:
    return any(map(str.isdecimal, word))


def lookup_key(po: str) -> str:
    """Under which single key every reference that names this PO# is found: that of its most telling word."""
    return max((search_key(word) for word in po.split(" ")), key=lambda key: (_tells(key), _numbered(key), len(key)))


def neighbours(po: str) -> list[str]:
    """Keys of PO#s that contain this one, or that it contains: one digit more or less at either end."""
    key = lookup_key(po)
    if not _tells(key):
        return []
    longer = [f"{digit}{key}" for digit in "123456789"] + [f"{key}{digit}" for digit in "0123456789"]
    shorter = [part for part in (key[1:].lstrip("0"), key[:-1]) if len(part) >= _TELLING]
    return longer + shorter


def slips(po: str) -> list[str]:
    """Keys one slip of the finger away: offered where nothing bears the PO# itself."""
    key = lookup_key(po)
    return [] if not _tells(key) else sorted(set(_slipped(key)) - {key})


def _slipped(key: str) -> Iterator[str]:
    for at in range(len(key)):
        yield key[:at] + key[at + 1 :]
        yield key[:at] + key[at : at + 2][::-1] + key[at + 2 :]
        yield from (key[:at] + digit + key[at + 1 :] for digit in "0123456789")
    for at in range(len(key) + 1):
        yield from (key[:at] + digit + key[at:] for digit in "0123456789")
