"""Who sits behind a session."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from app.domain.actors import Actor, Grant, Role
from app.persistence.models import User


@dataclass(frozen=True)
class Account:
    """An account that may work: its actor, and what its session has to agree with."""

    actor: Actor
    session_epoch: int
    must_change_password: bool


_ACCOUNT = (
    select(User).options(joinedload(User.unit), joinedload(User.grants)).where(User.id == bindparam("user_id"), User.active)
)


def account(session: Session, user_id: int) -> Account | None:
    """Return an active account with its roles and unit (one statement), None when there is none."""
    user = session.scalars(_ACCOUNT, {"user_id": user_id}).unique().one_or_none()
    if user is None:
        return None
    actor = Actor(
        user_id=user.id,
        name=user.name,
        unit_id=user.unit_id,
        unit_name=user.unit.name if user.unit else "",
        grants=frozenset(Grant(Role(grant.role), grant.unit_id) for grant in user.grants),
    )
    return Account(actor=actor, session_epoch=user.session_epoch, must_change_password=user.must_change_password)
