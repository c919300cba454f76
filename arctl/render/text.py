"""Text from outside made safe to show: nothing in a name may move the cursor, break a line or turn it around."""

_WHITE = dict.fromkeys(map(ord, "\t\n\r\v\f\x85\u2028\u2029"), " ")
_CONTROL = {code: chr(0x2400 + code) for code in range(0x20)}  # U+2400 block: visible pictures of the controls
# C1 controls (0x9b starts an escape sequence of its own), marks that reorder a line, and invisible signs
_INVISIBLE = dict.fromkeys(
    [*range(0x80, 0xA0), 0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF],
    "\ufffd",
)
_SURROGATE = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # bytes of a command line that were not UTF-8
_SHOWN: dict[int, str] = {**_SURROGATE, **_INVISIBLE, **_CONTROL, 0x7F: "\u2421", **_WHITE}


def visible(text: str) -> str:
    """The text on one line, every control character harmless: white space is a space, ESC is ␛, others a sign."""
    # isprintable runs in C and is true of nearly every cell; it is false for all that the table holds
    return text if text.isprintable() else text.translate(_SHOWN)
