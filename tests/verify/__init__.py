"""Checks of what runs promised."""
