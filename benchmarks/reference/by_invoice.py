"""The reference for `age --by invoice --format csv`: one hand-written query by plan, sqlite3 and csv only."""

import csv
import sys
from datetime import date

TYPE_CHECKING = False  # importing typing would cost this bare process milliseconds
if TYPE_CHECKING:
    from benchmarks.reference.age import connect, text
else:  # run by its path, so that no package is imported
    from age import connect, text

HEADER = (
    "invoice_id", "installment", "tranid", "customer_id", "customer_name", "invoice_date", "due_date",
    "days_overdue", "bucket", "currency", "amount", "outstanding", "disputed", "company",
)  # fmt: skip


def bucket(days: int) -> str:
    """The name of the bucket for days overdue."""
    if days <= 0:
        return "current"
    return "days_30" if days <= 30 else "days_60" if days <= 60 else "days_90" if days <= 90 else "days_90_plus"


def main(path: str, as_of: str, plan: str) -> None:
    """Writes every open item of a day to stdout, amounts in units."""
    query = "WITH " + text("plans", f"{plan}.sql") + text("by_invoice.sql")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(HEADER)
    out.writerows(
        (
            invoice, number, tranid, customer, name, dated, due, days, bucket(days), "USD",
            f"{cents // 100}.{cents % 100:02d}", f"{left // 100}.{left % 100:02d}", disputed, "default",
        )
        for invoice, number, tranid, customer, name, dated, due, days, cents, left, disputed
        in connect(path).execute(query, {"d": date.fromisoformat(as_of).toordinal()})
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
