"""Who acts, and when: what every decision is recorded with. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Acting:
    """The name given and the system account it runs under; when, UTC as `YYYY-MM-DD HH:MM:SS`; and on which date (ISO), by the
    company's own clock."""

    actor: str
    os_user: str
    at: str
    on: str
