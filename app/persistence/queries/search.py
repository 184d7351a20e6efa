"""Finding cases by number or title, among those that the viewer may know of."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.actors import Actor
from app.persistence.models import Case, OrgUnit
from app.persistence.queries.access import visible_cases
from app.persistence.queries.paging import Page, matches, paged


@dataclass(frozen=True)
class Found:
    """A case that fits."""

    case_id: int
    version_id: int
    kind: str
    number: str
    title: str
    owner: str
    stage: str
    outcome: str | None
    since: datetime


def cases(session: Session, *, actor: Actor, q: str, page: int) -> Page[Found]:
    """Return the cases whose number or title holds the text and that the actor may see (two statements)."""
    owner = aliased(OrgUnit)
    query = select(Case, owner.name.label("owner")).outerjoin(owner, owner.id == Case.owner_unit_id).where(visible_cases(actor))
    if q:
        query = query.where(or_(matches(Case.title, q), matches(Case.number, q)))
    return paged(session, query.order_by(Case.id.desc()), page, line=lambda row: _found(row.Case, row.owner))


def _found(case: Case, owner: str | None) -> Found:
    return Found(
        case_id=case.id,
        version_id=case.procedure_version_id,
        kind=case.kind,
        number=case.number,
        title=case.title,
        owner=owner or "",
        stage=case.stage,
        outcome=case.outcome,
        since=case.stage_since,
    )
