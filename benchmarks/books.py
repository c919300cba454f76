"""Writes documents as rows of the receivables CSV files; knows columns and ids, decides nothing."""

from io import TextIOWrapper
from pathlib import Path
from types import TracebackType

FLUSH_AT = 20_000
# Standing documents number from here, so that they are the same rows whatever the history before them.
STANDING = 90_000_001


def units(cents: int) -> str:
    """1234 -> "12.34"; amounts here are never negative."""
    return f"{cents // 100}.{cents % 100:02d}"


class Rows:
    """One CSV file, written in large pieces."""

    def __init__(self, path: Path, header: str) -> None:
        """Opens the file anew and writes its header."""
        self._out: TextIOWrapper = path.open("w", encoding="utf-8", newline="")
        self._waiting = [f"{header}\n"]

    def add(self, line: str) -> None:
        """One row, with its line end."""
        self._waiting.append(line)
        if len(self._waiting) >= FLUSH_AT:
            self._flush()

    def _flush(self) -> None:
        self._out.write("".join(self._waiting))
        self._waiting.clear()

    def close(self) -> None:
        """Writes what waits and closes."""
        self._flush()
        self._out.close()


class Books:
    """Invoices, receipts and applications of one folder; days are indexes into `iso`, amounts cents."""

    def __init__(self, folder: Path, iso: list[str], application_ids: bool) -> None:
        """Starts the three files of documents in `folder`."""
        self._iso = iso
        self._invoices = Rows(
            folder / "customer_invoices.csv",
            "id,customer_id,tranid,invoice_date,due_date,amount,currency,status,otherrefnum,disputed",
        )
        self._payments = Rows(
            folder / "customer_payments.csv",
            "id,customer_id,tranid,receipt_date,amount,currency,otherrefnum,status,voided_on",
        )
        header = "source_type,source_id,invoice_id,applied_on,amount,discount"
        self._applications = Rows(folder / "payment_applications.csv", f"id,{header}" if application_ids else header)
        self._application_ids = application_ids
        self._next_invoice = {False: 1, True: STANDING}
        self._next_receipt = {False: 1, True: STANDING}
        self._next_application = 1

    def invoice(
        self, customer: int, day: int, due: int, cents: int, *,
        standing: bool = False, disputed: bool = False, draft: bool = False,
    ) -> str:  # fmt: skip
        """Writes one invoice and returns its id."""
        number = self._next_invoice[standing]
        self._next_invoice[standing] = number + 1
        iso = self._iso
        self._invoices.add(
            f"I{number:08d},C{customer:06d},INV-{number:08d},{iso[day]},{iso[due]},{units(cents)},USD,"
            f"{'draft' if draft else 'posted'},PO{number % 1000003},{'T' if disputed else 'F'}\n"
        )
        return f"I{number:08d}"

    def receipt(self, customer: int, day: int, cents: int, *, standing: bool = False, voided: int | None = None) -> str:
        """Writes one receipt and returns its id."""
        number = self._next_receipt[standing]
        self._next_receipt[standing] = number + 1
        end = "posted," if voided is None else f"voided,{self._iso[voided]}"
        self._payments.add(
            f"P{number:08d},C{customer:06d},PMT-{number:08d},{self._iso[day]},{units(cents)},USD,"
            f"{100000 + number % 899981},{end}\n"
        )
        return f"P{number:08d}"

    def apply(self, receipt: str, invoice: str, cents: int, day: int | None, discount: int = 0) -> None:
        """Writes one application; `day` None leaves applied_on empty."""
        applied = "" if day is None else self._iso[day]
        first = ""
        if self._application_ids:
            first = f"A{self._next_application:09d},"
            self._next_application += 1
        self._applications.add(
            f"{first}payment,{receipt},{invoice},{applied},{units(cents)},{units(discount) if discount else ''}\n"
        )

    def __enter__(self) -> "Books":
        """Itself; leaving closes the files."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the files, whatever happened."""
        for rows in (self._invoices, self._payments, self._applications):
            rows.close()
