"""Workflow tables against whoever holds the file."""
