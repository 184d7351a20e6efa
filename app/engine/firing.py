"""Letting a waiting event happen, and what a token waits for."""

from datetime import datetime

from SpiffWorkflow.bpmn.specs.event_definitions import CycleTimerEventDefinition, MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.util.task import TaskState

from app.engine.case import Token
from app.engine.variables import as_moment, present


def message_of(token: Token) -> str | None:
    """Return the name of the message that a token waits for."""
    definition = getattr(token.task_spec, "event_definition", None)
    if token.state == TaskState.WAITING and isinstance(definition, MessageEventDefinition):
        return str(definition.name)
    return None


def due_of(token: Token) -> datetime | None:
    """Return when the timer of a waiting token is due."""
    definition = getattr(token.task_spec, "event_definition", None)
    if token.state == TaskState.WAITING and isinstance(definition, TimerEventDefinition):
        due = token.internal_data.get("due")  # a message event that another version made a timer has none
        return None if due is None else datetime.fromisoformat(due)
    return None


def fire(token: Token) -> None:
    """Let a waiting event happen: its rivals go, an interrupted activity goes, and its own flow is taken.

    A non-interrupting message stays armed while its activity runs; so does a cycle, which is due again when its expression says
    so now (ticks that were missed fire once), as long as that lies ahead.
    """
    case, workflow = token.case, token.workflow
    group = token.internal_data.pop("group", None)
    for rival in [other for other in workflow.tasks.values() if group and other.internal_data.get("group") == group]:
        case.remove(rival)
    host = workflow.tasks.get(token.internal_data.get("host"))
    if host is not None and not token.task_spec.cancel_activity and _stays_armed(token):
        token = case.place(workflow, token.task_spec)
    token.internal_data.pop("host", None)
    if host is not None and token.task_spec.cancel_activity:
        case.remove(host)
    token._set_state(TaskState.READY)
    case.queue.append(token)


def _stays_armed(token: Token) -> bool:
    """Tell whether an event that has just happened beside its activity waits again; a cycle is told until when."""
    definition = token.task_spec.event_definition
    if not isinstance(definition, CycleTimerEventDefinition):
        return isinstance(definition, MessageEventDefinition)
    functions, node_id = token.case.functions, token.node_id
    moment = as_moment(token.case.evaluate(token, definition.expression or ""), functions=functions, node_id=node_id)
    token.internal_data["due"] = moment.isoformat()
    return moment > present(functions, node_id=node_id)
