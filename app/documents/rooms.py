"""Rooms: child processes in which templates run, one job after another, each within a time and all within a memory limit.

A room is kept between jobs, because a renderer takes longer to load than a page takes to be drawn. A job is a line of JSON on the
standard input of the child, its answer a line on the standard output. The alarms of a job run in the child itself
(`rooms_worker`), so that one that hangs ends even when whoever asked for it is gone.
"""

import atexit
import json
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from app.documents.faults import TemplateFault
from app.documents.nursery import NURSERY, Child
from app.domain.errors import DomainError, TryAgain


class LimitsBroken(DomainError):
    """A job took more time or memory than it may, and its room was ended."""

    def __init__(self, message: str, *, too_slow: bool) -> None:
        """`too_slow` tells that it was the time."""
        super().__init__("template.limits", message)
        self.too_slow = too_slow


class Room:
    """A child process that answers jobs. It starts with the first job; one that has ended is replaced with the next."""

    def __init__(self, worker: str, *, idle: float = 0) -> None:
        """`worker` is the module that serves; a room with nothing to do for `idle` seconds ends itself (0: never)."""
        self._worker, self._idle = worker, str(idle)
        self._child: Child | None = None
        self._owner = 0

    def ask(self, job: Mapping[str, Any], *, seconds: float) -> dict[str, Any]:
        """Return what the worker answers within `seconds` of the processor; by the clock it has `rooms_worker.PATIENCE` times as many.

        Raises the `DomainError` that the worker raised, `LimitsBroken`, and `RuntimeError` with its words for a bug in there.
        """
        line = json.dumps({"seconds": seconds, "job": job}).encode() + b"\n"
        said, status = self._exchange(line)
        if not said and status == 0:  # it had been idle, and went just when it was asked
            said, status = self._exchange(line)
        if not said:
            raise _broken(status, seconds)
        answer: dict[str, Any] = json.loads(said)
        if "refused" in answer:
            raise _refusal(answer["refused"])
        if "bug" in answer:
            raise RuntimeError(answer["bug"])
        said_back: dict[str, Any] = answer["said"]
        return said_back

    def _exchange(self, line: bytes) -> tuple[bytes, int]:
        """Send a line and return the answer; an empty one with the status of the child when it ended instead."""
        child = self._alive()
        try:
            child.stdin.write(line)
            child.stdin.flush()
            said = child.stdout.readline()
        except BrokenPipeError:
            said = b""
        except BaseException:
            child.kill()  # its answer would be taken for that of the next job
            self.close()
            raise
        if said.endswith(b"\n"):
            return said, 0
        return b"", self.close()

    def _alive(self) -> Child:
        # A process that was forked off shares the pipes of its parent's room, so it takes one of its own.
        if self._child is not None and (self._owner != os.getpid() or self._child.has_ended()):
            self._child.let_go()
            self._child = None
        if self._child is None:
            self._child = NURSERY.child(self._worker, self._idle)
            self._owner = os.getpid()
        return self._child

    def close(self) -> int:
        """End the room and return the status of its process; nothing happens where there is none."""
        child, self._child = self._child, None
        if child is None or self._owner != os.getpid():
            return 0
        return child.end()


class Rooms:
    """Some rooms of a kind, for as many jobs at once; whoever finds none free waits."""

    def __init__(self, worker: str, *, most: int, idle: float, patience: float = 60) -> None:
        """`most` rooms at once; `patience` is how many seconds somebody waits for a free one."""
        self._worker, self._idle, self._patience = worker, idle, patience
        self._turns = threading.BoundedSemaphore(most)
        self._free: list[Room] = []
        atexit.register(self.close)

    @contextmanager
    def one(self) -> Iterator[Room]:
        """Give a room for a job. Raises `TryAgain` when none becomes free in time."""
        if not self._turns.acquire(timeout=self._patience):
            raise TryAgain("papers.busy", "正在制作的文书太多，请过一会儿再试。")
        room = self._free.pop() if self._free else Room(self._worker, idle=self._idle)
        try:
            yield room
        finally:
            self._free.append(room)
            self._turns.release()

    def ask(self, job: Mapping[str, Any], *, seconds: float) -> dict[str, Any]:
        """Return what a free room answers; raises as `Room.ask` does, and `TryAgain`."""
        with self.one() as room:
            return room.ask(job, seconds=seconds)

    def close(self) -> None:
        """End all rooms that are free."""
        while self._free:
            self._free.pop().close()


def _broken(status: int, seconds: float) -> LimitsBroken:
    too_slow = status in (-signal.SIGPROF, -signal.SIGALRM)
    what = f"{seconds:g} 秒内没有排完" if too_slow else "排版时超出内存限制，或中途退出"
    cure = "请流程管理员检查模板里的循环和图片，部署改正的版本后再重新制作。"
    return LimitsBroken(f"文书{what}，已停止，没有生成。{cure}", too_slow=too_slow)


def _refusal(told: Mapping[str, Any]) -> DomainError:
    if told["file"]:
        return TemplateFault(told["code"], told["message"], file=told["file"], line=told["line"])
    return DomainError(told["code"], told["message"])
