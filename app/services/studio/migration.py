"""Moving cases to another version: a batch of cases, each in a transaction of its own, resumable wherever it was interrupted.

What cannot be moved stays where it was, with the reason. The history of a case is not touched: migration is one more event in it.
"""

import json
import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import DomainError, NotFound, TryAgain
from app.engine.types import EngineError
from app.persistence.models import Case, MigrationBatch, MigrationItem, ProcedureVersion
from app.persistence.queries.paging import paged
from app.services import audit
from app.services.context import Context, Transaction
from app.services.studio.migration_moving import move_case
from app.services.studio.migration_plan import mapping_of, refuse_other_ways_back, versions
from app.services.versions.draft_files import require_right

_log = logging.getLogger(__name__)

_UNFINISHED = select(MigrationBatch.id).where(MigrationBatch.finished_at.is_(None)).order_by(MigrationBatch.id)


@dataclass(frozen=True)
class ItemLine:
    """What became of a case of a batch: `pending`, `moved`, or `stays` with the reason."""

    case_id: int
    number: str
    title: str
    state: str
    message: str


@dataclass(frozen=True)
class Progress:
    """How far a batch is."""

    batch_id: int
    from_version_id: int
    to_version_id: int
    reason: str
    total: int
    moved: int
    stays: int
    finished_at: datetime | None
    undo_of_id: int | None
    items: tuple[ItemLine, ...]  # those of a page, if one was asked for
    page: int = 1
    pages: int = 1


def begin(
    context: Context,
    *,
    actor: Actor,
    from_version_id: int,
    to_version_id: int,
    case_ids: Sequence[int],
    reason: str,
    given: Mapping[str, str] | None = None,
) -> int:
    """Write down which cases go to which version, with the mapping corrected by `given`; return the id of the batch.

    Nothing moves yet: `run` does that. Refuses without the right, without a reason, and without cases.
    """
    require_right(actor)
    if not reason.strip():
        raise DomainError("migration.reason", "请写明迁移原因，它会记入每件办件的办理过程。")
    if not case_ids:
        raise DomainError("migration.empty", "请至少选择一件办件。")
    with context.transaction() as tx:
        old, new = versions(tx, from_version_id, to_version_id)
        mapping = mapping_of(old, new, given or {})
        return _write(tx, actor, (from_version_id, to_version_id), case_ids, mapping=mapping, reason=reason.strip())


def undo(context: Context, *, actor: Actor, batch_id: int, reason: str, given: Mapping[str, str] | None = None) -> int:
    """Begin the way back of the cases that a batch has moved: a migration like any other, with the mapping turned round.

    Where two nodes had become one, `given` says to which of them its cases go back.
    """
    require_right(actor)
    if not reason.strip():
        raise DomainError("migration.reason", "请写明撤销原因，它会记入每件办件的办理过程。")
    with context.transaction() as tx:
        batch = _batch(tx, batch_id)
        moved = tx.session.scalars(
            select(MigrationItem.case_id).where(MigrationItem.batch_id == batch_id, MigrationItem.state == "moved")
        ).all()
        if not moved:
            raise DomainError("migration.empty", "这一批没有迁移成功的办件，不需要撤销。")
        ids = (batch.to_version_id, batch.from_version_id)
        _, old = versions(tx, *ids)
        stayed = {node_id for nodes in old.nodes.values() for node_id in nodes}
        refuse_other_ways_back(json.loads(batch.mapping_json), given or {}, old_nodes=stayed)
        turned = _turned(json.loads(batch.mapping_json), given or {}, stayed)
        mapping = {new: node for new, node in {**turned, **(given or {})}.items() if new != node}
        return _write(tx, actor, ids, moved, mapping=mapping, reason=reason.strip(), undo_of=batch.id)


def _turned(mapping: Mapping[str, str], given: Mapping[str, str], old_nodes: Set[str]) -> dict[str, str]:
    """Return the way back of each node. Only nodes of another name are in a mapping; one that kept its name may have been joined too."""
    turned = {new: new for new in mapping.values() if new in old_nodes and new not in mapping}
    for old, new in mapping.items():
        if new in turned and new not in given:
            raise DomainError("migration.ambiguous", f"“{turned[new]}”和“{old}”曾合并为“{new}”，请指定办件退回到哪一个。")
        turned[new] = old
    return turned


def _write(
    tx: Transaction,
    actor: Actor,
    version_ids: tuple[int, int],
    case_ids: Sequence[int],
    *,
    mapping: Mapping[str, str],
    reason: str,
    undo_of: int | None = None,
) -> int:
    batch = MigrationBatch(
        from_version_id=version_ids[0],
        to_version_id=version_ids[1],
        mapping_json=json.dumps(mapping, ensure_ascii=False),
        reason=reason,
        undo_of_id=undo_of,
        created_by=actor.user_id,
        created_at=tx.now,
    )
    tx.session.add(batch)
    tx.session.flush()
    known = tx.session.scalars(select(Case.id).where(Case.id.in_(set(case_ids))).order_by(Case.id))
    tx.session.add_all(MigrationItem(batch_id=batch.id, case_id=case_id, state="pending", message="") for case_id in known)
    procedure = tx.session.get_one(ProcedureVersion, version_ids[1]).procedure
    detail = {"batch": batch.id, "from": version_ids[0], "to": version_ids[1], "cases": len(case_ids), "reason": reason}
    audit.record(tx, actor=actor, action="migration_begun", subject=procedure, detail=detail)
    return batch.id


