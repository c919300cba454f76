-- One row per open item; `item` comes from a plan.
SELECT i.id, 0, i.tranid, c.id, c.name, i.invoice_date, i.due_date, :d - i.due, i.cents, item.raw, i.disputed
FROM item JOIN invoice AS i ON i.n = item.invoice JOIN customer AS c ON c.n = item.customer
WHERE item.raw > 0
ORDER BY i.due, i.id
