"""Starts the product; nothing else. `make run` calls it."""

import sys

from embedded.supervisor import main

if __name__ == "__main__":
    sys.exit(main())
