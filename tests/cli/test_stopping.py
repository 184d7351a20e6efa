"""Ctrl+C in a terminal goes to the whole process group: server and worker end in order, without a traceback."""

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask

from app.cli.processes import ROOT
from app.cli.samples.loading import samples_mark
from app.services.accounts.provisioning import mark_prepared
from config import Config

PATIENCE = 60


def free_port() -> int:
    """Return a port on which nobody listens just now.

    It lies below those that systems give to whoever does not mind which: no connection of another test is given it before the server
    takes it, or after the server has gone.
    """
    for port in random.sample(range(12_000, 32_000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


@pytest.fixture
def interruption_ignored() -> Iterator[None]:
    """As it is for whoever is started in the background of a script."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def demonstration(
    filled: Config, house: Flask, interruption_ignored: None, tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A running `gongjiang demo` in a process group of its own, once it has said that it is there; and its port."""
    mark_prepared(house.extensions["gongjiang"], mark=samples_mark(), notes={})
    port, command = free_port(), [sys.executable, "-u", "-m", "app.cli", "demo", "--port"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*command, str(port)], cwd=ROOT, env=environment, text=True, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    while "全部账号" not in (line := process.stdout.readline()):
        assert line, "the demonstration ended before it was there"
    yield process, port
    if process.poll() is None:
        process.kill()
        process.wait()


def test_ctrl_c_ends_everything_quietly(demonstration: tuple[subprocess.Popen[str], int]) -> None:
    process, port = demonstration
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode in (0, 130) and "已停止" in said
    assert "Traceback" not in said and "Error" not in said
    with socket.create_server(("127.0.0.1", port)) as free:  # refused while anybody still listens
        assert free.getsockname()[1] == port
