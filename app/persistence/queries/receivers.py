"""Who may be given a work item: the holders of a role with all their grants, and who has to keep away from a case."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, bindparam, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from app.domain.actors import Actor, Grant, Role
from app.persistence.models import Case, Objection, OrgUnit, Recusal, RoleGrant, User, WorkItem

_KNOWN = frozenset(Role)
_PEOPLE = (
    select(User.id, User.name, User.unit_id, OrgUnit.name, RoleGrant.role, RoleGrant.unit_id)
    .outerjoin(OrgUnit, OrgUnit.id == User.unit_id)
    .outerjoin(RoleGrant, RoleGrant.user_id == User.id)
    .where(User.active)
    .order_by(OrgUnit.name, User.name, User.id)
)
_WANTED = aliased(RoleGrant)
_ABLE = select(_WANTED.user_id).where(_WANTED.role == bindparam("role"))
_HOLDERS = _PEOPLE.where(User.id.in_(_ABLE))
_HOLDERS_IN_UNITS = _PEOPLE.where(User.id.in_(_ABLE.where(_WANTED.unit_id.in_(bindparam("unit_ids", expanding=True)))))
_THESE_PEOPLE = _PEOPLE.where(User.id.in_(bindparam("user_ids", expanding=True)))
_KEPT_AWAY = union_all(
    select(literal("done"), WorkItem.completed_by).where(
        WorkItem.case_id == bindparam("case_id"),
        WorkItem.node_id.in_(bindparam("nodes", expanding=True)),
        WorkItem.completed_by.is_not(None),
    ),
    select(literal("recused"), Recusal.user_id).where(Recusal.case_id == bindparam("case_id")),
)


def holders(session: Session, *, role: str, unit_ids: Collection[int] | None = None) -> list[Actor]:
    """Return the active people who hold a role, in these units or in any, by name (one statement).

    Each comes with all of their grants, because separation of duties looks at every role that a person has.
    """
    if unit_ids is None:
        return _people(session.execute(_HOLDERS, {"role": role}))
    return _people(session.execute(_HOLDERS_IN_UNITS, {"role": role, "unit_ids": sorted(unit_ids)}))


def account_ids(session: Session, *, roles: Iterable[Role]) -> list[int]:
    """Return the active accounts that hold one of the roles, each once (one statement)."""
    held = select(RoleGrant.user_id).where(RoleGrant.role.in_([role.value for role in roles]))
    return list(session.scalars(select(User.id).where(User.active.is_(True), User.id.in_(held)).order_by(User.id)))


def people(session: Session, *, user_ids: Iterable[int]) -> list[Actor]:
    """Return active people by account (one statement)."""
    return _people(session.execute(_THESE_PEOPLE, {"user_ids": sorted(set(user_ids))}))


def _people(rows: Iterable[Row[Any]]) -> list[Actor]:
    found: dict[int, tuple[str, int | None, str, set[Grant]]] = {}
    for id_, name, unit_id, unit, granted, granted_in in rows:
        grants = found.setdefault(id_, (name, unit_id, unit or "", set()))[3]
        if granted in _KNOWN:
            grants.add(Grant(Role(granted), granted_in))
    return [Actor(id_, name, unit_id, unit, frozenset(grants)) for id_, (name, unit_id, unit, grants) in found.items()]


@dataclass(frozen=True)
class KeptAway:
    """Who completed steps whose doers must differ from the next one's, and who is recused from the case."""

    handlers: frozenset[int]
    recused: frozenset[int]


def kept_away(session: Session, *, case_id: int, nodes: Collection[str]) -> KeptAway:
    """Return who has to keep away from a step of a case; `nodes` are those that it names in `not_same_as` (one statement)."""
    rows = session.execute(_KEPT_AWAY, {"case_id": case_id, "nodes": sorted(nodes)}).all()
    return KeptAway(
        frozenset(user_id for what, user_id in rows if what == "done" and user_id is not None),
        frozenset(user_id for what, user_id in rows if what == "recused" and user_id is not None),
    )


def concerned(session: Session, *, case_ids: Collection[int]) -> dict[int, set[int]]:
    """Return by objection whose nomination it is about: the nominee, and who acts for the unit that nominated (one statement)."""
    nominated = aliased(Case)
    about = and_(nominated.id == Objection.nomination_case_id, Objection.case_id.in_(sorted(case_ids)))
    nominees = select(Objection.case_id, nominated.subject_id).join(nominated, about)
    unit = and_(RoleGrant.unit_id == nominated.owner_unit_id, RoleGrant.role == Role.NOMINATING_UNIT.value)
    nominators = select(Objection.case_id, RoleGrant.user_id).join(nominated, about).join(RoleGrant, unit)
    found: dict[int, set[int]] = defaultdict(set)
    for case_id, user_id in session.execute(union_all(nominees, nominators)):
        if user_id is not None:
            found[case_id].add(user_id)
    return found


def unit_names(session: Session, *, unit_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of units (one statement)."""
    wanted = sorted(set(unit_ids))
    rows = session.execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(wanted)))
    return {row.id: row.name for row in rows}
