"""Who sits behind a session."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor, Grant, Role
from app.persistence.models import OrgUnit, RoleGrant, User


@dataclass(frozen=True)
class Account:
    """An account that may work: its actor, and what its session has to agree with."""

    actor: Actor
    session_epoch: int
    must_change_password: bool


# Plain columns, and built once: every request asks this, and nothing of it is changed.
_ACCOUNT = (
    select(
        User.id,
        User.name,
        User.unit_id,
        OrgUnit.name,
        User.session_epoch,
        User.must_change_password,
        RoleGrant.role,
        RoleGrant.unit_id,
    )
    .outerjoin(OrgUnit, OrgUnit.id == User.unit_id)
    .outerjoin(RoleGrant, RoleGrant.user_id == User.id)
    .where(User.id == bindparam("user_id"), User.active)
)


def account(session: Session, user_id: int) -> Account | None:
    """Return an active account with its roles and unit (one statement), None when there is none."""
    rows = session.execute(_ACCOUNT, {"user_id": user_id}).all()
    if not rows:
        return None
    id_, name, unit_id, unit_name, epoch, must_change_password, *_ = rows[0]
    grants = frozenset(Grant(Role(role), granted_in) for *_, role, granted_in in rows if role is not None)
    actor = Actor(user_id=id_, name=name, unit_id=unit_id, unit_name=unit_name or "", grants=grants)
    return Account(actor=actor, session_epoch=epoch, must_change_password=must_change_password)
