"""Strangers' files are read in a process of their own: one that loops for ever, or fills the memory, takes nobody with it."""

import resource
from contextlib import suppress

from app.documents.nursery import NURSERY


def run_apart(worker: str, job: bytes, *, time_limit: float) -> bytes | None:
    """Give a job to the module of a worker (standard input) and return what it writes; None when it broke its limits, or itself.

    `time_limit` in seconds by the clock. Starts a child process, which ends with the job. Writes nothing.
    """
    child = NURSERY.child(worker, seconds=time_limit, quiet=True)
    with suppress(BrokenPipeError), child.stdin as given:  # it has ended already, and says why below
        given.write(job)
    with child.stdout as said:
        answer = said.read()
    return answer if child.wait() == 0 else None


def limit_myself(*, memory: int, seconds: int) -> None:
    """Let the system end this process when it takes more memory (bytes of address space) or time of the processor."""
    limit_memory(memory)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def limit_memory(memory: int) -> None:
    """Let this process have no more memory than this (bytes of address space)."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
