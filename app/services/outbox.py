"""What leaves after the commit: messages to cases, papers, letters. The table is the truth; a queue only says "look now"."""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import and_, bindparam, delete, select

from app.domain.actors import SYSTEM
from app.domain.errors import DomainError
from app.engine.types import EngineError, NotWaiting
from app.persistence.models import Case, OutboxEntry
from app.services.casework import cases, incidents
from app.services.casework.case_work import MESSAGE
from app.services.context import Context, Transaction

_log = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
MOST_WAITS = 200
"""A message may come before its case waits for it. After four days (the longest pause each time) somebody has to look at it."""
SOURCE = "outbox:"
"""How an incident names the entry that it is about, or the kind of those that belong to no case."""
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=30)
_MOST_DOUBLINGS = 12  # the pauses have reached the longest by then; much further a duration cannot hold them
_ERRAND = timedelta(minutes=10)
_AT_ONCE = 20
"""Entries that are looked up together."""
# What every tick and every entry asks, built once. What another worker has in hand is not waited for.
_DUE = (
    select(OutboxEntry.id)
    .where(OutboxEntry.state == "pending", OutboxEntry.next_at <= bindparam("now"))
    .order_by(OutboxEntry.next_at, OutboxEntry.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_PENDING = (
    select(OutboxEntry)
    .where(OutboxEntry.id == bindparam("entry_id"), OutboxEntry.state == "pending")
    .with_for_update(skip_locked=True)
)
_OVER = select(Case.id).where(Case.id == OutboxEntry.case_id, Case.ended_at.is_not(None)).exists()
_GONE_OUT = and_(OutboxEntry.state == "done", _OVER)
_ANY_GONE_OUT = select(OutboxEntry.id).where(_GONE_OUT).limit(1)


def deliver_pending(context: Context, *, limit: int = 1000) -> int:
    """Deliver what is due, oldest first, each entry in a transaction of its own; return how many went out.

    An entry that fails is tried again later, with growing pauses; after `MOST_ATTEMPTS` it becomes an incident that
    somebody has to look at. Safe to run in several workers: an entry is locked while it is delivered, and the others pass it by.
    """
    delivered = looked_at = 0
    while entry_ids := _next(context, most=min(limit - looked_at, _AT_ONCE)):
        delivered += sum(_deliver(context, entry_id) for entry_id in entry_ids)
        looked_at += len(entry_ids)
    return delivered


def sweep(context: Context) -> int:
    """Delete what has gone out for cases that have ended; return how much. For the clock's tick.

    Nothing is sent to an ended case again, so that the keys of what was sent are needed no longer; its history says what it got.
    """
    with context.reading() as tx:
        if tx.session.scalar(_ANY_GONE_OUT) is None:
            return 0  # nothing to write: the lock is left to those who work
    with context.transaction() as tx:
        gone = tx.session.execute(delete(OutboxEntry).where(_GONE_OUT), execution_options={"synchronize_session": False})
        return int(gone.rowcount)  # type: ignore[attr-defined]  # what a DELETE gives is a CursorResult


def _next(context: Context, *, most: int) -> Sequence[int]:
    if most <= 0:
        return ()
    with context.reading() as tx:
        return tx.session.scalars(_DUE, {"now": tx.now, "most": most}).all()


def _deliver(context: Context, entry_id: int) -> int:
    try:
        with context.transaction() as tx:
            entry = _lock(tx, entry_id)
            if entry is None or entry.next_at > tx.now:
                return 0  # another worker has taken it since it was looked up
            errand = _carry(tx, entry)
            if errand is None:
                entry.state, entry.done_at, entry.error = "done", tx.now, ""
                return 1
            entry.next_at = tx.now + _ERRAND  # others leave it alone that long; if this process dies, it is tried again then
        errand()
        return _done(context, entry_id)
    except (DomainError, EngineError) as error:
        _postpone(context, entry_id, code=error.code, message=error.message, waiting=isinstance(error, NotWaiting))
    except Exception as error:  # noqa: BLE001  # a bug in one entry must not hold up the others
        _log.exception("outbox entry %s failed", entry_id)
        _postpone(context, entry_id, code="outbox.failed", message=f"{type(error).__name__}: {error}", waiting=False)
    return 0


def _done(context: Context, entry_id: int) -> int:
    with context.transaction() as tx:
        entry = tx.session.get_one(OutboxEntry, entry_id)
        entry.state, entry.done_at, entry.error = "done", tx.now, ""
    return 1


def _lock(tx: Transaction, entry_id: int) -> OutboxEntry | None:
    return tx.session.scalars(_PENDING, {"entry_id": entry_id}).one_or_none()


def _carry(tx: Transaction, entry: OutboxEntry) -> Callable[[], None] | None:
    payload = json.loads(entry.payload)
    if entry.kind == MESSAGE:
        assert entry.case_id is not None
        cases.deliver(tx, actor=SYSTEM, case_id=entry.case_id, message=payload["message"], payload=payload["payload"])
        return None
    return tx.context.registry.deliveries[entry.kind].run(tx, payload)


def _postpone(context: Context, entry_id: int, *, code: str, message: str, waiting: bool) -> None:
    with context.transaction() as tx:
        entry = _lock(tx, entry_id)
        if entry is None:
            return
        entry.attempts += 1
        entry.error = f"{code}: {message}"[:2000]
        entry.next_at = tx.now + min(_FIRST_WAIT * 2 ** min(entry.attempts, _MOST_DOUBLINGS), _LONGEST_WAIT)
        if entry.attempts >= (MOST_WAITS if waiting else MOST_ATTEMPTS):
            entry.state = "failed"
            _give_up(tx, entry, code=code, message=message)


def _give_up(tx: Transaction, entry: OutboxEntry, *, code: str, message: str) -> None:
    """Write down what cannot leave. What belongs to no case shares one incident a kind: a mail server that is away fails all."""
    source = f"{SOURCE}{entry.kind if entry.case_id is None else entry.id}"
    incidents.open_once(tx, case_id=entry.case_id, code=code, message=message, source=source)
