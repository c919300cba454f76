"""Files that orders come in: which there are, their bytes and their text. Reads no order."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from arctl.errors import BadInput

_MOST_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class OrderFile:
    """One file: its name, its SHA-256, and its text; `unreadable` says why there is none."""

    name: str
    sha256: str
    text: str
    unreadable: str = ""


def order_files(path: Path) -> Iterator[OrderFile]:
    """The file, or every file of the folder by name; hidden ones and folders inside are left alone. Raises BadInput."""
    if path.is_dir():
        found = sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
        if not found:
            raise BadInput(f"the folder {path} holds no file", "name the folder, or the file, that holds the orders")
        return map(_read, found)
    if not path.exists():
        raise BadInput(f"there is no file {path}", "name the file, or a folder of files, that holds the orders")
    return iter([_read(path)])


def _read(path: Path) -> OrderFile:
    try:
        if path.stat().st_size > _MOST_BYTES:
            return OrderFile(path.name, "", "", f"is larger than {_MOST_BYTES:,} bytes")
        content = path.read_bytes()
    except OSError as failed:
        raise BadInput(f"{path} cannot be read: {failed.strerror}", "check the file and its permissions") from failed
    hashed = hashlib.sha256(content).hexdigest()
    try:
        return OrderFile(path.name, hashed, content.decode("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        return OrderFile(path.name, hashed, "", f"is not UTF-8 (byte {wrong.start + 1})")
