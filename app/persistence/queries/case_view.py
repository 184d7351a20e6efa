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


def items(session: Session, *, case_id: int) -> list[ItemRow]:
    """Return every work item of a case, oldest first."""
    return [ItemRow(*row) for row in session.execute(_ITEMS, {"case_id": case_id})]


def open_items(session: Session, *, case_id: int) -> list[ItemRow]:
    """Return what is to be done in a case now, oldest first; its cost does not grow with the case's age."""
    return [ItemRow(*row) for row in session.execute(_OPEN_ITEMS, {"case_id": case_id})]


def events(session: Session, *, case_id: int) -> list[EventRow]:
    """Return the history of a case, newest first."""
    query = select(AuditEvent).where(AuditEvent.stream == f"case:{case_id}").order_by(AuditEvent.seq.desc())
    return [
        EventRow(row.at, row.actor_id, row.actor, row.action, row.subject, json.loads(row.detail) if row.detail else {})
        for row in session.scalars(query)
    ]


def submissions(session: Session, *, case_id: int) -> list[SubmissionRow]:
    """Return every submission of a case, newest first."""
    query = select(Submission).where(Submission.case_id == case_id).order_by(Submission.id.desc())
    return [_submission(row, json.loads(row.values_json)) for row in session.scalars(query)]


def _submission(row: Submission, values: dict[str, Any]) -> SubmissionRow:
    return SubmissionRow(
        id=row.id,
        work_item_id=row.work_item_id,
        node_id=row.node_id,
        form_key=row.form_key,
        values=values,
        opinion=str(values.get("opinion") or ""),
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
    )


def attachments(session: Session, *, case_id: int) -> list[AttachmentRow]:
    """Return every file of a case, oldest first."""
    query = select(Attachment).where(Attachment.case_id == case_id).order_by(Attachment.id)
    return [
        AttachmentRow(
            row.id, row.work_item_id, row.field_key, row.name, row.media_type, row.size, row.uploaded_by, row.uploaded_at
        )
        for row in session.scalars(query)
    ]
