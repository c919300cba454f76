"""The evidence queries of the control matrix, as an auditor can type them; :tenant, :company and :date stand for values.

Each gives rows of core.controls.Measure: subject, counted, cents, currency, deviations, note.
"""

_OWN = "tenant_id = :tenant AND company_id = :company"
_KEY = "tenant_id, company_id, snapshot_date, revision"
_LIVE = f"live_snapshot_sets WHERE {_OWN} AND snapshot_date <= ':date'"
_OPEN = """SELECT o.currency, o.invoice_key, o.installment, o.day - o.due_day AS late,
       min(o.cap_cents, o.raw_cents - o.after_cents) AS cents
  FROM days AS d CROSS JOIN ar_open_items AS o ON o.day = d.day
 WHERE d.iso = ':date' AND o.tenant_id = :tenant AND o.company_id = :company
   AND o.raw_cents > o.after_cents AND o.cap_cents > 0"""

VALUATION = f"""WITH force AS (
SELECT * FROM allowance_in_force
 WHERE {_OWN} AND effective_date <= ':date' AND (end_date IS NULL OR end_date > ':date')),
open AS (
{_OPEN})
SELECT 'policy in force' AS subject, 1 AS counted, NULL AS cents, NULL AS currency, 0 AS deviations,
       'version ' || config_id || ' approved by ' || decided_by || ' on ' || decided_at || ' (UTC)'
       || iif(self_approved = 'T', ', SELF-APPROVED: ' || reason, '')
       || iif(date(decided_at, coalesce((SELECT offset_minutes FROM company_clock AS c
                WHERE c.tenant_id = f.tenant_id AND c.company_id = f.company_id AND c.from_utc <= f.decided_at
                ORDER BY c.from_utc DESC LIMIT 1), 0) || ' minutes') > ':date', ', APPROVED AFTER :date', '') AS note
  FROM force AS f
UNION ALL
SELECT 'open items', count(*), NULL, NULL, count(*), 'no approved allowance policy is in force on :date'
  FROM open HAVING count(*) > 0 AND NOT EXISTS (SELECT 1 FROM force)
UNION ALL
SELECT 'sets of evidence of the day', 1, NULL, NULL,
       NOT EXISTS (SELECT 1 FROM allowance_decisions AS d WHERE d.tenant_id = s.tenant_id
                      AND d.config_id = s.allowance_config_id AND d.status = 'approved'),
       'valued by version ' || allowance_config_id
       || iif(EXISTS (SELECT 1 FROM allowance_decisions AS d WHERE d.tenant_id = s.tenant_id
                         AND d.config_id = s.allowance_config_id AND d.status = 'approved'), '', ', which nobody approved')
       || iif(allowance_config_id IN (SELECT config_id FROM force), '', ', which is not in force now')
  FROM live_snapshot_sets AS s WHERE {_OWN} AND snapshot_date = ':date'"""

COVERAGE = f"""WITH open AS (
{_OPEN}),
live AS (
SELECT * FROM live_snapshot_sets WHERE {_OWN} AND snapshot_date = ':date')
SELECT 'open invoices' AS subject, count(DISTINCT invoice_key) AS counted, sum(cents) AS cents, currency, 0 AS deviations,
       NULL AS note
  FROM open GROUP BY currency
UNION ALL
SELECT 'overdue items', count(*), sum(cents), o.currency,
       iif(s.batch IS NULL, 0, count(*) FILTER (WHERE l.invoice_key IS NULL)),
       'not in the evidence of :date, first ' || iif(s.batch IS NULL, NULL, min(i.id) FILTER (WHERE l.invoice_key IS NULL)) || '; '
       || count(*) FILTER (WHERE l.invoice_key IS NULL AND i.batch > s.batch) || ' of them synced since'
  FROM open AS o
  JOIN erp_invoices AS i ON i.tenant_id = :tenant AND i.invoice_key = o.invoice_key
  LEFT JOIN live AS s
  LEFT JOIN (SELECT DISTINCT n.invoice_key, n.installment FROM live JOIN aging_snapshot_lines AS n USING ({_KEY})) AS l
         ON l.invoice_key = o.invoice_key AND l.installment = o.installment
 WHERE o.late > 0 GROUP BY o.currency
UNION ALL
SELECT 'items in the evidence of :date, revision ' || revision, lines, NULL, NULL, 0, NULL FROM live"""

