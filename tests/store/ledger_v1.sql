-- A ledger as arctl wrote it at schema version 1, with data: what an upgrade starts from. Frozen: never edited, never made anew.
-- Executed in order it gives the whole ledger; foreign keys are off until its end.
BEGIN;
--   everything else  arctl's own, or a view. The names people type (customers, customer_invoices, v_ar_aging ...) are views
--   Amounts are integer minor units (cents) in the row's currency; quantities and rates are millionths (_micro).
--   Dates are ISO text in the mirror; `date(d, '+0 days')` in a check refuses 2026-02-30, plain `date(d)` would not.
--   Day 100000 stands for "never". Flags are 'T' and 'F', as the ERP writes them.
--   Every child row refers to its parent through (tenant_id, key): a row of one tenant can never hang on another's.
CREATE TABLE tenants (
  tenant_id INTEGER PRIMARY KEY,
  name      TEXT NOT NULL UNIQUE CHECK (name <> '')
) STRICT;
CREATE TABLE companies (
  tenant_id     INTEGER NOT NULL REFERENCES tenants (tenant_id),
  company_id    INTEGER NOT NULL,
  name          TEXT NOT NULL CHECK (name <> ''),
  base_currency TEXT NOT NULL CHECK (base_currency GLOB '[A-Z][A-Z][A-Z]'),
  time_zone     TEXT NOT NULL,
  books_from    TEXT CHECK (books_from IS date(books_from, '+0 days')),
  PRIMARY KEY (tenant_id, company_id),
  UNIQUE (tenant_id, name)
) STRICT, WITHOUT ROWID;
-- SQLite knows no time zones. arctl writes here when a company's clock changes (summer time included), so that a view's
-- "today" is the company's own date and not Greenwich's.
CREATE TABLE settings (
  tenant_id INTEGER NOT NULL REFERENCES tenants (tenant_id),
  key       TEXT NOT NULL,
  value     TEXT NOT NULL,
  set_at    TEXT NOT NULL CHECK (set_at IS datetime(set_at)),
  set_by    TEXT NOT NULL,
  PRIMARY KEY (tenant_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE days (
  day INTEGER PRIMARY KEY,
  iso TEXT NOT NULL UNIQUE CHECK (iso IS date(iso, '+0 days'))
) STRICT;
CREATE TABLE sync_batches (
  batch        INTEGER PRIMARY KEY,
  tenant_id    INTEGER NOT NULL REFERENCES tenants (tenant_id),
  committed_at TEXT NOT NULL CHECK (committed_at IS datetime(committed_at)),
  actor        TEXT NOT NULL,
  source       TEXT NOT NULL,
  mode         TEXT NOT NULL CHECK (mode IN ('changes', 'full')),
  accepted     TEXT,
  UNIQUE (tenant_id, batch)
) STRICT;
-- One row per table of a sync and one for the whole (table_name '*').
CREATE TABLE sync_log (
  sync_id      INTEGER PRIMARY KEY,
  tenant_id    INTEGER NOT NULL,
  batch        INTEGER NOT NULL,
  table_name   TEXT NOT NULL,
  sync_type    TEXT NOT NULL,
  tier         TEXT NOT NULL CHECK (tier IN ('hot', 'cold', 'all')),
  status       TEXT NOT NULL CHECK (status IN ('completed', 'completed_with_rejects')),
  started_at   TEXT NOT NULL CHECK (started_at IS datetime(started_at)),
  completed_at TEXT NOT NULL CHECK (completed_at IS datetime(completed_at)),
  created_at   TEXT NOT NULL CHECK (created_at IS datetime(created_at)),
  source       TEXT NOT NULL,
  file         TEXT,
  sha256       TEXT CHECK (length(sha256) = 64),
  rows_read    INTEGER NOT NULL CHECK (rows_read >= 0),
  inserted     INTEGER NOT NULL CHECK (inserted >= 0),
  updated      INTEGER NOT NULL CHECK (updated >= 0),
  unchanged    INTEGER NOT NULL CHECK (unchanged >= 0),
  closed       INTEGER NOT NULL CHECK (closed >= 0),
  rejected     INTEGER NOT NULL CHECK (rejected >= 0),
  reading      TEXT,
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch),
  UNIQUE (tenant_id, batch, table_name)
) STRICT;
CREATE INDEX sync_log_latest ON sync_log (tenant_id, table_name, sync_id);
CREATE TABLE sync_rejects (
  reject_id     INTEGER PRIMARY KEY,
  tenant_id     INTEGER NOT NULL,
  table_name    TEXT NOT NULL,
  file          TEXT NOT NULL,
  line          INTEGER NOT NULL,
  column_name   TEXT NOT NULL,
  value         TEXT NOT NULL,
  reason        TEXT NOT NULL,
  row_key       TEXT,           -- the row's key as read; a later row with the same key supersedes this one
  set_key       TEXT,
  document_date TEXT,
  row_json      TEXT NOT NULL,
  status        TEXT NOT NULL CHECK (status IN ('pending', 'landed', 'superseded')),
  first_batch   INTEGER NOT NULL,
  last_batch    INTEGER NOT NULL CHECK (last_batch >= first_batch),
  FOREIGN KEY (tenant_id, first_batch) REFERENCES sync_batches (tenant_id, batch),
  FOREIGN KEY (tenant_id, last_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT;
CREATE INDEX sync_rejects_pending ON sync_rejects (tenant_id, table_name) WHERE status = 'pending';
CREATE TABLE erp_customers (
  tenant_id          INTEGER NOT NULL REFERENCES tenants (tenant_id),
  customer_key       INTEGER NOT NULL,
  id                 TEXT NOT NULL CHECK (id <> ''),
  name               TEXT NOT NULL,
  email              TEXT,
  terms              TEXT,
  credit_limit_cents INTEGER CHECK (credit_limit_cents >= 0),
  currency           TEXT CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
  entitystatus       TEXT,
  isinactive         TEXT NOT NULL CHECK (isinactive IN ('T', 'F')),
  sales_rep          TEXT,
  sales_rep_email    TEXT,
  parent_id          TEXT,
  company_id         INTEGER NOT NULL,
  batch              INTEGER NOT NULL,
  closed             INTEGER NOT NULL CHECK (closed IN (0, 1)),
  PRIMARY KEY (tenant_id, customer_key),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES erp_customers (tenant_id, id),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_invoices (
  tenant_id      INTEGER NOT NULL REFERENCES tenants (tenant_id),
  invoice_key    INTEGER NOT NULL,
  id             TEXT NOT NULL CHECK (id <> ''),
  customer_key   INTEGER NOT NULL,
  company_id     INTEGER NOT NULL,
  invoice_date   TEXT NOT NULL CHECK (invoice_date IS date(invoice_date, '+0 days')),
  due_date       TEXT CHECK (due_date IS date(due_date, '+0 days')),  -- as given; ar_items holds the one derived from terms
  amount_cents   INTEGER NOT NULL CHECK (amount_cents >= 0),          -- a negative invoice is a credit memo
  currency       TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
  exchange_rate  TEXT,
  status         TEXT NOT NULL CHECK (
                   status = 'posted' OR status = 'approved' OR status = 'voided' OR
                   status = 'draft' OR status = 'pending_approval' OR status = 'rejected'),
  voided_on      TEXT CHECK (voided_on IS date(voided_on, '+0 days')),
  tranid         TEXT,
  otherrefnum    TEXT,
  createdfrom    TEXT,
  disputed       TEXT NOT NULL CHECK (disputed IN ('T', 'F')),
  kind           TEXT NOT NULL,
  posting_period TEXT,
  memo           TEXT,
  batch          INTEGER NOT NULL,
  closed         INTEGER NOT NULL CHECK (closed IN (0, 1)),
  counts_from    INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN closed = 0 AND
         (status = 'posted' OR status = 'approved' OR status = 'voided') THEN unixepoch(invoice_date) / 86400 ELSE 100000 END) VIRTUAL,
  counts_until   INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(unixepoch(voided_on) / 86400, 100000)) VIRTUAL,
  PRIMARY KEY (tenant_id, invoice_key),
  UNIQUE (tenant_id, id),
  CHECK ((status = 'voided') = (voided_on IS NOT NULL)),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_invoice_lines (
  tenant_id      INTEGER NOT NULL,
  invoice_key    INTEGER NOT NULL,
  line           INTEGER NOT NULL,
  item_code      TEXT,
  quantity_micro INTEGER,
  rate_micro     INTEGER,
  amount_cents   INTEGER NOT NULL,  -- a line may be negative: a discount line
  batch          INTEGER NOT NULL,
  closed         INTEGER NOT NULL CHECK (closed IN (0, 1)),
  PRIMARY KEY (tenant_id, invoice_key, line),
  FOREIGN KEY (tenant_id, invoice_key) REFERENCES erp_invoices (tenant_id, invoice_key),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_installments (
  tenant_id    INTEGER NOT NULL,
  invoice_key  INTEGER NOT NULL,
  installment  INTEGER NOT NULL CHECK (installment > 0),  -- 0 is the invoice without instalments
  due_date     TEXT NOT NULL CHECK (due_date IS date(due_date, '+0 days')),
  amount_cents INTEGER NOT NULL CHECK (amount_cents >= 0),
  batch        INTEGER NOT NULL,
  closed       INTEGER NOT NULL CHECK (closed IN (0, 1)),
  PRIMARY KEY (tenant_id, invoice_key, installment),
  FOREIGN KEY (tenant_id, invoice_key) REFERENCES erp_invoices (tenant_id, invoice_key),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_sources (
  tenant_id      INTEGER NOT NULL REFERENCES tenants (tenant_id),
  source_key     INTEGER NOT NULL,
  source_type    TEXT NOT NULL CHECK (source_type IN ('payment', 'credit_memo')),
  id             TEXT NOT NULL CHECK (id <> ''),
  customer_key   INTEGER NOT NULL,
  company_id     INTEGER NOT NULL,
  source_date    TEXT NOT NULL CHECK (source_date IS date(source_date, '+0 days')),
  amount_cents   INTEGER NOT NULL CHECK (amount_cents >= 0),
  currency       TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
  exchange_rate  TEXT,
  status         TEXT NOT NULL CHECK (
                   status = 'posted' OR status = 'approved' OR status = 'voided' OR
                   status = 'draft' OR status = 'pending_approval' OR status = 'rejected'),
  voided_on      TEXT CHECK (voided_on IS date(voided_on, '+0 days')),
  tranid         TEXT,
  otherrefnum    TEXT,  -- on a payment the customer's cheque number, never a PO#
  createdfrom    TEXT,
  kind           TEXT NOT NULL,
  posting_period TEXT,
  memo           TEXT,
  batch          INTEGER NOT NULL,
  closed         INTEGER NOT NULL CHECK (closed IN (0, 1)),
  counts_from    INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN closed = 0 AND
         (status = 'posted' OR status = 'approved' OR status = 'voided') THEN unixepoch(source_date) / 86400 ELSE 100000 END) VIRTUAL,
  counts_until   INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(unixepoch(voided_on) / 86400, 100000)) VIRTUAL,
  PRIMARY KEY (tenant_id, source_key),
  UNIQUE (tenant_id, source_type, id),
  CHECK ((status = 'voided') = (voided_on IS NOT NULL)),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_applications (
  tenant_id      INTEGER NOT NULL,
  source_key     INTEGER NOT NULL,
  invoice_key    INTEGER NOT NULL,
  slot           TEXT NOT NULL,    -- tells applications of one pair apart: 'id:' and its id, else its date and, from the second on, '#n'
  application_id TEXT,
  applied_on     TEXT CHECK (applied_on IS date(applied_on, '+0 days')),  -- empty: the later of its documents' dates
  amount_cents   INTEGER NOT NULL, -- negative: an unapplication, with its own date
  discount_cents INTEGER NOT NULL,
  batch          INTEGER NOT NULL,
  closed         INTEGER NOT NULL CHECK (closed IN (0, 1)),
  effective_day  INTEGER NOT NULL,
  until_day      INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, source_key, invoice_key, slot),
  CHECK (effective_day < until_day OR effective_day = 100000),
  FOREIGN KEY (tenant_id, source_key) REFERENCES erp_sources (tenant_id, source_key),
  FOREIGN KEY (tenant_id, invoice_key) REFERENCES erp_invoices (tenant_id, invoice_key),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX erp_applications_by_invoice
  ON erp_applications (tenant_id, invoice_key, effective_day, until_day, amount_cents, discount_cents);
CREATE UNIQUE INDEX erp_applications_by_id
  ON erp_applications (tenant_id, application_id) WHERE application_id IS NOT NULL AND closed = 0;
CREATE TABLE erp_refunds (
  tenant_id    INTEGER NOT NULL REFERENCES tenants (tenant_id),
  refund_key   INTEGER NOT NULL,
  id           TEXT NOT NULL CHECK (id <> ''),
  customer_key INTEGER NOT NULL,
  source_key   INTEGER NOT NULL,
  refund_date  TEXT NOT NULL CHECK (refund_date IS date(refund_date, '+0 days')),
  amount_cents INTEGER NOT NULL CHECK (amount_cents >= 0),
  status       TEXT NOT NULL CHECK (
                   status = 'posted' OR status = 'approved' OR status = 'voided' OR
                   status = 'draft' OR status = 'pending_approval' OR status = 'rejected'),
  voided_on    TEXT CHECK (voided_on IS date(voided_on, '+0 days')),
  batch        INTEGER NOT NULL,
  closed       INTEGER NOT NULL CHECK (closed IN (0, 1)),
  counts_from  INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN closed = 0 AND
         (status = 'posted' OR status = 'approved' OR status = 'voided') THEN unixepoch(refund_date) / 86400 ELSE 100000 END) VIRTUAL,
  counts_until INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(unixepoch(voided_on) / 86400, 100000)) VIRTUAL,
  -- Keys are the ledger's own, no two tenants share one. With the tenant in front SQLite, which knows nothing of how rows are
  -- spread, would look for one payment's refunds among all of the tenant's instead of using the index below.
  PRIMARY KEY (refund_key),
  UNIQUE (tenant_id, id),
  CHECK ((status = 'voided') = (voided_on IS NOT NULL)),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key),
  FOREIGN KEY (tenant_id, source_key) REFERENCES erp_sources (tenant_id, source_key),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX erp_refunds_by_source ON erp_refunds (tenant_id, source_key);
CREATE TABLE erp_write_offs (
  tenant_id       INTEGER NOT NULL REFERENCES tenants (tenant_id),
  write_off_key   INTEGER NOT NULL,
  id              TEXT NOT NULL CHECK (id <> ''),
  invoice_key     INTEGER NOT NULL,
  written_off_on  TEXT NOT NULL CHECK (written_off_on IS date(written_off_on, '+0 days')),
  amount_cents    INTEGER NOT NULL CHECK (amount_cents >= 0),
  reason          TEXT,
  status          TEXT NOT NULL CHECK (
                   status = 'posted' OR status = 'approved' OR status = 'voided' OR
                   status = 'draft' OR status = 'pending_approval' OR status = 'rejected'),
  voided_on       TEXT CHECK (voided_on IS date(voided_on, '+0 days')),
  recovered_on    TEXT CHECK (recovered_on IS date(recovered_on, '+0 days')),
  recovered_cents INTEGER NOT NULL CHECK (recovered_cents BETWEEN 0 AND amount_cents),  -- a recovery is at most its write-off
  batch           INTEGER NOT NULL,
  closed          INTEGER NOT NULL CHECK (closed IN (0, 1)),
  counts_from     INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN closed = 0 AND
         (status = 'posted' OR status = 'approved' OR status = 'voided') THEN unixepoch(written_off_on) / 86400 ELSE 100000 END) VIRTUAL,
  counts_until    INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(unixepoch(voided_on) / 86400, 100000)) VIRTUAL,
  PRIMARY KEY (write_off_key),  -- without the tenant, as for refunds
  UNIQUE (tenant_id, id),
  CHECK ((status = 'voided') = (voided_on IS NOT NULL)),
  CHECK ((recovered_on IS NULL) = (recovered_cents = 0)),
  FOREIGN KEY (tenant_id, invoice_key) REFERENCES erp_invoices (tenant_id, invoice_key),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX erp_write_offs_by_invoice ON erp_write_offs (tenant_id, invoice_key);
CREATE TABLE erp_transactions (
  tenant_id          INTEGER NOT NULL REFERENCES tenants (tenant_id),
  transaction_key    INTEGER NOT NULL,
  id                 TEXT NOT NULL CHECK (id <> ''),
  type               TEXT NOT NULL CHECK (type IN ('SalesOrd', 'WorkOrd', 'Build', 'PurchOrd', 'ItemShip', 'ItemRcpt', 'VendBill')),
  entity             TEXT NOT NULL,  -- a customer or a vendor: no reference, vendors are not mirrored
  trandate           TEXT NOT NULL CHECK (trandate IS date(trandate, '+0 days')),
  tranid             TEXT,
  initialtranid      TEXT,
  status             TEXT,
  foreigntotal_cents INTEGER,
  otherrefnum        TEXT,
  memo               TEXT,
  parent_so_id       TEXT,  -- links are kept as given: a lost or wrong one is a finding, not a reject
  createdfrom        TEXT,
  expected_date      TEXT CHECK (expected_date IS date(expected_date, '+0 days')),
  company_id         INTEGER NOT NULL,
  batch              INTEGER NOT NULL,
  closed             INTEGER NOT NULL CHECK (closed IN (0, 1)),
  PRIMARY KEY (tenant_id, transaction_key),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX erp_transactions_by_parent ON erp_transactions (tenant_id, parent_so_id) WHERE parent_so_id IS NOT NULL;
CREATE INDEX erp_transactions_by_origin ON erp_transactions (tenant_id, createdfrom) WHERE createdfrom IS NOT NULL;
CREATE TABLE erp_transaction_lines (
  tenant_id                INTEGER NOT NULL,
  transaction_key          INTEGER NOT NULL,
  line                     INTEGER NOT NULL,
  item_code                TEXT,
  item_type                TEXT,
  quantity_micro           INTEGER,
  quantity_fulfilled_micro INTEGER,
  rate_micro               INTEGER,
  amount_cents             INTEGER,
  link_tranid              TEXT,
  requested_ship_date      TEXT CHECK (requested_ship_date IS date(requested_ship_date, '+0 days')),
  location                 TEXT,
  batch                    INTEGER NOT NULL,
  closed                   INTEGER NOT NULL CHECK (closed IN (0, 1)),
  PRIMARY KEY (tenant_id, transaction_key, line),
  FOREIGN KEY (tenant_id, transaction_key) REFERENCES erp_transactions (tenant_id, transaction_key),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_inventory (
  tenant_id               INTEGER NOT NULL REFERENCES tenants (tenant_id),
  item_code               TEXT NOT NULL CHECK (item_code <> ''),
  location                TEXT NOT NULL,
  quantityavailable_micro INTEGER NOT NULL,
  batch                   INTEGER NOT NULL,
  closed                  INTEGER NOT NULL CHECK (closed IN (0, 1)),
  PRIMARY KEY (tenant_id, item_code, location),
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
-- A version was the truth for all k with batch <= k < to_batch. No checks: a version once passed the mirror's own.
CREATE TABLE erp_customers_history (
  tenant_id INTEGER NOT NULL, customer_key INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, email TEXT, terms TEXT,
  credit_limit_cents INTEGER, currency TEXT, entitystatus TEXT, isinactive TEXT NOT NULL, sales_rep TEXT, sales_rep_email TEXT,
  parent_id TEXT, company_id INTEGER NOT NULL, batch INTEGER NOT NULL, closed INTEGER NOT NULL, to_batch INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, customer_key, batch), CHECK (to_batch > batch),
  FOREIGN KEY (tenant_id, to_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_invoices_history (
  tenant_id INTEGER NOT NULL, invoice_key INTEGER NOT NULL, id TEXT NOT NULL, customer_key INTEGER NOT NULL,
  company_id INTEGER NOT NULL, invoice_date TEXT NOT NULL, due_date TEXT, amount_cents INTEGER NOT NULL, currency TEXT NOT NULL,
  exchange_rate TEXT, status TEXT NOT NULL, voided_on TEXT, tranid TEXT, otherrefnum TEXT, createdfrom TEXT,
  disputed TEXT NOT NULL, kind TEXT NOT NULL, posting_period TEXT, memo TEXT,
  batch INTEGER NOT NULL, closed INTEGER NOT NULL, to_batch INTEGER NOT NULL,
  counts_from INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN closed = 0 AND
         (status = 'posted' OR status = 'approved' OR status = 'voided') THEN unixepoch(invoice_date) / 86400 ELSE 100000 END) VIRTUAL,
  counts_until INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(unixepoch(voided_on) / 86400, 100000)) VIRTUAL,
  PRIMARY KEY (tenant_id, invoice_key, batch), CHECK (to_batch > batch),
  FOREIGN KEY (tenant_id, to_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_invoice_lines_history (
  tenant_id INTEGER NOT NULL, invoice_key INTEGER NOT NULL, line INTEGER NOT NULL, item_code TEXT, quantity_micro INTEGER,
  rate_micro INTEGER, amount_cents INTEGER NOT NULL, batch INTEGER NOT NULL, closed INTEGER NOT NULL, to_batch INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, invoice_key, line, batch), CHECK (to_batch > batch),
  FOREIGN KEY (tenant_id, to_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_installments_history (
  tenant_id INTEGER NOT NULL, invoice_key INTEGER NOT NULL, installment INTEGER NOT NULL, due_date TEXT NOT NULL,
  amount_cents INTEGER NOT NULL, batch INTEGER NOT NULL, closed INTEGER NOT NULL, to_batch INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, invoice_key, installment, batch), CHECK (to_batch > batch),
  FOREIGN KEY (tenant_id, to_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_sources_history (
  tenant_id INTEGER NOT NULL, source_key INTEGER NOT NULL, source_type TEXT NOT NULL, id TEXT NOT NULL,
  customer_key INTEGER NOT NULL, company_id INTEGER NOT NULL, source_date TEXT NOT NULL, amount_cents INTEGER NOT NULL,
  currency TEXT NOT NULL, exchange_rate TEXT, status TEXT NOT NULL, voided_on TEXT, tranid TEXT, otherrefnum TEXT,
  createdfrom TEXT, kind TEXT NOT NULL, posting_period TEXT, memo TEXT,
  batch INTEGER NOT NULL, closed INTEGER NOT NULL, to_batch INTEGER NOT NULL,
  counts_from INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN closed = 0 AND
         (status = 'posted' OR status = 'approved' OR status = 'voided') THEN unixepoch(source_date) / 86400 ELSE 100000 END) VIRTUAL,
  counts_until INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(unixepoch(voided_on) / 86400, 100000)) VIRTUAL,
  PRIMARY KEY (tenant_id, source_key, batch), CHECK (to_batch > batch),
  FOREIGN KEY (tenant_id, to_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_applications_history (
  tenant_id INTEGER NOT NULL, source_key INTEGER NOT NULL, invoice_key INTEGER NOT NULL, slot TEXT NOT NULL,
  application_id TEXT, applied_on TEXT, amount_cents INTEGER NOT NULL, discount_cents INTEGER NOT NULL,
  batch INTEGER NOT NULL, closed INTEGER NOT NULL, to_batch INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, source_key, invoice_key, slot, batch), CHECK (to_batch > batch),
  FOREIGN KEY (tenant_id, to_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_refunds_history (
  tenant_id INTEGER NOT NULL, refund_key INTEGER NOT NULL, id TEXT NOT NULL, customer_key INTEGER NOT NULL,
  source_key INTEGER NOT NULL, refund_date TEXT NOT NULL, amount_cents INTEGER NOT NULL, status TEXT NOT NULL, voided_on TEXT,
  batch INTEGER NOT NULL, closed INTEGER NOT NULL, to_batch INTEGER NOT NULL,
  counts_from INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN closed = 0 AND
         (status = 'posted' OR status = 'approved' OR status = 'voided') THEN unixepoch(refund_date) / 86400 ELSE 100000 END) VIRTUAL,
  counts_until INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(unixepoch(voided_on) / 86400, 100000)) VIRTUAL,
  PRIMARY KEY (tenant_id, refund_key, batch), CHECK (to_batch > batch),
  FOREIGN KEY (tenant_id, to_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_write_offs_history (
  tenant_id INTEGER NOT NULL, write_off_key INTEGER NOT NULL, id TEXT NOT NULL, invoice_key INTEGER NOT NULL,
  written_off_on TEXT NOT NULL, amount_cents INTEGER NOT NULL, reason TEXT, status TEXT NOT NULL, voided_on TEXT,
  recovered_on TEXT, recovered_cents INTEGER NOT NULL,
  batch INTEGER NOT NULL, closed INTEGER NOT NULL, to_batch INTEGER NOT NULL,
  counts_from INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN closed = 0 AND
         (status = 'posted' OR status = 'approved' OR status = 'voided') THEN unixepoch(written_off_on) / 86400 ELSE 100000 END) VIRTUAL,
  counts_until INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(unixepoch(voided_on) / 86400, 100000)) VIRTUAL,
  PRIMARY KEY (tenant_id, write_off_key, batch), CHECK (to_batch > batch),
  FOREIGN KEY (tenant_id, to_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_transactions_history (
  tenant_id INTEGER NOT NULL, transaction_key INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, entity TEXT NOT NULL,
  trandate TEXT NOT NULL, tranid TEXT, initialtranid TEXT, status TEXT, foreigntotal_cents INTEGER, otherrefnum TEXT, memo TEXT,
  parent_so_id TEXT, createdfrom TEXT, expected_date TEXT, company_id INTEGER NOT NULL,
  batch INTEGER NOT NULL, closed INTEGER NOT NULL, to_batch INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, transaction_key, batch), CHECK (to_batch > batch),
  FOREIGN KEY (tenant_id, to_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_transaction_lines_history (
  tenant_id INTEGER NOT NULL, transaction_key INTEGER NOT NULL, line INTEGER NOT NULL, item_code TEXT, item_type TEXT,
  quantity_micro INTEGER, quantity_fulfilled_micro INTEGER, rate_micro INTEGER, amount_cents INTEGER, link_tranid TEXT,
  requested_ship_date TEXT, location TEXT, batch INTEGER NOT NULL, closed INTEGER NOT NULL, to_batch INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, transaction_key, line, batch), CHECK (to_batch > batch),
  FOREIGN KEY (tenant_id, to_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE erp_inventory_history (
  tenant_id INTEGER NOT NULL, item_code TEXT NOT NULL, location TEXT NOT NULL, quantityavailable_micro INTEGER NOT NULL,
  batch INTEGER NOT NULL, closed INTEGER NOT NULL, to_batch INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, item_code, location, batch), CHECK (to_batch > batch),
  FOREIGN KEY (tenant_id, to_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE ar_accounts (
  account_id   INTEGER PRIMARY KEY,
  tenant_id    INTEGER NOT NULL,
  company_id   INTEGER NOT NULL,
  currency     TEXT NOT NULL,
  customer_key INTEGER NOT NULL,
  UNIQUE (tenant_id, company_id, currency, customer_key),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id),
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key)
) STRICT;
-- One row per invoice, or per instalment of it. The timeline is the invoice's; an instalment's share of an outstanding
CREATE TABLE ar_items (
  account_id    INTEGER NOT NULL,
  settled_day   INTEGER NOT NULL,
  invoice_key   INTEGER NOT NULL,
  installment   INTEGER NOT NULL,
  invoice_day   INTEGER NOT NULL,
  due_day       INTEGER NOT NULL,
  opens_day     INTEGER NOT NULL,
  opening_cents INTEGER NOT NULL,
  next_day      INTEGER NOT NULL,
  last_day      INTEGER NOT NULL,
  final_cents   INTEGER NOT NULL,
  cap_cents     INTEGER NOT NULL,
  after_cents   INTEGER NOT NULL,
  flags         INTEGER NOT NULL,
  PRIMARY KEY (account_id, settled_day, invoice_key, installment)
) STRICT, WITHOUT ROWID;
CREATE INDEX ar_items_by_invoice ON ar_items (invoice_key);
CREATE TABLE ar_credits (
  account_id    INTEGER NOT NULL,
  settled_day   INTEGER NOT NULL,
  source_key    INTEGER NOT NULL,
  source_day    INTEGER NOT NULL,
  opens_day     INTEGER NOT NULL,
  opening_cents INTEGER NOT NULL,
  next_day      INTEGER NOT NULL,
  last_day      INTEGER NOT NULL,
  final_cents   INTEGER NOT NULL,
  PRIMARY KEY (account_id, settled_day, source_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX ar_credits_by_source ON ar_credits (source_key);
CREATE TABLE ar_day_totals (
  tenant_id     INTEGER NOT NULL,
  company_id    INTEGER NOT NULL,
  currency      TEXT NOT NULL,
  heading       TEXT NOT NULL CHECK (heading IN
                  ('invoices', 'receipts', 'credits', 'refunds', 'discounts', 'write_offs', 'recoveries')),
  day           INTEGER NOT NULL,
  started_cents INTEGER NOT NULL,
  stopped_cents INTEGER NOT NULL,
  started       INTEGER NOT NULL,
  stopped       INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, company_id, currency, heading, day)
) STRICT, WITHOUT ROWID;
-- A write-off and its recovery count from the later of their own day and the invoice's, while both documents count.
CREATE VIEW ar_write_off_terms AS
SELECT w.tenant_id, w.write_off_key, w.invoice_key, i.company_id, i.currency, w.amount_cents, w.recovered_cents,
       max(w.counts_from, i.counts_from) AS from_day,
       max(w.counts_from, i.counts_from, coalesce(unixepoch(w.recovered_on) / 86400, 100000)) AS recovered_day,
       min(w.counts_until, i.counts_until) AS until_day
  FROM erp_write_offs AS w
  JOIN erp_invoices AS i ON i.tenant_id = w.tenant_id AND i.invoice_key = w.invoice_key;
-- Everything that moves an invoice's balance.
CREATE VIEW ar_invoice_movements AS
SELECT tenant_id, invoice_key, counts_from AS day, amount_cents AS cents
  FROM erp_invoices WHERE counts_from < counts_until
UNION ALL
SELECT tenant_id, invoice_key, counts_until, -amount_cents
  FROM erp_invoices WHERE counts_from < counts_until AND counts_until < 100000
UNION ALL
SELECT tenant_id, invoice_key, effective_day, -(amount_cents + discount_cents)
  FROM erp_applications WHERE effective_day < 100000
UNION ALL
SELECT tenant_id, invoice_key, until_day, amount_cents + discount_cents
  FROM erp_applications WHERE effective_day < 100000 AND until_day < 100000
UNION ALL
SELECT tenant_id, invoice_key, from_day, -amount_cents FROM ar_write_off_terms WHERE from_day < until_day
UNION ALL
SELECT tenant_id, invoice_key, until_day, amount_cents FROM ar_write_off_terms WHERE from_day < until_day AND until_day < 100000
UNION ALL
SELECT tenant_id, invoice_key, recovered_day, recovered_cents FROM ar_write_off_terms WHERE recovered_day < until_day
UNION ALL
SELECT tenant_id, invoice_key, until_day, -recovered_cents
  FROM ar_write_off_terms WHERE recovered_day < until_day AND until_day < 100000;
CREATE VIEW ar_source_movements AS
SELECT tenant_id, source_key, counts_from AS day, amount_cents AS cents
  FROM erp_sources WHERE counts_from < counts_until
UNION ALL
SELECT tenant_id, source_key, counts_until, -amount_cents
  FROM erp_sources WHERE counts_from < counts_until AND counts_until < 100000
UNION ALL
SELECT tenant_id, source_key, effective_day, -amount_cents FROM erp_applications WHERE effective_day < 100000
UNION ALL
SELECT tenant_id, source_key, until_day, amount_cents
  FROM erp_applications WHERE effective_day < 100000 AND until_day < 100000
UNION ALL
SELECT tenant_id, source_key, counts_from, -amount_cents FROM erp_refunds WHERE counts_from < counts_until
UNION ALL
SELECT tenant_id, source_key, counts_until, amount_cents
  FROM erp_refunds WHERE counts_from < counts_until AND counts_until < 100000;
CREATE VIEW ar_document_terms AS
SELECT tenant_id, company_id, currency, 'invoices' AS heading, counts_from AS from_day, counts_until AS until_day, amount_cents AS cents
  FROM erp_invoices WHERE counts_from < counts_until
UNION ALL
SELECT tenant_id, company_id, currency,
       CASE WHEN source_type = 'payment' THEN 'receipts' WHEN kind = 'write_off' THEN 'write_offs' ELSE 'credits' END,
       counts_from, counts_until, amount_cents
  FROM erp_sources WHERE counts_from < counts_until
UNION ALL
SELECT r.tenant_id, s.company_id, s.currency, 'refunds', r.counts_from, r.counts_until, r.amount_cents
  FROM erp_refunds AS r
  JOIN erp_sources AS s ON s.tenant_id = r.tenant_id AND s.source_key = r.source_key
 WHERE r.counts_from < r.counts_until
UNION ALL
SELECT a.tenant_id, i.company_id, i.currency, 'discounts', a.effective_day, a.until_day, a.discount_cents
  FROM erp_applications AS a
  JOIN erp_invoices AS i ON i.tenant_id = a.tenant_id AND i.invoice_key = a.invoice_key
 WHERE a.effective_day < 100000 AND a.discount_cents <> 0
UNION ALL
SELECT tenant_id, company_id, currency, 'write_offs', from_day, until_day, amount_cents
  FROM ar_write_off_terms WHERE from_day < until_day
UNION ALL
SELECT tenant_id, company_id, currency, 'recoveries', recovered_day, until_day, recovered_cents
  FROM ar_write_off_terms WHERE recovered_day < until_day;
-- is outstanding (of which open_cents is this instalment's share), below zero the invoice is over-applied.
CREATE VIEW ar_open_items AS
SELECT d.day, a.account_id, a.tenant_id, a.company_id, a.currency, a.customer_key,
       i.invoice_key, i.installment, i.invoice_day, i.due_day, i.cap_cents, i.after_cents, i.flags,
       CASE WHEN i.last_day <= d.day THEN i.final_cents
            WHEN i.next_day > d.day THEN i.opening_cents
            ELSE coalesce((SELECT n.amount_cents FROM erp_invoices AS n
                            WHERE n.tenant_id = a.tenant_id AND n.invoice_key = i.invoice_key
                              AND n.counts_from <= d.day AND n.counts_until > d.day), 0)
               - coalesce((SELECT sum(p.amount_cents + p.discount_cents) FROM erp_applications AS p
                            WHERE p.tenant_id = a.tenant_id AND p.invoice_key = i.invoice_key
                              AND p.effective_day <= d.day AND p.until_day > d.day), 0)
               - coalesce((SELECT sum(w.amount_cents - iif(w.recovered_day <= d.day, w.recovered_cents, 0)) FROM ar_write_off_terms AS w
                            WHERE w.tenant_id = a.tenant_id AND w.invoice_key = i.invoice_key
                              AND w.from_day <= d.day AND w.until_day > d.day), 0)
       END AS raw_cents
  FROM days AS d CROSS JOIN ar_accounts AS a CROSS JOIN ar_items AS i
 WHERE i.account_id = a.account_id AND i.settled_day > d.day AND i.opens_day <= d.day;
CREATE VIEW ar_open_credits AS
SELECT d.day, a.account_id, a.tenant_id, a.company_id, a.currency, a.customer_key, c.source_key, c.source_day,
       CASE WHEN c.last_day <= d.day THEN c.final_cents
            WHEN c.next_day > d.day THEN c.opening_cents
            ELSE coalesce((SELECT n.amount_cents FROM erp_sources AS n
                            WHERE n.tenant_id = a.tenant_id AND n.source_key = c.source_key
                              AND n.counts_from <= d.day AND n.counts_until > d.day), 0)
               - coalesce((SELECT sum(p.amount_cents) FROM erp_applications AS p
                            WHERE p.tenant_id = a.tenant_id AND p.source_key = c.source_key
                              AND p.effective_day <= d.day AND p.until_day > d.day), 0)
               - coalesce((SELECT sum(r.amount_cents) FROM erp_refunds AS r
                            WHERE r.tenant_id = a.tenant_id AND r.source_key = c.source_key
                              AND r.counts_from <= d.day AND r.counts_until > d.day), 0)
       END AS left_cents
  FROM days AS d CROSS JOIN ar_accounts AS a CROSS JOIN ar_credits AS c
 WHERE c.account_id = a.account_id AND c.settled_day > d.day AND c.opens_day <= d.day;
CREATE TABLE minor_units (
  currency TEXT PRIMARY KEY,
  per_unit INTEGER NOT NULL CHECK (per_unit IN (1, 1000))
) STRICT, WITHOUT ROWID;
INSERT INTO minor_units (currency, per_unit)
SELECT value, 1 FROM json_each('["BIF","CLP","DJF","GNF","ISK","JPY","KMF","KRW","PYG","RWF","UGX","VND","VUV","XAF","XOF","XPF"]')
UNION ALL
SELECT value, 1000 FROM json_each('["BHD","IQD","JOD","KWD","LYD","OMR","TND"]');
INSERT INTO days (day, iso)
WITH RECURSIVE calendar (day) AS (SELECT 0 UNION ALL SELECT day + 1 FROM calendar WHERE day < 47481)
SELECT day, date(day * 86400, 'unixepoch') FROM calendar;
-- Today, by each company's own clock.
CREATE VIEW company_today AS
SELECT tenant_id, company_id, date('now') AS today FROM companies;
CREATE VIEW customers AS
SELECT c.tenant_id, c.id, c.name, c.email, c.terms, c.credit_limit_cents,
       c.credit_limit_cents * 1.0 / coalesce(u.per_unit, 100) AS credit_limit,
       c.currency, c.entitystatus, c.entitystatus AS erp_entitystatus, c.isinactive, c.sales_rep, c.sales_rep_email,
       c.parent_id, k.name AS company, b.committed_at AS last_modified
  FROM erp_customers AS c
  JOIN companies AS k ON k.tenant_id = c.tenant_id AND k.company_id = c.company_id
  JOIN sync_batches AS b ON b.batch = c.batch
  LEFT JOIN minor_units AS u ON u.currency = coalesce(c.currency, k.base_currency)
 WHERE c.closed = 0;
CREATE VIEW customer_invoices AS
SELECT i.tenant_id, i.id, c.id AS customer_id, c.name AS customer_name, i.tranid, i.invoice_date, i.due_date,
       i.amount_cents, i.amount_cents * 1.0 / coalesce(u.per_unit, 100) AS amount, i.currency, i.exchange_rate, i.status,
       i.voided_on, i.otherrefnum, i.createdfrom, i.disputed, i.kind, i.posting_period, i.memo, k.name AS company
  FROM erp_invoices AS i
  JOIN erp_customers AS c ON c.tenant_id = i.tenant_id AND c.customer_key = i.customer_key
  JOIN companies AS k ON k.tenant_id = i.tenant_id AND k.company_id = i.company_id
  LEFT JOIN minor_units AS u ON u.currency = i.currency
 WHERE i.closed = 0;
CREATE VIEW invoice_lines AS
SELECT l.tenant_id, i.id AS invoice_id, l.line, l.item_code, l.quantity_micro / 1000000.0 AS quantity,
       l.rate_micro / 1000000.0 AS rate, l.amount_cents, l.amount_cents * 1.0 / coalesce(u.per_unit, 100) AS amount, i.currency
  FROM erp_invoice_lines AS l
  JOIN erp_invoices AS i ON i.tenant_id = l.tenant_id AND i.invoice_key = l.invoice_key
  LEFT JOIN minor_units AS u ON u.currency = i.currency
 WHERE l.closed = 0 AND i.closed = 0;
CREATE VIEW invoice_installments AS
SELECT p.tenant_id, i.id AS invoice_id, p.installment, p.due_date, p.amount_cents,
       p.amount_cents * 1.0 / coalesce(u.per_unit, 100) AS amount, i.currency
  FROM erp_installments AS p
  JOIN erp_invoices AS i ON i.tenant_id = p.tenant_id AND i.invoice_key = p.invoice_key
  LEFT JOIN minor_units AS u ON u.currency = i.currency
 WHERE p.closed = 0 AND i.closed = 0;
CREATE VIEW credit_memos AS
SELECT s.tenant_id, s.id, c.id AS customer_id, s.source_date AS credit_date, s.tranid, s.amount_cents,
       s.amount_cents * 1.0 / coalesce(u.per_unit, 100) AS amount, s.currency, s.exchange_rate, s.status, s.voided_on, s.kind,
       s.posting_period, s.createdfrom, s.memo, k.name AS company
  FROM erp_sources AS s
  JOIN erp_customers AS c ON c.tenant_id = s.tenant_id AND c.customer_key = s.customer_key
  JOIN companies AS k ON k.tenant_id = s.tenant_id AND k.company_id = s.company_id
  LEFT JOIN minor_units AS u ON u.currency = s.currency
 WHERE s.closed = 0 AND s.source_type = 'credit_memo';
CREATE VIEW customer_payments AS
SELECT s.tenant_id, s.id, c.id AS customer_id, s.source_date AS receipt_date, s.tranid, s.otherrefnum, s.amount_cents,
       s.amount_cents * 1.0 / coalesce(u.per_unit, 100) AS amount, s.currency, s.exchange_rate, s.status, s.voided_on, s.kind,
       s.posting_period, s.memo, k.name AS company
  FROM erp_sources AS s
  JOIN erp_customers AS c ON c.tenant_id = s.tenant_id AND c.customer_key = s.customer_key
  JOIN companies AS k ON k.tenant_id = s.tenant_id AND k.company_id = s.company_id
  LEFT JOIN minor_units AS u ON u.currency = s.currency
 WHERE s.closed = 0 AND s.source_type = 'payment';
CREATE VIEW payment_applications AS
SELECT a.tenant_id, a.application_id AS id, s.source_type, s.id AS source_id, i.id AS invoice_id, a.applied_on,
       CASE WHEN a.effective_day < 100000 THEN date(a.effective_day * 86400, 'unixepoch') END AS effective_on,
       a.applied_on IS NULL AS date_derived,
       a.amount_cents, a.amount_cents * 1.0 / coalesce(u.per_unit, 100) AS amount, a.discount_cents, i.currency
  FROM erp_applications AS a
  JOIN erp_sources AS s ON s.tenant_id = a.tenant_id AND s.source_key = a.source_key
  JOIN erp_invoices AS i ON i.tenant_id = a.tenant_id AND i.invoice_key = a.invoice_key
  LEFT JOIN minor_units AS u ON u.currency = i.currency
 WHERE a.closed = 0;
CREATE VIEW customer_refunds AS
SELECT r.tenant_id, r.id, c.id AS customer_id, r.refund_date, r.amount_cents,
       r.amount_cents * 1.0 / coalesce(u.per_unit, 100) AS amount, s.currency, s.source_type, s.id AS source_id, r.status, r.voided_on
  FROM erp_refunds AS r
  JOIN erp_customers AS c ON c.tenant_id = r.tenant_id AND c.customer_key = r.customer_key
  JOIN erp_sources AS s ON s.tenant_id = r.tenant_id AND s.source_key = r.source_key
  LEFT JOIN minor_units AS u ON u.currency = s.currency
 WHERE r.closed = 0;
CREATE VIEW write_offs AS
SELECT w.tenant_id, w.id, i.id AS invoice_id, w.written_off_on, w.amount_cents,
       w.amount_cents * 1.0 / coalesce(u.per_unit, 100) AS amount, i.currency, w.reason, w.status, w.voided_on, w.recovered_on,
       w.recovered_cents
  FROM erp_write_offs AS w
  JOIN erp_invoices AS i ON i.tenant_id = w.tenant_id AND i.invoice_key = w.invoice_key
  LEFT JOIN minor_units AS u ON u.currency = i.currency
 WHERE w.closed = 0;
CREATE VIEW transactions AS
SELECT t.tenant_id, t.id, t.type, t.entity, t.trandate, t.tranid, t.initialtranid, t.status, t.foreigntotal_cents,
       t.foreigntotal_cents * 1.0 / coalesce(u.per_unit, 100) AS foreigntotal, t.otherrefnum, t.memo, t.parent_so_id,
       t.createdfrom, t.expected_date, k.name AS company
  FROM erp_transactions AS t
  JOIN companies AS k ON k.tenant_id = t.tenant_id AND k.company_id = t.company_id
  LEFT JOIN minor_units AS u ON u.currency = k.base_currency
 WHERE t.closed = 0;
CREATE VIEW transaction_lines AS
SELECT l.tenant_id, t.id AS transaction_id, t.type AS transaction_type, l.line, l.item_code, l.item_type,
       l.quantity_micro / 1000000.0 AS quantity, l.quantity_fulfilled_micro / 1000000.0 AS quantity_fulfilled,
       l.rate_micro / 1000000.0 AS rate, l.amount_cents, l.amount_cents * 1.0 / coalesce(u.per_unit, 100) AS amount, l.link_tranid,
       l.requested_ship_date, l.location
  FROM erp_transaction_lines AS l
  JOIN erp_transactions AS t ON t.tenant_id = l.tenant_id AND t.transaction_key = l.transaction_key
  JOIN companies AS k ON k.tenant_id = t.tenant_id AND k.company_id = t.company_id
  LEFT JOIN minor_units AS u ON u.currency = k.base_currency
 WHERE l.closed = 0 AND t.closed = 0;
CREATE VIEW inventory_balance AS
SELECT tenant_id, item_code, location, quantityavailable_micro / 1000000.0 AS quantityavailable
  FROM erp_inventory WHERE closed = 0;
CREATE VIEW sales_orders AS
SELECT tenant_id, id, entity AS customer_id, trandate, tranid, status, foreigntotal, foreigntotal_cents, otherrefnum, memo, company
  FROM transactions WHERE type = 'SalesOrd';
CREATE VIEW work_orders AS
SELECT tenant_id, id, entity, trandate, tranid, status, parent_so_id, createdfrom, memo, expected_date, company
  FROM transactions WHERE type = 'WorkOrd';
CREATE VIEW assembly_builds AS
SELECT tenant_id, id, entity, trandate, tranid, status, createdfrom AS work_order_id, memo, company
  FROM transactions WHERE type = 'Build';
CREATE VIEW purchase_orders AS
SELECT tenant_id, id, entity AS vendor_id, trandate, tranid, status, foreigntotal, foreigntotal_cents, parent_so_id, memo, expected_date,
       company
  FROM transactions WHERE type = 'PurchOrd';
CREATE VIEW item_fulfillments AS
SELECT tenant_id, id, entity AS customer_id, trandate, tranid, status, createdfrom AS sales_order_id, otherrefnum, memo, company
  FROM transactions WHERE type = 'ItemShip';
CREATE VIEW item_receipts AS
SELECT tenant_id, id, entity AS vendor_id, trandate, tranid, status, createdfrom AS po_id, memo, company
  FROM transactions WHERE type = 'ItemRcpt';
CREATE VIEW vendor_bills AS
SELECT tenant_id, id, entity AS vendor_id, trandate, tranid, initialtranid, status, foreigntotal, foreigntotal_cents, createdfrom AS po_id,
       memo, company
  FROM transactions WHERE type = 'VendBill';
CREATE VIEW so_lines AS
SELECT tenant_id, transaction_id AS sales_order_id, line, item_code, item_type, quantity, quantity_fulfilled, rate, amount, amount_cents,
       link_tranid, requested_ship_date, location
  FROM transaction_lines WHERE transaction_type = 'SalesOrd';
CREATE VIEW v_ar_aging AS
SELECT o.tenant_id, k.name AS company, c.id AS customer_id, c.name AS customer_name, i.id AS invoice_id, o.installment, i.tranid,
       i.invoice_date, date(o.due_day * 86400, 'unixepoch') AS due_date, o.day - o.due_day AS days_overdue,
       CASE WHEN o.day - o.due_day <= 0 THEN 'current' WHEN o.day - o.due_day <= 30 THEN 'days_30'
            WHEN o.day - o.due_day <= 60 THEN 'days_60' WHEN o.day - o.due_day <= 90 THEN 'days_90' ELSE 'days_90_plus' END AS bucket,
       o.currency, min(o.cap_cents, o.raw_cents - o.after_cents) AS amount_cents,
       min(o.cap_cents, o.raw_cents - o.after_cents) * 1.0 / coalesce(u.per_unit, 100) AS amount, i.disputed
  FROM company_today AS t
  CROSS JOIN days AS d ON d.iso = t.today
  CROSS JOIN ar_open_items AS o ON o.day = d.day AND o.tenant_id = t.tenant_id AND o.company_id = t.company_id
  JOIN companies AS k ON k.tenant_id = o.tenant_id AND k.company_id = o.company_id
  JOIN erp_customers AS c ON c.tenant_id = o.tenant_id AND c.customer_key = o.customer_key
  JOIN erp_invoices AS i ON i.tenant_id = o.tenant_id AND i.invoice_key = o.invoice_key
  LEFT JOIN minor_units AS u ON u.currency = o.currency
 WHERE o.raw_cents > o.after_cents;
-- One row per customer, company and currency with an open item today; unapplied credit is the age report's business.
CREATE VIEW v_customer_ar_aging AS
SELECT tenant_id, company, customer_id, customer_name, currency,
       coalesce(sum(amount_cents) FILTER (WHERE bucket = 'current'), 0) AS current_cents,
       coalesce(sum(amount_cents) FILTER (WHERE bucket = 'days_30'), 0) AS days_30_cents,
       coalesce(sum(amount_cents) FILTER (WHERE bucket = 'days_60'), 0) AS days_60_cents,
       coalesce(sum(amount_cents) FILTER (WHERE bucket = 'days_90'), 0) AS days_90_cents,
       coalesce(sum(amount_cents) FILTER (WHERE bucket = 'days_90_plus'), 0) AS days_90_plus_cents,
       sum(amount_cents) AS total_outstanding_cents, sum(amount) AS total_outstanding,
       max(days_overdue) AS max_days_overdue, count(DISTINCT invoice_id) AS open_invoices
  FROM v_ar_aging
 GROUP BY tenant_id, company, customer_id, customer_name, currency;
PRAGMA application_id = 0x61726374;  -- 'arct'
PRAGMA user_version = 1;
INSERT INTO tenants (tenant_id, name) VALUES (1, 'default');
INSERT INTO companies (tenant_id, company_id, name, base_currency, time_zone, books_from) VALUES (1, 1, 'default', 'USD', 'America/New_York', NULL);
INSERT INTO companies (tenant_id, company_id, name, base_currency, time_zone, books_from) VALUES (1, 2, 'north', 'USD', 'Europe/Berlin', NULL);
INSERT INTO settings (tenant_id, key, value, set_at, set_by) VALUES (1, 'alert.operator', 'ops@example.com', '2026-11-21 10:35:12', 'operator');
INSERT INTO settings (tenant_id, key, value, set_at, set_by) VALUES (1, 'company/2/time_zone', 'Europe/Berlin', '2026-11-21 10:35:12', 'operator');
INSERT INTO sync_batches (batch, tenant_id, committed_at, actor, source, mode, accepted) VALUES (1, 1, '2026-11-21 10:35:12', 'operator', 'exports', 'changes', NULL);
INSERT INTO sync_batches (batch, tenant_id, committed_at, actor, source, mode, accepted) VALUES (2, 1, '2026-11-21 10:35:12', 'operator', 'exports', 'changes', NULL);
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (1, 1, 1, 'customers', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'customers.csv', '7df8efc8b46de992192bac2188e224822d7eaad351528bbf405ccaef3572907c', 3, 3, 0, 0, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (2, 1, 1, 'customer_invoices', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'customer_invoices.csv', 'fb683f8ff49fd55c31a665bbde4aef75853da573f342fff326120e602fdbf4db', 5, 5, 0, 0, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (3, 1, 1, 'invoice_lines', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'invoice_lines.csv', 'e6cb1ed5baa620d9544554e5c53fdcda64b20e311c98435d25121647c245a37a', 1, 1, 0, 0, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (4, 1, 1, 'invoice_installments', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'invoice_installments.csv', '3be77dba0b3b17f86edb46f8357bfcff0c649af0b936be6fba7ecaf54b613f0a', 2, 2, 0, 0, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (5, 1, 1, 'credit_memos', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'credit_memos.csv', '63486c9333f2670db19e526994692dad6b52a1141270a63122ae274a3e2d7b94', 1, 1, 0, 0, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (6, 1, 1, 'customer_payments', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'customer_payments.csv', '99f6064f73683ef8d65b3dde89abb4be29f9f5db2962a3654c852fb1db2b6f3c', 2, 2, 0, 0, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (7, 1, 1, 'payment_applications', 'manual', 'all', 'completed_with_rejects', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'payment_applications.csv', '35b955425b1a972ccbce1b58ecd01c0ee065605b26950a24861847f256ef87a1', 3, 2, 0, 0, 0, 1, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (8, 1, 1, 'customer_refunds', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'customer_refunds.csv', '17f00c19ba60089687b9683d728dd45591b3a1223b65e347b95070b5db4d3459', 1, 1, 0, 0, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (9, 1, 1, 'write_offs', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'write_offs.csv', 'e1bec320172a8064500753c545802b844a47acf7b843dba6922c8bbb9a627fd9', 1, 1, 0, 0, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (10, 1, 1, 'transactions', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'transactions.csv', '194a8ab826589126c6cfe121674d6d4e77d58feb84e09f86e7728c32a69fdbf1', 1, 1, 0, 0, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (11, 1, 1, 'transaction_lines', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'transaction_lines.csv', 'ec3d2df2c77f3ef947816cd5fc71bfb40fb92acaa34fe41b91cf59ab795eedff', 1, 1, 0, 0, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (12, 1, 1, 'inventory_balance', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'inventory_balance.csv', '2303aa3350461cfab58ea5b795476fa37c8343972df8bc0fdaaf0f0ac60ec58b', 1, 1, 0, 0, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (13, 1, 1, '*', 'manual', 'all', 'completed_with_rejects', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', NULL, NULL, 22, 21, 0, 0, 0, 1, '');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (14, 1, 2, 'customers', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'customers.csv', '7df8efc8b46de992192bac2188e224822d7eaad351528bbf405ccaef3572907c', 3, 0, 0, 3, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (15, 1, 2, 'customer_invoices', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'customer_invoices.csv', 'e16e11a6503607c89ed5dadc9c946769a6f197e5f09016af1c6cfd50ebfa9d54', 5, 0, 1, 4, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (16, 1, 2, 'invoice_lines', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'invoice_lines.csv', 'e6cb1ed5baa620d9544554e5c53fdcda64b20e311c98435d25121647c245a37a', 1, 0, 0, 1, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (17, 1, 2, 'invoice_installments', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'invoice_installments.csv', '3be77dba0b3b17f86edb46f8357bfcff0c649af0b936be6fba7ecaf54b613f0a', 2, 0, 0, 2, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (18, 1, 2, 'credit_memos', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'credit_memos.csv', '63486c9333f2670db19e526994692dad6b52a1141270a63122ae274a3e2d7b94', 1, 0, 0, 1, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (19, 1, 2, 'customer_payments', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'customer_payments.csv', '99f6064f73683ef8d65b3dde89abb4be29f9f5db2962a3654c852fb1db2b6f3c', 2, 0, 0, 2, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (20, 1, 2, 'payment_applications', 'manual', 'all', 'completed_with_rejects', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'payment_applications.csv', '35b955425b1a972ccbce1b58ecd01c0ee065605b26950a24861847f256ef87a1', 3, 0, 0, 2, 0, 1, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (21, 1, 2, 'customer_refunds', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'customer_refunds.csv', '17f00c19ba60089687b9683d728dd45591b3a1223b65e347b95070b5db4d3459', 1, 0, 0, 1, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (22, 1, 2, 'write_offs', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'write_offs.csv', 'e1bec320172a8064500753c545802b844a47acf7b843dba6922c8bbb9a627fd9', 1, 0, 0, 1, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (23, 1, 2, 'transactions', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'transactions.csv', '194a8ab826589126c6cfe121674d6d4e77d58feb84e09f86e7728c32a69fdbf1', 1, 0, 0, 1, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (24, 1, 2, 'transaction_lines', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'transaction_lines.csv', 'ec3d2df2c77f3ef947816cd5fc71bfb40fb92acaa34fe41b91cf59ab795eedff', 1, 0, 0, 1, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (25, 1, 2, 'inventory_balance', 'manual', 'all', 'completed', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', 'inventory_balance.csv', '2303aa3350461cfab58ea5b795476fa37c8343972df8bc0fdaaf0f0ac60ec58b', 1, 0, 0, 1, 0, 0, '2 changes 1');
INSERT INTO sync_log (sync_id, tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at, source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading) VALUES (26, 1, 2, '*', 'manual', 'all', 'completed_with_rejects', '2026-11-21 10:35:12', '2026-11-21 10:35:12', '2026-11-21 10:35:12', 'exports', NULL, NULL, 22, 0, 1, 20, 0, 1, '');
INSERT INTO sync_rejects (reject_id, tenant_id, table_name, file, line, column_name, value, reason, row_key, set_key, document_date, row_json, status, first_batch, last_batch) VALUES (1, 1, 'payment_applications', 'payment_applications.csv', 4, 'invoice_id', 'INV-404', 'no invoice "INV-404" in the file or the ledger', 'credit_memo/CM-1/INV-404/', 'credit_memo/CM-1', NULL, '{"header":["source_type","source_id","invoice_id","amount","applied_on","discount"],"cells":["credit_memo","CM-1","INV-404","50","",""]}', 'pending', 1, 2);
INSERT INTO erp_customers (tenant_id, customer_key, id, name, email, terms, credit_limit_cents, currency, entitystatus, isinactive, sales_rep, sales_rep_email, parent_id, company_id, batch, closed) VALUES (1, 1, 'C1', 'Harbor Foods', 'ar@harbor.example.com', 'Net 30', NULL, 'USD', NULL, 'F', NULL, NULL, NULL, 1, 1, 0);
INSERT INTO erp_customers (tenant_id, customer_key, id, name, email, terms, credit_limit_cents, currency, entitystatus, isinactive, sales_rep, sales_rep_email, parent_id, company_id, batch, closed) VALUES (1, 2, 'C2', 'Northside Market, Ltd.', NULL, '2% 10 Net 30', NULL, 'USD', NULL, 'F', NULL, NULL, NULL, 1, 1, 0);
INSERT INTO erp_customers (tenant_id, customer_key, id, name, email, terms, credit_limit_cents, currency, entitystatus, isinactive, sales_rep, sales_rep_email, parent_id, company_id, batch, closed) VALUES (1, 3, 'C3', 'Nord Lebensmittel', NULL, NULL, NULL, 'USD', NULL, 'F', NULL, NULL, NULL, 2, 1, 0);
INSERT INTO erp_invoices (tenant_id, invoice_key, id, customer_key, company_id, invoice_date, due_date, amount_cents, currency, exchange_rate, status, voided_on, tranid, otherrefnum, createdfrom, disputed, kind, posting_period, memo, batch, closed) VALUES (1, 1, 'INV-1', 1, 1, '2026-01-10', '2026-02-09', 126000, 'USD', NULL, 'posted', NULL, NULL, NULL, NULL, 'F', 'invoice', NULL, NULL, 2, 0);
INSERT INTO erp_invoices (tenant_id, invoice_key, id, customer_key, company_id, invoice_date, due_date, amount_cents, currency, exchange_rate, status, voided_on, tranid, otherrefnum, createdfrom, disputed, kind, posting_period, memo, batch, closed) VALUES (1, 2, 'INV-2', 1, 1, '2026-03-01', NULL, 30050, 'USD', NULL, 'posted', NULL, NULL, NULL, NULL, 'T', 'invoice', NULL, NULL, 1, 0);
INSERT INTO erp_invoices (tenant_id, invoice_key, id, customer_key, company_id, invoice_date, due_date, amount_cents, currency, exchange_rate, status, voided_on, tranid, otherrefnum, createdfrom, disputed, kind, posting_period, memo, batch, closed) VALUES (1, 3, 'INV-3', 2, 1, '2026-02-15', '2026-03-17', 8000, 'CAD', NULL, 'voided', '2026-04-02', NULL, NULL, NULL, 'F', 'invoice', NULL, NULL, 1, 0);
INSERT INTO erp_invoices (tenant_id, invoice_key, id, customer_key, company_id, invoice_date, due_date, amount_cents, currency, exchange_rate, status, voided_on, tranid, otherrefnum, createdfrom, disputed, kind, posting_period, memo, batch, closed) VALUES (1, 4, 'INV-4', 3, 2, '2026-03-20', '2026-04-19', 99999, 'EUR', NULL, 'approved', NULL, NULL, NULL, NULL, 'F', 'invoice', NULL, NULL, 1, 0);
INSERT INTO erp_invoices (tenant_id, invoice_key, id, customer_key, company_id, invoice_date, due_date, amount_cents, currency, exchange_rate, status, voided_on, tranid, otherrefnum, createdfrom, disputed, kind, posting_period, memo, batch, closed) VALUES (1, 5, 'INV-5', 2, 1, '2026-04-01', '2026-05-01', 60000, 'USD', NULL, 'posted', NULL, NULL, NULL, NULL, 'F', 'invoice', NULL, NULL, 1, 0);
INSERT INTO erp_invoice_lines (tenant_id, invoice_key, line, item_code, quantity_micro, rate_micro, amount_cents, batch, closed) VALUES (1, 1, 1, 'OIL-5L', 50000000, 25000000, 125000, 1, 0);
INSERT INTO erp_installments (tenant_id, invoice_key, installment, due_date, amount_cents, batch, closed) VALUES (1, 5, 1, '2026-05-01', 20000, 1, 0);
INSERT INTO erp_installments (tenant_id, invoice_key, installment, due_date, amount_cents, batch, closed) VALUES (1, 5, 2, '2026-06-01', 40000, 1, 0);
INSERT INTO erp_sources (tenant_id, source_key, source_type, id, customer_key, company_id, source_date, amount_cents, currency, exchange_rate, status, voided_on, tranid, otherrefnum, createdfrom, kind, posting_period, memo, batch, closed) VALUES (1, 1, 'credit_memo', 'CM-1', 2, 1, '2026-04-10', 5000, 'USD', NULL, 'posted', NULL, NULL, NULL, NULL, 'credit_memo', NULL, NULL, 1, 0);
INSERT INTO erp_sources (tenant_id, source_key, source_type, id, customer_key, company_id, source_date, amount_cents, currency, exchange_rate, status, voided_on, tranid, otherrefnum, createdfrom, kind, posting_period, memo, batch, closed) VALUES (1, 2, 'payment', 'PMT-1', 1, 1, '2026-02-20', 100000, 'USD', NULL, 'posted', NULL, NULL, NULL, NULL, 'payment', NULL, NULL, 1, 0);
INSERT INTO erp_sources (tenant_id, source_key, source_type, id, customer_key, company_id, source_date, amount_cents, currency, exchange_rate, status, voided_on, tranid, otherrefnum, createdfrom, kind, posting_period, memo, batch, closed) VALUES (1, 3, 'payment', 'PMT-2', 2, 1, '2026-05-04', 25000, 'USD', NULL, 'posted', NULL, NULL, NULL, NULL, 'payment', NULL, NULL, 1, 0);
INSERT INTO erp_applications (tenant_id, source_key, invoice_key, slot, application_id, applied_on, amount_cents, discount_cents, batch, closed, effective_day, until_day) VALUES (1, 2, 1, '2026-02-20', NULL, '2026-02-20', 90000, 0, 1, 0, 20504, 100000);
INSERT INTO erp_applications (tenant_id, source_key, invoice_key, slot, application_id, applied_on, amount_cents, discount_cents, batch, closed, effective_day, until_day) VALUES (1, 3, 5, '', NULL, NULL, 25000, 500, 1, 0, 20577, 100000);
INSERT INTO erp_refunds (tenant_id, refund_key, id, customer_key, source_key, refund_date, amount_cents, status, voided_on, batch, closed) VALUES (1, 1, 'RF-1', 1, 2, '2026-03-02', 4000, 'posted', NULL, 1, 0);
INSERT INTO erp_write_offs (tenant_id, write_off_key, id, invoice_key, written_off_on, amount_cents, reason, status, voided_on, recovered_on, recovered_cents, batch, closed) VALUES (1, 1, 'WO-1', 2, '2026-05-30', 2050, 'small balance', 'posted', NULL, '2026-06-10', 1000, 1, 0);
INSERT INTO erp_transactions (tenant_id, transaction_key, id, type, entity, trandate, tranid, initialtranid, status, foreigntotal_cents, otherrefnum, memo, parent_so_id, createdfrom, expected_date, company_id, batch, closed) VALUES (1, 1, 'SO-1', 'SalesOrd', 'C1', '2026-01-05', 'SO-1', NULL, NULL, 125000, '72622', NULL, NULL, NULL, NULL, 1, 1, 0);
INSERT INTO erp_transaction_lines (tenant_id, transaction_key, line, item_code, item_type, quantity_micro, quantity_fulfilled_micro, rate_micro, amount_cents, link_tranid, requested_ship_date, location, batch, closed) VALUES (1, 1, 1, 'OIL-5L', NULL, 50000000, NULL, NULL, NULL, NULL, NULL, NULL, 1, 0);
INSERT INTO erp_inventory (tenant_id, item_code, location, quantityavailable_micro, batch, closed) VALUES (1, 'OIL-5L', 'east', 120000000, 1, 0);
INSERT INTO erp_invoices_history (tenant_id, invoice_key, id, customer_key, company_id, invoice_date, due_date, amount_cents, currency, exchange_rate, status, voided_on, tranid, otherrefnum, createdfrom, disputed, kind, posting_period, memo, batch, closed, to_batch) VALUES (1, 1, 'INV-1', 1, 1, '2026-01-10', '2026-02-09', 125000, 'USD', NULL, 'posted', NULL, NULL, NULL, NULL, 'F', 'invoice', NULL, NULL, 1, 0, 2);
INSERT INTO ar_accounts (account_id, tenant_id, company_id, currency, customer_key) VALUES (1, 1, 1, 'CAD', 2);
INSERT INTO ar_accounts (account_id, tenant_id, company_id, currency, customer_key) VALUES (2, 1, 1, 'USD', 1);
INSERT INTO ar_accounts (account_id, tenant_id, company_id, currency, customer_key) VALUES (3, 1, 1, 'USD', 2);
INSERT INTO ar_accounts (account_id, tenant_id, company_id, currency, customer_key) VALUES (4, 1, 2, 'EUR', 3);
INSERT INTO ar_items (account_id, settled_day, invoice_key, installment, invoice_day, due_day, opens_day, opening_cents, next_day, last_day, final_cents, cap_cents, after_cents, flags) VALUES (1, 20545, 3, 0, 20499, 20529, 20499, 8000, 20545, 20545, 0, 4611686018427387904, 0, 8);
INSERT INTO ar_items (account_id, settled_day, invoice_key, installment, invoice_day, due_day, opens_day, opening_cents, next_day, last_day, final_cents, cap_cents, after_cents, flags) VALUES (2, 100000, 1, 0, 20463, 20493, 20463, 126000, 20504, 20504, 36000, 4611686018427387904, 0, 8);
INSERT INTO ar_items (account_id, settled_day, invoice_key, installment, invoice_day, due_day, opens_day, opening_cents, next_day, last_day, final_cents, cap_cents, after_cents, flags) VALUES (2, 100000, 2, 0, 20513, 20543, 20513, 30050, 20603, 20614, 29000, 4611686018427387904, 0, 13);
INSERT INTO ar_items (account_id, settled_day, invoice_key, installment, invoice_day, due_day, opens_day, opening_cents, next_day, last_day, final_cents, cap_cents, after_cents, flags) VALUES (3, 100000, 5, 1, 20544, 20574, 20544, 60000, 20577, 20577, 34500, 4611686018427387904, 40000, 0);
INSERT INTO ar_items (account_id, settled_day, invoice_key, installment, invoice_day, due_day, opens_day, opening_cents, next_day, last_day, final_cents, cap_cents, after_cents, flags) VALUES (3, 100000, 5, 2, 20544, 20605, 20544, 60000, 20577, 20577, 34500, 40000, 0, 8);
INSERT INTO ar_items (account_id, settled_day, invoice_key, installment, invoice_day, due_day, opens_day, opening_cents, next_day, last_day, final_cents, cap_cents, after_cents, flags) VALUES (4, 100000, 4, 0, 20532, 20562, 20532, 99999, 100000, 20532, 99999, 4611686018427387904, 0, 8);
INSERT INTO ar_credits (account_id, settled_day, source_key, source_day, opens_day, opening_cents, next_day, last_day, final_cents) VALUES (2, 100000, 2, 20504, 20504, 10000, 20514, 20514, 6000);
INSERT INTO ar_credits (account_id, settled_day, source_key, source_day, opens_day, opening_cents, next_day, last_day, final_cents) VALUES (3, 100000, 1, 20553, 20553, 5000, 100000, 20553, 5000);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 1, 'CAD', 'invoices', 20499, 8000, 0, 1, 0);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 1, 'CAD', 'invoices', 20545, 0, 8000, 0, 1);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 1, 'USD', 'credits', 20553, 5000, 0, 1, 0);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 1, 'USD', 'discounts', 20577, 500, 0, 1, 0);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 1, 'USD', 'invoices', 20463, 126000, 0, 1, 0);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 1, 'USD', 'invoices', 20513, 30050, 0, 1, 0);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 1, 'USD', 'invoices', 20544, 60000, 0, 1, 0);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 1, 'USD', 'receipts', 20504, 100000, 0, 1, 0);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 1, 'USD', 'receipts', 20577, 25000, 0, 1, 0);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 1, 'USD', 'recoveries', 20614, 1000, 0, 1, 0);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 1, 'USD', 'refunds', 20514, 4000, 0, 1, 0);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 1, 'USD', 'write_offs', 20603, 2050, 0, 1, 0);
INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped) VALUES (1, 2, 'EUR', 'invoices', 20532, 99999, 0, 1, 0);
COMMIT;
