"""Child process of a test: writes down what it was told by the environment."""

import os
import sys

if __name__ == "__main__":
    sys.stdout.write(repr(dict(os.environ)))
