"""A process to drive through a terminal: the review screen over made-up services that write down what they were asked.

Usage: fake_sitting.py FOLDER PLAN, where PLAN is a Python expression over tests.review.envelopes, such as
`review([letter(1, "Nine Pines")])`.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from arctl.cli.review import sit
from arctl.core.effects import Effect
from arctl.core.review import is_single
from arctl.core.review_values import Consequences, Finished, Mark, Marks, Outcome, Review, ReviewItem
from arctl.errors import BadInput, Refused
from tests.review import envelopes


@dataclass
class Recorder:
    """Does nothing but write down, a JSON line each; `locked` there makes keeping marks fail."""

    folder: Path
    review: Review

    def _wrote(self, what: str, **said: object) -> None:
        with (self.folder / "asked.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"asked": what, **said}) + "\n")

    def keep(self, marks: Marks) -> None:
        if (self.folder / "locked").exists():
            raise OSError("the ledger is locked")
        self._wrote("keep", marks={seq: asdict(mark) for seq, mark in marks.items()})

    def finish(self, marks: Marks, shown: Mapping[int, str]) -> Finished:
        self._wrote("finish", marks={seq: asdict(mark) for seq, mark in marks.items()}, shown=dict(shown))
        if (self.folder / "refused").exists():
            raise Refused("envelope 12 is approved already, by ann on 2026-06-30 08:00:00 (UTC)")
        ticked = tuple(100 + seq for seq, mark in marks.items() if mark.kind == "tick")
        alone = tuple(100 + item.seq for item in self.review.items if is_single(item))
        return Finished(
            12, 7, ticked, fallen=((9, "Old Mill", "INV-9 paid"),), alone=alone, mails=len(ticked), written=len(ticked),
            checks=("actions_staged",),
        )  # fmt: skip

    def whole(self, name: str) -> Finished:
        self._wrote("whole", name=name)
        return Finished(12, 7, (12,))

    def items(self) -> Sequence[ReviewItem]:
        return [replace(item, proposal_id=100 + item.seq) for item in self.review.items]

    def consequences(self, proposal_id: int) -> Consequences:
        if (self.folder / f"unclear-{proposal_id}").exists():
            raise BadInput("contracts/service_hold_trigger.yaml:3:1: no such step", "correct the contract")
        customer = f"C{proposal_id - 100}"
        effects = (
            Effect("fan_out", "flag_customer", "d1_write", customer, "On hold in the ledger", {"set": {"entitystatus": "hold"}}),
            Effect(
                "fan_out", "draft_customer_notice", "email_draft", customer, "Notice to the customer",
                {"to": "ar@customer.example.com", "subject": "Your account is on hold"}, body="Dear customer,\n\nplease pay.\n",
            ),
            Effect("fan_out", "ns_order_block", "ns_push", customer, "Credit hold in the ERP", {"body": {"credit_hold": True}}),
        )  # fmt: skip
        return Consequences(effects, ("2 open orders of 1,200.00 USD",), shown_hash="f" * 64)

    def approve(self, proposal_id: int, name: str, shown: str) -> Outcome:
        self._wrote("approve", id=proposal_id, name=name, shown=shown)
        return Outcome(proposal_id, "applied", "", "propose_customer_program", name)

    def reject(self, proposal_id: int, reason: str) -> Outcome:
        self._wrote("reject", id=proposal_id, reason=reason)
        return Outcome(proposal_id, "rejected", reason, "propose_customer_program", "")


if __name__ == "__main__":
    planned: Review = eval(sys.argv[2], {**vars(envelopes), "Mark": Mark, "replace": replace})
    sys.exit(sit(planned, envelopes.ON, Recorder(Path(sys.argv[1]), planned)))