_NAMES = ("current", "days_30", "days_60", "days_90", "days_90_plus")
_WITHIN = ("late <= 0", "late BETWEEN 1 AND 30", "late BETWEEN 31 AND 60", "late BETWEEN 61 AND 90", "late > 90")
_HEADER_SUM = " + ".join(f"{name}_cents" for name in _NAMES)
_IN_BUCKETS = "\n".join(
    f"UNION ALL\nSELECT 'open items in {name}', count(*), sum(cents), currency, 0, NULL FROM open WHERE {within} GROUP BY currency"
    for name, within in zip(_NAMES, _WITHIN, strict=True)
)
SUMS = f"""WITH open AS (
{_OPEN}),
headers AS (
SELECT *, total_outstanding_cents IS NOT {_HEADER_SUM} AS wrong
  FROM live_snapshots WHERE {_OWN} AND snapshot_date <= ':date')
SELECT 'headers of live evidence' AS subject, count(*) AS counted, sum(total_outstanding_cents) AS cents, currency,
       sum(wrong) AS deviations, 'first customer ' || min(customer_id || ' on ' || snapshot_date) FILTER (WHERE wrong) AS note
  FROM headers GROUP BY currency
UNION ALL
SELECT 'open items', count(*), sum(cents), currency, 0, NULL FROM open GROUP BY currency
{_IN_BUCKETS}"""

# An action under a proposal is told by the event of its decision, with the hash of what was approved; one by hand by its own.
LOGGED = """WITH decided AS MATERIALIZED (
SELECT DISTINCT p.value ->> 0 AS id, p.value ->> 1 AS content_hash
  FROM events AS e, json_each(e.payload_json, '$.decided') AS s, json_each(s.value) AS p
 WHERE e.tenant_id = :tenant AND e.event_type LIKE 'workflow.%'),
added AS MATERIALIZED (
SELECT payload_json ->> 'action_id' AS id FROM events WHERE tenant_id = :tenant AND event_type = 'case.action_added'),
logged AS (
SELECT a.action_id, a.proposal_id, CASE WHEN a.proposal_id IS NULL THEN a.action_id NOT IN (SELECT id FROM added)
       ELSE (p.id, p.content_hash) NOT IN (SELECT id, content_hash FROM decided) END AS wrong
  FROM collection_actions AS a
  LEFT JOIN proposed_actions AS p ON p.tenant_id = a.tenant_id AND p.id = a.proposal_id
 WHERE a.tenant_id = :tenant)
SELECT 'collection actions' AS subject, count(*) AS counted, NULL AS cents, NULL AS currency, sum(coalesce(wrong, 1)) AS deviations,
       iif(sum(coalesce(wrong, 1)), 'no event tells of them, first action ' || min(action_id) FILTER (WHERE coalesce(wrong, 1)),
           count(proposal_id) || ' approved as proposals, ' || (count(*) - count(proposal_id)) || ' by hand') AS note
  FROM logged HAVING count(*) > 0"""

_BUCKET_OF_LINE = ", ".join(f"-iif(bucket = '{name}', outstanding_cents, 0)" for name in _NAMES)
_HEADER_BUCKETS = ", ".join(f"{name}_cents" for name in _NAMES)
_WRONG = " OR ".join(f"sum({column}) <> 0" for column in ("b0", "b1", "b2", "b3", "b4", "spare"))
TIES = f"""WITH live AS (
SELECT {_KEY} FROM {_LIVE}),
sides AS (
SELECT {_KEY}, currency, customer_key, {_HEADER_BUCKETS}, unapplied_cents, 0 AS lines, 0 AS cents
  FROM live JOIN aging_snapshots USING ({_KEY})
UNION ALL
SELECT {_KEY}, currency, customer_key, {_BUCKET_OF_LINE}, 0, 1, outstanding_cents
  FROM live JOIN aging_snapshot_lines USING ({_KEY})
UNION ALL
SELECT {_KEY}, currency, customer_key, 0, 0, 0, 0, 0, -left_cents, 1, -left_cents
  FROM live JOIN aging_snapshot_credits USING ({_KEY})),
named ({_KEY}, currency, customer_key, b0, b1, b2, b3, b4, spare, lines, cents) AS (SELECT * FROM sides),
summed AS (
SELECT snapshot_date, currency, customer_key, sum(lines) AS lines, sum(cents) AS cents, {_WRONG} AS wrong
  FROM named GROUP BY {_KEY}, currency, customer_key)
SELECT 'lines and credits of live evidence' AS subject, sum(lines) AS counted, sum(cents) AS cents, currency, sum(wrong) AS deviations,
       'do not sum to a header, first that of customer key '
       || min(customer_key || ' on ' || snapshot_date) FILTER (WHERE wrong) AS note
  FROM summed GROUP BY currency"""

