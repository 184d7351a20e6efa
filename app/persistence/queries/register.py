"""The register of certificates as the bureau sees it: one page of a round, and one certificate with what it replaces."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from app.persistence.models import Certificate, ReissueRequest, RevocationRequest, SealedPaper, SelectionRound
from app.persistence.queries.paging import Page, matches, paged

ASKED, PROPOSED = "asked", "proposed"
_OLD, _NEW = aliased(Certificate), aliased(Certificate)
_ALL = (
    select(
        Certificate,
        SelectionRound.title,
        SealedPaper.record_id,
        _OLD.serial,
        _NEW.serial,
        ReissueRequest.asked_at,
        RevocationRequest.asked_at,
    )
    .join(SelectionRound, SelectionRound.id == Certificate.round_id)
    .outerjoin(SealedPaper, (SealedPaper.kind == "certificate") & (SealedPaper.paper_id == Certificate.id))
    .outerjoin(_OLD, _OLD.id == Certificate.replaces_id)
    .outerjoin(_NEW, _NEW.replaces_id == Certificate.id)
    .outerjoin(ReissueRequest, ReissueRequest.certificate_id == Certificate.id)
    .outerjoin(RevocationRequest, RevocationRequest.certificate_id == Certificate.id)
)


@dataclass(frozen=True)
class RegisterRow:
    """A certificate in the register; `replaces` is the serial that it was issued for, `replaced_by` the one that came after."""

    id: int
    case_id: int
    round_id: int
    round_title: str
    serial: str
    name: str
    title: str
    issued_on: str
    state: str
    has_pdf: bool
    is_sealed: bool
    replaces: str
    replaced_by: str
    values_json: str
    reissue_waits: bool
    revocation_waits: bool


def rows(session: Session, *, round_id: int, page: int, q: str = "", state: str = "") -> Page[RegisterRow]:
    """Return one page of a round's register by serial (two statements); `q` looks into serial and name.

    The states `asked` and `proposed` are those of certificates whose reissue or revocation waits for a second person.
    """
    return paged(session, _sought(round_id, q=q, state=state), page, line=_line)


def every(session: Session, *, round_id: int, q: str = "", state: str = "") -> list[RegisterRow]:
    """Return the whole register of a round as `rows` would page it (one statement)."""
    return [_line(found) for found in session.execute(_sought(round_id, q=q, state=state))]


def _sought(round_id: int, *, q: str, state: str):  # type: ignore[no-untyped-def]  # a Select as `_ALL` is
    query = _ALL.where(Certificate.round_id == round_id).order_by(Certificate.serial)
    if q:
        query = query.where(matches(Certificate.serial, q) | matches(Certificate.name, q))
    if state:
        waits = {ASKED: ReissueRequest.asked_at.is_not(None), PROPOSED: RevocationRequest.asked_at.is_not(None)}
        query = query.where(waits.get(state, Certificate.state == state))
    return query


def one(session: Session, *, certificate_id: int) -> RegisterRow | None:
    """Return a certificate of the register, None when there is none (one statement). For those who may see the register."""
    found = session.execute(_ALL.where(Certificate.id == certificate_id)).one_or_none()
    return None if found is None else _line(found)


def _line(found: Row[Any]) -> RegisterRow:
    row, round_title, record_id, replaces, replaced_by, asked_at, proposed_at = found
    return RegisterRow(
        id=row.id,
        case_id=row.case_id,
        round_id=row.round_id,
        round_title=round_title,
        serial=row.serial,
        name=row.name,
        title=row.title,
        issued_on=row.issued_on,
        state=row.state,
        has_pdf=row.pdf_sha256 is not None,
        is_sealed=record_id is not None,
        replaces=replaces or "",
        replaced_by=replaced_by or "",
        values_json=row.values_json,
        reissue_waits=asked_at is not None,
        revocation_waits=proposed_at is not None,
    )
