"""A context without Flask on a fresh database, and a small district in it."""

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
from app.services.registry_table import build_registry
from tests.databases import Databases
from tests.services.world import ROOT, FakeClock, World


def build(url: str) -> None:
    """Bring an empty database to the newest schema."""
    engine = make_engine(url)
    upgrade_schema(engine)
    engine.dispose()


@pytest.fixture
def world(databases: Databases, tmp_path: Path) -> Iterator[World]:
    """Return a district on a database of its own, with the procedure of the repository deployed."""
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
        registry=build_registry(),
        public_base_url="http://127.0.0.1:8000",
        certificates_folder=str(ROOT / "certificates"),
        synthetic=True,
        wake=lambda: None,
    )
    made = World(context, clock)
    made.settle()
    made.deploy()
    yield made
    engine.dispose()