_RELATIONS = (
    ("erp_customers", "companies", "company_id"),
    ("erp_invoices", "erp_customers", "customer_key"),
    ("erp_invoices", "companies", "company_id"),
    ("erp_invoice_lines", "erp_invoices", "invoice_key"),
    ("erp_installments", "erp_invoices", "invoice_key"),
    ("erp_sources", "erp_customers", "customer_key"),
    ("erp_sources", "companies", "company_id"),
    ("erp_applications", "erp_sources", "source_key"),
    ("erp_applications", "erp_invoices", "invoice_key"),
    ("erp_refunds", "erp_sources", "source_key"),
    ("erp_write_offs", "erp_invoices", "invoice_key"),
    ("ar_accounts", "erp_customers", "customer_key"),
    ("allowance_versions", "companies", "company_id"),
    ("allowance_decisions", "allowance_versions", "config_id"),
    ("aging_snapshot_sets", "companies", "company_id"),
    ("aging_snapshots", "erp_customers", "customer_key"),
    ("aging_snapshots", "aging_snapshot_sets", "company_id, snapshot_date, revision"),
    ("aging_snapshot_lines", "erp_invoices", "invoice_key"),
    ("aging_snapshot_lines", "aging_snapshots", "company_id, snapshot_date, revision, currency, customer_key"),
    ("aging_snapshot_credits", "aging_snapshots", "company_id, snapshot_date, revision, currency, customer_key"),
    ("workflow_run_log", "companies", "company_id"),
    ("workflow_effects", "workflow_run_log", "run_id"),
    ("proposed_actions", "workflow_run_log", "run_id"),
    ("collection_cases", "erp_customers", "customer_key"),
    ("collection_actions", "collection_cases", "case_id"),
    ("outbox", "workflow_run_log", "run_id"),
    ("customer_holds", "erp_customers", "customer_key"),
    ("customer_holds", "workflow_run_log", "run_id"),
    ("ns_pending_pushes", "workflow_run_log", "run_id"),
)


def _relation(child: str, parent: str, columns: str) -> str:
    joined = " AND ".join(f"p.{name} = c.{name}" for name in columns.split(", "))
    return f"""SELECT 'rows of {child} by {parent}' AS subject, count(*) AS counted, NULL AS cents, NULL AS currency,
       count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM {parent} AS p WHERE p.tenant_id = c.tenant_id AND {joined})) AS deviations,
       'hang on none of the tenant''s own' AS note
  FROM {child} AS c WHERE c.tenant_id = :tenant"""


# One line of evidence for them all, and one for each relation that does not hold.
TENANT = (
    "WITH relations AS (\n"
    + "\nUNION ALL\n".join(_relation(*each) for each in _RELATIONS)
    + """)
SELECT 'references within the tenant' AS subject, sum(counted) AS counted, NULL AS cents, NULL AS currency,
       0 AS deviations, NULL AS note
  FROM relations HAVING sum(counted) > 0
UNION ALL
SELECT * FROM relations WHERE deviations > 0"""
)

