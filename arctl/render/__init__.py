"""Results into tables, JSON, CSV and Markdown. No decisions."""
