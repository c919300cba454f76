"""What became of the orders of a file, for whoever shows it. Pure."""

from dataclasses import dataclass

from arctl.core.intake import Checked, Unfit


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What became of the orders of a file or folder. `run_id` and `envelope` are None where nothing was staged."""

    source: str
    as_of: str
    company: str
    run_id: int | None
    envelope: int | None
    expires_on: str | None
    staged: tuple[Checked, ...]
    refused: tuple[Unfit, ...]
    dry_run: bool
