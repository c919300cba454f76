"""Puts the year together: ordinary trade first, then what is planted, then the order side."""

from __future__ import annotations

from sample_data.generator.drafts import Book
from sample_data.generator.order_faults import plant_order_faults
from sample_data.generator.orders import add_orders
from sample_data.generator.paying import pay
from sample_data.generator.planted_invoices import plant_invoices
from sample_data.generator.planted_receipts import plant_receipts
from sample_data.generator.po_72622 import plant_72622
from sample_data.generator.trading import trade


def sample_year(seed: str) -> Book:
    """The whole year of the sample company; the same seed gives the same book."""
    book = Book()
    trade(book, seed)
    pay(book, seed)
    plant_invoices(book)
    plant_receipts(book)
    plant_72622(book)
    plant_order_faults(book)
    add_orders(book, seed)
    return book
