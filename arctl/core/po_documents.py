"""The records a customer's PO# can thread, as values: documents, their lines, what settles an invoice. No rules, no SQL."""

from typing import NamedTuple

INVOICE = "invoice"
SALES_ORDER, WORK_ORDER, BUILD, PURCHASE_ORDER = "SalesOrd", "WorkOrd", "Build", "PurchOrd"
FULFILLMENT, RECEIPT, VENDOR_BILL = "ItemShip", "ItemRcpt", "VendBill"

TITLES = {
    SALES_ORDER: "sales order",
    WORK_ORDER: "work order",
    BUILD: "build",
    PURCHASE_ORDER: "purchase order",
    RECEIPT: "receipt",
    VENDOR_BILL: "vendor bill",
    FULFILLMENT: "fulfillment",
    INVOICE: "invoice",
    "payment": "payment",
    "credit_memo": "credit memo",
    "write_off": "write-off",
}
"""What a record of a type is called, in the order in which a chain is told."""

PLACES = {kind: place for place, kind in enumerate(TITLES)}

REFERENCES: dict[str, tuple[str, ...]] = {
    SALES_ORDER: ("otherrefnum", "memo"),
    WORK_ORDER: ("memo",),
    BUILD: ("memo",),
    PURCHASE_ORDER: ("memo",),
    RECEIPT: ("memo",),
    VENDOR_BILL: ("memo", "tranid", "initialtranid"),
    FULFILLMENT: ("otherrefnum", "memo"),
    INVOICE: ("otherrefnum", "memo"),
}
"""In which fields a record of a type may carry the customer's PO#. A payment's otherrefnum is a cheque number and is none."""

FREE_TEXT = frozenset({"memo"})

_OVER = frozenset({"cancelled", "canceled", "void", "voided", "rejected", "deleted"})
_STANDING = ("posted", "approved", "voided")


class Line(NamedTuple):
    """One line. Quantities are millionths, `cents` the line's amount in its document's currency."""

    line: int
    item: str | None
    item_type: str | None
    quantity: int | None
    fulfilled: int | None
    cents: int | None
    link: str | None
    requested: str | None


class Document(NamedTuple):
    """One order document or invoice as the ERP has it; dates ISO, `cents` in `currency`.

    `key` is the ledger's own; `due` is an invoice's due date or the day a work or purchase order is expected.
    """

    key: int
    type: str
    id: str
    tranid: str | None
    entity: str
    dated: str
    status: str | None
    cents: int | None
    otherrefnum: str | None
    memo: str | None
    initialtranid: str | None
    parent_so_id: str | None
    createdfrom: str | None
    due: str | None
    company_id: int
    currency: str
    voided_on: str | None = None
    disputed: bool = False
    account: int | None = None
    lines: tuple[Line, ...] = ()

    @property
    def name(self) -> tuple[bool, str]:
        """What tells it apart: invoices and order documents are numbered separately."""
        return self.type == INVOICE, self.id

    @property
    def plain_status(self) -> str:
        """The status alone, in small letters: an ERP writes Closed, H, SalesOrd:H or "Sales Order : Closed"."""
        return (self.status or "").rpartition(":")[2].strip().lower()

    def stands(self, as_of: str) -> bool:
        """Whether it is in force at the end of a day: dated by then, not cancelled; an invoice posted and not voided."""
        if self.dated > as_of:
            return False
        if self.type != INVOICE:
            return self.plain_status not in _OVER
        return self.status in _STANDING and (self.voided_on is None or self.voided_on > as_of)


class Settlement(NamedTuple):
    """What settled part of an invoice by a day: a payment, credit memo or write-off, with the cents it took off.

    `total` is the whole document's amount; `discount` what was allowed beside it; `recovered` what came back of a write-off.
    """

    type: str
    id: str
    tranid: str | None
    dated: str
    effective: str
    status: str
    cents: int
    discount: int
    recovered: int
    total: int
    payer: str | None


class Balance(NamedTuple):
    """An invoice's balance at the end of a day by the one definition: cents below zero are an excess; `due` its oldest open part's."""

    raw_cents: int
    due: str | None
