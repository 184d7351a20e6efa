"""Fixtures of the tests of the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.databases import Databases
from tests.web.house import House, build, make_house


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[House]:
    """Return an application on a fresh copy of the database with the cast."""
    made = make_house(databases.create(build), tmp_path)
    yield made
    made.engine.dispose()


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

        def on_statement(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if not statement.startswith("BEGIN"):
                seen.sql.append(statement)

        def on_commit(connection: Any) -> None:
            seen.commits += 1

        event.listen(house.engine, "before_cursor_execute", on_statement)
        event.listen(house.engine, "commit", on_commit)
        try:
            yield seen
        finally:
            event.remove(house.engine, "before_cursor_execute", on_statement)
            event.remove(house.engine, "commit", on_commit)

    return counting
