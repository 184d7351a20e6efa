"""The database's own guard of the audit log: triggers that refuse to change or delete what was written."""

from typing import Any

from sqlalchemy import DDL, Connection, event, text

from app.persistence.models import AuditEvent, AuditHead

STATEMENTS = {
    "sqlite": (
        """CREATE TRIGGER audit_event_keeps_rows BEFORE UPDATE ON audit_event
           BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END""",
        """CREATE TRIGGER audit_event_keeps_all BEFORE DELETE ON audit_event
           BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'audit events are append-only'; END $$""",
        """CREATE TRIGGER audit_event_keeps_rows BEFORE UPDATE OR DELETE ON audit_event
           FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()""",
        """CREATE TRIGGER audit_event_keeps_all BEFORE TRUNCATE ON audit_event
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()""",
    ),
}


def install(connection: Connection) -> None:
    """Create the triggers and the head of the system's stream. Called once, by the migration or by `create_all`."""
    for statement in STATEMENTS[connection.dialect.name]:
        connection.execute(DDL(statement.replace("%", "%%")))
    connection.execute(text("INSERT INTO audit_head (stream, seq, hash) VALUES ('system', 0, '')"))


def install_with_tables() -> None:
    """Have `metadata.create_all` (tests) install the triggers too, as the migrations do."""

    def after_create(target: Any, connection: Connection, **options: Any) -> None:
        if any(table.name == AuditHead.__tablename__ for table in options.get("tables") or ()):
            install(connection)

    metadata = AuditEvent.metadata
    if not getattr(install_with_tables, "done", False):
        event.listen(metadata, "after_create", after_create)
        install_with_tables.done = True  # type: ignore[attr-defined]  # listening twice would create the triggers twice
