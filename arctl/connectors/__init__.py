"""The outside world: folders of CSV files and, later, the ERP and mail."""
