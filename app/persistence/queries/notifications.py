"""The bell: what the system has told a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.persistence.models import Notification
from app.persistence.queries.paging import Page, paged
from app.persistence.unit_of_work import connection_of


@dataclass(frozen=True)
class Notice:
    """One notice to a person."""

    id: int
    subject: str
    body: str
    link: str
    at: datetime
    unread: bool


# Built once, and of no mapper: every page asks this.
_UNREAD = select(func.count(Notification.__table__.c.id)).where(
    Notification.__table__.c.user_id == bindparam("user_id"), Notification.__table__.c.read_at.is_(None)
)


def unread(session: Session, *, actor: Actor) -> int:
    """Return how many notices a person has not seen yet."""
    return connection_of(session).execute(_UNREAD, {"user_id": actor.user_id}).scalar_one()


def page(session: Session, *, actor: Actor, page: int) -> Page[Notice]:
    """Return one page of a person's notices (two statements at most)."""
    mine = select(Notification).where(Notification.user_id == actor.user_id)
    newest = mine.order_by(Notification.created_at.desc(), Notification.id.desc())
    return paged(session, newest, page, line=lambda row: _notice(row.Notification))


def _notice(row: Notification) -> Notice:
    return Notice(row.id, row.subject, row.body, row.link, row.created_at, row.read_at is None)
