"""The unit of work: all or nothing, and a kind word when the database is busy."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import InvalidValues, TryAgain
from app.persistence.base import PackedSecret
from app.persistence.crypto import Cipher, set_cipher
from app.persistence.models import CalendarYear
from app.persistence.unit_of_work import read_transaction, write_transaction
from app.persistence.upsert import insert_rows

YEAR: dict[str, Any] = {"year": 2026, "status": "published", "source": "国办"}


def write_year(sessions: sessionmaker[Session], *, fails: bool = False) -> None:
    with write_transaction(sessions) as session:
        session.add(CalendarYear(year=2026, status="published", source="国办"))
        session.flush()
        if fails:
            raise RuntimeError("in the middle")


def test_everything_is_written_at_the_end(engine: Engine) -> None:
    sessions = sessionmaker(engine)
    with write_transaction(sessions) as session:
        session.add(CalendarYear(year=2026, status="published", source="国办"))
    with sessions() as session:
        assert session.scalars(select(CalendarYear.year)).all() == [2026]


def test_an_error_leaves_nothing_behind(engine: Engine) -> None:
    sessions = sessionmaker(engine)
    with pytest.raises(RuntimeError):
        write_year(sessions, fails=True)
    with sessions() as session:
        assert session.scalars(select(CalendarYear.year)).all() == []


def add_year(session: Session, **more: str) -> None:
    session.add(CalendarYear(**YEAR | more))
    session.flush()


def insert_year(session: Session, **more: str) -> None:
    insert_rows(session, CalendarYear, [YEAR | more])


@pytest.mark.parametrize("write", [add_year, insert_year])
def test_a_reader_cannot_write(engine: Engine, write: Callable[[Session], None]) -> None:
    sessions = sessionmaker(engine)
    with read_transaction(sessions) as session, pytest.raises(RuntimeError, match="a reader writes"):
        write(session)
    with sessions() as session:
        assert session.scalars(select(CalendarYear.year)).all() == []


def test_what_a_reader_has_loaded_can_be_looked_at_afterwards(engine: Engine) -> None:
    sessions = sessionmaker(engine, expire_on_commit=False)
    write_year(sessions)
    with read_transaction(sessions) as session:
        year = session.scalars(select(CalendarYear)).one()
    assert (year.year, year.source) == (2026, "国办")


def test_postgresql_keeps_its_plans_when_a_reader_has_gone(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite's driver keeps them itself")
    sessions = sessionmaker(engine)
    for _ in range(7):  # the driver prepares what it has sent five times
        with read_transaction(sessions) as session:
            session.scalars(select(CalendarYear)).all()
    with read_transaction(sessions) as session:
        plans = select(func.count()).select_from(text("pg_prepared_statements")).where(text("statement LIKE '%calendar_year%'"))
        assert session.scalar(plans) == 1


def test_a_locked_database_says_so_and_nothing_is_lost(engine: Engine) -> None:
    sessions = sessionmaker(engine)
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL locks rows, not the database")
    event.listen(engine, "connect", lambda connection, record: connection.execute("PRAGMA busy_timeout=50"))
    engine.dispose()  # the connections of the pool have the long patience still
    with engine.connect() as holder:
        holder.exec_driver_sql("UPDATE audit_head SET seq = seq")
        with pytest.raises(TryAgain, match="没有保存"):
            write_year(sessions)


@pytest.mark.parametrize("write", [add_year, insert_year])
def test_a_text_that_its_column_has_no_room_for_is_refused_in_a_sentence(engine: Engine, write: Callable[..., None]) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has room for any text")
    sessions = sessionmaker(engine)
    with pytest.raises(InvalidValues, match=r"超过160个字.*没有保存.*缩短"), write_transaction(sessions) as session:
        write(session, source="长" * 161)
    with sessions() as session:
        assert session.scalars(select(CalendarYear.year)).all() == []


def test_a_cipher_hides_and_finds_again() -> None:
    cipher = Cipher(b"secret of the test")
    set_cipher(cipher)
    number = "420112198501010000"
    assert cipher.decrypt(cipher.encrypt(number)) == number
    assert number.encode() not in cipher.encrypt(number)
    assert cipher.encrypt(number) != cipher.encrypt(number)
    secret, paper = PackedSecret(), '{"name": "王建国"}'
    stored = secret.process_bind_param(paper, sqlite.dialect())
    assert stored is not None and b"name" not in stored
    for content in (stored, cipher.encrypt(paper)):  # the second as it was before documents were packed
        assert secret.process_result_value(content, sqlite.dialect()) == paper
    assert cipher.look_up(number) == cipher.look_up(number) != cipher.look_up(number + "0")
