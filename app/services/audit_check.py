"""Walking the audit chain: all of it for the command line, or in slices for a page that is left and come back to."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select, tuple_

from app.domain.actors import Actor
from app.domain.audit import GENESIS, chain_hash
from app.domain.errors import NotAllowed
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import Attachment, AuditEvent, AuditHead, Case, Submission
from app.services.audit import content, digest
from app.services.context import Context, Transaction

SLICE = 2000
Ends = dict[str, tuple[int, str]]
"""Number and hash of the last event of each stream."""


@dataclass(frozen=True)
class BrokenLink:
    """Where a stream does not fit its chain."""

    stream: str
    seq: int
    sentence: str


@dataclass(frozen=True)
class Slice:
    """What one slice found. `after` is where the next one begins, None at the end; `done` and `total` are events."""

    broken: tuple[BrokenLink, ...]
    done: int
    total: int
    after: tuple[str, int] | None


def verify(context: Context) -> Iterator[BrokenLink]:
    """Walk every stream from its first event to its head and yield what does not fit: altered, missing or extra events.

    What was handed in is compared with the digests that the events hold, too.
    """
    with context.reading(one_moment=True) as tx:
        ends: Ends = {}
        query = select(AuditEvent).order_by(AuditEvent.stream, AuditEvent.seq).execution_options(yield_per=500)
        for events in tx.session.scalars(query).partitions():
            yield from _walk(events, ends, key=context.audit_key)
            yield from _altered(tx, events)
        yield from _cut_off(tx, ends)


def check_slice(context: Context, *, actor: Actor, after: tuple[str, int] | None, limit: int = SLICE) -> Slice:
    """Check the next events of the chain after (stream, number); reads only.

    The hash of the event before the slice was checked by the slice before. The last slice also compares the heads.
    """
    if not is_permitted(actor, Permission.READ_AUDIT):
        raise NotAllowed("audit.read", "只有审计管理员可以校验日志。")
    with context.reading(one_moment=True) as tx:
        query = select(AuditEvent).order_by(AuditEvent.stream, AuditEvent.seq).limit(limit)
        ends: Ends = {}
        if after is not None:
            stream, seq = after
            query = query.where(or_(AuditEvent.stream > stream, (AuditEvent.stream == stream) & (AuditEvent.seq > seq)))
            ends[stream] = (seq, _hash(tx, after))
        events = tx.session.scalars(query).all()
        broken = [*_walk(events, ends, key=context.audit_key), *_altered(tx, events)]
        last = (events[-1].stream, events[-1].seq) if events else after
        total = tx.session.scalar(select(func.count()).select_from(AuditEvent)) or 0
        done = 0 if last is None else _up_to(tx, last)
        at_end = len(events) < limit
        if at_end:
            broken += _cut_off(tx, _ends_of_all(tx))
    return Slice(tuple(broken), done, total, None if at_end else last)


def _walk(events: Iterable[AuditEvent], ends: Ends, *, key: bytes) -> Iterator[BrokenLink]:
    """Yield what does not fit where `ends` are the ends so far; they are moved along."""
    for event in events:
        seq, previous = ends.get(event.stream, (0, ""))
        if event.seq != seq + 1:
            yield BrokenLink(event.stream, seq + 1, "这一条记录缺失")
        elif event.hash != chain_hash(previous or GENESIS, event=content(event), key=key):
            yield BrokenLink(event.stream, event.seq, "这一条记录与校验值不符")
        ends[event.stream] = (event.seq, event.hash)


def _altered(tx: Transaction, events: Sequence[AuditEvent]) -> Iterator[BrokenLink]:
    """Yield the completions of which the submission or a file is no longer what was handed in (two statements)."""
    traces = {event: json.loads(event.detail) for event in events if event.action == "completed" and event.detail}
    traces = {event: trace for event, trace in traces.items() if "digest" in trace}
    files = {int(key) for trace in traces.values() for key in trace.get("files", ())}
    written = select(Submission.work_item_id, Submission.values_json)
    of_items = written.where(Submission.work_item_id.in_([trace["item"] for trace in traces.values()]))
    texts = {row.work_item_id: row.values_json for row in tx.session.execute(of_items)}
    kept = select(Attachment.id, Attachment.sha256).where(Attachment.id.in_(files))
    hashes = {row.id: row.sha256 for row in tx.session.execute(kept)}
    for event, trace in traces.items():
        text = texts.get(trace["item"])
        if text is None or digest(text) != trace["digest"]:
            yield BrokenLink(event.stream, event.seq, "提交的内容与办理时不一致")
        elif any(not hashes.get(int(key), "").startswith(sha256) for key, sha256 in trace.get("files", {}).items()):
            yield BrokenLink(event.stream, event.seq, "提交的材料与办理时不一致")


def _cut_off(tx: Transaction, ends: Ends) -> Iterator[BrokenLink]:
    """Compare the end of every stream with the head that is kept beside it: ends that were cut off show here."""
    cases = tx.session.execute(select(Case.id, Case.audit_seq, Case.audit_hash))
    heads = {f"case:{row.id}": (row.audit_seq, row.audit_hash) for row in cases}
    heads |= {head.stream: (head.seq, head.hash) for head in tx.session.scalars(select(AuditHead))}
    for stream, head in heads.items():
        if ends.get(stream, (0, "")) != head:
            yield BrokenLink(stream, head[0], "记录的末尾与登记的末尾不符")


def _ends_of_all(tx: Transaction) -> Ends:
    newest = select(AuditEvent.stream, func.max(AuditEvent.seq).label("seq")).group_by(AuditEvent.stream).subquery()
    rows = tx.session.execute(
        select(AuditEvent.stream, AuditEvent.seq, AuditEvent.hash).join(
            newest, (newest.c.stream == AuditEvent.stream) & (newest.c.seq == AuditEvent.seq)
        )
    )
    return {row.stream: (row.seq, row.hash) for row in rows}


def _hash(tx: Transaction, at: tuple[str, int]) -> str:
    return tx.session.scalar(select(AuditEvent.hash).where(AuditEvent.stream == at[0], AuditEvent.seq == at[1])) or ""


def _up_to(tx: Transaction, last: tuple[str, int]) -> int:
    """Return how many events there are up to a place."""
    place = tuple_(AuditEvent.stream, AuditEvent.seq)
    return tx.session.scalar(select(func.count()).select_from(AuditEvent).where(place <= tuple_(*last))) or 0
