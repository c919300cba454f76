"""`arctl age`: who owes what as of a date."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from arctl.cli.context import globals_of
from arctl.cli.options import (
    AsOf,
    Format,
    JsonFlag,
    KnownAt,
    OneCurrency,
    OutputFormat,
    resolve_currency,
    resolve_format,
)
from arctl.cli.reading import reading
from arctl.core import aging
from arctl.core.buckets import FIVE, Buckets, custom_buckets
from arctl.core.money import format_amount
from arctl.errors import CheckFailed, UsageError
from arctl.render import age as render
from arctl.services import age as service

_MOST_EDGES, _LONGEST_EDGE = 50, len("99999")


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


ByOption = Annotated[By, typer.Option(help="A line per customer, or per open item.")]
BasisOption = Annotated[Basis, typer.Option(help="Count days from the due date or the invoice date.")]
CreditsOption = Annotated[
    Credits, typer.Option(help="Unapplied credit: a column, taken out of current, or aged by its own date.")
]
Edges = Annotated[
    str | None, typer.Option(metavar="DAYS,…", help="Other bucket edges, such as 15,45,120.", show_default="30,60,90")
]
OneCustomer = Annotated[str | None, typer.Option(metavar="ID", help="Only this customer.")]
OneBucket = Annotated[str | None, typer.Option(metavar="NAME", help="Only this bucket, such as days_90_plus.")]
MinOverdue = Annotated[int | None, typer.Option(metavar="DAYS", help="Only what is this late or later.")]
GlBalance = Annotated[
    str | None,
    typer.Option(
        "--gl-balance", metavar="AMOUNT", help="The general ledger's control account, to be explained to the cent."
    ),
]
Sort = Annotated[
    str | None,
    typer.Option(metavar="KEY", help=f"{', '.join(aging.CUSTOMER_SORTS)}; by invoice: {', '.join(aging.ITEM_SORTS)}."),
]
Limit = Annotated[int | None, typer.Option(metavar="N", min=1, help="At most this many lines.")]


def command(
    ctx: typer.Context,
    as_of: AsOf = None,
    by: ByOption = By.CUSTOMER,
    basis: BasisOption = Basis.DUE_DATE,
    credits: CreditsOption = Credits.SEPARATE,
    buckets: Edges = None,
    customer: OneCustomer = None,
    bucket: OneBucket = None,
    min_overdue: MinOverdue = None,
    currency: OneCurrency = None,
    sort: Sort = None,
    limit: Limit = None,
    gl_balance: GlBalance = None,
    known_at: KnownAt = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Who owes what as of the end of a day, by bucket, tied out against the documents.

    Exit 1 where the ledger does not tie out, or where the general ledger differs by more than is explained. Filters change
    what is listed, never totals or tie-out.
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
                day, basis, credits, edges, by, options.company, resolve_currency(currency), customer,
                _bucket(bucket, edges), min_overdue, sort, limit, gl_balance,
            ),
        )  # fmt: skip
    _write(report, by, shape)
    _judge(report)


def _judge(report: aging.AgingReport) -> None:
    """Raises CheckFailed where the ledger does not tie out, or something between it and the general ledger is unexplained."""
    if not report.ties:
        raise CheckFailed(
            f"the ledger does not tie out: {', '.join(report.failing)}",
            "do not rely on these figures until the difference that the report shows is explained",
        )
    if report.control is not None and not report.control.ok:
        (group,) = report.groups
        rest = format_amount(report.control.unexplained, group.currency)
        raise CheckFailed(
            f"the general ledger and the aging of {group.company} {group.currency} differ by {rest} that nothing explains",
            "look for journals posted to the control account, and for documents that a sync has not brought",
        )


def _write(report: aging.AgingReport, by: By, shape: OutputFormat) -> None:
    if shape is OutputFormat.JSON:
        render.write_json_report(report, by, sys.stdout)
    elif shape is OutputFormat.CSV:
        render.write_csv_report(report, by, sys.stdout)
    else:
        render.write_screen(report, by, shape is OutputFormat.MD, sys.stdout)


def _edges(text: str | None) -> Buckets:
    if text is None:
        return FIVE
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > _MOST_EDGES or any(len(part) > _LONGEST_EDGE for part in parts):
        raise UsageError(
            f"--buckets takes at most {_MOST_EDGES} edges of up to 99999 days", "write --buckets 15,45,120"
        )
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
