"""Templates are inspected in a process of their own: one that loops for ever, or fills the memory, takes nobody with it."""

import base64
import json
import subprocess
from collections.abc import Mapping
from datetime import datetime

from app.documents.apart import run_apart
from app.documents.inspection import Inspection
from app.documents.inspection_rules import HTML, TemplateFinding

TIME_LIMIT = 15.0
WORKER = "app.documents.inspection_worker"


def inspect_apart(files: Mapping[str, bytes], *, key: str, created_at: datetime, time_limit: float = TIME_LIMIT) -> Inspection:
    """Return what `inspect_template` says; a template that exceeds the limits of time (seconds) or memory has that finding.

    Starts a child process and ends it. Writes nothing.
    """
    contents = {name: base64.b64encode(data).decode() for name, data in files.items()}
    job = json.dumps({"key": key, "created_at": created_at.isoformat(), "files": contents}).encode()
    try:
        said = run_apart(WORKER, job, time_limit=time_limit)
    except subprocess.TimeoutExpired:
        return _exceeded(f"{time_limit:.0f} 秒内没有排完")
    if said is None:
        return _exceeded("排版时超出内存或时间限制")
    answer = json.loads(said)
    findings = tuple(TemplateFinding(**finding) for finding in answer["findings"])
    return Inspection(findings, base64.b64decode(answer["pdf"]))


def _exceeded(what: str) -> Inspection:
    message = f"模板{what}，已停止。请检查循环是否套得太多、图片是否太大，再重试。"
    return Inspection((TemplateFinding(HTML, 0, message),))
