"""Fixtures of the tests of rounds, public pages, certificates and administration."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.counting import Counting, statements_on
from tests.databases import Databases
from tests.web_rounds.world import World, build, make_world


@pytest.fixture
def world(databases: Databases, tmp_path: Path) -> Iterator[World]:
    """Return an application on a fresh copy of the district."""
    with databases.engine(build) as engine:
        yield make_world(engine, tmp_path)


@pytest.fixture
def statements(world: World) -> Counting:
    """Count what reaches the database: `with statements() as seen: …; len(seen)`."""
    return partial(statements_on, world.engine)
