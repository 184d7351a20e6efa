"""Walking the audit chain in slices, so that a page can show how far it is and be left and come back to."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, or_, select, tuple_

from app.domain.actors import Actor
from app.domain.audit import GENESIS, chain_hash
from app.domain.errors import NotAllowed
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import AuditEvent, AuditHead, Case
from app.services.audit import BrokenLink, content
from app.services.context import Context, Transaction

SLICE = 2000


@dataclass(frozen=True)
class Slice:
    """What one slice found. `after` is where the next one begins, None at the end; `done` and `total` are events."""

    broken: tuple[BrokenLink, ...]
    done: int
    total: int
    after: tuple[str, int] | None


def check_slice(context: Context, *, actor: Actor, after: tuple[str, int] | None, limit: int = SLICE) -> Slice:
    """Check the next events of the chain after (stream, number); reads only.

    The hash of the event before the slice was checked by the slice before. The last slice also compares the heads.
    """
    if not is_permitted(actor, Permission.READ_AUDIT):
        raise NotAllowed("audit.read", "只有审计管理员可以校验日志。")
    with context.reading() as tx:
        place = tuple_(AuditEvent.stream, AuditEvent.seq)
        query = select(AuditEvent).order_by(AuditEvent.stream, AuditEvent.seq).limit(limit)
        if after is not None:
            query = query.where(or_(AuditEvent.stream > after[0], (AuditEvent.stream == after[0]) & (AuditEvent.seq > after[1])))
        events = tx.session.scalars(query).all()
        known = {after: _hash(tx, after)} if after is not None else {}
        broken = [link for link in _walk(events, dict(known), key=context.audit_key) if link is not None]
        last = (events[-1].stream, events[-1].seq) if events else after
        total = tx.session.scalar(select(func.count()).select_from(AuditEvent)) or 0
        done = 0 if last is None else tx.session.scalar(select(func.count()).select_from(AuditEvent).where(place <= tuple_(*last))) or 0
        at_end = len(events) < limit
        if at_end:
            broken += _heads(tx)
    return Slice(tuple(broken), done, total, None if at_end else last)


def _hash(tx: Transaction, at: tuple[str, int]) -> str:
    return tx.session.scalar(select(AuditEvent.hash).where(AuditEvent.stream == at[0], AuditEvent.seq == at[1])) or ""


def _walk(events: object, seen: dict[tuple[str, int], str], *, key: bytes) -> list[BrokenLink | None]:
    ends: dict[str, tuple[int, str]] = {stream: (seq, digest) for (stream, seq), digest in seen.items()}
    found: list[BrokenLink | None] = []
    for event in events:  # type: ignore[attr-defined]  # a sequence of events
        seq, previous = ends.get(event.stream, (0, ""))
        if event.seq != seq + 1:
            found.append(BrokenLink(event.stream, seq + 1, "这一条记录缺失"))
        elif event.hash != chain_hash(previous or GENESIS, event=content(event), key=key):
            found.append(BrokenLink(event.stream, event.seq, "这一条记录与校验值不符"))
        ends[event.stream] = (event.seq, event.hash)
    return found


def _heads(tx: Transaction) -> list[BrokenLink]:
    """Compare the last event of every stream with the head that is kept beside it: cut-off ends show here."""
    newest = select(AuditEvent.stream, func.max(AuditEvent.seq).label("seq")).group_by(AuditEvent.stream).subquery()
    rows = tx.session.execute(
        select(AuditEvent.stream, AuditEvent.seq, AuditEvent.hash).join(
            newest, (newest.c.stream == AuditEvent.stream) & (newest.c.seq == AuditEvent.seq)
        )
    )
    ends: Mapping[str, tuple[int, str]] = {row.stream: (row.seq, row.hash) for row in rows}
    heads = {f"case:{row.id}": (row.audit_seq, row.audit_hash) for row in tx.session.execute(select(Case.id, Case.audit_seq, Case.audit_hash))}
    heads |= {head.stream: (head.seq, head.hash) for head in tx.session.scalars(select(AuditHead))}
    return [BrokenLink(stream, head[0], "记录的末尾与登记的末尾不符") for stream, head in heads.items() if ends.get(stream, (0, "")) != head]
