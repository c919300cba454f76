"""Who writes the letters of a ledger: its own templates before arctl's, with the sender's address to reply to."""

from typing import TYPE_CHECKING

from arctl.store.ledger import Ledger

if TYPE_CHECKING:
    from arctl.render.letters import Writer


def writer_of(ledger: Ledger) -> "Writer":
    """A writer with the templates of the setting letters.folder before the shipped ones."""
    from arctl.render.letters import writer  # jinja2 costs 55 ms: only where something is written
    from arctl.services.outbox import letters_folder
    from arctl.services.settings import get_setting

    return writer(letters_folder(ledger), get_setting(ledger, None, "mail.from"))
