"""Moves a case: state in, `Advance` out. Every function is pure on bytes and knows neither database nor clock.

All raise `EngineError` when the case cannot go on (an incident: nothing has happened, the old state stays good) and let errors
of operations and of registered functions pass as they are.
"""

from collections.abc import Mapping

from SpiffWorkflow.util.task import TaskState

from app.engine import state as states
from app.engine.case import Case, Token
from app.engine.firing import due_of, fire, message_of
from app.engine.returning import send_back
from app.engine.specs import Spec
from app.engine.steps import settle
from app.engine.tasks import PersonTask, start_of
from app.engine.types import (
    Advance,
    EngineError,
    Functions,
    NotWaiting,
    OperationCaller,
    Variable,
)
from app.engine.variables import as_variable
from app.engine.views import advance_of
from app.engine.votes import MultiInstance


def start(
    spec: Spec, *, process_id: str, variables: Mapping[str, Variable], call: OperationCaller, functions: Functions
) -> Advance:
    """Begin a case of a process with these variables and run it until it waits for somebody or something."""
    case = states.new_case(spec, process_id=process_id, variables=_variables(variables), call=call, functions=functions)
    case.enter(case, start_of(case.spec))
    return _settled(case)


def complete(
    spec: Spec, state: bytes, *, task_id: str, exports: Mapping[str, Variable], call: OperationCaller, functions: Functions
) -> Advance:
    """Complete a ready user task. `exports` become variables; inside a multi-instance they become the element's output.

    Raises `NotWaiting` when the task is not (or no longer) ready.
    """
    case = states.load(spec, state, call=call, functions=functions)
    token = case.find(task_id)
    if token is None or not _is_ready(token):
        raise NotWaiting("engine.not_waiting", "这项任务已经办结或已被取消，请刷新待办列表。")
    token.data.update(_variables(exports, node_id=token.node_id))
    token.run()
    return _settled(case)


def deliver(
    spec: Spec, state: bytes, *, message: str, payload: Mapping[str, Variable], call: OperationCaller, functions: Functions
) -> Advance:
    """Hand a message to every event that waits for it at this moment; the payload becomes variables of the catching token.

    Raises `NotWaiting` when no event waits for a message of this name.
    """
    case = states.load(spec, state, call=call, functions=functions)
    catching = [token for token in case.tokens() if message_of(token) == message]
    if not catching:
        raise NotWaiting("engine.not_waiting", f"办件目前不等待消息“{message}”。")
    for token in catching:
        if message_of(token) == message:  # an earlier catch may have interrupted this one
            token.data.update(_variables(payload, node_id=token.node_id))
            fire(token)
    return _settled(case)


def fire_timer(spec: Spec, state: bytes, *, task_id: str, call: OperationCaller, functions: Functions) -> Advance:
    """Fire exactly this waiting timer, whatever the time is. Raises `NotWaiting` when it does not wait."""
    case = states.load(spec, state, call=call, functions=functions)
    token = case.find(task_id)
    if token is None or due_of(token) is None:
        raise NotWaiting("engine.not_waiting", "这个定时器已经触发或已被取消。")
    fire(token)
    return _settled(case)


def return_to(
    spec: Spec, state: bytes, *, node_id: str, variables: Mapping[str, Variable], call: OperationCaller, functions: Functions
) -> Advance:
    """退回: make a user task reached before ready again, and take away all open tasks after it, sibling branches too.

    Lines of the process that run beside it and have nothing to do with it (such as one that waits for a withdrawal) stay.
    Nothing that was passed is erased. Raises `EngineError` (`engine.return`) when the node is not on the top level, was not
    reached, or lies in a parallel block that has been joined already.
    """
    case = states.load(spec, state, call=call, functions=functions)
    if case.ended:
        raise NotWaiting("engine.not_waiting", "办件已经结束，不能退回。")
    case.variables.update(_variables(variables, node_id=node_id))
    send_back(case, node_id)
    return _settled(case)


def cancel(spec: Spec, state: bytes, *, outcome: str) -> Advance:
    """End a case from outside with this outcome; everything open is taken away. Raises `NotWaiting` when it has ended."""
    case = states.load(spec, state)
    if case.ended:
        raise NotWaiting("engine.not_waiting", "办件已经结束。")
    case.clear()
    case.ended = True
    case.outcome = outcome
    return advance_of(case)


def inspect(spec: Spec, state: bytes) -> Advance:
    """Return what is open, without moving anything."""
    return advance_of(states.load(spec, state))


def members(spec: Spec, state: bytes, *, node_id: str) -> tuple[Variable, ...]:
    """Return the items of a multi-instance activity that is running, the done ones among them and without those taken away."""
    running = [t for t in states.load(spec, state).tokens() if isinstance(t.task_spec, MultiInstance) and t.node_id == node_id]
    return tuple(
        item
        for token in running
        for index, item in enumerate(token.internal_data["items"])
        if index not in token.internal_data["removed"]
    )


def add_item(spec: Spec, state: bytes, *, node_id: str, item: Variable, call: OperationCaller, functions: Functions) -> Advance:
    """加签: run a multi-instance activity for one more item (last, if sequential). Raises `NotWaiting` when it is not running."""
    case = states.load(spec, state, call=call, functions=functions)
    running = [t for t in case.tokens() if isinstance(t.task_spec, MultiInstance) and t.node_id == node_id]
    if not running:
        raise NotWaiting("engine.not_waiting", "这个会签环节没有在进行，不能加签。", node_id=node_id)
    if len(running) > 1:
        raise EngineError("engine.ambiguous", "这个会签环节同时有几处在进行，无法确定加到哪一处。", node_id=node_id)
    running[0].task_spec.add(running[0], item)
    return _settled(case)


def remove_item(spec: Spec, state: bytes, *, task_id: str, call: OperationCaller, functions: Functions) -> Advance:
    """减签: take away the instance of a running multi-instance that a task belongs to; it counts no longer.

    The task may be inside a subprocess that is the instance. Raises `NotWaiting` for any other task.
    """
    case = states.load(spec, state, call=call, functions=functions)
    token = case.find(task_id)
    run = token.instance if token is not None else None
    if run is None:
        raise NotWaiting("engine.not_waiting", "这项任务不是正在进行的会签任务，不能减签。")
    run.parent.task_spec.withdraw(run.parent, run)
    return _settled(case)


def _variables(values: Mapping[str, Variable], *, node_id: str | None = None) -> dict[str, Variable]:
    return {key: as_variable(value, node_id=node_id) for key, value in values.items()}


def _is_ready(token: Token) -> bool:
    return token.state == TaskState.READY and isinstance(token.task_spec, PersonTask)


def _settled(case: Case) -> Advance:
    settle(case)
    return advance_of(case)
