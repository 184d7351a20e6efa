"""What moves a case on: running what is ready, joining, ending, throwing."""

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway
from SpiffWorkflow.bpmn.specs.event_definitions import ErrorEventDefinition, MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from app.engine import case as cases
from app.engine.case import Case, Token
from app.engine.firing import fire
from app.engine.paths import upstream
from app.engine.types import EngineError, ThrownMessage, Variable


def settle(case: Case) -> None:
    """Run everything that needs nobody, until only people, timers and messages are waited for, or the case has ended."""
    while True:
        while case.queue:
            token = case.queue.popleft()
            if token.state != TaskState.READY:
                continue
            case.steps += 1
            if case.steps > cases.STEP_LIMIT:
                message = f"一次推进超过 {cases.STEP_LIMIT} 步，流程可能在“{token.node_id}”处循环，请检查条件。"
                raise EngineError("engine.step_limit", message, node_id=token.node_id)
            if case.work > cases.WORK_LIMIT:
                message = f"“{token.node_id}”之前的表达式计算量过大，请缩短列表或简化条件。"
                raise EngineError("engine.work_limit", message, node_id=token.node_id)
            token.run()
        if not (_close_subprocesses(case) or _join_inclusive(case)):
            break
    if not case.task_tree.children:
        case.ended = True
    elif all(_is_stuck(token) for token in case.tokens()):
        token = next(case.tokens())
        message = f"流程停在“{token.node_id}”：它等待的分支不会再到达，请检查汇聚网关。"
        raise EngineError("engine.stuck", message, node_id=token.node_id)


def _is_stuck(token: Token) -> bool:
    """Joins wait for other tokens, activities in progress for their insides; everything else waits for the world."""
    if token.state == TaskState.STARTED:
        return True
    event = getattr(token.task_spec, "event_definition", None)
    if "host" in token.internal_data and isinstance(event, ErrorEventDefinition):
        return True
    return waits_at_join(token)


def _close_subprocesses(case: Case) -> bool:
    for owner_id, inner in list(case.subprocesses.items()):
        if owner_id in case.subprocesses and not inner.task_tree.children:
            owner = case.find(owner_id)
            if owner is not None:
                owner._set_state(TaskState.READY)
                case.queue.append(owner)
                return True
    return False


def _join_inclusive(case: Case) -> bool:
    """Let an inclusive join go on when no other token can still reach one of its empty inputs."""
    for token in case.tokens():
        if isinstance(token.task_spec, InclusiveGateway) and token.state == TaskState.WAITING:
            gathered = [
                t for t in token.workflow.tasks.values() if t.task_spec is token.task_spec and t.state == TaskState.WAITING
            ]
            if _may_join(token, gathered):
                arrived: dict[str, Token] = {}
                for other in gathered:
                    arrived.setdefault(other.internal_data.get("from", ""), other)
                for other in arrived.values():
                    if other is not token:
                        case.remove(other)
                token._set_state(TaskState.READY)
                case.queue.append(token)
                return True
    return False


def _may_join(token: Token, gathered: list[Token]) -> bool:
    gateway = token.task_spec
    full = {other.internal_data.get("from", "") for other in gathered}
    busy = {position(other) for other in token.workflow.task_tree.children if other.task_spec is not gateway}
    behind_full = {name for source in full for name in upstream(gateway, source)}
    return not any((busy & upstream(gateway, empty)) - behind_full for empty in set(gateway._inputs) - full)


def waits_at_join(token: Token) -> bool:
    """Tell whether a token waits at a gateway for others."""
    return token.state == TaskState.WAITING and getattr(token.task_spec, "event_definition", None) is None


def position(token: Token) -> str:
    """Return the name of the spec on which a token counts as standing: one that waits at a join is still on its flow."""
    return str(token.internal_data.get("from") if waits_at_join(token) else token.task_spec.name)


def end_workflow(token: Token, *, terminate: bool) -> None:
    """End the branch of a token, or with `terminate` everything that is open in the same process."""
    case, workflow = token.case, token.workflow
    info = token.node
    if info is not None:
        case.passed.append(info)
        if workflow is case:
            case.outcome = info.properties.get("outcome") or info.node_id
    case.remove(token)
    if terminate:
        for other in list(workflow.task_tree.children):
            case.remove(other)


def throw_message(token: Token) -> None:
    """Record the message of a throwing element, with its payload evaluated; the services carry it to whom it concerns."""
    event = token.task_spec.event_definition
    if not isinstance(event, MessageEventDefinition) or token.node is None:
        return
    payload: Variable = {}
    source = getattr(event, "expression", None)
    if source and source.strip():
        payload = token.case.evaluate_variable(token, source)
    if not isinstance(payload, dict):
        message = f'节点“{token.node_id}”的消息内容应当是字典，例如 {{"round": round_id}}。'
        raise EngineError("engine.payload", message, node_id=token.node_id)
    token.case.thrown.append(ThrownMessage(str(event.name), token.node, payload))


def raise_error(token: Token, definition: Any) -> None:
    """Hand a BPMN error outward to the nearest boundary event that catches it; `EngineError` when there is none (Q3)."""
    case, workflow = token.case, token.workflow
    if token.node is not None:
        case.passed.append(token.node)
    while workflow is not case:
        owner = case.find(workflow.parent_task_id)
        assert owner is not None
        hosts = [owner, owner.parent] if owner.is_instance else [owner]
        for watcher in [found for host in hosts for found in case.watchers(host)]:
            event = watcher.task_spec.event_definition
            if isinstance(event, ErrorEventDefinition) and event.code in (None, definition.code):
                fire(watcher)
                return
        workflow = owner.workflow
    message = f"错误“{definition.code or definition.name}”没有边界事件接住，请在外层子流程上补一个错误边界事件。"
    raise EngineError("engine.uncaught_error", message, node_id=token.node_id)
