-- Version 5 adds what orders need: links repaired here, acknowledged findings, and indexes that find an order's documents. Views, triggers and the words of
-- references (order_references) are made anew from schema.sql after the steps.

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

CREATE INDEX erp_invoices_by_order ON erp_invoices (tenant_id, createdfrom) WHERE createdfrom IS NOT NULL;
CREATE INDEX erp_transactions_open_orders ON erp_transactions (tenant_id, company_id, trandate)
 WHERE type = 'SalesOrd' AND closed = 0
   AND lower(coalesce(status, '')) NOT IN ('closed', 'cancelled', 'canceled', 'billed', 'salesord:c', 'salesord:g', 'salesord:h');
CREATE INDEX erp_transactions_by_number ON erp_transactions (tenant_id, tranid)
  WHERE type = 'SalesOrd' OR type = 'WorkOrd' OR type = 'PurchOrd';
CREATE INDEX erp_transaction_lines_by_link ON erp_transaction_lines (tenant_id, link_tranid)
  WHERE link_tranid IS NOT NULL AND line <= 1;

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
CREATE INDEX erp_transactions_orphans ON erp_transactions (tenant_id, type, trandate)
 WHERE parent_so_id IS NULL AND closed = 0 AND type IN ('WorkOrd', 'PurchOrd');
