"""A worker in a process of its own, for the tests.

`serials` takes fifty serials, `batch` makes what waits; with `die_after` the process kills itself in the middle of the one after.
"""

import os
import signal
import sys
from dataclasses import replace
from typing import Any

from app.domain.clock import system_clock
from app.files.store import FileStore, StoredFile
from app.persistence.unit_of_work import make_engine
from app.services.context import Context
from app.services.issuing import batches
from app.services.issuing.serials import next_serial
from app.services.packages.procedure_cache import ProcedureCache
from tests.services.conftest import context_on

TAKEN = 50


def die() -> None:
    """End as a machine ends that loses its power."""
    os.kill(os.getpid(), signal.SIGKILL)


class Deadly(FileStore):
    """A store that kills its process after some files."""

    def __init__(self, store: FileStore, after: int) -> None:
        self.__dict__ = store.__dict__
        self.left = after

    def put(self, stream: Any, *, name: str) -> StoredFile:
        """Keep a file, or die."""
        if self.left == 0:
            die()
        self.left -= 1
        return super().put(stream, name=name)


def take_serials(context: Context, die_after: int | None) -> None:
    """Take serials, each in a transaction of its own, and print those that are committed."""
    for number in range(TAKEN):
        with context.transaction() as tx:
            serial, _ = next_serial(tx, "ZS")
            if number == die_after:
                die()
        sys.stdout.write(f"{serial}\n")
        sys.stdout.flush()


def main(url: str, files: str, work: str, *rest: str) -> int:
    """Do what the arguments say; return 0."""
    die_after = int(rest[0]) if rest else None
    context = replace(context_on(make_engine(url), files=files, procedures=ProcedureCache()), clock=system_clock)
    if work == "serials":
        take_serials(context, die_after)
        return 0
    if die_after is not None:
        context = replace(context, files=Deadly(context.files, die_after))
    sys.stdout.write(f"{batches.run_unfinished(context)}\n")
    return 0
