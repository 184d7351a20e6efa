"""The district of the round's pages, with people who hold more roles than is good for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.web_rounds.world import World, build, make_world
from tests.web_studio.conftest import studio

__all__ = ["studio", "world"]


@pytest.fixture
def world(databases: Databases, tmp_path: Path) -> Iterator[World]:
    """Return an application on a fresh copy of the district."""
    with databases.engine(build) as engine:
        yield make_world(engine, tmp_path)
