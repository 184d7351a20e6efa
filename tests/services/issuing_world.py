"""A district whose round has three registered certificates that nobody has printed yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, func, select

from app.persistence.models import AuditEvent, Certificate, IssuingBatch
from app.persistence.unit_of_work import make_engine
from app.services.context import Context
from app.services.issuing import batches
from app.services.issuing.certificates import gather_for_printing
from app.services.issuing.serials import next_serial
from app.services.packages.procedure_cache import ProcedureCache
from app.services.registry_table import build_registry
from tests.databases import Databases, begins_with, for_all_processes
from tests.services.conftest import build_listed, context_on, without_papers
from tests.services.test_issuing import decided
from tests.services.world import FakeClock, World


@for_all_processes
@begins_with(build_listed)
def build_issued(url: str) -> None:
    """Bring a round to its decision, with three registered certificates that nobody has printed yet."""
    engine = make_engine(url)
    world = world_on(engine, files="memory://", procedures=ProcedureCache())
    decided(world)
    with world.context.transaction() as tx:
        first = tx.session.scalars(select(Certificate)).one()
        for number in (1, 2):
            serial, code = next_serial(tx, "LKGGJ")
            copied = {key: getattr(first, key) for key in ("case_id", "round_id", "holder_id", "title", "issuers", "issued_on")}
            values = first.values_json.replace(first.name, f"陈精{number}")
            frozen = {"template_version_id": first.template_version_id, "values_json": values}
            tx.session.add(Certificate(**copied, **frozen, serial=serial, check_code=code, name=f"陈精{number}", state="valid"))
    engine.dispose()


@begins_with(build_issued)
def build_printed(url: str) -> None:
    """Print the first of the certificates."""
    engine = make_engine(url)
    world = world_on(engine, files="memory://", procedures=ProcedureCache())
    put_into_a_batch(world)
    batches.run_unfinished(world.context)
    engine.dispose()


def world_on(engine: Engine, *, files: str, procedures: ProcedureCache) -> World:
    """Return a district without other papers, its clock where the last thing happened."""
    clock = FakeClock()
    world = World(without_papers(replace(context_on(engine, files=files, procedures=procedures), clock=clock)), clock)
    world.remember()
    clock.turn(to=world.all(select(func.max(AuditEvent.at)))[0])
    return world


def world_with_papers(engine: Engine, *, procedures: ProcedureCache) -> World:
    """Return a district that makes its papers; they lie in memory."""
    world = world_on(engine, files="memory://", procedures=procedures)
    world.context = replace(world.context, registry=build_registry())
    return world


@contextmanager
def issued_world(databases: Databases, parsed: ProcedureCache, folder: Path) -> Iterator[World]:
    """Give the district on a database of its own, the first certificate in a batch."""
    with databases.engine(build_issued) as engine:
        world = world_on(engine, files=str(folder / "files"), procedures=parsed)
        put_into_a_batch(world)
        yield world


@contextmanager
def printed_world(databases: Databases, parsed: ProcedureCache) -> Iterator[World]:
    """Give the district when the first certificate is printed, its file in memory; it is printed once for all tests."""
    with databases.engine(build_printed) as engine:
        yield world_on(engine, files="memory://", procedures=parsed)


def put_into_a_batch(world: World) -> None:
    """Gather the first certificate for printing."""
    with world.context.transaction() as tx:
        gather_for_printing(tx, {"serial": tx.session.scalars(select(Certificate.serial).order_by(Certificate.id)).first()})


def progress_round(world: World) -> int:
    """Return the round of the only batch."""
    round_id: int = world.all(select(IssuingBatch))[0].round_id
    return round_id


def stored(context: Context, row: Certificate) -> bytes:
    """Return the file of a certificate."""
    assert row.pdf_sha256 is not None
    with context.files.open(row.pdf_sha256) as stream:
        return stream.read()
