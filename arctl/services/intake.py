"""Taking orders in: files read, held against the ledger, and staged as one envelope of proposals; and what approving one does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from arctl.connectors.order_files import OrderFile, order_files
from arctl.core.acting import Acting
from arctl.core.contract import Contract
from arctl.core.edi_850 import read_order
from arctl.core.effects import Decided
from arctl.core.events import canonical
from arctl.core.incoming_order import Problem
from arctl.core.intake import Checked, Directory, Incoming, Known, Matched, Rules, Unfit, check_all, one_form
from arctl.core.intake_effect import OrderWriter, proposal_of, sales_order
from arctl.core.intake_report import IntakeReport
from arctl.core.keyed_order import read_csv, read_yaml
from arctl.core.letter import LetterWriter
from arctl.core.planning import Found, Row, decide
from arctl.core.proposal import ORDER_INTAKE, Proposal
from arctl.core.run import LogEntry, Started
from arctl.core.x12 import read as read_x12
from arctl.errors import BadInput, Refused
from arctl.services import staging
from arctl.services.context import Gathered, gather
from arctl.services.contracts import find
from arctl.store import intake as store
from arctl.store import plans, proposals, pushes, runs
from arctl.store.books import Company
from arctl.store.ledger import Ledger
from arctl.store.proposals import Verdict

_ATTEMPTS = 3
_KEYED_REMEDY = "correct it and take the file in again: what is in already is not taken twice"
_TOLD = 20
"""How many refusals a run's log names."""


@dataclass(frozen=True, slots=True)
class IntakeRequest:
    """A file or folder of orders for one company and day. `accept` is a person's reason for a PO# that was ordered before."""

    company: Company
    path: Path
    on: date
    acting: Acting
    accept: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Writers:
    """Who writes what a reviewer reads: orders as tables; letters, which no intake sends."""

    order: OrderWriter
    letter: LetterWriter


@dataclass(frozen=True, slots=True)
class _Batch:
    """All that was read of the files: orders in their order, and what could not be read."""

    source: str
    sha256: str
    orders: Sequence[Incoming]
    unfit: Sequence[Unfit]


def take_edi(ledger: Ledger, request: IntakeRequest, writers: Writers) -> IntakeReport:
    """Read X12 850 orders, and stage those that are whole. Raises BadInput for a path, Refused where intake is switched off."""
    return _take(ledger, request, writers, _edi)


def take_keyed(ledger: Ledger, request: IntakeRequest, writers: Writers) -> IntakeReport:
    """The same for orders keyed from an e-mail: CSV by its ending .csv, else YAML."""
    return _take(ledger, request, writers, _keyed)


def _edi(file: OrderFile) -> tuple[list[Incoming], list[Unfit]]:
    orders: list[Incoming] = []
    found = read_x12(file.text)
    unfit = [Unfit(file.name, each) for each in found.problems]
    for each in found.sets:
        order = read_order(each)
        if isinstance(order, list):
            unfit += [Unfit(file.name, problem) for problem in order]
        else:
            orders.append(Incoming(file.name, order))
    return orders, unfit


def _keyed(file: OrderFile) -> tuple[list[Incoming], list[Unfit]]:
    found = read_csv(file.text) if file.name.lower().endswith(".csv") else read_yaml(file.text)
    wrong = [Unfit(file.name, each, remedy=_KEYED_REMEDY) for each in found.problems]
    return [Incoming(file.name, each) for each in found.orders], wrong


_Reader = Callable[[OrderFile], tuple[list[Incoming], list[Unfit]]]


def _read(path: Path, read: _Reader) -> _Batch:
    orders: list[Incoming] = []
    unfit: list[Unfit] = []
    hashed = sha256()
    for file in order_files(path):
        hashed.update(file.sha256.encode())
        if file.unreadable:
            unfit.append(Unfit(file.name, Problem("", None, "", file.unreadable)))
            continue
        more, wrong = read(file)
        orders += more
        unfit += wrong
    return _Batch(path.name, hashed.hexdigest(), orders, unfit)


