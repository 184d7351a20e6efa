"""The bell: what the system has told a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.persistence.models import Notification

PAGE = 20


@dataclass(frozen=True)
class Notice:
    """One notice to a person."""

    id: int
    subject: str
    body: str
    link: str
    at: datetime
    unread: bool


@dataclass(frozen=True)
class Notices:
    """One page of notices, newest first."""

    rows: list[Notice]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, -(-self.total // PAGE))


def unread(session: Session, *, actor: Actor) -> int:
    """Return how many notices a person has not seen yet."""
    mine = select(func.count()).select_from(Notification)
    return session.scalar(mine.where(Notification.user_id == actor.user_id, Notification.read_at.is_(None))) or 0


def page(session: Session, *, actor: Actor, page: int) -> Notices:
    """Return one page of a person's notices (two statements)."""
    mine = select(Notification).where(Notification.user_id == actor.user_id)
    total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    at = min(page, max(1, -(-total // PAGE)))
    newest = mine.order_by(Notification.created_at.desc(), Notification.id.desc())
    rows = session.scalars(newest.limit(PAGE).offset((at - 1) * PAGE))
    return Notices(
        [Notice(row.id, row.subject, row.body, row.link, row.created_at, row.read_at is None) for row in rows], total, at
    )
