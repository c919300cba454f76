-- The arctl ledger: the one definition of its tables, views, triggers and indexes.
--
-- How to read it
--   erp_*            the mirror: exactly what the ERP said, one row per record that is known now.
--   erp_*_history    versions that a later sync replaced, with the batch that wrote and the one that replaced them.
--   ar_*             derived from the mirror to make as-of questions cheap; outside history, can be rebuilt at any time.
--   aging_snapshot*, allowance_*, events   evidence: append-only.
--   everything else  arctl's own, or a view. The names people type (customers, customer_invoices, v_ar_aging ...) are views
--                    that show ids as the ERP gives them and amounts in units beside cents.
--
-- Conventions
--   Amounts are integer minor units (cents) in the row's currency; quantities and rates are millionths (_micro).
--   Dates are ISO text in the mirror; `date(d, '+0 days')` in a check refuses 2026-02-30, plain `date(d)` would not.
--   Days in ar_* tables are whole days since 1970-01-01, because they are compared and subtracted by the hundred thousand.
--   Day 100000 stands for "never". Flags are 'T' and 'F', as the ERP writes them.
--   Every child row refers to its parent through (tenant_id, key): a row of one tenant can never hang on another's.
--   Rows gone from the ERP are closed (closed = 1), never deleted: evidence may refer to them.

------------------------------------------------------------------------------------------------------------------------
-- Tenants, companies, settings
------------------------------------------------------------------------------------------------------------------------

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
  books_from    TEXT CHECK (books_from IS date(books_from, '+0 days')),  -- an as-of before it is refused
  PRIMARY KEY (tenant_id, company_id),
  UNIQUE (tenant_id, name)
) STRICT, WITHOUT ROWID;

-- SQLite knows no time zones. arctl writes here when a company's clock changes (summer time included), so that a view's
-- "today" is the company's own date and not Greenwich's.
CREATE TABLE company_clock (
  tenant_id      INTEGER NOT NULL,
  company_id     INTEGER NOT NULL,
  from_utc       TEXT NOT NULL CHECK (from_utc IS datetime(from_utc)),
  offset_minutes INTEGER NOT NULL CHECK (offset_minutes BETWEEN -1080 AND 1080),
  PRIMARY KEY (tenant_id, company_id, from_utc),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id)
) STRICT, WITHOUT ROWID;

-- What is set once. Secrets have no place here; the command refuses keys that look like one.
CREATE TABLE settings (
  tenant_id INTEGER NOT NULL REFERENCES tenants (tenant_id),
  key       TEXT NOT NULL,
  value     TEXT NOT NULL,
  set_at    TEXT NOT NULL CHECK (set_at IS datetime(set_at)),
  set_by    TEXT NOT NULL,
  PRIMARY KEY (tenant_id, key)
) STRICT, WITHOUT ROWID;

-- Every day a document may bear. Joining to one row of it is how a view takes its as-of date as a parameter.
CREATE TABLE days (
  day INTEGER PRIMARY KEY,
  iso TEXT NOT NULL UNIQUE CHECK (iso IS date(iso, '+0 days'))
) STRICT;

------------------------------------------------------------------------------------------------------------------------
-- Sync: batches, log, rejects
------------------------------------------------------------------------------------------------------------------------

-- One committed sync. Batch numbers only rise; "as known at batch k" is the mirror right after it committed.
CREATE TABLE sync_batches (
  batch        INTEGER PRIMARY KEY,
  tenant_id    INTEGER NOT NULL REFERENCES tenants (tenant_id),
  committed_at TEXT NOT NULL CHECK (committed_at IS datetime(committed_at)),
  actor        TEXT NOT NULL,
  source       TEXT NOT NULL,
  mode         TEXT NOT NULL CHECK (mode IN ('changes', 'full')),
  accepted     TEXT,  -- the reason a person gave for a file that lost more rows than the guard allows
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
  reading      TEXT,  -- how the file was read (mode, defaults, reader version): the same bytes read the same way change nothing
  FOREIGN KEY (tenant_id, batch) REFERENCES sync_batches (tenant_id, batch),
  UNIQUE (tenant_id, batch, table_name)
) STRICT;

CREATE INDEX sync_log_latest ON sync_log (tenant_id, table_name, sync_id);

-- Rows that could not land, whole, so that they are tried again at every sync until they land or a newer row replaces them.
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
  set_key       TEXT,           -- the document whose rows come all together, for lines, instalments and applications
  document_date TEXT,           -- where the row has a readable one: the close gate asks for rejects dated up to a day
  row_json      TEXT NOT NULL,
  status        TEXT NOT NULL CHECK (status IN ('pending', 'landed', 'superseded')),
  first_batch   INTEGER NOT NULL,
  last_batch    INTEGER NOT NULL CHECK (last_batch >= first_batch),
  FOREIGN KEY (tenant_id, first_batch) REFERENCES sync_batches (tenant_id, batch),
  FOREIGN KEY (tenant_id, last_batch) REFERENCES sync_batches (tenant_id, batch)
) STRICT;

CREATE INDEX sync_rejects_pending ON sync_rejects (tenant_id, table_name) WHERE status = 'pending';

------------------------------------------------------------------------------------------------------------------------
-- The mirror: receivables
--
-- counts_from and counts_until are the days between which a document counts: from its own date while it is approved or
-- posted, up to the day it is voided. A draft, a rejected or a closed one counts from "never". A status is compared with OR:
-- SQLite would build the list of an IN anew for every row, and a load took a tenth longer.
------------------------------------------------------------------------------------------------------------------------

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

-- Payments and credit memos are one table, because an application or a refund may come from either and a foreign key
-- cannot choose its target by the value of a column.
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

