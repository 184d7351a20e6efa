"""What a case page shows, a fixed number of statements whatever the case has been through."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.persistence.models import Attachment, AuditEvent, OrgUnit, Submission, User, WorkItem


@dataclass(frozen=True)
class ItemRow:
    """A work item of the case."""

    id: int
    node_id: str
    title: str
    role: str
    scope_unit_id: int | None
    unit: str
    assignee_id: int | None
    assignee: str
    item: str | None
    state: str
    stage: str
    created_at: datetime
    due_at: datetime | None
    completed_at: datetime | None
    completed_by: int | None
    completer: str
    decision: str | None


@dataclass(frozen=True)
class EventRow:
    """An event of the case's history."""

    at: datetime
    actor_id: int | None
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class SubmissionRow:
    """What somebody filled in."""

    id: int
    work_item_id: int | None
    node_id: str
    form_key: str
    values: dict[str, Any]
    opinion: str
    submitted_by: int | None
    submitted_at: datetime


@dataclass(frozen=True)
class AttachmentRow:
    """A file of the case."""

    id: int
    work_item_id: int
    field_key: str
    name: str
    media_type: str
    size: int
    uploaded_by: int
    uploaded_at: datetime


# Statements that run at every completion are built once: building them costs more than running them.
_UNIT, _ASSIGNEE = aliased(OrgUnit), aliased(User)
_ITEMS = (
    select(
        WorkItem.id,
        WorkItem.node_id,
        WorkItem.title,
        WorkItem.role,
        WorkItem.scope_unit_id,
        func.coalesce(_UNIT.name, ""),
        WorkItem.assignee_id,
        func.coalesce(_ASSIGNEE.name, ""),
        WorkItem.item,
        WorkItem.state,
        WorkItem.stage,
        WorkItem.created_at,
        WorkItem.due_at,
        WorkItem.completed_at,
        WorkItem.completed_by,
        WorkItem.completer,
        WorkItem.decision,
    )
    .outerjoin(_UNIT, _UNIT.id == WorkItem.scope_unit_id)
    .outerjoin(_ASSIGNEE, _ASSIGNEE.id == WorkItem.assignee_id)
    .where(WorkItem.case_id == bindparam("case_id"))
    .order_by(WorkItem.id)
)
_OPEN_ITEMS = _ITEMS.where(WorkItem.state == "open")
_EVENTS = (
    select(AuditEvent.at, AuditEvent.actor_id, AuditEvent.actor, AuditEvent.action, AuditEvent.subject, AuditEvent.detail)
    .where(AuditEvent.stream == bindparam("stream"))
    .order_by(AuditEvent.seq.desc())
)
_SUBMISSIONS = (
    select(
        Submission.id,
        Submission.work_item_id,
        Submission.node_id,
        Submission.form_key,
        Submission.values_json,
        Submission.submitted_by,
        Submission.submitted_at,
    )
    .where(Submission.case_id == bindparam("case_id"))
    .order_by(Submission.id.desc())
)
_ATTACHMENTS = (
    select(
        Attachment.id,
        Attachment.work_item_id,
        Attachment.field_key,
        Attachment.name,
        Attachment.media_type,
        Attachment.size,
        Attachment.uploaded_by,
        Attachment.uploaded_at,
    )
    .where(Attachment.case_id == bindparam("case_id"))
    .order_by(Attachment.id)
)


def items(session: Session, *, case_id: int) -> list[ItemRow]:
    """Return every work item of a case, oldest first."""
    return [ItemRow(*row) for row in session.execute(_ITEMS, {"case_id": case_id})]


def open_items(session: Session, *, case_id: int) -> list[ItemRow]:
    """Return what is to be done in a case now, oldest first; its cost does not grow with the case's age."""
    return [ItemRow(*row) for row in session.execute(_OPEN_ITEMS, {"case_id": case_id})]


def events(session: Session, *, case_id: int) -> list[EventRow]:
    """Return the history of a case, newest first."""
    found = session.execute(_EVENTS, {"stream": f"case:{case_id}"})
    return [
        EventRow(at, actor_id, actor, action, subject, json.loads(detail) if detail else {})
        for at, actor_id, actor, action, subject, detail in found
    ]


def submissions(session: Session, *, case_id: int) -> list[SubmissionRow]:
    """Return every submission of a case, newest first."""
    return [_submission(*row) for row in session.execute(_SUBMISSIONS, {"case_id": case_id})]


def _submission(
    id_: int, item_id: int | None, node_id: str, form_key: str, text: str, by: int | None, at: datetime
) -> SubmissionRow:
    values = json.loads(text)
    return SubmissionRow(id_, item_id, node_id, form_key, values, str(values.get("opinion") or ""), by, at)


def attachments(session: Session, *, case_id: int) -> list[AttachmentRow]:
    """Return every file of a case, oldest first."""
    return [AttachmentRow(*row) for row in session.execute(_ATTACHMENTS, {"case_id": case_id})]
