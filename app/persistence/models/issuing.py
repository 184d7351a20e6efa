"""What a round sends out: notices, objections to them, meetings, documents, certificates, money."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.base import Base, Encrypted, Packed, UtcDateTime


class PublicNotice(Base):
    """A notice to the public. `entries_json` is the frozen, masked list: what is not in it cannot leak."""

    __tablename__ = "public_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    contact_json: Mapped[str] = mapped_column(Text)
    entries_json: Mapped[str] = mapped_column(Text)
    sort_note: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(12))  # draft, published, closed
    drafted_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_date: Mapped[str] = mapped_column(String(10), default="")
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    findings_json: Mapped[str] = mapped_column(Text, default="[]")  # what the privacy scan found
    attachments_json: Mapped[str] = mapped_column(Text, default="[]")  # files that go out with the notice
    frozen_sha256: Mapped[str | None] = mapped_column(String(64))  # the words as they went out, kept when it is withdrawn
    page_html: Mapped[str | None] = mapped_column(Packed, deferred=True)  # as it went out; its words are those of the hash
    poster_sha256: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("round_id", "number"), Index(None, "state", "ends_at"))


class Objection(Base):
    """An objection to a notice; who made it is encrypted and read only by those who handle it, each reading logged."""

    __tablename__ = "objection"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), index=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("public_notice.id"))
    nomination_case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    receipt: Mapped[str] = mapped_column(String(20), unique=True)  # what the objector keeps to ask about it
    identity: Mapped[str] = mapped_column(Encrypted)  # JSON: kind, name, phone, address
    facts: Mapped[str] = mapped_column(Text)
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    extended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its term is extended once
    extension: Mapped[str] = mapped_column(Text, default="")  # the reason


class Meeting(Base):
    """A meeting of a body with its decision and minutes; recorded by the secretary, never clicked by the body."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), index=True)
    body: Mapped[str] = mapped_column(String(30))  # party_group, executive, standing_committee
    session_no: Mapped[str] = mapped_column(String(60))
    held_on: Mapped[str] = mapped_column(String(10))
    chair: Mapped[str] = mapped_column(String(60))
    attendees: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[str] = mapped_column(String(20))
    minutes_no: Mapped[str] = mapped_column(String(60))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfficialDocument(Base):
    """An official document of a round; the number is taken when it is registered and never used again."""

    __tablename__ = "official_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)  # whose paper it is, if not the round's
    doc_type: Mapped[str] = mapped_column(String(20))  # decision, request, and the kinds of file_paper_kinds
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    values_json: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))  # draft, signed, issued, void
    drafted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    signatory: Mapped[str] = mapped_column(String(60), default="")
    issued_on: Mapped[str] = mapped_column(String(10), default="")
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))


class Certificate(Base):
    """An award certificate: the register entry that verification answers from. Never deleted."""

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    serial: Mapped[str] = mapped_column(String(40), unique=True)
    check_code: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(60))
    issuers: Mapped[str] = mapped_column(String(160))
    issued_on: Mapped[str] = mapped_column(String(10))
    template_version_id: Mapped[int | None] = mapped_column(ForeignKey("template_version.id"))  # the one of its registration
    values_json: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default="valid")  # valid, revoked, reissued, void; why: certificate_event
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))  # the misprint that this one was issued for
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))


class PaymentAccount(Base):
    """Where a winner wants the prize paid: asked for only now, and only of winners."""

    __tablename__ = "payment_account"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    account_name: Mapped[str] = mapped_column(String(100))
    bank_name: Mapped[str] = mapped_column(String(100))
    account: Mapped[str] = mapped_column(Encrypted)


class PaymentBatch(Base):
    """A list of payments from one source of funds, made by one person, checked by another, its rows frozen by `rows_hash`."""

    __tablename__ = "payment_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), index=True)
    fund_source: Mapped[str] = mapped_column(String(20))
    budget_line: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(12))  # draft, checked, settled, returned
    total_cents: Mapped[int]
    rows_hash: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))


class PaymentRow(Base):
    """One payment of a batch; gross = tax + net, to the cent."""

    __tablename__ = "payment_row"

    batch_id: Mapped[int] = mapped_column(ForeignKey("payment_batch.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    gross_cents: Mapped[int]
    tax_cents: Mapped[int]
    net_cents: Mapped[int]