AUTHORISED = """WITH decisions AS (
SELECT v.created_by, v.created_os_user, d.* FROM allowance_versions AS v JOIN allowance_decisions AS d USING (tenant_id, config_id)
 WHERE v.tenant_id = :tenant AND v.company_id = :company),
approvals AS (
SELECT config_id, self_approved, reason, CASE self_approved WHEN 'T' THEN coalesce(trim(reason), '') = ''
       ELSE created_by = decided_by COLLATE NOCASE OR created_os_user = decided_os_user END AS wrong
  FROM decisions WHERE status = 'approved'),
recorded AS (
SELECT d.config_id, d.step, NOT EXISTS (
       SELECT 1 FROM events AS e
         LEFT JOIN events AS b ON b.tenant_id = e.tenant_id AND b.seq = e.seq - 1
        WHERE e.tenant_id = d.tenant_id AND e.seq = d.event_seq
          AND e.entity_type = 'allowance_config' AND e.entity_id = CAST(d.config_id AS TEXT)
          AND e.event_type = 'aging.allowance_' || iif(d.status = 'pending_approval', 'submitted', d.status)
          AND e.actor = d.decided_by AND e.recorded_at = d.decided_at
          AND json_extract(e.payload_json, '$.decision.step') = d.step
          AND json_extract(e.payload_json, '$.decision.reason') IS d.reason
          AND json_extract(e.payload_json, '$.decision.os_user') = d.decided_os_user
          AND json_extract(e.payload_json, '$.decision.self_approved') = (d.self_approved = 'T')
          AND e.prev_hash = iif(e.seq = 1, printf('%064d', 0), b.hash)
          AND NOT EXISTS (SELECT 1 FROM events AS n WHERE n.tenant_id = e.tenant_id AND n.seq = e.seq + 1
                             AND n.prev_hash <> e.hash)) AS wrong
  FROM decisions AS d)
SELECT 'approvals' AS subject, count(*) AS counted, NULL AS cents, NULL AS currency, sum(wrong) AS deviations,
       iif(sum(wrong), 'maker is checker and nobody says why, first version ' || min(config_id) FILTER (WHERE wrong),
           'self-approved: version ' || group_concat(config_id || ', ' || reason, '; version ')
           FILTER (WHERE self_approved = 'T')) AS note
  FROM approvals HAVING count(*) > 0
UNION ALL
SELECT 'decisions in the chain', count(*), NULL, NULL, sum(wrong),
       'the event is not there, says something else or does not continue the chain, first step of version ' || min(config_id)
       FILTER (WHERE wrong)
  FROM recorded HAVING count(*) > 0"""
DECISION_EVENTS = """
    SELECT e.seq, e.event_type, e.company_id, e.entity_type, e.entity_id, e.occurred_on, e.recorded_at, e.actor,
           e.idempotency_key, e.payload_json, e.prev_hash, e.hash
      FROM allowance_versions AS v
      JOIN allowance_decisions AS d USING (tenant_id, config_id)
      JOIN events AS e ON e.tenant_id = d.tenant_id AND e.seq = d.event_seq
     WHERE v.tenant_id = ? AND v.company_id = ? ORDER BY e.seq"""

VERSIONS = f"""WITH revisions AS (
SELECT {_KEY} FROM aging_snapshot_sets WHERE tenant_id = :tenant AND snapshot_date <= ':date'
UNION ALL
SELECT {_KEY} FROM aging_snapshot_purges WHERE tenant_id = :tenant AND snapshot_date <= ':date'),
dated AS (
SELECT k.name || ' on ' || snapshot_date AS day, count(*) AS revisions,
       min(revision) <> 1 OR max(revision) <> count(*) OR count(DISTINCT revision) <> count(*) AS wrong
  FROM revisions JOIN companies AS k USING (tenant_id, company_id) GROUP BY company_id, snapshot_date)
SELECT 'days with evidence' AS subject, count(*) AS counted, NULL AS cents, NULL AS currency, sum(wrong) AS deviations,
       iif(sum(wrong), 'a revision is missing or twice there, first ' || min(day) FILTER (WHERE wrong),
           sum(revisions) || ' revisions, purged ones too') AS note
  FROM dated HAVING count(*) > 0
UNION ALL
SELECT 'regenerated sets', count(*), NULL, NULL, count(*) FILTER (WHERE coalesce(trim(reason), '') = ''),
       'no reason is given, first on ' || min(snapshot_date) FILTER (WHERE coalesce(trim(reason), '') = '')
  FROM aging_snapshot_sets WHERE tenant_id = :tenant AND snapshot_date <= ':date' AND revision > 1 HAVING count(*) > 0
UNION ALL
SELECT 'allowance versions', count(*), NULL, NULL, abs(max(config_id) - count(*)),
       iif(max(config_id) <> count(*), 'numbers up to ' || max(config_id) || ' are not all there', NULL)
  FROM allowance_versions WHERE tenant_id = :tenant HAVING count(*) > 0"""

