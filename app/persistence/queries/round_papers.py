"""What a round has brought forth: notices, meetings, documents, certificates, payments. One statement each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.persistence.models import (
    Case,
    Certificate,
    IssuedPaper,
    Meeting,
    OfficialDocument,
    OutboxEntry,
    PaymentBatch,
    PaymentRow,
    PublicNotice,
    SelectionRound,
    User,
)


@dataclass(frozen=True)
class NoticeRow:
    """A notice of the round."""

    id: int
    number: int
    title: str
    state: str
    published_at: datetime | None
    ends_at: datetime | None
    drafter: str
    reviewer: str
    has_pdf: bool
    is_signed: bool


@dataclass(frozen=True)
class MeetingRow:
    """A meeting as it was recorded."""

    body: str
    session_no: str
    held_on: str
    chair: str
    attendees: str
    decision: str
    minutes_no: str


@dataclass(frozen=True)
class DocumentRow:
    """An official document."""

    id: int
    doc_type: str
    number: str
    title: str
    state: str
    issued_on: str
    drafter: str
    signatory: str
    has_pdf: bool
    is_signed: bool


@dataclass(frozen=True)
class BatchRow:
    """A list of payments."""

    id: int
    fund_source: str
    budget_line: str
    state: str
    count: int
    total_cents: int
    made_at: datetime
    settled_at: datetime | None
    has_pdf: bool
    is_signed: bool


@dataclass(frozen=True)
class CertificateRow:
    """A certificate in the round's register."""

    id: int
    case_id: int
    serial: str
    name: str
    state: str
    issued_on: str
    has_pdf: bool


@dataclass(frozen=True)
class UnmadeRow:
    """A paper that was asked for and is not there: the outbox entry that makes it, and whose it is."""

    id: int
    kind: str
    payload: str
    number: str
    created_at: datetime
    error: str


def unmade(session: Session, *, round_id: int, kinds: Collection[str]) -> list[UnmadeRow]:
    """Return the entries of these kinds that have not gone out for a round and its cases, the oldest first (one statement)."""
    query = (
        select(OutboxEntry, Case.number)
        .join(Case, Case.id == OutboxEntry.case_id)
        .where(Case.round_id == round_id, OutboxEntry.kind.in_(kinds), OutboxEntry.state != "done")
        .order_by(OutboxEntry.id)
    )
    return [UnmadeRow(row.id, row.kind, row.payload, number, row.created_at, row.error) for row, number in session.execute(query)]


def _signed(sha256: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """Return the condition that the paper with this hash carries a signature."""
    return exists().where(IssuedPaper.sha256 == sha256, IssuedPaper.signed_with.is_not(None))


_DRAFTER, _REVIEWER = aliased(User), aliased(User)
_NOTICES = (
    select(PublicNotice, _DRAFTER.name, _REVIEWER.name, _signed(PublicNotice.pdf_sha256))
    .join(_DRAFTER, _DRAFTER.id == PublicNotice.drafted_by)
    .outerjoin(_REVIEWER, _REVIEWER.id == PublicNotice.reviewed_by)
    .where(PublicNotice.round_id == bindparam("round_id"))
    .order_by(PublicNotice.number)
)


def notices(session: Session, *, round_id: int) -> list[NoticeRow]:
    """Return the notices of a round in order, with who drafted each and who let it out."""
    return [
        NoticeRow(
            row.id,
            row.number,
            row.title,
            row.state,
            row.published_at,
            row.ends_at,
            wrote,
            let_out or "",
            row.pdf_sha256 is not None,
            is_signed,
        )
        for row, wrote, let_out, is_signed in session.execute(_NOTICES, {"round_id": round_id})
    ]


def meetings(session: Session, *, round_id: int) -> list[MeetingRow]:
    """Return the meetings about a round in order."""
    query = select(Meeting).where(Meeting.round_id == round_id).order_by(Meeting.held_on, Meeting.id)
    return [
        MeetingRow(row.body, row.session_no, row.held_on, row.chair, row.attendees, row.decision, row.minutes_no)
        for row in session.scalars(query)
    ]


def documents(session: Session, *, round_id: int) -> list[DocumentRow]:
    """Return the official documents of a round in order; the papers of its nominees stand on the pages of their cases."""
    own = select(SelectionRound.case_id).where(SelectionRound.id == round_id).scalar_subquery()
    query = (
        select(OfficialDocument, User.name, _signed(OfficialDocument.pdf_sha256))
        .outerjoin(User, User.id == OfficialDocument.drafted_by)
        .where(OfficialDocument.round_id == round_id, or_(OfficialDocument.case_id.is_(None), OfficialDocument.case_id == own))
        .order_by(OfficialDocument.id)
    )
    return [
        DocumentRow(
            row.id,
            row.doc_type,
            row.number or "",
            row.title,
            row.state,
            row.issued_on,
            wrote or "",
            row.signatory,
            row.pdf_sha256 is not None,
            is_signed,
        )
        for row, wrote, is_signed in session.execute(query)
    ]


def batches(session: Session, *, round_id: int) -> list[BatchRow]:
    """Return the payment lists of a round in order."""
    count = (
        select(func.count())
        .select_from(PaymentRow)
        .where(PaymentRow.batch_id == PaymentBatch.id)
        .correlate(PaymentBatch)
        .scalar_subquery()
    )
    query = (
        select(PaymentBatch, count, _signed(PaymentBatch.pdf_sha256))
        .where(PaymentBatch.round_id == round_id)
        .order_by(PaymentBatch.id)
    )
    return [
        BatchRow(
            row.id,
            row.fund_source,
            row.budget_line,
            row.state,
            number,
            row.total_cents,
            row.made_at,
            row.settled_at,
            row.pdf_sha256 is not None,
            is_signed,
        )
        for row, number, is_signed in session.execute(query)
    ]


def certificates(session: Session, *, round_id: int) -> list[CertificateRow]:
    """Return the certificates of a round by serial."""
    query = select(Certificate).where(Certificate.round_id == round_id).order_by(Certificate.serial)
    return [
        CertificateRow(row.id, row.case_id, row.serial, row.name, row.state, row.issued_on, row.pdf_sha256 is not None)
        for row in session.scalars(query)
    ]
