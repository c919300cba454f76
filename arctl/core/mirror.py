"""What the mirror holds: the pinned files, their columns, and which table each lands in."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How a cell is read; the reader and the messages about it are chosen by this."""

    ID = "id"
    TEXT = "text"
    DATE = "date"
    AMOUNT = "amount"  # never negative
    SIGNED = "signed amount"
    RATE = "exchange rate"
    QUANTITY = "quantity"
    NUMBER = "whole number"
    FLAG = "flag"
    STATUS = "status"
    CURRENCY = "currency"
    COMPANY = "company"
    CHOICE = "choice"


STATUSES = ("draft", "pending_approval", "approved", "posted", "voided", "rejected")
HOT, COLD = "hot", "cold"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a pinned file. `column` is its place in the mirror ("" where it only refers to another record)."""

    name: str
    kind: Kind
    column: str
    required: bool = False
    default: str | int | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MirrorTable:
    """One pinned file and the table it lands in.

    `identity` names the columns that tell a row from its neighbours in the file; `set_of` those that name the document
    whose rows come all together (empty where each row stands alone); `tier` is hot or cold.
    """

    name: str
    base: str
    tier: str
    fields: tuple[Field, ...]
    identity: tuple[str, ...]
    set_of: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The pinned file name."""
        return f"{self.name}.csv"

    def field(self, name: str) -> Field:
        """The field of that header name; KeyError for another."""
        return next(field for field in self.fields if field.name == name)


def _id(name: str, column: str = "", required: bool = True) -> Field:
    return Field(name, Kind.ID, column, required)


def _text(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, Kind.TEXT, name) for name in names)


def _date(name: str, required: bool = False, column: str = "") -> Field:
    return Field(name, Kind.DATE, column or name, required)


_AMOUNT = Field("amount", Kind.AMOUNT, "amount_cents", required=True)
_STATUS = Field("status", Kind.STATUS, "status", default="posted", choices=STATUSES)
_VOIDED = _date("voided_on")
_CURRENCY = Field("currency", Kind.CURRENCY, "currency")
_RATE = Field("exchange_rate", Kind.RATE, "exchange_rate")
_COMPANY = Field("company", Kind.COMPANY, "company_id")
_SOURCE = (
    Field("source_type", Kind.CHOICE, "", required=True, choices=("payment", "credit_memo")),
    _id("source_id"),
)
_MONEY = (_CURRENCY, _RATE, _STATUS, _VOIDED)

