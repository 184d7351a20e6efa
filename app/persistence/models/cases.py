"""Cases, their engine state, work items, submissions, drafts, timers and attachments."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.persistence.base import Base, Encrypted, Packed, UtcDateTime
from app.persistence.models.organization import OrgUnit, User
from app.persistence.models.procedures import ProcedureVersion


class Case(Base):
    """A case (办件): a nominee in a round, an objection, or the round itself.

    `state` is what the engine knows of it: compressed ordered JSON without the diagrams, read only by who moves the case.
    `lock_version` is compared and raised by every change (compare and swap).
    """

    __tablename__ = "case_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(160))
    procedure_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("selection_round.id", use_alter=True))
    stage: Mapped[str] = mapped_column(String(40), default="")
    stage_order: Mapped[int] = mapped_column(default=0)
    stage_since: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(40))
    waiting: Mapped[str] = mapped_column(Text, default="{}")  # message name -> engine task that waits for it
    initiator_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)  # the candidate's account
    owner_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)  # the nominating unit
    office_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)  # the street or industry office
    audit_seq: Mapped[int] = mapped_column(default=0)
    audit_hash: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    term_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # by when all of it is to be settled, what deadline("term") answers
    state: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    lock_version: Mapped[int] = mapped_column()

    version: Mapped[ProcedureVersion] = relationship()
    owner_unit: Mapped[OrgUnit | None] = relationship(foreign_keys=owner_unit_id)
    office_unit: Mapped[OrgUnit | None] = relationship(foreign_keys=office_unit_id)

    __mapper_args__ = {"version_id_col": lock_version}
    __table_args__ = (Index(None, "round_id", "kind", "stage_order"), Index(None, "kind", "ended_at"))


class WorkItem(Base):
    """One thing that a person or a role is to do: the projection of a ready user task."""

    __tablename__ = "work_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("selection_round.id"))
    task_id: Mapped[str] = mapped_column(String(36))
    node_id: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(40))
    scope_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    item: Mapped[str | None] = mapped_column(String(80))  # the multi-instance element, e.g. a department's or an expert's id
    state: Mapped[str] = mapped_column(String(10), default="open")  # open, done, cancelled
    stage: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    completer: Mapped[str] = mapped_column(String(160), default="")  # unit · name, as they were then
    decision: Mapped[str | None] = mapped_column(String(40))

    case: Mapped[Case] = relationship()
    assignee: Mapped[User | None] = relationship(foreign_keys=assignee_id)

    __table_args__ = (
        Index(None, "case_id", "state"),
        Index(None, "state", "role", "scope_unit_id", "due_at"),
        Index(None, "assignee_id", "state", "due_at"),
        Index(None, "completed_by", "completed_at"),
        Index(None, "round_id", "state", "due_at"),
        UniqueConstraint("case_id", "task_id"),
    )


class Submission(Base):
    """What somebody filled into a form. Never changed: a correction is a later submission."""

    __tablename__ = "submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    work_item_id: Mapped[int | None] = mapped_column(ForeignKey("work_item.id"), unique=True)
    node_id: Mapped[str] = mapped_column(String(60))
    form_key: Mapped[str] = mapped_column(String(60))
    values_json: Mapped[str] = mapped_column(Packed)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index(None, "case_id", "form_key"),)


class Draft(Base):
    """What somebody has typed so far; one for each person and work item, gone when the item is completed."""

    __tablename__ = "draft"

    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    values_json: Mapped[str] = mapped_column(Encrypted)  # numbers stand in it as they were typed
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Timer(Base):
    """A timer event that waits. The row, not the engine, holds the due time, so that it can be found by index and moved."""

    __tablename__ = "timer"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    task_id: Mapped[str] = mapped_column(String(36))
    node_id: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="open")  # open, fired, cancelled

    __table_args__ = (UniqueConstraint("case_id", "task_id"), Index(None, "state", "due_at"))


class Attachment(Base):
    """A file that somebody handed in with a case; the bytes lie in the file store under `sha256`."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"), index=True)
    field_key: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(160))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Incident(Base):
    """What cannot go on by itself: a case, or (without one) what the outbox carries for none; and whether somebody has mended it."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    node_id: Mapped[str | None] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(60))
    message: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(80))  # what was tried, e.g. outbox:123 or timer:7; outbox:mail for all of a kind
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
