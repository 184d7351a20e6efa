"""Bringing the schema of a database to the state that this code needs."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select

from app.domain.errors import DomainError
from app.persistence import models
from app.persistence.base import Base

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_REVISIONS = Table("alembic_version", MetaData(), Column("version_num", String))
"""Where Alembic notes what a database has: none of the models' tables."""


def upgrade_schema(engine: Engine) -> None:
    """Run the migrations that the database still lacks, in one transaction. `DomainError` for one that a newer program has changed."""
    from alembic import command  # slow import: Alembic

    settings = _settings()
    with engine.begin() as connection:
        if not _revisions() >= set(_noted(connection)):
            raise DomainError(
                "database.newer",
                "数据库由更新版本的程序使用过，这个版本的程序不认识它的结构，没有作任何改动。"
                "请安装新版本的程序，或恢复升级以前备份的数据库。",
            )
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def is_newest(engine: Engine) -> bool:
    """Tell whether the database has the schema that this code needs. Asked at every start, and so without Alembic."""
    with engine.connect() as connection:
        return _noted(connection) == [newest_revision()]


def _noted(connection: Connection) -> list[str]:
    """Return what Alembic has noted in a database, nothing in one that is empty."""
    if not inspect(connection).has_table(_REVISIONS.name):
        return []
    return list(connection.scalars(select(_REVISIONS.c.version_num)))


def newest_revision() -> str:
    """Return the number of the last migration, with which its file's name begins."""
    return max(_revisions())


def _revisions() -> set[str]:
    return {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("*_*.py")}


def _settings() -> "Config":
    from alembic.config import Config  # slow import: Alembic

    settings = Config(str(MIGRATIONS / "alembic.ini"))
    settings.set_main_option("script_location", str(MIGRATIONS))
    return settings


def holds_tables(engine: Engine) -> bool:
    """Tell whether the database holds tables of this application."""
    return inspect(engine).has_table(models.AuditEvent.__tablename__)


def empty_schema(engine: Engine) -> None:
    """Drop the schema of a PostgreSQL database with everything in it, and create it empty; nothing brings the rows back.

    Raises SQLAlchemy's `OperationalError` when others hold locks for more than a few seconds.
    """
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        name = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
        connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")


def differences(engine: Engine) -> list[object]:
    """Return what the database has otherwise than the models say; empty when the migrations are complete."""
    from alembic.autogenerate import compare_metadata  # slow import: Alembic
    from alembic.migration import MigrationContext  # slow import: Alembic

    assert models.__all__
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata))
