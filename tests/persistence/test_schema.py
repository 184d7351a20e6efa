"""The schema: migrations and models agree, and the audit log defends itself."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DBAPIError

from app.persistence.models import AuditEvent, AuditHead
from app.persistence.schema import differences, upgrade_schema

EVENT = {
    "stream": "system", "seq": 1, "at": datetime(2026, 11, 22, tzinfo=UTC), "actor": "某人", "action": "login",
    "subject": "", "detail": "", "hash": "0" * 64,
}  # fmt: skip


def test_migrations_lead_to_what_the_models_say(engine: Engine) -> None:
    assert differences(engine) == []


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    upgrade_schema(engine)
    assert differences(engine) == []


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
