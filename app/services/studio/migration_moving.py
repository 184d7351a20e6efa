"""Moving one case to another version, in the running transaction: its state, its open items and its timers."""

import json

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Conflict, DomainError
from app.engine.types import Advance, Functions, OperationCaller
from app.persistence.models import MigrationBatch, MigrationItem, Timer, WorkItem
from app.services.casework import cases
from app.services.casework.case_work import CaseWork
from app.services.context import Transaction
from app.services.studio.migration_plan import hindrance, move


def move_case(tx: Transaction, item: MigrationItem, batch: MigrationBatch, actor: Actor) -> None:
    """Move the case of an item as its batch says. Raises `Conflict` (migration.stays) with the reason, and `EngineError`.

    Writes the case's state, its open items and timers, and an event of its history.
    """
    old_work, state = cases.lock(tx, item.case_id, actor=actor)
    case, before = old_work.case, old_work.loaded
    new = tx.context.procedures.get(tx.session, batch.to_version_id)
    reason = hindrance(case, batch.from_version_id, new)
    if reason is not None:
        raise Conflict("migration.stays", reason)
    mapping = json.loads(batch.mapping_json)
    case.procedure_version_id = batch.to_version_id
    work = CaseWork(tx=tx, case=case, round=old_work.round, loaded=new, actor=actor)
    detail = {"from": before.number, "to": new.number, "batch": batch.id, "reason": batch.reason}
    work.note("migrated", subject=f"第 {new.number} 版", detail=detail)

    def step(_call: OperationCaller, functions: Functions) -> Advance:
        return move(before, new, state.state, kind=case.kind, mapping=mapping, functions=functions)

    advance = cases.advance(work, step=step, state=state)
    _follow(work, advance)
    cases.flush(tx)


def _follow(work: CaseWork, advance: Advance) -> None:
    """Let the open items and timers of a case name the nodes of its new version; who has them and until when stays."""
    session = work.tx.session
    ready = {task.task_id: task.node for task in advance.ready}
    timers = {timer.task_id: timer.node for timer in advance.timers}
    for item in session.scalars(select(WorkItem).where(WorkItem.case_id == work.case.id, WorkItem.state == "open")):
        node = ready[item.task_id]
        role = work.loaded.procedure.lanes.get(node.lane or "")
        if role is None:
            raise DomainError("task.no_role", f"步骤“{node.name}”在新版本中没有对应的角色。")
        item.node_id, item.title, item.role = node.node_id, node.name, role.value
        item.stage = node.properties.get("stage", "")
    for timer in session.scalars(select(Timer).where(Timer.case_id == work.case.id, Timer.state == "open")):
        if timer.task_id in timers:
            timer.node_id, timer.title = timers[timer.task_id].node_id, timers[timer.task_id].name
        else:
            timer.state = "cancelled"
