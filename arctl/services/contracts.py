"""The shelf of contracts: those that ship with arctl and the operator's own, read, found, switched on and off. No SQL."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from arctl import resources
from arctl.core.contract import Contract, Fault, Place
from arctl.core.contract_reading import read
from arctl.errors import BadInput, LedgerError, UnknownId, UsageError
from arctl.services import settings
from arctl.store.books import zone_named
from arctl.store.ledger import Ledger

_TYPE = re.compile(r"^workflow_type:[ \t]*['\"]?([A-Za-z0-9_]+)", re.MULTILINE)
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Held:
    """One file of the shelf. `workflow_type` is told as well as it can be where the file has faults; `own` tells that the
    operator's folder has it. Where there are faults, `contract` is None, and `parts` what could be read in spite of them."""

    workflow_type: str
    path: Path
    own: bool
    contract: Contract | None
    faults: tuple[Fault, ...]
    parts: Contract | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every workflow's file by its type. `clashes` are, by type, second files of one folder that claim it: with one, nobody knows
    which is meant, and none of them runs."""

    held: Mapping[str, Held]
    clashes: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)

    @property
    def contracts(self) -> dict[str, Contract]:
        """Those that may run, by workflow type: they have no faults."""
        return {
            name: each.contract
            for name, each in sorted(self.held.items())
            if each.contract is not None and name not in self.clashes
        }


def load(ledger: Ledger | None, folder: Path | None = None) -> Shelf:
    """All contracts: those shipped, and over them by workflow_type the operator's own.

    `folder` replaces the one that is set; without a ledger and a folder there are only the shipped ones. Raises UsageError
    where the folder is set and cannot be read.
    """
    mine = folder or (settings.folder_setting(ledger, "contracts.folder") if ledger is not None else None)
    held: dict[str, Held] = {}
    clashes: dict[str, tuple[Fault, ...]] = {}
    for each in [*_read_folder(resources.contracts_dir(), own=False), *(_read_folder(mine, own=True) if mine else ())]:
        before = held.get(each.workflow_type)
        if before is not None and before.own == each.own:
            message = f"{before.path.name} is a contract of the type {each.workflow_type} already"
            told = Fault(Place(str(each.path), 1, 1), message)
            clashes[each.workflow_type] = (*clashes.get(each.workflow_type, ()), told)
        else:
            if each.own:
                clashes.pop(each.workflow_type, None)  # whatever the shipped ones say of each other
            held[each.workflow_type] = each
    return Shelf(held, clashes)


def find(ledger: Ledger | None, workflow_type: str, folder: Path | None = None) -> Contract:
    """The contract of a type. Raises UnknownId where there is none, BadInput (exit 3) with every fault where it has some."""
    shelf = load(ledger, folder)
    held = shelf.held.get(workflow_type)
    if held is None:
        close = get_close_matches(workflow_type, shelf.held, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(sorted(shelf.held))}"
        raise UnknownId(f"there is no workflow {workflow_type}", hint)
    refuse([*held.faults, *shelf.clashes.get(workflow_type, ())])
    if held.contract is None:
        raise BadInput(f"{held.path} is no contract", "`arctl contracts lint` tells why")
    return held.contract


def refuse(faults: Sequence[Fault]) -> None:
    """Raises BadInput with every fault on a line of its own, where there are any."""
    if faults:
        lines = "\n".join(f"{fault.place}: {fault.message}" for fault in faults)
        raise BadInput(lines, "contracts/README.md says what a contract may hold; `arctl contracts lint` checks it")


def read_file(path: Path, own: bool = True) -> Held:
    """One file. Raises UsageError where it cannot be read at all."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})", "name a contract's file") from None
    try:
        if len(raw) > _MOST_BYTES:
            raise ValueError("the file is larger than a megabyte")
        text = raw.decode("utf-8")
    except ValueError as wrong:
        reason = "the file is not UTF-8" if isinstance(wrong, UnicodeDecodeError) else str(wrong)
        return Held(path.stem, path, own, None, (Fault(Place(str(path), 1, 1), reason),))
    reading = read(text, str(path), _knows_zone)
    claimed = _TYPE.search(text)
    name = reading.contract.workflow_type if reading.contract else claimed[1] if claimed else path.stem
    return Held(name, path, own, reading.contract, reading.faults, reading.parts)


def _read_folder(folder: Path, own: bool) -> list[Held]:
    try:
        paths = sorted(each for each in folder.iterdir() if each.suffix in (".yaml", ".yml") and each.is_file())
    except OSError as error:
        raise UsageError(
            f"the folder of contracts {folder} cannot be read ({error.strerror})",
            "`arctl config set contracts.folder DIR` names another, `config unset contracts.folder` none",
        ) from None
    return [read_file(path, own) for path in paths]


def _knows_zone(name: str) -> bool:
    try:
        zone_named(name)
    except LedgerError:
        return False
    return True
