"""A file or folder that appears at its place whole or not at all, and never over another."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from os import link
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from arctl.errors import Refused, UsageError


@contextmanager
def placed(target: Path) -> Iterator[Path]:
    """A path beside the target to write to, moved to it at the end.

    Raises Refused (exit 4) where something is there, UsageError (exit 2) where nothing can be written.
    """
    refuse_taken(target)
    try:
        nest = Path(mkdtemp(prefix=f".{target.name[:50]}.", dir=target.parent))
    except OSError as error:
        raise _cannot(target, error) from error
    try:
        yield nest / "part"
        _move(nest / "part", target)
    except OSError as error:
        if error.errno == ENOSPC:
            raise
        raise _cannot(target, error) from error
    finally:
        rmtree(nest, ignore_errors=True)


def refuse_taken(target: Path) -> None:
    """Raises Refused where something is at the path."""
    if target.exists() or target.is_symlink():
        raise Refused(
            f"{target} exists already, and what was handed out is never overwritten",
            "name another with --to, or move it away",
        )


def _move(part: Path, target: Path) -> None:
    if not part.is_dir():
        try:
            link(part, target)  # unlike a rename it cannot replace what somebody put there meanwhile
        except FileExistsError:
            refuse_taken(target)
        except OSError:  # a file system without links
            refuse_taken(target)
            part.rename(target)
        return
    refuse_taken(target)
    part.rename(target)


def _cannot(target: Path, error: OSError) -> UsageError:
    return UsageError(f"{target} cannot be written ({error.strerror})", "check its folder and the rights on it")
