"""The rules that a contract names: what an account calls for (letter, call, task, placement), and programs such as a hold."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from arctl.core.approval import HOLD
from arctl.core.dunning_decision import (
    EDITED_TEMPLATE,
    TIER_BUCKETS,
    Outcome,
    Reason,
    Verdict,
    decide,
    facts,
    letter_lines,
)
from arctl.core.dunning_facts import Account
from arctl.core.effects import Effect, Suppressed, hash_of
from arctl.core.letter import Letter, LetterRequest, LetterWriter
from arctl.core.planned import Draft, Key, key_of
from arctl.core.planning import Found, Row, Rule
from arctl.core.proposal import AGENCY, APPLY_CASH, COLLECTION_ACTION, PROGRAM, RELEASE, RISK, STARTING, TIER_RISK

AccountKey = tuple[str, str]
"""(customer_id, currency)."""


class Rules:
    """The rules over the accounts of one company at the end of a day, written by one writer.

    What a live draft says already is not said again: `kept` holds those drafts afterwards, and `left_out` tells of the overdue
    accounts that the contract's own query never asked about. `refused` gives the programs that were rejected, with the hash of
    their facts: (day, reason); it is asked only where one would be proposed.
    """

    def __init__(
        self,
        accounts: Sequence[Account],
        on: date,
        company_name: str,
        writer: LetterWriter,
        live: Mapping[Key, Draft],
        inputs: Row,
        refused: Callable[[], Mapping[tuple[Key, str], tuple[str, str]]],
    ) -> None:
        self._accounts: Mapping[AccountKey, Account] = {(each.customer_id, each.currency): each for each in accounts}
        self._on, self._company, self._writer = on, company_name, writer
        self._live, self._refused = live, refused
        self.kept: set[int] = set()
        self._asked: set[AccountKey] = set()
        self._threshold, self._tiers = _whole(inputs.get("threshold_days"), 1), _tiers(inputs.get("tier_definitions"))

    @property
    def by_name(self) -> Mapping[str, Rule]:
        """The rules by the names that contracts give them."""
        return {"dunning": self.dunning, "program": self.program}

    def dunning(self, row: Row, settings: Row) -> Sequence[Found]:
        """What is due on one account today: a letter, a call, a task or nothing, and a placement beside it."""
        self._threshold = _whole(settings.get("threshold_days"), 1)
        self._tiers = _tiers(settings.get("tiers"))
        key = _key(row)
        account = self._accounts.get(key)
        if account is None:
            return []
        self._asked.add(key)
        return [self._new(each) for each in self._found(account, settings)]

    def program(self, row: Row, settings: Row) -> Sequence[Found]:
        """A program for a customer, such as a service hold, resting on what is overdue now; never a second hold, nor one that was
        rejected on the same facts."""
        if settings.get("action_type") == RELEASE:
            return [self._new(_release(row, settings))]
        account = self._accounts.get(_key(row))
        if account is None or account.on_hold:
            return []
        effect = _program(account, self._decided(account), settings)
        rejected = self._refused().get((key_of(effect), effect.facts_hash or ""))
        return [self._new(effect) if rejected is None else _refused(account, settings, *rejected)]

    def _new(self, found: Found) -> Found:
        """An effect, unless a live draft says the same; a draft without facts must be the same to the letter."""
        draft = self._live.get(key_of(found)) if isinstance(found, Effect) else None
        if not isinstance(found, Effect) or draft is None or not _says(draft, found):
            return found
        self.kept.add(draft.id)
        waits = "waits" if draft.status == "pending" else "is approved and waits for a kill switch"
        why = f"a live draft with the same facts {waits}: proposal {draft.id}"
        return Suppressed(
            found.customer_id or "", found.customer_name or "", found.currency or "", str(Reason.LIVE_DRAFT), why
        )

    def left_out(self) -> Iterator[Suppressed]:
        """The overdue accounts that no row of the contract's query named, such as those whose items are all disputed."""
        for key, account in self._accounts.items():
            if key not in self._asked:
                verdict = self._decided(account)
                if verdict.code not in (None, Reason.NOT_OVERDUE):
                    yield _suppressed(account, verdict)

    def _decided(self, account: Account) -> Verdict:
        return decide(account, self._on, self._threshold, self._tiers)

    def _found(self, account: Account, settings: Row) -> Iterator[Found]:
        verdict = self._decided(account)
        if verdict.outcome in (Outcome.LETTER, Outcome.CALL):
            yield self._contact(account, verdict, settings)
        elif verdict.code is not Reason.NOT_OVERDUE:
            yield _suppressed(account, verdict)
        if verdict.outcome is Outcome.APPLY_CASH:
            yield _apply_cash(account, verdict, settings)
        if verdict.placement:
            yield _placement(account, verdict, settings)

    def _contact(self, account: Account, verdict: Verdict, settings: Row) -> Effect:
        calls = verdict.outcome is Outcome.CALL
        tier = str(verdict.tier)
        letter = self._letter(account, verdict, tier)
        payload = {
            "subject": letter.subject,
            "recipients": [account.email] if account.email and not calls else [],
            "channel": "call" if calls else "email",
            "language": account.terms.language,
            **_amounts(verdict),
        }
        what = "Call" if calls else f"{tier.capitalize()} letter to"
        return _effect(
            account,
            settings,
            COLLECTION_ACTION,
            title=f"{what} {account.customer_name}",
            payload=payload,
            risk=TIER_RISK[tier],
            amount=verdict.asked_cents,
            facts=facts(account, verdict.items),
            tier=tier,
            body=letter.text,
            body_html=None if calls else letter.html,
            flags=(*verdict.flags, *([EDITED_TEMPLATE] if letter.own_template else [])),
        )

    def _letter(self, account: Account, verdict: Verdict, tier: str) -> Letter:
        return self._writer.letter(
            LetterRequest(
                tier=tier,
                language=account.terms.language,
                on=self._on.isoformat(),
                company_name=self._company,
                customer_id=account.customer_id,
                customer_name=account.customer_name,
                currency=account.currency,
                lines=letter_lines(verdict),
                total_cents=verdict.total_cents,
                unapplied_cents=verdict.unapplied_cents,
                asked_cents=verdict.asked_cents,
            )
        )


