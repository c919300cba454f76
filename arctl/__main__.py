"""`python -m arctl`: the same way in as the console script."""

import sys

from arctl.cli.app import main

sys.exit(main())
