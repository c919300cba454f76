"""The only SQL: open, migrate, mirror, history, aging queries."""
