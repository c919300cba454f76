"""What each receivables metric means, in words a controller and an auditor can check; no figures."""

from collections.abc import Mapping
from dataclasses import dataclass

SALES = (
    "Credit sales are invoices less credit memos that count as of the day, by their own dates, without finance charges"
    " and write-offs."
)


@dataclass(frozen=True, slots=True)
class Definition:
    """One metric: its name in the answer and on the command line, its title, its formula in words, where it comes from."""

    name: str
    title: str
    formula: str
    source: str


_SURVEY = "Credit Research Foundation, National Summary of Domestic Trade Receivables"

DEFINITIONS: Mapping[str, Definition] = {
    each.name: each
    for each in (
        Definition(
            "dso",
            "DSO, days sales outstanding",
            f"gross outstanding ÷ credit sales of the window × days of the window. {SALES}",
            _SURVEY,
        ),
        Definition(
            "dso_countback",
            "Count-back DSO",
            "from the as-of day back, month by month, credit sales are taken from gross outstanding until nothing is left; the"
            " days of those months, and of the last one the part that was needed. The first month is cut at the as-of day."
            f" {SALES}",
            "The count-back (exhaustion) method of credit management",
        ),
        Definition(
            "best_possible_dso",
            "Best possible DSO",
            f"outstanding that is not yet due ÷ credit sales of the window × days of the window. {SALES}",
            _SURVEY,
        ),
        Definition(
            "average_days_delinquent",
            "Average days delinquent",
            "DSO − best possible DSO, of values not yet rounded: the days of sales that are past due",
            _SURVEY,
        ),
        Definition(
            "cei",
            "CEI, collection effectiveness index",
            "(opening + sales ÷ months − closing) ÷ (opening + sales ÷ months − closing not yet due) × 100. Opening and closing"
            f" are gross outstanding at the ends of the calendar months. {SALES}",
            _SURVEY,
        ),
        Definition(
            "turnover",
            "Receivables turnover",
            "credit sales of the window ÷ mean of opening and closing gross outstanding × 365 ÷ days of the window: how"
            f" many times a year receivables turn over. {SALES}",
            "Ratio analysis of financial statements: net credit sales ÷ average receivables",
        ),
        Definition(
            "bad_debt_to_sales",
            "Bad debt to sales",
            "(write-offs − recoveries of the window) ÷ credit sales of the window × 100. A credit memo of kind write_off is a"
            f" write-off. {SALES}",
            "The write-off rate of the historical allowance method",
        ),
        Definition(
            "roll_rates",
            "Roll rates",
            "over the calendar month to the as-of day, of the cents in each bucket at its beginning the percentage still open"
            " in a later bucket at its end; of the last bucket, the percentage still open",
            "Roll-rate (migration) method, named for loss estimates in FASB ASC 326-20-30-3",
        ),
        Definition(
            "concentration",
            "Concentration",
            "the percentage of gross outstanding owed by the largest 1, 5 and 10 customers; the Herfindahl index is the sum of"
            " the squared percentages of all customers, at most 10,000",
            "Herfindahl-Hirschman index as in the Merger Guidelines of the U.S. Department of Justice and FTC",
        ),
    )
}
"""By name, in the order of the answer."""
