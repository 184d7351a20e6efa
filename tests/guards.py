"""What every test is watched for: talk to the outside world, and things left behind."""

import ipaddress
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class NetworkForbidden(RuntimeError):
    """A test tried to reach another machine."""


def _is_here(host: object) -> bool:
    if host in (None, "", b"", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def _refuse_the_outside(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not _is_here(address[0]):
            raise NetworkForbidden(f"a test connects to {address}")
    elif event == "socket.getaddrinfo" and not _is_here(arguments[0]):
        raise NetworkForbidden(f"a test looks up {arguments[0]}")


def forbid_network() -> None:
    """Refuse, for the rest of this process, every connection and look-up but those of the loopback and of Unix sockets."""
    # An audit hook sees every socket, whoever made it, and cannot be got round by patching a name.
    sys.addaudithook(_refuse_the_outside)


def _environment() -> dict[str, str]:
    found = dict(os.environ)
    found.pop("PYTEST_CURRENT_TEST", None)  # pytest itself keeps the name of the running test there
    return found


@contextmanager
def nothing_left_behind(*, patience: float = 30) -> Iterator[None]:
    """Fail when what runs inside leaves a thread, a changed environment or another working directory behind.

    A thread that is about to end has `patience` seconds for it.
    """
    threads, environment, place = set(threading.enumerate()), _environment(), os.getcwd()
    yield
    for thread in set(threading.enumerate()) - threads:
        thread.join(timeout=patience)
    left = [thread.name for thread in threading.enumerate() if thread not in threads]
    assert not left, f"threads left running: {left}"
    changed = _environment()
    assert changed == environment, (
        f"environment variables left changed: {sorted({key for key, _ in changed.items() ^ environment.items()})}"
    )
    assert os.getcwd() == place, f"working directory left at {os.getcwd()}"
