"""A ledger with a customer who bought before, in this process."""

from pathlib import Path

import pytest

from tests.aging.conftest import Here, Lay, here, lay

__all__ = ["here", "lay"]


@pytest.fixture
def shop(here: Here, lay: Lay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    """Acme Bistro (C1) bought OIL-1 at 41.08 by SO-1 under PO# 70001; the command runs in an empty folder."""
    lay(
        customers="""
            id,name,terms,credit_limit
            C1,Acme Bistro,Net 30,1000.00
            C2,Café Crème,Net 30,
            """,
        transactions="""
            id,type,entity,trandate,otherrefnum,status
            SO-1,SalesOrd,C1,2026-05-01,PO 70001,Closed
            """,
        transaction_lines="""
            transaction_id,line,item_code,quantity,rate
            SO-1,1,OIL-1,4,41.08
            """,
    )
    place = tmp_path / "desk"
    place.mkdir()
    monkeypatch.chdir(place)
    return here
