"""Old invoices that nothing named of late: the rules are asked about each account, and the plan about what is due. No SQL."""

from collections.abc import Iterator, Sequence

from arctl.core.doctor import Finding, Severity
from arctl.core.doctor_dunning import CODE, OVERDUE_DAYS, QUIET_DAYS, WORKFLOW, Planned, undunned
from arctl.core.dunning_decision import decide
from arctl.services.doctor_scope import Found, Look
from arctl.store import doctor_desk, dunning, plans, runs
from arctl.store.books import Company

_AT_ONCE = 200
"""Items looked into at a time: a listed hundred does not need the accounts of ten thousand customers."""

_Item = tuple[int, int, int]


def overdue_not_dunned(look: Look) -> Found:
    """Items 60 days overdue that were not dunned for 30; beyond what is listed they are counted and not looked into."""
    findings: list[Finding] = []
    more, grave = 0, list[Severity]()
    for company in look.companies:
        items = doctor_desk.undunned(look.scope, company.company_id, OVERDUE_DAYS, QUIET_DAYS)
        seen = 0
        for some in _chunks(items, _AT_ONCE if look.limit else len(items)):
            if look.limit and len(findings) >= look.limit:
                break
            seen += len(some)
            findings += [each for each in _explained(look, company, some) if not _is_quiet(look, each)]
        more += len(items) - seen
    if more:
        grave = [min((each.severity for each in findings), key=tuple(Severity).index, default=Severity.INFO)]
    return Found(findings, more, grave)


def _chunks(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    return (items[at : at + size] for at in range(0, len(items), size or 1))


def _is_quiet(look: Look, finding: Finding) -> bool:
    return (CODE, finding.document) in look.acknowledged


def _explained(look: Look, company: Company, items: Sequence[_Item]) -> Iterator[Finding]:
    connection, tenant = look.scope.connection, look.scope.tenant
    wanted = {(invoice, part): at for at, (_, invoice, part) in enumerate(items)}
    customers = sorted({customer for customer, _, _ in items})
    drafts = doctor_desk.drafted(look.scope, company.company_id, WORKFLOW)
    enabled = runs.is_enabled(connection, tenant, WORKFLOW)
    latest = plans.latest_day(connection, tenant, company.company_id, WORKFLOW)
    remedy = "arctl plan" if look.is_today else f"arctl plan --as-of {look.on}"
    found: list[tuple[int, Finding]] = []
    for account in dunning.accounts(connection, tenant, company.company_id, look.on, customers):
        verdict = decide(account, look.on)
        planned = Planned(enabled, latest, drafts.get((account.customer_key, account.currency)), remedy)
        for item in account.items:
            if item.key in wanted:
                found += [(wanted[item.key], each) for each in undunned(account, item, verdict, planned, look.on)]
    return (each for _, each in sorted(found, key=lambda pair: pair[0]))
