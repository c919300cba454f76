-- The reference ledger: what a person tuning one report by hand would keep. Reads the bare tables in schema `bare`.
-- Days are integers (1 = 0001-01-01, as Python's date.toordinal), amounts cents, 4000000 = never.
-- A document counts on every day of [day, until); an application on every day of [effective, until).
-- Valid for generated files only: one company, one currency, no instalments, credits, refunds or write-offs.

CREATE TABLE customer (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL) STRICT;
INSERT INTO customer SELECT rowid, id, name FROM bare.customers;

CREATE TABLE invoice (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL, tranid TEXT NOT NULL, customer INTEGER NOT NULL,
  day INTEGER NOT NULL, until INTEGER NOT NULL, due INTEGER NOT NULL, cents INTEGER NOT NULL,
  settled INTEGER NOT NULL DEFAULT 0,         -- first day from which nothing is outstanding or in excess, for good
  first_reduced INTEGER NOT NULL DEFAULT 4000000,
  invoice_date TEXT NOT NULL, due_date TEXT NOT NULL, disputed TEXT NOT NULL
) STRICT;
INSERT INTO invoice (n, id, tranid, customer, day, until, due, cents, invoice_date, due_date, disputed)
SELECT i.rowid, i.id, i.tranid, c.n,
       CAST(julianday(i.invoice_date) - 1721424.5 AS INTEGER),
       CASE WHEN i.status IN ('posted', 'approved') THEN 4000000 ELSE 0 END,
       CAST(julianday(i.due_date) - 1721424.5 AS INTEGER),
       CAST(replace(i.amount, '.', '') AS INTEGER), i.invoice_date, i.due_date, i.disputed
FROM bare.customer_invoices AS i JOIN customer AS c ON c.id = i.customer_id;
CREATE UNIQUE INDEX invoice_id ON invoice (id);

CREATE TABLE receipt (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL, customer INTEGER NOT NULL,
  day INTEGER NOT NULL, until INTEGER NOT NULL, cents INTEGER NOT NULL,
  cleared INTEGER NOT NULL DEFAULT 0,         -- first day from which nothing of it is unapplied, for good
  first_used INTEGER NOT NULL DEFAULT 4000000
) STRICT;
INSERT INTO receipt (n, id, customer, day, until, cents)
SELECT p.rowid, p.id, c.n, CAST(julianday(p.receipt_date) - 1721424.5 AS INTEGER),
       CASE p.status WHEN 'posted' THEN 4000000 WHEN 'approved' THEN 4000000
            WHEN 'voided' THEN CAST(julianday(p.voided_on) - 1721424.5 AS INTEGER) ELSE 0 END,
       CAST(replace(p.amount, '.', '') AS INTEGER)
FROM bare.customer_payments AS p JOIN customer AS c ON c.id = p.customer_id;
CREATE UNIQUE INDEX receipt_id ON receipt (id);

CREATE TABLE application (
  invoice INTEGER NOT NULL, receipt INTEGER NOT NULL, effective INTEGER NOT NULL, until INTEGER NOT NULL,
  cents INTEGER NOT NULL, discount INTEGER NOT NULL,
  reduction INTEGER NOT NULL                  -- cents + discount: what the invoice loses
) STRICT;
INSERT INTO application
SELECT i.n, r.n,
       max(coalesce(CAST(julianday(nullif(a.applied_on, '')) - 1721424.5 AS INTEGER), 0), i.day, r.day),
       min(i.until, r.until), CAST(replace(a.amount, '.', '') AS INTEGER), CAST(replace(a.discount, '.', '') AS INTEGER),
       CAST(replace(a.amount, '.', '') AS INTEGER) + CAST(replace(a.discount, '.', '') AS INTEGER)
FROM bare.payment_applications AS a JOIN invoice AS i ON i.id = a.invoice_id JOIN receipt AS r ON r.id = a.source_id;
DELETE FROM application WHERE effective >= until;

-- Every change of an invoice's balance and of a receipt's remainder, by day.
CREATE TABLE invoice_change (
  day INTEGER NOT NULL, invoice INTEGER NOT NULL, cents INTEGER NOT NULL, PRIMARY KEY (day, invoice)
) STRICT, WITHOUT ROWID;
INSERT INTO invoice_change
SELECT day, invoice, sum(cents) FROM (
  SELECT day, n AS invoice, cents FROM invoice WHERE day < until
  UNION ALL SELECT until, n, -cents FROM invoice WHERE day < until AND until < 4000000
  UNION ALL SELECT effective, invoice, -reduction FROM application
  UNION ALL SELECT until, invoice, reduction FROM application WHERE until < 4000000)
GROUP BY day, invoice HAVING sum(cents) <> 0;

CREATE TABLE receipt_change (
  day INTEGER NOT NULL, receipt INTEGER NOT NULL, cents INTEGER NOT NULL, PRIMARY KEY (day, receipt)
) STRICT, WITHOUT ROWID;
INSERT INTO receipt_change
SELECT day, receipt, sum(cents) FROM (
  SELECT day, n AS receipt, cents FROM receipt WHERE day < until
  UNION ALL SELECT until, n, -cents FROM receipt WHERE day < until AND until < 4000000
  UNION ALL SELECT effective, receipt, -cents FROM application
  UNION ALL SELECT until, receipt, cents FROM application WHERE until < 4000000)
GROUP BY day, receipt HAVING sum(cents) <> 0;

UPDATE invoice SET settled = found.day FROM (
  SELECT invoice, CASE sum(cents) WHEN 0 THEN max(day) ELSE 4000000 END AS day FROM invoice_change GROUP BY invoice
) AS found WHERE found.invoice = n;
UPDATE invoice SET first_reduced = found.day FROM (
  SELECT invoice, min(effective) AS day FROM application GROUP BY invoice
) AS found WHERE found.invoice = n;
UPDATE receipt SET cleared = found.day FROM (
  SELECT receipt, CASE sum(cents) WHEN 0 THEN max(day) ELSE 4000000 END AS day FROM receipt_change GROUP BY receipt
) AS found WHERE found.receipt = n;
UPDATE receipt SET first_used = found.day FROM (
  SELECT receipt, min(effective) AS day FROM application GROUP BY receipt
) AS found WHERE found.receipt = n;

-- Plan "today": what is open at the end of the last day of the files.
CREATE TABLE open_item (
  customer INTEGER NOT NULL, invoice INTEGER NOT NULL, due INTEGER NOT NULL, raw INTEGER NOT NULL,
  PRIMARY KEY (customer, invoice)
) STRICT, WITHOUT ROWID;
INSERT INTO open_item
SELECT i.customer, i.n, i.due, sum(c.cents) FROM invoice AS i JOIN invoice_change AS c ON c.invoice = i.n
WHERE i.settled = 4000000 GROUP BY i.customer, i.n;
CREATE TABLE open_credit (
  customer INTEGER NOT NULL, receipt INTEGER NOT NULL, remainder INTEGER NOT NULL, PRIMARY KEY (customer, receipt)
) STRICT, WITHOUT ROWID;
INSERT INTO open_credit
SELECT r.customer, r.n, sum(c.cents) FROM receipt AS r JOIN receipt_change AS c ON c.receipt = r.n
WHERE r.cleared = 4000000 GROUP BY r.customer, r.n;

-- The right side of the tie-out by day: invoices - receipts - discounts that start or stop to count.
CREATE TABLE document_day (day INTEGER PRIMARY KEY, cents INTEGER NOT NULL) STRICT;
INSERT INTO document_day
SELECT day, sum(cents) FROM (
  SELECT day, cents FROM invoice WHERE day < until
  UNION ALL SELECT until, -cents FROM invoice WHERE day < until AND until < 4000000
  UNION ALL SELECT day, -cents FROM receipt WHERE day < until
  UNION ALL SELECT until, cents FROM receipt WHERE day < until AND until < 4000000
  UNION ALL SELECT effective, -discount FROM application WHERE discount <> 0
  UNION ALL SELECT until, discount FROM application WHERE discount <> 0 AND until < 4000000)
GROUP BY day;

-- Plan "covering".
CREATE INDEX application_by_invoice ON application (invoice, effective, until, reduction);
CREATE INDEX application_by_receipt ON application (receipt, effective, until, cents);
CREATE INDEX invoice_by_customer ON invoice (customer, day, until, due, cents);
CREATE INDEX receipt_by_customer ON receipt (customer, day, until, cents);
-- Plan "settled".
CREATE INDEX invoice_by_settled ON invoice (settled, day, until, customer, due, cents, first_reduced);
CREATE INDEX receipt_by_cleared ON receipt (cleared, day, until, customer, cents, first_used);
-- The tie-out read from the documents themselves.
CREATE INDEX invoice_by_day ON invoice (day, until, cents);
CREATE INDEX receipt_by_day ON receipt (day, until, cents);
CREATE INDEX application_by_discount ON application (effective, until, discount) WHERE discount <> 0;
