"""Command that rewrites the sample company's CSV files: python sample_data/generate.py [OUT]."""

from __future__ import annotations

import sys
from pathlib import Path

SEED = "72622"
HERE = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    """Write the files into the folder named, or beside this script, and list them."""
    # Run as a script, only this folder is on the path; the generator is imported from the folder above.
    sys.path.insert(0, str(HERE.parent))
    from sample_data.generator.files import write_folder
    from sample_data.generator.year import sample_year

    folder = Path(arguments[0]) if arguments else HERE
    for path in write_folder(sample_year(SEED), folder, SEED):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
