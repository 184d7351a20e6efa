"""Templates are inspected apart: one that loops for ever, or fills the memory, takes nobody with it.

Their rooms are not those of the papers: whoever may write a draft comes nowhere near what is printed on the papers of others.
"""

import base64
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from app.documents.inspection import Inspection
from app.documents.inspection_rules import HTML, TemplateFinding
from app.documents.parcels import pack_files
from app.documents.rooms import LimitsBroken, Rooms

TIME_LIMIT = 15.0
WORKER = "app.documents.inspection_worker"
_MOST = 2
_IDLE = 120.0
_LOG = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def _rooms() -> Rooms:
    return Rooms(WORKER, most=_MOST, idle=_IDLE)


def inspect_apart(files: Mapping[str, bytes], *, key: str, created_at: datetime, time_limit: float = TIME_LIMIT) -> Inspection:
    """Return what `inspect_template` says; a template that exceeds the limits of time (seconds) or memory has that finding.

    Raises `TryAgain` when too many are being inspected. Uses a child process, which is kept for the next one. Writes nothing.
    """
    job = {"key": key, "created_at": created_at.isoformat(), "files": pack_files(files)}
    try:
        answer = _rooms().ask(job, seconds=time_limit)
    except LimitsBroken as broken:
        return _exceeded(f"{time_limit:.0f} 秒内没有排完" if broken.too_slow else "排版时超出内存或时间限制")
    except RuntimeError as bug:  # the template broke its renderer, which is the fault of either
        _LOG.warning("the inspection of %s broke: %s", key, bug)
        return _exceeded("排版时中途出错")
    findings = tuple(TemplateFinding(**finding) for finding in answer["findings"])
    return Inspection(findings, base64.b64decode(answer["pdf"]))


def _exceeded(what: str) -> Inspection:
    message = f"模板{what}，已停止。请检查循环是否套得太多、图片是否太大，再重试。"
    return Inspection((TemplateFinding(HTML, 0, message),))