def run(context: Context, *, actor: Actor, batch_id: int, limit: int | None = None) -> int:
    """Move the cases of a batch that are still pending, at most `limit`; return how many were looked at.

    Each case is moved, or found not to move, in a transaction of its own; called again it goes on where it stopped. Several may
    run the same batch: a case is locked while it moves, the others pass it by, and whoever comes to the end last closes the batch.
    """
    require_right(actor)
    done = last = 0
    while limit is None or done < limit:
        with context.reading() as tx:
            pending = _pending(batch_id).where(MigrationItem.id > last).order_by(MigrationItem.id).limit(1)
            item_id = tx.session.scalar(pending)
        if item_id is None:
            _finish(context, batch_id, actor)
            break
        _one(context, item_id, actor)
        done, last = done + 1, item_id
    return done


def _pending(batch_id: int) -> Select[int]:
    return select(MigrationItem.id).where(MigrationItem.batch_id == batch_id, MigrationItem.state == "pending")


def unfinished(context: Context) -> list[int]:
    """Return the batches that still have cases to move, oldest first."""
    with context.reading() as tx:
        return list(tx.session.scalars(_UNFINISHED))


def run_unfinished(context: Context, *, limit: int = 50) -> int:
    """Go on with batches that were interrupted, as the system; return how many cases were looked at. For the clock's tick."""
    done = 0
    for batch_id in unfinished(context):
        done += run(context, actor=SYSTEM, batch_id=batch_id, limit=limit - done)
        if done >= limit:
            break
    return done


def progress(context: Context, *, actor: Actor, batch_id: int, page: int | None = None) -> Progress:
    """Return how far a batch is, with all its cases, or with a page of them: what stays where it was comes first."""
    require_right(actor)
    with context.reading() as tx:
        batch = _batch(tx, batch_id)
        order = (MigrationItem.id,) if page is None else (MigrationItem.state != "stays", MigrationItem.id)
        columns: list[Any] = [MigrationItem, Case.number, Case.title]
        query: Select[Any] = (
            select(*columns)
            .join(Case, Case.id == MigrationItem.case_id)
            .where(MigrationItem.batch_id == batch_id)
            .order_by(*order)
        )
        found = None if page is None else paged(tx.session, query, page, line=_line)
        counts = _counts(tx, batch_id)
        return Progress(
            batch_id=batch.id,
            from_version_id=batch.from_version_id,
            to_version_id=batch.to_version_id,
            reason=batch.reason,
            total=sum(counts.values()),
            moved=counts.get("moved", 0),
            stays=counts.get("stays", 0),
            finished_at=batch.finished_at,
            undo_of_id=batch.undo_of_id,
            items=tuple(map(_line, tx.session.execute(query)) if found is None else found.rows),
            page=1 if found is None else found.page,
            pages=1 if found is None else found.pages,
        )


def _line(row: Row[Any]) -> ItemLine:
    item: MigrationItem = row[0]
    return ItemLine(item.case_id, row.number, row.title, item.state, item.message)


def _counts(tx: Transaction, batch_id: int) -> dict[str, int]:
    """Return how many cases of a batch are in each state."""
    counts = (
        select(MigrationItem.state, func.count().label("cases"))
        .where(MigrationItem.batch_id == batch_id)
        .group_by(MigrationItem.state)
    )
    return {row.state: row.cases for row in tx.session.execute(counts)}


def _one(context: Context, item_id: int, actor: Actor) -> None:
    try:
        with context.transaction() as tx:
            item = _locked(tx, item_id)
            if item is not None:
                move_case(tx, item, tx.session.get_one(MigrationBatch, item.batch_id), actor)
                item.state, item.message, item.done_at = "moved", "", tx.now
    except TryAgain:
        raise  # the database is busy: the case is pending still, and the next run goes on with it
    except (DomainError, EngineError) as error:
        _stays(context, item_id, error.message)
    except Exception as error:  # noqa: BLE001  # a bug with one case must not hold up the others
        _log.exception("migration item %s failed", item_id)
        _stays(context, item_id, f"迁移时出现意外错误（{type(error).__name__}），办件没有变动，请联系系统管理员。")


def _locked(tx: Transaction, item_id: int) -> MigrationItem | None:
    query = select(MigrationItem).where(MigrationItem.id == item_id, MigrationItem.state == "pending")
    return tx.session.scalars(query.with_for_update(skip_locked=True)).one_or_none()


def _stays(context: Context, item_id: int, message: str) -> None:
    with context.transaction() as tx:
        item = _locked(tx, item_id)
        if item is not None:
            item.state, item.message, item.done_at = "stays", message, tx.now


def _finish(context: Context, batch_id: int, actor: Actor) -> None:
    with context.transaction() as tx:
        batch = _batch(tx, batch_id)
        # What another worker has in hand is pending still; that worker, or the next tick, comes to the end then.
        if batch.finished_at is None and tx.session.scalar(_pending(batch_id).limit(1)) is None:
            batch.finished_at = tx.now
            result = _counts(tx, batch_id)
            procedure = tx.session.get_one(ProcedureVersion, batch.to_version_id).procedure
            audit.record(tx, actor=actor, action="migration_finished", subject=procedure, detail={"batch": batch_id, **result})


def _batch(tx: Transaction, batch_id: int) -> MigrationBatch:
    batch = tx.session.get(MigrationBatch, batch_id)
    if batch is None:
        raise NotFound("migration.unknown", "没有找到这一批迁移。请返回列表重新选择。")
    return batch
