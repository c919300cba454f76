"""What goes wrong at 2 a.m.: every check by its code, less what somebody answers for; and answering for a finding. No SQL."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from arctl.core import doctor_desk as desk
from arctl.core import doctor_orders as orders
from arctl.core.acting import Acting
from arctl.core.doctor import CODES, FURTHER, Acknowledgement, Finding, Severity, by_gravity, further, is_acknowledged
from arctl.errors import Refused, UnknownId, UsageError
from arctl.services.books import companies_of, local_date
from arctl.services.doctor_dunning import overdue_not_dunned
from arctl.services.doctor_ledger import ledger_integrity
from arctl.services.doctor_scope import Found, Look
from arctl.services.reconcile import beside
from arctl.store import books, doctor_desk, doctor_orders, reconcile
from arctl.store import orders as order_store
from arctl.store.doctor_orders import Scope
from arctl.store.integrity import one_reading
from arctl.store.ledger import Ledger

LISTED = 100
"""How many findings of one check are listed unless told otherwise; the rest is counted."""
LONGEST_DAYS = 366
"""Nobody answers for a finding longer than this in one go."""
_KEYED_SINCE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the doctor: `on` the day at whose end, `now` aware; `codes` empty for all checks; `limit` 0 for all findings;
    `everything` shows what is acknowledged too."""

    on: date
    now: datetime
    codes: Sequence[str] = ()
    limit: int = LISTED
    everything: bool = False
    company: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The findings, the gravest first, and the acknowledgements that cover some of them, by code and document."""

    findings: Sequence[Finding]
    acknowledged: Mapping[tuple[str, str], Acknowledgement]


def examine(ledger: Ledger, asked: Asked) -> Diagnosis:
    """Make the checks asked for, all of one state of the ledger. Raises UsageError for a code that there is not, UnknownId
    (company)."""
    with one_reading(ledger.connection):
        return _examine(ledger, asked)


def _examine(ledger: Ledger, asked: Asked) -> Diagnosis:
    codes = _known(asked.codes)
    acks = doctor_desk.acknowledged(ledger.connection, ledger.tenant_id)
    live = {key: ack for key, ack in acks.items() if is_acknowledged(ack, asked.on.isoformat())}
    look = _look(ledger, asked, {} if asked.everything else live)
    findings: list[Finding] = []
    for code in codes:
        findings += _listed(code, _CHECKS[code](look), look)
    return Diagnosis(by_gravity(findings), live)


def _listed(code: str, found: Found, look: Look) -> Iterator[Finding]:
    """Those not acknowledged, as far as they are listed; the rest counted, by the gravest of them."""
    mine = (each for each in found.findings if (each.code, each.document) not in look.acknowledged)
    yield from islice(mine, look.limit or None)
    severities = [each.severity for each in mine]
    if severities or found.more:
        yield further(code, min((*severities, *found.grave), key=tuple(Severity).index), len(severities) + found.more)


def _look(ledger: Ledger, asked: Asked, acks: Mapping[tuple[str, str], Acknowledgement]) -> Look:
    companies = companies_of(ledger, asked.company)
    zone = books.zone_named(companies[0].time_zone)
    end = datetime.combine(asked.on + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(seconds=1)
    moment = min(end, asked.now.astimezone(UTC)).replace(tzinfo=None, microsecond=0)
    scope = Scope(
        ledger.connection, ledger.tenant_id, tuple(each.company_id for each in companies), asked.on.isoformat()
    )
    today = local_date(companies[0].time_zone, asked.now)
    return Look(ledger, scope, tuple(companies), asked.on, moment, asked.on == today, asked.limit, acks)


def _known(codes: Sequence[str]) -> Sequence[str]:
    for code in codes:
        check_code(code)
    return [code for code in CODES if code in codes] or CODES


def check_code(code: str) -> str:
    """The code, where there is a check of that name. Raises UsageError with those there are."""
    if code not in CODES:
        from difflib import get_close_matches

        close = get_close_matches(code, CODES, n=1)
        raise UsageError(
            f"there is no check {code}", f"did you mean {close[0]}?" if close else f"they are {', '.join(CODES)}"
        )
    return code


def acknowledge(
    ledger: Ledger, asked: Asked, document: str, until: date, reason: str, acting: Acting
) -> Acknowledgement:
    """Answer for a finding of the one check asked for, up to the end of a day.

    It counts from the day asked about. Raises UnknownId where there is no such finding, UsageError for a code that there is not or
    a last day before that day or too far off, Refused for a day to come.
    """
    (code,) = asked.codes
    check_code(code)
    if asked.on.isoformat() > acting.on:
        raise Refused(f"{asked.on} has not come yet: today is {acting.on}", "acknowledge a finding when it is there")
    if until < asked.on:
        raise UsageError(f"--until {until} lies before {asked.on}", "name the last day on which it is to stay quiet")
    if (until - asked.on).days > LONGEST_DAYS:
        raise UsageError(f"--until {until} is more than a year away", "acknowledge it for a while, and look again then")
    whole = Asked(asked.on, asked.now, (code,), 0, everything=True, company=asked.company)
    with ledger.transaction():
        found = next((each for each in _examine(ledger, whole).findings if each.document == document), None)
        if found is None or document == FURTHER:
            raise UnknownId(
                f"{code} finds nothing about {document} as of {asked.on}",
                f"`arctl doctor --check {code}` lists what it finds",
            )
        number = doctor_desk.next_ack(ledger.connection, ledger.tenant_id)
        on = asked.on.isoformat()
        ack = Acknowledgement(
            number,
            code,
            document,
            until.isoformat(),
            reason,
            found.message,
            on,
            acting.at,
            acting.actor,
            acting.os_user,
        )
        doctor_desk.acknowledge(ledger.connection, ledger.tenant_id, ack)
    return ack


def acknowledgements(ledger: Ledger) -> list[Acknowledgement]:
    """Every one that was ever made, in order."""
    return doctor_desk.acknowledgements(ledger.connection, ledger.tenant_id)


def _not_alerted(look: Look) -> Iterator[Finding]:
    scope = look.scope
    keys = doctor_orders.unalerted_orders(scope)
    yield from orders.not_alerted(order_store.load(scope.connection, scope.tenant, keys, scope.day))
    yield from orders.loose_fulfillments(doctor_orders.loose_fulfillments(scope))


def _not_fulfilled(look: Look) -> Iterator[Finding]:
    built = list(doctor_orders.builds(look.scope))
    return orders.not_fulfilled(built, look.open_lines(), look.scope.day) if built else iter(())


def _unmatched(look: Look) -> Iterator[Finding]:
    scope = look.scope
    for company in look.companies:
        left = doctor_desk.receipts(scope, company.company_id)
        if left:
            invoices = reconcile.open_invoices(scope.connection, scope.tenant, company.company_id, scope.day)
            yield from desk.unmatched(beside(left, invoices), lambda receipt: doctor_desk.alike(scope, receipt))


def _keyed_twice(look: Look) -> Iterator[Finding]:
    since = (look.on - timedelta(days=_KEYED_SINCE_DAYS)).isoformat()
    reach = (look.on - timedelta(days=_KEYED_SINCE_DAYS + orders.TWICE_WITHIN_DAYS)).isoformat()
    groups = orders.alike(doctor_orders.keyed(look.scope, reach))
    lines = doctor_orders.item_lines(look.scope, [each.key for group in groups for each in group])
    return orders.keyed_twice(groups, lines, since)


def _stale(look: Look) -> Iterator[Finding]:
    last, source = doctor_desk.last_sync(look.scope.connection, look.scope.tenant, f"{look.moment:%Y-%m-%d %H:%M:%S}")
    return desk.stale(last, look.moment, source)


def _all(check: Callable[[Look], Iterable[Finding]]) -> Callable[[Look], Found]:
    return lambda look: Found(check(look))


_CHECKS: Mapping[str, Callable[[Look], Found]] = {
    "fulfillment_not_alerted": _all(_not_alerted),
    "build_not_fulfilled": _all(_not_fulfilled),
    "po_not_received": _all(
        lambda look: orders.not_received(doctor_orders.purchase_orders(look.scope, orders.LEAD_DAYS), look.scope.day)
    ),
    "bill_before_receipt": _all(lambda look: orders.billed_early(doctor_orders.vendor_bills(look.scope))),
    "overdue_not_dunned": overdue_not_dunned,
    "short_ship": _all(lambda look: orders.shipped_short(look.open_lines(), look.scope.day)),
    "payment_unmatched": _all(_unmatched),
    "order_keyed_twice": _all(_keyed_twice),
    "stock_short": _all(lambda look: orders.out_of_stock(look.open_lines())),
    "stale_sync": _all(_stale),
    "proposal_waiting": _all(lambda look: desk.waiting(doctor_desk.waiting(look.scope), look.scope.day)),
    "verification_failed": _all(
        lambda look: desk.unverified(doctor_desk.unverified(look.scope, f"{look.moment:%Y-%m-%d %H:%M:%S}"))
    ),
    "ledger_integrity": _all(ledger_integrity),
}
"""Every check by its code; one more is one line here and one page in core."""
