"""With the ledger's file in hand and SQL typed: what was decided stays decided, and nothing skips its approval."""

import sqlite3

import pytest

from arctl.core.review_values import Mark
from tests.approve.staged import Morning

CHILD = (
    "INSERT INTO proposed_actions (tenant_id, id, company_id, run_id, envelope_id, seq, action_type, entity_ref, risk_level, title,"
    " payload_json, status, proposed_on, proposed_at, proposed_by, expires_on, idempotency_key, content_hash)"
    " SELECT tenant_id, 1 + (SELECT max(id) FROM proposed_actions), company_id, run_id, 1, 99, 'collection_action', 'x', 1, 'x', '{}',"
    " :status, proposed_on, proposed_at, proposed_by, expires_on, 'mine', content_hash FROM proposed_actions WHERE id = 1"
)
ATTACKS = (
    "UPDATE proposed_actions SET status = 'pending', applied_at = NULL, decided_at = NULL WHERE status = 'applied'",
    "UPDATE proposed_actions SET decided_by = 'somebody' WHERE status = 'applied'",
    "UPDATE proposed_actions SET body = 'another letter' WHERE status = 'pending'",
    "UPDATE proposed_actions SET status = 'applied', applied_at = datetime('now') WHERE status = 'pending'",
    "DELETE FROM proposed_actions WHERE status = 'rejected'",
    "REPLACE INTO proposed_actions SELECT * FROM proposed_actions WHERE status = 'applied'",
    "UPDATE collection_actions SET execution_status = 'planned', executed_at = NULL WHERE execution_status = 'executed'",
    "DELETE FROM collection_actions",
    "UPDATE outbox SET body = 'another letter'",
    "DELETE FROM dunning_steps",
    "UPDATE collection_cases SET customer_key = customer_key + 1, version = version + 1",
    "UPDATE kill_switch_log SET is_on = 'F'",
    "DELETE FROM kill_switch_log",
)


def test_a_proposal_does_not_come_before_its_envelope_s_approval(desk: Morning) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="comes into being with the approval of its envelope"):
        desk.ledger.connection.execute(CHILD, {"status": "pending"})
    desk.fan_out()
    with pytest.raises(sqlite3.IntegrityError, match="a proposal begins pending"):
        desk.ledger.connection.execute(CHILD, {"status": "approved"})


@pytest.mark.parametrize("sql", ATTACKS)
def test_what_is_decided_stays(desk: Morning, sql: str) -> None:
    desk.finish({"collection_action C1": Mark("tick"), "collection_action C2": Mark("reject", reason="no")})
    desk.switch("ns_writes", True)
    with pytest.raises(sqlite3.IntegrityError):
        desk.ledger.connection.execute(sql)
