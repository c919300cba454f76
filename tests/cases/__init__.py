"""The cases from the field as values: what was sent, what lands, and what must be said as of which date."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from arctl.core.balance import CustomerKey
from arctl.core.documents import (
    Application,
    Customer,
    Group,
    Installment,
    Invoice,
    Receivables,
    Refund,
    Source,
    SourceType,
    Status,
    WriteOff,
)
from arctl.core.money import Cents, parse_amount
from tests.folders import write_folder

Entry = Mapping[str, Any]
"""One mapping of the YAML file."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that must not land: its file, its line (the header is line 1) and a word of the reason."""

    file: str
    line: int
    word: str


@dataclass(frozen=True, slots=True)
class AsText:
    """How a value stands in the file where it is not the plain form."""

    file: str
    id: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Sync:
    """One sync: the documents as sent, those of them that land, and the rows that are rejected."""

    sent: Receivables
    landed: Receivables
    rejects: tuple[Reject, ...]
    as_text: tuple[AsText, ...]

    def write(self, folder: Path) -> None:
        """Write what is sent as a folder of CSV files."""
        write_folder(self.sent, folder)
        for change in self.as_text:
            _retype(folder / change.file, change)


@dataclass(frozen=True, slots=True)
class OpenLine:
    """One open item as a report states it; `outstanding` in cents."""

    invoice_id: str
    installment: int
    outstanding: Cents
    days: int
    bucket: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be said as of a date, in cents; `known_at` n: by what the first n syncs brought, None: all of them.

    `open` and `unapplied` are complete, `net` names every group of the ledger, `terms` only the headings worth stating.
    """

    as_of: date
    basis: str
    known_at: int | None
    open: tuple[OpenLine, ...]
    unapplied: Mapping[CustomerKey, Cents]
    net: Mapping[Group, Cents]
    terms: Mapping[str, Cents]
    missing_due: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its syncs, each the whole set of documents as the ERP then held it, and the expectations."""

    id: str
    title: str
    note: str
    syncs: tuple[Sync, ...]
    expect: tuple[Expectation, ...]

    def known_at(self, sync: int | None) -> Receivables:
        """The documents in the mirror after the n-th sync (1 = the first), or after all of them."""
        return self.syncs[-1 if sync is None else sync - 1].landed


def aging_cases() -> list[Case]:
    """Every case of aging.yaml, in its order."""
    text = (Path(__file__).parent / "aging.yaml").read_text(encoding="utf-8")
    return [_case(entry) for entry in yaml.safe_load(text)]


def _case(entry: Entry) -> Case:
    syncs = entry["syncs"] if "syncs" in entry else [entry["documents"]]
    return Case(
        id=entry["id"],
        title=entry["title"],
        note=entry.get("note", ""),
        syncs=tuple(_sync(documents) for documents in syncs),
        expect=tuple(_expectation(expected) for expected in entry["expect"]),
    )


def _sync(documents: Entry) -> Sync:
    applications = documents.get("applications", [])
    rejects = tuple(
        Reject("payment_applications.csv", line, application["rejected"])
        for line, application in enumerate(applications, start=2)
        if "rejected" in application
    )
    landing = [application for application in applications if "rejected" not in application]
    return Sync(
        sent=_receivables(documents),
        landed=_receivables({**documents, "applications": landing}),
        rejects=rejects,
        as_text=tuple(AsText(**change) for change in documents.get("as_text", [])),
    )


def _receivables(documents: Entry) -> Receivables:
    payments = [_source(SourceType.PAYMENT, entry) for entry in documents.get("payments", [])]
    memos = [_source(SourceType.CREDIT_MEMO, entry) for entry in documents.get("credit_memos", [])]
    sources = (*payments, *memos)
    customers = {source.key: source.customer_id for source in sources}
    return Receivables(
        customers=tuple(_customer(entry) for entry in documents.get("customers", [{"id": "C1"}])),
        invoices=tuple(_invoice(entry) for entry in documents.get("invoices", [])),
        installments=tuple(_installment(entry) for entry in documents.get("installments", [])),
        sources=sources,
        applications=tuple(_application(entry) for entry in documents.get("applications", [])),
        refunds=tuple(_refund(entry, customers[_source_key(entry)]) for entry in documents.get("refunds", [])),
        write_offs=tuple(_write_off(entry) for entry in documents.get("write_offs", [])),
    )


