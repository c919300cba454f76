"""Allowance policies as they are made, decided and looked up. A decision and its event stand or fall together."""

from collections.abc import Sequence
from datetime import date

from arctl.core.acting import Acting
from arctl.core.allowance import Policy, Terms, policy_facts
from arctl.core.allowance_policy import Decided, Decision, PolicyShown
from arctl.core.events import Happening
from arctl.errors import Refused, UnknownId, UsageError
from arctl.services.books import companies_of, the_company
from arctl.store import allowance as store
from arctl.store import events
from arctl.store.books import Company
from arctl.store.ledger import Ledger

_LONGEST_NAME, _LONGEST_REASON = 100, 500
_EVENT = {"pending_approval": "submitted", "approved": "approved", "rejected": "rejected"}


def require_in_force(ledger: Ledger, company: Company, day: date) -> Policy:
    """The company's policy in force on a day. Raises Refused (exit 4) where none was approved for it."""
    iso = day.isoformat()
    found = store.in_force(ledger.connection, ledger.tenant_id, company.company_id, iso)
    if found is not None:
        return found
    known = store.policies(ledger.connection, ledger.tenant_id, [company.company_id])
    raise Refused(f"company {company.name} has no approved allowance policy in force on {iso}", _way_out(known, iso))


def _way_out(known: Sequence[Policy], day: str) -> str:
    """The next step towards a policy in force on a day."""
    waiting = [each for each in known if each.approved_by is None and each.effective_date <= day]
    if waiting:
        number = waiting[-1].version
        return f"version {number} may be waiting: `arctl allowance show {number}`, then submit and approve it"
    later = [each for each in known if each.approved_by is not None and each.effective_date > day]
    if later:
        first = min(later, key=lambda each: each.effective_date)
        return f"the first approved one, version {first.version}, takes effect on {first.effective_date}"
    return f"make one with `arctl allowance new --name NAME --method aging_method --effective {day}`, submit and approve it"


def one_company(ledger: Ledger, name: str | None) -> Company:
    """The company a policy is made for. Raises UnknownId, or UsageError where several are there and none is named."""
    return the_company(ledger, name, "an allowance policy belongs to one company")


def draft(
    ledger: Ledger,
    company: Company,
    name: str,
    terms: Terms,
    effective: date,
    expires: date | None,
    acting: Acting,
    inputs_json: str | None = None,
) -> Policy:
    """Write a new version as a draft; it counts for nothing until it is approved.

    `expires` is the first day it is out of force. Raises UsageError for a name or dates that cannot be.
    """
    said = _printable(name, "--name", _LONGEST_NAME)
    if expires is not None and expires <= effective:
        raise UsageError(
            f"--expires {expires} is not after --effective {effective}", "it is the first day out of force"
        )
    with ledger.transaction() as connection:
        policy = Policy(
            config_id=store.next_config_id(connection, ledger.tenant_id),
            company_id=company.company_id,
            name=said,
            terms=terms,
            effective_date=effective.isoformat(),
            expiry_date=expires.isoformat() if expires else None,
            end_date=expires.isoformat() if expires else None,
            created_by=acting.actor,
            created_os_user=acting.os_user,
            created_at=acting.at,
            inputs_json=inputs_json,
        )
        _record(ledger, policy, "drafted", acting, {})
        store.add_version(connection, ledger.tenant_id, policy)
    return policy


def submit(ledger: Ledger, company: str | None, version: int, acting: Acting) -> Decided:
    """Hand a draft in for approval. Raises UnknownId, Refused (exit 4) for what is no draft."""
    return _decide(ledger, company, version, "pending_approval", acting, None, self_approve=False)


def approve(
    ledger: Ledger, company: str | None, version: int, acting: Acting, self_approve: bool, reason: str | None
) -> Decided:
    """Approve what was submitted; from then on it is in force for its dates, also for days gone by.

    Raises UnknownId, UsageError (self-approval without a reason), Refused (exit 4) for what is not waiting and for one's
    own: the same name or the same system account.
    """
    if self_approve and not (reason or "").strip():
        raise UsageError("--self-approve needs its reason", 'say why nobody else can: --reason "…"')
    return _decide(ledger, company, version, "approved", acting, reason, self_approve)


def reject(ledger: Ledger, company: str | None, version: int, acting: Acting, reason: str) -> Decided:
    """Turn down what was submitted, one's own too. Raises UnknownId, UsageError (an empty reason), Refused."""
    return _decide(ledger, company, version, "rejected", acting, reason, self_approve=False)


