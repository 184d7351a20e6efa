"""Certificates as their holders and the bureau see them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.permissions import BUREAU
from app.persistence.models import Certificate, SelectionRound


@dataclass(frozen=True)
class CertificateView:
    """A certificate with what leads to its verification."""

    id: int
    case_id: int
    serial: str
    check_code: str
    name: str
    title: str
    issuers: str
    issued_on: str
    round_title: str
    state: str
    has_pdf: bool


def own(session: Session, *, actor: Actor) -> list[CertificateView]:
    """Return the certificates that the actor holds, newest first (one statement); a number that was made void is nobody's."""
    query = (
        _all()
        .where(Certificate.holder_id == actor.user_id, Certificate.state != "void")
        .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
    )
    return [_view(row, title) for row, title in session.execute(query)]


def one(session: Session, *, actor: Actor, certificate_id: int) -> CertificateView | None:
    """Return a certificate of the actor's, or any one for the bureau; None for everybody else (one statement)."""
    query = _all().where(Certificate.id == certificate_id)
    if not actor.has(*BUREAU):
        query = query.where(Certificate.holder_id == actor.user_id, Certificate.state != "void")
    found = session.execute(query).one_or_none()
    return None if found is None else _view(*found)


def _all():  # type: ignore[no-untyped-def]  # a Select of two columns
    return select(Certificate, SelectionRound.title).join(SelectionRound, SelectionRound.id == Certificate.round_id)


def _view(row: Certificate, round_title: str) -> CertificateView:
    return CertificateView(
        id=row.id,
        case_id=row.case_id,
        serial=row.serial,
        check_code=row.check_code,
        name=row.name,
        title=row.title,
        issuers=row.issuers,
        issued_on=row.issued_on,
        round_title=round_title,
        state=row.state,
        has_pdf=row.pdf_sha256 is not None,
    )
