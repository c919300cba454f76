"""`arctl approve`: the screen on a terminal, and the forms that need none. Changes nothing without a yes."""

import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import typer

from arctl.cli.acting import acting
from arctl.cli.context import Globals, globals_of, notify
from arctl.cli.hands import carrying_on
from arctl.cli.options import AsOf, Format, JsonFlag, OutputFormat, resolve_date, resolve_format
from arctl.cli.writing import writer_of
from arctl.core.acting import Acting
from arctl.core.approval import refusal
from arctl.core.letter import LetterWriter
from arctl.core.proposal import BULK_RISK, Proposal
from arctl.core.review_values import Finished, Outcome
from arctl.errors import ExitCode, Refused, UsageError
from arctl.render import finished as told
from arctl.render import proposals as render
from arctl.render.text import visible
from arctl.services import approve as service
from arctl.services import books, deciding
from arctl.services import proposals as lookup
from arctl.store.ledger import Ledger, open_ledger


@dataclass(frozen=True, slots=True)
class _Sitting:
    """The open ledger, who acts, on which day, and how the answer leaves."""

    options: Globals
    ledger: Ledger
    acting: Callable[[], Acting]
    day: date
    form: OutputFormat

    @property
    def writer(self) -> LetterWriter:
        return writer_of(self.ledger)


