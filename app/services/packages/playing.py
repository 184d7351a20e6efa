"""The engine reads strangers' diagrams and plays their scenarios apart: some never return, and some fill the memory (C2, K3)."""

import base64
import hashlib
import json
import threading
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from app.documents.rooms import LimitsBroken, Rooms
from app.domain.errors import DomainError, TryAgain
from app.services.packages.package_model import Hit
from app.services.packages.scenarios import Departure, Fault, ScenarioResult

READ_LIMIT = 10.0
PLAY_LIMIT = 20.0
"""Seconds for reading a package, and for playing all its scenarios; those of the selection take a fifth of one."""
WORKER = "app.services.packages.play_worker"
_MOST = 2
_IDLE = 120.0
_PLAYED = (".bpmn", ".dmn", ".toml", ".json")
_MOST_KEPT = 500
_kept: "OrderedDict[bytes, bytes]" = OrderedDict()
"""What rooms answered, packed, by the digest of the job: whoever checks, submits and confirms a draft asks three times about the same
files. The answers about the selection come to 5 kB."""
_lock = threading.Lock()


class NotPlayed(DomainError):
    """The scenarios were not played to the end: they took more time or memory than they may."""


class Playing:
    """A package that a child process reads and plays."""

    def __init__(
        self,
        package: Mapping[str, bytes],
        *,
        recorded: Mapping[str, tuple[str, ...]],
        read_limit: float = READ_LIMIT,
        play_limit: float = PLAY_LIMIT,
    ) -> None:
        """`recorded` names what each recorder adds to a form's exports; the limits are seconds of the processor."""
        files = {name: data for name, data in package.items() if name.endswith(_PLAYED)}
        self._job = {
            "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
            "recorded": {name: list(exports) for name, exports in recorded.items()},
        }
        self._limits = read_limit, play_limit

    def unreadable(self) -> Hit | None:
        """Return where and why the engine cannot read the package; None when it can."""
        try:
            said = self._ask(play=False, seconds=self._limits[0])
        except LimitsBroken:
            return "", "", f"{self._limits[0]:g} 秒内没有读完，或超出内存限制"
        if "unreadable" not in said:
            return None
        file, element, why = said["unreadable"]
        return file, element, why[:300]

    def results(self) -> list[ScenarioResult]:
        """Return what became of every scenario, in the order of their names.

        Raises `DomainError` (scenario.unreadable) when they cannot be read, `NotPlayed`, and `TryAgain` when too many are at it.
        """
        try:
            said = self._ask(play=True, seconds=self._limits[1])
        except LimitsBroken as error:
            raise NotPlayed("scenario.limits", f"{self._limits[1]:g} 秒内没有演完，或超出内存限制") from error
        if "refused" in said:
            raise DomainError("scenario.unreadable", said["refused"])
        return [_result(one) for one in said["results"]]

    def _ask(self, *, play: bool, seconds: float) -> dict[str, Any]:
        return ask_a_room({**self._job, "play": play}, seconds=seconds)


def ask_a_room(job: Mapping[str, Any], *, seconds: float) -> dict[str, Any]:
    """Return what a room answers, or has answered to the same before: it knows no clock and nothing but the job.

    Raises `LimitsBroken`, and `TryAgain` when too many packages are looked at.
    """
    digest = hashlib.sha256(json.dumps(job).encode()).digest()
    with _lock:
        if digest in _kept:
            _kept.move_to_end(digest)
            return cast(dict[str, Any], json.loads(zlib.decompress(_kept[digest])))
    try:
        said = _rooms().ask(job, seconds=seconds)
    except TryAgain as error:
        raise TryAgain("gate.busy", "同时检查的流程太多，请过一会儿再试。") from error
    with _lock:
        _kept[digest] = zlib.compress(json.dumps(said).encode())
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return said


@lru_cache(maxsize=1)
def _rooms() -> Rooms:
    return Rooms(WORKER, most=_MOST, idle=_IDLE)


def _result(said: Mapping[str, Any]) -> ScenarioResult:
    left = said["departure"]
    return ScenarioResult(
        name=said["name"],
        title=said["title"],
        process_id=said["process_id"],
        path=tuple(said["path"]),
        outcome=said["outcome"],
        departure=Departure(**left) if left else None,
        faults=tuple(Fault(**fault) for fault in said["faults"]),
        reached=frozenset(said["reached"]),
        taken=frozenset((source, target) for source, target in said["taken"]),
    )
