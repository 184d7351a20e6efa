"""Fixtures of the command line's tests: an installation of their own, reached through the environment."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Dialect, Engine, Pool, event

from app.cli import main
from app.cli.rehearsal.clock import SteppingClock
from app.cli.rehearsal.running import close, prepare
from app.services.context import Context
from app.wiring import build_app
from config import Config
from tests.applications import COMPILED, SETTINGS
from tests.databases import Databases, begins_with, for_all_processes, with_schema

Run = Callable[..., tuple[int, str, str]]


@for_all_processes
@begins_with(with_schema)
def build_filled(url: str) -> None:
    """Bring the procedure and the samples into an empty database."""
    with TemporaryDirectory() as folder:
        app = build_app(Config.from_environment(Path(folder), environment(url, Path(folder))))
        context: Context = app.extensions["gongjiang"]
        try:
            with app.app_context():
                prepare(app, context, tell=lambda line: None)
        finally:
            close(app)


def environment(url: str, folder: Path) -> dict[str, str]:
    """Return the variables that lead to an installation; the keys are the same for all, because databases are copied."""
    given = {"DATABASE_URL": url, "FILES_URL": str(folder / "files"), "HUEY_URL": str(folder / "queue.db"), "ENVIRONMENT": "demo"}
    return SETTINGS | {f"GONGJIANG_{name}": value for name, value in given.items()}


def point_at(url: str, folder: Path, patch: pytest.MonkeyPatch) -> Config:
    """Point every command at a database and a folder; return the configuration."""
    for name, value in environment(url, folder).items():
        patch.setenv(name, value)
    return Config.from_environment(folder / "instance")


@pytest.fixture(scope="package", autouse=True)
def _built_again_and_again() -> Iterator[None]:
    """Let the applications that commands build, each for itself, share what one of them has compiled, and wait for no disk.

    `Databases.engine` and `lent_application` do the same for the other tests.
    """
    dialects, compiled = dict[str, Dialect](), dict[Any, Any]()

    def share(connection: Connection) -> None:
        engine = connection.engine
        engine.dialect = dialects.setdefault(engine.dialect.name, engine.dialect)
        engine.update_execution_options(compiled_cache=compiled)

    def hurry(connection: object, *rest: object) -> None:
        if isinstance(connection, sqlite3.Connection):  # nothing here has to survive a power cut
            connection.execute("PRAGMA synchronous=OFF")

    listeners: tuple[tuple[Any, str, Any], ...] = ((Engine, "engine_connect", share), (Pool, "checkout", hurry))
    for target, name, listener in listeners:
        event.listen(target, name, listener)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", COMPILED)
        yield
    for target, name, listener in listeners:
        event.remove(target, name, listener)


@pytest.fixture
def installation(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Return the configuration of an empty installation that every command reaches."""
    return point_at(databases.create(with_schema), tmp_path, monkeypatch)


@pytest.fixture
def filled(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Return the same with the procedure and the samples."""
    return point_at(databases.create(build_filled), tmp_path, monkeypatch)


@pytest.fixture
def house(filled: Config) -> Iterator[Flask]:
    """Return the application of the filled installation, with a clock that stands at the beginning of the story."""
    app = build_app(filled, clock=SteppingClock(date(2026, 3, 2)))
    yield app
    close(app)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command as the console script does; return exit code, output, complaints."""

    def running(*arguments: str) -> tuple[int, str, str]:
        code = 0
        try:
            main(list(arguments))
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return running
