"""A worker for the tests of the nursery, and a house that has children and is killed: `python -m tests.documents.children`."""

import signal
import sys
import tempfile
import time

from app.documents.nursery import NURSERY


def main(what: str) -> int:
    """Answer in capitals, leave a folder behind, wait for ever, be busy for ever, or break."""
    if what == "answer":
        sys.stdout.write(sys.stdin.read().upper())
        return 7
    if what == "leave":
        sys.stdout.write(tempfile.mkdtemp() + "\n")
        sys.stdout.flush()
        sys.stdin.read()
        return 0
    if what == "wait":
        signal.pause()
    while what == "loop":
        time.monotonic()
    raise ValueError(what)


if __name__ == "__main__":
    NURSERY.child("tests.documents.children", "wait")
    NURSERY.child("tests.documents.children", "loop")
    sys.stdout.write("two\n")
    sys.stdout.flush()
    signal.pause()
