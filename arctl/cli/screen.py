"""The terminal itself: keys come in one by one, screenfuls go out. Knows nothing of what they mean."""

import os
import select
import signal
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from types import TracebackType

from rich.console import Console
from rich.text import Text

from arctl.core.asking import PASTED
from arctl.render.frame import Frame

if sys.platform != "win32":
    import termios

RESIZED = "resized"
"""What `Terminal.key` returns when the window has another size."""

_ENTER = "\x1b[?1049h\x1b[?2004h\x1b[?25l"  # another screen, bracketed paste, no caret
_LEAVE = "\x1b[?25h\x1b[?2004l\x1b[?1049l"
_BEGIN_FRAME, _END_FRAME = "\x1b[?2026h\x1b[?25l\x1b[H", "\x1b[?2026l"  # drawn at once where the terminal knows how
_ESCAPE_WAIT = 0.05  # seconds: what follows ESC in a sequence comes at once, a person's next key does not
_PASTE_END = "\x1b[201~"
_CONTROLS = {
    "\r": "enter", "\n": "enter", "\t": "tab", "\x7f": "backspace", "\x08": "backspace", "\x07": "ctrl-g", "\x15": "ctrl-u",
    "\x17": "ctrl-w", "\x02": "pgup", "\x06": "pgdn", "\x0e": "down", "\x10": "up", "\x0c": RESIZED,
}  # fmt: skip
_SEQUENCES = {
    "[A": "up", "[B": "down", "[C": "right", "[D": "left", "OA": "up", "OB": "down", "OC": "right", "OD": "left",
    "[H": "home", "[F": "end", "OH": "home", "OF": "end", "[1~": "home", "[4~": "end", "[7~": "home", "[8~": "end",
    "[5~": "pgup", "[6~": "pgdn", "OM": "enter",
}  # fmt: skip
_PLAIN = str.maketrans(
    {"✓": "v", "✗": "x", "─": "-", "│": "|", "…": ".", "·": "-", "−": "-", "↓": "v", "↑": "^", "←": "<", "→": ">"}
)


def can_show() -> bool:
    """Whether stdin and stdout are a terminal that can move its caret."""
    if sys.platform == "win32":
        return False
    streams = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))
    return streams and os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


class Terminal:
    """The terminal as long as it is ours: raw keys, a screen of its own. What was there before comes back at the end."""

    def __init__(self) -> None:
        self._in = sys.stdin.fileno()
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._waiting = ""
        self._plain = "utf" not in (sys.stdout.encoding or "").lower()
        self._console = Console(file=StringIO(), force_terminal=True, markup=False, emoji=False, highlight=False)

    def __enter__(self) -> "Terminal":
        """Take the terminal over."""
        self._before = termios.tcgetattr(self._in)
        self._signals = {
            signal.SIGWINCH: signal.signal(signal.SIGWINCH, lambda *_: None),
            signal.SIGTERM: signal.signal(signal.SIGTERM, signal.default_int_handler),
        }
        self._woken, self._waker = os.pipe()
        for end in (self._woken, self._waker):
            os.set_blocking(end, False)
        self._wakeup = signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back as it was, whatever happened."""
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._signals.items():
            signal.signal(number, handler)
        os.close(self._woken)
        os.close(self._waker)
        self._end()

    def _begin(self) -> None:
        raw = termios.tcgetattr(self._in)
        raw[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
        raw[0] &= ~(termios.IXON | termios.ICRNL)
        raw[6][termios.VSUSP] = b"\0"  # a review is not sent to the background by a slip
        termios.tcsetattr(self._in, termios.TCSADRAIN, raw)
        self._write(_ENTER)

    def _end(self) -> None:
        self._write(_LEAVE)
        termios.tcsetattr(self._in, termios.TCSADRAIN, self._before)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """The terminal as it was before, for another program such as an editor; keys typed ahead of our return are dropped."""
        self._end()
        before = signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is the other program's while it runs
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
            self._begin()
            self.forget()

    def forget(self) -> None:
        """Drop what was typed and not read yet: nothing risky is answered by a key meant for the screen before."""
        termios.tcflush(self._in, termios.TCIFLUSH)
        self._waiting = ""

    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        found = os.get_terminal_size(sys.stdout.fileno())
        return found.columns or 80, found.lines or 24

    def show(self, frame: Frame) -> None:
        """Fill the screen."""
        width, height = self.size()
        rows = [self._styled(line, width) for line in [*frame.lines, *[Text()] * height][:height]]
        out = _BEGIN_FRAME + "\n".join(f"\x1b[2K{row}" for row in rows)
        if frame.caret is not None:
            row, column = frame.caret
            out += f"\x1b[{row + 1};{column + 1}H\x1b[?25h"
        self._write((out.translate(_PLAIN) if self._plain else out) + _END_FRAME)

    def _styled(self, line: Text, width: int) -> str:
        self._console.width = width
        with self._console.capture() as captured:
            self._console.print(line, end="", no_wrap=True, overflow="crop", crop=True)
        return captured.get()

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    def key(self) -> str:
        """The next key: a character, a name such as `enter`, `up`, `esc`, `pasted:…`, or RESIZED. Raises EOFError at its end."""
        while not self._waiting:
            ready = self._wait(None)
            if self._woken in ready:
                with_size = signal.SIGWINCH in os.read(self._woken, 512)
                if with_size:
                    return RESIZED
            if self._in in ready:
                self._read()
        first, self._waiting = self._waiting[0], self._waiting[1:]
        if first == "\x1b":
            return self._escaped()
        return _CONTROLS.get(first, first)

    def _wait(self, seconds: float | None) -> Sequence[int]:
        ready, _, _ = select.select([self._in, self._woken], [], [], seconds)
        return ready

    def _read(self) -> None:
        received = os.read(self._in, 4096)
        if not received:
            raise EOFError
        self._waiting += self._decoder.decode(received)

    def _more(self) -> bool:
        """Whether more of a sequence is there, or comes at once."""
        if not self._waiting and self._in in self._wait(_ESCAPE_WAIT):
            self._read()
        return bool(self._waiting)

    def _escaped(self) -> str:
        if not self._more() or self._waiting[0] not in "[O":
            return "esc"
        length = 1
        while len(self._waiting) > length or self._grown(length):
            length += 1
            if "@" <= self._waiting[length - 1] <= "~":
                break
        sequence, self._waiting = self._waiting[:length], self._waiting[length:]
        if sequence == "[200~":
            return PASTED + self._pasted()
        return _SEQUENCES.get(sequence, "unknown")

    def _grown(self, length: int) -> bool:
        if self._in in self._wait(_ESCAPE_WAIT):
            self._read()
        return len(self._waiting) > length

    def _pasted(self) -> str:
        while _PASTE_END not in self._waiting:
            self._read()
        text, _, self._waiting = self._waiting.partition(_PASTE_END)
        return text
