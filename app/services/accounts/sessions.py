"""Sessions of people: staff have one at a time (GB/T 22239-2019, level 3, limits concurrent sessions), and leaving ends it."""

from dataclasses import replace
from typing import cast

from sqlalchemy import Table, bindparam, update

from app.domain.actors import Actor, Role
from app.domain.errors import NotFound
from app.persistence.models import User
from app.persistence.queries import people
from app.persistence.queries.people import Account
from app.services import audit
from app.services.context import Context, Transaction

OUTSIDERS = frozenset({Role.CANDIDATE, Role.NOMINATING_UNIT})
"""Who use the system from their own phone and computer at once; everybody else is staff."""
_USERS = cast(Table, User.__table__)
_END_EARLIER = (
    update(_USERS)
    .where(_USERS.c.id == bindparam("user_id"))
    .values(session_epoch=_USERS.c.session_epoch + 1)
    .returning(_USERS.c.session_epoch)
)


def is_staff(actor: Actor) -> bool:
    """Tell whether an actor has a part in the procedures beyond handing in and being nominated."""
    return not actor.roles <= OUTSIDERS


def begin(context: Context, *, user_id: int) -> Account:
    """Return an account with the session epoch that a new session of it carries; one of staff ends the earlier ones."""
    with context.transaction() as tx:
        account = people.account(tx.session, user_id)
        if account is None:
            raise _unknown()
        if not is_staff(account.actor):
            return account
        return replace(account, session_epoch=tx.session.execute(_END_EARLIER, {"user_id": user_id}).scalar_one())


def end(context: Context, *, actor: Actor) -> None:
    """End every session of an actor, so that a copied cookie is worth nothing after they have left; writes an audit event."""
    assert actor.user_id is not None
    with context.transaction() as tx:
        _user(tx, actor.user_id).session_epoch += 1
        audit.record(tx, actor=actor, action="logout", subject=actor.name)


def _user(tx: Transaction, user_id: int) -> User:
    user = tx.session.get(User, user_id, with_for_update=True)
    if user is None:
        raise _unknown()
    return user


def _unknown() -> NotFound:
    return NotFound("account.unknown", "没有找到您的账号，请重新登录。")
