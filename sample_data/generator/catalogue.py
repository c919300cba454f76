"""Who trades and what is sold: customers, items, representatives and rates. Constants only, no chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

START = date(2025, 7, 1)
END = date(2026, 6, 30)


@dataclass(frozen=True, slots=True)
class Item:
    """An item sold by the case; `rate` is its list price and `cost` what a vendor asks, in cents."""

    code: str
    item_type: str
    rate: int
    vendor: str = ""
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer and how it trades: invoices a year, typical invoice in cents, paying habit, PO# style."""

    id: str
    name: str
    terms: str
    limit: int | None
    rep: str
    invoices: int
    typical: int
    habit: str
    po_style: str
    currency: str = "USD"
    parent: str = ""
    email: str | None = None
    inactive: bool = False
    stops: date = END

    @property
    def location(self) -> str:
        """The warehouse that serves the customer."""
        return "Newark DC" if self.rep in ("North", "Key Accounts") else "Baltimore DC"


LOCATIONS = ("Baltimore DC", "Newark DC")

_INVENTORY = (
    ("OIL-EVOO-5L", 5850), ("FLR-00-25KG", 2725), ("TOM-SM-6X10", 4175), ("RICE-ARB-10KG", 3840),
    ("PAS-PEN-20LB", 2250), ("CHZ-PARM-WHL", 31200), ("BUT-UNS-36LB", 11800), ("SUG-GRAN-50LB", 3450),
    ("COF-DRK-5LB", 4620), ("SPC-PEP-5LB", 6480), ("OIL-FRY-35LB", 3990), ("FLR-BRD-50LB", 2480),
    ("EGG-LRG-15DZ", 4110), ("MLK-WHL-4GAL", 1895), ("CHK-BRST-40LB", 9640), ("BEEF-GRND-20LB", 8380),
    ("POT-FRY-30LB", 3275), ("BEAN-BLK-6X10", 3320), ("TUNA-CHK-6X66", 8790), ("JUI-ORG-12X1", 3560),
    ("NAP-DIN-3000", 4240), ("CUP-HOT-1000", 5175), ("SOUP-CHWD-4X8", 5460), ("LET-ROM-24CT", 2890),
    ("APL-GALA-88CT", 3935), ("VAN-EXT-1GAL", 24500),
)  # fmt: skip
_ASSEMBLY = (("KIT-ANTIPASTO", 9200), ("KIT-BRUNCH", 7450), ("KIT-PIZZA", 5600), ("KIT-LUNCHBOX", 3150))
_DROP_SHIP = (
    ("DS-LOBSTER-25LB", 38500, "V2001", 31000), ("DS-TRUFFLE-OIL", 6900, "V2001", 5150),
    ("DS-GELATO-5L", 4200, "V2002", 3300), ("DS-OYSTER-100CT", 12800, "V2003", 9900),
    ("DS-SALMON-10LB", 16400, "V2003", 12950), ("DS-SORBET-5L", 3900, "V2002", 3050),
)  # fmt: skip

INVENTORY_ITEMS = tuple(Item(code, "inventory", rate) for code, rate in _INVENTORY)
ASSEMBLY_ITEMS = tuple(Item(code, "assembly", rate) for code, rate in _ASSEMBLY)
DROP_SHIP_ITEMS = tuple(Item(code, "drop_ship", rate, vendor, cost) for code, rate, vendor, cost in _DROP_SHIP)
# Sold on one order only: its stock is what that order waits for.
SCARCE_ITEM = Item("SPC-SAFF-1OZ", "inventory", 14900)
# Services and adjustments: never stocked, never ordered.
OTHER_ITEMS = (Item("FIN-CHARGE", "other", 0), Item("SAMPLE-BOX", "other", 0), Item("FREIGHT", "other", 0))
ITEMS = {item.code: item for item in (*INVENTORY_ITEMS, *ASSEMBLY_ITEMS, *DROP_SHIP_ITEMS, SCARCE_ITEM, *OTHER_ITEMS)}

# The vendors' own numbering of their bills; a carrier last.
BILL_PREFIX = {"V2001": "TT", "V2002": "GEL", "V2003": "SHELL", "V2009": "CARR"}

# US dollars for one Canadian dollar, in ten-thousandths, by month.
CAD_RATES = {
    "2025-07": 7312, "2025-08": 7258, "2025-09": 7224, "2025-10": 7163, "2025-11": 7119, "2025-12": 7245,
    "2026-01": 7271, "2026-02": 7306, "2026-03": 7288, "2026-04": 7231, "2026-05": 7276, "2026-06": 7334,
}  # fmt: skip

_N, _S, _C, _K = "North", "South", "Central", "Key Accounts"

