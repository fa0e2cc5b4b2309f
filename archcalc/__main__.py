"""`python -m archcalc`."""

import sys

from archcalc.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
