"""The desk: what is before a person, soonest first, filtered and paged by the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy import Row as SqlRow
from sqlalchemy.orm import Session, aliased

from app.domain.actors import Actor, Role
from app.persistence.models import Case, OrgUnit, User, WorkItem
from app.persistence.queries.access import AT_WORK, group_reach, is_concerned, is_recused, reach
from app.persistence.queries.paging import Page, matches, paged

Tab = Literal["todo", "group", "handled", "started"]

_Did, _Owner, _Assignee = aliased(WorkItem), aliased(OrgUnit), aliased(User)
_WITH_CASE = (
    select(WorkItem, Case, _Owner.name.label("owner"), _Assignee.name.label("assignee_name"))
    .join(Case, Case.id == WorkItem.case_id)
    .outerjoin(_Owner, _Owner.id == Case.owner_unit_id)
    .outerjoin(_Assignee, _Assignee.id == WorkItem.assignee_id)
)


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for on the desk."""

    tab: Tab
    q: str = ""
    step: str = ""
    overdue: bool = False
    page: int = 1


@dataclass(frozen=True)
class Counts:
    """How much lies behind each tab, and what of the todo is late."""

    todo: int
    group: int
    handled: int
    started: int
    overdue: int


@dataclass(frozen=True)
class Row:
    """A line of the desk: a work item with its case; of the cases that the viewer began, the case alone (`item_id` None)."""

    item_id: int | None
    case_id: int
    version_id: int
    kind: str
    node_id: str
    number: str
    case_title: str
    step: str
    owner: str
    since: datetime
    due_at: datetime | None
    assignee_id: int | None
    assignee: str
    claimed: bool
    completed_at: datetime | None
    decision: str | None
    stage: str
    outcome: str | None
    initiator_id: int | None
    owner_unit_id: int | None
    subject_id: int | None
    role: str


def counts(session: Session, *, actor: Actor, now: datetime, barred: Collection[int] = ()) -> Counts:
    """Return the numbers on the tabs (one statement); what the actor is barred from is none of their work."""
    return Counts(*session.execute(_numbers(actor), {"now": now, "barred": list(barred)}).one())


@lru_cache(maxsize=AT_WORK)
def _numbers(actor: Actor) -> Select[*tuple[int, ...]]:
    unbarred = WorkItem.id.not_in(bindparam("barred", expanding=True))
    open_mine = and_(_condition(actor, "todo"), unbarred)
    items, cases = select(func.count()).select_from(WorkItem), select(func.count()).select_from(Case)
    numbers = (
        items.where(open_mine),
        items.where(_condition(actor, "group"), unbarred),
        items.where(_condition(actor, "handled")),
        cases.where(_started(actor)),
        items.where(open_mine, WorkItem.due_at < bindparam("now")),
    )
    return select(*(number.scalar_subquery() for number in numbers))


def steps(session: Session, *, actor: Actor, tab: Tab, barred: Collection[int] = ()) -> list[str]:
    """Return the names of the steps that occur behind a tab, for its filter; what somebody began are cases, and at no step."""
    if tab == "started":
        return []
    return list(session.scalars(_steps(actor, tab), {"barred": list(barred)}))


@lru_cache(maxsize=AT_WORK)
def _steps(actor: Actor, tab: Tab) -> Select[str]:
    there = and_(_condition(actor, tab), WorkItem.id.not_in(bindparam("barred", expanding=True)))
    return select(WorkItem.title).where(there).distinct().order_by(WorkItem.title)


def page(session: Session, *, actor: Actor, wanted: Wanted, now: datetime, barred: Collection[int] = ()) -> Page[Row]:
    """Return one page of a tab (two statements: the number, the lines), without what the actor is barred from."""
    if wanted.tab == "started":
        return _started_page(session, actor, wanted)
    query = _filtered(_items(actor, wanted.tab), wanted, now)
    return paged(session, query.where(WorkItem.id.not_in(barred)) if barred else query, wanted.page, line=_row)


def one(session: Session, *, actor: Actor, item_id: int) -> Row | None:
    """Return the line of one work item as the actor's desk shows it."""
    before = or_(_condition(actor, "todo"), _condition(actor, "group"))
    row = session.execute(_WITH_CASE.where(WorkItem.id == item_id, before)).one_or_none()
    return None if row is None else _row(row)


@dataclass(frozen=True)
class Suspect:
    """An open item before the actor that separation of duties might keep from them, with the steps that they did in its case.

    `concerned`: the case is an objection to a nomination of their own; `recused`: they keep away from it altogether.
    """

    item_id: int
    version_id: int
    kind: str
    node_id: str
    role: str
    initiator_id: int | None
    owner_unit_id: int | None
    subject_id: int | None
    concerned: bool
    recused: bool
    handled: frozenset[str]


def suspects(session: Session, *, actor: Actor) -> list[Suspect]:
    """Return the open items before the actor or their groups of whose cases they did something, which they began or
    nominated, which object to what they nominated, or from which they are recused (one statement).
    """
    found: dict[int, Suspect] = {}
    for *facts, did in session.execute(_suspects(actor)):
        known = found.get(facts[0])
        handled = (known.handled if known else frozenset()) | ({did} if did is not None else set())
        found[facts[0]] = Suspect(*facts, handled)
    return list(found.values())


