"""A database with the schema, made by the migrations."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from app.persistence.schema import upgrade_schema
from app.persistence.unit_of_work import make_engine
from tests.databases import Databases


def build(url: str) -> None:
    """Bring an empty database to the newest schema."""
    engine = make_engine(url)
    upgrade_schema(engine)
    engine.dispose()


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    """Return an engine on a fresh database with the schema."""
    engine = make_engine(databases.create(build))
    yield engine
    engine.dispose()
