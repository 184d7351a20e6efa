"""Children of the house: processes that are forked off one that has loaded their libraries, so that a child costs milliseconds.

The nursery (`nursery_worker`) is a process of its own and not a fork of ours: it has one thread, it was told no secret, and it knows
nothing of what the house works on. It starts with the first child and ends with the house, however that ends.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
# What the renderer and its fonts need of the environment; keys and passwords of the house are none of its business.
_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
_ERRORS = 2


class Child:
    """A process with its standard input and output; how it ended is known after `wait`."""

    def __init__(self, house: socket.socket, number: int, stdin: IO[bytes], stdout: IO[bytes], told: IO[bytes]) -> None:
        self._house, self._number, self._told = house, number, told
        self.stdin, self.stdout = stdin, stdout
        self.status: int | None = None

    def has_ended(self) -> bool:
        """Tell whether the process has ended, without waiting."""
        return self.status is not None or bool(select.select([self._told], [], [], 0)[0])

    def wait(self) -> int:
        """Wait for the end and return the status: negative is the signal that ended it, as `subprocess` has it."""
        if self.status is None:
            said = self._told.readline()
            # Whoever ended the nursery itself ended what came from it.
            self.status = int(said) if said.endswith(b"\n") else -signal.SIGKILL
            self._told.close()
        return self.status

    def kill(self) -> None:
        """End the process, whatever it does."""
        with suppress(OSError):  # the nursery has gone, and its children with it
            self._house.send(json.dumps({"end": self._number}).encode())

    def end(self) -> int:
        """Close the pipes, wait for the end and return the status: a child that works for us has nothing more to do."""
        self._close(self.stdin, self.stdout)
        return self.wait()

    def let_go(self) -> None:
        """Close all that leads to it, without waiting."""
        self._close(self.stdin, self.stdout, self._told)

    @staticmethod
    def _close(*streams: IO[bytes]) -> None:
        for stream in streams:
            with suppress(BrokenPipeError):  # what was left to send is for nobody any more
                stream.close()


class Nursery:
    """Where children come from. One of this process serves all; a process that was forked off takes one of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._house: socket.socket | None = None
        self._owner = 0

    def child(self, worker: str, *arguments: str, seconds: float = 0, quiet: bool = False) -> Child:
        """Start `main(*arguments)` of the module `worker`; an alarm ends it after `seconds` by the clock (0: none).

        What a `quiet` child says on its standard error goes nowhere. Raises `RuntimeError` when the module cannot be loaded.
        """
        wish = json.dumps({"worker": worker, "arguments": arguments, "seconds": seconds}).encode()
        with self._lock:
            for _ in range(2):  # it may have been idle, and have gone just when it was asked
                house = self._alive()
                if child := _begun(house, wish, quiet=quiet):
                    return child
                self.close()
        raise RuntimeError(f"the nursery ends when it loads {worker}")

    def _alive(self) -> socket.socket:
        if self._owner != os.getpid():
            if self._house is not None:
                self._house.close()  # a copy: the nursery stays with the process that it came with
            self._process, self._house, self._owner = None, None, os.getpid()
        if self._house is None:
            self._house, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            command = [sys.executable, "-m", "app.documents.nursery_worker"]
            with theirs:
                self._process = subprocess.Popen(
                    command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, cwd=ROOT, env=passed_environment()
                )
            atexit.register(self.close)
        return self._house

    def close(self) -> None:
        """End the nursery and what came from it; the next child finds another one."""
        atexit.unregister(self.close)
        process, house, self._process, self._house = self._process, self._house, None, None
        if house is not None and process is not None and self._owner == os.getpid():
            house.close()
            process.wait()


def _begun(house: socket.socket, wish: bytes, *, quiet: bool) -> Child | None:
    """Ask for a child; None when the nursery has gone."""
    with ExitStack() as theirs:
        (given, stdin), (stdout, said), (told, telling) = os.pipe(), os.pipe(), os.pipe()
        for end in (given, said, telling):
            theirs.callback(os.close, end)
        errors = theirs.enter_context(open(os.devnull, "wb")).fileno() if quiet else _ERRORS
        ours = os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"), os.fdopen(told, "rb", buffering=0)
        with suppress(OSError):
            socket.send_fds(house, [wish], [given, said, errors, telling])
    number = ours[2].readline()
    if number:
        return Child(house, int(number), *ours)
    for stream in ours:
        stream.close()
    return None


def passed_environment() -> dict[str, str]:
    """Return what a child process is told of the environment: where things are, and no secret of the house."""
    return {**{name: os.environ[name] for name in _PASSED if name in os.environ}, "PYTHONPATH": str(ROOT)}


NURSERY = Nursery()
"""The one of this process."""
