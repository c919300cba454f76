"""A program in a real pseudo-terminal: keys in, and what its screen shows then."""

import re
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import pexpect

from tests.conftest import process_environment

_CODE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"
_WAIT_SECONDS = 20
UP, DOWN, RIGHT, LEFT, ESC, ENTER, PAGE_DOWN = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b", "\r", "\x1b[6~"


def _hear_ctrl_c() -> None:
    """A test started in the background ignores Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Driven:
    """A running program; `said` is all that came from it so far."""

    def __init__(
        self, arguments: list[str], columns: int = 80, rows: int = 24, env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:  # fmt: skip
        self.said = ""
        self.child = pexpect.spawn(
            sys.executable, arguments, dimensions=(rows, columns), encoding="utf-8", codec_errors="replace",
            env=process_environment({"TERM": "xterm-256color", **(env or {})}), cwd=None if cwd is None else str(cwd),
            preexec_fn=_hear_ctrl_c,
        )  # fmt: skip
        self.child.delaybeforesend = None

    def __enter__(self) -> "Driven":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.child.close(force=True)

    @property
    def frame(self) -> list[str]:
        """The lines of the screen as it was last drawn whole, without their styles."""
        last = self.said.rpartition(_END)[0].rpartition(_BEGIN)[2]
        return [line.rstrip() for line in _CODE.sub("", last).split("\r\n")]

    def press(self, *keys: str, sees: str = "") -> None:
        """Type, and wait until a screen drawn since then shows a text; with an empty one wait for nothing."""
        drawn = self.said.count(_END)
        self.child.send("".join(keys))
        if sees:
            self._until(lambda: self.said.count(_END) > drawn and sees in "\n".join(self.frame), sees)

    def sees(self, text: str) -> None:
        """Wait until the screen shows a text."""
        self._until(lambda: text in "\n".join(self.frame), text)

    def end(self) -> int:
        """Wait for the end of the program; its exit code."""
        self._until(lambda: not self.child.isalive(), "its end")
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -(self.child.signalstatus or 0))

    @property
    def after(self) -> list[str]:
        """What was printed after the last screen was left."""
        return [line.rstrip() for line in _CODE.sub("", self.said.rpartition("\x1b[?1049l")[2]).splitlines()]

    @property
    def outside(self) -> list[str]:
        """All that was printed outside the screens of its own, as it stays in the terminal."""
        rest = re.sub(r"\x1b\[\?1049h.*?\x1b\[\?1049l", "", self.said, flags=re.DOTALL)
        return [line.rstrip() for line in _CODE.sub("", rest).splitlines()]

    def _until(self, holds: object, what: str) -> None:
        assert callable(holds)
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            ended = self._read()
            if holds():
                return
            if ended:
                break
        shown = "\n".join(self.frame)
        raise AssertionError(f"never saw {what!r}; the screen:\n{shown}\n(all: {self.said[-2000:]!r})")

    def _read(self) -> bool:
        try:
            self.said += self.child.read_nonblocking(65536, timeout=0.05)
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            self.child.wait()
            return True
        return False
