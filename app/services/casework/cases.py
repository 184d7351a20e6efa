"""Cases: `advance` is the one function by which a case moves, whatever moves it."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import undefer
from sqlalchemy.orm.exc import StaleDataError

from app.domain.actors import Actor
from app.domain.errors import Conflict, DomainError, NotFound
from app.engine import runtime
from app.engine.operations import check_params
from app.engine.types import Advance, EngineError, Functions, NodeInfo, OperationCaller, ReadyTask, Variable
from app.persistence.models import Case, SelectionRound, Timer, WorkItem
from app.persistence.upsert import insert_rows
from app.services import numbers
from app.services.casework import case_messages
from app.services.casework.case_work import NOTHING_AROUND, ROUND, CaseWork, expression_functions
from app.services.context import Transaction

Step = Callable[[OperationCaller, Functions], Advance]
"""One move of the engine, bound to a case's state; it is handed the way out to operations and what expressions may call."""


def start(
    tx: Transaction,
    *,
    actor: Actor,
    version_id: int,
    kind: str,
    title: str,
    variables: Mapping[str, Variable],
    round_: SelectionRound | None = None,
    subject_id: int | None = None,
    owner_unit_id: int | None = None,
    office_unit_id: int | None = None,
) -> CaseWork:
    """Open a case of a kind on a version and run it to its first tasks. Writes the case, its state and what `advance` writes."""
    loaded = tx.context.procedures.get(tx.session, version_id)
    case_kind = loaded.procedure.case_kinds[kind]
    number = numbers.case_number(tx, case_kind.number, kind=kind)
    case = Case(
        number=number, kind=kind, title=title, procedure_version_id=version_id, round_id=round_.id if round_ else None,
        initiator_id=actor.user_id, subject_id=subject_id, owner_unit_id=owner_unit_id, office_unit_id=office_unit_id,
        stage="", stage_order=0, stage_since=tx.now, state=b"", waiting="{}", audit_seq=0, audit_hash="", created_at=tx.now,
    )  # fmt: skip
    tx.session.add(case)
    tx.session.flush()  # the id is needed by everything that follows
    work = CaseWork(tx=tx, case=case, round=round_, loaded=loaded, actor=actor)
    work.note("started", subject=case_kind.title)
    begin: dict[str, Variable] = {**case_kind.variables, **variables}

    def step(call: OperationCaller, functions: Functions) -> Advance:
        return runtime.start(loaded.spec, process_id=case_kind.process, variables=begin, call=call, functions=functions)

    advance(work, step=step, state=None)
    return work


_LOCKED = (
    select(Case, SelectionRound)
    .outerjoin(SelectionRound, SelectionRound.id == Case.round_id)
    .options(undefer(Case.state), undefer(SelectionRound.waiting))
    .where(Case.id == bindparam("case_id"))
    .with_for_update(of=[Case])
)
"""What will change is locked: PostgreSQL reads a row anew after waiting only where the lock is its own."""


def lock(tx: Transaction, case_id: int, *, actor: Actor) -> tuple[CaseWork, Case]:
    """Load a case with its state for changing: its row is locked until the transaction ends (one statement). `NotFound` without it."""
    row = tx.session.execute(_LOCKED, {"case_id": case_id}).one_or_none()
    if row is None:
        raise NotFound("case.unknown", "没有找到这件办件。请从工作台重新进入。")
    case, round_ = row
    loaded = tx.context.procedures.get(tx.session, case.procedure_version_id)
    return CaseWork(tx=tx, case=case, round=round_, loaded=loaded, actor=actor), case


def advance(work: CaseWork, *, step: Step, state: Case | None) -> Advance:
    """Move a case by one step of the engine and write all that follows from it, in the running transaction.

    Side effects: engine state (compare-and-swap on its version), work items, timers, stage, outbox entries for the messages
    that were thrown and the barriers that were reached. `Conflict` when the state was changed by somebody else.
    """
    tx = work.tx
    around = work.around if state else NOTHING_AROUND
    result = work.result = step(_caller(work), expression_functions(work))
    tx.change(work.case, state=result.state)
    before = work.case.stage_order
    with tx.session.no_autoflush:  # everything that the projection reads is older than what it writes
        _project_items(work, result, before=around.tasks)
        _project_timers(work, result, before=around.timers)
        _project_stage(work, result)
        if work.case.ended_at is not None or work.case.stage_order != before:
            case_messages.reach_barriers(work)
    if result.thrown:
        flush(tx)  # an addresser asks the database
    for thrown in result.thrown:
        case_messages.address(work, thrown)
    if work.case.kind == ROUND:
        case_messages.check_own_barriers(work)
    case_messages.post(work)
    return result


