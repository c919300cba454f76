"""Receivables as the folder of CSV files that a sync reads."""

import csv
from collections.abc import Iterable
from pathlib import Path
from random import Random

from arctl.core.documents import Application, Customer, Invoice, Receivables, Refund, Source, SourceType, WriteOff
from arctl.core.money import format_plain

COLUMNS: dict[str, str] = {
    "customers.csv": "id name email terms credit_limit currency entitystatus isinactive sales_rep sales_rep_email"
    " parent_id company",
    "customer_invoices.csv": "id customer_id invoice_date amount tranid due_date currency exchange_rate status"
    " voided_on otherrefnum createdfrom disputed kind posting_period memo company",
    "invoice_installments.csv": "invoice_id installment due_date amount",
    "credit_memos.csv": "id customer_id credit_date amount tranid currency exchange_rate status voided_on kind"
    " posting_period createdfrom memo company",
    "customer_payments.csv": "id customer_id receipt_date amount tranid otherrefnum currency exchange_rate status"
    " voided_on kind posting_period memo company",
    "payment_applications.csv": "source_type source_id invoice_id amount applied_on id discount",
    "customer_refunds.csv": "id customer_id refund_date amount source_type source_id status voided_on",
    "write_offs.csv": "id invoice_id written_off_on amount reason status voided_on recovered_on recovered_amount",
}
"""The pinned receivables files and their columns, in the order the specification names them."""

Row = dict[str, object]


def write_folder(receivables: Receivables, folder: Path, shuffle: Random | None = None) -> None:
    """Write every receivables file with every column into `folder`; `shuffle` permutes the rows of each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in folder_rows(receivables).items():
        if shuffle is not None:
            shuffle.shuffle(rows)
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name].split(), restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def folder_rows(receivables: Receivables) -> dict[str, list[Row]]:
    """The rows of each file, file name → rows, in document order; columns a document does not know are left out."""
    of_invoice = {invoice.id: invoice.currency for invoice in receivables.invoices}
    of_source = {source.key: source.currency for source in receivables.sources}
    return {
        "customers.csv": [_customer_row(customer) for customer in receivables.customers],
        "customer_invoices.csv": [_invoice_row(invoice) for invoice in receivables.invoices],
        "invoice_installments.csv": [
            {
                "invoice_id": part.invoice_id,
                "installment": part.installment,
                "due_date": part.due_date,
                "amount": format_plain(part.amount, of_invoice[part.invoice_id]),
            }
            for part in receivables.installments
        ],
        "credit_memos.csv": _source_rows(receivables.sources, SourceType.CREDIT_MEMO, "credit_date"),
        "customer_payments.csv": _source_rows(receivables.sources, SourceType.PAYMENT, "receipt_date"),
        "payment_applications.csv": [_application_row(a, of_invoice[a.invoice_id]) for a in receivables.applications],
        "customer_refunds.csv": [_refund_row(r, of_source[r.source_key]) for r in receivables.refunds],
        "write_offs.csv": [_write_off_row(w, of_invoice[w.invoice_id]) for w in receivables.write_offs],
    }


def _customer_row(customer: Customer) -> Row:
    return {
        "id": customer.id,
        "name": customer.name,
        "terms": customer.terms or "",
        "isinactive": "F",
        "parent_id": customer.parent_id or "",
        "company": customer.company,
    }


def _invoice_row(invoice: Invoice) -> Row:
    return {
        "id": invoice.id,
        "customer_id": invoice.customer_id,
        "invoice_date": invoice.invoice_date,
        "amount": format_plain(invoice.amount, invoice.currency),
        "due_date": invoice.due_date or "",
        "currency": invoice.currency,
        "status": invoice.status,
        "voided_on": invoice.voided_on or "",
        "disputed": "T" if invoice.disputed else "F",
        "kind": invoice.kind,
        "company": invoice.company,
    }


def _source_rows(sources: Iterable[Source], source_type: SourceType, date_column: str) -> list[Row]:
    return [
        {
            "id": source.id,
            "customer_id": source.customer_id,
            date_column: source.source_date,
            "amount": format_plain(source.amount, source.currency),
            "currency": source.currency,
            "status": source.status,
            "voided_on": source.voided_on or "",
            "kind": source.kind,
            "company": source.company,
        }
        for source in sources
        if source.type is source_type
    ]


def _application_row(application: Application, currency: str) -> Row:
    return {
        "source_type": application.source_type,
        "source_id": application.source_id,
        "invoice_id": application.invoice_id,
        "amount": format_plain(application.amount, currency),
        "applied_on": application.applied_on or "",
        "id": application.id or "",
        "discount": format_plain(application.discount, currency),
    }


def _refund_row(refund: Refund, currency: str) -> Row:
    return {
        "id": refund.id,
        "customer_id": refund.customer_id,
        "refund_date": refund.refund_date,
        "amount": format_plain(refund.amount, currency),
        "source_type": refund.source_type,
        "source_id": refund.source_id,
        "status": refund.status,
        "voided_on": refund.voided_on or "",
    }


def _write_off_row(write_off: WriteOff, currency: str) -> Row:
    return {
        "id": write_off.id,
        "invoice_id": write_off.invoice_id,
        "written_off_on": write_off.written_off_on,
        "amount": format_plain(write_off.amount, currency),
        "status": write_off.status,
        "voided_on": write_off.voided_on or "",
        "recovered_on": write_off.recovered_on or "",
        "recovered_amount": format_plain(write_off.recovered_amount, currency) if write_off.recovered_on else "",
    }
