"""Throw-away databases: SQLite files, or databases of a PostgreSQL server that lives as long as the test run."""

import fcntl
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql
from sqlalchemy import Engine, event

from app.persistence.schema import upgrade_schema
from app.persistence.unit_of_work import make_engine

Build = Callable[[str], None]
"""Fills the empty database at the URL, and closes every connection that it opened."""


def begins_with(earlier: Build) -> Callable[[Build], Build]:
    """Let a build go on from where an earlier one ended: it gets a copy of what that one left, which is made once for all."""

    def mark(build: Build) -> Build:
        vars(build)["begins_with"] = earlier
        return build

    return mark


def for_all_processes(build: Build) -> Build:
    """Let a build be made once for all test processes. Nothing of what it leaves may lie anywhere but in the database."""
    vars(build)["for_all"] = True
    return build


FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off", "max_connections=200"]
"""Nothing here has to survive a power cut; SQLite is told the same by `Databases.engine`."""


@for_all_processes
def with_schema(url: str) -> None:
    """Bring an empty database to the newest schema."""
    engine = make_engine(url)
    upgrade_schema(engine)
    engine.dispose()


def postgresql_program(name: str) -> str:
    """Return the path of one of the server's programs; Debian keeps them off the PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(installed[-1]) if installed else shutil.which(name)
    if found is None:
        raise RuntimeError("PostgreSQL is not installed: run ./bin/test, which installs it, or use --db sqlite")
    return found


@dataclass(frozen=True)
class PostgresServer:
    """A running server that listens on a Unix socket in a folder of its own, and nowhere else."""

    folder: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, *, settings: Sequence[str] = FAST) -> Self:
        """Create a cluster in a temporary folder and start it. Takes about two seconds."""
        # The server refuses to run as root; Debian's package brings a user for it. A socket's path has to be short.
        owner = "postgres" if os.getuid() == 0 else None
        folder = Path(tempfile.mkdtemp(prefix="gj-pg-", dir="/tmp"))
        if owner:
            shutil.chown(folder, owner, owner)
        initdb = [postgresql_program("initdb"), "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*initdb, "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            cwd=folder, user=owner, group=owner, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        settings = ["listen_addresses=", f"unix_socket_directories={folder}", *settings]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [postgresql_program("postgres"), "-D", "data", *(word for setting in settings for word in ("-c", setting))],
                cwd=folder, user=owner, group=owner, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        server = cls(folder, process)
        server._wait()
        return server

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def stop(self) -> None:
        """Stop the server by its own process and remove the folder."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=300)
        shutil.rmtree(self.folder)

    def _wait(self) -> None:
        for _ in range(2400):  # two minutes at least: other processes may have the machine
            try:
                psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres").close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start:\n" + (self.folder / "log").read_text())


@dataclass
class Databases:
    """Makes databases for one test process; each schema is built once and copied from then on."""

    folder: Path
    worker: str
    socket_folder: str | None = None
    shared: Path | None = None
    """A folder that several processes know, where they tell each other what they have built."""
    _templates: dict[str, str] = field(default_factory=dict)
    _compiled: dict[Any, Any] = field(default_factory=dict)
    _first: Engine | None = None
    _count: int = 0

    def create(self, build: Build | None = None) -> str:
        """Return the URL of a new database, empty or as `build` left it the first time."""
        url = self._url()
        self._make(url, template=self._template(build))
        return url

    def _template(self, build: Build | None) -> str | None:
        if build is None:
            return None
        key = vars(build).get("key", f"{build.__module__}.{build.__qualname__}")
        if key not in self._templates:
            shared = self.shared if "for_all" in vars(build) else None
            self._templates[key] = self._built(build) if shared is None else self._built_once(shared / key, build)
        return self._templates[key]

    def _built(self, build: Build) -> str:
        url = self.create(vars(build).get("begins_with"))
        build(url)
        return url

    def _built_once(self, note: Path, build: Build) -> str:
        """Build in the process that asks first; the others wait for it, and copy what it left."""
        with Path(f"{note}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # let go when the file is closed, however that comes
            if not note.exists():
                note.write_text(self._built(build))
            return note.read_text()

    @contextmanager
    def engine(self, build: Build) -> Iterator[Engine]:
        """Lend an engine on a new database, and close its connections at the end.

        The database is made for the first connection: tests pass through states that they never ask for anything.
        """
        url, template = self._url(), self._template(build)
        with self.engine_on(url, first=lambda: self._make(url, template=template)) as engine:
            yield engine
        self._throw_away(url)

    @contextmanager
    def engine_on(self, url: str, *, first: Callable[[], None] | None = None) -> Iterator[Engine]:
        """Lend an engine on a database, and close its connections at the end; what is to be done `first` is done once, when it connects.

        All engines of a test process share one dialect and what it has compiled, as all requests of a server do: a test would
        otherwise spend a sixth of its time on turning the same queries into text again.
        """
        engine = make_engine(url)
        if first is not None:
            _before_connecting(engine, first)
        if self.socket_folder is None:
            event.listen(engine, "connect", _hurry_and_promise_no_order)
        if self._first is None:
            self._first = engine
            engine.connect().close()  # the first connection tells the dialect about the server
        engine.dialect = self._first.dialect
        engine.update_execution_options(compiled_cache=self._compiled)
        try:
            yield engine
        finally:
            engine.dispose()

    def _url(self) -> str:
        self._count += 1
        name = f"{self.worker}_{self._count}"
        if self.socket_folder is None:
            return f"sqlite:///{self.folder / name}.db"
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket_folder}"

    def _throw_away(self, url: str) -> None:
        """Remove the files of a database before the system writes them to the disk: a run of all tests makes gigabytes of them."""
        if self.socket_folder is None:
            for kind in ("", "-wal", "-shm"):  # the last two are gone already, unless a process that used it was killed
                Path(url.removeprefix("sqlite:///") + kind).unlink(missing_ok=True)

    def _make(self, url: str, *, template: str | None) -> None:
        if self.socket_folder is None:
            if template is not None:
                shutil.copyfile(template.removeprefix("sqlite:///"), url.removeprefix("sqlite:///"))
            return
        name, source = _name_in(url), "template1" if template is None else _name_in(template)
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        with psycopg.connect(host=self.socket_folder, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(source)))


def _name_in(url: str) -> str:
    return url.split("@/")[1].split("?")[0]


def _hurry_and_promise_no_order(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    # Who needs an order has to ask for one: PostgreSQL gives rows as they lie, and they come to lie elsewhere.
    connection.execute("PRAGMA reverse_unordered_selects=ON")


def _before_connecting(engine: Engine, act: Callable[[], None]) -> None:
    lock, left = threading.Lock(), [act]

    @event.listens_for(engine, "do_connect")
    def begin(*_: object) -> None:
        with lock:
            if left:
                left.pop()()
