"""Whose books: founding a ledger, its tenants and companies, and their own date. No SQL, no printing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from arctl.errors import Refused, UnknownId, UsageError
from arctl.store import books, ledger
from arctl.store.books import Company, Made
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Founded:
    """What `found` made: a `ledger` (with its first tenant and company), a `tenant` in one, or a `company` of one."""

    what: str
    tenant: str
    company: Company


def ensure_ledger(path: Path, tenant: str, first_company: str | None = None) -> Ledger:
    """Open the ledger, made now where there is none, with every company's clock wound.

    A new one's tenant bears the name asked for, its company `first_company` or `default`, with the house's defaults.
    Raises LedgerError, or UnknownId where an existing ledger has no such tenant.
    """
    if ledger.is_missing(path):
        company = books.FIRST_COMPANY
        ledger.create(path, tenant, replace(company, name=_company_name(first_company or company.name)))
    opened = ledger.open_ledger(path, tenant)
    ledger.keep_wal(opened.connection)
    if books.stale_clocks(opened.connection):
        with opened.transaction() as connection:
            books.wind_clocks(connection)
    return opened


def found(path: Path, tenant: str, wanted: Company, named: bool, made: Made) -> Founded:
    """Make a ledger, or add the tenant or the company to one; `named` tells that the operator chose the company's name.

    Raises Refused (exit 4) where all of it exists already, UsageError for a value that cannot be, LedgerError.
    """
    company = replace(wanted, name=_company_name(wanted.name))
    if not tenant.isprintable():
        raise UsageError("a tenant's name must be printable", "give it another with --tenant")
    books.clock_of(company.time_zone)
    if ledger.create(path, tenant, company, made):
        return Founded("ledger", tenant, company)
    if ledger.add_tenant(path, tenant, company, made):
        return Founded("tenant", tenant, company)
    opened = ledger.open_ledger(path, tenant)
    try:
        with opened.transaction() as connection:
            known = [each.name for each in books.companies(connection, opened.tenant_id)]
            if not named or company.name in known:
                raise Refused(
                    f"{path} exists already: tenant {tenant}, {_counted(known)}",
                    "change it with `arctl config set`, add a company with `arctl init --company NAME`, or"
                    " name another file with --db",
                )
            company = replace(company, company_id=books.next_company_id(connection, opened.tenant_id))
            books.add_company(connection, opened.tenant_id, company, made)
    finally:
        opened.close()
    return Founded("company", tenant, company)


def _counted(names: Sequence[str]) -> str:
    return f"{'company' if len(names) == 1 else 'companies'} {', '.join(names)}"


def _company_name(text: str) -> str:
    name = text.strip()
    if not name or not name.isprintable() or len(name) > 100:
        raise UsageError("a company's name is 1 to 100 printable characters", "give it another with --company")
    return name


def today(opened: Ledger, company: Company | None, now: datetime) -> date:
    """The company's own date at an aware moment; where none is named, the first company's.

    Raises LedgerError for a time zone this machine does not know.
    """
    owner = company or books.companies(opened.connection, opened.tenant_id)[0]
    return local_date(owner.time_zone, now)


def local_date(time_zone: str, now: datetime) -> date:
    """The date in a time zone at an aware moment. Raises LedgerError for a zone this machine does not know."""
    return now.astimezone(books.zone_named(time_zone)).date()


def companies_of(opened: Ledger, name: str | None) -> list[Company]:
    """The one company of that name, or all of them. Raises UnknownId."""
    known = books.companies(opened.connection, opened.tenant_id)
    if name is None:
        return known
    return [_among(known, name)]


def the_company(opened: Ledger, name: str | None, why: str) -> Company:
    """The company of that name, or the only one. Raises UnknownId, or UsageError, which says why one must be named."""
    known = companies_of(opened, name)
    if len(known) > 1:
        names = ", ".join(each.name for each in known)
        raise UsageError(f"{why}, and there are several: {names}", "name one: arctl --company NAME …")
    return known[0]


def company_of(opened: Ledger, name: str | None) -> Company | None:
    """The company of that name; None where none is named. Raises UnknownId."""
    return None if name is None else companies_of(opened, name)[0]


def _among(known: Sequence[Company], name: str) -> Company:
    found = next((each for each in known if each.name == name), None)
    if found is None:
        names = [each.name for each in known]
        from difflib import get_close_matches

        close = get_close_matches(name, names, n=1)
        hint = f"did you mean {close[0]}?" if close else f"it holds: {', '.join(names)}"
        raise UnknownId(f"the ledger holds no company {name}", hint)
    return found


def books_from_check(companies: Sequence[Company], as_of: date) -> None:
    """Raises Refused (exit 4) where a company's books begin after `as_of`: what came before is not in the ledger."""
    for company in companies:
        if company.books_from is not None and as_of < date.fromisoformat(company.books_from):
            raise Refused(
                f"the books of company {company.name} begin on {company.books_from}; {as_of} lies before",
                "ask for a later --as-of; `arctl config get books_from` is where that is set",
            )
