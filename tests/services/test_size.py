"""How much database a finished case takes beside its attachments."""

import sqlite3

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from app.persistence.models import Case
from tests.databases import Databases
from tests.services.conftest import build
from tests.services.steps import approve, pay, propose, publish, to_the_list
from tests.services.world import World

MOST = 40 * 1024
"""Bytes a finished nomination; the reference application on the same engine takes 130 kB (architecture, section 7)."""


def used_bytes(url: str) -> int:
    """Return what rows and indexes take, with the overhead of cells and pages; empty room in half-filled pages is not counted."""
    connection = sqlite3.connect(make_url(url).database or "")
    connection.execute("VACUUM")
    used: int = connection.execute("SELECT sum(pgsize - unused) FROM dbstat").fetchone()[0]
    connection.close()
    return used


def test_a_finished_case_takes_at_most_40_kilobytes(listed: World, databases: Databases) -> None:
    engine = listed.context.sessions.kw["bind"]
    if engine.dialect.name != "sqlite":
        pytest.skip("dbstat is SQLite's; the rows are the same")
    _, _, cases = to_the_list(listed)
    propose(listed, cases[1])
    publish(listed)
    listed.let_timers_fire()
    approve(listed)
    pay(listed, cases[1])
    [ended] = listed.all(select(func.count()).where(Case.kind == "nomination", Case.ended_at.is_not(None)))
    engine.dispose()
    # The round's own case, the new people and their accounts are counted with the nominations: the figure is on the safe side.
    taken = used_bytes(str(engine.url)) - used_bytes(databases.create(build))
    assert taken / ended <= MOST, f"{taken / ended / 1024:.1f} kB a case"
