"""One order on all three paths, from sales order to invoice, with nothing wrong; tests take a link out or bend it."""

from collections.abc import Mapping

from tests.aging.conftest import Here, Lay, Ran

DAY = "2026-06-30"
Bent = Mapping[str, str | None]
"""Key of a row -> the row instead of it; None takes it out. A key that is not there adds a row."""

CUSTOMERS = {"C1": "C1,Harbor Bakery,ap@example.com,Net 60", "C2": "C2,Quay Deli,ap2@example.com,Net 60"}
INVOICES = {"I1": "I1,C1,2026-06-15,250.00,2026-08-14,PO 4711,SO1"}
INVOICE_LINES = {
    "I1/1": "I1,1,100.00,KIT,10,10.00", "I1/2": "I1,2,100.00,FLOUR,20,5.00", "I1/3": "I1,3,50.00,ICE,5,10.00",
}  # fmt: skip
PAYMENTS: dict[str, str] = {}
DOCUMENTS = {
    # id,type,entity,trandate,tranid,status,foreigntotal,otherrefnum,memo,parent_so_id,createdfrom,expected_date
    "SO1": "SO1,SalesOrd,C1,2026-06-01,N1,Billed,250.00,PO 4711,,,,",
    "WO1": "WO1,WorkOrd,C1,2026-06-02,N2,Closed,,,,SO1,,",
    "AB1": "AB1,Build,C1,2026-06-05,N3,Complete,,,,,WO1,",
    "PO1": "PO1,PurchOrd,V1,2026-06-02,N4,Fully Billed,30.00,,4711,SO1,,2026-06-10",
    "IR1": "IR1,ItemRcpt,V1,2026-06-09,N5,Received,,,,,PO1,",
    "VB1": "VB1,VendBill,V1,2026-06-09,V-77,Open,30.00,,4711,,PO1,",
    "IF1": "IF1,ItemShip,C1,2026-06-12,N6,Shipped,,PO 4711,,,SO1,",
}
LINES = {
    # transaction_id,line,item_code,item_type,quantity,quantity_fulfilled,link_tranid,requested_ship_date,location
    "SO1/1": "SO1,1,KIT,assembly,10,10,N2,2026-06-12,Main",
    "SO1/2": "SO1,2,FLOUR,inventory,20,20,,2026-06-12,Main",
    "SO1/3": "SO1,3,ICE,drop_ship,5,5,N4,2026-06-12,Main",
    "WO1/1": "WO1,1,KIT,assembly,10,10,N1,,Main",
    "AB1/1": "AB1,1,KIT,assembly,10,,N2,,Main",
    "PO1/1": "PO1,1,ICE,drop_ship,5,5,N1,,",
    "IR1/1": "IR1,1,ICE,drop_ship,5,,N4,,",
    "VB1/1": "VB1,1,ICE,drop_ship,5,,N4,,",
    "IF1/1": "IF1,1,KIT,assembly,10,,N1,,Main",
    "IF1/2": "IF1,2,FLOUR,inventory,20,,N1,,Main",
    "IF1/3": "IF1,3,ICE,drop_ship,5,,N1,,Main",
}
STOCK = {"FLOUR": "FLOUR,Main,100"}
HEADS = {
    "customers": ("id,name,email,terms", CUSTOMERS),
    "customer_invoices": ("id,customer_id,invoice_date,amount,due_date,otherrefnum,createdfrom", INVOICES),
    "invoice_lines": ("invoice_id,line,amount,item_code,quantity,rate", INVOICE_LINES),
    "customer_payments": ("id,customer_id,receipt_date,amount,kind,memo", PAYMENTS),
    "transactions": (
        "id,type,entity,trandate,tranid,status,foreigntotal,otherrefnum,memo,parent_so_id,createdfrom,expected_date",
        DOCUMENTS,
    ),
    "transaction_lines": (
        "transaction_id,line,item_code,item_type,quantity,quantity_fulfilled,link_tranid,requested_ship_date,location",
        LINES,
    ),
    "inventory_balance": ("item_code,location,quantityavailable", STOCK),
}


def files(**bent: Bent) -> dict[str, str]:
    """The folder's files, with rows bent by file."""
    told = {}
    for name, (head, rows) in HEADS.items():
        kept = {**rows, **bent.get(name, {})}
        told[name] = "\n".join([head, *(row for row in kept.values() if row is not None)]) + "\n"
    return told


def laid(lay: Lay, **bent: Bent) -> None:
    """Sync the chain with what is bent."""
    lay(**files(**bent))


def found(ran: Ran) -> list[tuple[str, str, str]]:
    """(code, severity, document) of each finding."""
    return [(each["code"], each["severity"], each["document"]) for each in ran.json]


def examined(here: Here, *options: str, day: str = DAY) -> list[tuple[str, str, str]]:
    """What the doctor finds as of a day."""
    return found(here("doctor", *options, "--as-of", day, "--json"))
