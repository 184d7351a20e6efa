"""How each kind of element behaves: SpiffWorkflow's task specs with the defects mended (see `app.engine.case` for the model)."""

from collections import Counter
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults as bpmn
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions import ErrorEventDefinition, TerminateEventDefinition
from SpiffWorkflow.spiff.specs import defaults as spiff
from SpiffWorkflow.util.task import TaskState

from app.engine.case import Token
from app.engine.steps import end_workflow, raise_error, throw_message
from app.engine.types import EngineError
from app.engine.variables import as_moment, as_variable


class Node:
    """What all elements have in common: no prediction, no copying of data; when done, a token on each outgoing flow."""

    manual: bool
    outputs: list[Any]
    inputs: list[Any]

    def _predict(self, token: Token, *_args: Any, **_more: Any) -> None:
        """SpiffWorkflow would unfold every possible future here, which is exponential (K3)."""

    def _update(self, token: Token) -> None:
        if self._update_hook(token):
            token._set_state(TaskState.READY)
            self._on_ready(token)

    def _update_hook(self, token: Token) -> bool:
        return True

    def _on_ready(self, token: Token) -> None:
        token.case.queue.append(token)

    def _run(self, token: Token) -> bool:
        return self._run_hook(token)

    def _run_hook(self, token: Token) -> bool:
        return True

    def _on_complete(self, token: Token) -> None:
        token.case.leave(token, self.following(token))

    def following(self, token: Token) -> list[Any]:
        """Return the specs that get a token next."""
        return [spec for spec in self.outputs if not isinstance(spec, (BoundaryEventJoin, _EndJoin))]


class StartEvent(Node, bpmn.StartEvent):
    """Whatever its event definition is: a case is started by a call, so it only passes the token on."""


class NoneTask(Node, spiff.NoneTask):
    """A task without a type passes the token on."""


class PersonTask(Node):
    """Waits for `complete`. Whose it is and until when is evaluated at the moment it becomes ready."""

    def _on_ready(self, token: Token) -> None:
        properties = token.node.properties if token.node else {}
        for name in ("scope", "assignee"):
            if properties.get(name, "").strip():
                token.internal_data[name] = token.case.evaluate_variable(token, properties[name])
        if properties.get("due", "").strip():
            value = token.case.evaluate(token, properties["due"])
            if value is not None:
                token.internal_data["due"] = as_moment(value, functions=token.case.functions, node_id=token.node_id).isoformat()


class UserTask(PersonTask, spiff.UserTask):
    """A form that a person fills in."""


class ManualTask(PersonTask, spiff.ManualTask):
    """Something that a person does outside and reports."""


class ServiceTask(Node, spiff.ServiceTask):
    """Calls an operation. What the operation raises passes unchanged (A15: SpiffWorkflow hides it behind a NameError)."""

    def _run_hook(self, token: Token) -> bool:
        case = token.case
        params = {name: case.evaluate_variable(token, item["value"]) for name, item in self.operation_params.items()}
        if case.call is None or token.node is None:
            raise EngineError("engine.no_operations", "此处不能调用业务操作。", node_id=token.node_id)
        result = case.call(self.operation_name, params, node=token.node)
        if not (self.result_variable.startswith("spiff__") and self.result_variable.endswith("_result")):
            token.data[self.result_variable] = as_variable(result, node_id=token.node_id)
        return True


class BusinessRuleTask(Node, spiff.BusinessRuleTask):
    """Sets the outputs of a decision table as variables; lists are replaced and never merged item by item."""

    def _run_hook(self, token: Token) -> bool:
        for name, value in self.dmnEngine.result(token).items():
            token.data[name] = as_variable(value, node_id=token.node_id)
        return True


class ExclusiveGateway(Node, bpmn.ExclusiveGateway):
    """Takes the first flow whose condition holds, in the order of the file, or else the default."""

    def following(self, token: Token) -> list[Any]:
        """Return the one spec that is chosen; raises `EngineError` (`engine.no_way`) when none is."""
        chosen = self.default_task_spec
        for condition, name in self.cond_task_specs:
            if condition is not None and token.case.evaluate(token, condition.args[0]):
                chosen = name
                break
        if chosen is None:
            raise _no_way(token)
        return [self._wf_spec.task_specs[chosen]]


