"""Roles: granted and revoked by the security administrator (GB/T 22239-2019, level 3; domain handbook 3.6)."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.domain.actors import ROLE_TITLES, Actor, Role
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.permissions import ADMINISTRATORS, Permission, is_permitted
from app.persistence.models import OrgUnit, RoleGrant, User
from app.services import audit
from app.services.context import Context, Transaction


def check_roles(held: Collection[Role], *, adding: Role) -> None:
    """Refuse a role beside those held: the three administrators exclude each other and every business role."""
    others = set(held) - {adding}
    barred = others if adding in ADMINISTRATORS else others & ADMINISTRATORS
    if barred:
        titles = "、".join(ROLE_TITLES[role] for role in sorted(barred))
        raise DomainError(
            "grant.exclusive",
            f"“{ROLE_TITLES[adding]}”不能与“{titles}”由同一个账号担任：系统、安全、审计三种管理员互不兼任，也不办理业务。"
            "请先收回已有角色，或改授其他账号。",
        )


def grant(context: Context, *, actor: Actor, user_id: int, role: Role, unit_id: int) -> None:
    """Let an account hold a role in a unit; it holds from the person's next request on. Writes the grant and an audit event.

    Refuses what `check_roles` refuses, the administrator's own account, and an account that is disabled.
    """
    _check(actor, user_id)
    with context.transaction() as tx:
        user = _user(tx, user_id)
        unit = tx.session.get(OrgUnit, unit_id)
        if unit is None:
            raise NotFound("unit.unknown", "没有找到这个单位。请重新选择。")
        if not user.active:
            raise DomainError("grant.inactive", "这个账号已停用，不能授权。请先由系统管理员启用。")
        check_roles([Role(each.role) for each in user.grants], adding=role)
        if any(each.role == role.value and each.unit_id == unit_id for each in user.grants):
            raise DomainError("grant.held", f"{user.name}已经是{unit.name}的{ROLE_TITLES[role]}，不需要再授权。")
        tx.session.add(RoleGrant(user_id=user.id, role=role.value, unit_id=unit_id))
        detail = {"role": role.value, "unit": unit.name}
        audit.record(tx, actor=actor, action="role_granted", subject=user.username, detail=detail)


def revoke(context: Context, *, actor: Actor, grant_id: int) -> None:
    """Take a role away, at once. Writes an audit event. Work that nobody can do then shows in 无人办理的待办."""
    with context.transaction() as tx:
        row = tx.session.execute(
            select(RoleGrant, User, OrgUnit.name)
            .join(User, User.id == RoleGrant.user_id)
            .join(OrgUnit, OrgUnit.id == RoleGrant.unit_id)
            .where(RoleGrant.id == grant_id)
        ).one_or_none()
        if row is None:
            raise NotFound("grant.unknown", "这项授权已经收回。请刷新后查看。")
        held, user, unit = row
        _check(actor, user.id)
        detail = {"role": held.role, "unit": unit}
        audit.record(tx, actor=actor, action="role_revoked", subject=user.username, detail=detail)
        tx.session.delete(held)


def _check(actor: Actor, user_id: int) -> None:
    if not is_permitted(actor, Permission.GRANT_ROLES):
        raise NotAllowed("grant.manage", "只有安全管理员可以授予和收回角色。")
    if user_id == actor.user_id:
        raise NotAllowed("grant.self", "不能给自己授权或收回自己的角色。请由另一位安全管理员办理。")


def _user(tx: Transaction, user_id: int) -> User:
    query = select(User).options(joinedload(User.grants)).where(User.id == user_id).with_for_update(of=User)
    user = tx.session.scalars(query).unique().one_or_none()
    if user is None:
        raise NotFound("account.unknown", "没有找到这个账号。请返回列表重新选择。")
    return user
