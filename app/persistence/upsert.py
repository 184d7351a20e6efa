"""Inserting many rows, and rows that may be there already, in one statement on either database."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, exists, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.persistence.base import Base


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that nobody in the running transaction needs as objects: one statement, however many they are."""
    if rows:
        # Past the session: what it still holds back is written later, once.
        session.connection().execute(insert(cast(Table, model.__table__)), list(rows))


def insert_once(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; one whose unique key is taken is left as it stands, also when somebody else takes it in this instant."""
    unless_taken = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.connection().execute(unless_taken(cast(Table, model.__table__)).on_conflict_do_nothing(), list(rows))


def insert_unless(session: Session, model: type[Base], row: Mapping[str, Any], *, taken: Sequence[ColumnElement[bool]]) -> bool:
    """Insert a row unless there is one of which all of `taken` hold; tell whether it was. For whoever holds the lock above it."""
    table = cast(Table, model.__table__)
    values = select(*(literal(value, table.c[name].type) for name, value in row.items())).where(~exists().where(*taken))
    inserted = insert(table).from_select(list(row), values).returning(*table.primary_key.columns)
    return session.connection().execute(inserted).first() is not None


def raise_number(session: Session, model: type[Base], *, key: Mapping[str, Any], column: str) -> int:
    """Return a counter raised by one, beginning with 1; the row stays locked until the transaction ends."""
    table = cast(Table, model.__table__)
    insert_or_raise = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    raised = insert_or_raise(table).on_conflict_do_update(index_elements=list(key), set_={column: table.c[column] + 1})
    number: int = session.connection().execute(raised.returning(table.c[column]), {**key, column: 1}).scalar_one()
    return number
