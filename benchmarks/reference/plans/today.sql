-- Today: the open items and credits as they stand. Right only from the last day of the files on.
item (invoice, customer, due, raw) AS NOT MATERIALIZED (SELECT invoice, customer, due, raw FROM open_item),
credit (customer, remainder) AS NOT MATERIALIZED (SELECT customer, remainder FROM open_credit),
right_side (cents) AS (SELECT coalesce(sum(cents), 0) FROM document_day WHERE day <= :d)
