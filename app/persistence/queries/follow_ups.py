"""Those whom a round titled, with what was entered about them since. For those who may see the register."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.persistence.models import Certificate, FollowUpRecord, User

REMINDED = "reminded"
"""The kind of the row that remembers that the bureau was reminded of a year; it is about nobody."""


@dataclass(frozen=True)
class Entered:
    """One entry about somebody; `paper` is the name of the file that was handed in with it, empty for none."""

    id: int
    year: int
    kind: str
    note: str
    by: str
    at: datetime
    paper: str


@dataclass(frozen=True)
class Titled:
    """Somebody who holds a certificate of the round, or held one until it was revoked."""

    case_id: int
    name: str
    employer: str
    serial: str
    conferred: date
    is_revoked: bool
    entries: tuple[Entered, ...]


def titled(session: Session, *, round_id: int) -> Sequence[Titled]:
    """Return everybody whom a round titled, by serial, entries newest first (two statements)."""
    by_case: dict[int, list[Entered]] = {}
    query = select(FollowUpRecord, User.name).outerjoin(User, User.id == FollowUpRecord.recorded_by)
    for row, by in session.execute(
        query.where(FollowUpRecord.round_id == round_id, FollowUpRecord.kind != REMINDED).order_by(FollowUpRecord.id.desc())
    ):
        by_case.setdefault(row.case_id, []).append(
            Entered(row.id, row.year, row.kind, row.note, by or "", row.recorded_at, row.paper_name or "")
        )
    return list(_people(session, round_id, by_case))


def _people(session: Session, round_id: int, by_case: dict[int, list[Entered]]) -> Iterator[Titled]:
    held = select(Certificate).where(Certificate.round_id == round_id, Certificate.state.in_(("valid", "revoked")))
    for row in session.scalars(held.order_by(Certificate.serial)):
        employer = str(json.loads(row.values_json).get("employer") or "")
        yield Titled(
            row.case_id,
            row.name,
            employer,
            row.serial,
            date.fromisoformat(row.issued_on),
            row.state == "revoked",
            tuple(by_case.get(row.case_id, ())),
        )