def _take(ledger: Ledger, request: IntakeRequest, writers: Writers, read: _Reader) -> IntakeReport:
    """Read without a lock, look and decide, and stage where nobody changed the ledger meanwhile."""
    contract = find(ledger, ORDER_INTAKE)
    connection, tenant = ledger.connection, ledger.tenant_id
    if not runs.is_enabled(connection, tenant, ORDER_INTAKE):
        raise Refused(f"{ORDER_INTAKE} is disabled", f"`arctl workflows enable {ORDER_INTAKE}` lets it run again")
    if request.on.isoformat() > request.acting.on and not request.dry_run:
        raise Refused(
            f"{request.on} has not come yet for company {request.company.name}", "--dry-run tells what it would be"
        )
    batch = _read(request.path, read)
    if not request.dry_run:
        _expire(ledger, request)
    for _ in range(_ATTEMPTS):
        seen = plans.fingerprint(connection, tenant)
        taking = _Taking(ledger, request, contract, batch, writers)
        taking.look()
        if request.dry_run or not taking.fit:
            return taking.report(None, None)
        with ledger.transaction():
            if plans.fingerprint(connection, tenant) == seen:
                return taking.stage()
    raise Refused(
        "others kept changing the ledger while the orders were read; nothing was staged", "take them in again"
    )


def _expire(ledger: Ledger, request: IntakeRequest) -> None:
    """End what nobody decided in time, so that an order whose envelope lapsed can be taken in again."""
    connection, tenant, acting = ledger.connection, ledger.tenant_id, request.acting
    day = request.on.isoformat()
    if not plans.overdue_proposals(connection, tenant, request.company.company_id, day):
        return
    with ledger.transaction():
        overdue = plans.overdue_proposals(connection, tenant, request.company.company_id, day)
        verdict = Verdict("expired", day, acting.at, acting.actor, acting.os_user, "nobody decided in time")
        proposals.decide(connection, tenant, [id for id, _, _ in overdue], verdict)
        for _, run_id, envelope in overdue:
            if envelope is None:
                runs.move(connection, tenant, run_id, "expired", '{"expired":true}', acting.at)


class _Taking:
    """One look at a batch by what the ledger says now, and what comes of it."""

    def __init__(
        self, ledger: Ledger, request: IntakeRequest, contract: Contract, batch: _Batch, writers: Writers
    ) -> None:
        self._ledger, self._request, self._contract = ledger, request, contract
        self._batch, self._writers = batch, writers
        self.fit: Sequence[Checked] = ()
        self._unfit: list[Unfit] = list(batch.unfit)
        self._decided = Decided(())
        self._inputs: Mapping[str, object] = {}
        self._gathered: Gathered | None = None

    def look(self) -> None:
        """Match, check and decide. Raises BadInput where the contract is wrong."""
        ledger, request = self._ledger, self._request
        directory = Directory.of(store.customers(ledger.connection, ledger.tenant_id, request.company.company_id))
        matched: list[Matched] = []
        for each in self._batch.orders:
            found = directory.match(each)
            if isinstance(found, Matched):
                matched.append(found)
            else:
                self._unfit.append(found)
        known = _known(ledger, request, matched)
        self._check(matched, known, 0)
        self._inputs = {
            "source": self._batch.source, "sha256": self._batch.sha256, "orders": len(self.fit),
            "refused": len(self._unfit), "accept": request.accept or None,
        }  # fmt: skip
        self._gathered = gather(ledger, self._contract, self._inputs, request.company, request.on, request.acting.at)
        if self._gathered.blocked:
            told = "; ".join(each.message for each in self._gathered.blocked)
            raise Refused(
                f"the orders of {self._batch.source} are not taken in: {told}", "correct them, or the contract"
            )
        self._decided = decide(
            self._contract, self._gathered.facts, {ORDER_INTAKE: self._rule(matched, known)}, self._writers.letter
        )

    def _check(self, matched: Sequence[Matched], known: Known, tolerance_bp: int) -> None:
        rules = Rules(tolerance_bp, self._request.accept)
        company, on = self._request.company, self._request.on
        self.fit, controlled = check_all(matched, known, rules, company.base_currency, on.isoformat())
        self._unfit = [each for each in self._unfit if not each.control] + controlled

    def _rule(self, matched: Sequence[Matched], known: Known) -> Callable[[Row, Row], Sequence[Found]]:
        """The orders as the contract's step wants them: its tolerance for prices is that of the checks."""

        def rule(_: Row, settings: Row) -> Sequence[Found]:
            tolerance = settings.get("price_tolerance_bp")
            if isinstance(tolerance, int) and tolerance:
                self._check(matched, known, tolerance)
            step, phase = str(settings["step"]), str(settings["phase"])
            accept = self._request.accept
            return [proposal_of(each, self._writers.order(each), step, phase, accept) for each in self.fit]

        return rule

    def stage(self) -> IntakeReport:
        """Write the run and its envelope, in the caller's transaction."""
        request, at = self._request, self._request.acting.at
        entries = [*(self._gathered.entries if self._gathered else ())]
        said = f"{len(self.fit)} staged, {len(self._unfit)} refused"
        entries.append(LogEntry("context", "orders", "file", "completed", at, at, f"{self._batch.source}: {said}"))
        entries += [
            LogEntry("context", "orders", "file", "warned", at, at, f"refused: {each.file}: {each.problem.words}")
            for each in self._unfit[:_TOLD]
        ]
        run_id, envelope = staging.stage_envelope(
            self._ledger, request.company, self._contract, self._decided, self._inputs, request.on, request.acting,
            Started("manual"), entries,
        )  # fmt: skip
        return self.report(run_id, envelope)

    def report(self, run_id: int | None, envelope: int | None) -> IntakeReport:
        """What there is to tell."""
        ledger, request = self._ledger, self._request
        staged = proposals.get(ledger.connection, ledger.tenant_id, envelope) if envelope is not None else None
        return IntakeReport(
            self._batch.source, request.on.isoformat(), request.company.name, run_id, envelope,
            staged.expires_on if staged else None, tuple(self.fit), tuple(self._unfit), request.dry_run,
        )  # fmt: skip