def _cents(units: object) -> Cents:
    # A YAML float has already lost what was written; only whole numbers and text are exact.
    if isinstance(units, bool) or not isinstance(units, int | str):
        raise TypeError(f"an amount is a whole number or text, not {units!r}")
    return parse_amount(str(units))


def _customer(entry: Entry) -> Customer:
    return Customer(
        id=entry["id"],
        name=entry.get("name", f"Customer {entry['id']}"),
        terms=entry.get("terms"),
        company=entry.get("company", "default"),
        parent_id=entry.get("parent"),
    )


def _invoice(entry: Entry) -> Invoice:
    return Invoice(
        id=entry["id"],
        customer_id=entry.get("customer", "C1"),
        invoice_date=entry["date"],
        amount=_cents(entry["amount"]),
        due_date=entry.get("due"),
        currency=entry.get("currency", "USD"),
        company=entry.get("company", "default"),
        status=Status(entry.get("status", "posted")),
        voided_on=entry.get("voided_on"),
        kind=entry.get("kind", "invoice"),
        disputed=entry.get("disputed", False),
    )


def _installment(entry: Entry) -> Installment:
    return Installment(entry["invoice"], entry["number"], entry["due"], _cents(entry["amount"]))


def _source(source_type: SourceType, entry: Entry) -> Source:
    return Source(
        type=source_type,
        id=entry["id"],
        customer_id=entry.get("customer", "C1"),
        source_date=entry["date"],
        amount=_cents(entry["amount"]),
        currency=entry.get("currency", "USD"),
        company=entry.get("company", "default"),
        status=Status(entry.get("status", "posted")),
        voided_on=entry.get("voided_on"),
        kind=entry.get("kind", source_type.value),
    )


def _source_key(entry: Entry) -> tuple[SourceType, str]:
    if "payment" in entry:
        return SourceType.PAYMENT, entry["payment"]
    return SourceType.CREDIT_MEMO, entry["credit_memo"]


def _application(entry: Entry) -> Application:
    source_type, source_id = _source_key(entry)
    return Application(
        source_type=source_type,
        source_id=source_id,
        invoice_id=entry["invoice"],
        amount=_cents(entry["amount"]),
        applied_on=entry.get("date"),
        discount=_cents(entry.get("discount", 0)),
        id=entry.get("id"),
    )


def _refund(entry: Entry, customer_id: str) -> Refund:
    source_type, source_id = _source_key(entry)
    return Refund(
        id=entry["id"],
        customer_id=customer_id,
        refund_date=entry["date"],
        amount=_cents(entry["amount"]),
        source_type=source_type,
        source_id=source_id,
        status=Status(entry.get("status", "posted")),
        voided_on=entry.get("voided_on"),
    )


def _write_off(entry: Entry) -> WriteOff:
    return WriteOff(
        id=entry["id"],
        invoice_id=entry["invoice"],
        written_off_on=entry["date"],
        amount=_cents(entry["amount"]),
        status=Status(entry.get("status", "posted")),
        voided_on=entry.get("voided_on"),
        recovered_on=entry.get("recovered_on"),
        recovered_amount=_cents(entry.get("recovered", 0)),
    )


def _expectation(entry: Entry) -> Expectation:
    net = entry["net"] if isinstance(entry["net"], dict) else {"USD": entry["net"]}
    return Expectation(
        as_of=entry["as_of"],
        basis=entry.get("basis", "due-date"),
        known_at=entry.get("known_at"),
        open=tuple(
            OpenLine(invoice, part, _cents(amount), days, bucket)
            for invoice, part, amount, days, bucket in entry["open"]
        ),
        unapplied={_customer_key(key): _cents(amount) for key, amount in entry["unapplied"].items()},
        net={_group(key): _cents(amount) for key, amount in net.items()},
        terms={heading: _cents(amount) for heading, amount in entry.get("terms", {}).items()},
        missing_due=tuple(entry.get("missing_due", [])),
    )


def _group(key: str) -> Group:
    *company, currency = key.split("/")
    return (company or ["default"])[0], currency


def _customer_key(key: str) -> CustomerKey:
    *group, customer = key.split("/")
    return (*_group("/".join(group) or "USD"), customer)


def _retype(path: Path, change: AsText) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["id"] == change.id:
            row[change.column] = change.text
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
