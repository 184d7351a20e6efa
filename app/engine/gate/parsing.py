"""The last rule: the engine's own parser must read the package. It runs apart: some diagrams keep it busy for ever (C2)."""

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.engine.gate.model import Finding, GateContext, Hit, Package, Rule

TIME_LIMIT = 10.0
_ROOT = Path(__file__).resolve().parents[3]


def _never(_package: Package, _context: GateContext) -> Iterator[Hit]:
    """Found by `parse_apart`."""
    return iter(())


RULE = Rule("file.unparsable", "引擎无法读取流程文件", "请按提示修改；提示不明的，请用流程设计器重新画出有关部分。", _never)


def parse_apart(contents: Mapping[str, bytes], *, time_limit: float = TIME_LIMIT) -> list[Finding]:
    """Return a finding when the engine cannot read the package within the limits. Starts a child process and ends it."""
    job = json.dumps({name: base64.b64encode(data).decode() for name, data in contents.items()}).encode()
    command = [sys.executable, "-m", "app.engine.gate.parse_worker"]
    try:
        done = subprocess.run(
            command,
            input=job,
            capture_output=True,
            timeout=time_limit,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [RULE.finding(("", "", f"{time_limit:.0f} 秒内没有读完"))]
    if done.returncode == 0:
        return []
    said = re.sub(r"\{[^}]*\}", "", done.stdout.decode(errors="replace")).strip() or "读取时超出内存或时间限制"
    return [RULE.finding(("", "", said[:300]))]