-- effective_day and until_day are derived (see "derived" below): the application reduces its invoice on the days from
-- effective_day up to, not including, until_day; both are "never" while one of its documents does not count.
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

------------------------------------------------------------------------------------------------------------------------
-- The mirror: order side
------------------------------------------------------------------------------------------------------------------------

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

------------------------------------------------------------------------------------------------------------------------
-- Row history: every replaced version, with the batch that wrote it (batch) and the one that replaced it (to_batch).
-- A version was the truth for all k with batch <= k < to_batch. No checks: a version once passed the mirror's own.
------------------------------------------------------------------------------------------------------------------------

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

------------------------------------------------------------------------------------------------------------------------
-- Derived: what makes an as-of question cheap
--
-- A balance is a sum of movements: an invoice begins with its amount, an application takes some away on the day it becomes
-- effective and gives it back on the day it stops counting, and so on. Most balances move on one or two days only, so for
-- each document the outline of its timeline is kept:
--     opens_day      first day on which the balance is not zero, and opening_cents, the balance from that day on
--     next_day       the day of the next movement; until then opening_cents is the balance
--     last_day       the day of the last movement; from then on final_cents is the balance
--     middle_cents   the balance between the two, where nothing else moves it there and a load found that out; else NULL
--     settled_day    the smallest day from which the balance is zero for good ("never": it is still open)
-- Only between next_day and last_day must the movements themselves be added up. Tables are clustered by account and
-- settled_day, so that aging as of D reads, account by account, what was settled after D and nothing else.
------------------------------------------------------------------------------------------------------------------------

-- What one customer owes in one currency to one company.
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
-- amount is what exceeds after_cents (the instalments eaten after it), at most cap_cents.
-- flags: 1 the due date was missing, 2 due before issued, 4 disputed, 8 the row that stands for its invoice where invoices are
-- counted (the instalment eaten last).
CREATE TABLE ar_items (
  account_id    INTEGER NOT NULL,
  settled_day   INTEGER NOT NULL,
  invoice_key   INTEGER NOT NULL,
  installment   INTEGER NOT NULL,
  final_cents   INTEGER NOT NULL,  -- what every aging reads stands first: a column costs what stands before it
  due_day       INTEGER NOT NULL,
  flags         INTEGER NOT NULL,
  opens_day     INTEGER NOT NULL,
  last_day      INTEGER NOT NULL,
  opening_cents INTEGER NOT NULL,
  next_day      INTEGER NOT NULL,
  middle_cents  INTEGER,
  invoice_day   INTEGER NOT NULL,
  cap_cents     INTEGER NOT NULL,
  after_cents   INTEGER NOT NULL,
  PRIMARY KEY (account_id, settled_day, invoice_key, installment)
) STRICT, WITHOUT ROWID;

CREATE INDEX ar_items_by_invoice ON ar_items (invoice_key);

-- One row per payment or credit memo with anything ever unapplied.
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

-- From this day on no balance moves, and there are no instalments and no over-applied invoices: every open item is its
-- invoice's final balance. An upper bound will do; it only decides what need not be looked at.
CREATE TABLE ar_horizon (
  tenant_id INTEGER PRIMARY KEY REFERENCES tenants (tenant_id),
  day       INTEGER NOT NULL
) STRICT;

-- The right side of the tie-out: what documents of one heading started, and stopped, to count on a day. Filled from
-- documents only (ar_document_terms), never from balances.
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
       CAST(max(w.counts_from, i.counts_from) AS INTEGER) AS from_day,
       CAST(max(w.counts_from, i.counts_from, coalesce(unixepoch(w.recovered_on) / 86400, 100000)) AS INTEGER) AS recovered_day,
       CAST(min(w.counts_until, i.counts_until) AS INTEGER) AS until_day
  FROM erp_write_offs AS w
  JOIN erp_invoices AS i ON i.tenant_id = w.tenant_id AND i.invoice_key = w.invoice_key;

-- Everything that moves an invoice's balance. The casts change no value: only where all parts of a union give a column the same
-- type does SQLite look up the few documents asked for in each part, instead of going through all of them.
CREATE VIEW ar_invoice_movements AS
SELECT tenant_id, invoice_key, counts_from AS day, amount_cents AS cents
  FROM erp_invoices WHERE counts_from < counts_until
UNION ALL
SELECT tenant_id, invoice_key, counts_until, CAST(-amount_cents AS INTEGER)
  FROM erp_invoices WHERE counts_from < counts_until AND counts_until < 100000
UNION ALL
SELECT tenant_id, invoice_key, effective_day, CAST(-(amount_cents + discount_cents) AS INTEGER)
  FROM erp_applications WHERE effective_day < 100000
UNION ALL
SELECT tenant_id, invoice_key, until_day, CAST(amount_cents + discount_cents AS INTEGER)
  FROM erp_applications WHERE effective_day < 100000 AND until_day < 100000
UNION ALL
SELECT tenant_id, invoice_key, from_day, CAST(-amount_cents AS INTEGER) FROM ar_write_off_terms WHERE from_day < until_day
UNION ALL
SELECT tenant_id, invoice_key, until_day, amount_cents FROM ar_write_off_terms WHERE from_day < until_day AND until_day < 100000
UNION ALL
SELECT tenant_id, invoice_key, recovered_day, recovered_cents FROM ar_write_off_terms WHERE recovered_day < until_day
UNION ALL
SELECT tenant_id, invoice_key, until_day, CAST(-recovered_cents AS INTEGER)
  FROM ar_write_off_terms WHERE recovered_day < until_day AND until_day < 100000;

-- Everything that moves what is left of a payment or credit memo. A refund counts by its own status, date and void.
CREATE VIEW ar_source_movements AS
SELECT tenant_id, source_key, counts_from AS day, amount_cents AS cents
  FROM erp_sources WHERE counts_from < counts_until
