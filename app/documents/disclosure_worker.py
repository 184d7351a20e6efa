"""Child process: reads a media type and a file from standard input, tells what the file says and conceals, under limits."""

import base64
import json
import sys

import openpyxl  # noqa: F401  # loaded here once for all files
import pypdf  # noqa: F401  # loaded here once for all files

from app.documents.apart import limit_myself
from app.documents.disclosure import parts_of

MEMORY_LIMIT = 1_000_000_000  # bytes of address space
CPU_LIMIT = 20  # seconds


def main() -> int:
    """Read one file; return 0."""
    limit_myself(memory=MEMORY_LIMIT, seconds=CPU_LIMIT)
    media_type, _, content = sys.stdin.buffer.read().partition(b"\n")
    parts = [
        (part.place, part.text, part.concealed, base64.b64encode(part.picture).decode())
        for part in parts_of(content, media_type=media_type.decode())
    ]
    sys.stdout.write(json.dumps(parts))
    return 0
