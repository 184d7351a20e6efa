"""What is kept for ever and what leaves the building: audit events, the outbox, series of numbers, notices to people."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.base import Base, UtcDateTime


class AuditEvent(Base):
    """One thing that happened. Append-only (triggers refuse UPDATE and DELETE) and chained by a keyed hash within its stream.

    A stream is `case:<id>` (the chain's head is in the case's own row) or `system` (its head is in `AuditHead`).
    The same rows are the history that people read on the case page.
    """

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(String(30))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column()
    actor: Mapped[str] = mapped_column(String(160))  # unit · name, as they were then
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("stream", "seq"), Index(None, "at"))


class AuditHead(Base):
    """The newest hash of a stream that belongs to no case."""

    __tablename__ = "audit_head"

    stream: Mapped[str] = mapped_column(String(30), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default="")


class OutboxEntry(Base):
    """What leaves after the commit: a message to a case, a paper to render, a letter to send. `key` makes it happen once."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="pending")  # pending, done, failed
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index(None, "state", "next_at"),)


class NumberSeries(Base):
    """A counter that gives each number once: certificates, documents, cases."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(String(60), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Notification(Base):
    """A notice to a person inside the system (the bell)."""

    __tablename__ = "notification"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    subject: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index(None, "user_id", "read_at", "created_at"),)


class ItemLetter(Base):
    """That people were told of a work item, once of each kind: that it is new, due soon, overdue, or urged on a day."""

    __tablename__ = "item_letter"

    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)  # todo, due_soon, overdue, reminded:2026-11-23
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarYear(Base):
    """Whether a year's working-day arrangement has been published; without it deadlines are provisional."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(12))  # published, assumed
    source: Mapped[str] = mapped_column(String(160), default="")


class CalendarDay(Base):
    """A day that departs from Monday-to-Friday: a holiday or a working weekend day."""

    __tablename__ = "calendar_day"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # off, workday
    name: Mapped[str] = mapped_column(String(40), default="")
