"""Events that wait: messages and timers, on the way, at the boundary of an activity and behind an event-based gateway."""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults as bpmn
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.spiff.specs import defaults as spiff
from SpiffWorkflow.util.task import TaskState

from app.engine.case import Token
from app.engine.tasks import Node
from app.engine.variables import as_moment


class CatchingNode(Node):
    """Waits until `deliver`, `fire_timer` or an error fires it. The clock is never looked at."""

    event_definition: Any

    def _update_hook(self, token: Token) -> bool:
        token._set_state(TaskState.WAITING)
        if isinstance(self.event_definition, TimerEventDefinition):
            value = token.case.evaluate(token, self.event_definition.expression or "")
            moment = as_moment(value, functions=token.case.functions, node_id=token.node_id)
            token.internal_data["due"] = moment.isoformat()
        return False


class IntermediateCatchEvent(CatchingNode, bpmn.IntermediateCatchEvent):
    """Waits on the way."""


class ReceiveTask(CatchingNode, spiff.ReceiveTask):
    """Waits on the way, drawn as a task."""


class BoundaryEvent(CatchingNode, bpmn.BoundaryEvent):
    """Waits while its activity runs."""


class EventBasedGateway(Node, bpmn.EventBasedGateway):
    """Waits for whichever of its events comes first; the others are taken away then (`fire`)."""

    def _on_complete(self, token: Token) -> None:
        case, workflow = token.case, token.workflow
        if token.node is not None:
            case.passed.append(token.node)
        case.remove(token)
        for spec in self.outputs:
            case.enter(workflow, spec, source=self.name, group=token.id)
