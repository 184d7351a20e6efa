"""The room in which templates are inspected: what found its way into a draft, before anybody has looked at it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import weasyprint  # noqa: F401  # what the renderer loads when it is used is loaded here once for all rooms

from app.documents.inspection import inspect_template
from app.documents.parcels import pack_bytes, unpack_files
from app.documents.rooms_worker import serve

MEMORY_LIMIT = 1_500_000_000  # bytes of address space


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """Return what was found in a template, and the draft of its sample."""
    created_at = datetime.fromisoformat(job["created_at"])
    found = inspect_template(unpack_files(job["files"]), key=job["key"], created_at=created_at)
    return {"findings": [asdict(finding) for finding in found.findings], "pdf": pack_bytes(found.pdf)}


def main(idle: str) -> int:
    """Serve until there was nothing to do for `idle` seconds."""
    return serve(answer, memory=MEMORY_LIMIT, idle=float(idle))
