"""Child process of the gate: reads a package from standard input, parses it under limits, answers by its exit status."""

import base64
import json
import resource
import sys

from app.engine.specs import parse_files
from app.engine.types import Unreadable

MEMORY_LIMIT = 1_500_000_000  # bytes of address space
CPU_LIMIT = 10  # seconds


def main() -> int:
    """Return 0 when the package can be parsed; otherwise print where and why as JSON, and return 1."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT))
    files = {name: base64.b64decode(data) for name, data in json.load(sys.stdin).items()}
    try:
        parse_files(files, content_hash="")
    except Unreadable as error:
        json.dump({"file": error.file, "element": error.node_id or "", "sentence": error.message}, sys.stdout)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
