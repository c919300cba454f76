"""The reference for `events verify`: reads the same rows and hashes each, joined as they are; imports nothing of arctl."""

import sqlite3
import sys
from hashlib import sha256

QUERY = """
    SELECT seq, event_type, company_id, entity_type, entity_id, occurred_on, recorded_at, actor, idempotency_key, payload_json,
           prev_hash, hash
      FROM events WHERE tenant_id = 1 ORDER BY seq
    """


def main(path: str) -> None:
    """How many rows there are, and one hash over all of theirs."""
    ledger = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    count, whole = 0, sha256()
    for row in ledger.execute(QUERY):
        whole.update(sha256("|".join(map(str, row)).encode()).digest())
        count += 1
    print(count, whole.hexdigest())


if __name__ == "__main__":
    main(sys.argv[1])
