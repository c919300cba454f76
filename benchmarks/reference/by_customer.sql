-- One row per customer with an open item or unapplied credit, largest overdue first; `item` and `credit` come from a plan.
-- Sums what is late by more than 0, 30, 60 and 90 days and takes differences after: one comparison per item and edge.
, part AS (
  SELECT customer, sum(raw) AS total, sum(raw) FILTER (WHERE due < :d) AS late,
         sum(raw) FILTER (WHERE due < :d - 30) AS late_30, sum(raw) FILTER (WHERE due < :d - 60) AS late_60,
         sum(raw) FILTER (WHERE due < :d - 90) AS late_90, 0 AS unapplied, min(due) AS oldest, count(*) AS invoices
  FROM item WHERE raw > 0 GROUP BY customer
  UNION ALL
  SELECT customer, 0, 0, 0, 0, 0, -sum(raw), :d, 0 FROM item WHERE raw < 0 GROUP BY customer
  UNION ALL
  SELECT customer, 0, 0, 0, 0, 0, sum(remainder), :d, 0 FROM credit GROUP BY customer),
customer_part AS MATERIALIZED (
  SELECT customer, sum(total) AS total, ifnull(sum(late), 0) AS late, ifnull(sum(late_30), 0) AS late_30,
         ifnull(sum(late_60), 0) AS late_60, ifnull(sum(late_90), 0) AS late_90,
         sum(unapplied) AS unapplied, min(oldest) AS oldest, sum(invoices) AS invoices
  FROM part GROUP BY customer HAVING sum(invoices) > 0 OR sum(unapplied) <> 0)
SELECT c.id, c.name, total - late, late - late_30, late_30 - late_60, late_60 - late_90, late_90, total, unapplied,
       max(:d - oldest, 0), invoices
FROM customer_part JOIN customer AS c ON c.n = customer
ORDER BY late DESC, c.id
