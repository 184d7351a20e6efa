"""The rules of `domain.permissions` as SQL, for lists, and the facts from which they are judged for one case."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.domain.actors import Actor, Role
from app.domain.permissions import OVERSEERS, CaseFacts, Permission, is_permitted, may_see_case
from app.persistence.models import Case, Objection, Recusal, WorkItem

_Nominated = aliased(Case)
AT_WORK = 200
"""Actors whose conditions and questions are kept.

Who works asks by the same ones on every page, and to build them takes longer than to ask.
"""


@lru_cache(maxsize=AT_WORK)
def group_reach(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which a work item lies before a group of the actor: a role held in the item's unit."""
    ways = [
        and_(
            WorkItem.role == role.value,
            or_(WorkItem.scope_unit_id.is_(None), WorkItem.scope_unit_id.in_(sorted(actor.units_of(role)))),
        )
        for role in sorted(actor.roles)
    ]
    return or_(*ways) if ways else false()


@lru_cache(maxsize=AT_WORK)
def reach(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor may do a work item (`domain.permissions.is_within_reach`)."""
    return or_(WorkItem.assignee_id == actor.user_id, and_(WorkItem.assignee_id.is_(None), group_reach(actor)))


@lru_cache(maxsize=AT_WORK)
def is_involved(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor has done, or has before them, a work item of the case."""
    mine = or_(WorkItem.completed_by == actor.user_id, and_(WorkItem.state == "open", reach(actor)))
    return select(WorkItem.id).where(WorkItem.case_id == Case.id, mine).correlate(Case).exists()


@lru_cache(maxsize=AT_WORK)
def is_recused(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor has to keep away from the case, or from what it is about."""
    return select(Recusal.case_id).where(Recusal.case_id == Case.id, Recusal.user_id == actor.user_id).correlate(Case).exists()


def takes_part(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which a nomination is the actor's own, in person or by the unit that nominated."""
    return or_(_Nominated.subject_id == actor.user_id, _Nominated.owner_unit_id.in_(sorted(actor.units_of(Role.NOMINATING_UNIT))))


@lru_cache(maxsize=AT_WORK)
def is_party(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor has a nomination of their own in the round that a case belongs to."""
    same_round = (_Nominated.round_id == Case.round_id, _Nominated.kind == "nomination")
    return select(_Nominated.id).where(*same_round, takes_part(actor)).correlate(Case).exists()


@lru_cache(maxsize=AT_WORK)
def is_concerned(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which a case is an objection to a nomination of the actor's own."""
    about = (Objection.case_id == Case.id, _Nominated.id == Objection.nomination_case_id)
    return select(_Nominated.id).join(Objection, about[1]).where(about[0], takes_part(actor)).correlate(Case).exists()


def concerns(session: Session, *, actor: Actor, case_id: int) -> bool:
    """Tell whether a case is an objection to a nomination of the actor's own (one statement)."""
    return session.scalar(select(Case.id).where(Case.id == case_id, is_concerned(actor))) is not None


def takes_part_in(session: Session, *, actor: Actor, round_id: int) -> bool:
    """Tell whether an actor is nominated in a round, or nominated somebody in it (one statement)."""
    query = select(_Nominated.id).where(_Nominated.round_id == round_id, _Nominated.kind == "nomination", takes_part(actor))
    return session.scalar(query.limit(1)) is not None


@lru_cache(maxsize=AT_WORK)
def visible_cases(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor may know of a case (`domain.permissions.may_see_case`)."""
    ways: list[ColumnElement[bool]] = [is_involved(actor)]
    if actor.has(*OVERSEERS):
        return ~is_recused(actor)
    if is_permitted(actor, Permission.SEE_ROUND):
        ways.append(Case.kind == "round")
    own = [
        Case.subject_id == actor.user_id,
        Case.owner_unit_id.in_(sorted(actor.units_of(Role.NOMINATING_UNIT))),
        Case.office_unit_id.in_(sorted(actor.units_of(Role.OFFICE_CLERK) | actor.units_of(Role.OFFICE_LEADER))),
    ]
    ways.append(and_(Case.kind == "nomination", or_(*own)))
    return and_(~is_recused(actor), or_(*ways))


@dataclass(frozen=True)
class SeenCase:
    """A case that the actor may see, and why."""

    case: Case
    facts: CaseFacts


@lru_cache(maxsize=AT_WORK)
def _facts_for(actor: Actor) -> Select[Case, bool, bool, bool]:
    return (
        select(
            Case,
            is_involved(actor).label("involved"),
            is_recused(actor).label("recused"),
            or_(and_(Case.kind == "round", is_party(actor)), is_concerned(actor)).label("party"),
        )
        .options(joinedload(Case.version), joinedload(Case.owner_unit), joinedload(Case.office_unit))
        .where(Case.id == bindparam("case_id"))
    )


def see_case(session: Session, *, actor: Actor, case_id: int) -> SeenCase | None:
    """Return a case with its version and units, None when the actor may not know of it (one statement)."""
    row = session.execute(_facts_for(actor), {"case_id": case_id}).one_or_none()
    if row is None:
        return None
    case = row.Case
    facts = CaseFacts(
        kind=case.kind,
        subject_id=case.subject_id,
        owner_unit_id=case.owner_unit_id,
        office_unit_id=case.office_unit_id,
        is_involved=bool(row.involved),
        is_recused=bool(row.recused),
        is_party=bool(row.party),
    )
    return SeenCase(case, facts) if may_see_case(actor, facts) else None
