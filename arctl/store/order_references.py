"""Under which words the references of order documents and invoices are found: filled by a sync, for what it touched or for all."""

import sqlite3
from collections.abc import Iterable, Iterator

from arctl.core.po_documents import FREE_TEXT, INVOICE, REFERENCES
from arctl.core.po_number import PLAIN, search_keys

_TYPES = {
    column: ", ".join(f"'{kind}'" for kind, columns in REFERENCES.items() if column in columns and kind != INVOICE)
    for column in ("otherrefnum", "memo", "tranid", "initialtranid")
}
_Row = tuple[int, str | None, str | None, str | None, str | None]


def fill(connection: sqlite3.Connection, tenant: int, everything: bool) -> None:
    """Add the words of what a sync touched, or of `everything` of the tenant. Each document is read once."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS words (word TEXT, is_invoice INTEGER, document_key INTEGER)")
    connection.execute("DELETE FROM temp.words")
    # otherrefnum, the most frequent, stands first and free text last; what a document of a type cannot bear is left out
    order = [
        f"iif(d.type IN ({types}), d.{column}, NULL)"
        for column, types in sorted(_TYPES.items(), key=lambda each: (each[0] in FREE_TEXT, each[0] != "otherrefnum"))
    ]
    invoice = ["d.otherrefnum", "NULL", "NULL", "d.memo"]
    _read(connection, tenant, everything, "erp_transactions", "transaction_key", order)
    _read(connection, tenant, everything, "erp_invoices", "invoice_key", invoice)
    connection.execute(
        "INSERT OR IGNORE INTO order_references (tenant_id, word, is_invoice, document_key)"
        " SELECT ?, word, is_invoice, document_key FROM temp.words ORDER BY word, is_invoice, document_key",
        (tenant,),
    )
    connection.execute("DROP TABLE temp.words")


def _read(connection: sqlite3.Connection, tenant: int, everything: bool, base: str, key: str, texts: list[str]) -> None:
    touched = "" if everything else f"touched_{base.removeprefix('erp_')} AS t CROSS JOIN "
    joined = "" if everything else f" AND d.{key} = t.{key}"
    rows = connection.execute(
        f"SELECT d.{key}, {', '.join(texts)} FROM {touched}{base} AS d"
        f" WHERE d.tenant_id = ?{joined} AND coalesce({', '.join(texts)}) IS NOT NULL",
        (tenant,),
    )
    connection.executemany(f"INSERT INTO temp.words VALUES (?, {int(base == 'erp_invoices')}, ?)", _words(rows))


def _words(rows: Iterable[_Row]) -> Iterator[tuple[str, int]]:
    plain = PLAIN.fullmatch
    for key, number, *others, memo in rows:
        if number is not None:
            if found := plain(number):  # here and not only in search_keys: a load asks by the million
                yield found[1], key
            else:
                for word in search_keys(number, free=False):
                    yield word, key
        for text, free in ((others[0], False), (others[1], False), (memo, True)):
            if text is not None:
                for word in search_keys(text, free):
                    yield word, key
