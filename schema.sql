-- The arctl ledger: the one definition of its tables, views, triggers and indexes.
--
-- How to read it
--   erp_*            the mirror: exactly what the ERP said, one row per record that is known now.
--   erp_*_history    versions that a later sync replaced, with the batch that wrote and the one that replaced them.
--   ar_*             derived from the mirror to make as-of questions cheap; outside history, can be rebuilt at any time.
--   aging_snapshot*, allowance_*, events   evidence: append-only.
--   workflow_*, proposed_actions, outbox, collection_*, dunning_*   what was decided and done: over is over, for good.
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

CREATE INDEX erp_invoices_by_order ON erp_invoices (tenant_id, createdfrom) WHERE createdfrom IS NOT NULL;

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
-- What lines name is a number, and only of documents that others are made from. A status or type is compared with OR, as above.
CREATE INDEX erp_transactions_by_number ON erp_transactions (tenant_id, tranid)
  WHERE type = 'SalesOrd' OR type = 'WorkOrd' OR type = 'PurchOrd';
-- Work and purchase orders that no sales order is known of; the few that lost one are looked for among them.
CREATE INDEX erp_transactions_orphans ON erp_transactions (tenant_id, type, trandate)
 WHERE parent_so_id IS NULL AND closed = 0 AND type IN ('WorkOrd', 'PurchOrd');
-- The sales orders that something may still happen to: a small part of all, which the lists of open and stuck orders go through.
CREATE INDEX erp_transactions_open_orders ON erp_transactions (tenant_id, company_id, trandate)
 WHERE type = 'SalesOrd' AND closed = 0
   AND lower(coalesce(status, '')) NOT IN ('closed', 'cancelled', 'canceled', 'billed', 'salesord:c', 'salesord:g', 'salesord:h');

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

-- Finds a document whose own link was lost by the number that its first line names; an index over all lines would be three times
-- as large and find nothing more, because the lines of such a document name the same one.
CREATE INDEX erp_transaction_lines_by_link ON erp_transaction_lines (tenant_id, link_tranid)
  WHERE link_tranid IS NOT NULL AND line <= 1;

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

