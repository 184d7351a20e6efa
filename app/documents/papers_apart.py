"""Papers from deployed templates are rendered apart: one that hangs, or fills the memory, fails its job and nothing else."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from app.documents.context import plain
from app.documents.parcels import pack_files, pack_template
from app.documents.render import NOTHING
from app.documents.rooms import Rooms
from app.documents.templates import Template

TIME_LIMIT = 60.0
"""Seconds for one paper: the longest list of a round takes five."""
WORKER = "app.documents.papers_worker"
_MOST = 2
_IDLE = 120.0


@lru_cache(maxsize=1)
def _rooms() -> Rooms:
    return Rooms(WORKER, most=_MOST, idle=_IDLE)


def render_apart(
    template: Template,
    values: Mapping[str, Any],
    *,
    created_at: datetime,
    expected: Sequence[str] | None = None,
    resources: Mapping[str, bytes] = NOTHING,
    time_limit: float = TIME_LIMIT,
) -> bytes:
    """Return what `render_pdf` makes, read back as `require_texts` does for what the values say and for the `expected` texts.

    Nothing is read back when `expected` is None.

    `time_limit` in seconds of the processor. Raises what those raise, `LimitsBroken`, and `TryAgain` when too many papers are being
    made. Uses a child process, which is kept for the next paper.
    """
    job = {
        "kind": "paper",
        "template": pack_template(template),
        "values": plain(values, template),
        "created_at": created_at.isoformat(),
        "expected": expected if expected is None else list(expected),
        "resources": pack_files(resources),
    }
    return base64.b64decode(_rooms().ask(job, seconds=time_limit)["pdf"])


def page_apart(template: Template, values: Mapping[str, Any], *, time_limit: float = TIME_LIMIT) -> str:
    """Return what `web_page` makes; raises as `render_apart` does."""
    job = {"kind": "page", "template": pack_template(template), "values": plain(values, template)}
    page: str = _rooms().ask(job, seconds=time_limit)["page"]
    return page
