"""The pages of the studio on the district of the studio's services."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.databases import Databases
from tests.services.world import FakeClock
from tests.studio.conftest import build, context_on
from tests.studio.house import House
from tests.web_studio.studio import Studio, make_studio

Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def studio(databases: Databases, tmp_path: Path) -> Iterator[Studio]:
    """Return the application on a fresh copy of the district."""
    clock = FakeClock()
    with databases.engine(build) as engine:
        house = House(context_on(engine, tmp_path, clock), clock)
        house.remember()
        yield make_studio(house, tmp_path)


@pytest.fixture
def statements(studio: Studio) -> Counting:
    """Count what reaches the database: `with statements() as seen: …; len(seen)`."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def on_statement(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        engine = studio.house.context.sessions.kw["bind"]
        event.listen(engine, "before_cursor_execute", on_statement)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", on_statement)

    return counting