UNION ALL
SELECT tenant_id, source_key, counts_until, CAST(-amount_cents AS INTEGER)
  FROM erp_sources WHERE counts_from < counts_until AND counts_until < 100000
UNION ALL
SELECT tenant_id, source_key, effective_day, CAST(-amount_cents AS INTEGER) FROM erp_applications WHERE effective_day < 100000
UNION ALL
SELECT tenant_id, source_key, until_day, amount_cents
  FROM erp_applications WHERE effective_day < 100000 AND until_day < 100000
UNION ALL
SELECT tenant_id, source_key, counts_from, CAST(-amount_cents AS INTEGER) FROM erp_refunds WHERE counts_from < counts_until
UNION ALL
SELECT tenant_id, source_key, counts_until, amount_cents
  FROM erp_refunds WHERE counts_from < counts_until AND counts_until < 100000;

-- The documents by the heading under which a roll-forward shows them, each term with the document it hangs on: first what
-- hangs on an invoice, then what hangs on a payment or credit memo. A credit memo of kind write_off is a write-off.
CREATE VIEW ar_invoice_terms AS
SELECT tenant_id, company_id, currency, 'invoices' AS heading, counts_from AS from_day, counts_until AS until_day,
       amount_cents AS cents, invoice_key
  FROM erp_invoices WHERE counts_from < counts_until
UNION ALL
SELECT a.tenant_id, i.company_id, i.currency, 'discounts', a.effective_day, a.until_day, a.discount_cents, a.invoice_key
  FROM erp_applications AS a
  JOIN erp_invoices AS i ON i.tenant_id = a.tenant_id AND i.invoice_key = a.invoice_key
 WHERE a.effective_day < 100000 AND a.discount_cents <> 0
UNION ALL
SELECT tenant_id, company_id, currency, 'write_offs', from_day, until_day, amount_cents, invoice_key
  FROM ar_write_off_terms WHERE from_day < until_day
UNION ALL
SELECT tenant_id, company_id, currency, 'recoveries', recovered_day, until_day, recovered_cents, invoice_key
  FROM ar_write_off_terms WHERE recovered_day < until_day;

CREATE VIEW ar_source_terms AS
SELECT tenant_id, company_id, currency,
       CASE WHEN source_type = 'payment' THEN 'receipts' WHEN kind = 'write_off' THEN 'write_offs' ELSE 'credits' END AS heading,
       counts_from AS from_day, counts_until AS until_day, amount_cents AS cents, source_key
  FROM erp_sources WHERE counts_from < counts_until
UNION ALL
SELECT r.tenant_id, s.company_id, s.currency, 'refunds', r.counts_from, r.counts_until, r.amount_cents, r.source_key
  FROM erp_refunds AS r
  JOIN erp_sources AS s ON s.tenant_id = r.tenant_id AND s.source_key = r.source_key
 WHERE r.counts_from < r.counts_until;

CREATE VIEW ar_document_terms AS
SELECT tenant_id, company_id, currency, heading, from_day, until_day, cents FROM ar_invoice_terms
UNION ALL
SELECT tenant_id, company_id, currency, heading, from_day, until_day, cents FROM ar_source_terms;

------------------------------------------------------------------------------------------------------------------------
-- The one definition of what was outstanding, and of what was unapplied, at the end of a day. Every report, snapshot,
-- letter and view takes its numbers from these two; nobody computes them again.
------------------------------------------------------------------------------------------------------------------------

