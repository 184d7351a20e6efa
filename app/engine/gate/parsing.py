"""The last rule: the engine's own parser must read the package. It runs apart: some diagrams keep it busy for ever (C2)."""

import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.engine.gate.model import Finding, GateContext, Hit, Package, Rule

TIME_LIMIT = 60.0
"""Seconds by the clock. The child itself may use ten of the processor: on a busy machine it waits for its turn."""
_ROOT = Path(__file__).resolve().parents[3]
_MOST_REMEMBERED = 256
_readable: "OrderedDict[str, None]" = OrderedDict()
"""Digests of packages that the parser has read: what it could read once it can read again, and an editor asks at every save."""
_lock = threading.Lock()


def _never(_package: Package, _context: GateContext) -> Iterator[Hit]:
    """Found by `Parsing`."""
    return iter(())


RULE = Rule("file.unparsable", "引擎无法读取流程文件", "请按提示修改；提示不明的，请用流程设计器重新画出有关部分。", _never)


def _without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Leave out the settings of the installation: keys and passwords are no business of who reads a stranger's diagram."""
    return {name: value for name, value in environ.items() if not name.startswith("GONGJIANG_")}


class Parsing:
    """The engine's parser at work in a child process; leaving the block ends it. `findings` waits for what it says.

    No child is started for a package that this process has seen read before.
    """

    def __init__(self, contents: Mapping[str, bytes], *, time_limit: float | None = None) -> None:
        """Start the child at once, so that it loads its libraries while the rules are asked."""
        self._time_limit = TIME_LIMIT if time_limit is None else time_limit
        job = json.dumps({name: base64.b64encode(data).decode() for name, data in sorted(contents.items())}).encode()
        self._digest = hashlib.sha256(job).hexdigest()
        with _lock:
            self._child = None if self._digest in _readable else self._start(job)

    def _start(self, job: bytes) -> "subprocess.Popen[bytes]":
        with tempfile.TemporaryFile() as given:  # a pipe would hold us up until the child reads
            given.write(job)
            given.seek(0)
            return subprocess.Popen(
                [sys.executable, "-m", "app.engine.gate.parse_worker"],
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={**_without_secrets(os.environ), "PYTHONPATH": str(_ROOT)},
            )

    def __enter__(self) -> "Parsing":
        """Return itself."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """End the child, whatever it does."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()

    def findings(self) -> list[Finding]:
        """Return a finding when the engine cannot read the package within the limits of time and memory."""
        if self._child is None:
            return []
        try:
            said, _ = self._child.communicate(timeout=self._time_limit)
        except subprocess.TimeoutExpired:
            return [RULE.finding(("", "", f"{self._time_limit:g} 秒内没有读完"))]
        if self._child.returncode == 0:
            with _lock:
                _readable[self._digest] = None
                while len(_readable) > _MOST_REMEMBERED:
                    _readable.popitem(last=False)
            return []
        try:
            found = json.loads(said)
        except ValueError:  # it died without a word
            return [RULE.finding(("", "", "读取时超出内存或时间限制"))]
        return [RULE.finding((found["file"], found["element"], found["sentence"][:300]))]
