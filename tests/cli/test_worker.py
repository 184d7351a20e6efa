"""`gongjiang worker` as the process that it is in service: what is in the outbox leaves, and SIGTERM ends it in order."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cli.processes import ROOT
from app.persistence.models import Notification, OutboxEntry, User
from app.services.context import Context
from app.services.letters import letter_row
from app.services.outbox_rows import post

PATIENCE = 60


@pytest.fixture
def worker(house: Flask) -> Iterator[subprocess.Popen[str]]:
    """Return a running worker of the filled installation; it is ended by its own process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "worker"], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def send_to_somebody(context: Context) -> int:
    """Put a letter into the outbox, as a reminder does; return who gets it."""
    with context.transaction() as tx:
        user_id: int = tx.session.scalar(select(User.id).where(User.username == "renshe.zhang")) or 0
        post(tx, [letter_row(tx, "reminded", to=user_id, key="once", values={"step": "初审", "by": "何正清"})])
    return user_id


def wait_until_gone(context: Context, worker: subprocess.Popen[str]) -> None:
    """Return when nothing waits in the outbox any more."""
    until = time.monotonic() + PATIENCE
    pending = select(func.count()).select_from(OutboxEntry).where(OutboxEntry.state == "pending")
    while time.monotonic() < until and worker.poll() is None:
        with context.reading() as tx:
            if not tx.session.scalar(pending):
                return
        time.sleep(0.05)
    raise AssertionError(f"the outbox is not empty; the worker ended with {worker.poll()}")


def test_a_worker_delivers_what_is_in_the_outbox_and_ends_in_order(house: Flask, worker: subprocess.Popen[str]) -> None:
    context: Context = house.extensions["gongjiang"]
    user_id = send_to_somebody(context)
    wait_until_gone(context, worker)
    with context.reading() as tx:
        assert tx.session.scalars(select(OutboxEntry.state)).all() == ["done"]
        assert tx.session.scalars(select(Notification.user_id)).all() == [user_id]
    worker.send_signal(signal.SIGTERM)
    said, _ = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0 and "Traceback" not in said
