"""The metrics of one company and currency: from what the ledger says to figures, each with the amounts behind it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from arctl.core import metrics
from arctl.core.buckets import FIVE
from arctl.core.metrics import Figure

ROLL_MONTHS = 1
LARGEST = (1, 5, 10)
"""Of how many customers concentration tells the share."""


@dataclass(frozen=True, slots=True)
class Owing:
    """What one customer owes, in cents."""

    cents: int
    customer_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the metrics of one company and currency rest on, in cents.

    `window` is the last so many days, `span` the calendar months of the CEI, `roll` the last one of them; each begins after a
    day whose balance is its opening. None stands where the books begin too late to know. `months` holds credit sales by
    calendar month as (from, to, cents), newest first, as far back as they are known. `rolls` is, by bucket, what was open at
    the beginning and what of it is open in a later bucket now (of the last: is still open).
    """

    company: str
    currency: str
    as_of: date
    window_days: int
    span_months: int
    books_from: date | None
    closing: Sequence[int]
    window_opening: int | None
    window_sales: int | None
    written_off: int | None
    recovered: int | None
    span_opening: int | None
    span_sales: int | None
    months: Sequence[tuple[date, date, int]]
    rolls: Sequence[tuple[int, int]] | None
    customers: Sequence[Owing]
    first_sale: date | None

    @property
    def outstanding(self) -> int:
        """Gross outstanding."""
        return sum(self.closing)

    @property
    def window_after(self) -> date:
        """The day at whose end the window begins."""
        return self.as_of - timedelta(days=self.window_days)

    @property
    def span_after(self) -> date:
        """The day at whose end the calendar months begin."""
        return metrics.months_before(self.as_of, self.span_months)

    @property
    def roll_after(self) -> date:
        """The day at whose end the month of the roll rates begins."""
        return metrics.months_before(self.as_of, ROLL_MONTHS)


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount behind a figure: what it is, in cents, of a day (`first` None) or of days, and what shows it."""

    label: str
    cents: int
    first: date | None
    last: date
    shown_by: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a metric. `part` is empty where the metric has only one; `behind` is what a reader wants beside it, and
    `amounts` everything that went into it."""

    metric: str
    part: str
    title: str
    figure: Figure
    unit: str
    decimals: int
    behind: Sequence[Amount]
    amounts: Sequence[Amount]

    @property
    def text(self) -> str | None:
        """The value as decimal text; None where there is none."""
        return None if self.figure.value is None else metrics.rounded(self.figure.value, self.decimals)


@dataclass(frozen=True, slots=True)
class MetricReport:
    """The metrics of each company and currency asked for; `failing` names what of the whole ledger does not tie out."""

    as_of: date
    groups: Sequence[Facts]
    failing: Sequence[str]


def measures_of(facts: Facts) -> list[Measure]:
    """Every figure, in the order of the definitions."""
    return [
        *_days_measures(facts),
        _effectiveness(facts),
        _turnover(facts),
        _bad_debt(facts),
        *_roll_rates(facts),
        *_concentration(facts),
    ]


def remarks_of(facts: Facts) -> list[str]:
    """What a reader should know before relying on the figures."""
    first = facts.window_after + timedelta(days=1)
    if facts.first_sale is None or facts.window_sales is None or facts.first_sale <= first:
        return []
    return [f"Note: the first sale known is of {facts.first_sale}; the window begins on {first}"]


def _outstanding(facts: Facts) -> Amount:
    return Amount("outstanding", facts.outstanding, None, facts.as_of, f"arctl age --as-of {facts.as_of}")


def _not_yet_due(facts: Facts) -> Amount:
    return Amount("not yet due", facts.closing[0], None, facts.as_of, f"arctl age --as-of {facts.as_of}")


def _opening(cents: int | None, day: date) -> list[Amount]:
    return [] if cents is None else [Amount("opening", cents, None, day, f"arctl age --as-of {day}")]


def _sales(cents: int | None, after: date, last: date, label: str = "sales") -> list[Amount]:
    if cents is None:
        return []
    return [Amount(label, cents, after + timedelta(days=1), last, "customer_invoices less credit_memos")]


def _unknown(facts: Facts) -> Figure:
    return Figure(None, f"the books begin on {facts.books_from}, too late for it")


def _days_measures(facts: Facts) -> list[Measure]:
    sales = _sales(facts.window_sales, facts.window_after, facts.as_of)
    owed, current = _outstanding(facts), _not_yet_due(facts)
    late = Amount("past due", owed.cents - current.cents, None, facts.as_of, owed.shown_by)
    dso, best = (
        _unknown(facts)
        if facts.window_sales is None
        else metrics.days_sales_outstanding(each.cents, facts.window_sales, facts.window_days)
        for each in (owed, current)
    )
    delinquent = metrics.average_days_delinquent(dso, best)
    return [
        _days("dso", "DSO", dso, [owed, *sales]),
        _count_back(facts),
        _days("best_possible_dso", "Best possible DSO", best, [current, *sales]),
        _days(
            "average_days_delinquent", "Average days delinquent", delinquent, [late, *sales], [owed, current, *sales]
        ),
    ]


