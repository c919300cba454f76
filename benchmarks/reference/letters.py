"""The same templates in a bare Jinja loop: python -m benchmarks.reference.letters LEDGER prints the seconds of the loop alone."""

import sys
import time
from contextlib import closing
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template

from arctl.core.dunning_decision import decide, letter_lines
from arctl.core.letter import LetterRequest
from arctl.core.money import format_amount
from arctl.render import letters
from arctl.render.letter_layout import columns, isolated, short_date, written_date
from arctl.store import dunning
from arctl.store.ledger import open_ledger


def environment(html: bool) -> Environment:
    """A plain environment, without a sandbox, that knows what arctl's templates use."""
    made = Environment(
        loader=FileSystemLoader(letters.shipped_folder()), autoescape=html, finalize=None if html else isolated,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, auto_reload=False,
    )  # fmt: skip
    made.filters |= {"money": format_amount, "day": written_date, "short_day": short_date}
    made.globals["columns"] = columns
    return made


def main() -> None:
    """Gather what the letters say, then render text and HTML of each by a plain environment, and nothing else."""
    writer = letters.writer(None, "ar@example.com")
    text, html = environment(html=False), environment(html=True)
    given: list[tuple[Template, Template, dict[str, object]]] = []
    with closing(open_ledger(Path(sys.argv[1]), "default")) as ledger:
        company, day, staged = ledger.connection.execute(
            "SELECT company_id, as_of, (SELECT count(*) FROM workflow_effects WHERE action_type = 'collection_action')"
            " FROM workflow_run_log ORDER BY run_id DESC LIMIT 1"
        ).fetchone()
        for account in dunning.accounts(ledger.connection, ledger.tenant_id, company, date.fromisoformat(day)):
            verdict = decide(account, date.fromisoformat(day))
            request = LetterRequest(
                str(verdict.tier), "en", day, "default", account.customer_id, account.customer_name, account.currency,
                letter_lines(verdict), verdict.total_cents, verdict.unapplied_cents, verdict.asked_cents,
            )  # fmt: skip
            name = f"en/{request.tier}"
            facts = writer._facts_of(request)  # noqa: SLF001 - the very same facts
            given.append((text.get_template(f"{name}.txt.j2"), html.get_template(f"{name}.html.j2"), facts))
    if staged != len(given):
        raise SystemExit(f"{staged} letters were staged, {len(given)} would be rendered")
    started = time.perf_counter()
    for written, laid_out, facts in given:
        written.render(facts)
        laid_out.render(facts)
    print(f"{time.perf_counter() - started:.3f}")


if __name__ == "__main__":
    main()
