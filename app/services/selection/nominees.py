"""The nominees of a round as the steps of the round see them: one statement each, whatever their number."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from app.domain.errors import NotFound
from app.persistence.models import Case, Nomination
from app.services.casework.case_work import CaseWork

KIND = "nomination"
INSPECTED = "inspected"
PROPOSED = "proposed"
NOTICED = "noticed"
_WITH_PEOPLE = (joinedload(Nomination.employer), joinedload(Nomination.person))
_OF_CASE = select(Nomination).options(*_WITH_PEOPLE).where(Nomination.case_id == bindparam("case_id"))
_OPEN = (
    select(Nomination, Case)
    .join(Case, Case.id == Nomination.case_id)
    .options(*_WITH_PEOPLE)
    .where(Nomination.round_id == bindparam("round_id"), Case.ended_at.is_(None))
)
"""Built once: nearly every step of a round asks this."""


@dataclass(frozen=True)
class Nominee:
    """A nomination and its case."""

    nomination: Nomination
    case: Case

    @property
    def case_id(self) -> int:
        """The id of the case."""
        return self.case.id

    @property
    def rank(self) -> int | None:
        """The place in the ranking, None before there is one."""
        return self.nomination.rank

    def waits_for(self, message: str) -> bool:
        """Tell whether the case waits for a message of this name."""
        return message in json.loads(self.case.waiting)


def open_nominees(work: CaseWork) -> list[Nominee]:
    """Return the nominees of the round whose cases are open, in order of rank, then of case (one statement a step)."""
    return sorted(work.once("nominees", lambda: _read(work)), key=lambda each: (each.rank is None, each.rank, each.case_id))


def _read(work: CaseWork) -> list[Nominee]:
    with work.tx.session.no_autoflush:  # a step of a round opens and ends no nomination itself
        rows = work.tx.session.execute(_OPEN, {"round_id": work.the_round.id})
        return [Nominee(nomination, case) for nomination, case in rows]


def order_of(work: CaseWork, stage: str) -> int:
    """Return the place of a stage of nominations."""
    return work.loaded.procedure.case_kinds[KIND].order_of(stage)


def standing(work: CaseWork, nominees: Sequence[Nominee]) -> list[Nominee]:
    """Return those on the proposed list whose cases have been told so."""
    least = order_of(work, PROPOSED)
    return [each for each in nominees if each.nomination.proposed and each.case.stage_order >= least]


def reserves(work: CaseWork, nominees: Sequence[Nominee]) -> list[Nominee]:
    """Return those who have been inspected and ranked and have not been told of a list yet: whom a list may be made of."""
    least, below = order_of(work, INSPECTED), order_of(work, PROPOSED)
    return [
        each
        for each in nominees
        if least <= each.case.stage_order < below and each.nomination.shortlisted and each.nomination.final_score is not None
    ]


def nomination_of(work: CaseWork) -> Nomination:
    """Return the nomination of the case under way (one statement). `NotFound` before it was filled in."""
    found = work.tx.session.scalars(_OF_CASE, {"case_id": work.case.id}).one_or_none()
    if found is None:
        raise NotFound("nomination.unknown", "这件办件还没有填写推荐表。请先填写推荐表。")
    return found
