"""The audit log, for those who supervise: by person, action and time, paged by the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.persistence.models import AuditEvent
from app.persistence.queries.paging import Page, matches, paged


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
    """One line of the log."""

    id: int
    at: datetime
    stream: str
    seq: int
    actor: str
    action: str
    subject: str
    detail: str
    hash: str


def events(session: Session, *, sought: Sought) -> Page[Event]:
    """Return one page of the log, newest first (two statements)."""
    return paged(session, _newest(sought), sought.page, line=lambda row: _event(row.AuditEvent))


def every(session: Session, *, sought: Sought, most: int) -> list[Event]:
    """Return everything that is sought, newest first, no more than so many (one statement)."""
    return [_event(row) for row in session.scalars(_newest(sought).limit(most))]


def _newest(sought: Sought) -> Select[tuple[AuditEvent]]:
    query = select(AuditEvent)
    if sought.who:
        query = query.where(or_(matches(AuditEvent.actor, sought.who), matches(AuditEvent.subject, sought.who)))
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