CUSTOMERS = (
    Customer("C1001", "Lantern & Ladle Bistro", "Net 30", 2500000, _N, 22, 210000, "normal", "numeric"),
    Customer("C1002", 'The "Salty Pier" Chowder House', "Net 15", 1200000, _S, 20, 140000, "prompt", "numeric"),
    Customer("C1003", "[Corner] Deli", "Net 15", None, _N, 24, 70000, "normal", "none"),
    Customer("C1004", "Crumb, Crust & Crumble Bakery", "Net 30", 2000000, _C, 20, 190000, "prompt", "dashed"),
    Customer("C1005", "Café Crème Fictive", "Net 30", None, _N, 16, 110000, "slow", "none"),
    Customer("C1006", "Gull Point Grand Hotel", "Net 30", 9000000, _K, 22, 780000, "normal", "numeric"),
    Customer("C1007", "Moonlit Marsh Supper Club", "Net 30", 3000000, _S, 20, 420000, "chronic", "numeric"),
    Customer("C1008", "Paper Boat Grocers", "Net 45", 6000000, _K, 26, 560000, "prompt", "numeric"),
    Customer("C1009", "Paperboat Grocery", "Net 30", 800000, _S, 12, 90000, "normal", "numeric"),
    Customer("C1010", "Seven Spoons Catering", "2% 10 Net 30", 3000000, _C, 22, 320000, "discount", "dashed"),
    Customer("C1011", "Copper Whisk Catering", "2% 10 Net 30", None, _C, 16, 240000, "discount", "numeric"),
    Customer("C1012", "Nonesuch Naval Mess", "Net 45", 5000000, _K, 18, 520000, "normal", "zeros"),
    Customer("C1013", "Thistle & Thyme Market", "Net 30", 1500000, _S, 18, 190000, "chronic", "numeric"),
    Customer("C1014", "Half Moon Pizza Works", "Due on receipt", None, _S, 26, 80000, "prompt", "none"),
    Customer("C1015", "Little Comet Diner", "Due on receipt", 300000, _N, 20, 60000, "slow", "none"),
    Customer("C1016", "Driftwood Oyster Bar", "Net 15", 700000, _S, 14, 150000, "chronic", "numeric"),
    Customer("C1017", "Winterberry Co-op Grocers", "EOM", 2500000, _C, 20, 290000, "prompt", "numeric"),
    Customer("C1018", "Old Turnpike Truck Stop", "EOM", None, _C, 14, 130000, "slow", "none"),
    Customer("C1019", "Quill & Quince Tea Rooms", "Net 30", 300000, _N, 10, 60000, "chronic", "none"),
    Customer("C1020", "Ferry Landing Fish Fry", "Net 15", None, _S, 14, 100000, "normal", "numeric"),
    Customer("C1021", "Nowhere General Hospital Kitchen", "Net 45", 7500000, _K, 20, 610000, "slow", "zeros"),
    Customer("C1022", "Imaginary University Dining", "Net 30", 8000000, _K, 20, 740000, "prompt", "numeric"),
    Customer("C1023", "Pinwheel Preschool Kitchens", "Net 30", None, _N, 12, 90000, "prompt", "blanket"),
    Customer("C1024", "Tall Ship Taproom", "Net 30", 900000, _N, 14, 150000, "chronic", "none"),
    Customer("C1025", "Foxglove Food Hall", "Net 30", 2000000, _C, 16, 300000, "chronic", "dashed"),
    Customer("C1026", "Sugar Maple Pancake House", "Net 30", None, _N, 14, 120000, "normal", "numeric"),
    Customer("C1027", "Blue Door Soup Kitchen", "", None, _S, 8, 40000, "prompt", "none"),
    Customer("C1028", "Velvet Onion Steakhouse", "Net 30", 4000000, _C, 18, 430000, "normal", "numeric"),
    Customer("C1029", "Harbour Mist Inn", "Net 30", 2000000, _N, 14, 260000, "normal", "numeric", "CAD"),
    Customer("C1030", "Tidewater Imaginary School District", "Net 30", 3000000, _S, 6, 250000, "normal", "numeric"),
    Customer("C1031", "Tidewater Schools - Elm Kitchen", "Net 30", None, _S, 14, 170000, "normal", "numeric",
             parent="C1030"),
    Customer("C1032", "Tidewater Schools - Oak Kitchen", "Net 30", None, _S, 14, 150000, "normal", "numeric",
             parent="C1030"),
    Customer("C1033", "Érable d'Or Traiteur", "Net 30", None, _N, 12, 180000, "prompt", "dashed", "CAD"),
    Customer("C1034", "Loon Lake Lodge", "Net 30", 1000000, _N, 12, 190000, "chronic", "none", "CAD"),
    Customer("C1035", "Maple & Moose Provisions", "Net 45", 2500000, _N, 12, 310000, "normal", "numeric", "CAD"),
    Customer("C1036", "Silver Ladle Supper Train", "Net 30", 1200000, _C, 14, 190000, "chronic", "numeric"),
    Customer("C1037", "Dockside Doughnuts", "Net 15", None, _N, 12, 45000, "slow", "none", email=""),
    Customer("C1038", "Candlewick Tavern", "Net 30", 500000, _S, 7, 110000, "normal", "none", inactive=True,
             stops=date(2025, 12, 5)),
    Customer("C1039", "Brand New Bagels", "Net 30", 500000, _C, 0, 0, "normal", "none"),
    Customer("C1040", "Sprout [/] Salad Bar", "Net 15", None, _C, 14, 75000, "prompt", "numeric"),
    Customer("C1041", "Wishing Well Wholesale Club", "EOM", 4000000, _K, 14, 480000, "normal", "numeric"),
)  # fmt: skip

BY_ID = {customer.id: customer for customer in CUSTOMERS}
