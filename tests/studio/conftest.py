"""What the tests of the studio share: the registry of the house, and a house with two administrators and a small procedure."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import sessionmaker

from app.files.store import FileStore
from app.persistence.crypto import Cipher, set_cipher
from app.persistence.schema import upgrade_schema
from app.persistence.unit_of_work import make_engine
from app.services.calendar_cache import CalendarCache
from app.services.context import Context
from app.services.procedure_cache import ProcedureCache
from app.services.registry import Registry
from app.services.registry_table import build_registry
from tests.databases import Databases
from tests.services.world import FakeClock
from tests.studio.house import House


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Return everything that a diagram may name."""
    return build_registry()


def build(url: str) -> None:
    """Bring an empty database to the newest schema."""
    engine = make_engine(url)
    upgrade_schema(engine)
    engine.dispose()


@pytest.fixture
def house(databases: Databases, tmp_path: Path, registry: Registry) -> Iterator[House]:
    """Return a house on a database of its own."""
    engine = make_engine(databases.create(build))
    cipher, clock = Cipher(b"test"), FakeClock()
    set_cipher(cipher)
    context = Context(
        sessions=sessionmaker(bind=engine, expire_on_commit=False),
        clock=clock,
        files=FileStore(str(tmp_path / "files")),
        cipher=cipher,
        audit_key=b"test key",
        procedures=ProcedureCache(),
        calendars=CalendarCache(),
        registry=registry,
        public_base_url="http://127.0.0.1:8000",
        certificates_folder=str(tmp_path / "certificates"),
        synthetic=True,
        wake=lambda: None,
    )
    made = House(context, clock)
    made.settle(experts=0)
    yield made
    engine.dispose()
