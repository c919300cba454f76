-- Schema 1 took "today" from Greenwich's date. From 2 on each company has a clock of its own; what winds it is arctl, because
-- SQLite knows no time zones.

CREATE TABLE company_clock (
  tenant_id      INTEGER NOT NULL,
  company_id     INTEGER NOT NULL,
  from_utc       TEXT NOT NULL CHECK (from_utc IS datetime(from_utc)),
  offset_minutes INTEGER NOT NULL CHECK (offset_minutes BETWEEN -1080 AND 1080),
  PRIMARY KEY (tenant_id, company_id, from_utc),
  FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, company_id)
) STRICT, WITHOUT ROWID;
