"""The ranking of a round with its raw scores; experts are columns without names."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from app.domain.actors import Actor
from app.domain.scoring import TRIM_FROM
from app.persistence.models import Case, Nomination, OrgUnit, Recusal, ScoreSheet
from app.persistence.queries.access import visible_cases


@dataclass(frozen=True)
class RankedRow:
    """A nominee in the ranking. `sheets` maps a column to the total that the expert gave; who is recused has none.

    `may_open` tells whether the viewer may see the case: a convener reads the ranking and no file.
    """

    case_id: int
    number: str
    may_open: bool
    name: str
    employer: str
    frontline_years: int
    rank: int | None
    sheets: Mapping[int, Decimal]
    recused: frozenset[int]
    dropped: frozenset[int]
    expert_score: Decimal | None
    inspection_score: Decimal | None
    final_score: Decimal | None
    note: str
    shortlisted: bool
    proposed: bool
    outcome: str | None


@dataclass(frozen=True)
class Ranking:
    """The rows in order of rank, and how many columns of experts there are."""

    rows: list[RankedRow]
    experts: int


def ranking(session: Session, *, actor: Actor, round_id: int) -> Ranking:
    """Return who has been scored, best first (three statements). Whom the viewer is recused from is left out.

    The columns stand in an order that neither the draw nor the names show.
    """
    recused: dict[int, set[int]] = {}
    for case_id, user_id in session.execute(
        select(Recusal.case_id, Recusal.user_id).join(Case, Case.id == Recusal.case_id).where(Case.round_id == round_id)
    ):
        recused.setdefault(case_id, set()).add(user_id)
    sheets: dict[int, dict[int, Decimal]] = {}
    for case_id, expert_id, total in session.execute(
        select(ScoreSheet.case_id, ScoreSheet.expert_id, ScoreSheet.total).where(ScoreSheet.round_id == round_id)
    ):
        sheets.setdefault(case_id, {})[expert_id] = Decimal(total)
    experts = sorted({expert for each in sheets.values() for expert in each}, key=lambda expert: _place(round_id, expert))
    column = {expert: number for number, expert in enumerate(experts, 1)}
    rows = []
    for found in session.execute(_scored(actor, round_id)):
        away = recused.get(found.Nomination.case_id, set())
        if actor.user_id in away:
            continue
        own = {column[expert]: total for expert, total in sheets.get(found.Nomination.case_id, {}).items()}
        rows.append(_row(found, own, frozenset(column[each] for each in away if each in column)))
    return Ranking(rows, len(experts))


def index_sheets(session: Session, *, round_id: int) -> list[tuple[int, int, dict[str, Decimal]]]:
    """Return every sheet as (case, expert's column, scores by index), for export (one statement)."""
    rows = session.execute(
        select(ScoreSheet.case_id, ScoreSheet.expert_id, ScoreSheet.scores_json).where(ScoreSheet.round_id == round_id)
    ).all()
    experts = sorted({row.expert_id for row in rows}, key=lambda expert: _place(round_id, expert))
    column = {expert: number for number, expert in enumerate(experts, 1)}
    found = [
        (row.case_id, column[row.expert_id], {code: Decimal(score) for code, score in json.loads(row.scores_json).items()})
        for row in rows
    ]
    return sorted(found, key=lambda each: each[:2])


def _scored(actor: Actor, round_id: int):  # type: ignore[no-untyped-def]  # a Select of five columns
    employer = aliased(OrgUnit)
    return (
        select(Nomination, Case.number, Case.outcome, employer.name.label("employer"), visible_cases(actor).label("may_open"))
        .join(Case, Case.id == Nomination.case_id)
        .join(employer, employer.id == Nomination.employer_id)
        .where(Nomination.round_id == round_id, Nomination.expert_score.is_not(None))
        .order_by(Nomination.final_score.is_(None), Nomination.rank.is_(None), Nomination.rank, Nomination.case_id)
    )


def _row(found: Row[Any], sheets: Mapping[int, Decimal], recused: frozenset[int]) -> RankedRow:
    nomination = found.Nomination
    return RankedRow(
        case_id=nomination.case_id,
        number=found.number,
        may_open=found.may_open,
        name=nomination.name,
        employer=found.employer,
        frontline_years=nomination.frontline_years,
        rank=nomination.rank,
        sheets=sheets,
        recused=recused,
        dropped=_dropped(sheets),
        expert_score=_decimal(nomination.expert_score),
        inspection_score=_decimal(nomination.inspection_score),
        final_score=_decimal(nomination.final_score),
        note=nomination.rank_note,
        shortlisted=nomination.shortlisted,
        proposed=nomination.proposed,
        outcome=found.outcome,
    )


def _dropped(sheets: Mapping[int, Decimal]) -> frozenset[int]:
    """One highest and one lowest total do not count once there are enough (`domain.scoring.trimmed_mean`)."""
    if len(sheets) < TRIM_FROM:
        return frozenset()
    order = sorted(sheets, key=lambda column: (sheets[column], column))
    return frozenset((order[0], order[-1]))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _place(round_id: int, expert_id: int) -> str:
    return hashlib.sha256(f"{round_id}:{expert_id}".encode()).hexdigest()
