"""`arctl trace-po` as an operator runs it: the screen, a reply to the customer, programs, refusals."""

import csv
import io

import pytest

from tests.aging.conftest import Here, Lay
from tests.conftest import ROOT
from tests.trace_po.chain import as_csv, chain, changed

DAY = ("--as-of", "2026-06-30")

SCREEN = """\
PO# 72622, Gull Point Grand Hotel (C1006), as of 2026-06-30

Document                           Date          Quantity  Items                   Amount  Status                PO# found in
---------------------------------  ----------  ----------  ---------------  -------------  --------------------  -----------------
SO-5086 sales order                2026-05-08         310  14 items         18,420.00 USD  Billed                otherrefnum
├─ WO-610 work order               2026-05-11          25  KIT-ANTIPASTO                   Closed                memo
│  └─ AB-711 build                 2026-05-18          25  KIT-ANTIPASTO                   Complete              link: createdfrom
├─ PO-1205 purchase order          2026-05-11          18  2 items                         Fully Billed          memo
│  ├─ IR-3007 receipt              2026-05-19          18  2 items                         Received              link: createdfrom
│  ├─ VB-4007 vendor bill          2026-05-20           6  DS-LOBSTER-25LB                 Open                  memo
│  └─ VB-4008 vendor bill (72622)  2026-05-21          12  DS-TRUFFLE-OIL                  Open                  tranid
├─ PO-1207 purchase order          2026-05-12          20  DS-GELATO-5L                    Fully Billed          memo
│  ├─ IR-3008 receipt              2026-05-20          20  DS-GELATO-5L                    Received              link: createdfrom
│  └─ VB-4009 vendor bill          2026-05-21          20  DS-GELATO-5L                    Open                  initialtranid
├─ IF-6100 fulfillment             2026-05-20         247  10 items                        Shipped               otherrefnum
├─ IF-6102 fulfillment             2026-05-21          25  KIT-ANTIPASTO                   Shipped               otherrefnum
├─ IF-6106 fulfillment             2026-05-22          38  3 items                         Shipped               otherrefnum
└─ INV-24635 invoice               2026-05-23         310  14 items         18,420.00 USD  open, 8 days overdue  otherrefnum

Ordered 2026-05-08 for 18,420.00 USD; shipped in full by 2026-05-22; invoiced 18,420.00 USD; 18,420.00 USD open

PO# 72622 in the text alone, linked to none of its orders

Document             Date          Quantity  Items      Amount  Status    PO# found in
-------------------  ----------  ----------  -------  --------  --------  --------------
VB-4010 vendor bill  2026-05-26           1  FREIGHT            Open      memo

What is missing or does not fit

Gap     Document    What
------  ----------  -------------------------------------------------------------------------
unpaid  INV-24635   18,420.00 USD of invoice INV-24635 unpaid, due 2026-06-22, 8 days overdue

Similar PO#s, not part of this: 172622 (SO-5138), 72622-A (SO-5193), 726221 (SO-5106)
Vendors and what they bill are left out; --costs shows them
"""


def test_the_sample(here: Here) -> None:
    assert here("--quiet", "sync", "--from", str(ROOT / "sample_data")).code == 0
    ran = here("trace-po", "72622", *DAY)
    assert (ran.code, ran.out, ran.err) == (0, SCREEN, "")

    answer = here("trace-po", "PO 72622", *DAY, "--json").json
    assert answer == here("trace-po", "1217 / 72622", *DAY, "--json").json
    assert list(answer["records"][0])[:5] == ["type", "id", "tranid", "matched_on", "via"]
    assert [(each["type"], each["id"], each["matched_on"], each["via"]) for each in answer["records"]] == [
        ("SalesOrd", "SO-5086", "otherrefnum", "text"),
        ("WorkOrd", "WO-610", "memo", "link"),
        ("Build", "AB-711", "createdfrom", "link"),
        ("PurchOrd", "PO-1205", "memo", "link"),
        ("ItemRcpt", "IR-3007", "createdfrom", "link"),
        ("VendBill", "VB-4007", "memo", "link"),
        ("VendBill", "VB-4008", "tranid", "link"),
        ("PurchOrd", "PO-1207", "memo", "link"),
        ("ItemRcpt", "IR-3008", "createdfrom", "link"),
        ("VendBill", "VB-4009", "initialtranid", "link"),
        ("ItemShip", "IF-6100", "otherrefnum", "link"),
        ("ItemShip", "IF-6102", "otherrefnum", "link"),
        ("ItemShip", "IF-6106", "otherrefnum", "link"),
        ("invoice", "INV-24635", "otherrefnum", "link"),
        ("VendBill", "VB-4010", "memo", "text"),
    ]
    assert answer["po"] == "72622"
    assert [gap["code"] for gap in answer["gaps"]] == ["unpaid"]
    assert [each["po"] for each in answer["similar"]] == ["172622", "72622-A", "726221"]
    assert here("trace-po", "72622", "--as-of", "2026-07-08", "--json").json["records"][13]["days_overdue"] == 16

    # one order a PO#, whatever it looks like
    assert [order["id"] for order in here("trace-po", "172622", *DAY, "--json").json["orders"]] == ["SO-5138"]
    assert [order["id"] for order in here("trace-po", "72622-A", *DAY, "--json").json["orders"]] == ["SO-5193"]
    assert len(here("trace-po", "PPK-STANDING-26", *DAY, "--json").json["orders"]) == 3