ACCEPTED = f"""SELECT 'exceptions of the evidence of ' || snapshot_date || ', revision ' || revision AS subject,
       json_array_length(exceptions_json) AS counted, NULL AS cents, NULL AS currency,
       iif(coalesce(trim(accepted), '') = '', json_array_length(exceptions_json), 0) AS deviations,
       (SELECT group_concat(json_extract(value, '$.code'), ', ') FROM json_each(exceptions_json))
       || coalesce(', accepted: ' || accepted, ', accepted by nobody') AS note
  FROM {_LIVE} AND exceptions_json <> '[]'
UNION ALL
SELECT 'sets without an exception', count(*), NULL, NULL, 0, NULL
  FROM {_LIVE} AND exceptions_json = '[]' HAVING count(*) > 0"""


def _rows_of(table: str) -> str:
    return (
        f"(SELECT count(*) FROM {table} AS r WHERE r.tenant_id = s.tenant_id AND r.company_id = s.company_id\n"
        "          AND r.snapshot_date = s.snapshot_date AND r.revision = s.revision)"
    )


COMPLETE = f"""WITH counted AS (
SELECT snapshot_date, lines + credit_lines AS rows, customers <> {_rows_of("aging_snapshots")}
       OR lines <> {_rows_of("aging_snapshot_lines")} OR open_items <> lines
       OR credit_lines <> {_rows_of("aging_snapshot_credits")} AS wrong
  FROM live_snapshot_sets AS s WHERE {_OWN} AND snapshot_date <= ':date')
SELECT 'live sets' AS subject, count(*) AS counted, NULL AS cents, NULL AS currency, sum(wrong) AS deviations,
       iif(sum(wrong), 'rows are missing or too many, first on ' || min(snapshot_date) FILTER (WHERE wrong),
           sum(rows) || ' open items and credits') AS note
  FROM counted HAVING count(*) > 0"""

TIE_OUT = """WITH documents AS (
SELECT currency, count(*) AS counted, sum(iif(heading IN ('invoices', 'refunds', 'recoveries'), cents, -cents)) AS cents
  FROM ar_document_terms
 WHERE tenant_id = :tenant AND company_id = :company AND from_day <= unixepoch(':date') / 86400
   AND until_day > unixepoch(':date') / 86400 GROUP BY currency),
balances AS (
SELECT currency, iif(raw_cents > after_cents, max(min(cap_cents, raw_cents - after_cents), 0), 0)
                 + iif(flags & 8, min(raw_cents, 0), 0) AS cents
  FROM days AS d CROSS JOIN ar_open_items AS o ON o.day = d.day
 WHERE d.iso = ':date' AND o.tenant_id = :tenant AND o.company_id = :company
UNION ALL
SELECT currency, -left_cents
  FROM days AS d CROSS JOIN ar_open_credits AS o ON o.day = d.day
 WHERE d.iso = ':date' AND o.tenant_id = :tenant AND o.company_id = :company),
aged AS (
SELECT currency, count(*) AS counted, sum(cents) AS cents FROM balances GROUP BY currency)
SELECT 'documents' AS subject, d.counted, d.cents, currency, d.counted * (d.cents IS NOT coalesce(a.cents, 0)) AS deviations,
       iif(d.cents IS NOT coalesce(a.cents, 0),
           'they give ' || d.cents || ' cents net, the aging ' || coalesce(a.cents, 0), NULL) AS note
  FROM documents AS d LEFT JOIN aged AS a USING (currency)
UNION ALL
SELECT 'open items and credits', counted, cents, currency, 0, NULL FROM aged"""

QUERIES = {
    1: VALUATION,
    2: COVERAGE,
    3: SUMS,
    4: LOGGED,
    5: TIES,
    6: TENANT,
    7: AUTHORISED,
    8: VERSIONS,
    9: ACCEPTED,
    10: COMPLETE,
    11: TIE_OUT,
}
"""Control number -> its query."""
