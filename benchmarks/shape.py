"""The size of a generated folder, and whether its counts can go together; writes nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a folder; `history` multiplies what is settled and leaves what is open as it is."""

    customers: int = 10_000
    invoices: int = 1_000_000
    payments: int = 800_000
    applications: int = 1_200_000
    open_items: int = 100_000
    years: int = 4
    seed: int = 1
    today: str = "2026-06-30"
    days_to_pay: int = 120
    history: int = 1
    application_ids: bool = False

    @property
    def part_paid(self) -> int:
        """Open invoices with one receipt against them: every tenth."""
        return -(-self.open_items // 10)

    @property
    def overpaid(self) -> int:
        """Receipts larger than what they were applied to: 1 % of all; each settles one invoice."""
        return self.payments // 100

    @property
    def bounced(self) -> int:
        """Receipts voided some days later and paid again."""
        return self.payments // 2000


@dataclass(frozen=True, slots=True)
class Settled:
    """How many settled invoices, receipts and applications the history holds, in `groups` chains."""

    invoices: int
    payments: int
    applications: int
    groups: int
    bounced: int


def settled_history(shape: Shape) -> Settled:
    """What is left for the settled history; ValueError where the four counts cannot go together.

    In a chain of invoices paid by a chain of receipts, applications = invoices + receipts - 1, so the
    counts fix the number of chains.
    """
    standing = shape.part_paid + shape.overpaid + shape.bounced
    invoices = shape.invoices - shape.open_items - shape.overpaid
    payments = shape.payments - standing
    applications = shape.applications - standing
    groups = invoices + payments - applications
    if min(invoices, payments) < 1 or not 1 <= groups <= min(invoices, payments):
        raise ValueError(
            f"{shape.invoices} invoices ({shape.open_items} open), {shape.payments} payments and "
            f"{shape.applications} applications do not go together: give about 0.8 payments and "
            "1.2 applications for each invoice"
        )
    times = shape.history
    return Settled(invoices * times, payments * times, applications * times, groups * times, shape.bounced * times)