@lru_cache(maxsize=AT_WORK)
def _suspects(actor: Actor) -> Select[*tuple[Any, ...]]:
    units = sorted(actor.units_of(Role.NOMINATING_UNIT))
    party = or_(Case.initiator_id == actor.user_id, Case.subject_id == actor.user_id, Case.owner_unit_id.in_(units))
    inside = WorkItem.role.not_in([Role.NOMINATING_UNIT.value, Role.CANDIDATE.value])
    concerned, recused = is_concerned(actor), is_recused(actor)
    # Plus nothing, so that SQLite does not go by the index of who did what, through all that the person has ever done, for each item.
    did_before = and_(_Did.case_id == WorkItem.case_id, _Did.completed_by + 0 == actor.user_id)
    return (
        select(
            WorkItem.id,
            Case.procedure_version_id,
            Case.kind,
            WorkItem.node_id,
            WorkItem.role,
            Case.initiator_id,
            Case.owner_unit_id,
            Case.subject_id,
            concerned,
            recused,
            _Did.node_id.label("did"),
        )
        .join(Case, Case.id == WorkItem.case_id)
        .outerjoin(_Did, did_before)
        .where(
            or_(_condition(actor, "todo"), _condition(actor, "group")),
            or_(_Did.id.is_not(None), recused, and_(inside, or_(party, concerned))),
        )
    )


@dataclass(frozen=True)
class Finished:
    """A work item that is done: who did it, when."""

    case_id: int
    title: str
    completer: str
    at: datetime | None


def finished(session: Session, *, item_id: int) -> Finished | None:
    """Return who did a work item and when; only for those whose reach of the item has been judged already."""
    item = session.get(WorkItem, item_id)
    return Finished(item.case_id, item.title, item.completer, item.completed_at) if item else None


def _condition(actor: Actor, tab: Tab) -> ColumnElement[bool]:
    if tab == "handled":
        return WorkItem.completed_by == actor.user_id
    if tab == "todo":
        return and_(WorkItem.state == "open", reach(actor))
    # What a colleague has claimed is shown too, so that everybody sees that it is being done, and by whom.
    free = or_(WorkItem.assignee_id.is_(None), WorkItem.claimed_at.is_not(None))
    return and_(WorkItem.state == "open", free, group_reach(actor))


def _started(actor: Actor) -> ColumnElement[bool]:
    units = sorted(actor.units_of(Role.NOMINATING_UNIT))
    return or_(Case.initiator_id == actor.user_id, Case.subject_id == actor.user_id, Case.owner_unit_id.in_(units))


@lru_cache(maxsize=AT_WORK)
def _items(actor: Actor, tab: Tab) -> Select[WorkItem, Case, str, str]:
    """Return the lines of a tab, the latest or the most urgent first."""
    order = (
        (WorkItem.completed_at.desc(), WorkItem.id.desc())
        if tab == "handled"
        else (WorkItem.due_at.is_(None), WorkItem.due_at, WorkItem.created_at, WorkItem.id)
    )
    return _WITH_CASE.where(_condition(actor, tab)).order_by(*order)


def _filtered(query: Select[WorkItem, Case, str, str], wanted: Wanted, now: datetime) -> Select[WorkItem, Case, str, str]:
    if wanted.q:
        query = query.where(or_(matches(Case.title, wanted.q), matches(Case.number, wanted.q), matches(WorkItem.title, wanted.q)))
    if wanted.step:
        query = query.where(WorkItem.title == wanted.step)
    if wanted.overdue:
        query = query.where(WorkItem.due_at < now, WorkItem.state == "open")
    return query


def _started_page(session: Session, actor: Actor, wanted: Wanted) -> Page[Row]:
    query = select(Case, _Owner.name.label("owner")).outerjoin(_Owner, _Owner.id == Case.owner_unit_id).where(_started(actor))
    if wanted.q:
        query = query.where(or_(matches(Case.title, wanted.q), matches(Case.number, wanted.q)))
    order = (Case.ended_at.is_not(None), Case.stage_since.desc(), Case.id.desc())
    return paged(session, query.order_by(*order), wanted.page, line=lambda row: _case_row(row.Case, row.owner))


def _row(found: SqlRow[WorkItem, Case, str, str]) -> Row:
    item, case = found.WorkItem, found.Case
    return Row(
        item_id=item.id,
        case_id=case.id,
        version_id=case.procedure_version_id,
        kind=case.kind,
        node_id=item.node_id,
        number=case.number,
        case_title=case.title,
        step=item.title,
        owner=found.owner or "",
        since=item.created_at,
        due_at=item.due_at,
        assignee_id=item.assignee_id,
        assignee=found.assignee_name or "",
        claimed=item.claimed_at is not None,
        completed_at=item.completed_at,
        decision=item.decision,
        stage=case.stage,
        outcome=case.outcome,
        initiator_id=case.initiator_id,
        owner_unit_id=case.owner_unit_id,
        subject_id=case.subject_id,
        role=item.role,
    )


def _case_row(case: Case, owner: str | None) -> Row:
    return Row(
        item_id=None,
        case_id=case.id,
        version_id=case.procedure_version_id,
        kind=case.kind,
        node_id="",
        number=case.number,
        case_title=case.title,
        step="",
        owner=owner or "",
        since=case.stage_since,
        due_at=None,
        assignee_id=None,
        assignee="",
        claimed=False,
        completed_at=case.ended_at,
        decision=None,
        stage=case.stage,
        outcome=case.outcome,
        initiator_id=case.initiator_id,
        owner_unit_id=case.owner_unit_id,
        subject_id=case.subject_id,
        role="",
    )
