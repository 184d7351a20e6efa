"""Strangers' files are read in a process of their own: one that loops for ever, or fills the memory, takes nobody with it."""

import os
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What the renderer and its fonts need of the environment; keys and passwords of the house are none of its business.
_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")


def run_apart(worker: str, job: bytes, *, time_limit: float) -> bytes | None:
    """Give a job to the module of a worker (standard input) and return what it writes; None when it broke its limits, or itself.

    `time_limit` in seconds by the clock. Starts a child process and ends it. Raises `subprocess.TimeoutExpired`. Writes nothing.
    """
    done = subprocess.run(
        [sys.executable, "-m", worker],
        input=job,
        capture_output=True,
        timeout=time_limit,
        cwd=ROOT,
        env=passed_environment(),
        check=False,
    )
    return done.stdout if done.returncode == 0 else None


def passed_environment() -> dict[str, str]:
    """Return what a child process is told of the environment: where things are, and no secret of the house."""
    return {**{name: os.environ[name] for name in _PASSED if name in os.environ}, "PYTHONPATH": str(ROOT)}


def limit_myself(*, memory: int, seconds: int) -> None:
    """Let the system end this process when it takes more memory (bytes of address space) or time of the processor."""
    limit_memory(memory)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def limit_memory(memory: int) -> None:
    """Let this process have no more memory than this (bytes of address space)."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
