"""The quick part of the ledger's integrity, as findings of the doctor: schema, tie-out, chain of events. No SQL."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from arctl.core.doctor import Finding, Severity
from arctl.core.money import format_amount
from arctl.services.age import AgeRequest, age
from arctl.services.doctor_scope import Look
from arctl.services.evidence_check import event_chain
from arctl.services.integrity import schema
from arctl.store import integrity as store

CODE = "ledger_integrity"


def ledger_integrity(look: Look) -> Iterator[Finding]:
    """What `arctl integrity` finds without reading every row; where the file is too damaged to be asked, that."""
    for examine in (schema, event_chain):
        examined = store.attempt(partial(examine, look.ledger))
        if isinstance(examined, str):
            yield _found("ledger", f"cannot be read: {examined}")
        else:
            yield from (_found(each.where, each.message) for each in examined.findings)
    told = store.attempt(lambda: list(_gaps(look)))
    if isinstance(told, str):
        yield _found("tie-out", f"cannot be made: {told}")
    else:
        yield from told


def _gaps(look: Look) -> Iterator[Finding]:
    """Companies and currencies that do not tie out as of the day. One is asked for: a total over all of them costs far more."""
    if not store.has_synced(look.scope.connection):
        return
    first = look.companies[0]
    request = AgeRequest(look.on, company=first.name, currency=first.base_currency)
    for words in age(look.ledger, request).failing:
        company, currency = words.rsplit(" ", 1)
        (group,) = age(look.ledger, replace(request, company=company, currency=currency)).groups
        aged, expected = (
            format_amount(cents, currency) for cents in (group.tie_out.aged_net, group.tie_out.expected_net)
        )
        yield _found(words, f"as of {look.on} the aging gives {aged} net, the documents {expected}")


def _found(where: str, message: str) -> Finding:
    return Finding(CODE, Severity.ERROR, where, f"{where}: {message}", "arctl integrity")
