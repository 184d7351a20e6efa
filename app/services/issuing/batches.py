"""Certificates of a round are made together: a job in small steps that can be watched, cancelled, and resumed wherever it stopped.

A step prints some certificates without holding a lock, and then enters them in one short transaction. Who makes a batch holds a
lease in its row; when a worker dies, the lease runs out and another goes on with what is not made yet.
"""

import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, or_, select, update

from app.documents.papers_apart import TIME_LIMIT
from app.domain.actors import SYSTEM, Actor
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import Certificate, IssuingBatch, IssuingItem, SelectionRound
from app.persistence.upsert import insert_once
from app.services import audit
from app.services.context import Context, Transaction
from app.services.issuing.printing import Made, Printer, enter, still_valid

_log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""How long a worker may be silent before another takes over; a step takes a second or two."""
STEP = 25
OPEN = ("waiting", "running")
_UNFINISHED = select(IssuingBatch.id).where(IssuingBatch.state.in_(OPEN)).order_by(IssuingBatch.id)


@dataclass(frozen=True)
class BatchProgress:
    """How far a batch is, and what could not be made."""

    id: int
    state: str
    message: str
    total: int
    made: int
    refused: tuple[tuple[str, str, str], ...]
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Tell whether somebody is still to make certificates of it."""
        return self.state in OPEN


def gather(tx: Transaction, *, round_id: int, certificate_ids: Sequence[int], by: int | None) -> int:
    """Put certificates into the open batch of a round, which is begun when there is none; return its id.

    The same certificates twice are in it once; one that could not be made is tried again.
    """
    key = f"round:{round_id}"
    row = {
        "round_id": round_id,
        "open_key": key,
        "state": "waiting",
        "message": "",
        "started_by": by,
        "created_at": tx.now,
        "worker": "",
    }
    insert_once(tx.session, IssuingBatch, [row])
    query = select(IssuingBatch).where(IssuingBatch.open_key == key).with_for_update()
    batch = tx.session.scalars(query.execution_options(populate_existing=True)).one()
    items = [{"batch_id": batch.id, "certificate_id": one, "state": "pending", "message": ""} for one in certificate_ids]
    if items:
        insert_once(tx.session, IssuingItem, items)
    batch.message, tx.leaving = "", True
    return batch.id


def start(context: Context, *, actor: Actor, round_id: int) -> int:
    """Begin to make every valid certificate of a round that has no file yet, or go on with it; return the batch.

    Started twice it is one batch. `NotAllowed`, `NotFound`, and `DomainError` when there is nothing to make. Writes the audit log.
    """
    _require(actor)
    with context.transaction() as tx:
        if tx.session.get(SelectionRound, round_id) is None:
            raise NotFound("round.unknown", "没有找到这一轮评选。请从轮次列表重新进入。")
        unmade = tx.session.scalars(
            select(Certificate.id).where(
                Certificate.round_id == round_id, Certificate.state == "valid", Certificate.pdf_sha256.is_(None)
            )
        ).all()
        if not unmade:
            raise DomainError("batch.empty", "本轮登记的证书都已经制作完成，没有需要制作的。")
        known = tx.session.scalar(select(IssuingBatch.id).where(IssuingBatch.open_key == f"round:{round_id}"))
        batch_id = gather(tx, round_id=round_id, certificate_ids=unmade, by=actor.user_id)
        tx.session.execute(
            update(IssuingItem)
            .where(IssuingItem.batch_id == batch_id, IssuingItem.state == "refused")
            .values(state="pending", message="")
        )
        if known is None:
            audit.record(tx, actor=actor, action="batch_started", subject=str(batch_id), detail={"certificates": len(unmade)})
        return batch_id


def cancel(context: Context, *, actor: Actor, batch_id: int) -> None:
    """Stop a batch after the step that is under way; what is made stays. Nothing happens to one that has ended. Writes the audit log."""
    _require(actor)
    with context.transaction() as tx:
        batch = _lock(tx, batch_id)
        if batch is None:
            raise NotFound("batch.unknown", "没有找到这一批证书。请从轮次页面重新进入。")
        if batch.state in OPEN:
            batch.state, batch.open_key, batch.finished_at = "cancelled", None, tx.now
            audit.record(tx, actor=actor, action="batch_cancelled", subject=str(batch_id))


def run_unfinished(context: Context, *, time_limit: float = TIME_LIMIT) -> int:
    """Make what is waiting in any batch that nobody else has in hand; return how many certificates were made. For the clock's tick.

    `time_limit` in seconds is what the template may take for each step.
    """
    with context.reading() as tx:
        ids = tx.session.scalars(_UNFINISHED).all()
    return sum(run(context, batch_id=batch_id, time_limit=time_limit) for batch_id in ids)


def run(context: Context, *, batch_id: int, time_limit: float = TIME_LIMIT) -> int:
    """Make the certificates of a batch until none is left; return how many. Nothing when another worker has it in hand.

    A certificate that cannot be made is refused with its reason, and the others go on. When nothing can be made at all, for want
    of a credential or of room on the disk, the batch waits, with the reason in its row, and is tried again at the next tick.
    """
    worker = uuid4().hex
    if not _take(context, batch_id, worker):
        return 0
    made = 0
    try:
        with closing(Printer(context, certificate_ids=_pending(context, batch_id), time_limit=time_limit)) as printer:
            while ids := _pending(context, batch_id)[:STEP]:
                some = printer.print(ids)
                entered = _enter(context, batch_id, worker, some)
                if entered is None:
                    return made
                made += entered
        _finish(context, batch_id, worker)
    except DomainError as error:
        _log.warning("batch %s waits: %s", batch_id, error.code)
        _wait(context, batch_id, worker, error.message)
    except (OSError, RuntimeError) as error:
        # A disk that fails, or a bug: whoever watches the page must not see it running for ever.
        _log.exception("batch %s waits", batch_id)
        _wait(
            context,
            batch_id,
            worker,
            f"制作时出错（{type(error).__name__}），过一会儿自动再试。一直这样的，请系统管理员查看日志。",
        )
    return made


