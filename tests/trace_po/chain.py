"""One order of 580.00 on all three paths, complete from order to payment, as rows that a test changes."""

from collections.abc import Mapping

Files = dict[str, list[dict[str, str]]]

_TRANSACTIONS = (
    "id type entity trandate tranid initialtranid status foreigntotal otherrefnum memo parent_so_id createdfrom"
    " expected_date"
)
_LINES = (
    "transaction_id line item_code item_type quantity quantity_fulfilled rate amount link_tranid requested_ship_date"
)
_HEADS: Mapping[str, str] = {
    "customers": "id name",
    "transactions": _TRANSACTIONS,
    "transaction_lines": _LINES,
    "customer_invoices": "id customer_id invoice_date due_date amount status voided_on otherrefnum createdfrom currency",
    "invoice_lines": "invoice_id line item_code quantity rate amount",
    "customer_payments": "id customer_id receipt_date amount otherrefnum status voided_on",
    "payment_applications": "source_type source_id invoice_id amount applied_on",
}
_ROWS: Mapping[str, str] = {
    "customers": """
C1|Gull Point Hotel
C2|Paper Boat Grocers""",
    "transactions": """
SO-1|SalesOrd|C1|2026-05-04|SO1||Billed|580.00|72622||||
WO-1|WorkOrd|C1|2026-05-05|WO1||Closed|||72622|SO-1||
AB-1|Build|C1|2026-05-08|AB1||Complete|||||WO-1|
PO-1|PurchOrd|V1|2026-05-05|PO1||Fully Billed|150.00||1217 / 72622|SO-1||2026-05-09
IR-1|ItemRcpt|V1|2026-05-08|IR1||Received|||||PO-1|
VB-1|VendBill|V1|2026-05-09|TT-4471|72622|Open|150.00||||PO-1|
IF-1|ItemShip|C1|2026-05-11|IF1||Shipped||72622|||SO-1|
IF-2|ItemShip|C1|2026-05-12|IF2||Shipped||72622|||SO-1|""",
    "transaction_lines": """
SO-1|1|OIL|inventory|24|24|10.00|240.00||2026-05-12
SO-1|2|KIT|assembly|10|10|14.00|140.00|WO1|2026-05-12
SO-1|3|ICE|drop_ship|20|20|10.00|200.00|PO1|2026-05-12
WO-1|1|KIT|assembly|10|10|||SO1|
AB-1|1|KIT|assembly|10||||WO1|
PO-1|1|ICE|drop_ship|20|20|7.50|150.00|SO1|
IR-1|1|ICE|drop_ship|20||||PO1|
VB-1|1|ICE|drop_ship|20||7.50|150.00|PO1|
IF-1|1|OIL|inventory|24||||SO1|
IF-2|1|KIT|assembly|10||||SO1|
IF-2|2|ICE|drop_ship|20||||SO1|""",
    "customer_invoices": """
INV-1|C1|2026-05-13|2026-06-12|580.00|posted||72622|SO-1|USD""",
    "invoice_lines": """
INV-1|1|OIL|24|10.00|240.00
INV-1|2|KIT|10|14.00|140.00
INV-1|3|ICE|20|10.00|200.00""",
    "customer_payments": """
PMT-1|C1|2026-06-10|580.00|72622|posted|
PMT-2|C2|2026-06-10|10.00|72622|posted|""",
    "payment_applications": """
payment|PMT-1|INV-1|580.00|2026-06-10""",
}
ID = {
    "transactions": "id",
    "customer_invoices": "id",
    "transaction_lines": "transaction_id",
    "invoice_lines": "invoice_id",
}


def chain() -> Files:
    """Fresh rows, file by file."""
    return {
        name: [dict(zip(_HEADS[name].split(), line.split("|"), strict=True)) for line in rows.strip().splitlines()]
        for name, rows in _ROWS.items()
    }


def without(files: Files, id: str) -> Files:
    """The same without a document, its lines, and what was applied to it."""
    for name in ("transactions", "transaction_lines", "customer_invoices", "invoice_lines"):
        files[name] = [row for row in files[name] if row[ID[name]] != id]
    files["payment_applications"] = [
        row for row in files["payment_applications"] if id not in (row["invoice_id"], row["source_id"])
    ]
    return files


def changed(files: Files, id: str, line: str = "", /, **values: str) -> Files:
    """The same with other values in a document, or in a line of it."""
    names = (
        ("transaction_lines", "invoice_lines") if line else ("transactions", "customer_invoices", "customer_payments")
    )
    rows = [
        row
        for name in names
        for row in files[name]
        if row.get(ID.get(name, "id")) == id and row.get("line", "") == line
    ]
    assert len(rows) == 1, f"{id} {line}"
    assert set(values) <= set(rows[0]), values
    rows[0].update(values)
    return files


def added(files: Files, name: str, row: str) -> Files:
    """The same with one row more."""
    files[name].append(dict(zip(_HEADS[name].split(), row.split("|"), strict=True)))
    return files


def as_csv(files: Files) -> dict[str, str]:
    """Each file's text."""

    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    return {
        name: "\n".join([_HEADS[name].replace(" ", ","), *(",".join(map(quoted, row.values())) for row in rows)]) + "\n"
        for name, rows in files.items()
    }