def command(
    ctx: typer.Context,
    ids: Annotated[
        list[int] | None, typer.Argument(metavar="[ID…]", help="An envelope, or proposals.", show_default=False)
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it without asking; needed where there is no terminal.")
    ] = False,
    with_drafts: Annotated[
        bool, typer.Option("--with-drafts", help="Of an envelope: approve what comes out of it, too.")
    ] = False,
    max_risk: Annotated[
        int, typer.Option("--max-risk", metavar="N", min=1, help="With --with-drafts or --all: up to this risk.")
    ] = BULK_RISK,
    all_: Annotated[bool, typer.Option("--all", help="Every pending proposal of --type.")] = False,
    type: Annotated[str | None, typer.Option("--type", metavar="T", help="With --all: this action type.")] = None,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="NAME", help="Risk 4 and 5: the customer's name, typed.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Apply what was approved while a kill switch was on.")
    ] = False,
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Decide on what was planned.

    On a terminal, without --yes, the envelope (the latest, unless one is named) is gone through as a list: what needs a look
    comes first, Enter opens a letter as it will go out, and nothing takes effect before the finish, which is one transaction.
    Elsewhere: `approve ENVELOPE --yes` lets its drafts wait, --with-drafts approves them too, `approve ID… --yes` approves some,
    `--all --type T --yes` all of a type. What was paid, disputed or changed since is refused with what changed (exit 4).
    """
    options, form = globals_of(ctx), resolve_format(format, json)
    chosen = ids or []
    _refuse_contradictions(chosen, all_, type, resume, with_drafts)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = books.companies_of(ledger, options.company)[0]
        day = resolve_date(as_of, books.local_date(company.time_zone, options.now()))
        sitting = _Sitting(options, ledger, lambda: acting(options, company), day, form)
        with carrying_on(options, ledger, company):
            if resume:
                _tell(sitting, service.resume(ledger, sitting.acting(), day, sitting.writer), "nothing waits")
            elif all_:
                _all(sitting, type, max_risk, yes)
            else:
                _some(sitting, chosen, yes, with_drafts, max_risk, confirm)


def _refuse_contradictions(
    chosen: Sequence[int], all_: bool, type: str | None, resume: bool, with_drafts: bool
) -> None:
    if sum((bool(chosen), all_, resume)) > 1:
        raise UsageError("numbers, --all and --resume are three ways to say what is meant", "keep one of them")
    if type is not None and not all_:
        raise UsageError("--type goes with --all", "write `arctl approve --all --type T --yes`")
    if with_drafts and (all_ or resume):
        raise UsageError("--with-drafts goes with an envelope", "write `arctl approve ENVELOPE --with-drafts --yes`")


def _is_asked() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()


def _all(sitting: _Sitting, type: str | None, max_risk: int, yes: bool) -> None:
    company = books.company_of(sitting.ledger, sitting.options.company)
    waiting = service.waiting(sitting.ledger, type, max_risk, company)
    if not waiting:
        envelopes = service.envelopes_waiting(sitting.ledger, company)
        named = (
            f"nothing waits but envelope {envelopes[-1].id}: `arctl approve {envelopes[-1].id}`" if envelopes else ""
        )
        _tell(sitting, [], named or "nothing waits")
        return
    _consent(yes, f"Approve {len(waiting):,} proposals?")
    _tell(sitting, service.approve_ids(sitting.ledger, waiting, sitting.acting(), sitting.day), "nothing waits")


def _some(
    sitting: _Sitting, ids: Sequence[int], yes: bool, with_drafts: bool, max_risk: int, confirm: str | None
) -> None:
    if not ids and yes:
        raise UsageError("--yes says nothing about what", "name an envelope or proposals: `arctl proposals` lists them")
    if not yes and not _is_asked():
        raise _unasked()
    chosen = deciding.found(sitting.ledger, ids) if ids else [_latest(sitting)]
    envelopes = [each for each in chosen if each.is_envelope]
    if not yes and len(chosen) == 1 and envelopes and not with_drafts:
        _screen(sitting, envelopes[0])
        return
    if not yes and len(chosen) == 1 and _is_read_first(chosen[0], sitting.day, confirm):
        _alone(sitting, chosen[0])
        return
    _consent(yes, f"Approve {', '.join(each.title for each in chosen)}?")
    outcomes: list[Outcome] = []
    for each in envelopes:
        outcomes += _envelope(sitting, each, with_drafts, max_risk, confirm)
    others = [each.id for each in chosen if not each.is_envelope]
    if others:
        outcomes += service.approve_ids(
            sitting.ledger, others, sitting.acting(), sitting.day, confirm, writer=sitting.writer
        )
    _tell(sitting, outcomes, "", written=not others)
    if others and sitting.form is OutputFormat.TABLE:
        for line in told.check_lines(service.night_checks(sitting.ledger, outcomes)):
            print(visible(line))


def _unasked() -> Refused:
    return Refused(
        "nobody can be asked here (no terminal) and --yes was not given; nothing was changed",
        "`arctl approve ID… --yes` approves without asking; `arctl proposals` shows what waits",
    )


def _consent(yes: bool, question: str) -> None:
    """Raises Refused unless somebody says yes, here or before."""
    if yes:
        return
    if not _is_asked():
        raise _unasked()
    if not typer.confirm(visible(question), err=True):
        raise Refused("nothing was changed")


def _latest(sitting: _Sitting) -> Proposal:
    """The envelope to go through where none is named: the latest that waits, or of which something does."""
    found = service.envelopes_waiting(sitting.ledger, books.company_of(sitting.ledger, sitting.options.company))
    if not found:
        raise Refused("nothing waits for a decision", "`arctl plan` proposes what is due")
    if len(found) > 1:
        others = ", ".join(str(each.id) for each in found[:-1])
        notify(sitting.options, f"going through envelope {found[-1].id}; others wait: {others}")
    return found[-1]


def _screen(sitting: _Sitting, envelope: Proposal) -> None:
    from arctl.cli.review import run

    service.expire(sitting.ledger, envelope.id, sitting.acting(), sitting.day)
    why = refusal(envelope, sitting.day) if envelope.status == "pending" else ""
    if why:  # before forty letters are read, not after
        raise Refused(f"envelope {envelope.id}: {why}; nothing was changed")
    shown = service.review(sitting.ledger, envelope.id)
    code = run(sitting.ledger, shown, sitting.acting, sitting.day, sitting.writer)
    if code is not ExitCode.DONE:
        raise typer.Exit(code)


def _is_read_first(proposal: Proposal, day: date, confirm: str | None) -> bool:
    """Whether it is of the kind that is read to its end before its name is typed."""
    return proposal.risk_level > BULK_RISK and confirm is None and not refusal(proposal, day)


def _alone(sitting: _Sitting, proposal: Proposal) -> None:
    from arctl.cli.review import run_alone

    code = run_alone(
        sitting.ledger, proposal.envelope_id or proposal.id, proposal.id, sitting.acting, sitting.day, sitting.writer
    )
    if code is not ExitCode.DONE:
        raise typer.Exit(code)


def _envelope(
    sitting: _Sitting, envelope: Proposal, with_drafts: bool, max_risk: int, confirm: str | None
) -> list[Outcome]:
    finished = service.approve_envelope(
        sitting.ledger, envelope.id, sitting.acting(), sitting.day, with_drafts, max_risk, confirm, sitting.writer
    )
    if sitting.form is OutputFormat.TABLE:
        lines = (
            *told.finished_lines(finished),
            *told.alone_lines(finished.alone, finished.envelope_id),
            *told.check_lines(finished.checks),
        )
        for line in lines:
            print(visible(line))
    return _outcomes(sitting, finished)


def _outcomes(sitting: _Sitting, finished: Finished) -> list[Outcome]:
    """The envelope and what came out of it, each as it stands; what fell out with the reason."""
    why = {seq: reason for seq, _, reason in finished.fallen}
    held = f"not applied: {'; '.join(finished.stopped_by)}"
    outcomes = []
    for each in lookup.outcome_rows(sitting.ledger, finished.envelope_id):
        fell = why.get(each.seq or 0, "")
        reason = held if each.id in finished.stopped else fell or each.reason or ""
        outcomes.append(
            Outcome(
                each.id, each.status, reason, each.action_type, each.customer_name or "",
                bool(fell) or each.id in finished.stopped,
            )
        )  # fmt: skip
    return outcomes


def _tell(sitting: _Sitting, outcomes: Sequence[Outcome], nothing: str, written: bool = False) -> None:
    """The outcomes on stdout (an envelope's were told in words); then exit 4 where something was not done as asked."""
    if not (written and sitting.form is OutputFormat.TABLE):
        render.write_outcomes(outcomes, sitting.form, sys.stdout)
    if not outcomes and nothing:
        notify(sitting.options, nothing)
    refused = [each for each in outcomes if each.refused]
    if refused:
        sys.stdout.flush()
        raise _not_done(refused, len(outcomes))


def _not_done(refused: Sequence[Outcome], asked: int) -> Refused:
    """Exit 4: what was not done as asked, the first of it with its reason, and the way on."""
    first = refused[0]
    what = f"{first.id}{f' ({first.customer})' if first.customer else ''}"
    if first.status == "approved":
        message, hint = f"{what} is approved and {first.reason}", "once it is off: `arctl approve --resume`"
    else:
        message, hint = f"{what} was not approved: {first.reason}", "`arctl plan` proposes anew what is due now"
    more = f"; and {len(refused) - 1} more of {asked}" if len(refused) > 1 else ""
    return Refused(f"{message}{more}", hint)
