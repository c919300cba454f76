"""`arctl snapshot list | show | diff | export`: month-end evidence that stands."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date as date_type
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from arctl.cli.context import globals_of, notify
from arctl.cli.options import Format, JsonFlag, OutputFormat, resolve_date, resolve_format
from arctl.core.shelf import Shown
from arctl.errors import CheckFailed, UsageError
from arctl.services import snapshot_shelf as service
from arctl.services.books import local_date
from arctl.services.snapshot import one_company
from arctl.store.books import Company
from arctl.store.ledger import Ledger, open_ledger

Day = Annotated[str, typer.Argument(metavar="D", help="The day of the evidence.", show_default=False)]
Revision = Annotated[
    int | None,
    typer.Option("--revision", metavar="N", min=1, help="An earlier revision.", show_default="the highest"),
]


class ExportFormat(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"
    CONTENT = "content"


@contextmanager
def _evidence_of(ctx: typer.Context, *days: str) -> Iterator[tuple[Ledger, Company, list[date_type]]]:
    """The ledger, the company, and the days that arguments name."""
    options = globals_of(ctx)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = one_company(ledger, options.company)
        today = local_date(company.time_zone, options.now())
        yield ledger, company, [resolve_date(day, today, "the day") for day in days]


def list_(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Superseded revisions and purged sets too.")] = False,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Which evidence there is, of each company or of the global --company."""
    from arctl.render import snapshot_shelf as render

    options = globals_of(ctx)
    shape = resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        found = service.shelf(ledger, options.company, everything)
    if shape is OutputFormat.JSON:
        render.write_shelf_json(found, sys.stdout)
    elif shape is OutputFormat.CSV:
        render.write_shelf_csv(found, sys.stdout)
    else:
        render.write_shelf(found, shape is OutputFormat.MD, sys.stdout)


def show(
    ctx: typer.Context,
    date: Day,
    revision: Revision = None,
    lines: Annotated[bool, typer.Option("--lines", help="Every open item and credit too.")] = False,
    customer: Annotated[
        str | None,
        typer.Option("--customer", metavar="ID", help="Only this customer; the sums stay.", show_default="every one"),
    ] = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Show evidence as it was written: sums, customers with the most overdue first, tie-out, reconciling items."""
    from arctl.render import snapshot_shelf as render

    shape = resolve_format(format, json)
    with _evidence_of(ctx, date) as (ledger, company, (day,)):
        found = service.show(ledger, company, day, revision, lines=lines, customer=customer)
    if shape is OutputFormat.JSON:
        render.write_shown_json(found, lines, sys.stdout)
    elif shape is OutputFormat.CSV:
        render.write_shown_csv(found, lines, sys.stdout)
    else:
        render.write_shown(found, lines, shape is OutputFormat.MD, sys.stdout)


def diff(
    ctx: typer.Context,
    first: Annotated[str, typer.Argument(metavar="D1", help="The day of the evidence.", show_default=False)],
    second: Annotated[
        str | None, typer.Argument(metavar="D2", help="Another day of evidence.", show_default=False)
    ] = None,
    revisions: Annotated[
        tuple[int, int] | None,
        typer.Option("--revisions", metavar="N M", help="Two revisions of D1 instead.", show_default=False),
    ] = None,
    items: Annotated[bool, typer.Option("--items", help="Each item and credit that differs too.")] = False,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Compare evidence of two days, or two revisions of one: each sum, and item by item.

    Exit 1 where the items do not make up the change of the sums.
    """
    from arctl.render import snapshot_diff as render

    if (second is None) == (revisions is None):
        raise UsageError(
            "compare two days, or two revisions of one",
            "write `snapshot diff D1 D2`, or `snapshot diff D --revisions 1 2`",
        )
    shape = resolve_format(format, json)
    with _evidence_of(ctx, first, second or first) as (ledger, company, (begin, end)):
        low, high = revisions or (None, None)
        found = service.compare(ledger, company, (begin, low), (end, high))
    if shape is OutputFormat.JSON:
        render.write_comparison_json(found, items, sys.stdout)
    elif shape is OutputFormat.CSV:
        render.write_comparison_csv(found, items, sys.stdout)
    else:
        render.write_comparison(found, items, shape is OutputFormat.MD, sys.stdout)
    if found.unexplained:
        raise CheckFailed(
            "the items and credits do not make up the change between the two sets of evidence",
            "rows of one were changed by hand: run `arctl integrity`",
        )


def export(
    ctx: typer.Context,
    date: Day,
    to: Annotated[
        Path, typer.Option("--to", metavar="PATH", help="Where it is written; must not exist.", show_default=False)
    ],
    format: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            help="csv is a folder of files; content is the text that was hashed.",
            show_default="by the ending of PATH, else csv",
        ),
    ] = None,
    revision: Revision = None,
) -> None:
    """Hand evidence out: lines, credits, customers, tie-out, parameters, the policy and its approval, hashes.

    The rows are held against the content hash first: exit 1 where they do not give it, and nothing is written.
    """
    from arctl.render.placed import refuse_taken

    shape = format or _by_ending(to)
    write = _writer(shape)
    refuse_taken(to)
    with _evidence_of(ctx, date) as (ledger, company, (day,)):
        found = service.export(ledger, company, day, revision)
    write(found, to)
    row = found.taken.set
    print(to)
    notify(
        globals_of(ctx),
        f"evidence of {row.snapshot_date}, revision {row.revision}: {row.lines} open items, content {row.content_hash}",
    )


def _writer(shape: ExportFormat) -> Callable[[Shown, Path], None]:
    """What writes a form. Raises UsageError for a workbook where the library for it is not installed."""
    if shape is ExportFormat.XLSX:
        try:
            from arctl.render.workbook import write_workbook
        except ModuleNotFoundError as missing:
            if missing.name != "xlsxwriter":
                raise
            raise UsageError(
                "an Excel workbook takes xlsxwriter, which is not installed", "run: pip install 'arctl[xlsx]'"
            ) from None
        return write_workbook
    from arctl.render import snapshot_export as render

    return {
        ExportFormat.CSV: render.write_csv_folder,
        ExportFormat.JSON: render.write_json_file,
        ExportFormat.CONTENT: render.write_content,
    }[shape]


def _by_ending(path: Path) -> ExportFormat:
    endings = {".json": ExportFormat.JSON, ".xlsx": ExportFormat.XLSX, ".jsonl": ExportFormat.CONTENT}
    return endings.get(path.suffix.lower(), ExportFormat.CSV)
