"""`arctl trace-po`: everything that one customer PO# threads, from order to payment."""

import sys
from typing import Annotated

import typer

from arctl.cli.context import globals_of
from arctl.cli.options import AsOf, Format, JsonFlag, OutputFormat, resolve_format
from arctl.cli.reading import reading
from arctl.core.po_trace import Trace
from arctl.errors import UnknownId, UsageError
from arctl.services.trace_po import trace_po


def command(
    ctx: typer.Context,
    po: Annotated[
        str, typer.Argument(metavar="PO", help="The customer's PO#, as they write it: 72622, 'PO 72622', '#72622'.")
    ],
    as_of: AsOf = None,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="ID", help="Only this customer's orders.")
    ] = None,
    costs: Annotated[
        bool, typer.Option("--costs", help="Show vendors and what they bill, too: not for customers.")
    ] = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="As a Mermaid flowchart.")] = False,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Everything that a customer's PO# threads: order, work and purchase orders, receipts, bills, fulfillments, invoices, payments.

    What hangs on the order by a link is told apart from what only says the PO#. Gaps and contradictions are named. --format md is a
    reply to the customer: it leaves out vendors, costs and everybody else.
    """
    options = globals_of(ctx)
    shape = resolve_format(format, json)
    if mermaid and (format or json):
        raise UsageError("--mermaid and --format ask for two formats", "keep one of them")
    with reading(options, as_of) as (ledger, day):
        trace = trace_po(ledger, po, day, options.company, customer)
    if mermaid and trace.found:
        from arctl.render.trace_forms import write_mermaid

        write_mermaid(trace, costs, sys.stdout)
    elif trace.found or shape is OutputFormat.JSON:
        _write(trace, shape, costs)
    if not trace.found:
        raise _unknown(trace, customer)


def _write(trace: Trace, shape: OutputFormat, costs: bool) -> None:
    if shape in (OutputFormat.JSON, OutputFormat.CSV):
        from arctl.render import trace_forms

        write = trace_forms.write_json_trace if shape is OutputFormat.JSON else trace_forms.write_csv_trace
        write(trace, sys.stdout)
        return
    from arctl.render.trace_po import write_reply, write_screen

    if shape is OutputFormat.MD:
        if len(trace.customers) > 1:
            named = ", ".join(trace.customers)
            raise UsageError(
                f"{len(trace.customers)} customers use PO# {trace.po}: {named}",
                "name the one you write to with --customer",
            )
        write_reply(trace, sys.stdout)
    else:
        write_screen(trace, costs, sys.stdout)


def _unknown(trace: Trace, customer: str | None) -> UnknownId:
    whose = f" of customer {customer}" if customer else ""
    alike = ", ".join(each.po for each in trace.similar)
    hint = (
        f"similar ones: {alike}"
        if alike
        else "an order or invoice carries it in otherrefnum; a payment's is a cheque number"
    )
    return UnknownId(f"no record{whose} carries PO# {trace.po} by {trace.as_of}", hint)