-- raw_cents is amount - applications - discounts - write-offs + recoveries, as far as they count on the day; above zero it
-- is outstanding (of which open_cents is this instalment's share), below zero the invoice is over-applied.
CREATE VIEW ar_open_items AS
SELECT d.day, a.account_id, a.tenant_id, a.company_id, a.currency, a.customer_key,
       i.invoice_key, i.installment, i.invoice_day, i.due_day, i.last_day, i.final_cents, i.cap_cents, i.after_cents, i.flags,
       CASE WHEN i.last_day <= d.day THEN i.final_cents
            WHEN i.next_day > d.day THEN i.opening_cents
            WHEN i.middle_cents IS NOT NULL THEN i.middle_cents
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

-- left_cents is amount - applications - refunds; below zero the payment or credit memo is over-applied or over-refunded.
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

------------------------------------------------------------------------------------------------------------------------
-- Evidence: what must stand for years
--
-- Append-only on every connection, arctl's or not. A table of evidence is WITHOUT ROWID and its primary key is its only unique
-- index: a REPLACE deletes a row through any other one without firing a trigger. Insert triggers refuse a key that exists,
-- number what is numbered (1 + the highest), and leave nothing to a flag that could be set. Foreign keys and the triggers say the
-- same on purpose: another program may have foreign keys switched off. Who holds the file can still drop a trigger; that shows in
-- `arctl integrity`, and what was done meanwhile shows in the hashes.
------------------------------------------------------------------------------------------------------------------------

-- What happened, once each, in a chain: hash = SHA-256 over the row and the hash before it (arctl/core/events.py). The last
-- hash, noted outside, shows a chain that was cut short.
CREATE TABLE events (
  tenant_id       INTEGER NOT NULL REFERENCES tenants (tenant_id),
  seq             INTEGER NOT NULL CHECK (seq > 0),
  event_type      TEXT NOT NULL CHECK (event_type <> ''),
  company_id      INTEGER,               -- none where it concerns no single company
  entity_type     TEXT NOT NULL,
  entity_id       TEXT NOT NULL,         -- as the ERP gives it
  occurred_on     TEXT NOT NULL CHECK (occurred_on IS date(occurred_on, '+0 days')),  -- the business date
  recorded_at     TEXT NOT NULL CHECK (recorded_at IS datetime(recorded_at)),
  actor           TEXT NOT NULL,
  idempotency_key TEXT NOT NULL CHECK (idempotency_key <> ''),
  payload_json    TEXT NOT NULL,         -- canonical JSON: keys sorted, no blanks
  prev_hash       TEXT NOT NULL CHECK (length(prev_hash) = 64),
  hash            TEXT NOT NULL CHECK (length(hash) = 64 AND hash <> prev_hash),
  PRIMARY KEY (tenant_id, seq),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_by_key ON events (tenant_id, idempotency_key);

CREATE TRIGGER events_insert BEFORE INSERT ON events
BEGIN
  SELECT RAISE(ABORT, 'events are appended: seq must be one more than the last')
   WHERE NEW.seq IS NOT 1 + coalesce((SELECT max(seq) FROM events WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'an event continues the chain: prev_hash must be the hash of the event before it')
   WHERE NEW.prev_hash IS NOT coalesce((SELECT hash FROM events WHERE tenant_id = NEW.tenant_id AND seq = NEW.seq - 1),
                                       '0000000000000000000000000000000000000000000000000000000000000000');
  SELECT RAISE(ABORT, 'this event is recorded already: idempotency_key')
   WHERE EXISTS (SELECT 1 FROM events WHERE tenant_id = NEW.tenant_id AND idempotency_key = NEW.idempotency_key);
END;
CREATE TRIGGER events_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

-- Up to which day the daily tick has told which items entered which bucket, and what was known when it did.
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

-- Allowance policies. A version never changes; what is decided of it is appended. Percentages are basis points (DECIMAL(5,2)).
CREATE TABLE allowance_versions (
  tenant_id       INTEGER NOT NULL,
  config_id       INTEGER NOT NULL CHECK (config_id > 0),  -- the version number that people use
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
  expiry_date     TEXT CHECK (expiry_date IS date(expiry_date, '+0 days') AND expiry_date > effective_date),  -- first day it is out of force
  inputs_json     TEXT,  -- what a derived rate was worked out from
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

CREATE TRIGGER allowance_versions_insert BEFORE INSERT ON allowance_versions
BEGIN
  SELECT RAISE(ABORT, 'allowance configs are numbered: config_id must be one more than the last')
   WHERE NEW.config_id IS NOT 1 + coalesce((SELECT max(config_id) FROM allowance_versions WHERE tenant_id = NEW.tenant_id), 0);
END;
CREATE TRIGGER allowance_versions_update BEFORE UPDATE ON allowance_versions
BEGIN SELECT RAISE(ABORT, 'an allowance config never changes: write a new version'); END;
CREATE TRIGGER allowance_versions_delete BEFORE DELETE ON allowance_versions
BEGIN SELECT RAISE(ABORT, 'an allowance config is never deleted'); END;

-- Submitted, then approved or rejected. Each decision stands in the chain of events, whose order is the order of decisions.
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

CREATE TRIGGER allowance_decisions_insert BEFORE INSERT ON allowance_decisions
BEGIN
  SELECT RAISE(ABORT, 'no such allowance config')
   WHERE NOT EXISTS (SELECT 1 FROM allowance_versions WHERE tenant_id = NEW.tenant_id AND config_id = NEW.config_id);
  SELECT RAISE(ABORT, 'decisions are appended: step must be one more than the last')
   WHERE NEW.step IS NOT 1 + coalesce((SELECT max(step) FROM allowance_decisions
           WHERE tenant_id = NEW.tenant_id AND config_id = NEW.config_id), 0);
  SELECT RAISE(ABORT, 'an allowance config goes from draft to pending_approval, and from there to approved or rejected')
   WHERE (NEW.status = 'pending_approval') IS NOT (NEW.step = 1)
      OR (NEW.step > 1 AND (SELECT status FROM allowance_decisions WHERE tenant_id = NEW.tenant_id AND config_id = NEW.config_id
                               AND step = NEW.step - 1) IS NOT 'pending_approval');
  SELECT RAISE(ABORT, 'who made an allowance config does not approve it, unless self-approval is recorded with its reason')
    FROM allowance_versions AS v
   WHERE NEW.status = 'approved' AND NEW.self_approved = 'F' AND v.tenant_id = NEW.tenant_id AND v.config_id = NEW.config_id
     AND (v.created_by = NEW.decided_by COLLATE NOCASE OR v.created_os_user = NEW.decided_os_user);
  SELECT RAISE(ABORT, 'a decision needs its event')
   WHERE NOT EXISTS (SELECT 1 FROM events WHERE tenant_id = NEW.tenant_id AND seq = NEW.event_seq
                        AND entity_type = 'allowance_config' AND entity_id = CAST(NEW.config_id AS TEXT)
                        AND event_type = 'aging.allowance_' || iif(NEW.status = 'pending_approval', 'submitted', NEW.status)
                        AND actor = NEW.decided_by AND recorded_at = NEW.decided_at);
END;
CREATE TRIGGER allowance_decisions_update BEFORE UPDATE ON allowance_decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER allowance_decisions_delete BEFORE DELETE ON allowance_decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

-- Approved versions in the order in which they take over: a version is in force from its effective date up to its expiry or to
-- the effective date of the next one. Of two with the same date the one approved later is the next. So no two ever overlap.
CREATE VIEW allowance_in_force AS
SELECT v.tenant_id, v.company_id, v.config_id, v.effective_date,
       nullif(min(coalesce(v.expiry_date, '9999-12-31'),
                  coalesce(lead(v.effective_date) OVER (PARTITION BY v.tenant_id, v.company_id ORDER BY v.effective_date, d.event_seq),
                           '9999-12-31')), '9999-12-31') AS end_date,
       d.decided_by, d.decided_os_user, d.decided_at, d.self_approved, d.reason
  FROM allowance_versions AS v
  JOIN allowance_decisions AS d ON d.tenant_id = v.tenant_id AND d.config_id = v.config_id AND d.status = 'approved';

-- Month-end evidence. A set is written from the bottom up in one transaction: lines and credits, then the headers they must sum
-- to, then the set that seals them. Ids and names are kept as they were, beside the keys.
CREATE TABLE aging_snapshot_sets (
  tenant_id           INTEGER NOT NULL,
  company_id          INTEGER NOT NULL,
  snapshot_date       TEXT NOT NULL CHECK (snapshot_date IS date(snapshot_date, '+0 days')),
  revision            INTEGER NOT NULL CHECK (revision > 0),
  batch               INTEGER NOT NULL,
  known_at            TEXT NOT NULL CHECK (known_at IS datetime(known_at)),  -- when the batch was committed
  allowance_config_id INTEGER NOT NULL,
  logic_json          TEXT NOT NULL,  -- what decided the figures: statements, edges, code version, allowance policy
  logic_hash          TEXT NOT NULL CHECK (length(logic_hash) = 64),
  content_hash        TEXT NOT NULL CHECK (length(content_hash) = 64),
  customers           INTEGER NOT NULL CHECK (customers >= 0),
  lines               INTEGER NOT NULL CHECK (lines >= 0),
  credit_lines        INTEGER NOT NULL CHECK (credit_lines >= 0),
  open_items          INTEGER NOT NULL CHECK (open_items = lines),  -- counted apart from the lines: coverage is 100 % or there is no set
  exceptions_json     TEXT NOT NULL,  -- what the close gate found; '[]' where it found nothing
  accepted            TEXT CHECK (accepted <> ''),
  reason              TEXT CHECK (reason <> ''),
  changes_json        TEXT,           -- against the revision before, in cents
  generated_by        TEXT NOT NULL CHECK (generated_by <> ''),
  os_user             TEXT NOT NULL CHECK (os_user <> ''),
  created_at          TEXT NOT NULL CHECK (created_at IS datetime(created_at)),
  retain_until        TEXT NOT NULL CHECK (retain_until IS date(retain_until, '+0 days') AND retain_until > snapshot_date),
  event_seq           INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, company_id, snapshot_date, revision),
  CHECK (exceptions_json = '[]' OR accepted IS NOT NULL),
  CHECK ((revision = 1) = (reason IS NULL)),
  CHECK (snapshot_date < date(created_at, '+14 hours')),  -- a day that is over, in the earliest time zone there is
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
  unapplied_cents          INTEGER NOT NULL,  -- outside the total
  estimated_bad_debt_cents INTEGER NOT NULL CHECK (estimated_bad_debt_cents BETWEEN 0 AND total_outstanding_cents),
  bad_debt_percentage      TEXT NOT NULL CHECK (bad_debt_percentage GLOB '[0-9]*.[0-9][0-9]'),  -- of the total
  allowance_config_id      INTEGER NOT NULL,
  max_days_overdue         INTEGER NOT NULL CHECK (max_days_overdue >= 0),
  open_invoices            INTEGER NOT NULL CHECK (open_invoices >= 0),
  snapshot_hash            TEXT NOT NULL CHECK (length(snapshot_hash) = 64),  -- of this customer's part of the content
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

-- What was unapplied: the rest of a payment or credit memo (below zero: over-applied), or the excess of an over-applied invoice.
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

-- The tie-out, heading by heading, and what its reader should look at.
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

-- What stays of a set that was purged after its retention: that it was there, its hash, and who removed it and why.
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

-- The triggers of the snapshots, from the bottom up.
CREATE TRIGGER aging_snapshot_lines_insert BEFORE INSERT ON aging_snapshot_lines
BEGIN
  SELECT RAISE(ABORT, 'this snapshot is sealed: it takes no more rows')
   WHERE EXISTS (SELECT 1 FROM aging_snapshots
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision
             AND currency = NEW.currency AND customer_key = NEW.customer_key);
  SELECT RAISE(ABORT, 'this snapshot is sealed: the next revision is one more than the last')
   WHERE NEW.revision IS NOT 1 + max(coalesce((SELECT max(revision) FROM aging_snapshot_sets AS s WHERE s.tenant_id = NEW.tenant_id
                                   AND s.company_id = NEW.company_id AND s.snapshot_date = NEW.snapshot_date), 0),
                      coalesce((SELECT max(revision) FROM aging_snapshot_purges AS p WHERE p.tenant_id = NEW.tenant_id
                                   AND p.company_id = NEW.company_id AND p.snapshot_date = NEW.snapshot_date), 0));
  SELECT RAISE(ABORT, 'a snapshot line must be of its invoice''s tenant, company, currency and customer')
   WHERE NOT EXISTS (SELECT 1 FROM erp_invoices AS i WHERE i.tenant_id = NEW.tenant_id AND i.invoice_key = NEW.invoice_key
                        AND i.id = NEW.invoice_id AND i.company_id = NEW.company_id AND i.currency = NEW.currency
                        AND i.customer_key = NEW.customer_key);
END;

CREATE TRIGGER aging_snapshot_credits_insert BEFORE INSERT ON aging_snapshot_credits
BEGIN
  SELECT RAISE(ABORT, 'this snapshot is sealed: it takes no more rows')
   WHERE EXISTS (SELECT 1 FROM aging_snapshots
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision
             AND currency = NEW.currency AND customer_key = NEW.customer_key);
  SELECT RAISE(ABORT, 'this snapshot is sealed: the next revision is one more than the last')
   WHERE NEW.revision IS NOT 1 + max(coalesce((SELECT max(revision) FROM aging_snapshot_sets AS s WHERE s.tenant_id = NEW.tenant_id
                                   AND s.company_id = NEW.company_id AND s.snapshot_date = NEW.snapshot_date), 0),
                      coalesce((SELECT max(revision) FROM aging_snapshot_purges AS p WHERE p.tenant_id = NEW.tenant_id
                                   AND p.company_id = NEW.company_id AND p.snapshot_date = NEW.snapshot_date), 0));
  SELECT RAISE(ABORT, 'a snapshot credit must be of its document''s tenant')
   WHERE NOT iif(NEW.source_type = 'invoice',
           EXISTS (SELECT 1 FROM erp_invoices AS i WHERE i.tenant_id = NEW.tenant_id AND i.invoice_key = NEW.source_key
                      AND i.id = NEW.source_id),
           EXISTS (SELECT 1 FROM erp_sources AS s WHERE s.tenant_id = NEW.tenant_id AND s.source_key = NEW.source_key
                      AND s.source_type = NEW.source_type AND s.id = NEW.source_id));
END;

CREATE TRIGGER aging_snapshots_insert BEFORE INSERT ON aging_snapshots
BEGIN
  SELECT RAISE(ABORT, 'this snapshot is sealed: the next revision is one more than the last')
   WHERE NEW.revision IS NOT 1 + max(coalesce((SELECT max(revision) FROM aging_snapshot_sets AS s WHERE s.tenant_id = NEW.tenant_id
                                   AND s.company_id = NEW.company_id AND s.snapshot_date = NEW.snapshot_date), 0),
                      coalesce((SELECT max(revision) FROM aging_snapshot_purges AS p WHERE p.tenant_id = NEW.tenant_id
                                   AND p.company_id = NEW.company_id AND p.snapshot_date = NEW.snapshot_date), 0));
  SELECT RAISE(ABORT, 'this customer is in the snapshot already')
   WHERE EXISTS (SELECT 1 FROM aging_snapshots
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision
             AND currency = NEW.currency AND customer_key = NEW.customer_key);
  SELECT RAISE(ABORT, 'a snapshot must be of its customer''s tenant')
   WHERE NOT EXISTS (SELECT 1 FROM erp_customers AS c WHERE c.tenant_id = NEW.tenant_id AND c.customer_key = NEW.customer_key
                        AND c.id = NEW.customer_id);
  SELECT RAISE(ABORT, 'a snapshot needs an approved allowance config of its company')
   WHERE NOT EXISTS (SELECT 1 FROM allowance_versions AS v
                       JOIN allowance_decisions AS d ON d.tenant_id = v.tenant_id AND d.config_id = v.config_id AND d.status = 'approved'
                      WHERE v.tenant_id = NEW.tenant_id AND v.config_id = NEW.allowance_config_id
                        AND v.company_id = NEW.company_id AND v.effective_date <= NEW.snapshot_date);
  SELECT RAISE(ABORT, 'the lines of a snapshot must sum to its buckets')
    FROM (SELECT coalesce(sum(outstanding_cents) FILTER (WHERE bucket = 'current'), 0) AS current_cents,
                 coalesce(sum(outstanding_cents) FILTER (WHERE bucket = 'days_30'), 0) AS days_30_cents,
                 coalesce(sum(outstanding_cents) FILTER (WHERE bucket = 'days_60'), 0) AS days_60_cents,
                 coalesce(sum(outstanding_cents) FILTER (WHERE bucket = 'days_90'), 0) AS days_90_cents,
                 coalesce(sum(outstanding_cents) FILTER (WHERE bucket = 'days_90_plus'), 0) AS days_90_plus_cents
            FROM aging_snapshot_lines
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision
             AND currency = NEW.currency AND customer_key = NEW.customer_key) AS l
   WHERE l.current_cents IS NOT NEW.current_cents OR l.days_30_cents IS NOT NEW.days_30_cents
      OR l.days_60_cents IS NOT NEW.days_60_cents OR l.days_90_cents IS NOT NEW.days_90_cents
      OR l.days_90_plus_cents IS NOT NEW.days_90_plus_cents;
  SELECT RAISE(ABORT, 'the credits of a snapshot must sum to its unapplied amount')
   WHERE NEW.unapplied_cents IS NOT coalesce((SELECT sum(left_cents) FROM aging_snapshot_credits
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision
             AND currency = NEW.currency AND customer_key = NEW.customer_key), 0);
END;

CREATE TRIGGER aging_snapshot_terms_insert BEFORE INSERT ON aging_snapshot_terms
BEGIN
  SELECT RAISE(ABORT, 'this snapshot is sealed: the next revision is one more than the last')
   WHERE NEW.revision IS NOT 1 + max(coalesce((SELECT max(revision) FROM aging_snapshot_sets AS s WHERE s.tenant_id = NEW.tenant_id
                                   AND s.company_id = NEW.company_id AND s.snapshot_date = NEW.snapshot_date), 0),
                      coalesce((SELECT max(revision) FROM aging_snapshot_purges AS p WHERE p.tenant_id = NEW.tenant_id
                                   AND p.company_id = NEW.company_id AND p.snapshot_date = NEW.snapshot_date), 0));
  SELECT RAISE(ABORT, 'this term is in the snapshot already')
   WHERE EXISTS (SELECT 1 FROM aging_snapshot_terms WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision
                    AND currency = NEW.currency AND section = NEW.section AND heading = NEW.heading);
END;

CREATE TRIGGER aging_snapshot_sets_insert BEFORE INSERT ON aging_snapshot_sets
BEGIN
  SELECT RAISE(ABORT, 'a snapshot is never replaced: its revision must be one more than the last')
   WHERE NEW.revision IS NOT 1 + max(coalesce((SELECT max(revision) FROM aging_snapshot_sets AS s WHERE s.tenant_id = NEW.tenant_id
                                   AND s.company_id = NEW.company_id AND s.snapshot_date = NEW.snapshot_date), 0),
                      coalesce((SELECT max(revision) FROM aging_snapshot_purges AS p WHERE p.tenant_id = NEW.tenant_id
                                   AND p.company_id = NEW.company_id AND p.snapshot_date = NEW.snapshot_date), 0));
  SELECT RAISE(ABORT, 'a snapshot needs the allowance config that was approved and in force on its day')
   WHERE NOT EXISTS (SELECT 1 FROM allowance_in_force AS f
                      WHERE f.tenant_id = NEW.tenant_id AND f.company_id = NEW.company_id AND f.config_id = NEW.allowance_config_id
                        AND f.effective_date <= NEW.snapshot_date AND (f.end_date IS NULL OR f.end_date > NEW.snapshot_date));
  SELECT RAISE(ABORT, 'a snapshot has one allowance config')
   WHERE EXISTS (SELECT 1 FROM aging_snapshots
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision
             AND allowance_config_id IS NOT NEW.allowance_config_id);
  SELECT RAISE(ABORT, 'a snapshot must count its customers, lines and credits')
   WHERE NEW.customers IS NOT (SELECT count(*) FROM aging_snapshots
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision)
      OR NEW.lines IS NOT (SELECT count(*) FROM aging_snapshot_lines
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision)
      OR NEW.credit_lines IS NOT (SELECT count(*) FROM aging_snapshot_credits
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision);
  SELECT RAISE(ABORT, 'every snapshot line hangs on its customer''s header')
   WHERE EXISTS (SELECT tenant_id, company_id, snapshot_date, revision, currency, customer_key FROM aging_snapshot_lines
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision
          UNION SELECT tenant_id, company_id, snapshot_date, revision, currency, customer_key FROM aging_snapshot_credits
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision
          EXCEPT SELECT tenant_id, company_id, snapshot_date, revision, currency, customer_key FROM aging_snapshots
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision);
  SELECT RAISE(ABORT, 'a snapshot needs its event, with its content hash')
   WHERE NOT EXISTS (SELECT 1 FROM events WHERE tenant_id = NEW.tenant_id AND seq = NEW.event_seq
                        AND event_type = 'aging.snapshot_generated' AND company_id = NEW.company_id AND entity_id = NEW.snapshot_date
                        AND instr(payload_json, '"revision":' || NEW.revision || ',') > 0
                        AND instr(payload_json, NEW.content_hash) > 0);
END;

-- Purging is the one way out: a purge is recorded for a set whose retention is over, by the machine's own clock, and only then
-- can its rows go.
CREATE TRIGGER aging_snapshot_purges_insert BEFORE INSERT ON aging_snapshot_purges
BEGIN
  SELECT RAISE(ABORT, 'only a snapshot whose retention is over can be purged')
   WHERE NOT EXISTS (SELECT 1 FROM aging_snapshot_sets
           WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id AND snapshot_date = NEW.snapshot_date AND revision = NEW.revision
             AND content_hash = NEW.content_hash AND retain_until = NEW.retain_until AND retain_until < date('now'));
  SELECT RAISE(ABORT, 'a purge needs its event')
   WHERE NOT EXISTS (SELECT 1 FROM events WHERE tenant_id = NEW.tenant_id AND seq = NEW.event_seq
                        AND event_type = 'aging.snapshots_purged');
END;
CREATE TRIGGER aging_snapshot_purges_update BEFORE UPDATE ON aging_snapshot_purges
BEGIN SELECT RAISE(ABORT, 'purges are append-only'); END;
CREATE TRIGGER aging_snapshot_purges_delete BEFORE DELETE ON aging_snapshot_purges
BEGIN SELECT RAISE(ABORT, 'purges are append-only'); END;
CREATE TRIGGER aging_snapshot_sets_update BEFORE UPDATE ON aging_snapshot_sets
BEGIN SELECT RAISE(ABORT, 'snapshots are append-only'); END;
CREATE TRIGGER aging_snapshot_sets_delete BEFORE DELETE ON aging_snapshot_sets
BEGIN
  SELECT RAISE(ABORT, 'snapshots are append-only: what is past its retention goes by arctl purge')
   WHERE NOT EXISTS (SELECT 1 FROM aging_snapshot_purges AS p WHERE p.tenant_id = OLD.tenant_id AND p.company_id = OLD.company_id
                        AND p.snapshot_date = OLD.snapshot_date AND p.revision = OLD.revision);
END;
CREATE TRIGGER aging_snapshots_update BEFORE UPDATE ON aging_snapshots
BEGIN SELECT RAISE(ABORT, 'snapshots are append-only'); END;
CREATE TRIGGER aging_snapshots_delete BEFORE DELETE ON aging_snapshots
BEGIN
  SELECT RAISE(ABORT, 'snapshots are append-only: what is past its retention goes by arctl purge')
   WHERE NOT EXISTS (SELECT 1 FROM aging_snapshot_purges AS p WHERE p.tenant_id = OLD.tenant_id AND p.company_id = OLD.company_id
                        AND p.snapshot_date = OLD.snapshot_date AND p.revision = OLD.revision);
END;
CREATE TRIGGER aging_snapshot_lines_update BEFORE UPDATE ON aging_snapshot_lines
BEGIN SELECT RAISE(ABORT, 'snapshots are append-only'); END;
CREATE TRIGGER aging_snapshot_lines_delete BEFORE DELETE ON aging_snapshot_lines
BEGIN
  SELECT RAISE(ABORT, 'snapshots are append-only: what is past its retention goes by arctl purge')
   WHERE NOT EXISTS (SELECT 1 FROM aging_snapshot_purges AS p WHERE p.tenant_id = OLD.tenant_id AND p.company_id = OLD.company_id
                        AND p.snapshot_date = OLD.snapshot_date AND p.revision = OLD.revision);
END;
CREATE TRIGGER aging_snapshot_credits_update BEFORE UPDATE ON aging_snapshot_credits
BEGIN SELECT RAISE(ABORT, 'snapshots are append-only'); END;
CREATE TRIGGER aging_snapshot_credits_delete BEFORE DELETE ON aging_snapshot_credits
BEGIN
  SELECT RAISE(ABORT, 'snapshots are append-only: what is past its retention goes by arctl purge')
   WHERE NOT EXISTS (SELECT 1 FROM aging_snapshot_purges AS p WHERE p.tenant_id = OLD.tenant_id AND p.company_id = OLD.company_id
                        AND p.snapshot_date = OLD.snapshot_date AND p.revision = OLD.revision);
END;
CREATE TRIGGER aging_snapshot_terms_update BEFORE UPDATE ON aging_snapshot_terms
BEGIN SELECT RAISE(ABORT, 'snapshots are append-only'); END;
CREATE TRIGGER aging_snapshot_terms_delete BEFORE DELETE ON aging_snapshot_terms
BEGIN
  SELECT RAISE(ABORT, 'snapshots are append-only: what is past its retention goes by arctl purge')
   WHERE NOT EXISTS (SELECT 1 FROM aging_snapshot_purges AS p WHERE p.tenant_id = OLD.tenant_id AND p.company_id = OLD.company_id
                        AND p.snapshot_date = OLD.snapshot_date AND p.revision = OLD.revision);
END;

------------------------------------------------------------------------------------------------------------------------
-- The names people type
------------------------------------------------------------------------------------------------------------------------

-- Currencies whose minor unit is not a hundredth (ISO 4217): minor units in one unit.
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
SELECT c.tenant_id, c.company_id,
       date('now', coalesce((SELECT k.offset_minutes FROM company_clock AS k
                              WHERE k.tenant_id = c.tenant_id AND k.company_id = c.company_id AND k.from_utc <= datetime('now')
                              ORDER BY k.from_utc DESC LIMIT 1), 0) || ' minutes') AS today
  FROM companies AS c;

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

-- One row per open item today.
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
 WHERE o.raw_cents > o.after_cents AND o.cap_cents > 0;  -- a part of nothing is no item

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

-- Month-end evidence as it stands: of each day the highest revision.
CREATE VIEW live_snapshot_sets AS
SELECT k.name AS company, s.* FROM aging_snapshot_sets AS s
  JOIN companies AS k ON k.tenant_id = s.tenant_id AND k.company_id = s.company_id
 WHERE s.revision = (SELECT max(o.revision) FROM aging_snapshot_sets AS o
                      WHERE o.tenant_id = s.tenant_id AND o.company_id = s.company_id AND o.snapshot_date = s.snapshot_date);
CREATE VIEW live_snapshots AS
SELECT h.* FROM live_snapshot_sets AS s
  JOIN aging_snapshots AS h ON h.tenant_id = s.tenant_id AND h.company_id = s.company_id AND h.snapshot_date = s.snapshot_date
                           AND h.revision = s.revision;
CREATE VIEW live_snapshot_lines AS
SELECT l.* FROM live_snapshot_sets AS s
  JOIN aging_snapshot_lines AS l ON l.tenant_id = s.tenant_id AND l.company_id = s.company_id AND l.snapshot_date = s.snapshot_date
                                AND l.revision = s.revision;

-- Allowance policies with what was decided of them. expiry_date is the first day a version is out of force, by its own date or
-- because the next one took over.
CREATE VIEW allowance_config AS
SELECT v.tenant_id, v.config_id, v.config_id AS allowance_config_id, k.name AS company, v.name, v.config_id AS version, v.method, v.base,
       v.current_bp / 100.0 AS current_pct, v.days_30_bp / 100.0 AS days_30_pct, v.days_60_bp / 100.0 AS days_60_pct,
       v.days_90_bp / 100.0 AS days_90_pct, v.days_90_plus_bp / 100.0 AS days_90_plus_pct, v.flat_bp / 100.0 AS flat_pct,
       v.rate_bp / 100.0 AS rate_pct, v.effective_date, coalesce(f.end_date, v.expiry_date) AS expiry_date,
       CASE WHEN d.status IS NULL THEN 'draft' WHEN d.status <> 'approved' OR f.end_date IS NULL OR f.end_date > t.today THEN d.status
            WHEN f.end_date IS v.expiry_date THEN 'expired' ELSE 'superseded' END AS status,
       v.created_by, v.created_at, f.decided_by AS approved_by, f.decided_at AS approved_at, coalesce(f.self_approved, 'F') AS self_approved,
       f.reason AS approval_reason
  FROM allowance_versions AS v
  JOIN companies AS k ON k.tenant_id = v.tenant_id AND k.company_id = v.company_id
  JOIN company_today AS t ON t.tenant_id = v.tenant_id AND t.company_id = v.company_id
  LEFT JOIN allowance_in_force AS f ON f.tenant_id = v.tenant_id AND f.config_id = v.config_id
  LEFT JOIN allowance_decisions AS d ON d.tenant_id = v.tenant_id AND d.config_id = v.config_id
        AND d.step = (SELECT max(o.step) FROM allowance_decisions AS o WHERE o.tenant_id = v.tenant_id AND o.config_id = v.config_id);

PRAGMA application_id = 0x61726374;  -- 'arct'
PRAGMA user_version = 3;
