"""The control matrix: sound and empty ledgers, each control broken by hand, two companies, the command and its queries."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copyfile

import pytest

from arctl.core.aging import AgingReport
from arctl.core.controls import ASSERTIONS, Control
from arctl.core.events import Happening
from arctl.services import allowance
from arctl.services import controls as service
from arctl.services.age import AgeRequest, age
from arctl.services.books import ensure_ledger, found
from arctl.services.controls import controls
from arctl.store import events
from arctl.store.books import Company, Made
from arctl.store.ledger import Ledger, open_ledger
from tests.aging.books import empty_books
from tests.allowance.books import AGING
from tests.conftest import Arctl
from tests.snapshot.books import SMALL, Evidence, acting, small

DAY = date(2015, 3, 31)
OK, FINDING, NOT_APPLICABLE = "ok", "finding", "not applicable"
CASE = (
    "INSERT INTO collection_cases VALUES (1, 1, 'CASE-2015-0001', 1, 1, 'USD', 'open', 100, NULL, NULL, NULL, NULL, NULL,"
    " '2015-03-31', 1, 'amy', '2015-03-31 12:00:00')"
)
ACTION = (
    "INSERT INTO collection_actions VALUES (1, {id}, 1, 1, NULL, {proposal}, 'reminder_call', NULL, '2015-03-31', 'USD', 100,"
    " 'planned', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'amy', '2015-03-31 12:00:00')"
)
"""A case, and an action in it, with a number and the number of its proposal."""


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SMALL with a policy and the evidence of DAY."""
    path = tmp_path_factory.mktemp("controls") / "arctl.db"
    small(path).ledger.close()
    return path


