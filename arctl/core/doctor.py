"""What the doctor can find: codes, how grave each is, and the runbook page of each. Pure; nothing is looked up here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

FURTHER = "further"
"""The document of the finding that counts those not listed."""


class Severity(StrEnum):
    """How grave a finding is: only an error makes the command fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


GRAVEST = tuple(Severity)


class Finding(NamedTuple):
    """One thing that goes wrong: on which document (an id as the ERP gives it, or what else it is about), the evidence in words,
    and the next command to type."""

    code: str
    severity: Severity
    document: str
    message: str
    remedy: str


class Acknowledgement(NamedTuple):
    """A finding that somebody answers for up to the end of a day. Days are ISO, the time is UTC; `message` is the finding as it
    was then."""

    ack_id: int
    code: str
    document: str
    until_day: str
    reason: str
    message: str
    acked_on: str
    acked_at: str
    acked_by: str
    os_user: str


@dataclass(frozen=True, slots=True)
class Page:
    """The runbook page of a check: its name in a line, what it looks for, why that matters, how grave it is, what is usually behind
    it, and what to do, step by step. `limits` says what the check does not see."""

    title: str
    looks_for: str
    matters: str
    severity: str
    causes: tuple[str, ...]
    steps: tuple[str, ...]
    limits: str = ""


