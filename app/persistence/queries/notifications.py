"""The bell: what the system has told a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.persistence.models import Notification
from app.persistence.queries.paging import Page, paged


@dataclass(frozen=True)
class Notice:
    """One notice to a person."""

    id: int
    subject: str
    body: str
    link: str
    at: datetime
    unread: bool


def unread(session: Session, *, actor: Actor) -> int:
    """Return how many notices a person has not seen yet."""
    mine = select(func.count()).select_from(Notification)
    return session.scalar(mine.where(Notification.user_id == actor.user_id, Notification.read_at.is_(None))) or 0


def page(session: Session, *, actor: Actor, page: int) -> Page[Notice]:
    """Return one page of a person's notices (two statements)."""
    mine = select(Notification).where(Notification.user_id == actor.user_id)
    newest = mine.order_by(Notification.created_at.desc(), Notification.id.desc())
    return paged(session, newest, page, line=lambda row: _notice(row.Notification))


def _notice(row: Notification) -> Notice:
    return Notice(row.id, row.subject, row.body, row.link, row.created_at, row.read_at is None)
