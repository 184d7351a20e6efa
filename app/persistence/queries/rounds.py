"""Rounds: the list, one round, and what somebody may choose from who begins a round or a nomination."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor, Role
from app.domain.working_days import start_of_day
from app.persistence.models import Case, OfficialDocument, OrgUnit, SelectionRound

MOST_ROUNDS = 100
"""A round every few years: more than fit on a page do not occur."""
_NOMINEES = (
    select(func.count())
    .select_from(Case)
    .where(Case.round_id == SelectionRound.id, Case.kind == "nomination")
    .correlate(SelectionRound)
    .scalar_subquery()
)
_ROUNDS = (
    select(SelectionRound, Case, _NOMINEES.label("nominees"))
    .join(Case, Case.id == SelectionRound.case_id)
    .order_by(SelectionRound.year.desc(), SelectionRound.id.desc())
    .limit(MOST_ROUNDS)
)
_HEAD = (
    select(SelectionRound, Case).join(Case, Case.id == SelectionRound.case_id).where(SelectionRound.id == bindparam("round_id"))
)


@dataclass(frozen=True)
class _Round:
    """Where a round stands."""

    id: int
    case_id: int
    version_id: int
    number: str
    title: str
    year: int
    round_no: int
    stage: str
    since: datetime
    outcome: str | None


@dataclass(frozen=True)
class RoundRow(_Round):
    """A round in the list."""

    nominees: int
    is_suspended: bool


@dataclass(frozen=True)
class RoundHead(_Round):
    """A round with what it decides for itself."""

    is_open: bool
    settings: Mapping[str, Any]
    deadlines: Mapping[str, datetime]
    suspension: str


@dataclass(frozen=True)
class OpenRound:
    """A round that takes nominations now, with what is left of the time."""

    id: int
    title: str
    self_nomination: bool
    opens: str
    closes_at: datetime | None


def rounds(session: Session) -> list[RoundRow]:
    """Return the rounds, newest first (one statement)."""
    return [
        RoundRow(
            id=row.id,
            case_id=case.id,
            version_id=case.procedure_version_id,
            number=case.number,
            title=row.title,
            year=row.year,
            round_no=row.round_no,
            stage=case.stage,
            since=case.stage_since,
            outcome=case.outcome,
            nominees=count,
            is_suspended=row.suspended_at is not None,
        )
        for row, case, count in session.execute(_ROUNDS)
    ]


def head(session: Session, *, round_id: int) -> RoundHead | None:
    """Return a round, None when there is none (one statement)."""
    found = session.execute(_HEAD, {"round_id": round_id}).one_or_none()
    if found is None:
        return None
    row, case = found
    return RoundHead(
        id=row.id,
        case_id=case.id,
        version_id=row.procedure_version_id,
        number=case.number,
        title=row.title,
        year=row.year,
        round_no=row.round_no,
        stage=case.stage,
        since=case.ended_at or case.stage_since,
        outcome=case.outcome,
        is_open=row.nominations_open,
        settings=json.loads(row.settings_json),
        deadlines=_moments(row.deadlines_json),
        suspension=row.suspension if row.suspended_at is not None else "",
    )


def quota_units(session: Session) -> list[tuple[int, str]]:
    """Return the units that may hold places: streets, industry offices and the union (one statement)."""
    kinds = ("street", "industry_office", "union")
    query = select(OrgUnit.id, OrgUnit.name).where(OrgUnit.kind.in_(kinds)).order_by(OrgUnit.kind.desc(), OrgUnit.id)
    return [(unit_id, name) for unit_id, name in session.execute(query)]


def open_rounds(session: Session, *, now: datetime) -> list[OpenRound]:
    """Return the rounds that take nominations now (one statement)."""
    query = select(SelectionRound).where(SelectionRound.nominations_open.is_(True)).order_by(SelectionRound.id)
    found = []
    for row in session.scalars(query):
        settings, closes_at = json.loads(row.settings_json), _moments(row.deadlines_json).get("nomination_close")
        opens = settings.get("nomination_open", "")
        begun = not opens or now >= start_of_day(date.fromisoformat(opens))
        if begun and (closes_at is None or now < closes_at):
            found.append(OpenRound(row.id, row.title, bool(settings.get("self_nomination", True)), opens, closes_at))
    return found


def calls(session: Session, *, rounds: Sequence[int]) -> dict[int, OfficialDocument]:
    """Return the call for nominations of each round that has issued one, the newest (one statement)."""
    issued = select(OfficialDocument).where(
        OfficialDocument.round_id.in_(rounds), OfficialDocument.doc_type == "round_call", OfficialDocument.state == "issued",
        OfficialDocument.pdf_sha256.is_not(None),
    )  # fmt: skip
    return {row.round_id: row for row in session.scalars(issued.order_by(OfficialDocument.id))}


def standing(session: Session, *, actor: Actor) -> dict[int, int]:
    """Return in which rounds somebody stands already, with the case, by whomever nominated (one statement)."""
    query = select(Case.round_id, Case.id).where(
        Case.kind == "nomination", Case.subject_id == actor.user_id, Case.ended_at.is_(None)
    )
    return {round_id: case_id for round_id, case_id in session.execute(query) if round_id is not None}


def own_units(session: Session, *, actor: Actor) -> list[tuple[int, str]]:
    """Return the units for which the actor may nominate (one statement)."""
    units = sorted(actor.units_of(Role.NOMINATING_UNIT))
    query = select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(units)).order_by(OrgUnit.name)
    return [(unit_id, name) for unit_id, name in session.execute(query)]


def local_offices(session: Session) -> list[tuple[int, str]]:
    """Return the streets and industry offices, which take self nominations (one statement)."""
    of_kind = OrgUnit.kind.in_(("street", "industry_office"))
    query = select(OrgUnit.id, OrgUnit.name).where(of_kind, OrgUnit.valid_to.is_(None))  # nobody works in one that was closed
    return [(unit_id, name) for unit_id, name in session.execute(query.order_by(OrgUnit.kind.desc(), OrgUnit.id))]


def _moments(text: str) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(moment) for name, moment in json.loads(text).items()}
