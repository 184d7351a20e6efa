"""Open work items that nobody can do: nobody holds the role in the unit, or who was given it has left or must keep away."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.persistence.models import Case, OrgUnit, Recusal, RoleGrant, User, WorkItem
from app.persistence.queries.paging import Page, paged

_UNIT, _PERSON, _HOLDER, _GRANT = aliased(OrgUnit), aliased(User), aliased(User), aliased(RoleGrant)
_AWAY = select(Recusal.user_id).where(Recusal.case_id == WorkItem.case_id).correlate(WorkItem)
_ABLE = (
    select(_GRANT.id)
    .join(_HOLDER, _HOLDER.id == _GRANT.user_id)
    .where(
        _GRANT.role == WorkItem.role,
        _HOLDER.active,
        _HOLDER.id.not_in(_AWAY),
        or_(WorkItem.scope_unit_id.is_(None), _GRANT.unit_id == WorkItem.scope_unit_id),
    )
    .correlate(WorkItem)
)
_NOBODY = or_(
    and_(WorkItem.assignee_id.is_(None), ~_ABLE.exists()),
    and_(WorkItem.assignee_id.is_not(None), or_(_PERSON.active.is_(False), _PERSON.id.in_(_AWAY))),
)
_STRANDED = (
    select(WorkItem, Case, _UNIT.name, _PERSON.name)
    .join(Case, Case.id == WorkItem.case_id)
    .outerjoin(_UNIT, _UNIT.id == WorkItem.scope_unit_id)
    .outerjoin(_PERSON, _PERSON.id == WorkItem.assignee_id)
    .where(WorkItem.state == "open", _NOBODY)
    .order_by(WorkItem.created_at, WorkItem.id)
)


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
    query = _STRANDED if item_id is None else _STRANDED.where(WorkItem.id == item_id)
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
