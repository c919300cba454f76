-- As "settled", with a tie-out that sums every document instead of one total per day.
item (invoice, customer, due, raw) AS MATERIALIZED (
  SELECT i.n, i.customer, i.due,
         CASE WHEN i.first_reduced > :d THEN i.cents
         ELSE i.cents - coalesce((SELECT sum(a.reduction) FROM application AS a INDEXED BY application_by_invoice
                                  WHERE a.invoice = i.n AND a.effective <= :d AND a.until > :d), 0) END
  FROM invoice AS i INDEXED BY invoice_by_settled WHERE i.settled > :d AND i.day <= :d AND i.until > :d),
credit (customer, remainder) AS MATERIALIZED (
  SELECT r.customer,
         CASE WHEN r.first_used > :d THEN r.cents
         ELSE r.cents - coalesce((SELECT sum(a.cents) FROM application AS a INDEXED BY application_by_receipt
                                  WHERE a.receipt = r.n AND a.effective <= :d AND a.until > :d), 0) END
  FROM receipt AS r INDEXED BY receipt_by_cleared WHERE r.cleared > :d AND r.day <= :d AND r.until > :d),
right_side (cents) AS (
  SELECT (SELECT coalesce(sum(cents), 0) FROM invoice INDEXED BY invoice_by_day WHERE day <= :d AND until > :d)
       - (SELECT coalesce(sum(cents), 0) FROM receipt INDEXED BY receipt_by_day WHERE day <= :d AND until > :d)
       - (SELECT coalesce(sum(discount), 0) FROM application INDEXED BY application_by_discount
          WHERE discount <> 0 AND effective <= :d AND until > :d))
