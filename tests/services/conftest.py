"""A context without Flask on a fresh database, and a small district in it."""

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import sessionmaker

from app.files.store import FileStore
from app.persistence.crypto import Cipher, set_cipher
from app.persistence.models import AuditEvent
from app.persistence.unit_of_work import make_engine
from app.services.calendar_cache import CalendarCache
from app.services.context import Context
from app.services.packages.procedure_cache import ProcedureCache
from app.services.registry_table import build_registry
from tests.databases import Build, Databases, begins_with, for_all_processes, with_schema
from tests.services.steps import NAMES, judge, nominees, to_the_draw
from tests.services.world import ROOT, FakeClock, World


@for_all_processes
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


@pytest.fixture(scope="session")
def settled(databases: Databases, parsed: ProcedureCache) -> World:
    """Return a district that nobody changes: all are copies of one, so that units and people have the same ids everywhere."""
    with databases.engine(build) as engine:
        made = World(context_on(engine, files="memory://", procedures=parsed), FakeClock())
        made.remember()
        return made


@pytest.fixture
def world(databases: Databases, parsed: ProcedureCache, settled: World, tmp_path: Path) -> Iterator[World]:
    """Return a settled district on a database of its own, with the procedure of the repository deployed."""
    clock = FakeClock()
    with databases.engine(build) as engine:
        context = replace(context_on(engine, files=str(tmp_path / "files"), procedures=parsed), clock=clock)
        yield World(context, clock, units=dict(settled.units), users=dict(settled.users))


def without_papers(context: Context) -> Context:
    """Return the context with papers that are not made: a PDF takes longer than all the rest of a round."""
    deliveries = {
        kind: replace(each, run=lambda tx, payload: None) if kind.endswith("_pdf") else each
        for kind, each in context.registry.deliveries.items()
    }
    return replace(context, registry=replace(context.registry, deliveries=deliveries))


class Keeper:
    """Keeps the states to which districts without papers were brought, and lends copies to districts that came the same way."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._known: dict[str, tuple[datetime, Any]] = {}

    @contextmanager
    def lend_to(self, world: World, begun: Build = build) -> Iterator[None]:
        """Serve a district that is as `begun` left it, as long as only steps that are kept have written into its database."""
        with ExitStack() as stack:
            self._follow(stack, world, begun, begun.__name__)
            yield

    def _follow(self, stack: ExitStack, world: World, begun: Build, way: str) -> None:
        written, context = list[str](), world.context

        def watch(connection: object, cursor: object, statement: str, *rest: object) -> None:
            written.extend([statement] if statement.startswith(("INSERT", "UPDATE", "DELETE")) else [])

        def begin(asking: World, key: str, steps: Callable[[World], Any]) -> Any:
            if written or asking.context is not context:
                return steps(asking)
            further = f"{way}, {asking.clock.now:%m-%d %H:%M:%S} {key}"
            build_further = self._build(context, begun, further, asking.clock.now, steps)
            engine = stack.enter_context(self._databases.engine(build_further))
            asking.context = _moved(context, engine)
            moment, found = self._known[further]
            asking.clock.turn(to=moment)
            self._follow(stack, asking, build_further, further)
            return copy.copy(found)

        event.listen(context.sessions.kw["bind"], "before_cursor_execute", watch)
        world.keeper = begin

    def _build(self, context: Context, begun: Build, way: str, moment: datetime, steps: Callable[[World], Any]) -> Build:
        @begins_with(begun)
        def built(url: str) -> None:
            clock = FakeClock(moment)
            with self._databases.engine_on(url) as engine:
                world = World(_moved(replace(context, clock=clock), engine), clock)
                world.remember()
                found = steps(world)
            self._known[way] = clock.now, found

        vars(built)["key"] = f"without papers: {way}"
        return built


def _moved(context: Context, engine: Engine) -> Context:
    """Return a context on another database; what copies of a database have in the store lies in memory."""
    return replace(context, sessions=sessionmaker(bind=engine, expire_on_commit=False), files=FileStore("memory://"))


@pytest.fixture(scope="session")
def keeper(databases: Databases) -> Keeper:
    """Return what keeps states for this process."""
    return Keeper(databases)


@pytest.fixture
def quick(world: World, keeper: Keeper) -> Iterator[World]:
    """Return the same district without papers."""
    world.context = without_papers(world.context)
    with keeper.lend_to(world):
        yield world


@for_all_processes
@begins_with(build)
def build_drawn(url: str) -> None:
    """Bring three nominees of one round to the drawing of the panel."""
    with _walking(url) as world:
        to_the_draw(world, *NAMES)


@for_all_processes
@begins_with(build_drawn)
def build_listed(url: str) -> None:
    """Bring the round on to the proposed list."""
    with _walking(url) as world:
        judge(world, nominees(world))


@contextmanager
def _walking(url: str) -> Iterator[World]:
    engine = make_engine(url)
    yield _where_it_stands(context_on(engine, files="memory://", procedures=ProcedureCache()))
    engine.dispose()


def _where_it_stands(context: Context) -> World:
    """Return the district of a context; the clock stands where the last thing happened."""
    clock = FakeClock()
    world = World(replace(context, clock=clock), clock)
    world.remember()
    clock.turn(to=world.all(select(func.max(AuditEvent.at)))[0])
    return world


@pytest.fixture
def drawn(databases: Databases, parsed: ProcedureCache, keeper: Keeper) -> Iterator[World]:
    """Return a district without papers whose round waits for its panel to be drawn."""
    yield from _lent(databases, parsed, keeper, build_drawn)


@pytest.fixture
def listed(databases: Databases, parsed: ProcedureCache, keeper: Keeper) -> Iterator[World]:
    """Return a district without papers whose round waits for its list."""
    yield from _lent(databases, parsed, keeper, build_listed)


def _lent(databases: Databases, parsed: ProcedureCache, keeper: Keeper, begun: Build) -> Iterator[World]:
    with databases.engine(begun) as engine:
        world = _where_it_stands(without_papers(context_on(engine, files="memory://", procedures=parsed)))
        with keeper.lend_to(world, begun):
            yield world
