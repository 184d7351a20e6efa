"""How certificates are made, and what became of them: batches, the events of the register, signing certificates, paper seals."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.base import Base, UtcDateTime


class IssuingBatch(Base):
    """Certificates of a round that are made together. `open_key` is set while it runs: a round has one open batch at a time.

    `worker` and `lease_until` say who makes them now; a worker that died leaves a lease behind that runs out.
    """

    __tablename__ = "issuing_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), index=True)
    open_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(12))  # waiting, running, done, cancelled
    message: Mapped[str] = mapped_column(Text, default="")  # why it waits
    started_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str] = mapped_column(String(40), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IssuingItem(Base):
    """One certificate of a batch: whether it was made, or why it cannot be."""

    __tablename__ = "issuing_item"

    batch_id: Mapped[int] = mapped_column(ForeignKey("issuing_batch.id"), primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="pending")  # pending, made, refused
    message: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index(None, "batch_id", "state"), Index(None, "certificate_id"))


class CertificateEvent(Base):
    """What happened to a certificate in the register. Never changed, never deleted (handbook 1.16)."""

    __tablename__ = "certificate_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))  # made, sealed, asked, declined, reissued, proposed, unproposed, revoked, void
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(String(60), default="")  # the decision's number, or the serial that replaces it
    sha256: Mapped[str | None] = mapped_column(String(64))  # the signed file, or the scan of the sealed paper


class ReissueRequest(Base):
    """Somebody has asked to replace a misprint, and somebody else has to confirm it. Gone when that is decided: the events tell."""

    __tablename__ = "reissue_request"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    corrections_json: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RevocationRequest(Base):
    """Somebody has entered that a title was revoked, and the leader has to confirm it. Gone when that is decided: the events tell."""

    __tablename__ = "revocation_request"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    decision: Mapped[str] = mapped_column(String(60))
    decided_on: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FollowUpRecord(Base):
    """What was entered about somebody who was titled, by year (handbook 1.15). Never changed, never deleted."""

    __tablename__ = "follow_up_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))  # report, employer, left, other; reminded: the bureau was told what is missing
    note: Mapped[str] = mapped_column(Text)
    paper_sha256: Mapped[str | None] = mapped_column(String(64))  # the sealed report, where there is one
    paper_name: Mapped[str | None] = mapped_column(String(120))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SigningCertificate(Base):
    """A certificate that papers were signed with: its signatures stay ours when the credential is exchanged."""

    __tablename__ = "signing_certificate"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject: Mapped[str] = mapped_column(String(200))
    der: Mapped[bytes] = mapped_column(LargeBinary)
    not_after: Mapped[datetime] = mapped_column(UtcDateTime)
    first_used_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SealRecord(Base):
    """A paper seal put on papers: who keeps it, when, and the scan that proves it."""

    __tablename__ = "seal_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), index=True)
    sealed_on: Mapped[str] = mapped_column(String(10))
    keeper: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(String(200), default="")
    scan_sha256: Mapped[str] = mapped_column(String(64))
    scan_name: Mapped[str] = mapped_column(String(120))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SealedPaper(Base):
    """A paper that has its seal; one that is not here waits for it."""

    __tablename__ = "sealed_paper"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)  # document, certificate
    paper_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("seal_record.id"), index=True)
