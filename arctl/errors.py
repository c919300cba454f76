"""The errors an operator can meet, each with its exit code and a hint."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit status means; the table stands in the README too."""

    DONE = 0
    CHECK_FAILED = 1
    USAGE = 2
    BAD_INPUT = 3
    REFUSED = 4
    LEDGER = 5
    OUTSIDE = 6
    INTERNAL = 70
    INTERRUPTED = 130


class ArctlError(Exception):
    """One clear line for the operator: what and where, and in `hint` what to do next."""

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class CheckFailed(ArctlError):
    """A control did not hold: tie-out, verify, doctor, integrity."""

    exit_code = ExitCode.CHECK_FAILED


class UsageError(ArctlError):
    """The command line asks for something that cannot be."""

    exit_code = ExitCode.USAGE


class UnknownId(UsageError):
    """An invoice, customer, batch or setting that the ledger does not hold."""


class BadInput(ArctlError):
    """A file cannot be read as what it claims to be."""

    exit_code = ExitCode.BAD_INPUT


class Refused(ArctlError):
    """A control refuses the act until a person decides otherwise."""

    exit_code = ExitCode.REFUSED


class LedgerError(ArctlError):
    """The ledger is locked, corrupt, too new, not there, or the disk is full."""

    exit_code = ExitCode.LEDGER


class OutsideError(ArctlError):
    """The network, the ERP or the mail server failed."""

    exit_code = ExitCode.OUTSIDE
