"""The only place that commits: engine state, work items, timers, outbox and audit rows are written together or not at all."""

import errno
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import InvalidValues, TryAgain

Sessions = sessionmaker[Session]

_BUSY = ("database is locked", "database table is locked", "lock timeout", "deadlock detected", "could not serialize")
_PAUSE = 0.001
"""Seconds that a writer of SQLite sleeps before it asks for its turn again."""
_PATIENCE = 5.0
"""Seconds that a writer of SQLite waits for its turn."""
_PLANS = 400
"""Prepared statements that a connection to PostgreSQL keeps; the application has about so many different ones."""
_PURPOSE, _READING, _COMPARING, _WRITING = "purpose", "reading", "comparing", "writing"
_REPEATABLE_READ = 3
"""The number that the driver of PostgreSQL has for this isolation; None is that of the server."""
_TOO_LONG = re.compile(r"value too long for type character varying\((\d+)\)")
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
    give a reader nothing; and at a ROLLBACK the driver forgets every plan, so that each statement was planned anew. Who compares
    what several statements give reads in a transaction that sees one moment.
    """

    @event.listens_for(engine, "connect")
    def remember(connection: Any, record: object) -> None:
        connection.prepared_max = _PLANS

    def begin(connection: PoolProxiedConnection) -> None:
        driver, purpose = cast(Any, connection.dbapi_connection), connection.info.get(_PURPOSE)
        if driver.autocommit != (purpose == _READING):
            driver.autocommit = purpose == _READING
        level = _REPEATABLE_READ if purpose == _COMPARING else None
        if driver.isolation_level != level:
            driver.isolation_level = level

    engine.dialect.do_begin = begin  # type: ignore[assignment, method-assign]  # see _connected


def _prepare_sqlite(engine: Engine) -> None:
    """Make SQLite keep its word: WAL, foreign keys, durable commits, and write transactions that lock when they begin."""

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        # Fewer and larger checkpoints: each one is done by the writer that happens to come, with the lock in hand.
        patience = f"busy_timeout={_PATIENCE * 1000:.0f}"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=4000", patience):
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: PoolProxiedConnection) -> None:
        driver = cast(sqlite3.Connection, connection.dbapi_connection)
        if connection.info.get(_PURPOSE) == _WRITING:
            _begin_writing(driver)
        else:
            driver.execute("BEGIN")

    engine.dialect.do_begin = begin  # type: ignore[assignment, method-assign]  # see _connected


def _begin_writing(connection: sqlite3.Connection) -> None:
    """Take SQLite's write lock before anything is read; a transaction that turns into a writer late fails when others wrote.

    SQLite itself sleeps up to a tenth of a second between two tries, while other processes hold the lock for a few milliseconds.
    """
    patience: int = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    until = time.monotonic() + patience / 1000
    connection.execute("PRAGMA busy_timeout=0")
    try:
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


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Let the threads of a process write to SQLite one after another: who waits is woken at once and does not ask again and again."""
    if engine.dialect.name != "sqlite":
        yield
        return
    door = _door(engine)
    if not door.acquire(timeout=_PATIENCE):
        raise sqlite3.OperationalError("database is locked")
    try:
        yield
    finally:
        door.release()


@lru_cache(maxsize=8)
def _door(engine: Engine) -> threading.Lock:
    return threading.Lock()


@contextmanager
def write_transaction(sessions: Sessions) -> Iterator[Session]:
    """Give a session whose work is committed once, at the end, or not at all.

    A database that is locked or full becomes `TryAgain`, and a text that its column has no room for `InvalidValues`: nothing has
    been written, and the sentence says so. SQLite has room for any text.
    """
    try:
        engine = sessions.kw["bind"]
        with _turn(engine), _connected(engine, _WRITING) as connection:
            transaction = connection.begin()  # ends with the connection, if nothing is committed
            with sessions(bind=connection) as session:
                yield session
                session.flush()
            transaction.commit()
    except (OperationalError, DBAPIError, sqlite3.OperationalError, OSError) as error:
        raise _kind(error) from error


@contextmanager
def _connected(engine: Engine, purpose: str) -> Iterator[Connection]:
    """Give a connection that says what it is for. Dialects ask when they begin a transaction.

    They do so themselves, because a single listener on the engine makes every statement look for listeners.
    """
    with engine.connect() as connection:
        known = connection.info
        known[_PURPOSE] = purpose
        try:
            yield connection
        finally:
            del known[_PURPOSE]


def connection_of(session: Session) -> Connection:
    """Return the connection of a running transaction, for statements that need no mapper; the session's own way to it is longer."""
    return session.bind if isinstance(session.bind, Connection) else session.connection()


@contextmanager
def read_transaction(sessions: Sessions, *, one_moment: bool = False) -> Iterator[Session]:
    """Give a session for reading. It writes nothing (a bug, if it tries), and what it loaded can still be looked at afterwards.

    With `one_moment` all its statements see the database as it was at the first of them, however much others write meanwhile:
    for who compares what several give. It may read more than fits into memory (`yield_per`), which needs a transaction.
    """
    purpose = _COMPARING if one_moment else _READING
    with _connected(_reader(sessions.kw["bind"]), purpose) as connection, sessions(bind=connection) as session:
        yield session


@lru_cache(maxsize=8)
def _reader(engine: Engine) -> Engine:
    """Return the engine as readers use it, on the same connections; making it takes longer than a small statement."""
    reader = engine.execution_options()

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
    if longer := _TOO_LONG.search(text):
        # Forms say it beside the field; this is for the form of a package that allows more than there is room for.
        sentence = f"填写的内容里有一项超过{longer[1]}个字，存不下，所以没有保存。请缩短后再提交。"
        return InvalidValues("text.too_long", sentence)
    return error
