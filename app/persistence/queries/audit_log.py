"""The audit log, for those who supervise: by person, action and time, paged by the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
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
    query = select(AuditEvent)
    if sought.who:
        query = query.where(or_(matches(AuditEvent.actor, sought.who), matches(AuditEvent.subject, sought.who)))
    if sought.action:
        query = query.where(AuditEvent.action == sought.action)
    if sought.since is not None:
        query = query.where(AuditEvent.at >= sought.since)
    if sought.until is not None:
        query = query.where(AuditEvent.at < sought.until)
    newest = query.order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    return paged(session, newest, sought.page, line=lambda row: _event(row.AuditEvent))


def actions(session: Session) -> list[str]:
    """Return the kinds of events that have occurred (one statement)."""
    return list(session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)))


def _event(row: AuditEvent) -> Event:
    return Event(row.id, row.at, row.stream, row.seq, row.actor, row.action, row.subject, row.detail, row.hash)
