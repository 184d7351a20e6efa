"""Open work items that nobody can do: nobody holds the role in the unit, or who was given it has left or must keep away."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.persistence.models import Case, OrgUnit, Recusal, RoleGrant, User, WorkItem
from app.persistence.queries.paging import Page, paged


@dataclass(frozen=True)
class StrandedRow:
    """A work item that nobody can do."""

    id: int
    case_id: int
    number: str
    case_title: str
    step: str
    role: str
    unit: str
    person: str
    since: datetime
    due_at: datetime | None


def stranded(session: Session, *, page: int) -> Page[StrandedRow]:
    """Return one page of them, the longest waiting first (two statements)."""
    return _page(session, page=page, item_id=None)


def one(session: Session, *, item_id: int) -> StrandedRow | None:
    """Return one of them, None when somebody can do the item after all."""
    rows = _page(session, page=1, item_id=item_id).rows
    return rows[0] if rows else None


def _page(session: Session, *, page: int, item_id: int | None) -> Page[StrandedRow]:
    unit, person, holder, grant = aliased(OrgUnit), aliased(User), aliased(User), aliased(RoleGrant)
    away = select(Recusal.user_id).where(Recusal.case_id == WorkItem.case_id).correlate(WorkItem)
    able = (
        select(grant.id)
        .join(holder, holder.id == grant.user_id)
        .where(
            grant.role == WorkItem.role,
            holder.active,
            holder.id.not_in(away),
            or_(WorkItem.scope_unit_id.is_(None), grant.unit_id == WorkItem.scope_unit_id),
        )
        .correlate(WorkItem)
    )
    nobody = or_(
        and_(WorkItem.assignee_id.is_(None), ~able.exists()),
        and_(WorkItem.assignee_id.is_not(None), or_(person.active.is_(False), person.id.in_(away))),
    )
    query = (
        select(WorkItem, Case, unit.name, person.name)
        .join(Case, Case.id == WorkItem.case_id)
        .outerjoin(unit, unit.id == WorkItem.scope_unit_id)
        .outerjoin(person, person.id == WorkItem.assignee_id)
        .where(WorkItem.state == "open", nobody)
        .order_by(WorkItem.created_at, WorkItem.id)
    )
    if item_id is not None:
        query = query.where(WorkItem.id == item_id)
    return paged(session, query, page, line=lambda row: _row(*row))


def _row(item: WorkItem, case: Case, unit: str | None, person: str | None) -> StrandedRow:
    return StrandedRow(
        id=item.id,
        case_id=case.id,
        number=case.number,
        case_title=case.title,
        step=item.title,
        role=item.role,
        unit=unit or "",
        person=person or "",
        since=item.created_at,
        due_at=item.due_at,
    )