def _refused(account: Account, settings: Row, day: str, why: str) -> Suppressed:
    name = str(settings.get("program") or "program").replace("_", " ")
    reason = f"{name} rejected on {day}, and nothing new since: {why}"
    return Suppressed(account.customer_id, account.customer_name, account.currency, str(Reason.REJECTED), reason)


def _release(row: Row, settings: Row) -> Effect:
    """A release rests on no account: who has paid has none. The workflow that it starts looks at the hold's cause again."""
    return Effect(
        phase=str(settings.get("phase") or "fan_out"),
        step=str(settings["step"]),
        kind="proposal",
        entity_ref=f"customer:{row['customer_id']}",
        title=str(settings["title"]),
        payload={name: settings[name] for name in ("program", "starts", "inputs", "payload") if name in settings},
        action_type=RELEASE,
        risk_level=max(RISK[RELEASE], _whole(settings.get("risk_level"), RISK[RELEASE])),
        customer_id=str(row["customer_id"]),
        customer_name=str(row["customer_name"]),
        customer_key=_whole(row["customer_key"], 0),
    )


def _says(draft: Draft, effect: Effect) -> bool:
    """Whether the draft rests on the effect's facts, by the measure of an approval: a hold of its own envelope is no news to it, one
    from elsewhere is."""
    if (draft.tier, draft.facts_hash) == (effect.tier, effect.facts_hash):
        return True
    if not draft.beside_a_hold or draft.tier != effect.tier or effect.facts is None or effect.action_type in STARTING:
        return False
    return draft.facts_hash == hash_of({**effect.facts, HOLD: not effect.facts[HOLD]})