PAGES: Mapping[str, Page] = {
    "fulfillment_not_alerted": Page(
        "A fulfillment that Finance was not alerted of",
        "A completed fulfillment that no finance.alerted event names and that the invoices of its order do not cover.",
        "Goods left the house and nobody was told to invoice them: the money is not late, it was never asked for.",
        "error",
        (
            "it came with the opening load, which alerts nobody",
            "finance_invoice_review is disabled, or its events were not dispatched",
            "the fulfillment lost its sales order",
        ),
        (
            "`arctl finance review FULFILLMENT` shows what was ordered, shipped and invoiced",
            "`arctl finance alert FULFILLMENT` sends the alert by hand, once",
            "`arctl workflows list` says whether the alert is switched off for everything",
        ),
        "A fulfillment that is invoiced already is left alone, alert or not. Where the ERP calls an order billed or closed"
        " and no invoice names it, the ERP is believed.",
    ),
    "build_not_fulfilled": Page(
        "A build completed, its sales order not fulfilled",
        "A completed build whose work order names no sales order that the ledger holds, while an order waits for that very item; or"
        " one whose order is known and was not shipped when it was due.",
        "The goods are on the shelf and nobody ships them: the link from work order to sales order is what starts the shipment.",
        "error where the link is lost, warning where the order is only late",
        (
            "parent_so_id was lost when the work order was edited or keyed by hand",
            "the warehouse was not told that the build is done",
        ),
        (
            "`arctl trace-po PO` shows the chain of the order",
            "`arctl orders link WORK_ORDER SALES_ORDER --reason …` ties them again; it survives the next sync",
            "`arctl orders show SALES_ORDER` says what the order still waits for",
        ),
        "A work order for stock, which no open order waits for, is no finding.",
    ),
    "po_not_received": Page(
        "A drop-ship purchase order without its receipt after the lead time",
        "A purchase order made for a sales order, or with drop-ship lines, whose expected day has passed without a receipt, or with a"
        " receipt of less than was ordered. Without an expected day, 14 days after its date.",
        "The customer waits for what the vendor ships; nobody in the house sees that it did not arrive.",
        "warning",
        (
            "the vendor is late, or never got the order",
            "the goods arrived and the receipt was not keyed",
        ),
        (
            "`arctl orders show SALES_ORDER` shows who waits for it",
            "call the vendor; have the expected day changed in the ERP, or the receipt keyed",
            "tell the customer, and acknowledge the finding until the new day",
        ),
    ),
    "bill_before_receipt": Page(
        "A vendor bill ahead of its receipt",
        "A vendor bill for a purchase order of which nothing was received, or less than is billed.",
        "Paying it pays for goods that may never come, and the customer cannot be invoiced for them yet.",
        "warning",
        (
            "the vendor bills when the order is taken",
            "the goods arrived and the receipt was not keyed",
        ),
        (
            "`arctl trace-po PO` shows order, receipt and bill beside each other",
            "hold the payment until the receipt is keyed, or have the bill corrected",
        ),
    ),
    "overdue_not_dunned": Page(
        "An invoice 60 or more days overdue without dunning",
        "An open invoice, 60 or more days overdue, that no letter, call or notice named in the last 30 days. The message says which:"
        " the plan was not run, its contract is disabled, a draft waits for approval, or the rules leave the customer alone, and why.",
        "Two months after its day an invoice is paid when somebody asks, and written off when nobody does.",
        "error where dunning is due and nothing waits for a person; warning where dunning is switched off for the customer; info where"
        " a draft waits, or the rules leave the customer alone for a reason",
        (
            "run missing: the nightly plan did not run, or nobody planned by hand",
            "contract disabled: somebody switched ar_aging_action_plan off",
            "waiting: the letter is drafted, and nobody decided on it",
            "suppressed: disputed, promised, placed, snoozed, rejected, below the minimum, covered by unapplied credit",
        ),
        (
            "`arctl plan` (with --as-of for a past day) plans what is due",
            "`arctl workflows enable ar_aging_action_plan --reason …` where it is disabled",
            "`arctl plan --dry-run --why` tells of each customer that is left out, and why",
            "`arctl explain INVOICE` shows how the balance came about",
        ),
        "A stuck lock is not told apart yet: there are no locks before there is a nightly run.",
    ),
    "short_ship": Page(
        "A short ship",
        "A line of a sales order that was shipped in part, or left out of a shipment, after the day it was asked for.",
        "The customer pays the invoice short, or not at all, until somebody explains the difference.",
        "warning",
        (
            "stock ran out while the order was picked",
            "the rest is on its way, and the day in the order was not moved",
        ),
        (
            "`arctl orders show SALES_ORDER` shows what is left",
            "tell the customer before the invoice does, and ship or close the rest in the ERP",
        ),
        "An order that the ERP has closed is left alone: the rest was given up.",
    ),
    "payment_unmatched": Page(
        "A payment that matches no invoice",
        "A receipt of which nothing is applied, that names no open invoice, and whose amount is neither that of an open invoice (of"
        " the customer, its group or anybody) nor of up to four of the customer's together. Deposits are not looked at.",
        "The customer gets reminders for invoices that may be paid, and the money stands in nobody's name.",
        "warning",
        (
            "no remittance advice came with it",
            "the invoice was paid twice, or voided after it was paid",
            "it belongs to another customer",
        ),
        (
            "`arctl reconcile` lists it beside the invoices it may belong to",
            "ask the payer what it is for; have it applied or refunded in the ERP",
        ),
        "A remainder of a payment that is applied in part is `arctl reconcile`'s business.",
    ),
    "order_keyed_twice": Page(
        "An order keyed twice",
        "Two sales orders of one customer with the same PO#, the same items and the same quantities, dated within 14 days,"
        " the later one in the last 90 days and not closed.",
        "The customer gets everything twice, sends half of it back, and pays for neither in time.",
        "error while the later one is not shipped, warning from then on",
        (
            "an order that came by e-mail was typed in by two people",
            "the customer sent the PO again, and it was taken for a new one",
        ),
        (
            "`arctl trace-po PO` shows both orders",
            "ask the customer; cancel one in the ERP before it is shipped",
            "a standing PO# with a weekly order is no mistake: acknowledge it with that reason",
        ),
    ),
    "stock_short": Page(
        "An open order for more than is in stock",
        "A line of an open sales order from inventory for more than is available where it is shipped from.",
        "It will be shipped short, or late, and the customer hears of it last.",
        "warning",
        ("the item was not reordered in time", "the stock of another place was not moved"),
        (
            "`arctl orders show SALES_ORDER` shows what is there and what is missing",
            "reorder, move stock, or agree another day with the customer",
        ),
        "Each order is looked at by itself. An item of which the ledger holds no balance at all is left alone.",
    ),
    "stale_sync": Page(
        "The mirror is stale",
        "No sync was completed in the last 26 hours before now, or before the end of the day asked about.",
        "Every other answer is as old as the last sync: letters go out for invoices that were paid yesterday.",
        "warning after 26 hours, error after 50",
        (
            "the nightly run did not start, or failed",
            "the export did not arrive in its folder",
        ),
        ("`arctl sync --from DIR`, with the folder of the last sync", "then `arctl doctor` once more"),
        "A day before the first sync is not judged.",
    ),
    "proposal_waiting": Page(
        "A proposal that waits too long",
        "A proposal that can be decided on that day for the last time, or could the day before; or one that is approved and was not"
        " applied a day later.",
        "What is not decided in time expires, and tomorrow's plan makes it again: nobody hears from us.",
        "warning",
        (
            "the approver is away",
            "a kill switch stops what is approved",
        ),
        (
            "`arctl approve NUMBER` opens it; `arctl reject NUMBER --reason …` turns it down",
            "`arctl kill status` and `arctl approve --resume` where it is approved and stopped",
        ),
    ),
    "verification_failed": Page(
        "A verification that failed, or was never asked",
        "A check of a run that failed or timed out and that no later run of the same workflow and inputs passed; or one whose time is"
        " over and that nobody asked.",
        "What was approved did not happen, or nobody knows whether it did.",
        "error where it failed or timed out, warning where it was not asked",
        (
            "a step did nothing, or something undid it",
            "`arctl verify` does not run every night",
        ),
        (
            "`arctl runs show RUN` tells what the run did",
            "`arctl verify --run RUN` shows its checks with what was found",
        ),
    ),
    "ledger_integrity": Page(
        "The ledger does not hold together",
        "The schema against schema.sql, the tie-out as of the day, and the chain of events.",
        "Where these fail, no number of arctl can be relied on, nor any other finding of the doctor.",
        "error",
        (
            "another program wrote to the file",
            "the disk or a copy damaged it",
        ),
        (
            "keep a copy of the file as it is",
            "`arctl integrity` reads every row and names what is wrong",
            "restore the last backup, and do not sync until then",
        ),
        "What reads every row (pages, references, balances, history, snapshots) is left to `arctl integrity`.",
    ),
}
"""Every code in the order in which the checks are made. A stuck lock has none yet: there are no locks before a nightly run."""

CODES = tuple(PAGES)


def by_gravity(findings: list[Finding]) -> list[Finding]:
    """The gravest first, then in the order of the checks; those of one check stay as they are."""
    return sorted(findings, key=lambda each: (GRAVEST.index(each.severity), CODES.index(each.code)))


def further(code: str, severity: Severity, count: int) -> Finding:
    """The finding that stands for those not listed."""
    return Finding(
        code, severity, FURTHER, f"{count:,} more of the same kind", f"arctl doctor --check {code} --limit 0"
    )


def is_acknowledged(ack: Acknowledgement | None, day: str) -> bool:
    """Whether the last acknowledgement of a finding covers a day: from the day it was made up to its last."""
    return ack is not None and ack.acked_on <= day <= ack.until_day
