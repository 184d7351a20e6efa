"""The nominees of a round as a list: filtered, sorted and paged by the database, only those of whom the viewer may know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.actors import Actor
from app.persistence.models import Case, Nomination, OrgUnit
from app.persistence.queries.access import visible_cases
from app.persistence.queries.paging import Page, matches, paged

SORTS = ("number", "name", "employer", "office", "stage", "since")
OPEN = "open"
"""In the filter by outcome: whoever is still in the race."""


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for in the list; empty means everything."""

    q: str = ""
    stage: str = ""
    office: int | None = None
    employer: int | None = None
    channel: str = ""
    outcome: str = ""
    sort: str = "number"
    descending: bool = False
    page: int = 1


@dataclass(frozen=True)
class NomineeRow:
    """A nominee in the list."""

    case_id: int
    number: str
    title: str
    name: str
    employer: str
    office: str
    post: str
    skill_level: str
    channel: str
    rank: int | None
    stage: str
    since: datetime
    outcome: str | None


@dataclass(frozen=True)
class Choices:
    """What the filters of the list offer: offices and employers by id."""

    offices: list[tuple[int, str]]
    employers: list[tuple[int, str]]


def page(session: Session, *, actor: Actor, round_id: int, wanted: Wanted) -> Page[NomineeRow]:
    """Return one page of the list (two statements: the number, the lines)."""
    query = _filtered(_all(actor, round_id), wanted)
    return paged(session, _sorted(query, wanted), wanted.page, line=_row)


def every(session: Session, *, actor: Actor, round_id: int, wanted: Wanted) -> list[NomineeRow]:
    """Return the whole list as it is filtered and sorted, for export (one statement)."""
    return [_row(row) for row in session.execute(_sorted(_filtered(_all(actor, round_id), wanted), wanted))]


def choices(session: Session, *, actor: Actor, round_id: int) -> Choices:
    """Return the offices and employers that occur in the viewer's list (two statements)."""
    query = _all(actor, round_id).order_by(None)
    offices = query.with_only_columns(_OFFICE.id, _OFFICE.name).where(_OFFICE.id.is_not(None)).distinct().order_by(_OFFICE.name)
    employers = query.with_only_columns(_EMPLOYER.id, _EMPLOYER.name).where(_EMPLOYER.id.is_not(None)).distinct()
    return Choices(
        [(unit_id, name) for unit_id, name in session.execute(offices)],
        [(unit_id, name) for unit_id, name in session.execute(employers.order_by(_EMPLOYER.name))],
    )


_OFFICE, _EMPLOYER = aliased(OrgUnit), aliased(OrgUnit)


def _all(actor: Actor, round_id: int) -> Select[Any]:
    return (
        select(Case, Nomination, _OFFICE.name.label("office"), _EMPLOYER.name.label("employer"))
        .select_from(Case)
        .outerjoin(Nomination, Nomination.case_id == Case.id)
        .outerjoin(_OFFICE, _OFFICE.id == Case.office_unit_id)
        .outerjoin(_EMPLOYER, _EMPLOYER.id == Nomination.employer_id)
        .where(Case.round_id == round_id, Case.kind == "nomination", visible_cases(actor))
    )


def _filtered(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.q:
        places = (Case.number, Case.title, Nomination.name, Nomination.post, _EMPLOYER.name)
        query = query.where(or_(*(matches(place, wanted.q) for place in places)))
    if wanted.stage:
        query = query.where(Case.stage == wanted.stage)
    if wanted.office is not None:
        query = query.where(Case.office_unit_id == wanted.office)
    if wanted.employer is not None:
        query = query.where(Nomination.employer_id == wanted.employer)
    if wanted.channel:
        query = query.where(Nomination.channel == wanted.channel)
    if wanted.outcome == OPEN:
        query = query.where(Case.outcome.is_(None))
    elif wanted.outcome:
        query = query.where(Case.outcome == wanted.outcome)
    return query


def _sorted(query: Select[Any], wanted: Wanted) -> Select[Any]:
    column: Any = {
        "name": Nomination.name,
        "employer": _EMPLOYER.name,
        "office": _OFFICE.name,
        "stage": Case.stage_order,
        "since": Case.stage_since,
    }.get(wanted.sort, Case.id)
    ends: ColumnElement[bool] = column.is_(None)
    return query.order_by(ends, column.desc() if wanted.descending else column.asc(), Case.id)


def _row(found: Any) -> NomineeRow:
    case, nomination = found.Case, found.Nomination
    return NomineeRow(
        case_id=case.id,
        number=case.number,
        title=case.title,
        name=nomination.name if nomination else "",
        employer=found.employer or "",
        office=found.office or "",
        post=nomination.post if nomination else "",
        skill_level=nomination.skill_level if nomination else "",
        channel=nomination.channel if nomination else "",
        rank=nomination.recommendation_rank if nomination else None,
        stage=case.stage,
        since=case.stage_since,
        outcome=case.outcome,
    )
