"""How each staged file finds its place in the mirror: parents, existing row, checks. Data for `store.merge`, no statements run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from arctl.core import mirror
from arctl.core.mirror import Field, MirrorTable
from arctl.core.money import IN_THOUSANDTHS, NO_MINOR_UNIT

# In the SQL below: s is the staged row, x the mirror's row of the same identity, a and b the records it refers to, k its
# company; $column stands for the value that the row will have in that column.


@dataclass(frozen=True, slots=True)
class Parent:
    """A record that a row refers to: alias a or b, its base table and how it is found; `label` names it in a reject."""

    alias: str
    table: MirrorTable
    key: str
    column: str
    label: str
    match: str
    named: str


@dataclass(frozen=True, slots=True)
class Check:
    """A row for which `fails` holds is rejected: the column to blame and the reason, both SQL."""

    fails: str
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Landing:
    """One file's way into its base table.

    `company` and `currency` are SQL: whose books the row is in, and what its amounts are in;
    `key` is the surrogate key ("" where the parents' keys and `places` make the row's identity); `existing` finds x;
    `touches` maps a base column to the set of documents that a change of the row concerns: their balance, or what is told of
    them;
    `scope` picks the rows of a shared base table that are this file's; `numbered` are columns within which equal rows are
    told apart by their number in the order of their amounts.
    """

    table: MirrorTable
    key: str
    existing: str
    parents: tuple[Parent, ...] = ()
    company: str = "$company_id"
    currency: str = "k.base_currency"
    constants: Mapping[str, str] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    touches: Mapping[str, str] = field(default_factory=dict)
    scope: str = "1"
    numbered: tuple[str, ...] = ()

    @property
    def parent_columns(self) -> dict[str, str]:
        """Base column -> column of the resolved row that holds the parent's key."""
        return {parent.column: parent.alias for parent in self.parents}

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The base table's key within its tenant."""
        return (self.key,) if self.key else (*self.parent_columns, *self.places)

    @property
    def stored(self) -> tuple[Field, ...]:
        """The fields that have a column of their own."""
        return tuple(field for field in self.table.fields if field.column)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every mirrored column of the base table, in a fixed order, without tenant, batch and closed."""
        return (
            *((self.key,) if self.key else ()),
            *self.constants,
            *self.parent_columns,
            *(field.column for field in self.stored),
            *(place for place in self.places if place not in {field.column for field in self.stored}),
        )


def scale_sql(currency: str) -> str:
    """SQL: thousandths of a unit in one minor unit of a currency expression."""
    whole, thousandths = ("'" + "','".join(sorted(codes)) + "'" for codes in (NO_MINOR_UNIT, IN_THOUSANDTHS))
    return f"CASE WHEN {currency} IN ({whole}) THEN 1000 WHEN {currency} IN ({thousandths}) THEN 1 ELSE 10 END"


def application_days_sql(applied_on: str, source: str, invoice: str) -> str:
    """SQL for the two days between which an application counts: from the latest of its own date and its documents', while
    both documents count; "never" twice where that is no day at all."""
    begins, ends = application_bounds_sql(applied_on, source, invoice)
    return ", ".join(counted_days_sql(begins, ends))


def application_bounds_sql(applied_on: str, source: str, invoice: str) -> tuple[str, str]:
    """SQL for the day an application would begin and the day one of its documents ends, whichever comes first."""
    return (
        f"max(coalesce(unixepoch({applied_on}) / 86400, 0), {source}.counts_from, {invoice}.counts_from)",
        f"min({source}.counts_until, {invoice}.counts_until)",
    )


def counted_days_sql(begins: str, ends: str) -> tuple[str, str]:
    """SQL for effective_day and until_day out of an application's bounds."""
    return f"iif({begins} < {ends}, {begins}, 100000)", f"iif({begins} < {ends}, {ends}, 100000)"


_CUSTOMER = Parent(
    "a", mirror.CUSTOMERS, "customer_key", "customer_key", "customer", "a.id = s.customer_id", "s.customer_id"
)
_SOURCE_NAMED = "s.source_type || ' ' || s.source_id"


def _invoice(alias: str) -> Parent:
    return Parent(
        alias, mirror.INVOICES, "invoice_key", "invoice_key", "invoice", f"{alias}.id = s.invoice_id", "s.invoice_id"
    )


def _source(alias: str) -> Parent:
    return Parent(
        alias,
        mirror.PAYMENTS,
        "source_key",
        "source_key",
        "payment or credit memo",
        f"{alias}.source_type = s.source_type AND {alias}.id = s.source_id",
        _SOURCE_NAMED,
    )


_VOID_CHECKS = (
    Check("$status = 'voided' AND $voided_on IS NULL", "voided_on", "'a voided document needs the day it was voided'"),
    Check(
        "$status <> 'voided' AND $voided_on IS NOT NULL", "status", "'has a voided_on, but its status is ' || $status"
    ),
)


def _steady_checks(key: str, valued: str) -> tuple[Check, ...]:
    """A document that money is applied to keeps its currency and company; one with rows in `valued` its minor unit."""
    hangs = f"EXISTS (SELECT 1 FROM %s AS p WHERE p.tenant_id = x.tenant_id AND p.{key} = x.{key} AND p.closed = 0)"
    applied, other_unit = hangs % "erp_applications", f"{scale_sql('$currency')} <> {scale_sql('x.currency')}"
    return (
        Check(
            f"$currency <> x.currency AND ({applied} OR {other_unit} AND {hangs % valued})",
            "currency",
            "'was ' || x.currency || ', and documents in that currency hang on it'",
        ),
        Check(
            f"$company_id <> x.company_id AND {applied}",
            "company",
            "'belonged to another company, and applications there hang on it'",
        ),
    )


