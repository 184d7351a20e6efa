"""Paging and searching in lists: done by the database, the same for every list of the house."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

PAGE = 20

Line = TypeVar("Line")


@dataclass(frozen=True)
class Page(Generic[Line]):
    """One page of lines and how many there are in all."""

    rows: list[Line]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, -(-self.total // PAGE))


def paged(session: Session, query: Select[Any], page: int, *, line: Callable[[Row[Any]], Line]) -> Page[Line]:
    """Return one page of an ordered query: one statement where everything fits on the first, else two (the lines, the number).

    A page behind the last one is the last one: rows go while somebody reads.
    """
    if page == 1:
        found = session.execute(query.limit(PAGE + 1)).all()
        total = _number(session, query) if len(found) > PAGE else len(found)
        return Page([line(row) for row in found[:PAGE]], total, page)
    total = _number(session, query)
    at = min(page, max(1, -(-total // PAGE)))
    rows = session.execute(query.limit(PAGE).offset((at - 1) * PAGE))
    return Page([line(row) for row in rows], total, at)


def _number(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def matches(column: ColumnElement[str] | object, text: str) -> ColumnElement[bool]:
    """Return the condition that a text stands somewhere in a column, upper and lower case alike, `%` and `_` as themselves."""
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return func.lower(column).like(f"%{escaped}%", escape="\\")
