"""Fixtures of the tests of rounds, public pages, certificates and administration."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.databases import Databases
from tests.web_rounds.world import World, build, make_world

Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def world(databases: Databases, tmp_path: Path) -> Iterator[World]:
    """Return an application on a fresh copy of the district."""
    with databases.engine(build) as engine:
        yield make_world(engine, tmp_path)


@pytest.fixture
def statements(world: World) -> Counting:
    """Count what reaches the database: `with statements() as seen: …; len(seen)`."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def on_statement(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        event.listen(world.engine, "before_cursor_execute", on_statement)
        try:
            yield seen
        finally:
            event.remove(world.engine, "before_cursor_execute", on_statement)

    return counting
