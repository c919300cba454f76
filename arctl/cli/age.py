"""`arctl age`: who owes what as of a date."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from arctl.cli.context import globals_of
from arctl.cli.options import AsOf, Format, JsonFlag, KnownAt, OutputFormat, resolve_format
from arctl.cli.reading import reading
from arctl.core import aging
from arctl.core.buckets import FIVE, Buckets, custom_buckets
from arctl.errors import CheckFailed, UsageError
from arctl.render import age as render
from arctl.services import age as service


class By(StrEnum):
    """What a line of the report is."""

    CUSTOMER = "customer"
    INVOICE = "invoice"


class Basis(StrEnum):
    """What days are counted from."""

    DUE_DATE = "due-date"
    INVOICE_DATE = "invoice-date"


class Credits(StrEnum):
    """Where unapplied credit goes."""

    SEPARATE = "separate"
    NET = "net"
    AGE = "age"


def command(
    ctx: typer.Context,
    as_of: AsOf = None,
    by: Annotated[By, typer.Option(help="A line per customer, or per open item.")] = By.CUSTOMER,
    basis: Annotated[Basis, typer.Option(help="Count days from the due date or the invoice date.")] = Basis.DUE_DATE,
    credits: Annotated[
        Credits, typer.Option(help="Unapplied credit: a column, taken out of current, or aged by its own date.")
    ] = Credits.SEPARATE,
    buckets: Annotated[
        str | None, typer.Option(metavar="DAYS,…", help="Other bucket edges, such as 15,45,120.", show_default="30,60,90")
    ] = None,
    customer: Annotated[str | None, typer.Option(metavar="ID", help="Only this customer.")] = None,
    bucket: Annotated[str | None, typer.Option(metavar="NAME", help="Only this bucket, such as days_90_plus.")] = None,
    min_overdue: Annotated[int | None, typer.Option(metavar="DAYS", help="Only what is this late or later.")] = None,
    currency: Annotated[str | None, typer.Option(metavar="CODE", help="Only this currency.")] = None,
    sort: Annotated[
        str | None,
        typer.Option(metavar="KEY", help=f"{', '.join(aging.CUSTOMER_SORTS)}; by invoice: {', '.join(aging.ITEM_SORTS)}."),
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="At most this many lines.")] = None,
    known_at: KnownAt = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Who owes what as of the end of a day, by bucket, tied out against the documents.

    Exit 1 where the ledger does not tie out. Filters change what is listed, never totals or tie-out.
    """
    options = globals_of(ctx)
    shape = resolve_format(format, json)
    edges = _edges(buckets)
    sorts = aging.ITEM_SORTS if by is By.INVOICE else aging.CUSTOMER_SORTS
    if sort is not None and sort not in sorts:
        raise UsageError(f"--sort {sort} is not one of {', '.join(sorts)}", f"write --sort {sorts[0]}")
    with reading(options, as_of, known_at) as (ledger, day):
        report = service.age(
            ledger,
            service.AgeRequest(
                day, basis, credits, edges, by, options.company, currency, customer,
                _bucket(bucket, edges), min_overdue, sort, limit,
            ),
        )  # fmt: skip
    if shape is OutputFormat.JSON:
        render.write_json_report(report, by, sys.stdout)
    elif shape is OutputFormat.CSV:
        render.write_csv_report(report, by, sys.stdout)
    else:
        render.write_screen(report, by, shape is OutputFormat.MD, sys.stdout)
    if not report.ties:
        raise CheckFailed(
            f"the ledger does not tie out: {', '.join(report.failing)}",
            "do not rely on these figures until the difference that the report shows is explained",
        )


def _edges(text: str | None) -> Buckets:
    if text is None:
        return FIVE
    parts = [part.strip() for part in text.split(",")]
    try:
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise ValueError("edges must be whole days, rising, above 0")
        return custom_buckets(tuple(map(int, parts)))
    except ValueError as error:
        raise UsageError(f"--buckets {text}: {error}", "write --buckets 15,45,120") from error


def _bucket(name: str | None, buckets: Buckets) -> int | None:
    if name is None:
        return None
    for names in (buckets.keys, buckets.titles):
        if name in names:
            return names.index(name)
    raise UsageError(f"--bucket {name} is not one of {', '.join(buckets.keys)}", f"write --bucket {buckets.keys[-1]}")
