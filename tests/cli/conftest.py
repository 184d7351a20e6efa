"""Fixtures of the command line's tests: an installation of their own, reached through the environment."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from app.cli import main
from app.cli.rehearsal.clock import SteppingClock
from app.cli.rehearsal.running import close, prepare
from app.persistence.schema import upgrade_schema
from app.persistence.unit_of_work import make_engine
from app.wiring import build_app
from config import Config, new_key
from tests.databases import Databases

Run = Callable[..., tuple[int, str, str]]


def build(url: str) -> None:
    """Bring an empty database to the newest schema."""
    engine = make_engine(url)
    upgrade_schema(engine)
    engine.dispose()


@pytest.fixture
def installation(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Point every command at a fresh database and folder; return its configuration."""
    given = {
        "DATABASE_URL": databases.create(build), "FILES_URL": str(tmp_path / "files"), "HUEY_URL": str(tmp_path / "queue.db"),
        "SIGNING_CREDENTIAL": str(tmp_path / "演示签名证书.p12"),
        "SECRET_KEY": "s" * 40, "DATA_KEY": new_key(), "AUDIT_KEY": new_key(), "ENVIRONMENT": "demo",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(f"GONGJIANG_{name}", value)
    return Config.from_environment(tmp_path / "instance")


@pytest.fixture
def filled(installation: Config) -> Config:
    """An installation with the procedure and the samples."""
    app = build_app(installation)
    with app.app_context():
        prepare(app, app.extensions["gongjiang"], tell=lambda line: None)
    close(app)
    return installation


@pytest.fixture
def house(filled: Config) -> Iterator[Flask]:
    """The application of the filled installation, with a clock that stands at the beginning of the story."""
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
