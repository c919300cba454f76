"""What was done about customers before, written straight into a ledger: runs, proposals, cases, actions, steps."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from arctl.core.effects import hash_of
from tests.aging.books import Books

AT = "2026-06-01 09:00:00"
_HASH = "0" * 64


@dataclass
class Past:
    """The past of a ledger's first company; every entry stands by itself, and says no more than the rules read."""

    books: Books
    run: int = 0
    proposals: int = 0
    actions: int = 0

    def begin(self, status: str = "running") -> int:
        """A run, with its envelope approved, or (rejected) turned down."""
        if self.run == 0:
            self._add("workflow_contracts", tenant_id=1, contract_hash=_HASH, workflow_type="ar_aging_action_plan", version=1,
                      text="", first_seen_at=AT)  # fmt: skip
        self.run += 1
        self._add("workflow_run_log", tenant_id=1, run_id=self.run, company_id=1, workflow_type="ar_aging_action_plan",
                  contract_hash=_HASH, status="running", trigger_kind="manual", as_of="2026-06-01", inputs_json="{}",
                  actor="tester", os_user="tester", started_at=AT, created_at=AT, summary_json="{}")  # fmt: skip
        if status != "rejected":
            self._propose("workflow_ar_aging_action_plan", None, None, None, {}, "approved")
        return self.run

    def reject_run(self, effects: Sequence[tuple[str, str, dict[str, object]]]) -> None:
        """A run turned down as a whole: (action type, customer, facts) of its effects."""
        self.begin("rejected")
        for seq, (action_type, customer, facts) in enumerate(effects, start=1):
            self._add("workflow_effects", tenant_id=1, run_id=self.run, seq=seq, phase="fan_out", step="s", kind="proposal",
                      action_type=action_type, risk_level=1, entity_ref="x", customer_key=self.key(customer), currency="USD",
                      title="x", payload_json="{}", content_hash=_HASH, facts_json=json.dumps(facts), facts_hash=hash_of(facts),
                      flags_json="[]")  # fmt: skip
        self.books.ledger.connection.execute(
            "UPDATE workflow_run_log SET status = 'rejected', completed_at = ? WHERE run_id = ?", (AT, self.run)
        )

    def proposed(self, action_type: str, customer: str, status: str, facts: dict[str, object]) -> int:
        """A proposal about a customer in USD, decided like this."""
        if self.run == 0:
            self.begin()
        return self._propose(action_type, 1, customer, self.proposals + 1, facts, status)

    def contact(
        self, customer: str, on: date, status: str = "executed", tier: str | None = "courtesy",
        action_type: str = "reminder_email", facts: dict[str, object] | None = None, currency: str = "USD", company: int = 1,
    ) -> int:  # fmt: skip
        """An action in a case of its own, under a proposal; the action's number."""
        proposal = self.proposed(
            "collection_action", customer, "approved", facts or {"recipients": ["old@example.com"]}
        )
        self.actions += 1
        self._add("collection_cases", tenant_id=1, case_id=self.actions, case_number=f"CASE-2026-{self.actions:04}",
                  company_id=company, customer_key=self.key(customer), currency=currency, status="open", total_overdue_cents=0,
                  opened_on=on.isoformat(), version=1, changed_by="tester", changed_at=AT)  # fmt: skip
        self._add("collection_actions", tenant_id=1, action_id=self.actions, case_id=self.actions,
                  customer_key=self.key(customer), proposal_id=proposal, action_type=action_type, tier=tier,
                  action_date=on.isoformat(), currency=currency, due_amount_cents=1, execution_status=status,
                  executed_at=AT if status == "executed" else None, changed_by="tester", changed_at=AT)  # fmt: skip
        return self.actions

    def step(self, invoice: str, step: int, bucket: int, on: date, action: int | None, installment: int = 0) -> None:
        """How far dunning took an item: with an action, or (None) by a decision that none be."""
        proposal = self.proposals if action is None else self._proposal_of(action)
        ((key,),) = self.books.rows("SELECT invoice_key FROM erp_invoices WHERE id = ?", invoice)
        self._add("dunning_steps", tenant_id=1, invoice_key=key, installment=installment, proposal_id=proposal,
                  action_id=action, step=step, bucket=bucket, on_day=on.isoformat())  # fmt: skip

    def snooze(self, customer: str, until: date) -> None:
        """A customer left alone until a day."""
        proposal = self.proposed("collection_action", customer, "superseded", {})
        self._add("dunning_snoozes", tenant_id=1, customer_key=self.key(customer), currency="USD", proposal_id=proposal,
                  until_day=until.isoformat(), snoozed_by="tester", snoozed_at=AT)  # fmt: skip

    def hold(self, customer: str) -> None:
        """A hold laid over the mirror."""
        self._add("customer_holds", tenant_id=1, hold_id=1, customer_key=self.key(customer), reason="overdue", run_id=self.begin(),
                  placed_on="2026-06-01", placed_at=AT, placed_by="tester")  # fmt: skip

    def key(self, customer: str) -> int:
        """A customer's number."""
        ((key,),) = self.books.rows("SELECT customer_key FROM erp_customers WHERE id = ?", customer)
        return int(key)

    def _propose(
        self,
        action_type: str,
        envelope: int | None,
        customer: str | None,
        seq: int | None,
        facts: dict[str, object],
        status: str,
    ) -> int:
        self.proposals += 1
        self._add("proposed_actions", tenant_id=1, id=self.proposals, company_id=1, run_id=1 if envelope else self.run,
                  envelope_id=envelope, seq=seq, action_type=action_type, entity_ref="x",
                  customer_key=None if customer is None else self.key(customer), risk_level=1, title="x", payload_json="{}",
                  status="pending", currency="USD", proposed_on="2026-06-01", proposed_at=AT, proposed_by="tester",
                  expires_on="2026-06-02", idempotency_key=f"k{self.proposals}", content_hash=_HASH,
                  facts_json=json.dumps(facts), facts_hash=hash_of(facts))  # fmt: skip
        if status != "pending":
            first = "approved" if status == "applied" else status
            connection = self.books.ledger.connection
            connection.execute(
                "UPDATE proposed_actions SET status = ?, decided_on = '2026-06-01', decided_at = ?, decided_by = 'tester'"
                " WHERE id = ?",
                (first, AT, self.proposals),
            )
            if status == "applied":
                connection.execute(
                    "UPDATE proposed_actions SET status = 'applied', applied_at = ? WHERE id = ?", (AT, self.proposals)
                )
        return self.proposals

    def _proposal_of(self, action: int) -> int:
        ((proposal,),) = self.books.rows("SELECT proposal_id FROM collection_actions WHERE action_id = ?", action)
        return int(proposal)

    def _add(self, table: str, **row: object) -> None:
        self.books.ledger.connection.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
        )
