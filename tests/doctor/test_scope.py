"""Whose faults are told: those of the tenant and company asked about, on one state of the ledger."""

import pytest

from tests.aging.conftest import Here, Lay
from tests.doctor.chain import DAY, found

FILES = {
    "customers": "id,name,company\nC1,Harbor Bakery,default\nC2,North Deli,north\n",
    "customer_invoices": (
        "id,customer_id,invoice_date,amount,due_date,company\n"
        "I1,C1,2026-01-01,90.00,2026-02-01,default\nI2,C2,2026-01-01,80.00,2026-02-01,north\n"
    ),
    "customer_payments": (
        "id,customer_id,receipt_date,amount,company\nP1,C1,2026-06-01,5.00,default\nP2,C2,2026-06-01,6.00,north\n"
    ),
    "transactions": (
        "id,type,entity,trandate,status,createdfrom,expected_date,company\n"
        "IF1,ItemShip,C1,2026-06-02,Shipped,,,default\nIF2,ItemShip,C2,2026-06-02,Shipped,,,north\n"
        "PO1,PurchOrd,V1,2026-05-02,Pending Receipt,,2026-06-01,default\n"
        "PO2,PurchOrd,V1,2026-05-02,Pending Receipt,,2026-06-01,north\n"
        "VB1,VendBill,V1,2026-06-02,Open,PO1,,default\nVB2,VendBill,V1,2026-06-02,Open,PO2,,north\n"
        "SO1,SalesOrd,C1,2026-06-02,Pending Fulfillment,,,default\nSO2,SalesOrd,C2,2026-06-02,Pending Fulfillment,,,north\n"
    ),
    "transaction_lines": (
        "transaction_id,line,item_code,item_type,quantity,quantity_fulfilled\nPO1,1,ICE,drop_ship,5,0\nPO2,1,ICE,drop_ship,5,0\n"
        "SO1,1,FLOUR,inventory,5,0\nSO2,1,FLOUR,inventory,5,0\n"
    ),
    "inventory_balance": "item_code,location,quantityavailable\nFLOUR,Main,1\n",
}
KINDS = {
    "fulfillment_not_alerted": "IF", "overdue_not_dunned": "I", "po_not_received": "PO", "bill_before_receipt": "VB",
    "payment_unmatched": "P", "stock_short": "SO",
}  # fmt: skip


@pytest.mark.parametrize(("company", "number"), [("default", 1), ("north", 2)])
def test_only_the_company_asked_about(company: str, number: int, here: Here, lay: Lay) -> None:
    assert here("init").code == 0
    assert here("init", "--company", "north").code == 0
    lay(**FILES)

    told = found(here("--company", company, "doctor", "--as-of", DAY, "--json"))
    everything = found(here("doctor", "--as-of", DAY, "--json"))

    assert {(code, document) for code, _, document in told} == {
        (code, f"{kind}{number}") for code, kind in KINDS.items()
    }
    assert {(code, document) for code, _, document in everything} == {
        (code, f"{kind}{each}") for code, kind in KINDS.items() for each in (1, 2)
    }


def test_another_tenants_faults_and_words_are_its_own(here: Here, lay: Lay) -> None:
    lay(**{name: text.replace(",north", ",default") for name, text in FILES.items()})
    assert here("--tenant", "other", "init").code == 0

    quiet = here("--tenant", "other", "doctor", "--as-of", DAY)
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    here("doctor", "ack", "stock_short", "SO1", "--until", DAY, "--reason", "x", "--as-of", DAY)
    assert here("--tenant", "other", "doctor", "acks", "--json").json == []
