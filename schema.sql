-- The arctl ledger: the one definition of its tables, views, triggers and indexes.
--
-- How to read it
--   erp_*            the mirror: exactly what the ERP said, one row per record that is known now.
--   erp_*_history    versions that a later sync replaced, with the batch that wrote and the one that replaced them.
--   ar_*             derived from the mirror to make as-of questions cheap; outside history, can be rebuilt at any time.
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

PRAGMA application_id = 0x61726374;  -- 'arct'
PRAGMA user_version = 2;