def listed(ledger: Ledger, company: str | None) -> list[PolicyShown]:
    """Every version of the company named, or of all, by number. Raises UnknownId."""
    names = {each.company_id: each.name for each in companies_of(ledger, company)}
    return [
        PolicyShown(
            policy, names[policy.company_id], store.status_of(ledger.connection, ledger.tenant_id, policy.version)
        )
        for policy in store.policies(ledger.connection, ledger.tenant_id, list(names))
    ]


def shown(ledger: Ledger, company: str | None, version: int) -> PolicyShown:
    """One version with its decisions and the snapshots made with it. Raises UnknownId."""
    policy, name = policy_of(ledger, company, version)
    connection, tenant = ledger.connection, ledger.tenant_id
    return PolicyShown(
        policy,
        name,
        store.status_of(connection, tenant, version),
        store.decisions(connection, tenant, version),
        store.snapshots_with(connection, tenant, version),
    )


def policy_of(ledger: Ledger, company: str | None, version: int) -> tuple[Policy, str]:
    """The version of that number and its company's name. Raises UnknownId (exit 2)."""
    names = {each.company_id: each.name for each in companies_of(ledger, company)}
    known = store.policies(ledger.connection, ledger.tenant_id, list(names))
    found = next((each for each in known if each.version == version), None)
    if found is None:
        whose = f" of company {company}" if company else ""
        raise UnknownId(f"there is no allowance version {version}{whose}", "`arctl allowance list` shows every version")
    return found, names[found.company_id]


def _decide(
    ledger: Ledger,
    company: str | None,
    version: int,
    status: str,
    acting: Acting,
    reason: str | None,
    self_approve: bool,
) -> Decided:
    said = None if reason is None else _printable(reason, "--reason", _LONGEST_REASON)
    with ledger.transaction() as connection:
        policy, name = policy_of(ledger, company, version)
        known = store.decisions(connection, ledger.tenant_id, version)
        _refuse_out_of_turn(version, known, status)
        own = status == "approved" and _same_person(policy, acting)
        if own and not self_approve:
            raise Refused(
                f"version {version} was made by {policy.created_by} (system user {policy.created_os_user}); who makes a"
                " policy does not approve it",
                'let somebody else approve it under their own account, or add --self-approve --reason "…", which every'
                " report will show",
            )
        before = store.in_force(connection, ledger.tenant_id, policy.company_id, policy.effective_date)
        facts: dict[str, object] = {
            "step": len(known) + 1,
            "self_approved": own,
            "reason": said,
            "os_user": acting.os_user,
        }
        seq = _record(ledger, policy, _EVENT[status], acting, {"decision": facts})
        decision = Decision(
            len(known) + 1, status, "T" if own else "F", said, acting.actor, acting.os_user, acting.at, seq
        )
        store.add_decision(connection, ledger.tenant_id, version, decision)
        after, _ = policy_of(ledger, company, version)
    return Decided(after, name, status, before if status == "approved" else None)


def _same_person(policy: Policy, acting: Acting) -> bool:
    """By the name given, however it is spelled, or by the system account, which nobody can just type."""
    return policy.created_by.casefold() == acting.actor.casefold() or policy.created_os_user == acting.os_user


def _refuse_out_of_turn(version: int, known: Sequence[Decision], wanted: str) -> None:
    """Raises Refused unless the decision is the next one in turn."""
    last = known[-1] if known else None
    if wanted == "pending_approval" and last is None:
        return
    if wanted != "pending_approval" and last is not None and last.status == "pending_approval":
        return
    if last is None:
        raise Refused(
            f"version {version} is a draft that nobody submitted", f"run `arctl allowance submit {version}` first"
        )
    if last.status == "pending_approval":
        raise Refused(
            f"version {version} was submitted by {last.decided_by} on {last.decided_at} (UTC) already",
            f"approve it with `arctl allowance approve {version}`, or reject it",
        )
    raise Refused(
        f"version {version} was {last.status} by {last.decided_by} on {last.decided_at} (UTC); a decision stands",
        "make a new version with `arctl allowance new`",
    )


def _record(ledger: Ledger, policy: Policy, what: str, acting: Acting, more: dict[str, object]) -> int:
    """Append the event of a step; its number in the chain. The company is known from its column there."""
    happening = Happening(
        f"aging.allowance_{what}",
        f"allowance/{policy.config_id}/{what}",
        "allowance_config",
        str(policy.config_id),
        acting.on,
        policy.company_id,
        {"policy": policy_facts(policy), **more},
    )
    (event,) = events.append(ledger.connection, ledger.tenant_id, [happening], acting.at, acting.actor)
    return event.seq


def _printable(text: str, option: str, longest: int) -> str:
    said = text.strip()
    if not said or not said.isprintable() or len(said) > longest:
        raise UsageError(f"{option} takes 1 to {longest} printable characters")
    return said
