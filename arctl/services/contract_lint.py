"""Everything that can be wrong with contracts, found without running one: their form, their SQL, and what they say of each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from arctl import resources
from arctl.core.contract import Contract, Fault
from arctl.core.contract_checks import every_step
from arctl.core.contract_reading import in_order
from arctl.services import contracts, settings
from arctl.services.contracts import Held, Shelf
from arctl.store.contract_compile import compile_check
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Linted:
    """One file and its faults, in its order."""

    workflow_type: str
    file: str
    own: bool
    faults: tuple[Fault, ...]


def lint(ledger: Ledger | None, files: Sequence[Path] = ()) -> list[Linted]:
    """Look at the files, or at all contracts that are in force (without a ledger: those shipped).

    Raises UsageError for a file that cannot be read.
    """
    shelf, letters = contracts.load(ledger), _letter_folders(ledger)
    clashing = {fault.place.file: fault for faults in shelf.clashes.values() for fault in faults}
    if files:
        asked = [contracts.read_file(path) for path in files]
        shelf = Shelf({**shelf.held, **{each.workflow_type: each for each in asked}})
    else:
        asked = [*shelf.held.values(), *(contracts.read_file(Path(name)) for name in clashing)]
    return [_linted(each, shelf, letters, clashing.get(str(each.path))) for each in asked]


def _letter_folders(ledger: Ledger | None) -> list[Path]:
    own = settings.folder_setting(ledger, "letters.folder") if ledger is not None else None
    return [*([own] if own is not None else []), resources.contracts_dir() / "letters"]


def _linted(held: Held, shelf: Shelf, letters: Sequence[Path], clash: Fault | None) -> Linted:
    faults = [*held.faults, *([clash] if clash else [])]
    parts = held.contract or held.parts
    if parts is not None:
        faults += [each for each in compile_check(parts) if each not in faults]
        faults += [*_starts(parts, shelf), *_templates(parts, letters)]
    return Linted(held.workflow_type, str(held.path), held.own, in_order(faults))


def _starts(contract: Contract, shelf: Shelf) -> Iterator[Fault]:
    """What a proposal starts must be there, and be given what it asks for."""
    for _, step in every_step(contract):
        name = step.settings.get("starts")
        if not isinstance(name, str):
            continue
        if name not in shelf.held:
            yield Fault(step.place_of("starts"), f"step {step.name} starts {name}, and there is no such workflow")
            continue
        started = shelf.held[name].contract
        given = step.settings.get("inputs", {})
        if started is None or not isinstance(given, dict):
            continue
        wanted = {each.name: each for each in started.inputs}
        for missing in [each.name for each in wanted.values() if each.required and each.name not in given]:
            yield Fault(step.place_of("inputs"), f"step {step.name} starts {name} without its input {missing}")
        for unknown in [each for each in given if each not in wanted]:
            yield Fault(step.place_of(f"inputs.{unknown}"), f"step {step.name}: {name} has no input {unknown}")


def _templates(contract: Contract, folders: Sequence[Path]) -> Iterator[Fault]:
    """A mail is written by a template that is there, in some language."""
    for _, step in every_step(contract):
        name = step.settings.get("template")
        if isinstance(name, str) and not any(any(folder.glob(f"*/{name}.txt.j2")) for folder in folders):
            yield Fault(
                step.place_of("template"), f"step {step.name}: there is no template {name}.txt.j2 among the letters"
            )
