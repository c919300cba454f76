"""Where the files that ship beside the code are: in the checkout, or inside the installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _home() -> Path:
    """The folder that holds schema.sql, contracts/ and sample_data/.

    A wheel carries them in arctl/_shipped/; a checkout, also when installed editable, has them beside the package. The
    shipped copy is looked at first: it is there only where no checkout is.
    """
    shipped = _PACKAGE / "_shipped"
    return shipped if shipped.is_dir() else _PACKAGE.parent


def schema_sql() -> str:
    """The text of schema.sql, the one definition of the ledger. Raises FileNotFoundError in a broken install."""
    return (_home() / "schema.sql").read_text(encoding="utf-8")


def sample_data_dir() -> Path:
    """The folder of the fictional company that `arctl demo` loads."""
    return _home() / "sample_data"


def contracts_dir() -> Path:
    """The folder of the workflow contracts that ship with arctl (YAML)."""
    return _home() / "contracts"
