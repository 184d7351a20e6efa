"""Files of a case: handed in with a work item, read by those who may read what was handed in, each reading on record."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import BinaryIO

from sqlalchemy import func, select

from app.domain.actors import Actor
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.permissions import ItemFacts, as_reader, is_barred, is_within_reach, may_read_submission, reads_own_only
from app.files.store import Readable
from app.persistence.models import Attachment, Case, Submission, WorkItem
from app.persistence.queries import access
from app.services import audit
from app.services.casework import work_items
from app.services.casework.forms import readers_of, readers_of_file, texts_in
from app.services.casework.item_people import facts_of
from app.services.context import Context, Transaction

MOST_OF_AN_ITEM = 100
"""More files of one work item are a mistake or an attack."""
_LEFT = timedelta(days=1)
"""No upload takes that long: what began before was left by a process that was killed."""


@dataclass(frozen=True)
class Held:
    """A file that was handed in."""

    id: int
    name: str
    size: int
    media_type: str


@dataclass(frozen=True)
class Opened:
    """A file to be sent to somebody who may read it; the receiver closes the stream."""

    held: Held
    stream: BinaryIO


def store_upload(context: Context, *, actor: Actor, item_id: int, field_key: str, stream: Readable, name: str) -> Held:
    """Take a file for a work item that the actor may do. Writes the file and its row; the history names it when it is handed in.

    Raises what `work_items.take` raises, and the file store's `DomainError` for size, type and damage.
    """
    with context.reading() as tx:
        work_items.take(tx, actor=actor, item_id=item_id)
        count = tx.session.scalar(select(func.count()).select_from(Attachment).where(Attachment.work_item_id == item_id)) or 0
    if count >= MOST_OF_AN_ITEM:
        raise DomainError("file.too_many", f"这项待办已上传{count}个文件，不能再传。请先删除不需要的文件。")
    stored = context.files.put(stream, name=name)  # outside the transaction: it takes as long as the network
    with context.transaction() as tx:
        opened = work_items.take(tx, actor=actor, item_id=item_id, for_update=True)
        assert actor.user_id is not None
        row = Attachment(
            case_id=opened.item.case_id,
            work_item_id=item_id,
            field_key=field_key[:60],
            name=stored.name,
            media_type=stored.media_type,
            size=stored.size,
            sha256=stored.sha256,
            uploaded_by=actor.user_id,
            uploaded_at=tx.now,
        )
        tx.session.add(row)
        tx.session.flush()
        return _held(row)


def remove_upload(context: Context, *, actor: Actor, item_id: int, attachment_id: int) -> None:
    """Take back a file before its work item is completed; only who handed it in may. Writes an event; the content stays stored."""
    with context.transaction() as tx:
        opened = work_items.take(tx, actor=actor, item_id=item_id, for_update=True)
        row = tx.session.get(Attachment, attachment_id)
        if row is None or row.work_item_id != item_id:
            raise _unknown()
        if row.uploaded_by != actor.user_id:
            raise NotAllowed("attachment.not_own", "这份材料是其他人上传的，不能由您删除。")
        detail = {"attachment": row.id, "sha256": row.sha256, "item": item_id}
        audit.record_on_case(tx, opened.work.case, actor=actor, action="upload_removed", subject=row.name, detail=detail)
        tx.session.delete(row)


def read_for(context: Context, *, actor: Actor, attachment_id: int) -> Opened:
    """Open a file for somebody who may read the case and what was filled into the task; `NotFound` for everybody else.

    Side effect: an event in the history of the case, because whoever handles people's papers answers for having looked at them.
    """
    with context.transaction() as tx:
        row = tx.session.execute(
            select(Attachment, WorkItem)
            .join(WorkItem, WorkItem.id == Attachment.work_item_id)
            .where(Attachment.id == attachment_id)
        ).one_or_none()
        if row is None or not _may_read(tx, actor, row.Attachment, row.WorkItem):
            raise _unknown()
        attachment = row.Attachment
        case = audit.lock_case(tx, attachment.case_id)
        detail = {"attachment": attachment.id, "sha256": attachment.sha256}
        stream = context.files.open(attachment.sha256)
        audit.record_on_case(tx, case, actor=actor, action="downloaded", subject=attachment.name, detail=detail)
        return Opened(_held(attachment), stream)


def _may_read(tx: Transaction, actor: Actor, attachment: Attachment, item: WorkItem) -> bool:
    seen = access.see_case(tx.session, actor=actor, case_id=attachment.case_id)
    if seen is None:
        return False
    if item.state == "open":  # not handed in yet: nobody's but theirs who are filling it in
        facts = _facts(item, seen.case)
        return attachment.uploaded_by == actor.user_id or (is_within_reach(actor, facts) and not is_barred(actor, facts))
    if attachment.uploaded_by == actor.user_id:
        return True
    reader = as_reader(actor, seen.facts)
    if reads_own_only(reader, seen.facts) or not _was_handed_in(tx, attachment):
        return False
    loaded = tx.context.procedures.get(tx.session, seen.case.procedure_version_id)
    node = loaded.nodes[seen.case.kind].get(item.node_id)
    form = loaded.form_of(node) if node else None
    return all(
        may_read_submission(
            reader, visible_to=readers, submitted_by=attachment.uploaded_by, given_to=(item.role, item.scope_unit_id)
        )
        for readers in (readers_of(node), readers_of_file(form, attachment.field_key))
    )


def _was_handed_in(tx: Transaction, attachment: Attachment) -> bool:
    """Tell whether a file stands in the submission of its item; one that was taken out of the form before is nobody's to read."""
    held = tx.session.scalar(select(Submission.values_json).where(Submission.work_item_id == attachment.work_item_id))
    return held is not None and str(attachment.id) in texts_in(json.loads(held))


def _facts(item: WorkItem, case: Case) -> ItemFacts:
    known = facts_of(case, role=item.role, earlier_handlers=frozenset())
    return replace(known, scope_unit_id=item.scope_unit_id, assignee_id=item.assignee_id)


def _held(row: Attachment) -> Held:
    return Held(id=row.id, name=row.name, size=row.size, media_type=row.media_type)


def _unknown() -> NotFound:
    return NotFound("attachment.unknown", "没有找到这份材料，或者它不归您查看。请从办件页面重新打开。")


def sweep_leftovers(context: Context) -> int:
    """Remove the files that killed processes left half-received; return how many. For the clock's tick."""
    return context.files.remove_leftovers(before=context.clock() - _LEFT)
