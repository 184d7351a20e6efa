"""Bringing the schema of a database to the state that this code needs."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from app.persistence import models
from app.persistence.base import Base

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def upgrade_schema(engine: Engine) -> None:
    """Run the migrations that the database still lacks, in one transaction."""
    settings = Config(str(MIGRATIONS / "alembic.ini"))
    settings.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def differences(engine: Engine) -> list[object]:
    """Return what the database has otherwise than the models say; empty when the migrations are complete."""
    assert models.__all__
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata))
