"""The only place that commits: engine state, work items, timers, outbox and audit rows are written together or not at all."""

import errno
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import TryAgain

Sessions = sessionmaker[Session]

_BUSY = ("database is locked", "database table is locked", "lock timeout", "deadlock detected", "could not serialize")
_PAUSE = 0.001
"""Seconds that a writer of SQLite sleeps before it asks for its turn again."""
_PLANS = 400
"""Prepared statements that a connection to PostgreSQL keeps; the application has about so many different ones."""
_READING = "reading"
_FULL = ("database or disk is full", "No space left on device", "disk full")


def make_engine(url: str, **options: Any) -> Engine:
    """Create the engine for a database URL and prepare it for several writers (see `prepare`)."""
    engine = create_engine(url, **options)
    prepare(engine)
    return engine


def prepare(engine: Engine) -> None:
    """Tell an engine how its database reads and writes here; every engine that the unit of work gets has been through this."""
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    elif engine.dialect.name == "postgresql":
        _prepare_postgresql(engine)


def _prepare_postgresql(engine: Engine) -> None:
    """Let PostgreSQL read without a transaction, and keep the plans of statements that come again.

    Each statement sees what was committed when it began, in a transaction or not (READ COMMITTED), so that BEGIN and ROLLBACK
    give a reader nothing; and at a ROLLBACK the driver forgets every plan, so that each statement was planned anew.
    """

    @event.listens_for(engine, "connect")
    def remember(connection: Any, record: object) -> None:
        connection.prepared_max = _PLANS

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        driver, is_reading = connection.connection.dbapi_connection, connection.get_execution_options().get(_READING, False)
        if driver.autocommit != is_reading:
            driver.autocommit = is_reading


def _prepare_sqlite(engine: Engine) -> None:
    """Make SQLite keep its word: WAL, foreign keys, durable commits, and write transactions that lock when they begin."""

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        # Fewer and larger checkpoints: each one is done by the writer that happens to come, with the lock in hand.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=4000", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    door = threading.Lock()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        if connection.get_execution_options().get("immediate", False):
            _begin_writing(connection.connection.dbapi_connection, door)
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: sqlite3.Connection, door: threading.Lock) -> None:
    """Take SQLite's write lock before anything is read; a transaction that turns into a writer late fails when others wrote.

    SQLite itself sleeps up to a tenth of a second between two tries, while others hold the lock for a few milliseconds; and one
    thread of a process is enough to ask.
    """
    patience: int = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    until = time.monotonic() + patience / 1000
    if not door.acquire(timeout=patience / 1000):
        raise sqlite3.OperationalError("database is locked")
    try:
        connection.execute("PRAGMA busy_timeout=0")
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
            time.sleep(_PAUSE)
    finally:
        connection.execute(f"PRAGMA busy_timeout={patience}")
        door.release()


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
    except (OperationalError, DBAPIError, sqlite3.OperationalError, OSError) as error:
        session.rollback()
        raise _kind(error) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


@contextmanager
def read_transaction(sessions: Sessions, *, streams: bool = False) -> Iterator[Session]:
    """Give a session for reading. It writes nothing (a bug, if it tries), and what it loaded can still be looked at afterwards.

    Who reads more than fits into memory, with `yield_per`, says that it `streams`: PostgreSQL does so in a transaction only.
    """
    session = sessions(bind=_reader(sessions.kw["bind"], streams))
    try:
        yield session
    finally:
        session.close()


@lru_cache(maxsize=8)
def _reader(engine: Engine, streams: bool) -> Engine:
    """Return the engine as readers use it, on the same connections; making it takes longer than a small statement."""
    reader = engine.execution_options(**{_READING: not streams})

    @event.listens_for(reader, "before_cursor_execute")
    def refuse_writing(connection: Any, cursor: Any, sql: str, values: Any, context: Any, many: bool) -> None:
        if context.isinsert or context.isupdate or context.isdelete:
            raise RuntimeError(f"a reader writes: {sql}")  # nobody would commit it, or PostgreSQL at once

    return reader


def _kind(error: Exception) -> Exception:
    text = str(error)
    if any(mark in text for mark in _BUSY):
        return TryAgain("database.busy", "系统正忙，您的操作没有保存。页面上已填的内容还在，请稍后再点一次。")
    if any(mark in text for mark in _FULL) or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
        return TryAgain("storage.full", "存储空间已满，您的操作没有保存。请联系系统管理员清理空间后再试。")
    return error
