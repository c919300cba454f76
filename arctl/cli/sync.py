"""`arctl sync`: parse, sync the folder, show what changed and what could not land."""

import sys
from contextlib import ExitStack
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from arctl.cli.context import Globals, globals_of, notify
from arctl.cli.options import Format, JsonFlag, OutputFormat, resolve_format
from arctl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from arctl.core.sync_report import SyncReport
    from arctl.services.sync import SyncRequest


class Tier(StrEnum):
    """Which tables change often."""

    HOT = "hot"
    COLD = "cold"


def command(
    ctx: typer.Context,
    source: Annotated[Path, typer.Option("--from", metavar="DIR", help="The folder of CSV files.")],
    full: Annotated[bool, typer.Option("--full", help="The files are the whole truth: close what they lack.")] = False,
    accept: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="With --full: why a file may lack over 20 % of its rows."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Land nothing if any row is rejected.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would happen and land nothing.")] = False,
    sync_type: Annotated[str, typer.Option("--type", metavar="NAME", help="What sync_log calls this sync.")] = "manual",
    tier: Annotated[Tier | None, typer.Option(help="Only the tables that change often, or only the others.")] = None,
    table: Annotated[
        list[str] | None, typer.Option("--table", metavar="T", help="Only this table; may be repeated.")
    ] = None,
    row_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Only this document of the one --table.")
    ] = None,
    format: Format = None,
    json_flag: JsonFlag = False,
) -> ExitCode:
    """Bring the mirror up to date from a folder of CSV files: all of it, or nothing."""
    from arctl.services.sync import SyncRequest, check

    options, form = globals_of(ctx), resolve_format(format, json_flag)
    request = SyncRequest(
        source.expanduser(), full, strict, dry_run, _said(accept, "--accept"), _said(sync_type, "--type") or "manual",
        tier or "all", tuple(dict.fromkeys(table or ())), row_id, options.actor,
    )  # fmt: skip
    if request.accept is not None and not full:
        raise UsageError("--accept answers a question that only --full asks", "add --full, or leave it out")
    check(request)
    report, ending = _sync(options, request, with_ending=form is OutputFormat.TABLE)
    _write(options, report, ending, form)
    return ExitCode.BAD_INPUT if report.rejects else ExitCode.DONE


def _said(text: str | None, option: str) -> str | None:
    if text is not None and not text.strip():
        raise UsageError(f"{option} is empty", "give it a value or leave it out")
    return None if text is None else text.strip()


def _sync(options: Globals, request: "SyncRequest", with_ending: bool) -> tuple["SyncReport", list[str]]:
    from arctl.render.progress import progress
    from arctl.services.books import companies_of, company_of, ensure_ledger
    from arctl.services.sync import holdings, sync_folder

    with ExitStack() as resources:
        db, made = options.db, not options.db.exists()
        if made and request.dry_run:  # a dry run leaves nothing behind, not even an empty ledger
            db = Path(resources.enter_context(TemporaryDirectory())) / db.name
        ledger = ensure_ledger(db, options.tenant, options.company)
        resources.callback(ledger.close)
        company = company_of(ledger, options.company) or companies_of(ledger, None)[0]
        bars = resources.enter_context(progress(sys.stderr, options.quiet))
        report = sync_folder(ledger, replace(request, company=company.company_id), options.now, bars)
        return report, _ending(options, report, holdings(ledger)) if with_ending else []


def _ending(options: Globals, report: "SyncReport", held: dict[str, int]) -> list[str]:
    from arctl.render.sync import holdings_line

    match report.status:
        case "dry_run":
            return ["Next: the same command without --dry-run."]
        case "refused":
            return ["Next: correct the rows, or leave out --strict to land the others."]
        case _:
            return [holdings_line(str(options.db), held), "Next: arctl age"]


def _write(options: Globals, report: "SyncReport", ending: list[str], form: OutputFormat) -> None:
    from arctl.render import sync as screen
    from arctl.render.tables import write_json

    match form:
        case OutputFormat.JSON:
            write_json(screen.sync_json(report), sys.stdout)
        case OutputFormat.MD:
            screen.write_sync_markdown(report, sys.stdout)
        case OutputFormat.CSV:
            screen.write_sync_csv(report, sys.stdout)
            for notice in report.notices:
                notify(options, f"note: {notice}")
            if report.rejects:
                notify(options, f"note: {report.rejected} rows rejected; --json lists them")
        case OutputFormat.TABLE:
            screen.write_sync_screen(report, ending, sys.stdout)
