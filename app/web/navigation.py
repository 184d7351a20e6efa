"""The entries of the top bar: at most six, by role, the first two also in the bottom row of a phone: what somebody is here for.

An entry shows once the page behind it exists.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from app.domain.actors import Actor, Role
from app.domain.permissions import Permission, is_permitted

MOST = 6


@dataclass(frozen=True)
class Entry:
    """A word in the top bar, the page that it leads to, and the beginning of the endpoints that light it."""

    label: str
    endpoint: str
    lit_by: str | tuple[str, ...]
    shown_to: Callable[[Actor], bool]


def _nominates(actor: Actor) -> bool:
    """Units nominate; candidates where a round takes those who nominate themselves."""
    return is_permitted(actor, Permission.START_NOMINATION) or actor.has(Role.CANDIDATE)


def _begins(actor: Actor) -> bool:
    """Whoever may have the first task of a procedure; those who are only ever asked by others have nothing to begin."""
    asked = {Role.EXPERT, Role.CONVENER, Role.INSPECTOR, Role.SUPERVISOR, Role.PROCESS_ADMIN}
    return is_permitted(actor, Permission.SEE_DESK) and not actor.roles <= asked


def _permitted(permission: Permission) -> Callable[[Actor], bool]:
    return lambda actor: is_permitted(actor, permission)


ENTRIES = (
    Entry("工作台", "desk.desk", "desk.", _permitted(Permission.SEE_DESK)),
    Entry("我的证书", "certificates.index", "certificates.", lambda actor: actor.has(Role.CANDIDATE)),
    Entry("申报推荐", "nominations.index", "nominations.", _nominates),
    Entry("发起办件", "starting.index", "starting.", _begins),
    Entry("评选轮次", "rounds.index", "rounds.", _permitted(Permission.SEE_ROUND)),
    Entry("流程", "studio.index", ("studio.", "templates."), _permitted(Permission.SEE_PROCEDURES)),
    Entry("无人办理", "admin.unassigned", "admin.unassigned", _permitted(Permission.MEND_INCIDENT)),
    Entry("异常办件", "admin.incidents", "admin.incidents", _permitted(Permission.MEND_INCIDENT)),
    Entry("单位", "admin.units", "admin.units", _permitted(Permission.MANAGE_UNITS)),
    Entry("账号", "admin.accounts", "admin.accounts", _permitted(Permission.MANAGE_ACCOUNTS)),
    Entry("工作日历", "admin.calendar", "admin.calendar", _permitted(Permission.MANAGE_CALENDAR)),
    Entry("授权", "admin.grants", "admin.grants", _permitted(Permission.GRANT_ROLES)),
    Entry("部署规则", "studio.house_rules", "studio.house_rules", _permitted(Permission.GRANT_ROLES)),
    Entry("审计", "admin.audit", "admin.audit", _permitted(Permission.READ_AUDIT)),
    Entry("查询", "search.search", "search.", _permitted(Permission.SEE_DESK)),
)


def entries(actor: Actor) -> list[Entry]:
    """Return what an actor finds in the top bar."""
    known = current_app.view_functions
    return [entry for entry in ENTRIES if entry.endpoint in known and entry.shown_to(actor)][:MOST]


def first_page(actor: Actor | None) -> str:
    """Return what the page is called to which the first address leads somebody: not everybody has a desk."""
    own = entries(actor) if actor is not None else []
    return own[0].label if own else "首页"
