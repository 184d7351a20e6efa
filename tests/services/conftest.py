"""A context without Flask on a fresh database, and a small district in it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import sessionmaker

from app.files.store import FileStore
from app.persistence.crypto import Cipher, set_cipher
from app.persistence.models import AuditEvent
from app.persistence.unit_of_work import make_engine
from app.services.calendar_cache import CalendarCache
from app.services.context import Context
from app.services.packages.procedure_cache import ProcedureCache
from app.services.registry_table import build_registry
from tests.databases import Databases, begins_with, with_schema
from tests.services.steps import to_the_list
from tests.services.world import ROOT, FakeClock, World


@begins_with(with_schema)
def build(url: str) -> None:
    """Settle the district with its procedure deployed."""
    engine = make_engine(url)
    world = World(context_on(engine, files="memory://", procedures=ProcedureCache()), FakeClock())
    world.settle()
    world.deploy()
    engine.dispose()


def context_on(engine: Engine, *, files: str, procedures: ProcedureCache) -> Context:
    """Return a context on a database, with the clock of the tests' beginning."""
    cipher = Cipher(b"test")
    set_cipher(cipher)
    return Context(
        sessions=sessionmaker(bind=engine, expire_on_commit=False),
        clock=FakeClock(),
        files=FileStore(files),
        cipher=cipher,
        audit_key=b"test key",
        procedures=procedures,
        calendars=CalendarCache(),
        registry=build_registry(),
        public_base_url="http://127.0.0.1:8000",
        certificates_folder=str(ROOT / "certificates"),
        synthetic=True,
        wake=lambda: None,
    )


@pytest.fixture(scope="session")
def parsed() -> ProcedureCache:
    """Return one cache for all: every database is a copy of one, so that the same version has the same id."""
    return ProcedureCache()


@pytest.fixture
def world(databases: Databases, parsed: ProcedureCache, tmp_path: Path) -> Iterator[World]:
    """Return a settled district on a database of its own, with the procedure of the repository deployed."""
    clock = FakeClock()
    with databases.engine(build) as engine:
        made = World(replace(context_on(engine, files=str(tmp_path / "files"), procedures=parsed), clock=clock), clock)
        made.remember()
        yield made


def without_papers(context: Context) -> Context:
    """Return the context with papers that are not made: a PDF takes longer than all the rest of a round."""
    deliveries = {
        kind: replace(each, run=lambda tx, payload: None) if kind.endswith("_pdf") else each
        for kind, each in context.registry.deliveries.items()
    }
    return replace(context, registry=replace(context.registry, deliveries=deliveries))


@pytest.fixture
def quick(world: World) -> World:
    """Return the same district without papers."""
    world.context = without_papers(world.context)
    return world


@begins_with(build)
def build_listed(url: str) -> None:
    """Bring one round of three nominees to the proposed list."""
    engine = make_engine(url)
    clock = FakeClock()
    world = World(replace(context_on(engine, files="memory://", procedures=ProcedureCache()), clock=clock), clock)
    world.remember()
    to_the_list(world)
    engine.dispose()


@pytest.fixture
def listed(databases: Databases, parsed: ProcedureCache) -> Iterator[World]:
    """Return a district without papers whose round waits for its list; the clock stands where the last thing happened."""
    clock = FakeClock()
    with databases.engine(build_listed) as engine:
        made = World(without_papers(replace(context_on(engine, files="memory://", procedures=parsed), clock=clock)), clock)
        made.remember()
        clock.turn(to=made.all(select(func.max(AuditEvent.at)))[0])
        yield made
