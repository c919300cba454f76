"""Every question of a trace is answered by an index: on millions of documents it costs what its answer costs."""

from datetime import date

from arctl.services.trace_po import trace_po
from arctl.store.ledger import open_ledger
from tests.aging.conftest import Here, Lay
from tests.trace_po.chain import as_csv, chain, changed


def test_no_question_goes_through_a_table(here: Here, lay: Lay) -> None:
    files = changed(changed(chain(), "PO-1", parent_so_id=""), "AB-1", createdfrom="")
    lay(**as_csv(files))
    ledger = open_ledger(here.db, "default")
    asked: list[str] = []
    ledger.connection.set_trace_callback(asked.append)
    for po in ("72622", "81044"):
        trace_po(ledger, po, date(2026, 6, 30))
    ledger.connection.set_trace_callback(None)

    questions = [sql for sql in asked if sql.lstrip().startswith(("SELECT", "WITH"))]
    assert len(questions) > 15
    for sql in questions:
        for *_, step in ledger.connection.execute(f"EXPLAIN QUERY PLAN {sql}"):
            known = ("json_each", "VIRTUAL TABLE", "chain", "companies", "SCAN k", "tenants")
            assert not step.startswith("SCAN") or any(word in step for word in known), f"{step}: {sql}"
            whole = step.endswith("(tenant_id=?)") and "order_links" not in step
            assert not whole, f"{step}: all of a tenant's rows, for {sql}"
    ledger.close()