def advance_aside(work: CaseWork, *, step: Step, state: Case) -> None:
    """Advance a case beside the way of its diagram (加签, 减签, 撤回) and write it.

    `Conflict` for what the engine refuses (the case has moved meanwhile, which is no incident), and in a suspended round.
    """
    work.refuse_standing_still()
    try:
        advance(work, step=step, state=state)
    except EngineError as error:
        raise Conflict(error.code, error.message) from error
    flush(work.tx)


def _caller(work: CaseWork) -> OperationCaller:
    def call(name: str, params: Mapping[str, Variable], *, node: NodeInfo) -> Variable:
        operation = work.tx.context.registry.operations.get(name)
        if operation is None:
            raise DomainError("operation.unknown", f"流程图用到的操作“{name}”在系统里不存在。请联系流程管理员。")
        check_params(name, params, specs=operation.params, node_id=node.node_id)
        work.node = node
        return operation.run(work, params)

    return call


def _project_items(work: CaseWork, result: Advance, *, before: frozenset[str]) -> None:
    ready = {task.task_id: task for task in result.ready}
    done = {work.work_item.task_id} if work.work_item else set()
    _cancel(work, WorkItem, before - ready.keys() - done)
    insert_rows(work.tx.session, WorkItem, [_item(work, task) for task_id, task in ready.items() if task_id not in before])


def _cancel(work: CaseWork, model: type[WorkItem | Timer], task_ids: Collection[str]) -> None:
    if task_ids:
        gone = update(model).where(model.case_id == work.case.id, model.task_id.in_(task_ids), model.state == "open")
        work.tx.session.execute(gone.values(state="cancelled"))


def _item(work: CaseWork, task: ReadyTask) -> dict[str, Any]:
    role = work.loaded.procedure.lanes.get(task.node.lane or "")
    if role is None:
        raise DomainError("task.no_role", f"步骤“{task.node.name}”没有对应的角色。请联系流程管理员。")
    return {
        "case_id": work.case.id,
        "round_id": work.case.round_id,
        "task_id": task.task_id,
        "node_id": task.node.node_id,
        "title": task.node.name,
        "role": role.value,
        "scope_unit_id": _id(task.scope),
        "assignee_id": _id(task.assignee),
        "item": None if task.item is None else str(task.item),
        "state": "open",
        "stage": task.node.properties.get("stage", ""),
        "created_at": work.tx.now,
        "due_at": task.due,
    }


def _id(value: Variable) -> int | None:
    if value is None or value == "" or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise DomainError("task.assignee", f"流程图算出的承办人或单位“{value}”不是编号。请联系流程管理员。")
    return value


def _project_timers(work: CaseWork, result: Advance, *, before: frozenset[str]) -> None:
    waiting = {timer.task_id: timer for timer in result.timers}
    _cancel(work, Timer, before - waiting.keys())  # one that goes off just now is marked as fired after this
    rows = [
        {
            "case_id": work.case.id,
            "task_id": task_id,
            "node_id": timer.node.node_id,
            "title": timer.node.name,
            "due_at": timer.due,
            "state": "open",
        }
        for task_id, timer in waiting.items()
        if task_id not in before
    ]
    insert_rows(work.tx.session, Timer, rows)


def _project_stage(work: CaseWork, result: Advance) -> None:
    case, kind = work.case, work.loaded.procedure.case_kinds[work.case.kind]
    waiting = json.dumps({event.message: event.task_id for event in result.waiting})
    if waiting != case.waiting:
        work.tx.change(case, waiting=waiting)
    here = (
        [task.node for task in result.ready] + [timer.node for timer in result.timers] + [event.node for event in result.waiting]
    )
    stages = [node.properties["stage"] for node in here if "stage" in node.properties]
    if not stages:  # nothing waits (the end) or nothing that waits has a stage: the last one that was passed counts
        stages = [node.properties["stage"] for node in result.passed if "stage" in node.properties][-1:]
    if stages:
        stage = max(stages, key=kind.order_of)
        if stage != case.stage:
            work.tx.change(case, stage=stage, stage_order=kind.order_of(stage), stage_since=work.tx.now)
    if result.ended and case.ended_at is None:
        work.tx.change(case, ended_at=work.tx.now, outcome=result.outcome)
        work.note("ended", detail={"outcome": result.outcome})
        ending = work.tx.context.registry.endings.get(case.kind)
        if ending is not None:
            ending.run(work, result.outcome or "")


