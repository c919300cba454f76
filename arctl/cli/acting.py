"""Who acts with a command, and when: read from the process here, handed down from here."""

from arctl.cli.context import Globals, system_user
from arctl.core.acting import Acting
from arctl.services.books import companies_of, local_date
from arctl.store.books import Company
from arctl.store.ledger import Ledger


def acting(options: Globals, company: Company) -> Acting:
    """Who acts, now, on the company's own date; the system account is the process's, whatever --actor says."""
    now = options.now()
    on = local_date(company.time_zone, now).isoformat()
    return Acting(options.actor, system_user(), f"{now:%Y-%m-%d %H:%M:%S}", on)


def acting_on(options: Globals, ledger: Ledger) -> Acting:
    """The same where no single company is concerned: by the clock of the one named, else of the ledger's first."""
    return acting(options, companies_of(ledger, options.company)[0])
