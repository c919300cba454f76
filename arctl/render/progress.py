"""How far a long act has come: a bar on stderr where a person watches, nothing anywhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from arctl.render.text import visible

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Progress(Protocol):
    """What a service is handed; it need not import this, any object with this method will do."""

    def step(self, label: str, done: int, total: int | None) -> None:
        """`label` has come to `done` of `total` units (None: unknown). To be called per thousand rows, not per row."""


class Silent:
    """Shows nothing: not a terminal, or --quiet."""

    def step(self, label: str, done: int, total: int | None) -> None:
        """Say nothing."""


class Bars:
    """One bar per label, drawn from the first step on and gone at the end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bars: RichProgress | None = None
        self._tasks: dict[str, TaskID] = {}

    def step(self, label: str, done: int, total: int | None) -> None:
        """Draw the bar of `label`; a label seen for the first time starts one."""
        if self._bars is None:
            self._bars = _started(self._stream)
        if label not in self._tasks:
            self._tasks[label] = self._bars.add_task(visible(label), total=total)
        self._bars.update(self._tasks[label], completed=done, total=total)

    def close(self) -> None:
        """Take the bars off the screen."""
        if self._bars is not None:
            self._bars.stop()


def _started(stream: TextIO) -> "RichProgress":
    from rich.console import Console  # rich costs 50 ms: not for an act that reports no step
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    bars = RichProgress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(file=stream, markup=False, emoji=False, highlight=False),
        transient=True,
    )
    bars.start()
    return bars


@contextmanager
def progress(stream: TextIO, quiet: bool = False) -> Iterator[Progress]:
    """Report to `stream` (stderr) where it is a terminal and not `quiet`; the bars vanish at the end."""
    if quiet or not stream.isatty():
        yield Silent()
        return
    bars = Bars(stream)
    try:
        yield bars
    finally:
        bars.close()