def test_on_an_earlier_day_what_came_later_is_left_out(here: Here, lay: Lay) -> None:
    lay(**as_csv(chain()))
    answer = here("trace-po", "72622", "--as-of", "2026-05-11", "--json").json
    assert [each["id"] for each in answer["records"]] == ["SO-1", "WO-1", "AB-1", "PO-1", "IR-1", "VB-1", "IF-1"]
    assert answer["later"] == 2
    ran = here("trace-po", "72622", "--as-of", "2026-05-11")
    assert "\n2 later records left out; a status is the ERP's of now\n" in ran.out
    assert here("trace-po", "72622", "--as-of", "2026-05-03").code == 2


def test_costs_are_shown_only_where_asked_for(here: Here, lay: Lay) -> None:
    lay(**as_csv(chain()))
    plain, costs, reply = (
        here("trace-po", "72622", *DAY, *more).out for more in ((), ("--costs",), ("--format", "md"))
    )
    for text in (plain, reply):
        assert "150.00" not in text
        assert "V1" not in text
    assert "TT-4471" not in reply
    assert "150.00 USD" in costs
    assert "V1" in costs


def test_a_reply_to_the_customer(here: Here, lay: Lay) -> None:
    lay(**as_csv(changed(chain(), "IF-2", "2", quantity="12")))
    ran = here("trace-po", "72622", *DAY, "--format", "md")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("## PO# 72622, Gull Point Hotel (C1), as of 2026-06-30\n\n| Document ")
    assert "\n- Ordered 2026-05-04 for 580.00 USD; last shipped 2026-05-12; invoiced 580.00 USD; paid\n" in ran.out
    assert "| ↳ INV-1 invoice" in ran.out
    assert "| ↳ ↳ PMT-1 payment" in ran.out
    assert "20 ICE ordered, 12 shipped" in ran.out
    assert "invoice_differs" not in ran.out
    assert "not part of this" not in ran.out


def test_a_reply_is_to_one_customer(here: Here, lay: Lay) -> None:
    files = chain()
    files["transactions"].append(files["transactions"][0] | {"id": "SO-2", "tranid": "SO2", "entity": "C2"})
    lay(**as_csv(files))
    ran = here("trace-po", "72622", *DAY, "--format", "md")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: 2 customers use PO# 72622: C1, C2\nhint: name the one you write to with --customer\n"
    assert (
        "2 customers use this PO#: name one with --customer before you send this" in here("trace-po", "72622", *DAY).out
    )
    ours = here("trace-po", "72622", *DAY, "--customer", "C1", "--format", "md").out
    assert "Gull Point" in ours
    assert "Paper Boat" not in ours
    assert here("trace-po", "72622", *DAY, "--customer", "C9").code == 2


def test_csv_is_a_line_a_record(here: Here, lay: Lay) -> None:
    lay(**as_csv(chain()))
    rows = list(csv.DictReader(io.StringIO(here("trace-po", "72622", *DAY, "--format", "csv").out)))
    assert [row["id"] for row in rows][-2:] == ["INV-1", "PMT-1"]
    assert rows[-2] | {"amount": "580.00", "outstanding": "0.00", "parent": "SO-1", "quantity": "54"} == rows[-2]


def test_a_flowchart(here: Here, lay: Lay) -> None:
    lay(**as_csv(changed(chain(), "SO-1", status='"<b>Billed|"')))
    out = here("trace-po", "72622", *DAY, "--mermaid").out
    assert out.startswith('---\ntitle: "PO# 72622 as of 2026-06-30"\n---\nflowchart TD\n')
    assert '  n1["SO-1 sales order<br>2026-05-04<br>580.00 USD<br>#quot;#lt;b#gt;Billed#124;#quot;"]\n' in out
    assert "  n1 -->|parent_so_id| n2\n" in out
    assert "  n9 -->|application| n10\n" in out


@pytest.mark.parametrize("shape", ["table", "csv", "md"])
def test_an_unknown_po_offers_similar_ones(here: Here, lay: Lay, shape: str) -> None:
    lay(**as_csv(chain()))
    ran = here("trace-po", "72623", *DAY, "--format", shape)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: no record carries PO# 72623 by 2026-06-30\nhint: similar ones: 72622\n"


def test_programs_get_the_similar_ones_too(here: Here, lay: Lay) -> None:
    lay(**as_csv(chain()))
    ran = here("trace-po", "172622", *DAY, "--json")
    assert ran.code == 2
    assert (ran.json["records"], [each["po"] for each in ran.json["similar"]]) == ([], ["72622"])


def test_names_of_outside_do_no_harm(here: Here, lay: Lay) -> None:
    files = changed(chain(), "SO-1", status="[bold]\x1b[2JBilled")
    files["customers"][0]["name"] = "[acme] Holdings"
    lay(**as_csv(files))
    out = here("trace-po", "72622", *DAY).out
    assert "[acme] Holdings" in out
    assert "\x1b" not in out