@pytest.fixture
def ledger(sound: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(copyfile(sound, tmp_path / "arctl.db"))


def attack(path: Path, script: str) -> None:
    """As anybody who holds the file can: triggers dropped, checks and foreign keys off."""
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.executescript(script)


def asked(path: Path, day: date = DAY, company: str | None = None) -> list[Control]:
    """The matrix of the service."""
    with closing(open_ledger(path, "default")) as opened:
        return controls(opened, day, company)


def statuses(found: list[Control]) -> dict[int, str]:
    """Control number -> status, of one company."""
    return {each.assertion.number: each.status.value for each in found}


def numbered(found: list[Control], number: int) -> Control:
    """The only control of that number."""
    (one,) = (each for each in found if each.assertion.number == number)
    return one


def test_a_sound_ledger(ledger: Path) -> None:
    found = asked(ledger)

    assert statuses(found) == {number: NOT_APPLICABLE if number == 4 else OK for number in range(1, 12)}
    assert numbered(found, 1).evidence == (
        "policy in force: 1 (version 1 approved by ben on 2015-01-01 12:00:00 (UTC));"
        " sets of evidence of the day: 1 (valued by version 1)"
    )
    assert numbered(found, 2).evidence == (
        "open invoices: 3 of 170.25 USD; overdue items: 2 of 150.25 USD; items in the evidence of 2015-03-31, revision 1: 3"
    )
    assert numbered(found, 11).evidence == "documents: 4 of 165.25 USD; open items and credits: 4 of 165.25 USD"
    assert not any(each.findings for each in found)


def test_a_ledger_without_anything() -> None:
    with empty_books() as books:
        found = controls(books.ledger, DAY)

    assert [each.assertion for each in found] == list(ASSERTIONS)
    assert {each.status.value for each in found} == {NOT_APPLICABLE}
    assert [each.evidence for each in found] == [each.otherwise for each in ASSERTIONS]


def test_open_items_without_evidence_and_without_a_policy(tmp_path: Path) -> None:
    books = Evidence(tmp_path / "arctl.db")
    books.sync("2015-04-01")
    found = controls(books.ledger, DAY)
    books.ledger.close()

    assert statuses(found) == {
        1: FINDING, 2: NOT_APPLICABLE, 3: OK, 4: NOT_APPLICABLE, 5: NOT_APPLICABLE, 6: OK, 7: NOT_APPLICABLE,
        8: NOT_APPLICABLE, 9: NOT_APPLICABLE, 10: NOT_APPLICABLE, 11: OK,
    }  # fmt: skip
    assert numbered(found, 1).findings == ["3 of 3 open items: no approved allowance policy is in force on 2015-03-31"]
    assert numbered(found, 2).evidence.startswith("no month-end evidence of 2015-03-31; open invoices: 3 of 170.25 USD")


def test_self_approval_and_approval_after_the_day_are_shown_and_no_finding(tmp_path: Path) -> None:
    books = Evidence(tmp_path / "arctl.db")
    books.sync("2015-04-01")
    owner = allowance.one_company(books.ledger, None)
    allowance.draft(books.ledger, owner, "own", AGING, date(2015, 1, 1), None, acting("2015-04-01"))
    allowance.submit(books.ledger, None, 1, acting("2015-04-01"))
    allowance.approve(books.ledger, None, 1, acting("2015-04-01"), self_approve=True, reason="nobody else is here")
    found = controls(books.ledger, DAY)
    books.ledger.close()

    assert statuses(found)[1] == statuses(found)[7] == OK
    assert "SELF-APPROVED: nobody else is here, APPROVED AFTER 2015-03-31" in numbered(found, 1).evidence
    assert numbered(found, 7).evidence.startswith("approvals: 1 (self-approved: version 1, nobody else is here)")


def test_an_invoice_synced_after_the_evidence_is_not_covered(tmp_path: Path) -> None:
    books = small(tmp_path / "arctl.db")
    late = "id,customer_id,invoice_date,due_date,amount\n9,C1,2015-01-01,2015-01-31,7.00\n"
    books.sync("2015-04-02", {"customer_invoices": late})
    found = controls(books.ledger, DAY)
    assert numbered(found, 2).findings == [
        "1 of 3 overdue items: not in the evidence of 2015-03-31, first 9; 1 of them synced since"
    ]
    assert [number for number, status in statuses(found).items() if status == FINDING] == [2]

    books.attest("2015-03-31", "2015-04-02", anew="an invoice came late")
    found = controls(books.ledger, DAY)
    books.ledger.close()
    assert FINDING not in statuses(found).values()
    assert "regenerated sets: 1" in numbered(found, 8).evidence


BROKEN = {
    "nobody approved the policy of the evidence": (
        "UPDATE allowance_decisions SET status = 'rejected' WHERE step = 2",
        {1, 7},
        (1, "valued by version 1, which nobody approved, which is not in force now"),
    ),
    "an overdue line is gone": (
        "DELETE FROM aging_snapshot_lines WHERE invoice_id = '2'",
        {2, 5, 10},
        (2, "1 of 2 overdue items: not in the evidence of 2015-03-31, first 2; 0 of them synced since"),
    ),
    "a total is not its buckets": (
        "UPDATE aging_snapshots SET total_outstanding_cents = 1 WHERE customer_id = 'C1'",
        {3},
        (3, "1 of 2 headers of live evidence: first customer C1 on 2015-03-31"),
    ),
    "a line has another amount": (
        "UPDATE aging_snapshot_lines SET outstanding_cents = 1 WHERE invoice_id = '1'",
        {5},
        (5, "do not sum to a header"),
    ),
    "a credit has another amount": ("UPDATE aging_snapshot_credits SET left_cents = 1", {5}, (5, "do not sum")),
    "a line is in another bucket": (
        "UPDATE aging_snapshot_lines SET bucket = 'days_30' WHERE invoice_id = '1'",
        {5},
        (5, "do not sum"),
    ),
    "lines of another tenant's invoice": (
        (
            "INSERT INTO tenants VALUES (2, 'other'); INSERT INTO companies VALUES (2, 1, 'theirs', 'USD', 'UTC', NULL);"
            "UPDATE erp_installments SET tenant_id = 2; INSERT INTO erp_invoice_lines"
            " SELECT 1, 77, 1, NULL, NULL, NULL, 5, 1, 0;"
        ),
        {6},
        (6, "1 of 1 rows of erp_invoice_lines by erp_invoices: hang on none of the tenant's own"),
    ),
    "an invoice moved to another tenant": (
        "INSERT INTO tenants VALUES (2, 'other'); UPDATE erp_invoices SET tenant_id = 2 WHERE id = '3'",
        {6, 11},
        (6, "1 of 3 rows of aging_snapshot_lines by erp_invoices: hang on none of the tenant's own"),
    ),
    "the maker approved": (
        (
            "UPDATE allowance_decisions SET decided_by = 'AMY' WHERE step = 2;"
            "UPDATE events SET actor = 'AMY' WHERE event_type = 'aging.allowance_approved'"
        ),
        {7},
        (7, "1 of 1 approvals: maker is checker and nobody says why, first version 1"),
    ),
    "self-approved without a reason": (
        "UPDATE allowance_decisions SET self_approved = 'T', reason = NULL WHERE step = 2",
        {7},
        (7, "1 of 1 approvals"),
    ),
    "a decision's event is gone": (
        "DELETE FROM events WHERE event_type = 'aging.allowance_approved'",
        {7},
        (7, "1 of 2 decisions in the chain"),
    ),
    "a decision's event says something else": (
        (
            "UPDATE events SET payload_json = json_set(payload_json, '$.policy.name', 'lax')"
            " WHERE event_type = 'aging.allowance_approved'"
        ),
        {7},
        (7, "of a decision: its hash is not that of its content"),
    ),
    "a decision has another reason than its event": (
        "UPDATE allowance_decisions SET reason = 'as agreed' WHERE step = 2",
        {7},
        (7, "1 of 2 decisions in the chain"),
    ),
    "the first revision is gone": (
        (
            "UPDATE aging_snapshot_sets SET revision = 3, reason = 'again'; UPDATE aging_snapshots SET revision = 3;"
            "UPDATE aging_snapshot_lines SET revision = 3; UPDATE aging_snapshot_credits SET revision = 3"
        ),
        {8},
        (8, "1 of 1 days with evidence: a revision is missing or twice there, first default on 2015-03-31"),
    ),
    "a regenerated set without a reason": (
        (
            "INSERT INTO aging_snapshot_purges SELECT tenant_id, company_id, snapshot_date, 1, content_hash, retain_until, 'r', 'p',"
            " 'o', created_at, event_seq FROM aging_snapshot_sets;"
            "UPDATE aging_snapshot_sets SET revision = 2; UPDATE aging_snapshots SET revision = 2;"
            "UPDATE aging_snapshot_lines SET revision = 2; UPDATE aging_snapshot_credits SET revision = 2"
        ),
        {8},
        (8, "1 of 1 regenerated sets: no reason is given, first on 2015-03-31"),
    ),
    "a policy version is gone": (
        (
            "INSERT INTO allowance_versions SELECT tenant_id, 3, company_id, name, method, base, current_bp, days_30_bp, days_60_bp,"
            " days_90_bp, days_90_plus_bp, flat_bp, rate_bp, effective_date, expiry_date, inputs_json, created_by, created_os_user,"
            " created_at FROM allowance_versions"
        ),
        {8},
        (8, "1 of 2 allowance versions: numbers up to 3 are not all there"),
    ),
    "an exception that nobody accepted": (
        """UPDATE aging_snapshot_sets SET accepted = NULL, exceptions_json = '[{"code":"stale"}]'""",
        {9},
        (9, "1 of 1 exceptions of the evidence of 2015-03-31, revision 1: stale, accepted by nobody"),
    ),
    "a header is gone": (
        "DELETE FROM aging_snapshots WHERE customer_id = 'C2'",
        {5, 6, 10},
        (10, "1 of 1 live sets: rows are missing or too many, first on 2015-03-31"),
    ),
    "a balance is not what its documents give": (
        "UPDATE ar_items SET opening_cents = opening_cents - 1, final_cents = final_cents - 1 WHERE opening_cents = 5025",
        {11},
        (11, "they give 16525 cents net, the aging 16524"),
    ),
    "a collection action that no event tells of": (
        f"{CASE}; {ACTION.format(id=1, proposal='NULL')}",
        {4},
        (4, "1 of 1 collection actions: no event tells of them, first action 1"),
    ),
    "a collection action under a proposal that nobody decided on": (
        f"{CASE}; {ACTION.format(id=1, proposal=7)}",
        {4},
        (4, "1 of 1 collection actions: no event tells of them, first action 1"),
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_by_hand(ledger: Path, case: str) -> None:
    script, numbers, (number, said) = BROKEN[case]
    attack(ledger, script)

    found = asked(ledger)

    assert {each.assertion.number for each in found if each.status == FINDING} == numbers
    assert any(said in each for each in numbered(found, number).findings), numbered(found, number).findings


def test_accepted_exceptions_are_listed_with_their_reason(ledger: Path) -> None:
    attack(ledger, """UPDATE aging_snapshot_sets SET accepted = 'in transit', exceptions_json = '[{"code":"stale"}]'""")

    nine = numbered(asked(ledger), 9)

    assert (nine.status, nine.evidence) == (
        OK,
        "exceptions of the evidence of 2015-03-31, revision 1: 1 (stale, accepted: in transit)",
    )


def _told(ledger: Path, hashed: str) -> None:
    """Action 1 by hand and action 2 under proposal 1, each with its event; the proposal's content has the hash `hashed`."""
    attack(
        ledger,
        f"{CASE}; {ACTION.format(id=1, proposal='NULL')}; {ACTION.format(id=2, proposal=1)};"
        "INSERT INTO workflow_contracts VALUES (1, 'x', 'w', 1, 'x', '2015-03-31 12:00:00');"
        "INSERT INTO workflow_run_log VALUES (1, 1, 1, 'w', 'x', 'completed', 'manual', NULL, '2015-03-31', '{}', NULL, NULL, 'amy',"
        " 'amy', '2015-03-31 12:00:00', '2015-03-31 12:00:00', '2015-03-31 12:00:00', '{}');"
        "INSERT INTO proposed_actions (tenant_id, id, company_id, run_id, action_type, entity_ref, risk_level, title, payload_json,"
        " status, proposed_on, proposed_at, proposed_by, expires_on, idempotency_key, content_hash) VALUES (1, 1, 1, 1,"
        f" 'collection_action', 'customer:C1', 2, 't', '{{}}', 'applied', '2015-03-31', '2015-03-31 12:00:00', 'amy', '2015-04-01',"
        f" 'k', '{hashed}')",
    )
    by_hand = Happening("case.action_added", "1", "case", "CASE-2015-0001", "2015-03-31", 1, {"action_id": 1})
    approved = {"decided": {"applied": [[1, "as approved"]]}}
    decided = Happening("workflow.proposals_approved", "2", "proposal", "1", "2015-03-31", 1, approved)
    with closing(open_ledger(ledger, "default")) as opened, opened.transaction() as connection:
        events.append(connection, 1, [by_hand, decided], "2015-03-31 12:00:00", "amy")


def test_logged_collection_actions(ledger: Path) -> None:
    _told(ledger, "as approved")

    four = numbered(asked(ledger), 4)

    assert (four.status, four.evidence) == (OK, "collection actions: 2 (1 approved as proposals, 1 by hand)")


def test_an_action_under_a_proposal_that_says_something_else_than_was_approved(ledger: Path) -> None:
    _told(ledger, "otherwise")

    assert numbered(asked(ledger), 4).findings == ["1 of 2 collection actions: no event tells of them, first action 2"]


def test_an_aging_report_that_says_something_else(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the report may come to be computed from: it is held against the queries."""

    def wrong(opened: Ledger, request: AgeRequest) -> AgingReport:
        report = age(opened, request)
        (group,) = report.groups
        totals = replace(group.totals, buckets=(2000, 0, 10000, 5025, 0), open_invoices=2)
        return replace(report, groups=[replace(group, totals=totals, tie_out=replace(group.tie_out, aged_net=16000))])

    monkeypatch.setattr(service, "age", wrong)
    found = asked(ledger)

    assert {each.assertion.number: list(each.findings) for each in found if each.findings} == {
        2: ["open invoices USD: the ledger holds 3 of 170.25, the aging report says 2 of 170.25"],
        3: [
            "open items in days_90 USD: the ledger holds none, the aging report says 50.25",
            "open items in days_90_plus USD: the ledger holds 1 of 50.25, the aging report says 0.00",
        ],
        11: ["open items and credits USD: the ledger holds 4 of 165.25, the aging report says 160.00"],
    }


def test_two_companies(tmp_path: Path) -> None:
    path = tmp_path / "arctl.db"
    ensure_ledger(path, "default").close()
    found(path, "default", Company(2, "north", "EUR", "UTC", None), named=True, made=Made("2015-01-01 12:00:00", "amy"))
    books = Evidence(path)
    files = SMALL | {
        "customers": "id,name,company\nC1,Acme,default\nC2,Bolt,north\n",
        "customer_invoices": "id,customer_id,invoice_date,due_date,amount,currency,company\n"
        "1,C1,2015-01-10,2015-02-09,100.00,USD,default\n2,C2,2015-01-10,2015-02-09,60.00,EUR,north\n",
        "customer_payments": "id,customer_id,receipt_date,amount\n",
    }
    books.sync("2015-04-01", files)
    books.policy(company="default")
    books.attest("2015-03-31", "2015-04-01", company="default")
    books.ledger.close()

    both = asked(path)
    assert [(each.company, each.status.value) for each in both if each.assertion.number in (1, 2)] == [
        ("default", OK), ("north", FINDING), ("default", OK), ("north", NOT_APPLICABLE),
    ]  # fmt: skip
    assert {each.company for each in both if each.assertion.number in (4, 6, 8)} == {None}
    assert FINDING not in statuses(asked(path, company="default")).values()
    assert numbered(asked(path, company="north"), 11).evidence == (
        "documents: 1 of 60.00 EUR; open items and credits: 1 of 60.00 EUR"
    )


def test_the_queries_are_what_was_run(arctl: Arctl, ledger: Path) -> None:
    ran = arctl("controls", "--as-of", "2015-03-31", "--json")

    assert (ran.returncode, ran.stderr) == (0, "")
    answer = json.loads(ran.stdout)
    assert list(answer[0]) == ["number", "name", "asserts", "status", "company", "evidence", "query", "findings"]
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as plain:
        for each in answer:
            rows = plain.execute(each["query"]).fetchall()
            assert bool(rows) == (each["status"] != NOT_APPLICABLE), each["name"]
            assert all(f"{row[1]:,}" in each["evidence"] for row in rows)


def test_through_the_real_command(arctl: Arctl, ledger: Path) -> None:
    attack(ledger, "UPDATE aging_snapshot_credits SET left_cents = 1")

    ran = arctl("controls", "--as-of", "2015-03-31", "--queries")
    assert ran.returncode == 1
    assert ran.stderr == (
        "error: 1 control has findings as of 2015-03-31: drill-down\n"
        "hint: each finding names what deviates; --queries prints the statement that shows it\n"
    )
    assert ran.stdout.startswith("Controls as of 2015-03-31\n")
    assert ran.stdout.count("FINDING") == 1
    with closing(sqlite3.connect(ledger)) as plain:
        plain.executescript(ran.stdout[ran.stdout.index("\n-- 1 valuation") :])
    table = list(csv.reader(io.StringIO(arctl("controls", "--as-of", "2015-03-31", "--format", "csv").stdout)))
    assert table[0] == ["number", "name", "company", "asserts", "status", "evidence", "findings"]
    assert [row[4] for row in table[1:]].count("finding") == 1
    marked = arctl("controls", "--as-of", "2015-03-31", "--format", "md", "--queries").stdout
    assert marked.startswith("## Controls as of 2015-03-31\n")
    assert marked.count("```sql\n") == 11