def _known(ledger: Ledger, request: IntakeRequest, matched: Sequence[Matched]) -> Known:
    """What the ledger knows of these orders, in a handful of statements whatever their number."""
    connection, tenant = ledger.connection, ledger.tenant_id
    whose = {each.customer.id for each in matched}
    codes = {code for each in matched for line in each.order.lines for _, code in line.items}
    limited = {each.customer.id for each in matched if each.customer.credit_limit_cents is not None}
    rates = store.rates(connection, tenant, whose, codes)
    sold = {code for _, code in rates}
    known_items = sold | (store.items(connection, tenant, codes - sold) if codes - sold else set())
    numbers = {each.number for each in matched}
    return Known(
        rates,
        frozenset(known_items),
        store.ordered(connection, tenant, numbers),
        store.taken(connection, tenant, {each.key for each in matched}),
        store.balances(connection, tenant, request.company.company_id, request.on.isoformat(), limited),
    )


def push_order(ledger: Ledger, proposal: Proposal, payload: Mapping[str, object], acting: Acting) -> int:
    """Stage the sales order of an approved proposal for the ERP, in the caller's transaction; the push's number.

    Raises Refused where it was pushed meanwhile, or where the ERP has an order of its PO# that the reviewer was not shown;
    BadInput for a payload that is no order's.
    """
    connection, tenant = ledger.connection, ledger.tenant_id
    if proposal.entity_ref != payload.get("key") or proposal.customer_id is None:
        raise BadInput(f"proposal {proposal.id} is not of an order that was taken in")
    pushed, before = store.pushes_of(connection, tenant, proposal.entity_ref)
    if pushed is not None:
        raise Refused(f"{proposal.id}, {proposal.title}: {pushed}; nothing was changed", "reject this one")
    number = one_form(str(payload["po"]))
    same = store.ordered(connection, tenant, [number]).get((proposal.customer_id, number), [])
    if same and not payload.get("accepted") and not payload.get("release"):
        told = ", ".join(f"{name} of {on}" for name, on in same)
        raise Refused(
            f"{proposal.id}, {proposal.title}: it was ordered meanwhile: {told}; nothing was changed", "reject it"
        )
    key = proposal.entity_ref if not before else f"{proposal.entity_ref}#{before + 1}"
    row = ("salesOrder", f"eid:{proposal.entity_ref}", "create", canonical(sales_order(payload)), key)
    return pushes.add(connection, tenant, proposal.run_id, row, acting)
