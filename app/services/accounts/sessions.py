"""Sessions of people: staff have one at a time (GB/T 22239-2019, level 3, limits concurrent sessions), and leaving ends it."""

from app.domain.actors import Actor, Role
from app.domain.errors import NotFound
from app.persistence.models import User
from app.services import audit
from app.services.accounts.accounts import actor_of
from app.services.context import Context, Transaction

OUTSIDERS = frozenset({Role.CANDIDATE, Role.NOMINATING_UNIT})
"""Who use the system from their own phone and computer at once; everybody else is staff."""


def is_staff(actor: Actor) -> bool:
    """Tell whether an actor has a part in the procedures beyond handing in and being nominated."""
    return not actor.roles <= OUTSIDERS


def begin(context: Context, *, user_id: int) -> int:
    """Return the session epoch that a new session of an account carries; a new session of staff ends the earlier ones."""
    with context.transaction() as tx:
        user = _user(tx, user_id)
        if is_staff(actor_of(user)):
            user.session_epoch += 1
        return user.session_epoch


def end(context: Context, *, actor: Actor) -> None:
    """End every session of an actor, so that a copied cookie is worth nothing after they have left; writes an audit event."""
    assert actor.user_id is not None
    with context.transaction() as tx:
        _user(tx, actor.user_id).session_epoch += 1
        audit.record(tx, actor=actor, action="logout", subject=actor.name)


def _user(tx: Transaction, user_id: int) -> User:
    user = tx.session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound("account.unknown", "没有找到您的账号，请重新登录。")
    return user
