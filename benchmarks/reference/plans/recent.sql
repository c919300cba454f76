-- Recent: what is open today, but for the invoices and receipts that changed after the day, which are taken back.
changed_invoice (invoice, cents) AS MATERIALIZED (
  SELECT invoice, sum(cents) FROM invoice_change WHERE day > :d GROUP BY invoice),
item (invoice, customer, due, raw) AS MATERIALIZED (
  SELECT invoice, customer, due, raw FROM open_item WHERE invoice NOT IN (SELECT invoice FROM changed_invoice)
  UNION ALL
  SELECT i.n, i.customer, i.due, coalesce(o.raw, 0) - c.cents
  FROM changed_invoice AS c JOIN invoice AS i ON i.n = c.invoice
  LEFT JOIN open_item AS o ON o.customer = i.customer AND o.invoice = i.n
  WHERE coalesce(o.raw, 0) <> c.cents),
changed_receipt (receipt, cents) AS MATERIALIZED (
  SELECT receipt, sum(cents) FROM receipt_change WHERE day > :d GROUP BY receipt),
credit (customer, remainder) AS MATERIALIZED (
  SELECT customer, remainder FROM open_credit WHERE receipt NOT IN (SELECT receipt FROM changed_receipt)
  UNION ALL
  SELECT r.customer, coalesce(o.remainder, 0) - c.cents
  FROM changed_receipt AS c JOIN receipt AS r ON r.n = c.receipt
  LEFT JOIN open_credit AS o ON o.customer = r.customer AND o.receipt = r.n
  WHERE coalesce(o.remainder, 0) <> c.cents),
right_side (cents) AS (SELECT coalesce(sum(cents), 0) FROM document_day WHERE day <= :d)
