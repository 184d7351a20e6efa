"""Notices to people inside the system."""

from sqlalchemy import update

from app.domain.actors import Actor
from app.persistence.models import Notification
from app.services.context import Context


def mark_read(context: Context, *, actor: Actor, notice_ids: list[int]) -> None:
    """Note that a person has seen notices of theirs; those of other people are left alone."""
    with context.transaction() as tx:
        tx.session.execute(
            update(Notification)
            .where(Notification.id.in_(notice_ids), Notification.user_id == actor.user_id, Notification.read_at.is_(None))
            .values(read_at=tx.now)
        )