# Instalments describe one amount: a changed invoice needs a set that sums to it, in the same sync or in the ledger.
_STALE_INSTALLMENTS = Check(
    "$amount_cents <> x.amount_cents AND EXISTS (SELECT 1 FROM erp_installments AS p"
    " WHERE p.tenant_id = x.tenant_id AND p.invoice_key = x.invoice_key AND p.closed = 0)"
    " AND NOT ($fresh_installments)",
    "amount",
    "'changed, but its instalments still sum to the earlier amount; send both together'",
)

CUSTOMERS = Landing(mirror.CUSTOMERS, "customer_key", "x.id = s.id", currency="$currency")
INVOICES = Landing(
    mirror.INVOICES,
    "invoice_key",
    "x.id = s.id",
    parents=(_CUSTOMER,),
    currency="$currency",
    checks=(*_VOID_CHECKS, *_steady_checks("invoice_key", "erp_write_offs"), _STALE_INSTALLMENTS),
    touches={"invoice_key": "touched_invoices"},
)
INVOICE_LINES = Landing(
    mirror.INVOICE_LINES,
    "",
    "x.invoice_key = a.invoice_key AND x.line = s.line",
    parents=(_invoice("a"),),
    company="a.company_id",
    currency="a.currency",
    places=("line",),
)
INSTALLMENTS = Landing(
    mirror.INSTALLMENTS,
    "",
    "x.invoice_key = a.invoice_key AND x.installment = s.installment",
    parents=(_invoice("a"),),
    company="a.company_id",
    currency="a.currency",
    places=("installment",),
    checks=(Check("$installment < 1", "installment", "'instalments are numbered from 1'"),),
    touches={"invoice_key": "touched_invoices"},
)


def _sources(table: MirrorTable, source_type: str) -> Landing:
    return Landing(
        table,
        "source_key",
        f"x.source_type = '{source_type}' AND x.id = s.id",
        parents=(_CUSTOMER,),
        currency="$currency",
        constants={"source_type": f"'{source_type}'"},
        checks=(*_VOID_CHECKS, *_steady_checks("source_key", "erp_refunds")),
        touches={"source_key": "touched_sources"},
        scope=f"x.source_type = '{source_type}'",
    )


CREDIT_MEMOS = _sources(mirror.CREDIT_MEMOS, "credit_memo")
PAYMENTS = _sources(mirror.PAYMENTS, "payment")
APPLICATIONS = Landing(
    mirror.APPLICATIONS,
    "",
    "x.source_key = a.source_key AND x.invoice_key = b.invoice_key AND x.slot = s.slot",
    parents=(_source("a"), _invoice("b")),
    company="b.company_id",
    currency="b.currency",
    places=("slot",),
    numbered=("source_type", "source_id", "invoice_id", "applied_on"),
    checks=(
        Check(
            "a.currency <> b.currency",
            "invoice_id",
            f"{_SOURCE_NAMED} || ' is in ' || a.currency || ', invoice ' || s.invoice_id || ' in ' || b.currency",
        ),
        Check(
            "a.company_id <> b.company_id",
            "invoice_id",
            f"{_SOURCE_NAMED} || ' and invoice ' || s.invoice_id || ' belong to two companies'",
        ),
    ),
    touches={"source_key": "touched_sources", "invoice_key": "touched_invoices"},
)
REFUNDS = Landing(
    mirror.REFUNDS,
    "refund_key",
    "x.id = s.id",
    parents=(_CUSTOMER, _source("b")),
    company="b.company_id",
    currency="b.currency",
    checks=_VOID_CHECKS,
    touches={"source_key": "touched_sources"},
)
WRITE_OFFS = Landing(
    mirror.WRITE_OFFS,
    "write_off_key",
    "x.id = s.id",
    parents=(_invoice("a"),),
    company="a.company_id",
    currency="a.currency",
    checks=(
        *_VOID_CHECKS,
        Check("$recovered_cents > $amount_cents", "recovered_amount", "'a recovery is at most its write-off'"),
        Check("$recovered_cents > 0 AND $recovered_on IS NULL", "recovered_on", "'a recovery needs its day'"),
        Check(
            "$recovered_cents = 0 AND $recovered_on IS NOT NULL", "recovered_amount", "'a recovery needs its amount'"
        ),
    ),
    touches={"invoice_key": "touched_invoices"},
)
TRANSACTIONS = Landing(
    mirror.TRANSACTIONS, "transaction_key", "x.id = s.id", touches={"transaction_key": "touched_transactions"}
)
TRANSACTION_LINES = Landing(
    mirror.TRANSACTION_LINES,
    "",
    "x.transaction_key = a.transaction_key AND x.line = s.line",
    parents=(
        Parent(
            "a",
            mirror.TRANSACTIONS,
            "transaction_key",
            "transaction_key",
            "transaction",
            "a.id = s.transaction_id",
            "s.transaction_id",
        ),
    ),
    company="a.company_id",
    places=("line",),
)
INVENTORY = Landing(
    mirror.INVENTORY,
    "",
    company=":company",
    existing="x.item_code = s.item_code AND x.location = coalesce(s.location, '')",
    places=("item_code", "location"),
)

LANDINGS = {
    landing.table.name: landing
    for landing in (
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
}
