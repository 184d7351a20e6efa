"""Child process: reads the trusted fingerprints and a PDF from standard input, judges its signature under limits."""

import json
import sys
from dataclasses import asdict

from app.documents.apart import limit_myself
from app.documents.signatures import judge

MEMORY_LIMIT = 800_000_000  # bytes of address space
CPU_LIMIT = 1  # second: a file of the largest size takes a tenth of it


def main() -> int:
    """Judge one file; return 0."""
    limit_myself(memory=MEMORY_LIMIT, seconds=CPU_LIMIT)
    trusted, _, pdf = sys.stdin.buffer.read().partition(b"\n")
    sys.stdout.write(json.dumps(asdict(judge(pdf, trusted=json.loads(trusted)))))
    return 0
