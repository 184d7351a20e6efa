"""Fixtures of the tests of the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.applications import new_application
from tests.counting import statements_on
from tests.databases import Databases
from tests.web.house import House, build, make_house


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[House]:
    """Return the application on a fresh copy of the database with the cast."""
    with databases.engine(build) as engine:
        yield make_house(engine, tmp_path)


@pytest.fixture
def own_house(databases: Databases, tmp_path: Path) -> Iterator[House]:
    """Return the same with an application that no other test sees: pages can be added to it."""
    with databases.engine(build) as engine:
        yield make_house(engine, tmp_path, application=new_application)


@pytest.fixture
def statements(house: House) -> Any:
    """Count what reaches the database: `with statements() as seen: …; len(seen.sql); seen.commits`."""

    class Seen:
        def __init__(self) -> None:
            self.sql: list[str] = []
            self.commits = 0

    @contextmanager
    def counting() -> Iterator[Seen]:
        seen = Seen()

        def on_commit(connection: Any) -> None:
            seen.commits += 1

        event.listen(house.engine, "commit", on_commit)
        try:
            with statements_on(house.engine) as seen.sql:
                yield seen
        finally:
            event.remove(house.engine, "commit", on_commit)

    return counting
