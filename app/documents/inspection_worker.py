"""Child process: reads a template from standard input, inspects it under limits, writes what it found to standard output."""

import base64
import json
import sys
from dataclasses import asdict
from datetime import datetime

from app.documents.apart import limit_myself
from app.documents.inspection import inspect_template

MEMORY_LIMIT = 1_500_000_000  # bytes of address space
CPU_LIMIT = 20  # seconds


def main() -> int:
    """Inspect one template; return 0."""
    limit_myself(memory=MEMORY_LIMIT, seconds=CPU_LIMIT)
    job = json.load(sys.stdin)
    files = {name: base64.b64decode(data) for name, data in job["files"].items()}
    found = inspect_template(files, key=job["key"], created_at=datetime.fromisoformat(job["created_at"]))
    answer = {"findings": [asdict(finding) for finding in found.findings], "pdf": base64.b64encode(found.pdf).decode()}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
