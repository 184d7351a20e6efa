"""A worker for the tests of the nursery: tells which files it has open."""

import os
import sys
from contextlib import suppress


def main() -> int:
    """Write their numbers; return 0."""
    found = []
    for number in range(64):
        with suppress(OSError):
            os.fstat(number)
            found.append(number)
    sys.stdout.write(" ".join(map(str, found)))
    return 0
