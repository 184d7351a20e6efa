"""Taking a running case to another version of its diagrams."""

from collections.abc import Collection, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import ErrorEventDefinition
from SpiffWorkflow.util.task import TaskState

from app.engine import state as states
from app.engine.case import Token
from app.engine.events import BoundaryEvent
from app.engine.firing import due_of, message_of
from app.engine.specs import Spec
from app.engine.steps import waits_at_join
from app.engine.tasks import PersonTask, SubWorkflowTask
from app.engine.types import Advance, EngineError, Functions, Variable
from app.engine.variables import as_variable
from app.engine.views import advance_of
from app.engine.votes import Loop, MultiInstance

_SUFFIXES = (" [child]", ".BoundaryEventSplit")


def migrate(
    spec: Spec,
    state: bytes,
    *,
    mapping: Mapping[str, str],
    variables: Mapping[str, Variable] | None = None,
    arm: Collection[str] = (),
    functions: Functions | None = None,
) -> Advance:
    """Return a case as it stands in another version; `mapping` gives the new ids of nodes that were renamed.

    `variables` are those that cases of the new version begin with: what the case does not have yet it gets, what it has stays.
    Every open token has to stand on a node of the same kind there. What waits keeps its due time. A boundary event that the new
    version lacks is disarmed; those that it adds are armed on activities in progress when `arm` names them (`functions` are
    needed for their times then). Raises `EngineError` (`engine.migration`, `engine.state_node`) otherwise.
    """
    record = states.read(state)
    record["reached"] = [_renamed(name, mapping) for name in record["reached"]]
    for row in record["tokens"]:
        row[1] = _renamed(row[1], mapping)
        if "from" in row[5]:
            row[5]["from"] = _renamed(row[5]["from"], mapping)
    known = {node.node_id for process_id in spec.process_ids for node in spec.nodes(process_id)}
    record["tokens"] = [row for row in record["tokens"] if "host" not in row[5] or row[1] in known]
    record["variables"] = {**{name: as_variable(value) for name, value in (variables or {}).items()}, **record["variables"]}
    case = states.restore(spec, record, functions=functions)
    for token in case.tokens():
        if not _fits(token):
            message = f"新版流程的节点“{token.node_id}”与办件所停的节点种类不同，请改选对应节点，或等办件走过这一步再迁移。"
            raise EngineError("engine.migration", message, node_id=token.node_id)
    for token in list(case.tokens()):
        _arm(token, arm)
    return advance_of(case)


def _arm(token: Token, names: Collection[str]) -> None:
    split = token.workflow.spec.task_specs.get(f"{token.task_spec.name}.BoundaryEventSplit")
    present = {watcher.task_spec.name for watcher in token.case.watchers(token)}
    for event in split.outputs if split is not None and not token.is_instance else ():
        if isinstance(event, BoundaryEvent) and event.name in names and event.name not in present:
            token.case.enter(token.workflow, event, host=token.id)


def _renamed(name: str, mapping: Mapping[str, str]) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            return mapping.get(name.removesuffix(suffix), name.removesuffix(suffix)) + suffix
    return mapping.get(name, name)


def _fits(token: Token) -> bool:
    internal: dict[str, Any] = token.internal_data
    kind = token.task_spec
    if token.is_instance and token.parent.task_spec.task_spec != kind.name:
        return False
    if token.state == TaskState.READY:
        return isinstance(kind, PersonTask)
    if token.state == TaskState.STARTED:
        if "items" in internal:
            return isinstance(kind, MultiInstance)
        return isinstance(kind, Loop if "rounds" in internal else SubWorkflowTask)
    if ("host" in internal) != isinstance(kind, BoundaryEvent):
        return False
    if "due" in internal:
        return due_of(token) is not None
    if waits_at_join(token):
        return internal.get("from") in kind._inputs
    return message_of(token) is not None or isinstance(getattr(kind, "event_definition", None), ErrorEventDefinition)