def _days(
    metric: str, title: str, figure: Figure, behind: Sequence[Amount], amounts: Sequence[Amount] | None = None
) -> Measure:
    return Measure(metric, "", title, figure, "days", 1, behind, behind if amounts is None else amounts)


def _count_back(facts: Facts) -> Measure:
    periods = [(cents, (last - first).days + 1) for first, last, cents in facts.months]
    figure, used = metrics.count_back(facts.outstanding, periods)
    owed = _outstanding(facts)
    taken = facts.months[:used]
    monthly = [each for first, last, cents in taken for each in _sales(cents, first - timedelta(days=1), last)]
    total = sum(each.cents for each in monthly)
    since = _sales(total, taken[-1][0] - timedelta(days=1), facts.as_of, f"sales since {taken[-1][0]}") if taken else []
    return _days("dso_countback", "Count-back DSO", figure, [owed, *since], [owed, *monthly])


def _effectiveness(facts: Facts) -> Measure:
    closing, current = facts.outstanding, facts.closing[0]
    if facts.span_opening is None or facts.span_sales is None:
        figure = _unknown(facts)
    else:
        figure = metrics.collection_effectiveness(
            facts.span_opening, facts.span_sales, facts.span_months, closing, current
        )
    amounts = [
        *_opening(facts.span_opening, facts.span_after),
        *_sales(facts.span_sales, facts.span_after, facts.as_of),
        Amount("closing", closing, None, facts.as_of, f"arctl age --as-of {facts.as_of}"),
        _not_yet_due(facts),
    ]
    return Measure("cei", "", "CEI", figure, "%", 1, amounts, amounts)


def _turnover(facts: Facts) -> Measure:
    if facts.window_opening is None or facts.window_sales is None:
        figure = _unknown(facts)
    else:
        figure = metrics.turnover(facts.window_sales, facts.window_days, facts.window_opening, facts.outstanding)
    amounts = [
        *_sales(facts.window_sales, facts.window_after, facts.as_of),
        *_opening(facts.window_opening, facts.window_after),
        Amount("closing", facts.outstanding, None, facts.as_of, f"arctl age --as-of {facts.as_of}"),
    ]
    return Measure("turnover", "", "Turnover", figure, "times a year", 1, amounts, amounts)


def _bad_debt(facts: Facts) -> Measure:
    sales = _sales(facts.window_sales, facts.window_after, facts.as_of)
    if facts.written_off is None or facts.recovered is None or facts.window_sales is None:
        figure, losses = _unknown(facts), []
    else:
        figure = metrics.bad_debt_to_sales(facts.written_off - facts.recovered, facts.window_sales)
        first = facts.window_after + timedelta(days=1)
        losses = [
            Amount("written off", facts.written_off, first, facts.as_of, "write_offs, credit_memos of kind write_off"),
            Amount("recovered", facts.recovered, first, facts.as_of, "write_offs"),
        ]
    return Measure("bad_debt_to_sales", "", "Bad debt to sales", figure, "%", 2, [*losses, *sales], [*losses, *sales])


def _roll_rates(facts: Facts) -> list[Measure]:
    measures = []
    shown_by = f"arctl diff {facts.roll_after} {facts.as_of}"
    for place, (key, title) in enumerate(zip(FIVE.keys, FIVE.titles, strict=True)):
        last = place + 1 == len(FIVE.keys)
        if facts.rolls is None:
            figure, amounts = _unknown(facts), []
        else:
            opening, rolled = facts.rolls[place]
            figure = metrics.roll_rate(opening, rolled)
            amounts = [
                Amount(f"opening in {title}", opening, None, facts.roll_after, shown_by),
                Amount("still open" if last else "rolled on", rolled, None, facts.as_of, shown_by),
            ]
        named = f"Still in {title}" if last else f"Rolled on from {title}"
        measures.append(Measure("roll_rates", key, named, figure, "%", 1, amounts, amounts))
    return measures


def _concentration(facts: Facts) -> list[Measure]:
    owed = [each.cents for each in facts.customers]
    shown_by = f"arctl age --as-of {facts.as_of} --sort outstanding"
    listed = [
        Amount(f"{each.customer_id} {each.name}", each.cents, None, facts.as_of, shown_by)
        for each in facts.customers[: max(LARGEST)]
    ]
    who = "1 customer" if len(owed) == 1 else f"{len(owed):,} customers"
    everything = [*listed, Amount(f"outstanding of {who}", sum(owed), None, facts.as_of, shown_by)]
    measures = []
    for many in LARGEST:
        title = "Largest customer" if many == 1 else f"Largest {many} customers"
        named = listed[0].label if many == 1 and listed else f"owed by the largest {many}"
        top = Amount(named, sum(owed[:many]), None, facts.as_of, shown_by)
        figure = metrics.share_of_largest(owed, many)
        measures.append(
            Measure("concentration", f"largest_{many}", title, figure, "%", 1, [top, everything[-1]], everything)
        )
    index = metrics.herfindahl(owed)
    return [
        *measures,
        Measure("concentration", "herfindahl", "Herfindahl index", index, "of 10,000", 0, everything[-1:], everything),
    ]
