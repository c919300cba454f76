-- Version 3 adds the evidence: events in a chain, allowance policies and what was decided of them, month-end snapshots. Views
-- and triggers are made anew from schema.sql after the steps.

CREATE TABLE events (
  tenant_id       INTEGER NOT NULL REFERENCES tenants (tenant_id),
  seq             INTEGER NOT NULL CHECK (seq > 0),
  event_type      TEXT NOT NULL CHECK (event_type <> ''),
  company_id      INTEGER,
  entity_type     TEXT NOT NULL,
  entity_id       TEXT NOT NULL,
  occurred_on     TEXT NOT NULL CHECK (occurred_on IS date(occurred_on, '+0 days')),
  recorded_at     TEXT NOT NULL CHECK (recorded_at IS datetime(recorded_at)),
  actor           TEXT NOT NULL,
  idempotency_key TEXT NOT NULL CHECK (idempotency_key <> ''),
  payload_json    TEXT NOT NULL,
  prev_hash       TEXT NOT NULL CHECK (length(prev_hash) = 64),
  hash            TEXT NOT NULL CHECK (length(hash) = 64 AND hash <> prev_hash),
  PRIMARY KEY (tenant_id, seq),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_by_key ON events (tenant_id, idempotency_key);

CREATE TABLE ar_ticks (
  tenant_id  INTEGER NOT NULL,
  company_id INTEGER NOT NULL,
  day        TEXT NOT NULL CHECK (day IS date(day, '+0 days')),
  batch      INTEGER NOT NULL,
  ticked_at  TEXT NOT NULL CHECK (ticked_at IS datetime(ticked_at)),
  actor      TEXT NOT NULL,
  moved      INTEGER NOT NULL CHECK (moved >= 0),
  PRIMARY KEY (tenant_id, company_id, day, ticked_at),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE allowance_versions (
  tenant_id       INTEGER NOT NULL,
  config_id       INTEGER NOT NULL CHECK (config_id > 0),
  company_id      INTEGER NOT NULL,
  name            TEXT NOT NULL CHECK (name <> ''),
  method          TEXT NOT NULL CHECK (method IN ('percentage_of_ar', 'aging_method', 'historical_method')),
  base            TEXT NOT NULL CHECK (base IN ('gross', 'net')),
  current_bp      INTEGER CHECK (current_bp BETWEEN 0 AND 10000),
  days_30_bp      INTEGER CHECK (days_30_bp BETWEEN 0 AND 10000),
  days_60_bp      INTEGER CHECK (days_60_bp BETWEEN 0 AND 10000),
  days_90_bp      INTEGER CHECK (days_90_bp BETWEEN 0 AND 10000),
  days_90_plus_bp INTEGER CHECK (days_90_plus_bp BETWEEN 0 AND 10000),
  flat_bp         INTEGER CHECK (flat_bp BETWEEN 0 AND 10000),
  rate_bp         INTEGER CHECK (rate_bp BETWEEN 0 AND 10000),
  effective_date  TEXT NOT NULL CHECK (effective_date IS date(effective_date, '+0 days')),
  expiry_date     TEXT CHECK (expiry_date IS date(expiry_date, '+0 days') AND expiry_date > effective_date),
  inputs_json     TEXT,
  created_by      TEXT NOT NULL CHECK (created_by <> ''),
  created_os_user TEXT NOT NULL CHECK (created_os_user <> ''),
  created_at      TEXT NOT NULL CHECK (created_at IS datetime(created_at)),
  PRIMARY KEY (tenant_id, config_id),
  CHECK ((method = 'aging_method') = (current_bp IS NOT NULL AND days_30_bp IS NOT NULL AND days_60_bp IS NOT NULL
                                      AND days_90_bp IS NOT NULL AND days_90_plus_bp IS NOT NULL)),
  CHECK (method = 'aging_method' OR coalesce(current_bp, days_30_bp, days_60_bp, days_90_bp, days_90_plus_bp) IS NULL),
  CHECK ((method = 'percentage_of_ar') = (flat_bp IS NOT NULL)),
  CHECK ((method = 'historical_method') = (rate_bp IS NOT NULL)),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE allowance_decisions (
  tenant_id       INTEGER NOT NULL,
  config_id       INTEGER NOT NULL,
  step            INTEGER NOT NULL,
  status          TEXT NOT NULL CHECK (status IN ('pending_approval', 'approved', 'rejected')),
  self_approved   TEXT NOT NULL CHECK (self_approved IN ('T', 'F')),
  reason          TEXT CHECK (reason <> ''),
  decided_by      TEXT NOT NULL CHECK (decided_by <> ''),
  decided_os_user TEXT NOT NULL CHECK (decided_os_user <> ''),
  decided_at      TEXT NOT NULL CHECK (decided_at IS datetime(decided_at)),
  event_seq       INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, config_id, step),
  CHECK (self_approved = 'F' OR (status = 'approved' AND reason IS NOT NULL)),
  FOREIGN KEY (tenant_id, config_id) REFERENCES allowance_versions (tenant_id, config_id),
  FOREIGN KEY (tenant_id, event_seq) REFERENCES events (tenant_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE aging_snapshot_sets (
  tenant_id           INTEGER NOT NULL,
  company_id          INTEGER NOT NULL,
  snapshot_date       TEXT NOT NULL CHECK (snapshot_date IS date(snapshot_date, '+0 days')),
  revision            INTEGER NOT NULL CHECK (revision > 0),
  batch               INTEGER NOT NULL,
  known_at            TEXT NOT NULL CHECK (known_at IS datetime(known_at)),
  allowance_config_id INTEGER NOT NULL,
  logic_json          TEXT NOT NULL,
  logic_hash          TEXT NOT NULL CHECK (length(logic_hash) = 64),
  content_hash        TEXT NOT NULL CHECK (length(content_hash) = 64),
  customers           INTEGER NOT NULL CHECK (customers >= 0),
  lines               INTEGER NOT NULL CHECK (lines >= 0),
  credit_lines        INTEGER NOT NULL CHECK (credit_lines >= 0),
  open_items          INTEGER NOT NULL CHECK (open_items = lines),
  exceptions_json     TEXT NOT NULL,
  accepted            TEXT CHECK (accepted <> ''),
  reason              TEXT CHECK (reason <> ''),
  changes_json        TEXT,
  generated_by        TEXT NOT NULL CHECK (generated_by <> ''),
  os_user             TEXT NOT NULL CHECK (os_user <> ''),
  created_at          TEXT NOT NULL CHECK (created_at IS datetime(created_at)),
  retain_until        TEXT NOT NULL CHECK (retain_until IS date(retain_until, '+0 days') AND retain_until > snapshot_date),
  event_seq           INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, company_id, snapshot_date, revision),
  CHECK (exceptions_json = '[]' OR accepted IS NOT NULL),
  CHECK ((revision = 1) = (reason IS NULL)),
  CHECK (snapshot_date < date(created_at, '+14 hours')),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch),
  FOREIGN KEY (tenant_id, allowance_config_id) REFERENCES allowance_versions (tenant_id, config_id),
  FOREIGN KEY (tenant_id, event_seq) REFERENCES events (tenant_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE aging_snapshots (
  tenant_id                INTEGER NOT NULL,
  company_id               INTEGER NOT NULL,
  snapshot_date            TEXT NOT NULL CHECK (snapshot_date IS date(snapshot_date, '+0 days')),
  revision                 INTEGER NOT NULL CHECK (revision > 0),
  currency                 TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
  customer_key             INTEGER NOT NULL,
  customer_id              TEXT NOT NULL,
  customer_name            TEXT NOT NULL,
  current_cents            INTEGER NOT NULL CHECK (current_cents >= 0),
  days_30_cents            INTEGER NOT NULL CHECK (days_30_cents >= 0),
  days_60_cents            INTEGER NOT NULL CHECK (days_60_cents >= 0),
  days_90_cents            INTEGER NOT NULL CHECK (days_90_cents >= 0),
  days_90_plus_cents       INTEGER NOT NULL CHECK (days_90_plus_cents >= 0),
  total_outstanding_cents  INTEGER NOT NULL,
  unapplied_cents          INTEGER NOT NULL,
  estimated_bad_debt_cents INTEGER NOT NULL CHECK (estimated_bad_debt_cents BETWEEN 0 AND total_outstanding_cents),
  bad_debt_percentage      TEXT NOT NULL CHECK (bad_debt_percentage GLOB '[0-9]*.[0-9][0-9]'),
  allowance_config_id      INTEGER NOT NULL,
  max_days_overdue         INTEGER NOT NULL CHECK (max_days_overdue >= 0),
  open_invoices            INTEGER NOT NULL CHECK (open_invoices >= 0),
  snapshot_hash            TEXT NOT NULL CHECK (length(snapshot_hash) = 64),
  generated_by             TEXT NOT NULL,
  created_at               TEXT NOT NULL CHECK (created_at IS datetime(created_at)),
  PRIMARY KEY (tenant_id, company_id, snapshot_date, revision, currency, customer_key),
  CHECK (total_outstanding_cents = current_cents + days_30_cents + days_60_cents + days_90_cents + days_90_plus_cents),
  FOREIGN KEY (tenant_id, company_id, snapshot_date, revision)
    REFERENCES aging_snapshot_sets (tenant_id, company_id, snapshot_date, revision) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key),
  FOREIGN KEY (tenant_id, allowance_config_id) REFERENCES allowance_versions (tenant_id, config_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE aging_snapshot_lines (
  tenant_id         INTEGER NOT NULL,
  company_id        INTEGER NOT NULL,
  snapshot_date     TEXT NOT NULL CHECK (snapshot_date IS date(snapshot_date, '+0 days')),
  revision          INTEGER NOT NULL CHECK (revision > 0),
  currency          TEXT NOT NULL,
  customer_key      INTEGER NOT NULL,
  invoice_key       INTEGER NOT NULL,
  installment       INTEGER NOT NULL CHECK (installment >= 0),
  invoice_id        TEXT NOT NULL,
  tranid            TEXT,
  invoice_date      TEXT NOT NULL CHECK (invoice_date IS date(invoice_date, '+0 days')),
  due_date          TEXT NOT NULL CHECK (due_date IS date(due_date, '+0 days')),
  days_overdue      INTEGER NOT NULL CHECK (days_overdue = unixepoch(snapshot_date) / 86400 - unixepoch(due_date) / 86400),
  bucket            TEXT NOT NULL CHECK (bucket IN ('current', 'days_30', 'days_60', 'days_90', 'days_90_plus') AND bucket =
                      CASE WHEN days_overdue <= 0 THEN 'current' WHEN days_overdue <= 30 THEN 'days_30'
                           WHEN days_overdue <= 60 THEN 'days_60' WHEN days_overdue <= 90 THEN 'days_90' ELSE 'days_90_plus' END),
  outstanding_cents INTEGER NOT NULL CHECK (outstanding_cents > 0),
  disputed          TEXT NOT NULL CHECK (disputed IN ('T', 'F')),
  PRIMARY KEY (tenant_id, company_id, snapshot_date, revision, currency, customer_key, invoice_key, installment),
  FOREIGN KEY (tenant_id, company_id, snapshot_date, revision, currency, customer_key)
    REFERENCES aging_snapshots (tenant_id, company_id, snapshot_date, revision, currency, customer_key) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (tenant_id, invoice_key) REFERENCES erp_invoices (tenant_id, invoice_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE aging_snapshot_credits (
  tenant_id     INTEGER NOT NULL,
  company_id    INTEGER NOT NULL,
  snapshot_date TEXT NOT NULL CHECK (snapshot_date IS date(snapshot_date, '+0 days')),
  revision      INTEGER NOT NULL CHECK (revision > 0),
  currency      TEXT NOT NULL,
  customer_key  INTEGER NOT NULL,
  source_type   TEXT NOT NULL CHECK (source_type IN ('payment', 'credit_memo', 'invoice')),
  source_key    INTEGER NOT NULL,
  source_id     TEXT NOT NULL,
  source_date   TEXT NOT NULL CHECK (source_date IS date(source_date, '+0 days')),
  kind          TEXT NOT NULL,
  left_cents    INTEGER NOT NULL CHECK (left_cents <> 0),
  PRIMARY KEY (tenant_id, company_id, snapshot_date, revision, currency, customer_key, source_type, source_key),
  FOREIGN KEY (tenant_id, company_id, snapshot_date, revision, currency, customer_key)
    REFERENCES aging_snapshots (tenant_id, company_id, snapshot_date, revision, currency, customer_key) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE TABLE aging_snapshot_terms (
  tenant_id      INTEGER NOT NULL,
  company_id     INTEGER NOT NULL,
  snapshot_date  TEXT NOT NULL CHECK (snapshot_date IS date(snapshot_date, '+0 days')),
  revision       INTEGER NOT NULL CHECK (revision > 0),
  currency       TEXT NOT NULL,
  section        TEXT NOT NULL CHECK (section IN ('tie_out', 'reconciling')),
  heading        TEXT NOT NULL CHECK (heading <> ''),
  cents          INTEGER,
  documents      INTEGER,
  examples_json  TEXT,
  PRIMARY KEY (tenant_id, company_id, snapshot_date, revision, currency, section, heading),
  FOREIGN KEY (tenant_id, company_id, snapshot_date, revision)
    REFERENCES aging_snapshot_sets (tenant_id, company_id, snapshot_date, revision) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE TABLE aging_snapshot_purges (
  tenant_id     INTEGER NOT NULL,
  company_id    INTEGER NOT NULL,
  snapshot_date TEXT NOT NULL,
  revision      INTEGER NOT NULL,
  content_hash  TEXT NOT NULL CHECK (length(content_hash) = 64),
  retain_until  TEXT NOT NULL CHECK (retain_until IS date(retain_until, '+0 days')),
  reason        TEXT NOT NULL CHECK (reason <> ''),
  purged_by     TEXT NOT NULL CHECK (purged_by <> ''),
  os_user       TEXT NOT NULL CHECK (os_user <> ''),
  purged_at     TEXT NOT NULL CHECK (purged_at IS datetime(purged_at)),
  event_seq     INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, company_id, snapshot_date, revision),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id),
  FOREIGN KEY (tenant_id, event_seq) REFERENCES events (tenant_id, seq)
) STRICT, WITHOUT ROWID;