def progress(tx: Transaction, *, batch_id: int) -> BatchProgress:
    """Return how far a batch is (three statements). `NotFound`."""
    batch = tx.session.get(IssuingBatch, batch_id)
    if batch is None:
        raise NotFound("batch.unknown", "没有找到这一批证书。请从轮次页面重新进入。")
    counts = _counts(tx, batch_id)
    refused = tx.session.execute(
        select(Certificate.serial, Certificate.name, IssuingItem.message)
        .join(Certificate, Certificate.id == IssuingItem.certificate_id)
        .where(IssuingItem.batch_id == batch_id, IssuingItem.state == "refused")
        .order_by(Certificate.serial)
    )
    return BatchProgress(
        id=batch.id,
        state=batch.state,
        message=batch.message,
        total=sum(counts.values()),
        made=counts.get("made", 0),
        refused=tuple((serial, name, message) for serial, name, message in refused),
        created_at=batch.created_at,
        finished_at=batch.finished_at,
    )


def latest(tx: Transaction, *, round_id: int) -> BatchProgress | None:
    """Return the newest batch of a round, None when there was none."""
    found = tx.session.scalar(select(func.max(IssuingBatch.id)).where(IssuingBatch.round_id == round_id))
    return None if found is None else progress(tx, batch_id=found)


def _counts(tx: Transaction, batch_id: int) -> dict[str, int]:
    query = select(IssuingItem.state, func.count().label("number")).where(IssuingItem.batch_id == batch_id)
    return {row.state: row.number for row in tx.session.execute(query.group_by(IssuingItem.state))}


def _require(actor: Actor) -> None:
    if not is_permitted(actor, Permission.ISSUE_CERTIFICATES):
        raise NotAllowed("batch.start", "只有区人社局经办人和公文经办人可以制发证书。")


def _lock(tx: Transaction, batch_id: int) -> IssuingBatch | None:
    return tx.session.scalars(select(IssuingBatch).where(IssuingBatch.id == batch_id).with_for_update()).one_or_none()


def _take(context: Context, batch_id: int, worker: str) -> bool:
    with context.transaction() as tx:
        # A lease of the far future is from a clock that has been set back since, and holds nobody off.
        free = or_(
            IssuingBatch.lease_until.is_(None), IssuingBatch.lease_until <= tx.now, IssuingBatch.lease_until > tx.now + LEASE
        )
        taken = tx.session.execute(
            update(IssuingBatch)
            .where(IssuingBatch.id == batch_id, IssuingBatch.state.in_(OPEN), free)
            .values(worker=worker, lease_until=tx.now + LEASE, state="running", message="")
            .returning(IssuingBatch.id)
        )
        return taken.first() is not None


def _pending(context: Context, batch_id: int) -> list[int]:
    query = select(IssuingItem.certificate_id).where(IssuingItem.batch_id == batch_id, IssuingItem.state == "pending")
    with context.reading() as tx:
        return list(tx.session.scalars(query.order_by(IssuingItem.certificate_id)))


def _enter(context: Context, batch_id: int, worker: str, printed: Sequence[Made]) -> int | None:
    """Enter what was printed, and return how many; None when the batch was cancelled or taken over meanwhile: nothing is entered.

    What has lost its force since it was taken up is refused: a void number has no file.
    """
    with context.transaction() as tx:
        batch = _lock(tx, batch_id)
        if batch is None or batch.state != "running" or batch.worker != worker:
            return None
        batch.lease_until = tx.now + LEASE
        some = still_valid(tx, printed)
        enter(tx, some)
        for one in some:
            tx.session.execute(
                update(IssuingItem)
                .where(IssuingItem.batch_id == batch_id, IssuingItem.certificate_id == one.certificate_id)
                .values(state="refused" if one.sha256 is None else "made", message=one.refusal)
            )
        return sum(one.sha256 is not None for one in some)


def _finish(context: Context, batch_id: int, worker: str) -> None:
    """Close the batch, unless certificates have been put into it in this instant: then the next tick goes on."""
    with context.transaction() as tx:
        batch = _lock(tx, batch_id)
        if batch is None or batch.worker != worker or batch.state != "running":
            return
        waiting = select(func.count()).where(IssuingItem.batch_id == batch_id, IssuingItem.state == "pending")
        batch.lease_until = None
        if tx.session.scalar(waiting):
            batch.state = "waiting"
            return
        batch.state, batch.open_key, batch.finished_at = "done", None, tx.now
        audit.record(tx, actor=SYSTEM, action="batch_finished", subject=str(batch_id), detail=_counts(tx, batch_id))


def _wait(context: Context, batch_id: int, worker: str, reason: str) -> None:
    with context.transaction() as tx:
        batch = _lock(tx, batch_id)
        if batch is not None and batch.worker == worker and batch.state == "running":
            batch.state, batch.message, batch.lease_until = "waiting", reason, None