class InclusiveGateway(Node, bpmn.InclusiveGateway):
    """Takes every flow whose condition holds, or else the default. Joins when nothing more can arrive (`settle`)."""

    def _update_hook(self, token: Token) -> bool:
        if len(set(self._inputs)) > 1:
            token._set_state(TaskState.WAITING)
            return False
        return True

    def following(self, token: Token) -> list[Any]:
        """Return the specs that are chosen; raises `EngineError` (`engine.no_way`) when none is."""
        held = [name for cond, name in self.cond_task_specs if cond is not None and token.case.evaluate(token, cond.args[0])]
        chosen = held or [name for cond, name in self.cond_task_specs if cond is None]
        if not chosen:
            raise _no_way(token)
        return [self._wf_spec.task_specs[name] for name in chosen]


class ParallelGateway(Node, bpmn.ParallelGateway):
    """Joins when there is a token from each incoming flow; takes one of each and leaves what there is beyond."""

    def _update_hook(self, token: Token) -> bool:
        waiting = [t for t in token.workflow.tasks.values() if t.task_spec is self and t.state == TaskState.WAITING]
        missing: Counter[str | None] = Counter(self._inputs)
        missing.subtract([token.internal_data.get("from")])
        used = []
        for other in waiting:
            if missing[other.internal_data.get("from")] > 0:
                missing[other.internal_data.get("from")] -= 1
                used.append(other)
        if any(count > 0 for count in missing.values()):
            token._set_state(TaskState.WAITING)
            return False
        for other in used:
            token.case.remove(other)
        return True


class BoundarySplit(Node, BoundaryEventSplit):
    """SpiffWorkflow puts this before an activity with boundary events: starts the activity and arms its events."""

    def _on_complete(self, token: Token) -> None:
        case, workflow = token.case, token.workflow
        case.remove(token)
        host = case.place(workflow, next(spec for spec in self.outputs if not isinstance(spec, bpmn.BoundaryEvent)))
        if workflow is case:
            case.reached.setdefault(host.task_spec.bpmn_id)
        for spec in self.outputs:
            if isinstance(spec, bpmn.BoundaryEvent):
                case.enter(workflow, spec, host=host.id)
        host.task_spec._update(host)


class SubWorkflowTask(Node, spiff.SubWorkflowTask):
    """A subprocess: shares the variables of the token that entered it."""

    def _update_hook(self, token: Token) -> bool:
        token._set_state(TaskState.STARTED)
        inner = token.case.open_subprocess(token)
        token.case.enter(inner, start_of(inner.spec))
        return False


class CallActivity(SubWorkflowTask, spiff.CallActivity):
    """A called process: like a subprocess."""


class ThrowingNode(Node):
    """Sends its message when it runs."""

    def _run_hook(self, token: Token) -> bool:
        throw_message(token)
        return True


class SendTask(ThrowingNode, spiff.SendTask):
    """Sends a message."""


class IntermediateThrowEvent(ThrowingNode, bpmn.IntermediateThrowEvent):
    """Sends a message on the way."""


class EndEvent(ThrowingNode, bpmn.EndEvent):
    """Ends its branch; a terminating one ends its process, one with an error looks for the boundary event of that error."""

    def _on_complete(self, token: Token) -> None:
        if isinstance(self.event_definition, ErrorEventDefinition):
            raise_error(token, self.event_definition)
            return
        end_workflow(token, terminate=isinstance(self.event_definition, TerminateEventDefinition))


def start_of(spec: Any) -> Any:
    """Return the one start event of a process or subprocess."""
    events = spec.bpmn_start_events
    if len(events) != 1:
        raise EngineError("engine.start", f"流程“{spec.name}”应当有且只有一个开始事件。")
    return events[0]


def _no_way(token: Token) -> EngineError:
    message = f"网关“{token.node_id}”的条件都不成立，也没有默认流向，请补上默认流向或更正数据。"
    return EngineError("engine.no_way", message, node_id=token.node_id)
