"""Taking a running case to another version of its diagrams."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from app.engine import state as states
from app.engine.case import Token
from app.engine.events import BoundaryEvent
from app.engine.firing import due_of, message_of
from app.engine.specs import Spec
from app.engine.steps import waits_at_join
from app.engine.tasks import PersonTask, SubWorkflowTask
from app.engine.types import Advance, EngineError
from app.engine.views import advance_of
from app.engine.votes import Loop, MultiInstance

_SUFFIXES = (" [child]", ".BoundaryEventSplit")


def migrate(spec: Spec, state: bytes, *, mapping: Mapping[str, str]) -> Advance:
    """Return a case as it stands in another version; `mapping` gives the new ids of nodes that were renamed.

    Every open token has to stand on a node of the same kind there. What waits keeps its due time; boundary events that the new
    version adds to an activity in progress are not armed. Raises `EngineError` (`engine.migration`, `engine.state_node`) otherwise.
    """
    record = states.read(state)
    record["reached"] = [_renamed(name, mapping) for name in record["reached"]]
    for row in record["tokens"]:
        row[1] = _renamed(row[1], mapping)
        if "from" in row[5]:
            row[5]["from"] = _renamed(row[5]["from"], mapping)
    case = states.restore(spec, record)
    for token in case.tokens():
        if not _fits(token):
            message = f"新版流程的节点“{token.node_id}”与办件所停的节点种类不同，请改选对应节点，或等办件走过这一步再迁移。"
            raise EngineError("engine.migration", message, node_id=token.node_id)
    return advance_of(case)


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
    return message_of(token) is not None or "host" in internal
