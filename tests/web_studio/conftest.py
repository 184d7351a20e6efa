"""The pages of the studio on the district of the studio's services."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.counting import Counting, statements_on
from tests.databases import Databases
from tests.services.world import FakeClock
from tests.studio.conftest import build, context_on
from tests.studio.house import House
from tests.web_studio.studio import Studio, make_studio


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
    return partial(statements_on, studio.house.context.sessions.kw["bind"])
