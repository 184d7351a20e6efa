"""The only place that commits: engine state, work items, timers, outbox and audit rows are written together or not at all."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import TryAgain

Sessions = sessionmaker[Session]

_BUSY = ("database is locked", "database table is locked", "lock timeout", "deadlock detected", "could not serialize")
_FULL = ("database or disk is full", "No space left on device", "disk full")


def make_engine(url: str, **options: Any) -> Engine:
    """Create the engine for a database URL and prepare SQLite for several writers (see `prepare_sqlite`)."""
    engine = create_engine(url, **options)
    prepare_sqlite(engine)
    return engine


def prepare_sqlite(engine: Engine) -> None:
    """Make SQLite keep its word: WAL, foreign keys, durable commits, and write transactions that lock when they begin."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A deferred transaction that turns into a writer late fails at once when somebody else wrote in between.
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def write_transaction(sessions: Sessions) -> Iterator[Session]:
    """Give a session whose work is committed once, at the end, or not at all.

    A database that is locked or full becomes `TryAgain`: nothing has been written, and the sentence says so.
    """
    session = sessions()
    try:
        session.connection(execution_options={"immediate": True})
        yield session
        session.commit()
    except (OperationalError, DBAPIError, OSError) as error:
        session.rollback()
        raise _kind(error) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


@contextmanager
def read_transaction(sessions: Sessions) -> Iterator[Session]:
    """Give a session for reading; whatever is left in it is rolled back."""
    session = sessions()
    try:
        yield session
    finally:
        session.rollback()
        session.close()


def _kind(error: Exception) -> Exception:
    text = str(error)
    if any(mark in text for mark in _BUSY):
        return TryAgain("database.busy", "系统正忙，您的操作没有保存。页面上已填的内容还在，请稍后再点一次。")
    if any(mark in text for mark in _FULL) or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
        return TryAgain("storage.full", "存储空间已满，您的操作没有保存。请联系系统管理员清理空间后再试。")
    return error
