"""What the tests of the studio share: the registry of the house, and a house with two administrators and a small procedure."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from app.files.store import FileStore
from app.persistence.crypto import Cipher, set_cipher
from app.persistence.unit_of_work import make_engine
from app.services.calendar_cache import CalendarCache
from app.services.context import Context
from app.services.packages.procedure_cache import ProcedureCache
from app.services.registry import Registry
from app.services.registry_table import build_registry
from tests.databases import Databases, begins_with, for_all_processes, with_schema
from tests.services.world import FakeClock
from tests.studio.house import House


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Return everything that a diagram may name."""
    return build_registry()


def context_on(engine: Engine, folder: Path, clock: FakeClock) -> Context:
    """Return the adapters on a database."""
    cipher = Cipher(b"test")
    set_cipher(cipher)
    return Context(
        sessions=sessionmaker(bind=engine, expire_on_commit=False),
        clock=clock,
        files=FileStore(str(folder / "files")),
        cipher=cipher,
        audit_key=b"test key",
        procedures=ProcedureCache(),
        calendars=CalendarCache(),
        registry=build_registry(),
        public_base_url="http://127.0.0.1:8000",
        certificates_folder=str(folder / "certificates"),
        synthetic=True,
        wake=lambda: None,
    )


@for_all_processes
@begins_with(with_schema)
def build(url: str) -> None:
    """Settle the people of the district."""
    engine = make_engine(url)
    clock = FakeClock()
    with TemporaryDirectory() as folder:
        House(context_on(engine, Path(folder), clock), clock).settle(experts=0)
    engine.dispose()


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[House]:
    """Return a house on a database of its own."""
    clock = FakeClock()
    with databases.engine(build) as engine:
        made = House(context_on(engine, tmp_path, clock), clock)
        made.remember()
        yield made
