-- Version 4 adds workflows: runs and what they decided, proposals, collections, the outbox, holds and pushes. Views and triggers are
-- made anew from schema.sql after the steps.

CREATE TABLE workflow_contracts (
  tenant_id     INTEGER NOT NULL REFERENCES tenants (tenant_id),
  contract_hash TEXT NOT NULL CHECK (length(contract_hash) = 64),
  workflow_type TEXT NOT NULL CHECK (workflow_type <> ''),
  version       INTEGER NOT NULL CHECK (version > 0),
  text          TEXT NOT NULL,
  first_seen_at TEXT NOT NULL CHECK (first_seen_at IS datetime(first_seen_at)),
  PRIMARY KEY (tenant_id, contract_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE workflow_definitions (
  tenant_id     INTEGER NOT NULL,
  workflow_type TEXT NOT NULL,
  version       INTEGER NOT NULL,
  contract_hash TEXT NOT NULL,
  risk_level    INTEGER NOT NULL CHECK (risk_level BETWEEN 1 AND 5),
  enabled       TEXT NOT NULL CHECK (enabled IN ('T', 'F')),
  changed_at    TEXT NOT NULL CHECK (changed_at IS datetime(changed_at)),
  changed_by    TEXT NOT NULL,
  reason        TEXT,
  PRIMARY KEY (tenant_id, workflow_type),
  FOREIGN KEY (tenant_id, contract_hash) REFERENCES workflow_contracts (tenant_id, contract_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE workflow_run_log (
  tenant_id     INTEGER NOT NULL,
  run_id        INTEGER NOT NULL CHECK (run_id > 0),
  company_id    INTEGER NOT NULL,
  workflow_type TEXT NOT NULL,
  contract_hash TEXT NOT NULL,
  status        TEXT NOT NULL CHECK (status IN
                  ('running', 'awaiting_approval', 'blocked', 'completed', 'partial', 'failed', 'rejected', 'expired')),
  trigger_kind  TEXT NOT NULL CHECK (trigger_kind IN ('manual', 'cron', 'event', 'proposal')),
  trigger_ref   TEXT,
  as_of         TEXT NOT NULL CHECK (as_of IS date(as_of, '+0 days')),
  inputs_json   TEXT NOT NULL,
  batch         INTEGER,
  plan_hash     TEXT CHECK (length(plan_hash) = 64),
  actor         TEXT NOT NULL CHECK (actor <> ''),
  os_user       TEXT NOT NULL CHECK (os_user <> ''),
  started_at    TEXT NOT NULL CHECK (started_at IS datetime(started_at)),
  created_at    TEXT NOT NULL CHECK (created_at IS datetime(created_at)),
  completed_at  TEXT CHECK (completed_at IS datetime(completed_at)),
  summary_json  TEXT NOT NULL,
  PRIMARY KEY (tenant_id, run_id),
  CHECK ((completed_at IS NULL) = (status IN ('running', 'awaiting_approval'))),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id),
  FOREIGN KEY (tenant_id, contract_hash) REFERENCES workflow_contracts (tenant_id, contract_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX workflow_run_log_by_trigger ON workflow_run_log (tenant_id, workflow_type, trigger_kind, trigger_ref);

CREATE TABLE workflow_effects (
  tenant_id    INTEGER NOT NULL,
  run_id       INTEGER NOT NULL,
  seq          INTEGER NOT NULL CHECK (seq > 0),
  phase        TEXT NOT NULL CHECK (phase IN ('fan_out', 'post')),
  step         TEXT NOT NULL CHECK (step <> ''),
  kind         TEXT NOT NULL,
  action_type  TEXT,
  risk_level   INTEGER CHECK (risk_level BETWEEN 1 AND 5),
  entity_ref   TEXT NOT NULL,
  customer_key INTEGER,
  currency     TEXT,
  amount_cents INTEGER,
  tier         TEXT,
  title        TEXT NOT NULL,
  payload_json TEXT NOT NULL,
  body         TEXT,
  body_html    TEXT,
  content_hash TEXT NOT NULL CHECK (length(content_hash) = 64),
  facts_json   TEXT,
  facts_hash   TEXT CHECK (length(facts_hash) = 64),
  flags_json   TEXT NOT NULL,
  PRIMARY KEY (tenant_id, run_id, seq),
  CHECK ((action_type IS NULL) = (risk_level IS NULL)),
  FOREIGN KEY (tenant_id, run_id) REFERENCES workflow_run_log (tenant_id, run_id),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE workflow_step_log (
  tenant_id    INTEGER NOT NULL,
  run_id       INTEGER NOT NULL,
  entry        INTEGER NOT NULL CHECK (entry > 0),
  phase        TEXT NOT NULL CHECK (phase IN ('context', 'precondition', 'hitl', 'fan_out', 'post', 'verify')),
  step         TEXT NOT NULL,
  kind         TEXT NOT NULL,
  effect_seq   INTEGER,
  attempt      INTEGER NOT NULL CHECK (attempt > 0),
  status       TEXT NOT NULL CHECK (status IN ('completed', 'warned', 'blocked', 'failed', 'stopped', 'skipped')),
  started_at   TEXT NOT NULL CHECK (started_at IS datetime(started_at)),
  completed_at TEXT NOT NULL CHECK (completed_at IS datetime(completed_at)),
  detail       TEXT NOT NULL,
  PRIMARY KEY (tenant_id, run_id, entry),
  FOREIGN KEY (tenant_id, run_id) REFERENCES workflow_run_log (tenant_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX workflow_step_log_by_effect ON workflow_step_log (tenant_id, run_id, effect_seq) WHERE effect_seq IS NOT NULL;

CREATE TABLE workflow_verify_results (
  tenant_id    INTEGER NOT NULL,
  verify_id    INTEGER NOT NULL CHECK (verify_id > 0),
  run_id       INTEGER NOT NULL,
  name         TEXT NOT NULL,
  sql          TEXT NOT NULL,
  params_json  TEXT NOT NULL,
  expectation  TEXT NOT NULL,
  due_at       TEXT NOT NULL CHECK (due_at IS datetime(due_at)),
  times_out_at TEXT NOT NULL CHECK (times_out_at IS datetime(times_out_at) AND times_out_at >= due_at),
  status       TEXT NOT NULL CHECK (status IN ('pending', 'pass', 'fail', 'timeout')),
  value        TEXT,
  message      TEXT,
  checked_at   TEXT CHECK (checked_at IS datetime(checked_at)),
  checked_by   TEXT,
  PRIMARY KEY (tenant_id, verify_id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES workflow_run_log (tenant_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX workflow_verify_results_pending ON workflow_verify_results (tenant_id, due_at) WHERE status = 'pending';

CREATE TABLE reflexion_log (
  tenant_id     INTEGER NOT NULL,
  reflexion_id  INTEGER NOT NULL CHECK (reflexion_id > 0),
  run_id        INTEGER NOT NULL,
  workflow_type TEXT NOT NULL,
  narrative     TEXT NOT NULL,
  tags_json     TEXT NOT NULL,
  created_at    TEXT NOT NULL CHECK (created_at IS datetime(created_at)),
  PRIMARY KEY (tenant_id, reflexion_id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES workflow_run_log (tenant_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_cursors (
  tenant_id INTEGER NOT NULL REFERENCES tenants (tenant_id),
  consumer  TEXT NOT NULL,
  seq       INTEGER NOT NULL CHECK (seq >= 0),
  moved_at  TEXT NOT NULL CHECK (moved_at IS datetime(moved_at)),
  PRIMARY KEY (tenant_id, consumer)
) STRICT, WITHOUT ROWID;

CREATE TABLE proposed_actions (
  tenant_id       INTEGER NOT NULL,
  id              INTEGER NOT NULL CHECK (id > 0),
  company_id      INTEGER NOT NULL,
  run_id          INTEGER NOT NULL,
  envelope_id     INTEGER,
  seq             INTEGER,
  action_type     TEXT NOT NULL CHECK (action_type <> ''),
  entity_ref      TEXT NOT NULL,
  customer_key    INTEGER,
  customer_name   TEXT,
  risk_level      INTEGER NOT NULL CHECK (risk_level BETWEEN 1 AND 5),
  title           TEXT NOT NULL,
  payload_json    TEXT NOT NULL,
  body            TEXT,
  body_html       TEXT,
  status          TEXT NOT NULL CHECK (status IN
                    ('pending', 'approved', 'applied', 'rejected', 'failed', 'expired', 'superseded')),
  currency        TEXT,
  amount_cents    INTEGER,
  tier            TEXT,
  proposed_on     TEXT NOT NULL CHECK (proposed_on IS date(proposed_on, '+0 days')),
  proposed_at     TEXT NOT NULL CHECK (proposed_at IS datetime(proposed_at)),
  proposed_by     TEXT NOT NULL,
  expires_on      TEXT NOT NULL CHECK (expires_on IS date(expires_on, '+0 days')),
  decided_on      TEXT CHECK (decided_on IS date(decided_on, '+0 days') AND decided_on >= proposed_on),
  decided_at      TEXT CHECK (decided_at IS datetime(decided_at)),
  decided_by      TEXT,
  decided_os_user TEXT,
  reason          TEXT,
  applied_at      TEXT CHECK (applied_at IS datetime(applied_at)),
  idempotency_key TEXT NOT NULL CHECK (idempotency_key <> ''),
  content_hash    TEXT NOT NULL CHECK (length(content_hash) = 64),
  facts_json      TEXT,
  facts_hash      TEXT CHECK (length(facts_hash) = 64),
  PRIMARY KEY (tenant_id, id),
  CHECK ((envelope_id IS NULL) = (seq IS NULL)),
  CHECK ((status = 'pending') = (decided_at IS NULL)),
  CHECK ((decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (decided_on IS NULL)),
  CHECK ((status = 'applied') = (applied_at IS NOT NULL)),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES workflow_run_log (tenant_id, run_id),
  FOREIGN KEY (tenant_id, envelope_id) REFERENCES proposed_actions (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX proposed_actions_by_key ON proposed_actions (tenant_id, idempotency_key);
CREATE INDEX proposed_actions_open ON proposed_actions (tenant_id, status) WHERE status IN ('pending', 'approved');
CREATE INDEX proposed_actions_by_envelope ON proposed_actions (tenant_id, envelope_id);

CREATE TABLE proposal_marks (
  tenant_id   INTEGER NOT NULL,
  envelope_id INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  mark        TEXT NOT NULL CHECK (mark IN ('tick', 'reject', 'snooze', 'call')),
  mark_json   TEXT NOT NULL,
  marked_by   TEXT NOT NULL,
  marked_at   TEXT NOT NULL CHECK (marked_at IS datetime(marked_at)),
  PRIMARY KEY (tenant_id, envelope_id, seq),
  FOREIGN KEY (tenant_id, envelope_id) REFERENCES proposed_actions (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE auto_decisions (
  tenant_id     INTEGER NOT NULL,
  decision_id   INTEGER NOT NULL CHECK (decision_id > 0),
  run_id        INTEGER NOT NULL,
  entity_type   TEXT NOT NULL,
  entity_id     TEXT NOT NULL,
  decision_type TEXT NOT NULL,
  detail_json   TEXT NOT NULL,
  decided_on    TEXT NOT NULL CHECK (decided_on IS date(decided_on, '+0 days')),
  created_at    TEXT NOT NULL CHECK (created_at IS datetime(created_at)),
  actor         TEXT NOT NULL,
  PRIMARY KEY (tenant_id, decision_id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES workflow_run_log (tenant_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX auto_decisions_by_entity ON auto_decisions (tenant_id, entity_type, entity_id, decision_type);

CREATE TABLE kill_switch_log (
  name       TEXT NOT NULL CHECK (name IN ('ns_writes', 'proposed_apply', 'high_risk_ops')),
  step       INTEGER NOT NULL,
  is_on      TEXT NOT NULL CHECK (is_on IN ('T', 'F')),
  reason     TEXT NOT NULL CHECK (reason <> ''),
  changed_by TEXT NOT NULL CHECK (changed_by <> ''),
  os_user    TEXT NOT NULL CHECK (os_user <> ''),
  changed_at TEXT NOT NULL CHECK (changed_at IS datetime(changed_at)),
  PRIMARY KEY (name, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE dunning_config (
  config_id            INTEGER PRIMARY KEY,
  tenant_id            INTEGER NOT NULL REFERENCES tenants (tenant_id),
  customer_key         INTEGER,
  first_reminder_days  INTEGER CHECK (first_reminder_days BETWEEN 0 AND 3650),
  second_reminder_days INTEGER CHECK (second_reminder_days BETWEEN 0 AND 3650),
  final_notice_days    INTEGER CHECK (final_notice_days BETWEEN 0 AND 3650),
  agency_days          INTEGER CHECK (agency_days BETWEEN 0 AND 3650),
  repeat_days          INTEGER CHECK (repeat_days BETWEEN 1 AND 3650),
  min_gap_days         INTEGER CHECK (min_gap_days BETWEEN 0 AND 3650),
  minimum_cents        INTEGER CHECK (minimum_cents >= 0),
  is_active            TEXT CHECK (is_active IN ('T', 'F')),
  send_email           TEXT CHECK (send_email IN ('T', 'F')),
  send_sms             TEXT CHECK (send_sms = 'F'),
  language             TEXT CHECK (language GLOB '[a-z][a-z]'),
  placed               TEXT CHECK (placed IN ('agency', 'legal', 'insolvent')),
  changed_by           TEXT NOT NULL CHECK (changed_by <> ''),
  changed_at           TEXT NOT NULL CHECK (changed_at IS datetime(changed_at)),
  reason               TEXT,
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key)
) STRICT;

CREATE UNIQUE INDEX dunning_config_default ON dunning_config (tenant_id) WHERE customer_key IS NULL;
CREATE UNIQUE INDEX dunning_config_customer ON dunning_config (tenant_id, customer_key) WHERE customer_key IS NOT NULL;

CREATE TABLE dunning_config_history (
  tenant_id            INTEGER NOT NULL,
  config_id            INTEGER NOT NULL,
  version              INTEGER NOT NULL,
  customer_key         INTEGER,
  first_reminder_days  INTEGER,
  second_reminder_days INTEGER,
  final_notice_days    INTEGER,
  agency_days          INTEGER,
  repeat_days          INTEGER,
  min_gap_days         INTEGER,
  minimum_cents        INTEGER,
  is_active            TEXT,
  send_email           TEXT,
  send_sms             TEXT,
  language             TEXT,
  placed               TEXT,
  changed_by           TEXT NOT NULL,
  changed_at           TEXT NOT NULL,
  reason               TEXT,
  PRIMARY KEY (tenant_id, config_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE collection_cases (
  tenant_id           INTEGER NOT NULL,
  case_id             INTEGER NOT NULL CHECK (case_id > 0),
  case_number         TEXT NOT NULL CHECK (case_number GLOB 'CASE-[0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9]*'),
  company_id          INTEGER NOT NULL,
  customer_key        INTEGER NOT NULL,
  currency            TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
  status              TEXT NOT NULL CHECK (status IN ('open', 'in_progress', 'promised', 'escalated', 'resolved', 'written_off')),
  total_overdue_cents INTEGER NOT NULL,
  oldest_invoice_date TEXT CHECK (oldest_invoice_date IS date(oldest_invoice_date, '+0 days')),
  assigned_to         TEXT,
  resolution_type     TEXT CHECK (resolution_type IN ('paid', 'payment_plan', 'dispute_resolved', 'write_off')),
  resolved_on         TEXT CHECK (resolved_on IS date(resolved_on, '+0 days')),
  notes               TEXT,
  opened_on           TEXT NOT NULL CHECK (opened_on IS date(opened_on, '+0 days')),
  version             INTEGER NOT NULL CHECK (version > 0),
  changed_by          TEXT NOT NULL CHECK (changed_by <> ''),
  changed_at          TEXT NOT NULL CHECK (changed_at IS datetime(changed_at)),
  PRIMARY KEY (tenant_id, case_id),
  CHECK ((status IN ('resolved', 'written_off')) = (resolution_type IS NOT NULL AND resolved_on IS NOT NULL)),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX collection_cases_by_customer ON collection_cases (tenant_id, customer_key);

CREATE TABLE collection_cases_history (
  tenant_id           INTEGER NOT NULL,
  case_id             INTEGER NOT NULL,
  version             INTEGER NOT NULL,
  status              TEXT NOT NULL,
  total_overdue_cents INTEGER NOT NULL,
  oldest_invoice_date TEXT,
  assigned_to         TEXT,
  resolution_type     TEXT,
  resolved_on         TEXT,
  notes               TEXT,
  changed_by          TEXT NOT NULL,
  changed_at          TEXT NOT NULL,
  PRIMARY KEY (tenant_id, case_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE collection_actions (
  tenant_id        INTEGER NOT NULL,
  action_id        INTEGER NOT NULL CHECK (action_id > 0),
  case_id          INTEGER NOT NULL,
  customer_key     INTEGER NOT NULL,
  invoice_key      INTEGER,
  proposal_id      INTEGER,
  action_type      TEXT NOT NULL CHECK (action_type IN ('reminder_email', 'reminder_call', 'final_notice', 'collection_agency',
                     'legal_action', 'payment_plan', 'write_off')),
  tier             TEXT CHECK (tier IN ('courtesy', 'firm', 'urgent', 'final')),
  action_date      TEXT NOT NULL CHECK (action_date IS date(action_date, '+0 days')),
  currency         TEXT NOT NULL,
  due_amount_cents INTEGER NOT NULL,
  execution_status TEXT NOT NULL CHECK (execution_status IN ('planned', 'in_progress', 'executed', 'failed', 'cancelled')),
  executed_at      TEXT CHECK (executed_at IS datetime(executed_at)),
  failure_reason   TEXT,
  outcome          TEXT CHECK (outcome IN ('sent', 'bounced', 'responded', 'promise_to_pay', 'dispute')),
  outcome_date     TEXT CHECK (outcome_date IS date(outcome_date, '+0 days') AND outcome_date >= action_date),
  notes            TEXT,
  next_action_type TEXT,
  next_action_date TEXT CHECK (next_action_date IS date(next_action_date, '+0 days')),
  changed_by       TEXT NOT NULL CHECK (changed_by <> ''),
  changed_at       TEXT NOT NULL CHECK (changed_at IS datetime(changed_at)),
  PRIMARY KEY (tenant_id, action_id),
  CHECK ((execution_status = 'executed') = (executed_at IS NOT NULL)),
  CHECK ((outcome IS NULL) = (outcome_date IS NULL)),
  FOREIGN KEY (tenant_id, case_id) REFERENCES collection_cases (tenant_id, case_id),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key),
  FOREIGN KEY (tenant_id, invoice_key) REFERENCES erp_invoices (tenant_id, invoice_key),
  FOREIGN KEY (tenant_id, proposal_id) REFERENCES proposed_actions (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX collection_actions_by_customer ON collection_actions (tenant_id, customer_key, action_date);
CREATE INDEX collection_actions_by_case ON collection_actions (tenant_id, case_id);
CREATE INDEX collection_actions_by_proposal ON collection_actions (tenant_id, proposal_id);

CREATE TABLE dunning_steps (
  tenant_id    INTEGER NOT NULL,
  invoice_key  INTEGER NOT NULL,
  installment  INTEGER NOT NULL CHECK (installment >= 0),
  proposal_id  INTEGER NOT NULL,
  action_id    INTEGER,
  step         INTEGER NOT NULL CHECK (step BETWEEN 0 AND 3),
  bucket       INTEGER NOT NULL CHECK (bucket BETWEEN 0 AND 4),
  on_day       TEXT NOT NULL CHECK (on_day IS date(on_day, '+0 days')),
  PRIMARY KEY (tenant_id, invoice_key, installment, proposal_id),
  FOREIGN KEY (tenant_id, invoice_key) REFERENCES erp_invoices (tenant_id, invoice_key),
  FOREIGN KEY (tenant_id, proposal_id) REFERENCES proposed_actions (tenant_id, id),
  FOREIGN KEY (tenant_id, action_id) REFERENCES collection_actions (tenant_id, action_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE dunning_snoozes (
  tenant_id    INTEGER NOT NULL,
  customer_key INTEGER NOT NULL,
  currency     TEXT NOT NULL,
  proposal_id  INTEGER NOT NULL,
  until_day    TEXT NOT NULL CHECK (until_day IS date(until_day, '+0 days')),
  reason       TEXT,
  snoozed_by   TEXT NOT NULL,
  snoozed_at   TEXT NOT NULL CHECK (snoozed_at IS datetime(snoozed_at)),
  PRIMARY KEY (tenant_id, customer_key, currency, proposal_id),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key),
  FOREIGN KEY (tenant_id, proposal_id) REFERENCES proposed_actions (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE collection_notes (
  tenant_id    INTEGER NOT NULL,
  note_id      INTEGER NOT NULL CHECK (note_id > 0),
  customer_key INTEGER NOT NULL,
  case_id      INTEGER,
  note         TEXT NOT NULL CHECK (note <> ''),
  noted_on     TEXT NOT NULL CHECK (noted_on IS date(noted_on, '+0 days')),
  noted_by     TEXT NOT NULL CHECK (noted_by <> ''),
  created_at   TEXT NOT NULL CHECK (created_at IS datetime(created_at)),
  PRIMARY KEY (tenant_id, note_id),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key),
  FOREIGN KEY (tenant_id, case_id) REFERENCES collection_cases (tenant_id, case_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX collection_notes_by_customer ON collection_notes (tenant_id, customer_key);

CREATE TABLE outbox (
  tenant_id    INTEGER NOT NULL,
  outbox_id    INTEGER NOT NULL CHECK (outbox_id > 0),
  run_id       INTEGER NOT NULL,
  proposal_id  INTEGER,
  action_id    INTEGER,
  customer_key INTEGER,
  kind         TEXT NOT NULL,
  sender       TEXT NOT NULL,
  recipients   TEXT NOT NULL,
  subject      TEXT NOT NULL,
  body         TEXT NOT NULL,
  body_html    TEXT,
  content_hash TEXT NOT NULL CHECK (length(content_hash) = 64),
  message_id   TEXT NOT NULL,
  dated_at     TEXT NOT NULL CHECK (dated_at IS datetime(dated_at)),
  status       TEXT NOT NULL CHECK (status IN ('queued', 'written', 'sending', 'sent', 'failed', 'doubtful', 'cancelled')),
  file         TEXT,
  failure      TEXT,
  changed_by   TEXT NOT NULL CHECK (changed_by <> ''),
  changed_at   TEXT NOT NULL CHECK (changed_at IS datetime(changed_at)),
  PRIMARY KEY (tenant_id, outbox_id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES workflow_run_log (tenant_id, run_id),
  FOREIGN KEY (tenant_id, proposal_id) REFERENCES proposed_actions (tenant_id, id),
  FOREIGN KEY (tenant_id, action_id) REFERENCES collection_actions (tenant_id, action_id),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_open ON outbox (tenant_id, status) WHERE status IN ('queued', 'sending', 'doubtful');

CREATE TABLE ar_aging_summary (
  tenant_id               INTEGER NOT NULL,
  company_id              INTEGER NOT NULL,
  summary_date            TEXT NOT NULL CHECK (summary_date IS date(summary_date, '+0 days')),
  currency                TEXT NOT NULL,
  current_cents           INTEGER NOT NULL,
  days_30_cents           INTEGER NOT NULL,
  days_60_cents           INTEGER NOT NULL,
  days_90_cents           INTEGER NOT NULL,
  days_90_plus_cents      INTEGER NOT NULL,
  total_outstanding_cents INTEGER NOT NULL,
  unapplied_cents         INTEGER NOT NULL,
  open_invoices           INTEGER NOT NULL,
  customers               INTEGER NOT NULL,
  run_id                  INTEGER,
  created_at              TEXT NOT NULL CHECK (created_at IS datetime(created_at)),
  PRIMARY KEY (tenant_id, company_id, summary_date, currency),
  CHECK (total_outstanding_cents = current_cents + days_30_cents + days_60_cents + days_90_cents + days_90_plus_cents),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES workflow_run_log (tenant_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE customer_flags (
  tenant_id    INTEGER NOT NULL,
  customer_key INTEGER NOT NULL,
  flag         TEXT NOT NULL CHECK (flag <> ''),
  note         TEXT NOT NULL,
  run_id       INTEGER NOT NULL,
  flagged_on   TEXT NOT NULL CHECK (flagged_on IS date(flagged_on, '+0 days')),
  created_at   TEXT NOT NULL CHECK (created_at IS datetime(created_at)),
  PRIMARY KEY (tenant_id, customer_key, flag, run_id),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key),
  FOREIGN KEY (tenant_id, run_id) REFERENCES workflow_run_log (tenant_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE customer_holds (
  tenant_id      INTEGER NOT NULL,
  hold_id        INTEGER NOT NULL CHECK (hold_id > 0),
  customer_key   INTEGER NOT NULL,
  reason         TEXT NOT NULL CHECK (reason <> ''),
  run_id         INTEGER NOT NULL,
  placed_on      TEXT NOT NULL CHECK (placed_on IS date(placed_on, '+0 days')),
  placed_at      TEXT NOT NULL CHECK (placed_at IS datetime(placed_at)),
  placed_by      TEXT NOT NULL CHECK (placed_by <> ''),
  released_at    TEXT CHECK (released_at IS datetime(released_at)),
  released_by    TEXT,
  released_run   INTEGER,
  release_reason TEXT,
  PRIMARY KEY (tenant_id, hold_id),
  CHECK ((released_at IS NULL) = (released_by IS NULL)),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key),
  FOREIGN KEY (tenant_id, run_id) REFERENCES workflow_run_log (tenant_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX customer_holds_by_customer ON customer_holds (tenant_id, customer_key);

CREATE TABLE ns_pending_pushes (
  tenant_id       INTEGER NOT NULL,
  push_id         INTEGER NOT NULL CHECK (push_id > 0),
  run_id          INTEGER NOT NULL,
  record_type     TEXT NOT NULL CHECK (record_type <> ''),
  record_id       TEXT NOT NULL CHECK (record_id <> ''),
  operation       TEXT NOT NULL CHECK (operation IN ('create', 'update')),
  payload_json    TEXT NOT NULL,
  idempotency_key TEXT NOT NULL CHECK (idempotency_key <> ''),
  status          TEXT NOT NULL CHECK (status IN ('pending', 'sending', 'sent', 'verified', 'dead', 'cancelled')),
  attempts        INTEGER NOT NULL CHECK (attempts >= 0),
  next_attempt_at TEXT CHECK (next_attempt_at IS datetime(next_attempt_at)),
  failure         TEXT,
  sent_at         TEXT CHECK (sent_at IS datetime(sent_at)),
  verified_at     TEXT CHECK (verified_at IS datetime(verified_at)),
  created_at      TEXT NOT NULL CHECK (created_at IS datetime(created_at)),
  created_by      TEXT NOT NULL,
  PRIMARY KEY (tenant_id, push_id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES workflow_run_log (tenant_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ns_pending_pushes_by_key ON ns_pending_pushes (tenant_id, idempotency_key);
CREATE INDEX ns_pending_pushes_open ON ns_pending_pushes (tenant_id, status) WHERE status IN ('pending', 'sending');