def flush(tx: Transaction) -> None:
    """Write what has gathered so far; a state that somebody else changed meanwhile becomes a `Conflict` and not an error page."""
    try:
        tx.write_history()
        tx.session.flush()
    except StaleDataError as error:
        raise Conflict("case.changed", "这件办件刚刚被其他人处理过。您填写的内容已保留，请刷新后查看最新情况。") from error


def deliver(tx: Transaction, *, actor: Actor, case_id: int, message: str, payload: Mapping[str, Variable]) -> CaseWork:
    """Hand a message to a case that waits for it. Raises `engine.types.NotWaiting` when it does not."""
    work, state = lock(tx, case_id, actor=actor)
    if work.case.ended_at is not None:
        work.note("message_ignored", subject=case_messages.message_of(work, message).title)
        return work
    work.note("message", subject=case_messages.message_of(work, message).title, detail={"message": message, **_short(payload)})

    def step(call: OperationCaller, functions: Functions) -> Advance:
        return runtime.deliver(work.loaded.spec, state.state, message=message, payload=payload, call=call, functions=functions)

    advance(work, step=step, state=state)
    flush(tx)
    return work


def fire_timer(tx: Transaction, *, actor: Actor, case_id: int, timer_id: int) -> CaseWork | None:
    """Let a timer event of a case go off if its time has come; None when it was done, moved or halted meanwhile.

    Side effects: those of `advance`; the timer's row is marked as fired, or as due again where its event repeats.
    """
    work, state = lock(tx, case_id, actor=actor)  # the case before its timers, as everywhere: else two steps wait for each other
    due = (Timer.id == timer_id, Timer.state == "open", Timer.due_at <= tx.now)
    timer = tx.session.scalars(select(Timer).where(*due)).one_or_none()
    if timer is None or work.stands_still:
        return None
    timer.state = "fired"
    work.note("timer", subject=timer.title)

    def step(call: OperationCaller, functions: Functions) -> Advance:
        return runtime.fire_timer(work.loaded.spec, state.state, task_id=timer.task_id, call=call, functions=functions)

    result = advance(work, step=step, state=state)
    again = next((waiting for waiting in result.timers if waiting.task_id == timer.task_id), None)
    if again is not None:
        timer.state, timer.due_at = "open", again.due
    flush(tx)
    return work


def act(tx: Transaction, *, actor: Actor, case_id: int, action_id: str, reason: str) -> CaseWork:
    """Do what the manifest lets a person do with a case outside its tasks, e.g. withdraw an application.

    Refuses strangers (`NotFound`), a case past the stage until which the action is open, and an empty reason where one is needed.
    """
    work, state = lock(tx, case_id, actor=actor)
    action = work.loaded.procedure.actions.get(action_id)
    if action is None or action.case_kind != work.case.kind or not _is_theirs(work, actor, action.roles):
        raise NotFound("case.unknown", "没有找到这件办件。请从工作台重新进入。")
    kind = work.loaded.procedure.case_kinds[work.case.kind]
    past = action.until_stage is not None and work.case.stage_order >= kind.order_of(action.until_stage)
    if work.case.ended_at is not None or past:
        raise DomainError("action.late", f"现在已不能{action.title}。如有疑问请联系经办单位。")
    if action.needs_reason and not reason.strip():
        raise DomainError("action.reason", "请写明原因。")
    work.note(action.id, subject=action.title, detail={"reason": reason.strip()})

    def step(call: OperationCaller, functions: Functions) -> Advance:
        return runtime.deliver(work.loaded.spec, state.state, message=action.message, payload={}, call=call, functions=functions)

    advance(work, step=step, state=state)
    flush(tx)
    return work


def _is_theirs(work: CaseWork, actor: Actor, roles: frozenset[Any]) -> bool:
    own = actor.user_id is not None and actor.user_id == work.case.subject_id
    unit = any(work.case.owner_unit_id in actor.units_of(role) for role in roles)
    return actor.has(*roles) and (own or unit)


def _short(payload: Mapping[str, Variable]) -> dict[str, Variable]:
    """Keep scalars of a payload for the history; a list of experts is nobody's business there."""
    return {key: value for key, value in payload.items() if not isinstance(value, list | dict)}
