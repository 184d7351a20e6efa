"""The audit log, for those who supervise: by person, action and time, paged by the database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, String, cast, or_, select
from sqlalchemy.orm import Session

from app.persistence.models import AuditEvent, Case
from app.persistence.queries.paging import Page, matches, paged

_CASE = "case:"
"""What the streams of cases begin with, before the id."""


@dataclass(frozen=True)
class Sought:
    """What somebody looks for in the log; empty means everything."""

    who: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1


@dataclass(frozen=True)
class Event:
    """One line of the log; `case` is the number of the case whose history it belongs to, empty for the system's own."""

    id: int
    at: datetime
    stream: str
    seq: int
    actor: str
    action: str
    subject: str
    detail: str
    hash: str
    case: str = ""


def events(session: Session, *, sought: Sought) -> Page[Event]:
    """Return one page of the log, newest first (three statements)."""
    page = paged(session, _newest(sought), sought.page, line=lambda row: _event(row.AuditEvent))
    return replace(page, rows=_named(session, page.rows))


def every(session: Session, *, sought: Sought, most: int) -> list[Event]:
    """Return everything that is sought, newest first, no more than so many (two statements)."""
    return _named(session, [_event(row) for row in session.scalars(_newest(sought).limit(most))])


def case_numbers(session: Session, *, streams: Collection[str]) -> Mapping[str, str]:
    """Return by the stream of a case its number, which people know it by (one statement, none where no case is among them)."""
    ids = {int(stream.removeprefix(_CASE)) for stream in streams if stream.startswith(_CASE)}
    found = session.execute(select(Case.id, Case.number).where(Case.id.in_(ids))) if ids else ()
    return {f"{_CASE}{case_id}": number for case_id, number in found}


def _named(session: Session, rows: list[Event]) -> list[Event]:
    numbers = case_numbers(session, streams={row.stream for row in rows})
    return [replace(row, case=numbers.get(row.stream, "")) for row in rows]


def _newest(sought: Sought) -> Select[tuple[AuditEvent]]:
    query = select(AuditEvent)
    if sought.who:
        of_case = AuditEvent.stream.in_(select(_CASE + cast(Case.id, String)).where(matches(Case.number, sought.who)))
        query = query.where(or_(matches(AuditEvent.actor, sought.who), matches(AuditEvent.subject, sought.who), of_case))
    if sought.action:
        query = query.where(AuditEvent.action == sought.action)
    if sought.since is not None:
        query = query.where(AuditEvent.at >= sought.since)
    if sought.until is not None:
        query = query.where(AuditEvent.at < sought.until)
    return query.order_by(AuditEvent.at.desc(), AuditEvent.id.desc())


def actions(session: Session) -> list[str]:
    """Return the kinds of events that have occurred (one statement)."""
    return list(session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)))


def _event(row: AuditEvent) -> Event:
    return Event(row.id, row.at, row.stream, row.seq, row.actor, row.action, row.subject, row.detail, row.hash)
