"""arctl: accounts receivable over one local SQLite ledger."""

__version__ = "0.1.0"
