"""Generated ledgers: valid ones land whole whatever the way there, damaged ones never crash or lose a row."""

import csv
import io
from pathlib import Path
from random import Random
from shutil import copyfile
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arctl.core.documents import Receivables
from arctl.errors import BadInput
from tests.ledgers import ledgers, write_folder
from tests.sync.desk import Desk, content_of

_FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

DAMAGE = (
    "",
    "x",
    "-1",
    "0",
    "C9",
    "2026-02-30",
    "1e9",
    "voided",
    "T",
    "EUR",
    "JPY",
    "a\nb",
    "\ufeff",
    "9" * 40,
    '"',
    "001",
)
ROUGH = (b"\xff", b"\0", b'"', b"\n", b"\r", b",", b";", b"\xef\xbb\xbf")


def fresh(place: str, empty_ledger: Path, name: str = "arctl") -> Desk:
    copyfile(empty_ledger, Path(place) / f"{name}.db")
    return Desk(Path(place) / "export", Path(place) / f"{name}.db")


@_FEW
@given(receivables=ledgers(), seed=st.integers(0, 10**6))
def test_a_valid_ledger_lands_whole_in_any_order(empty_ledger: Path, receivables: Receivables, seed: int) -> None:
    with TemporaryDirectory() as place:
        desk = fresh(place, empty_ledger)
        write_folder(receivables, desk.folder)
        report = desk.sync(full=True)
        assert report.rejects == []
        first = desk.content()

        write_folder(receivables, desk.folder, Random(seed))
        again = desk.sync(full=True)
        assert all(counts.unchanged == counts.read for counts in again.tables)
        assert (desk.content(), desk.history()) == (first, 0)

        other = fresh(place, empty_ledger, "other")
        assert other.sync().rejects == []
        # companies are numbered in the order they come; everything else is the same
        assert {k: v for k, v in other.content().items() if " " not in k} == {
            k: v for k, v in first.items() if " " not in k
        }
        desk.ledger.close()
        other.ledger.close()


@_FEW
@given(earlier=ledgers(), later=ledgers())
def test_what_is_derived_step_by_step_is_what_is_derived_at_once(
    empty_ledger: Path, earlier: Receivables, later: Receivables
) -> None:
    with TemporaryDirectory() as place:
        desk = fresh(place, empty_ledger)
        write_folder(earlier, desk.folder)
        desk.sync(full=True)
        write_folder(later, desk.folder)
        report = desk.sync(full=True, accept="another ledger altogether")
        stepwise = desk.content()
        from arctl.store import derive, staging

        staging.prepare(desk.ledger.connection)
        if not report.rejects:
            other = fresh(place, empty_ledger, "other")
            other.sync(full=True)
            names = [name for name in stepwise if " " not in name]
            assert {name: stepwise[name] for name in names} == {name: other.content()[name] for name in names}
            other.ledger.close()
        for table in ("ar_items", "ar_credits", "ar_day_totals", "ar_accounts"):
            desk.ledger.connection.execute(f"DELETE FROM {table}")
        derive.derive(desk.ledger.connection, desk.ledger.tenant_id, everything=True)
        assert desk.content() == stepwise
        desk.ledger.close()


def damaged(text: str, random: Random) -> bytes:
    rows = list(csv.reader(io.StringIO(text)))
    for _ in range(random.randint(0, 3)):
        if len(rows) > 1:
            row = rows[random.randrange(1, len(rows))]
            act = random.randrange(8)
            if act < 5 and row:
                row[random.randrange(len(row))] = random.choice(DAMAGE)
            elif act == 5:
                rows.append(list(row))
            elif act == 6:
                row.append("surplus")
            else:
                rows.remove(row)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    content = out.getvalue().encode()
    if random.randrange(4) == 0:
        at = random.randrange(content.index(b"\n"), len(content))
        content = content[:at] + random.choice(ROUGH) + content[at + random.randrange(2) :]
    return content


@pytest.mark.slow
@settings(_FEW, max_examples=20)
@given(receivables=ledgers(), seed=st.integers(0, 10**6), full=st.booleans())
def test_a_damaged_ledger_never_crashes_and_every_row_is_accounted_for(
    empty_ledger: Path, receivables: Receivables, seed: int, full: bool
) -> None:
    random = Random(seed)
    with TemporaryDirectory() as place:
        desk = fresh(place, empty_ledger)
        for _ in range(3):
            write_folder(receivables, desk.folder)
            for path in desk.folder.iterdir():
                path.write_bytes(damaged(path.read_text(encoding="utf-8"), random))
            before = desk.dump()
            try:
                desk.sync(full=full, accept="damage" if full else None)  # the desk adds the rows up
            except BadInput:
                assert desk.dump() == before
        write_folder(receivables, desk.folder)
        assert desk.sync(full=True, accept="whole again").rejects == []
        mended = desk.content()
        desk.ledger.close()
        content_of(desk.db)

        other = fresh(place, empty_ledger, "other")
        other.sync(full=True)
        names = [name for name in mended if " " not in name]
        assert {name: mended[name] for name in names} == {name: other.content()[name] for name in names}
        other.ledger.close()
