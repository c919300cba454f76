"""What cog puts into docs/doctor.md: the runbook page of every check, as `arctl doctor --explain CODE` shows it."""

from arctl.core.doctor import PAGES
from arctl.render.doctor import markdown


def overview() -> str:
    """Every code with its title and how grave it is."""
    rows = [f"| [`{code}`](#{code}) | {page.title} | {page.severity} |" for code, page in PAGES.items()]
    return "\n".join(["| check | what it finds | severity |", "|---|---|---|", *rows])


def pages() -> str:
    """Every page, one after the other."""
    return "\n".join(markdown(code, page) for code, page in PAGES.items())