-- Under which words and numbers the references of order documents and invoices are found (arctl/core/po_number.py says which). Every
-- hit is held against the document itself, so that a word of an earlier version may stay: the table may hold more than is true, never
-- less, and a sync only adds to it.
CREATE TABLE order_references (
  tenant_id    INTEGER NOT NULL REFERENCES tenants (tenant_id),
  word         TEXT NOT NULL,
  is_invoice   INTEGER NOT NULL CHECK (is_invoice IN (0, 1)),
  document_key INTEGER NOT NULL,  -- of erp_invoices or erp_transactions
  PRIMARY KEY (tenant_id, word, is_invoice, document_key)
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
-- Workflows: what was looked at, decided, approved, done and verified
--
-- A run's decisions are frozen as workflow_effects before anybody approves them. What is done of one is a row of
-- workflow_step_log, written in the transaction that did it: a killed run knows where it stopped. Contracts, effects and log
-- only grow; a run, a proposal or an action changes until it is over and then never again.
------------------------------------------------------------------------------------------------------------------------

-- Every text that a run followed, by its SHA-256.
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
  trigger_ref   TEXT,               -- the event's number, or the proposal's
  as_of         TEXT NOT NULL CHECK (as_of IS date(as_of, '+0 days')),
  inputs_json   TEXT NOT NULL,
  batch         INTEGER,            -- the latest sync known
  plan_hash     TEXT CHECK (length(plan_hash) = 64),  -- of the frozen effects: the same day and facts give the same
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

-- What a run decided, frozen. customer_key is none where an effect concerns no single customer.
CREATE TABLE workflow_effects (
  tenant_id    INTEGER NOT NULL,
  run_id       INTEGER NOT NULL,
  seq          INTEGER NOT NULL CHECK (seq > 0),
  phase        TEXT NOT NULL CHECK (phase IN ('fan_out', 'post')),
  step         TEXT NOT NULL CHECK (step <> ''),
  kind         TEXT NOT NULL,
  action_type  TEXT,                -- of what becomes a proposal of its own; none: the run's own approval covers it
  risk_level   INTEGER CHECK (risk_level BETWEEN 1 AND 5),
  entity_ref   TEXT NOT NULL,
  customer_key INTEGER,
  currency     TEXT,
  amount_cents INTEGER,
  tier         TEXT,
  title        TEXT NOT NULL,
  payload_json TEXT NOT NULL,       -- canonical JSON
  body         TEXT,                -- the letter or message as it will go out, as text and as HTML
  body_html    TEXT,
  content_hash TEXT NOT NULL CHECK (length(content_hash) = 64),
  facts_json   TEXT,                -- what the decision rests on
  facts_hash   TEXT CHECK (length(facts_hash) = 64),
  flags_json   TEXT NOT NULL,       -- what a reviewer should look at first
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
  effect_seq   INTEGER,             -- the effect that was tried
  attempt      INTEGER NOT NULL CHECK (attempt > 0),
  status       TEXT NOT NULL CHECK (status IN ('completed', 'warned', 'blocked', 'failed', 'stopped', 'skipped')),
  started_at   TEXT NOT NULL CHECK (started_at IS datetime(started_at)),
  completed_at TEXT NOT NULL CHECK (completed_at IS datetime(completed_at)),
  detail       TEXT NOT NULL,
  PRIMARY KEY (tenant_id, run_id, entry),
  FOREIGN KEY (tenant_id, run_id) REFERENCES workflow_run_log (tenant_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX workflow_step_log_by_effect ON workflow_step_log (tenant_id, run_id, effect_seq) WHERE effect_seq IS NOT NULL;

-- What a run promised to have happened, asked again when it is due. A check that is over has its verdict for good.
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

-- What a run tells the runs after it, in words.
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

-- Up to which event each workflow was told of what happened.
CREATE TABLE event_cursors (
  tenant_id INTEGER NOT NULL REFERENCES tenants (tenant_id),
  consumer  TEXT NOT NULL,
  seq       INTEGER NOT NULL CHECK (seq >= 0),
  moved_at  TEXT NOT NULL CHECK (moved_at IS datetime(moved_at)),
  PRIMARY KEY (tenant_id, consumer)
) STRICT, WITHOUT ROWID;

-- Everything that waits for a person, or waited. The envelope of a run holds its frozen effects; its children come into being
-- with its approval, one by one named in `seq`. The key is the only unique index, as in the evidence.
CREATE TABLE proposed_actions (
  tenant_id       INTEGER NOT NULL,
  id              INTEGER NOT NULL CHECK (id > 0),
  company_id      INTEGER NOT NULL,
  run_id          INTEGER NOT NULL,
  envelope_id     INTEGER,            -- none: it is an envelope itself
  seq             INTEGER,            -- the effect of the run that it came from
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
  proposed_on     TEXT NOT NULL CHECK (proposed_on IS date(proposed_on, '+0 days')),  -- the company's date it was planned for
  proposed_at     TEXT NOT NULL CHECK (proposed_at IS datetime(proposed_at)),
  proposed_by     TEXT NOT NULL,
  expires_on      TEXT NOT NULL CHECK (expires_on IS date(expires_on, '+0 days')),    -- the last day it can be approved on
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

-- What a reviewer marked on an envelope and did not finish. Marks take effect on nothing.
CREATE TABLE proposal_marks (
  tenant_id   INTEGER NOT NULL,
  envelope_id INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  mark        TEXT NOT NULL CHECK (mark IN ('tick', 'reject', 'snooze', 'call')),
  mark_json   TEXT NOT NULL,  -- reason, date, edited text
  marked_by   TEXT NOT NULL,
  marked_at   TEXT NOT NULL CHECK (marked_at IS datetime(marked_at)),
  PRIMARY KEY (tenant_id, envelope_id, seq),
  FOREIGN KEY (tenant_id, envelope_id) REFERENCES proposed_actions (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- What arctl decided without asking, or applied under an approval, by entity: prior holds are looked up here.
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

-- Who stopped what, ledger-wide: the last row of a name holds. No row: nothing is stopped.
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

------------------------------------------------------------------------------------------------------------------------
-- Collections
------------------------------------------------------------------------------------------------------------------------

-- How a customer is dunned; customer_key is none for the tenant's default. What is NULL is taken from the default, and what is
-- NULL there from the settings.
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
  send_sms             TEXT CHECK (send_sms = 'F'),  -- until there is a sender
  language             TEXT CHECK (language GLOB '[a-z][a-z]'),
  placed               TEXT CHECK (placed IN ('agency', 'legal', 'insolvent')),
  changed_by           TEXT NOT NULL CHECK (changed_by <> ''),
  changed_at           TEXT NOT NULL CHECK (changed_at IS datetime(changed_at)),
  reason               TEXT,
  FOREIGN KEY (tenant_id, customer_key) REFERENCES erp_customers (tenant_id, customer_key)
) STRICT;

-- Two indexes, because a unique one over (tenant, NULL) would let any number of defaults in.
CREATE UNIQUE INDEX dunning_config_default ON dunning_config (tenant_id) WHERE customer_key IS NULL;
CREATE UNIQUE INDEX dunning_config_customer ON dunning_config (tenant_id, customer_key) WHERE customer_key IS NOT NULL;

-- Every earlier version, as it stood, with who wrote it; replaced_at is when it stopped.
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
  invoice_key      INTEGER,            -- none where it is about more than one
  proposal_id      INTEGER,            -- the approval it was done under; none where a person did it by hand
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

-- How far dunning took each open item: which threshold (0 to 3) and bucket (0 to 4) the item stood at when an action named it,
-- or when a person decided that none should. action_id is none for such a decision.
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
  until_day    TEXT NOT NULL CHECK (until_day IS date(until_day, '+0 days')),  -- the first day it may be planned again
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

-- A mail as it was approved. What it says never changes; only how far it got does.
CREATE TABLE outbox (
  tenant_id    INTEGER NOT NULL,
  outbox_id    INTEGER NOT NULL CHECK (outbox_id > 0),
  run_id       INTEGER NOT NULL,
  proposal_id  INTEGER,
  action_id    INTEGER,               -- the collection action that is executed when this mail is out
  customer_key INTEGER,
  kind         TEXT NOT NULL,         -- letter, rep_digest, notice, alert
  sender       TEXT NOT NULL,
  recipients   TEXT NOT NULL,         -- JSON array of addresses
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

-- Receivables by company, currency and day, for trends; the last run of a day has the word.
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

-- Marks that a workflow set on a customer: a note for people and for later runs; it changes nothing by itself.
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

------------------------------------------------------------------------------------------------------------------------
-- Holds, and what is to be written to the ERP
------------------------------------------------------------------------------------------------------------------------

-- A hold laid over the mirror: the view customers shows it while it is active. One per customer at a time.
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

-- The only way to the ERP. A row is staged by an approved step; what it says never changes.
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

------------------------------------------------------------------------------------------------------------------------
-- Orders
------------------------------------------------------------------------------------------------------------------------

-- A work or purchase order that lost its sales order in the ERP, tied to it here with a reason. The latest row of a document
-- holds; one without a sales order takes the link back. The view transactions lays it over the mirror, whatever a sync brings.
CREATE TABLE order_links (
  tenant_id       INTEGER NOT NULL,
  link_id         INTEGER NOT NULL CHECK (link_id > 0),
  transaction_key INTEGER NOT NULL,
  sales_order_key INTEGER,
  reason          TEXT NOT NULL CHECK (reason <> ''),
  linked_on       TEXT NOT NULL CHECK (linked_on IS date(linked_on, '+0 days')),
  linked_at       TEXT NOT NULL CHECK (linked_at IS datetime(linked_at)),
  linked_by       TEXT NOT NULL CHECK (linked_by <> ''),
  os_user         TEXT NOT NULL CHECK (os_user <> ''),
  PRIMARY KEY (tenant_id, link_id),
  FOREIGN KEY (tenant_id, transaction_key) REFERENCES erp_transactions (tenant_id, transaction_key),
  FOREIGN KEY (tenant_id, sales_order_key) REFERENCES erp_transactions (tenant_id, transaction_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX order_links_by_transaction ON order_links (tenant_id, transaction_key, link_id);
CREATE INDEX order_links_by_order ON order_links (tenant_id, sales_order_key) WHERE sales_order_key IS NOT NULL;

-- What `arctl doctor` finds and somebody answers for: it is silent about it up to the end of until_day. The last row of a finding holds.
CREATE TABLE doctor_acknowledgements (
  tenant_id INTEGER NOT NULL REFERENCES tenants (tenant_id),
  ack_id    INTEGER NOT NULL CHECK (ack_id > 0),
  code      TEXT NOT NULL CHECK (code <> ''),
  document  TEXT NOT NULL CHECK (document <> ''),
  until_day TEXT NOT NULL CHECK (until_day IS date(until_day, '+0 days')),
  reason    TEXT NOT NULL CHECK (reason <> ''),
  message   TEXT NOT NULL,             -- the finding as it was read when it was acknowledged
  acked_on  TEXT NOT NULL CHECK (acked_on IS date(acked_on, '+0 days') AND acked_on <= until_day),
  acked_at  TEXT NOT NULL CHECK (acked_at IS datetime(acked_at)),
  acked_by  TEXT NOT NULL CHECK (acked_by <> ''),
  os_user   TEXT NOT NULL CHECK (os_user <> ''),
  PRIMARY KEY (tenant_id, ack_id)
) STRICT, WITHOUT ROWID;

-- The triggers. A table that is numbered refuses a number that exists, so that a REPLACE finds nothing to replace.
CREATE TRIGGER workflow_contracts_insert BEFORE INSERT ON workflow_contracts
BEGIN
  SELECT RAISE(ABORT, 'this contract is kept already')
   WHERE EXISTS (SELECT 1 FROM workflow_contracts WHERE tenant_id = NEW.tenant_id AND contract_hash = NEW.contract_hash);
END;
CREATE TRIGGER workflow_contracts_update BEFORE UPDATE ON workflow_contracts BEGIN SELECT RAISE(ABORT, 'contracts that runs followed are append-only'); END;
CREATE TRIGGER workflow_contracts_delete BEFORE DELETE ON workflow_contracts BEGIN SELECT RAISE(ABORT, 'contracts that runs followed are append-only'); END;
CREATE TRIGGER workflow_run_log_insert BEFORE INSERT ON workflow_run_log
BEGIN
  SELECT RAISE(ABORT, 'runs are numbered: run_id must be one more than the last')
   WHERE NEW.run_id IS NOT 1 + coalesce((SELECT max(run_id) FROM workflow_run_log WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'this event, or proposal, has started the workflow already')
   WHERE NEW.trigger_kind IN ('event', 'proposal')
     AND EXISTS (SELECT 1 FROM workflow_run_log WHERE tenant_id = NEW.tenant_id AND workflow_type = NEW.workflow_type
                    AND trigger_kind = NEW.trigger_kind AND trigger_ref = NEW.trigger_ref);
  SELECT RAISE(ABORT, 'a run hangs on a company and a contract of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM companies WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id)
      OR NOT EXISTS (SELECT 1 FROM workflow_contracts WHERE tenant_id = NEW.tenant_id AND contract_hash = NEW.contract_hash);
END;
CREATE TRIGGER workflow_run_log_update BEFORE UPDATE ON workflow_run_log
BEGIN
  SELECT RAISE(ABORT, 'a run that is over never changes') WHERE OLD.completed_at IS NOT NULL;
  SELECT RAISE(ABORT, 'of a run only its status, completed_at, plan_hash and summary change')
   WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.run_id IS NOT OLD.run_id OR NEW.company_id IS NOT OLD.company_id
      OR NEW.workflow_type IS NOT OLD.workflow_type OR NEW.contract_hash IS NOT OLD.contract_hash
      OR NEW.trigger_kind IS NOT OLD.trigger_kind OR NEW.trigger_ref IS NOT OLD.trigger_ref OR NEW.as_of IS NOT OLD.as_of
      OR NEW.inputs_json IS NOT OLD.inputs_json OR NEW.batch IS NOT OLD.batch OR NEW.actor IS NOT OLD.actor
      OR NEW.os_user IS NOT OLD.os_user OR NEW.started_at IS NOT OLD.started_at OR NEW.created_at IS NOT OLD.created_at
      OR (OLD.plan_hash IS NOT NULL AND NEW.plan_hash IS NOT OLD.plan_hash);
END;
CREATE TRIGGER workflow_run_log_delete BEFORE DELETE ON workflow_run_log
BEGIN SELECT RAISE(ABORT, 'runs are never deleted'); END;
CREATE TRIGGER workflow_effects_insert BEFORE INSERT ON workflow_effects
BEGIN
  SELECT RAISE(ABORT, 'effects are numbered: seq must be one more than the last of the run')
   WHERE NEW.seq IS NOT 1 + coalesce((SELECT max(seq) FROM workflow_effects WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id), 0);
  SELECT RAISE(ABORT, 'effects are frozen once the run waits for approval, or is over')
   WHERE (SELECT status FROM workflow_run_log WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id) IS NOT 'running';
  SELECT RAISE(ABORT, 'an effect hangs on a customer of its tenant')
   WHERE (NEW.customer_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erp_customers WHERE tenant_id = NEW.tenant_id AND customer_key = NEW.customer_key));
END;
CREATE TRIGGER workflow_effects_update BEFORE UPDATE ON workflow_effects BEGIN SELECT RAISE(ABORT, 'the effects of a run are append-only'); END;
CREATE TRIGGER workflow_effects_delete BEFORE DELETE ON workflow_effects BEGIN SELECT RAISE(ABORT, 'the effects of a run are append-only'); END;
CREATE TRIGGER workflow_step_log_insert BEFORE INSERT ON workflow_step_log
BEGIN
  SELECT RAISE(ABORT, 'the step log is appended: entry must be one more than the last of the run')
   WHERE NEW.entry IS NOT 1 + coalesce((SELECT max(entry) FROM workflow_step_log WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id), 0);
  SELECT RAISE(ABORT, 'this effect was done already')
   WHERE NEW.effect_seq IS NOT NULL
     AND EXISTS (SELECT 1 FROM workflow_step_log WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id
                    AND effect_seq = NEW.effect_seq AND status = 'completed');
  SELECT RAISE(ABORT, 'a step log hangs on a run of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM workflow_run_log WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id);
END;
CREATE TRIGGER workflow_step_log_update BEFORE UPDATE ON workflow_step_log BEGIN SELECT RAISE(ABORT, 'step logs are append-only'); END;
CREATE TRIGGER workflow_step_log_delete BEFORE DELETE ON workflow_step_log BEGIN SELECT RAISE(ABORT, 'step logs are append-only'); END;
CREATE TRIGGER workflow_verify_results_insert BEFORE INSERT ON workflow_verify_results
BEGIN
  SELECT RAISE(ABORT, 'checks are numbered: verify_id must be one more than the last')
   WHERE NEW.verify_id IS NOT 1 + coalesce((SELECT max(verify_id) FROM workflow_verify_results WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'a check hangs on a run of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM workflow_run_log WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id);
  SELECT RAISE(ABORT, 'a check begins pending') WHERE NEW.status <> 'pending';
END;
CREATE TRIGGER workflow_verify_results_update BEFORE UPDATE ON workflow_verify_results
BEGIN
  SELECT RAISE(ABORT, 'a check that is over keeps its verdict') WHERE OLD.status <> 'pending';
  SELECT RAISE(ABORT, 'a check never changes what it asks')
   WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.verify_id IS NOT OLD.verify_id OR NEW.run_id IS NOT OLD.run_id
      OR NEW.name IS NOT OLD.name OR NEW.sql IS NOT OLD.sql OR NEW.params_json IS NOT OLD.params_json
      OR NEW.expectation IS NOT OLD.expectation OR NEW.due_at IS NOT OLD.due_at OR NEW.times_out_at IS NOT OLD.times_out_at;
END;
CREATE TRIGGER workflow_verify_results_delete BEFORE DELETE ON workflow_verify_results
BEGIN SELECT RAISE(ABORT, 'checks are never deleted'); END;
CREATE TRIGGER reflexion_log_insert BEFORE INSERT ON reflexion_log
BEGIN
  SELECT RAISE(ABORT, 'reflexions are numbered: reflexion_id must be one more than the last')
   WHERE NEW.reflexion_id IS NOT 1 + coalesce((SELECT max(reflexion_id) FROM reflexion_log WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'a reflexion hangs on a run of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM workflow_run_log WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id);
END;
CREATE TRIGGER reflexion_log_update BEFORE UPDATE ON reflexion_log BEGIN SELECT RAISE(ABORT, 'reflexions are append-only'); END;
CREATE TRIGGER reflexion_log_delete BEFORE DELETE ON reflexion_log BEGIN SELECT RAISE(ABORT, 'reflexions are append-only'); END;
CREATE TRIGGER proposed_actions_insert BEFORE INSERT ON proposed_actions
BEGIN
  SELECT RAISE(ABORT, 'proposals are numbered: id must be one more than the last')
   WHERE NEW.id IS NOT 1 + coalesce((SELECT max(id) FROM proposed_actions WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'this is proposed already: idempotency_key')
   WHERE EXISTS (SELECT 1 FROM proposed_actions WHERE tenant_id = NEW.tenant_id AND idempotency_key = NEW.idempotency_key);
  SELECT RAISE(ABORT, 'a proposal begins pending') WHERE NEW.status <> 'pending';
  SELECT RAISE(ABORT, 'a proposal comes into being with the approval of its envelope')
   WHERE NEW.envelope_id IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM proposed_actions AS e WHERE e.tenant_id = NEW.tenant_id AND e.id = NEW.envelope_id
                        AND e.run_id = NEW.run_id AND e.status = 'approved');
  SELECT RAISE(ABORT, 'a proposal hangs on a run and a customer of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM workflow_run_log WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id)
      OR (NEW.customer_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erp_customers WHERE tenant_id = NEW.tenant_id AND customer_key = NEW.customer_key));
END;
CREATE TRIGGER proposed_actions_update BEFORE UPDATE ON proposed_actions
BEGIN
  SELECT RAISE(ABORT, 'a decided proposal never changes') WHERE OLD.status NOT IN ('pending', 'approved');
  SELECT RAISE(ABORT, 'a proposal goes from pending to approved, rejected, expired or superseded, and from approved to applied, failed or superseded')
   WHERE NOT ((OLD.status = 'pending' AND NEW.status IN ('approved', 'rejected', 'expired', 'superseded'))
           OR (OLD.status = 'approved' AND NEW.status IN ('applied', 'failed', 'superseded')));
  SELECT RAISE(ABORT, 'what is proposed never changes, and who decided stays')
   WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.id IS NOT OLD.id OR NEW.company_id IS NOT OLD.company_id
      OR NEW.run_id IS NOT OLD.run_id OR NEW.envelope_id IS NOT OLD.envelope_id OR NEW.seq IS NOT OLD.seq
      OR NEW.action_type IS NOT OLD.action_type OR NEW.entity_ref IS NOT OLD.entity_ref OR NEW.customer_key IS NOT OLD.customer_key
      OR NEW.customer_name IS NOT OLD.customer_name OR NEW.risk_level IS NOT OLD.risk_level OR NEW.title IS NOT OLD.title
      OR NEW.payload_json IS NOT OLD.payload_json OR NEW.body IS NOT OLD.body OR NEW.body_html IS NOT OLD.body_html
      OR NEW.currency IS NOT OLD.currency OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.tier IS NOT OLD.tier
      OR NEW.proposed_on IS NOT OLD.proposed_on OR NEW.proposed_at IS NOT OLD.proposed_at OR NEW.proposed_by IS NOT OLD.proposed_by
      OR NEW.expires_on IS NOT OLD.expires_on OR NEW.idempotency_key IS NOT OLD.idempotency_key
      OR NEW.content_hash IS NOT OLD.content_hash OR NEW.facts_json IS NOT OLD.facts_json OR NEW.facts_hash IS NOT OLD.facts_hash
      OR (OLD.decided_at IS NOT NULL AND NEW.status <> 'superseded'
          AND (NEW.decided_at IS NOT OLD.decided_at OR NEW.decided_by IS NOT OLD.decided_by OR NEW.decided_on IS NOT OLD.decided_on
               OR NEW.decided_os_user IS NOT OLD.decided_os_user));
END;
CREATE TRIGGER proposed_actions_delete BEFORE DELETE ON proposed_actions
BEGIN SELECT RAISE(ABORT, 'proposals are never deleted'); END;
CREATE TRIGGER auto_decisions_insert BEFORE INSERT ON auto_decisions
BEGIN
  SELECT RAISE(ABORT, 'decisions are numbered: decision_id must be one more than the last')
   WHERE NEW.decision_id IS NOT 1 + coalesce((SELECT max(decision_id) FROM auto_decisions WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'a decision hangs on a run of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM workflow_run_log WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id);
END;
CREATE TRIGGER auto_decisions_update BEFORE UPDATE ON auto_decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER auto_decisions_delete BEFORE DELETE ON auto_decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER kill_switch_log_insert BEFORE INSERT ON kill_switch_log
BEGIN
  SELECT RAISE(ABORT, 'the log of a kill switch is appended: step must be one more than the last')
   WHERE NEW.step IS NOT 1 + coalesce((SELECT max(step) FROM kill_switch_log WHERE name = NEW.name), 0);
END;
CREATE TRIGGER kill_switch_log_update BEFORE UPDATE ON kill_switch_log BEGIN SELECT RAISE(ABORT, 'the logs of kill switches are append-only'); END;
CREATE TRIGGER kill_switch_log_delete BEFORE DELETE ON kill_switch_log BEGIN SELECT RAISE(ABORT, 'the logs of kill switches are append-only'); END;
CREATE TRIGGER dunning_config_kept AFTER UPDATE ON dunning_config
BEGIN
  INSERT INTO dunning_config_history (tenant_id, config_id, version, customer_key, first_reminder_days, second_reminder_days,
                                      final_notice_days, agency_days, repeat_days, min_gap_days, minimum_cents, is_active,
                                      send_email, send_sms, language, placed, changed_by, changed_at, reason)
  VALUES (OLD.tenant_id, OLD.config_id,
          1 + coalesce((SELECT max(version) FROM dunning_config_history WHERE tenant_id = OLD.tenant_id AND config_id = OLD.config_id), 0),
          OLD.customer_key, OLD.first_reminder_days, OLD.second_reminder_days, OLD.final_notice_days, OLD.agency_days,
          OLD.repeat_days, OLD.min_gap_days, OLD.minimum_cents, OLD.is_active, OLD.send_email, OLD.send_sms, OLD.language,
          OLD.placed, OLD.changed_by, OLD.changed_at, OLD.reason);
END;
CREATE TRIGGER dunning_config_update BEFORE UPDATE ON dunning_config
BEGIN
  SELECT RAISE(ABORT, 'a dunning config stays its customer''s')
   WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.config_id IS NOT OLD.config_id OR NEW.customer_key IS NOT OLD.customer_key;
END;
CREATE TRIGGER dunning_config_insert BEFORE INSERT ON dunning_config
BEGIN
  SELECT RAISE(ABORT, 'one dunning config per customer, and one default')
   WHERE EXISTS (SELECT 1 FROM dunning_config WHERE tenant_id = NEW.tenant_id AND customer_key IS NEW.customer_key)
      OR EXISTS (SELECT 1 FROM dunning_config WHERE config_id = NEW.config_id);
  SELECT RAISE(ABORT, 'a dunning config hangs on a customer of its tenant')
   WHERE (NEW.customer_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erp_customers WHERE tenant_id = NEW.tenant_id AND customer_key = NEW.customer_key));
END;
CREATE TRIGGER dunning_config_delete BEFORE DELETE ON dunning_config
BEGIN SELECT RAISE(ABORT, 'a dunning config is never deleted: set its values to nothing'); END;
CREATE TRIGGER dunning_config_history_insert BEFORE INSERT ON dunning_config_history
BEGIN
  SELECT RAISE(ABORT, 'versions are appended')
   WHERE NEW.version IS NOT 1 + coalesce((SELECT max(version) FROM dunning_config_history
           WHERE tenant_id = NEW.tenant_id AND config_id = NEW.config_id), 0);
END;
CREATE TRIGGER dunning_config_history_update BEFORE UPDATE ON dunning_config_history BEGIN SELECT RAISE(ABORT, 'earlier dunning configs are append-only'); END;
CREATE TRIGGER dunning_config_history_delete BEFORE DELETE ON dunning_config_history BEGIN SELECT RAISE(ABORT, 'earlier dunning configs are append-only'); END;
CREATE TRIGGER collection_cases_insert BEFORE INSERT ON collection_cases
BEGIN
  SELECT RAISE(ABORT, 'cases are numbered: case_id must be one more than the last')
   WHERE NEW.case_id IS NOT 1 + coalesce((SELECT max(case_id) FROM collection_cases WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'a case hangs on a company and a customer of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM companies WHERE tenant_id = NEW.tenant_id AND company_id = NEW.company_id)
      OR NOT EXISTS (SELECT 1 FROM erp_customers WHERE tenant_id = NEW.tenant_id AND customer_key = NEW.customer_key);
END;
CREATE TRIGGER collection_cases_update BEFORE UPDATE ON collection_cases
BEGIN
  SELECT RAISE(ABORT, 'a case stays its customer''s, and its version goes up by one')
   WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.case_id IS NOT OLD.case_id OR NEW.case_number IS NOT OLD.case_number
      OR NEW.company_id IS NOT OLD.company_id OR NEW.customer_key IS NOT OLD.customer_key OR NEW.currency IS NOT OLD.currency
      OR NEW.opened_on IS NOT OLD.opened_on OR NEW.version IS NOT OLD.version + 1;
END;
CREATE TRIGGER collection_cases_kept AFTER UPDATE ON collection_cases
BEGIN
  INSERT INTO collection_cases_history (tenant_id, case_id, version, status, total_overdue_cents, oldest_invoice_date,
                                        assigned_to, resolution_type, resolved_on, notes, changed_by, changed_at)
  VALUES (OLD.tenant_id, OLD.case_id, OLD.version, OLD.status, OLD.total_overdue_cents, OLD.oldest_invoice_date,
          OLD.assigned_to, OLD.resolution_type, OLD.resolved_on, OLD.notes, OLD.changed_by, OLD.changed_at);
END;
CREATE TRIGGER collection_cases_delete BEFORE DELETE ON collection_cases
BEGIN SELECT RAISE(ABORT, 'cases are never deleted'); END;
CREATE TRIGGER collection_cases_history_insert BEFORE INSERT ON collection_cases_history
BEGIN
  SELECT RAISE(ABORT, 'this version of the case is kept already')
   WHERE EXISTS (SELECT 1 FROM collection_cases_history WHERE tenant_id = NEW.tenant_id AND case_id = NEW.case_id AND version = NEW.version);
END;
CREATE TRIGGER collection_cases_history_update BEFORE UPDATE ON collection_cases_history BEGIN SELECT RAISE(ABORT, 'earlier versions of cases are append-only'); END;
CREATE TRIGGER collection_cases_history_delete BEFORE DELETE ON collection_cases_history BEGIN SELECT RAISE(ABORT, 'earlier versions of cases are append-only'); END;
CREATE TRIGGER collection_actions_insert BEFORE INSERT ON collection_actions
BEGIN
  SELECT RAISE(ABORT, 'actions are numbered: action_id must be one more than the last')
   WHERE NEW.action_id IS NOT 1 + coalesce((SELECT max(action_id) FROM collection_actions WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'an action hangs on a case of its tenant and customer')
   WHERE NOT EXISTS (SELECT 1 FROM collection_cases WHERE tenant_id = NEW.tenant_id AND case_id = NEW.case_id AND customer_key = NEW.customer_key);
END;
CREATE TRIGGER collection_actions_update BEFORE UPDATE ON collection_actions
BEGIN
  SELECT RAISE(ABORT, 'of an action that is over only its outcome, its notes and what comes next change')
   WHERE OLD.execution_status IN ('executed', 'failed', 'cancelled')
     AND NOT (OLD.execution_status = 'executed' AND NEW.execution_status = 'cancelled'  -- its mail was pulled before anybody had it
              AND coalesce((SELECT min(status = 'cancelled') FROM outbox
                             WHERE tenant_id = OLD.tenant_id AND action_id = OLD.action_id), 0))
     AND (NEW.execution_status IS NOT OLD.execution_status OR NEW.executed_at IS NOT OLD.executed_at
          OR NEW.failure_reason IS NOT OLD.failure_reason OR NEW.action_date IS NOT OLD.action_date
          OR (OLD.outcome IS NOT NULL AND NEW.outcome IS NOT OLD.outcome));
  SELECT RAISE(ABORT, 'an action stays what it was: its case, customer, approval, type and amount')
   WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.action_id IS NOT OLD.action_id OR NEW.case_id IS NOT OLD.case_id
      OR NEW.customer_key IS NOT OLD.customer_key OR NEW.invoice_key IS NOT OLD.invoice_key OR NEW.proposal_id IS NOT OLD.proposal_id
      OR NEW.action_type IS NOT OLD.action_type OR NEW.tier IS NOT OLD.tier OR NEW.currency IS NOT OLD.currency
      OR NEW.due_amount_cents IS NOT OLD.due_amount_cents;
  SELECT RAISE(ABORT, 'an action goes from planned to in_progress, and from there to executed, failed or cancelled')
   WHERE NEW.execution_status IS NOT OLD.execution_status
     AND NOT ((OLD.execution_status = 'planned' AND NEW.execution_status IN ('in_progress', 'executed', 'failed', 'cancelled'))
           OR (OLD.execution_status = 'in_progress' AND NEW.execution_status IN ('executed', 'failed', 'cancelled'))
           OR (OLD.execution_status = 'executed' AND NEW.execution_status = 'cancelled'));
END;
CREATE TRIGGER collection_actions_delete BEFORE DELETE ON collection_actions
BEGIN SELECT RAISE(ABORT, 'actions are never deleted'); END;
CREATE TRIGGER dunning_steps_insert BEFORE INSERT ON dunning_steps
BEGIN
  SELECT RAISE(ABORT, 'this step of dunning is recorded already')
   WHERE EXISTS (SELECT 1 FROM dunning_steps WHERE tenant_id = NEW.tenant_id AND invoice_key = NEW.invoice_key
                    AND installment = NEW.installment AND proposal_id = NEW.proposal_id);
  SELECT RAISE(ABORT, 'a step of dunning hangs on an invoice and a proposal of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM erp_invoices WHERE tenant_id = NEW.tenant_id AND invoice_key = NEW.invoice_key)
      OR NOT EXISTS (SELECT 1 FROM proposed_actions WHERE tenant_id = NEW.tenant_id AND id = NEW.proposal_id);
END;
CREATE TRIGGER dunning_steps_update BEFORE UPDATE ON dunning_steps BEGIN SELECT RAISE(ABORT, 'steps of dunning are append-only'); END;
CREATE TRIGGER dunning_steps_delete BEFORE DELETE ON dunning_steps BEGIN SELECT RAISE(ABORT, 'steps of dunning are append-only'); END;
CREATE TRIGGER dunning_snoozes_insert BEFORE INSERT ON dunning_snoozes
BEGIN
  SELECT RAISE(ABORT, 'this proposal was snoozed already')
   WHERE EXISTS (SELECT 1 FROM dunning_snoozes WHERE tenant_id = NEW.tenant_id AND customer_key = NEW.customer_key
                    AND currency = NEW.currency AND proposal_id = NEW.proposal_id);
  SELECT RAISE(ABORT, 'a snooze hangs on a customer and a proposal of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM erp_customers WHERE tenant_id = NEW.tenant_id AND customer_key = NEW.customer_key)
      OR NOT EXISTS (SELECT 1 FROM proposed_actions WHERE tenant_id = NEW.tenant_id AND id = NEW.proposal_id);
END;
CREATE TRIGGER dunning_snoozes_update BEFORE UPDATE ON dunning_snoozes BEGIN SELECT RAISE(ABORT, 'snoozes are append-only'); END;
CREATE TRIGGER dunning_snoozes_delete BEFORE DELETE ON dunning_snoozes BEGIN SELECT RAISE(ABORT, 'snoozes are append-only'); END;
CREATE TRIGGER customer_flags_insert BEFORE INSERT ON customer_flags
BEGIN
  SELECT RAISE(ABORT, 'this run has set the flag already')
   WHERE EXISTS (SELECT 1 FROM customer_flags WHERE tenant_id = NEW.tenant_id AND customer_key = NEW.customer_key
                    AND flag = NEW.flag AND run_id = NEW.run_id);
  SELECT RAISE(ABORT, 'a flag hangs on a customer and a run of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM erp_customers WHERE tenant_id = NEW.tenant_id AND customer_key = NEW.customer_key)
      OR NOT EXISTS (SELECT 1 FROM workflow_run_log WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id);
END;
CREATE TRIGGER customer_flags_update BEFORE UPDATE ON customer_flags BEGIN SELECT RAISE(ABORT, 'flags are append-only'); END;
CREATE TRIGGER customer_flags_delete BEFORE DELETE ON customer_flags BEGIN SELECT RAISE(ABORT, 'flags are append-only'); END;
CREATE TRIGGER collection_notes_insert BEFORE INSERT ON collection_notes
BEGIN
  SELECT RAISE(ABORT, 'notes are numbered: note_id must be one more than the last')
   WHERE NEW.note_id IS NOT 1 + coalesce((SELECT max(note_id) FROM collection_notes WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'a note hangs on a customer of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM erp_customers WHERE tenant_id = NEW.tenant_id AND customer_key = NEW.customer_key);
END;
CREATE TRIGGER collection_notes_update BEFORE UPDATE ON collection_notes BEGIN SELECT RAISE(ABORT, 'notes are append-only'); END;
CREATE TRIGGER collection_notes_delete BEFORE DELETE ON collection_notes BEGIN SELECT RAISE(ABORT, 'notes are append-only'); END;
CREATE TRIGGER outbox_insert BEFORE INSERT ON outbox
BEGIN
  SELECT RAISE(ABORT, 'mails are numbered: outbox_id must be one more than the last')
   WHERE NEW.outbox_id IS NOT 1 + coalesce((SELECT max(outbox_id) FROM outbox WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'a mail hangs on a run and a customer of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM workflow_run_log WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id)
      OR (NEW.customer_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erp_customers WHERE tenant_id = NEW.tenant_id AND customer_key = NEW.customer_key));
  SELECT RAISE(ABORT, 'a mail begins queued') WHERE NEW.status <> 'queued';
END;
CREATE TRIGGER outbox_update BEFORE UPDATE ON outbox
BEGIN
  SELECT RAISE(ABORT, 'a mail that is sent, or was cancelled, never changes') WHERE OLD.status IN ('sent', 'cancelled');
  SELECT RAISE(ABORT, 'a mail goes out as it was approved')
   WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.outbox_id IS NOT OLD.outbox_id OR NEW.run_id IS NOT OLD.run_id
      OR NEW.proposal_id IS NOT OLD.proposal_id OR NEW.action_id IS NOT OLD.action_id OR NEW.customer_key IS NOT OLD.customer_key
      OR NEW.kind IS NOT OLD.kind OR NEW.sender IS NOT OLD.sender OR NEW.recipients IS NOT OLD.recipients
      OR NEW.subject IS NOT OLD.subject OR NEW.body IS NOT OLD.body OR NEW.body_html IS NOT OLD.body_html
      OR NEW.content_hash IS NOT OLD.content_hash OR NEW.message_id IS NOT OLD.message_id OR NEW.dated_at IS NOT OLD.dated_at;
END;
CREATE TRIGGER outbox_delete BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'mails are never deleted: cancel them'); END;
CREATE TRIGGER customer_holds_insert BEFORE INSERT ON customer_holds
BEGIN
  SELECT RAISE(ABORT, 'holds are numbered: hold_id must be one more than the last')
   WHERE NEW.hold_id IS NOT 1 + coalesce((SELECT max(hold_id) FROM customer_holds WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'this customer is on hold already')
   WHERE EXISTS (SELECT 1 FROM customer_holds WHERE tenant_id = NEW.tenant_id AND customer_key = NEW.customer_key AND released_at IS NULL);
  SELECT RAISE(ABORT, 'a hold hangs on a run and a customer of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM workflow_run_log WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id)
      OR NOT EXISTS (SELECT 1 FROM erp_customers WHERE tenant_id = NEW.tenant_id AND customer_key = NEW.customer_key);
  SELECT RAISE(ABORT, 'a hold begins active') WHERE NEW.released_at IS NOT NULL;
END;
CREATE TRIGGER customer_holds_update BEFORE UPDATE ON customer_holds
BEGIN
  SELECT RAISE(ABORT, 'a hold is released once; nothing else of it changes')
   WHERE OLD.released_at IS NOT NULL OR NEW.released_at IS NULL OR NEW.tenant_id IS NOT OLD.tenant_id OR NEW.hold_id IS NOT OLD.hold_id
      OR NEW.customer_key IS NOT OLD.customer_key OR NEW.reason IS NOT OLD.reason OR NEW.run_id IS NOT OLD.run_id
      OR NEW.placed_on IS NOT OLD.placed_on OR NEW.placed_at IS NOT OLD.placed_at OR NEW.placed_by IS NOT OLD.placed_by;
END;
CREATE TRIGGER customer_holds_delete BEFORE DELETE ON customer_holds BEGIN SELECT RAISE(ABORT, 'holds are never deleted'); END;
CREATE TRIGGER ns_pending_pushes_insert BEFORE INSERT ON ns_pending_pushes
BEGIN
  SELECT RAISE(ABORT, 'pushes are numbered: push_id must be one more than the last')
   WHERE NEW.push_id IS NOT 1 + coalesce((SELECT max(push_id) FROM ns_pending_pushes WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'this push is staged already: idempotency_key')
   WHERE EXISTS (SELECT 1 FROM ns_pending_pushes WHERE tenant_id = NEW.tenant_id AND idempotency_key = NEW.idempotency_key);
  SELECT RAISE(ABORT, 'a push hangs on a run of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM workflow_run_log WHERE tenant_id = NEW.tenant_id AND run_id = NEW.run_id);
  SELECT RAISE(ABORT, 'a push begins pending') WHERE NEW.status <> 'pending';
END;
CREATE TRIGGER ns_pending_pushes_update BEFORE UPDATE ON ns_pending_pushes
BEGIN
  SELECT RAISE(ABORT, 'a push that is over never changes') WHERE OLD.status IN ('verified', 'dead', 'cancelled');
  SELECT RAISE(ABORT, 'a push says what was approved')
   WHERE NEW.tenant_id IS NOT OLD.tenant_id OR NEW.push_id IS NOT OLD.push_id OR NEW.run_id IS NOT OLD.run_id
      OR NEW.record_type IS NOT OLD.record_type OR NEW.record_id IS NOT OLD.record_id OR NEW.operation IS NOT OLD.operation
      OR NEW.payload_json IS NOT OLD.payload_json OR NEW.idempotency_key IS NOT OLD.idempotency_key
      OR NEW.created_at IS NOT OLD.created_at OR NEW.created_by IS NOT OLD.created_by;
END;
CREATE TRIGGER ns_pending_pushes_delete BEFORE DELETE ON ns_pending_pushes BEGIN SELECT RAISE(ABORT, 'pushes are never deleted'); END;
CREATE TRIGGER order_links_insert BEFORE INSERT ON order_links
BEGIN
  SELECT RAISE(ABORT, 'links of orders are numbered: link_id must be one more than the last')
   WHERE NEW.link_id IS NOT 1 + coalesce((SELECT max(link_id) FROM order_links WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'a link ties a work or purchase order to a sales order of its tenant')
   WHERE NOT EXISTS (SELECT 1 FROM erp_transactions WHERE tenant_id = NEW.tenant_id AND transaction_key = NEW.transaction_key
                        AND type IN ('WorkOrd', 'PurchOrd'))
      OR (NEW.sales_order_key IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM erp_transactions WHERE tenant_id = NEW.tenant_id AND transaction_key = NEW.sales_order_key
                             AND type = 'SalesOrd'));
END;
CREATE TRIGGER order_links_update BEFORE UPDATE ON order_links BEGIN SELECT RAISE(ABORT, 'links of orders are append-only'); END;
CREATE TRIGGER order_links_delete BEFORE DELETE ON order_links BEGIN SELECT RAISE(ABORT, 'links of orders are append-only'); END;
CREATE TRIGGER doctor_acknowledgements_insert BEFORE INSERT ON doctor_acknowledgements
BEGIN
  SELECT RAISE(ABORT, 'acknowledgements are numbered: ack_id must be one more than the last')
   WHERE NEW.ack_id IS NOT 1 + coalesce((SELECT max(ack_id) FROM doctor_acknowledgements WHERE tenant_id = NEW.tenant_id), 0);
  SELECT RAISE(ABORT, 'an acknowledgement is one of a tenant') WHERE NOT EXISTS (SELECT 1 FROM tenants WHERE tenant_id = NEW.tenant_id);
END;
CREATE TRIGGER doctor_acknowledgements_update BEFORE UPDATE ON doctor_acknowledgements
BEGIN SELECT RAISE(ABORT, 'acknowledgements are append-only'); END;
CREATE TRIGGER doctor_acknowledgements_delete BEFORE DELETE ON doctor_acknowledgements
BEGIN SELECT RAISE(ABORT, 'acknowledgements are append-only'); END;


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
       c.currency, iif(h.released_at IS NULL AND h.hold_id IS NOT NULL, 'hold', c.entitystatus) AS entitystatus,
       c.entitystatus AS erp_entitystatus, c.isinactive, c.sales_rep, c.sales_rep_email, c.parent_id, k.name AS company,
       max(b.committed_at, coalesce(h.released_at, h.placed_at, '')) AS last_modified
  FROM erp_customers AS c
  LEFT JOIN customer_holds AS h ON h.tenant_id = c.tenant_id AND h.customer_key = c.customer_key
        AND h.hold_id = (SELECT max(o.hold_id) FROM customer_holds AS o WHERE o.tenant_id = c.tenant_id AND o.customer_key = c.customer_key)
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

-- The links of orders repaired here that hold, by the sales order's id.
CREATE VIEW live_order_links AS
SELECT l.tenant_id, l.transaction_key, s.id AS sales_order_id, l.sales_order_key, l.link_id, l.reason, l.linked_on, l.linked_by
  FROM order_links AS l
  JOIN erp_transactions AS s ON s.tenant_id = l.tenant_id AND s.transaction_key = l.sales_order_key
 WHERE l.link_id = (SELECT max(o.link_id) FROM order_links AS o INDEXED BY order_links_by_transaction
                     WHERE o.tenant_id = l.tenant_id AND o.transaction_key = l.transaction_key);

CREATE VIEW transactions AS
SELECT t.tenant_id, t.id, t.type, t.entity, t.trandate, t.tranid, t.initialtranid, t.status, t.foreigntotal_cents,
       t.foreigntotal_cents * 1.0 / coalesce(u.per_unit, 100) AS foreigntotal, t.otherrefnum, t.memo,
       coalesce(n.sales_order_id, t.parent_so_id) AS parent_so_id, t.parent_so_id AS erp_parent_so_id,
       t.createdfrom, t.expected_date, k.name AS company
  FROM erp_transactions AS t
  LEFT JOIN live_order_links AS n ON n.tenant_id = t.tenant_id AND n.transaction_key = t.transaction_key
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

-- The runs by the name people type.
CREATE VIEW workflow_runs AS SELECT * FROM workflow_run_log;

-- Which kill switches are on.
CREATE VIEW kill_switches AS
SELECT l.name, l.is_on, l.reason, l.changed_by, l.changed_at
  FROM kill_switch_log AS l
 WHERE l.step = (SELECT max(o.step) FROM kill_switch_log AS o WHERE o.name = l.name);

-- For contracts: what was open on any day, by the ERP's ids. Ask for one day (and one company) of it. The joins are crossed so that
-- accounts come first: SQLite would begin with customers and go through all accounts for each.
CREATE VIEW open_items AS
SELECT o.tenant_id, o.company_id, d.iso AS day, o.currency, c.id AS customer_id, c.name AS customer_name, c.sales_rep, c.sales_rep_email,
       i.id AS invoice_id, o.installment, i.tranid, i.otherrefnum, i.invoice_date, date(o.due_day * 86400, 'unixepoch') AS due_date,
       o.day - o.due_day AS days_overdue, min(o.cap_cents, o.raw_cents - o.after_cents) AS outstanding_cents, i.disputed
  FROM days AS d
  CROSS JOIN ar_open_items AS o ON o.day = d.day
  CROSS JOIN erp_customers AS c ON c.tenant_id = o.tenant_id AND c.customer_key = o.customer_key
  CROSS JOIN erp_invoices AS i ON i.tenant_id = o.tenant_id AND i.invoice_key = o.invoice_key
 WHERE o.raw_cents > o.after_cents AND o.cap_cents > 0;

-- For contracts: what of a customer's payments, credit memos and over-applied invoices was unapplied on a day.
CREATE VIEW unapplied_credit AS
SELECT o.tenant_id, o.company_id, d.iso AS day, o.currency, c.id AS customer_id, s.source_type, s.id AS source_id, o.left_cents AS unapplied_cents
  FROM days AS d
  CROSS JOIN ar_open_credits AS o ON o.day = d.day
  CROSS JOIN erp_customers AS c ON c.tenant_id = o.tenant_id AND c.customer_key = o.customer_key
  CROSS JOIN erp_sources AS s ON s.tenant_id = o.tenant_id AND s.source_key = o.source_key
 WHERE o.left_cents <> 0
UNION ALL
SELECT o.tenant_id, o.company_id, d.iso, o.currency, c.id, 'invoice', i.id, -o.raw_cents
  FROM days AS d
  CROSS JOIN ar_open_items AS o ON o.day = d.day
  CROSS JOIN erp_customers AS c ON c.tenant_id = o.tenant_id AND c.customer_key = o.customer_key
  CROSS JOIN erp_invoices AS i ON i.tenant_id = o.tenant_id AND i.invoice_key = o.invoice_key
 WHERE o.raw_cents < 0 AND o.flags & 8;

-- For contracts: what is still open, on a day, of what a customer was put on hold for: the undisputed items of the company that were
-- overdue on the day of the hold, less the customer's unapplied credit. No row: nothing. Ask for one day of it.
CREATE VIEW hold_causes AS
SELECT h.tenant_id, h.hold_id, d.iso AS day, o.currency, max(0, sum(min(o.cap_cents, o.raw_cents - o.after_cents)) - coalesce(
         (SELECT sum(u.left_cents) FROM ar_open_credits AS u
           WHERE u.day = d.day AND u.tenant_id = h.tenant_id AND u.company_id = r.company_id AND u.currency = o.currency
             AND u.customer_key = h.customer_key), 0)) AS open_cents
  FROM days AS d
  CROSS JOIN customer_holds AS h
  CROSS JOIN workflow_run_log AS r ON r.tenant_id = h.tenant_id AND r.run_id = h.run_id
  CROSS JOIN ar_open_items AS o ON o.day = d.day AND o.tenant_id = h.tenant_id AND o.company_id = r.company_id
                               AND o.customer_key = h.customer_key
  JOIN erp_invoices AS i ON i.tenant_id = o.tenant_id AND i.invoice_key = o.invoice_key
 WHERE o.raw_cents > o.after_cents AND o.cap_cents > 0 AND i.disputed = 'F' AND o.due_day < unixepoch(h.placed_on) / 86400
 GROUP BY h.tenant_id, h.hold_id, d.iso, o.currency;

-- Each line of a sales order with the path it takes by its item type (arctl/core/order_path.py has the same rule), the stock at its
-- place, or anywhere where it names none, and the work or purchase order made for it. Quantities are millionths;
-- needed_micro is what this line and those before it of the same item and place still have to ship. Ask for one sales_order_id.
CREATE VIEW order_lines AS
SELECT x.*,
       coalesce((SELECT sum(i.quantityavailable_micro) FROM erp_inventory AS i
                  WHERE i.tenant_id = x.tenant_id AND i.item_code = x.item_code AND i.closed = 0
                    AND (x.location IS NULL OR i.location = x.location)), 0) AS stock_micro,
       coalesce((SELECT sum(max(coalesce(b.quantity_micro, 0) - coalesce(b.quantity_fulfilled_micro, 0), 0)) FROM erp_transaction_lines AS b
                  WHERE b.tenant_id = x.tenant_id AND b.transaction_key = x.transaction_key AND b.closed = 0 AND b.line <= x.line
                    AND b.item_code = x.item_code AND b.location IS x.location), 0) AS needed_micro,
       coalesce((SELECT max(t.id) FROM erp_transactions AS t INDEXED BY erp_transactions_by_parent
                  WHERE t.tenant_id = x.tenant_id AND t.parent_so_id = x.sales_order_id AND t.closed = 0
                    AND t.type = CASE x.path WHEN 'assembly' THEN 'WorkOrd' WHEN 'drop_ship' THEN 'PurchOrd' END
                    AND lower(coalesce(t.status, '')) NOT GLOB '*cancel*'
                    AND (t.tranid = x.link_tranid
                         OR EXISTS (SELECT 1 FROM erp_transaction_lines AS y
                                     WHERE y.tenant_id = t.tenant_id AND y.transaction_key = t.transaction_key AND y.closed = 0
                                       AND y.item_code = x.item_code))
                    AND NOT EXISTS (SELECT 1 FROM live_order_links AS n WHERE n.tenant_id = t.tenant_id AND n.transaction_key = t.transaction_key)),
                (SELECT max(t.id) FROM live_order_links AS n
                   CROSS JOIN erp_transactions AS t ON t.tenant_id = n.tenant_id AND t.transaction_key = n.transaction_key
                  WHERE n.tenant_id = x.tenant_id AND n.sales_order_key = x.transaction_key AND t.closed = 0
                    AND t.type = CASE x.path WHEN 'assembly' THEN 'WorkOrd' WHEN 'drop_ship' THEN 'PurchOrd' END
                    AND lower(coalesce(t.status, '')) NOT GLOB '*cancel*'
                    AND (t.tranid = x.link_tranid
                         OR EXISTS (SELECT 1 FROM erp_transaction_lines AS y
                                     WHERE y.tenant_id = t.tenant_id AND y.transaction_key = t.transaction_key AND y.closed = 0
                                       AND y.item_code = x.item_code)))) AS made_id
  FROM (SELECT o.tenant_id, o.company_id, o.transaction_key, o.id AS sales_order_id, o.tranid, o.otherrefnum, o.entity AS customer_id,
               o.trandate, o.status, l.line, l.item_code, l.item_type, coalesce(l.quantity_micro, 0) AS quantity_micro,
               coalesce(l.quantity_fulfilled_micro, 0) AS fulfilled_micro, l.rate_micro, l.amount_cents, l.link_tranid,
               l.requested_ship_date, l.location,
               CASE lower(replace(replace(replace(coalesce(l.item_type, ''), '_', ''), '-', ''), ' ', ''))
                 WHEN 'inventory' THEN 'inventory' WHEN 'inventoryitem' THEN 'inventory' WHEN 'invtpart' THEN 'inventory'
                 WHEN 'assembly' THEN 'assembly' WHEN 'assemblyitem' THEN 'assembly' WHEN 'kit' THEN 'assembly'
                 WHEN 'dropship' THEN 'drop_ship' WHEN 'dropshipitem' THEN 'drop_ship'
                 WHEN 'other' THEN 'none' WHEN 'othcharge' THEN 'none' WHEN 'othercharge' THEN 'none' WHEN 'service' THEN 'none'
                 WHEN 'noninventory' THEN 'none' WHEN 'noninvtpart' THEN 'none' WHEN 'discount' THEN 'none' WHEN 'markup' THEN 'none'
                 WHEN 'subtotal' THEN 'none' WHEN 'description' THEN 'none' WHEN 'payment' THEN 'none'
                 ELSE 'unknown' END AS path
          FROM erp_transactions AS o
          JOIN erp_transaction_lines AS l ON l.tenant_id = o.tenant_id AND l.transaction_key = o.transaction_key AND l.closed = 0
         WHERE o.type = 'SalesOrd' AND o.closed = 0) AS x;

-- For contracts: every completed fulfillment with its order and customer, and when Finance was alerted of it (no time: never).
CREATE VIEW completed_fulfillments AS
SELECT f.tenant_id, f.company_id, f.id AS fulfillment_id, f.tranid, f.trandate AS shipped_on, o.id AS sales_order_id,
       o.tranid AS order_tranid, o.otherrefnum, o.status AS order_status, c.id AS customer_id, c.name AS customer_name, c.email,
       coalesce(c.currency, k.base_currency) AS currency,
       (SELECT e.recorded_at FROM events AS e INDEXED BY events_by_key
         WHERE e.tenant_id = f.tenant_id AND e.idempotency_key = 'finance.alerted:' || f.id) AS alerted_at
  FROM erp_transactions AS f
  JOIN companies AS k ON k.tenant_id = f.tenant_id AND k.company_id = f.company_id
  LEFT JOIN erp_transactions AS o ON o.tenant_id = f.tenant_id AND o.id = f.createdfrom AND o.type = 'SalesOrd' AND o.closed = 0
  LEFT JOIN erp_customers AS c ON c.tenant_id = f.tenant_id AND c.id = coalesce(o.entity, f.entity)
 WHERE f.type = 'ItemShip' AND f.closed = 0
   AND (lower(coalesce(f.status, '')) GLOB '*shipped' OR lower(coalesce(f.status, '')) GLOB '*:c' OR lower(coalesce(f.status, '')) = 'c');

-- For contracts: what was ordered, shipped by the end of a day, and invoiced of each item of an order. Quantities are millionths. Ask for
-- one day and one sales_order_id.
CREATE VIEW order_shipments AS
SELECT o.tenant_id, o.company_id, d.iso AS day, o.id AS sales_order_id, o.tranid, o.entity AS customer_id, l.item_code,
       sum(l.quantity_micro) AS ordered_micro,
       coalesce((SELECT sum(x.quantity_micro) FROM erp_transactions AS f INDEXED BY erp_transactions_by_origin
                  CROSS JOIN erp_transaction_lines AS x ON x.tenant_id = f.tenant_id AND x.transaction_key = f.transaction_key
                  WHERE f.tenant_id = o.tenant_id AND f.createdfrom = o.id AND f.type = 'ItemShip' AND f.closed = 0 AND x.closed = 0
                    AND f.trandate <= d.iso AND x.item_code = l.item_code
                    AND (lower(coalesce(f.status, '')) GLOB '*shipped' OR lower(coalesce(f.status, '')) GLOB '*:c'
                         OR lower(coalesce(f.status, '')) = 'c')), 0) AS shipped_micro
  FROM days AS d
  CROSS JOIN erp_transactions AS o
  CROSS JOIN erp_transaction_lines AS l ON l.tenant_id = o.tenant_id AND l.transaction_key = o.transaction_key AND l.closed = 0
 WHERE o.type = 'SalesOrd' AND o.closed = 0 AND o.trandate <= d.iso AND l.item_code IS NOT NULL AND l.quantity_micro > 0
 GROUP BY o.tenant_id, o.id, d.iso, l.item_code;

PRAGMA application_id = 0x61726374;  -- 'arct'
PRAGMA user_version = 5;
