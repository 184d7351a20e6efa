"""The schema: migrations and models agree, and the audit log defends itself."""

from datetime import UTC, datetime

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DBAPIError

from app.persistence.models import AuditEvent, AuditHead
from app.persistence.schema import MIGRATIONS, differences, is_newest, newest_revision, upgrade_schema
from app.persistence.unit_of_work import make_engine

EVENT = {
    "stream": "system", "seq": 1, "at": datetime(2026, 11, 22, tzinfo=UTC), "actor": "某人", "action": "login",
    "subject": "", "detail": "", "hash": "0" * 64,
}  # fmt: skip


def test_migrations_lead_to_what_the_models_say(engine: Engine) -> None:
    assert differences(engine) == []


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    upgrade_schema(engine)
    assert differences(engine) == []


def test_the_newest_migration_is_known_by_its_file() -> None:
    assert [newest_revision()] == ScriptDirectory(str(MIGRATIONS)).get_heads()


def test_a_schema_is_newest_when_the_last_migration_has_run(engine: Engine) -> None:
    assert is_newest(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert not is_newest(engine)


def test_an_empty_database_has_no_schema(database_url: str) -> None:
    engine = make_engine(database_url)
    assert not is_newest(engine)
    engine.dispose()


def test_the_head_of_the_systems_stream_is_there(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(text("SELECT stream, seq FROM audit_head")).one() == ("system", 0)
    assert AuditHead.__tablename__ == "audit_head"


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"])
def test_audit_events_can_be_written_but_not_changed_or_deleted(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(insert(AuditEvent).values(EVENT))
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT actor FROM audit_event")).scalar_one() == "某人"
