"""How far a round has come: counts, places, what is late and what has to be done next. Plain values, grouped by the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.actors import Actor
from app.persistence.models import Case, Nomination, OrgUnit, QuotaAllocation, Timer, User, WorkItem
from app.persistence.queries.access import AT_WORK, reach

_UNIT, _PERSON, _HOME = aliased(OrgUnit), aliased(User), aliased(OrgUnit)
_COUNTS = (
    select(Case.office_unit_id, OrgUnit.name, Case.stage, Case.outcome, func.count())
    .outerjoin(OrgUnit, OrgUnit.id == Case.office_unit_id)
    .where(Case.round_id == bindparam("round_id"), Case.kind == "nomination")
    .group_by(Case.office_unit_id, OrgUnit.name, Case.stage, Case.outcome)
    .order_by(OrgUnit.name)
)
_THEIRS = and_(Nomination.round_id == QuotaAllocation.round_id, Nomination.quota_unit_id == QuotaAllocation.unit_id)
_USED = select(func.count()).select_from(Nomination).where(_THEIRS).correlate(QuotaAllocation)
_QUOTAS = (
    select(QuotaAllocation, OrgUnit.name, _USED.scalar_subquery(), _USED.where(Nomination.active.is_(None)).scalar_subquery())
    .join(OrgUnit, OrgUnit.id == QuotaAllocation.unit_id)
    .where(QuotaAllocation.round_id == bindparam("round_id"))
    .order_by(OrgUnit.kind, OrgUnit.id)
)
_LATE = (
    select(
        WorkItem.title,
        WorkItem.role,
        _UNIT.name.label("unit"),
        _HOME.name.label("home"),
        _PERSON.name.label("person"),
        func.count().label("count"),
        func.min(WorkItem.due_at).label("oldest"),
    )
    .outerjoin(_UNIT, _UNIT.id == WorkItem.scope_unit_id)
    .outerjoin(_PERSON, _PERSON.id == WorkItem.assignee_id)
    .outerjoin(_HOME, _HOME.id == _PERSON.unit_id)
    .where(WorkItem.round_id == bindparam("round_id"), WorkItem.state == "open", WorkItem.due_at < bindparam("now"))
    .group_by(WorkItem.title, WorkItem.role, _UNIT.name, _HOME.name, _PERSON.name)
    .order_by(func.min(WorkItem.due_at), WorkItem.title)
)


@dataclass(frozen=True)
class Count:
    """How many nominations of an office are in a stage, or ended with an outcome."""

    office_id: int | None
    office: str
    stage: str
    outcome: str | None
    count: int


@dataclass(frozen=True)
class QuotaRow:
    """The places of a unit, how many of them were used, and by how many people who have left the race since."""

    unit_id: int
    unit: str
    quota: int
    supplement: int
    reason: str
    used: int
    gone: int

    @property
    def total(self) -> int:
        """All places, supplementary ones included."""
        return self.quota + self.supplement

    @property
    def share(self) -> int:
        """How much is taken, in percent."""
        return min(100, round(100 * self.used / self.total)) if self.total else 0


@dataclass(frozen=True)
class LateRow:
    """What a role in a unit, or a person, is late with: how many items of a step, and since when."""

    step: str
    role: str
    unit: str
    person: str
    count: int
    oldest_due: datetime


@dataclass(frozen=True)
class OpenStep:
    """Open work items of one step: who has to do them, and one of them that the viewer may do."""

    step: str
    role: str
    unit: str
    person: str
    of_round: bool
    count: int
    due_at: datetime | None
    mine: int | None


@dataclass(frozen=True)
class Waiting:
    """A timer that the round waits for."""

    title: str
    due_at: datetime


def counts(session: Session, *, round_id: int) -> list[Count]:
    """Return how many nominations stand where, by office (one statement)."""
    return [
        Count(office_id, office or "", stage, outcome, count)
        for office_id, office, stage, outcome, count in session.execute(_COUNTS, {"round_id": round_id})
    ]


def quotas(session: Session, *, round_id: int) -> list[QuotaRow]:
    """Return the quotas with what was used of them: everybody who was recommended, whatever came of it (one statement)."""
    return [
        QuotaRow(row.unit_id, name, row.quota, row.supplement, row.reason, used_up, left)
        for row, name, used_up, left in session.execute(_QUOTAS, {"round_id": round_id})
    ]


def late(session: Session, *, round_id: int, now: datetime) -> list[LateRow]:
    """Return who is late with what, the longest first (one statement)."""
    return [
        LateRow(row.title, row.role, row.unit or row.home or "", row.person or "", row.count, row.oldest)
        for row in session.execute(_LATE, {"round_id": round_id, "now": now})
    ]


def open_steps(session: Session, *, actor: Actor, round_id: int, barred: Collection[int] = ()) -> list[OpenStep]:
    """Return what has to be done next in the round, its own steps first, then the viewer's (one statement).

    What the viewer is barred from is never theirs.
    """
    steps = [
        OpenStep(row.title, row.role, row.unit or "", row.person or "", row.kind == "round", row.count, row.due, row.mine)
        for row in session.execute(_open_steps(actor), {"round_id": round_id, "barred": list(barred)})
    ]
    return sorted(steps, key=lambda step: (not step.of_round, step.mine is None))


@lru_cache(maxsize=AT_WORK)
def _open_steps(actor: Actor) -> Select[*tuple[Any, ...]]:
    unbarred = WorkItem.id.not_in(bindparam("barred", expanding=True))
    return (
        select(
            WorkItem.title,
            WorkItem.role,
            _UNIT.name.label("unit"),
            _PERSON.name.label("person"),
            Case.kind,
            func.count().label("count"),
            func.min(WorkItem.due_at).label("due"),
            func.min(WorkItem.id).filter(reach(actor), unbarred).label("mine"),
        )
        .join(Case, Case.id == WorkItem.case_id)
        .outerjoin(_UNIT, _UNIT.id == WorkItem.scope_unit_id)
        .outerjoin(_PERSON, _PERSON.id == WorkItem.assignee_id)
        .where(WorkItem.round_id == bindparam("round_id"), WorkItem.state == "open")
        .group_by(WorkItem.title, WorkItem.role, _UNIT.name, _PERSON.name, Case.kind)
        .order_by(func.min(WorkItem.due_at).is_(None), func.min(WorkItem.due_at), WorkItem.title)
    )


def timers(session: Session, *, case_id: int) -> list[Waiting]:
    """Return the times that a round waits for (one statement)."""
    query = select(Timer.title, Timer.due_at).where(Timer.case_id == case_id, Timer.state == "open").order_by(Timer.due_at)
    return [Waiting(title, due_at) for title, due_at in session.execute(query)]
