"""Child process of a test: writes down what it was told by the environment."""

import os
import sys


def main() -> int:
    """Write it; return 0."""
    sys.stdout.write(repr(dict(os.environ)))
    return 0
