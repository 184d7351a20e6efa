"""The inside of the nursery: a process of one thread that loads the libraries of a kind of children once, and forks them off.

Its standard input is a socket on which the house asks for children: the module of a worker, its arguments, the seconds after which
an alarm ends it (0: none), and four files: the child's input, its output, its errors, and where its number and its end are told.
"""

import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

LARGEST_WISH = 65_536
IDLE = 300.0
"""Seconds without a child and without a wish, after which the nursery gives back its memory and ends."""

_FILES = 4


class Nursery:
    """Forks children and tells how they ended. It holds nothing of anybody: what a child works on comes through its own pipes.

    Whatever a child puts down (the renderer: its fonts) lies in a folder of its own, and goes with it, however it ends.
    """

    def __init__(self, house: socket.socket, folder: str) -> None:
        self._house, self._folder = house, folder
        self._told: dict[int, int] = {}
        self._woken, self._waking = os.pipe()
        for end in (self._woken, self._waking):
            os.set_blocking(end, False)

    def serve(self) -> None:
        """Fork what is asked for until the house is gone, however it went; the children that are left then are ended."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's interruption is for the house; then the input ends
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waking)
        gc.disable()  # what is loaded stays: an eighth of the loading went into looking for garbage in it
        house = self._house.fileno()
        while True:
            ready, _, _ = select.select([house, self._woken], [], [], None if self._told else IDLE)
            if self._woken in ready:
                os.read(self._woken, LARGEST_WISH)
                self._tell_ends()
            if not ready or (house in ready and not self._do_next()):
                break
        for child in self._told:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    def _do_next(self) -> bool:
        """Do what the house asks for next; False when it has gone."""
        asked, files, _, _ = socket.recv_fds(self._house, LARGEST_WISH, _FILES)
        if not asked:
            return False
        wish = json.loads(asked)
        if "end" in wish:
            if wish["end"] in self._told:  # its number may be another's only after it was told
                os.kill(wish["end"], signal.SIGKILL)
            return True
        if wish["worker"] not in sys.modules:
            importlib.import_module(wish["worker"])
            gc.freeze()  # the children share the memory of what lies still
        child = os.fork()
        if child == 0:
            self._become(wish, files)
        for each in files[:-1]:
            os.close(each)
        self._told[child] = files[-1]
        self._tell(child, child)
        return True

    def _tell_ends(self) -> None:
        for child in list(self._told):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                shutil.rmtree(self._folder_of(child), ignore_errors=True)
                self._tell(child, os.waitstatus_to_exitcode(status))
                os.close(self._told.pop(child))

    def _folder_of(self, child: int) -> str:
        return f"{self._folder}/{child}"

    def _tell(self, child: int, number: int) -> None:
        with suppress(BrokenPipeError):  # nobody waits for it any more
            os.write(self._told[child], b"%d\n" % number)

    def _become(self, wish: Mapping[str, Any], files: list[int]) -> None:
        """Be the child, and end with it: what belongs to the nursery is closed before the first line of the worker runs."""
        status = 1
        try:
            gc.enable()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._house.detach()
            for number, each in enumerate(files[:-1]):
                os.dup2(each, number)
            for each in (self._woken, self._waking, *files, *self._told.values()):
                os.close(each)
            tempfile.tempdir = self._folder_of(os.getpid())
            os.mkdir(tempfile.tempdir)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, wish["seconds"])
            status = sys.modules[wish["worker"]].main(*wish["arguments"])
            sys.stdout.flush()
        except BaseException:  # noqa: BLE001  # told where the errors go; the child must not go on as a second nursery
            traceback.print_exc()
        finally:
            os._exit(status)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="gongjiang-", ignore_cleanup_errors=True) as folder:
        Nursery(socket.socket(fileno=sys.stdin.fileno()), folder).serve()
