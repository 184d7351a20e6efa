"""Who sits behind a session."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor, Grant, Role
from app.persistence.models import OrgUnit, RoleGrant, User
from app.persistence.unit_of_work import connection_of


@dataclass(frozen=True)
class Account:
    """An account that may work: its actor, and what its session has to agree with."""

    actor: Actor
    session_epoch: int
    must_change_password: bool


# Plain columns of the tables, and built once: every request asks this, and the mapper would double its price.
_USER, _UNIT, _GRANT = (cast(Table, model.__table__).c for model in (User, OrgUnit, RoleGrant))
_ACCOUNT = (
    select(
        _USER.id,
        _USER.name,
        _USER.unit_id,
        _UNIT.name,
        _USER.session_epoch,
        _USER.must_change_password,
        _GRANT.role,
        _GRANT.unit_id,
    )
    .outerjoin_from(User.__table__, OrgUnit.__table__, _UNIT.id == _USER.unit_id)
    .outerjoin(RoleGrant.__table__, _GRANT.user_id == _USER.id)
    .where(_USER.id == bindparam("user_id"), _USER.active)
)


def account(session: Session, user_id: int) -> Account | None:
    """Return an active account with its roles and unit (one statement), None when there is none."""
    rows = connection_of(session).execute(_ACCOUNT, {"user_id": user_id}).all()
    if not rows:
        return None
    id_, name, unit_id, unit_name, epoch, must_change_password, *_ = rows[0]
    grants = frozenset(Grant(Role(role), granted_in) for *_, role, granted_in in rows if role is not None)
    actor = Actor(user_id=id_, name=name, unit_id=unit_id, unit_name=unit_name or "", grants=grants)
    return Account(actor=actor, session_epoch=epoch, must_change_password=must_change_password)


def password_changed_at(session: Session, *, actor: Actor) -> datetime | None:
    """Return when an actor's password was set (one statement)."""
    return session.scalar(select(User.password_changed_at).where(User.id == actor.user_id))