def _program(account: Account, verdict: Verdict, settings: Row) -> Effect:
    action_type = str(settings.get("action_type") or PROGRAM)
    amount = settings.get("amount_cents")
    return _effect(
        account,
        settings,
        action_type,
        title=str(settings.get("title") or f"{action_type} for {account.customer_name}"),
        payload={name: settings[name] for name in ("program", "starts", "inputs") if settings.get(name) is not None},
        risk=max(RISK.get(action_type, 4), _whole(settings.get("risk_level"), 4)),
        amount=amount if isinstance(amount, int) else verdict.asked_cents,
        facts=facts(account, verdict.items),
    )


def _effect(
    account: Account,
    settings: Row,
    action_type: str,
    *,
    title: str,
    payload: Row,
    risk: int,
    amount: int,
    facts: Row,
    tier: str | None = None,
    body: str | None = None,
    body_html: str | None = None,
    flags: tuple[str, ...] = (),
) -> Effect:
    return Effect(
        phase=str(settings.get("phase") or "fan_out"),
        step=str(settings["step"]),
        kind="proposal",
        entity_ref=f"customer:{account.customer_id}",
        title=title,
        payload=payload,
        action_type=action_type,
        risk_level=risk,
        customer_id=account.customer_id,
        customer_name=account.customer_name,
        customer_key=account.customer_key,
        currency=account.currency,
        amount_cents=amount,
        tier=tier,
        body=body,
        body_html=body_html,
        facts=facts,
        flags=flags,
    )


def _amounts(verdict: Verdict) -> dict[str, object]:
    """What is named and asked; cents."""
    return {
        "items": [
            {
                "invoice_key": item.invoice_key,
                "invoice_id": item.invoice_id,
                "installment": item.installment,
                "outstanding_cents": item.outstanding_cents,
                "step": stands.step,
                "bucket": stands.bucket,
                "days_overdue": stands.days_overdue,
                "due_date": item.due_date,
            }
            for item, stands in zip(verdict.items, verdict.steps, strict=True)
        ],
        "total_cents": verdict.total_cents,
        "unapplied_cents": verdict.unapplied_cents,
        "asked_cents": verdict.asked_cents,
        "oldest_invoice_date": min((item.invoice_date for item in verdict.items), default=None),
    }


def _apply_cash(account: Account, verdict: Verdict, settings: Row) -> Effect:
    credits = [{"source_type": each.source_type, "id": each.id, "cents": each.cents} for each in account.unapplied]
    named = ", ".join(f"{each.source_type.replace('_', ' ')} {each.id}" for each in account.unapplied)
    return _effect(
        account,
        settings,
        APPLY_CASH,
        title=f"Apply cash first for {account.customer_name}: {named}",
        payload={**_amounts(verdict), "credits": credits},
        risk=RISK[APPLY_CASH],
        amount=min(verdict.total_cents, verdict.unapplied_cents),
        facts=facts(account, verdict.items),
    )


def _placement(account: Account, verdict: Verdict, settings: Row) -> Effect:
    return _effect(
        account,
        settings,
        AGENCY,
        title=f"Place {account.customer_name} with a collection agency: {verdict.max_overdue} days overdue",
        payload=_amounts(verdict),
        risk=RISK[AGENCY],
        amount=verdict.asked_cents,
        facts=facts(account, verdict.items),
    )


def _suppressed(account: Account, verdict: Verdict) -> Suppressed:
    return Suppressed(account.customer_id, account.customer_name, account.currency, str(verdict.code), verdict.reason)


def _key(row: Row) -> AccountKey:
    return str(row.get("customer_id")), str(row.get("currency"))


def _whole(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _tiers(value: object) -> Mapping[str, str]:
    return {str(tier): str(bucket) for tier, bucket in value.items()} if isinstance(value, Mapping) else TIER_BUCKETS
