"""Who has a draft open at the moment: each open page says so every few seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.domain.actors import Actor
from app.persistence.models import DraftPresence
from app.persistence.upsert import insert_once
from app.services import audit
from app.services.context import Context
from app.services.versions.draft_files import find, require_right

PRESENT_FOR = timedelta(seconds=45)
"""How long somebody counts as being at a draft after the last sign of life."""


@dataclass(frozen=True)
class Presence:
    """Somebody else who has the draft open."""

    user_id: int
    name: str
    seen_at: datetime


def beat(context: Context, *, actor: Actor, draft_id: int) -> tuple[int, list[Presence]]:
    """Note that the actor has the draft open; return its newest revision and who else is at it now."""
    require_right(actor)
    with context.transaction() as tx:
        draft = find(tx, draft_id)
        assert actor.user_id is not None
        row = {"draft_id": draft_id, "user_id": actor.user_id, "name": audit.signature(actor)[:160], "seen_at": tx.now}
        insert_once(tx.session, DraftPresence, [row])  # two pages of one person may say so in the same instant
        mine = (DraftPresence.draft_id == draft_id, DraftPresence.user_id == actor.user_id)
        tx.session.execute(update(DraftPresence).where(*mine).values(seen_at=tx.now))
        tx.session.execute(delete(DraftPresence).where(DraftPresence.seen_at < tx.now - PRESENT_FOR))
        rows = tx.session.scalars(
            select(DraftPresence).where(DraftPresence.draft_id == draft_id, DraftPresence.user_id != actor.user_id)
        )
        return draft.revision, [Presence(row.user_id, row.name, row.seen_at) for row in rows]


def leave(context: Context, *, actor: Actor, draft_id: int) -> None:
    """Note that the actor has closed the draft."""
    with context.transaction() as tx:
        tx.session.execute(
            delete(DraftPresence).where(DraftPresence.draft_id == draft_id, DraftPresence.user_id == actor.user_id)
        )