CUSTOMERS = MirrorTable(
    "customers",
    "erp_customers",
    COLD,
    (
        _id("id", "id"),
        Field("name", Kind.TEXT, "name", required=True),
        *_text("email", "terms"),
        Field("credit_limit", Kind.AMOUNT, "credit_limit_cents"),
        _CURRENCY,
        *_text("entitystatus"),
        Field("isinactive", Kind.FLAG, "isinactive", default="F"),
        *_text("sales_rep", "sales_rep_email"),
        _id("parent_id", "parent_id", required=False),
        _COMPANY,
    ),
    ("id",),
)
INVOICES = MirrorTable(
    "customer_invoices",
    "erp_invoices",
    HOT,
    (
        _id("id", "id"),
        _id("customer_id"),
        _date("invoice_date", required=True),
        _AMOUNT,
        *_text("tranid"),
        _date("due_date"),
        *_MONEY,
        *_text("otherrefnum", "createdfrom"),
        Field("disputed", Kind.FLAG, "disputed", default="F"),
        Field("kind", Kind.TEXT, "kind", default="invoice"),
        *_text("posting_period", "memo"),
        _COMPANY,
    ),
    ("id",),
)
INVOICE_LINES = MirrorTable(
    "invoice_lines",
    "erp_invoice_lines",
    HOT,
    (
        _id("invoice_id"),
        Field("line", Kind.NUMBER, "line", required=True),
        Field("amount", Kind.SIGNED, "amount_cents", required=True),
        *_text("item_code"),
        Field("quantity", Kind.QUANTITY, "quantity_micro"),
        Field("rate", Kind.QUANTITY, "rate_micro"),
    ),
    ("invoice_id", "line"),
    set_of=("invoice_id",),
)
INSTALLMENTS = MirrorTable(
    "invoice_installments",
    "erp_installments",
    HOT,
    (
        _id("invoice_id"),
        Field("installment", Kind.NUMBER, "installment", required=True),
        _date("due_date", required=True),
        _AMOUNT,
    ),
    ("invoice_id", "installment"),
    set_of=("invoice_id",),
)
CREDIT_MEMOS = MirrorTable(
    "credit_memos",
    "erp_sources",
    COLD,
    (
        _id("id", "id"),
        _id("customer_id"),
        _date("credit_date", required=True, column="source_date"),
        _AMOUNT,
        *_text("tranid"),
        *_MONEY,
        Field("kind", Kind.TEXT, "kind", default="credit_memo"),
        *_text("posting_period", "createdfrom", "memo"),
        _COMPANY,
    ),
    ("id",),
)
PAYMENTS = MirrorTable(
    "customer_payments",
    "erp_sources",
    HOT,
    (
        _id("id", "id"),
        _id("customer_id"),
        _date("receipt_date", required=True, column="source_date"),
        _AMOUNT,
        *_text("tranid", "otherrefnum"),
        *_MONEY,
        Field("kind", Kind.CHOICE, "kind", default="payment", choices=("payment", "deposit")),
        *_text("posting_period", "memo"),
        _COMPANY,
    ),
    ("id",),
)
APPLICATIONS = MirrorTable(
    "payment_applications",
    "erp_applications",
    HOT,
    (
        *_SOURCE,
        _id("invoice_id"),
        Field("amount", Kind.SIGNED, "amount_cents", required=True),
        _date("applied_on"),
        _id("id", "application_id", required=False),
        Field("discount", Kind.SIGNED, "discount_cents", default=0),
    ),
    ("id",),
    set_of=("source_type", "source_id"),
)
REFUNDS = MirrorTable(
    "customer_refunds",
    "erp_refunds",
    COLD,
    (_id("id", "id"), _id("customer_id"), _date("refund_date", required=True), _AMOUNT, *_SOURCE, _STATUS, _VOIDED),
    ("id",),
)
WRITE_OFFS = MirrorTable(
    "write_offs",
    "erp_write_offs",
    COLD,
    (
        _id("id", "id"),
        _id("invoice_id"),
        _date("written_off_on", required=True),
        _AMOUNT,
        *_text("reason"),
        _STATUS,
        _VOIDED,
        _date("recovered_on"),
        Field("recovered_amount", Kind.AMOUNT, "recovered_cents", default=0),
    ),
    ("id",),
)
TRANSACTIONS = MirrorTable(
    "transactions",
    "erp_transactions",
    HOT,
    (
        _id("id", "id"),
        Field(
            "type",
            Kind.CHOICE,
            "type",
            required=True,
            choices=("SalesOrd", "WorkOrd", "Build", "PurchOrd", "ItemShip", "ItemRcpt", "VendBill"),
        ),
        Field("entity", Kind.TEXT, "entity", required=True, default=""),  # a work order may name nobody
        _date("trandate", required=True),
        *_text("tranid", "initialtranid", "status"),
        Field("foreigntotal", Kind.SIGNED, "foreigntotal_cents"),
        *_text("otherrefnum", "memo", "parent_so_id", "createdfrom"),
        _date("expected_date"),
        _COMPANY,
    ),
    ("id",),
)
TRANSACTION_LINES = MirrorTable(
    "transaction_lines",
    "erp_transaction_lines",
    HOT,
    (
        _id("transaction_id"),
        Field("line", Kind.NUMBER, "line", required=True),
        *_text("item_code", "item_type"),
        Field("quantity", Kind.QUANTITY, "quantity_micro"),
        Field("quantity_fulfilled", Kind.QUANTITY, "quantity_fulfilled_micro"),
        Field("rate", Kind.QUANTITY, "rate_micro"),
        Field("amount", Kind.SIGNED, "amount_cents"),
        *_text("link_tranid"),
        _date("requested_ship_date"),
        *_text("location"),
    ),
    ("transaction_id", "line"),
    set_of=("transaction_id",),
)
INVENTORY = MirrorTable(
    "inventory_balance",
    "erp_inventory",
    COLD,
    (
        _id("item_code", "item_code"),
        Field("location", Kind.TEXT, "location", required=True, default=""),
        Field("quantityavailable", Kind.QUANTITY, "quantityavailable_micro", required=True),
    ),
    ("item_code", "location"),
)

TABLES = (
    CUSTOMERS,
    INVOICES,
    INVOICE_LINES,
    INSTALLMENTS,
    CREDIT_MEMOS,
    PAYMENTS,
    APPLICATIONS,
    REFUNDS,
    WRITE_OFFS,
    TRANSACTIONS,
    TRANSACTION_LINES,
    INVENTORY,
)
"""Every table of the mirror, parents before the rows that refer to them."""
