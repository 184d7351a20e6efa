"""The database's own guard of the audit log: triggers that refuse to change or delete what was written."""

from sqlalchemy import Connection, text

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
    """Create the triggers and the head of the system's stream. Called once, by the first migration."""
    for statement in STATEMENTS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    connection.execute(text("INSERT INTO audit_head (stream, seq, hash) VALUES ('system', 0, '')"))
