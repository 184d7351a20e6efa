"""Writing past the session, in one statement on either database: many rows, one row, and rows that may be there already."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Insert, Table, Update, bindparam, exists, insert, literal, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session, class_mapper
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.dml import ReturningInsert

from app.persistence.base import Base
from app.persistence.unit_of_work import connection_of


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that nobody in the running transaction needs as objects: one statement, however many they are."""
    if rows:
        # Past the session: what it still holds back is written later, once. A row alone goes the short way: the driver of
        # PostgreSQL would open a pipeline for a list.
        connection_of(session).execute(_insert(model), list(rows) if len(rows) > 1 else rows[0])


@cache
def _insert(model: type[Base]) -> Insert:
    return insert(cast(Table, model.__table__)).inline()  # nobody asks for the new keys


def update_row(session: Session, row: Base, values: Mapping[str, Any]) -> None:
    """Write values of a loaded row now: one statement, for a third of the time of the session's own flush. The row shows them.

    What the session still holds back of the row's columns goes with them. Where the model counts its changes the count is
    compared and raised, as the session does; `StaleDataError` when somebody else has changed or removed the row.
    """
    model = type(row)
    version = class_mapper(model).version_id_col
    known: dict[str, Any] = {"row_id": row.__dict__["id"]}
    columns = cast(Table, model.__table__).c
    held_back = {name: getattr(row, name) for name in instance_state(row).committed_state if name in columns}
    values = {**held_back, **values}
    if version is not None:
        known["row_version"] = getattr(row, version.name)
        values = {**values, version.name: known["row_version"] + 1}
    if connection_of(session).execute(_update(model), {**known, **values}).rowcount != 1:
        raise StaleDataError(f"{model.__name__} {known['row_id']} was changed by somebody else")
    for name, value in values.items():
        set_committed_value(row, name, value)


@cache
def _update(model: type[Base]) -> Update:
    table, version = cast(Table, model.__table__), class_mapper(model).version_id_col
    statement = update(table).where(table.c.id == bindparam("row_id"))
    return statement if version is None else statement.where(version == bindparam("row_version"))


def insert_once(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; one whose unique key is taken is left as it stands, also when somebody else takes it in this instant."""
    connection_of(session).execute(_insert_once(model, session.get_bind().dialect.name), list(rows))


@cache
def _insert_once(model: type[Base], dialect: str) -> Insert:
    return cast(Insert, _upsert(cast(Table, model.__table__), dialect).on_conflict_do_nothing())


def _upsert(table: Table, dialect: str) -> Any:
    """Return the insert of a database, which can be told what to do where a key is taken."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # slow import: an installation on SQLite starts without it

    return postgresql.insert(table)


def insert_unless(session: Session, model: type[Base], row: Mapping[str, Any], *, taken: Sequence[ColumnElement[bool]]) -> bool:
    """Insert a row unless there is one of which all of `taken` hold; tell whether it was. For whoever holds the lock above it."""
    table = cast(Table, model.__table__)
    values = select(*(literal(value, table.c[name].type) for name, value in row.items())).where(~exists().where(*taken))
    inserted = insert(table).from_select(list(row), values).returning(*table.primary_key.columns)
    return connection_of(session).execute(inserted).first() is not None


def raise_number(session: Session, model: type[Base], *, key: Mapping[str, Any], column: str) -> int:
    """Return a counter raised by one, beginning with 1; the row stays locked until the transaction ends."""
    raised = _raise(model, session.get_bind().dialect.name, tuple(key), column)
    number: int = connection_of(session).execute(raised, {**key, column: 1}).scalar_one()
    return number


@cache
def _raise(model: type[Base], dialect: str, key: tuple[str, ...], column: str) -> ReturningInsert[int]:
    table = cast(Table, model.__table__)
    raised = _upsert(table, dialect).on_conflict_do_update(index_elements=key, set_={column: table.c[column] + 1})
    return cast(ReturningInsert[int], raised.returning(table.c[column]))
