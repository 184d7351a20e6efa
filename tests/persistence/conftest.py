"""A database with the schema, made by the migrations."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from app.persistence.unit_of_work import make_engine
from tests.databases import Databases, with_schema


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    """Return an engine on a fresh database with the schema."""
    engine = make_engine(databases.create(with_schema))
    yield engine
    engine.dispose()
