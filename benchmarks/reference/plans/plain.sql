-- Plain join: every application summed per invoice and per receipt, no index used.
item (invoice, customer, due, raw) AS MATERIALIZED (
  SELECT i.n, i.customer, i.due, i.cents - coalesce(a.reduction, 0)
  FROM invoice AS i NOT INDEXED
  LEFT JOIN (SELECT invoice, sum(reduction) AS reduction FROM application NOT INDEXED
             WHERE effective <= :d AND until > :d GROUP BY invoice) AS a ON a.invoice = i.n
  WHERE i.day <= :d AND i.until > :d),
credit (customer, remainder) AS MATERIALIZED (
  SELECT r.customer, r.cents - coalesce(a.used, 0)
  FROM receipt AS r NOT INDEXED
  LEFT JOIN (SELECT receipt, sum(cents) AS used FROM application NOT INDEXED
             WHERE effective <= :d AND until > :d GROUP BY receipt) AS a ON a.receipt = r.n
  WHERE r.day <= :d AND r.until > :d),
right_side (cents) AS (
  SELECT (SELECT coalesce(sum(cents), 0) FROM invoice NOT INDEXED WHERE day <= :d AND until > :d)
       - (SELECT coalesce(sum(cents), 0) FROM receipt NOT INDEXED WHERE day <= :d AND until > :d)
       - (SELECT coalesce(sum(discount), 0) FROM application NOT INDEXED WHERE effective <= :d AND until > :d))
