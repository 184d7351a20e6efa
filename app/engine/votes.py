"""Activities that run several times: multi-instance (会签, 或签, 顺序会签) and standard loops.

Mends the defects E1b, M4, E2–E6, E8 and E9 of SpiffWorkflow: the completion condition sees counters and all outputs so far, a
removed instance does not hold up the others, outputs stand in the order of the inputs, an empty collection passes at once, and
coming back to the activity starts afresh. The output collection is a list with one dict an instance: its `item` and its exports.
"""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.spiff.specs import defaults as spiff
from SpiffWorkflow.util.task import TaskState

from app.engine.case import Token
from app.engine.tasks import Node
from app.engine.types import EngineError, Variable
from app.engine.variables import as_variable

MAX_INSTANCES = 1000


class MultiInstance(Node):
    """What parallel and sequential have in common. `internal_data`: items, done (index and output), removed, next."""

    cardinality: str | None
    data_input: Any
    data_output: Any
    input_item: Any
    output_item: Any
    condition: str | None
    task_spec: str
    sequential = False

    def _update_hook(self, token: Token) -> bool:
        items = self._items(token)
        token.internal_data.update(items=items, done=[], removed=[], next=0)
        self._publish(token)
        if not items:
            return True
        token._set_state(TaskState.STARTED)
        for _ in items[:1] if self.sequential else items:
            self._next(token)
        return False

    def _items(self, token: Token) -> list[Variable]:
        source = self.data_input.bpmn_id.strip() if self.data_input is not None else (self.cardinality or "")
        value = token.case.evaluate_variable(token, source)
        if self.data_input is None:
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise _refused(token, "多实例的次数应当是不小于 0 的整数。")
            value = list(range(min(value, MAX_INSTANCES + 1)))
        if not isinstance(value, list):
            raise _refused(token, f"多实例节点“{token.node_id}”的集合“{source}”应当是列表。")
        if len(value) > MAX_INSTANCES:
            raise _refused(token, f"多实例一次最多 {MAX_INSTANCES} 个，请分批办理。")
        return value

    def _next(self, token: Token) -> None:
        """Start the instance of the next item."""
        internal = token.internal_data
        index = internal["next"]
        internal["next"] = index + 1
        child = token.case.place(token.workflow, self._wf_spec.task_specs[self.task_spec], parent=token, layer=True)  # type: ignore[attr-defined]
        child.internal_data["index"] = index
        if self.input_item is not None:
            child.data[_name(self.input_item)] = internal["items"][index]
        child.task_spec._update(child)

    def instance_done(self, token: Token, child: Token) -> None:
        """Take the output of a completed instance, and go on when that was the last or the condition holds."""
        own: Mapping[str, Variable] = child.data.maps[0]
        index = child.internal_data["index"]
        output: dict[str, Variable] = {"item": token.internal_data["items"][index]}
        hidden = _name(self.input_item) if self.input_item is not None else None
        output.update({key: value for key, value in own.items() if key != hidden})
        if self.output_item is not None:
            output.setdefault(_name(self.output_item), None)
        token.internal_data["done"].append([index, as_variable(output, node_id=token.node_id)])
        self._publish(token)
        self.check(token)

    def outputs_so_far(self, token: Token) -> list[Variable]:
        """Return the outputs in the order of the items."""
        return [output for _, output in sorted(token.internal_data["done"], key=lambda pair: pair[0])]

    def _publish(self, token: Token) -> None:
        if self.data_output is not None:
            token.data[self.data_output.bpmn_id.strip()] = self.outputs_so_far(token)

    def check(self, token: Token) -> None:
        """Go on if enough is done: all of it, or what the completion condition asks for. Otherwise start what is next."""
        if token.state != TaskState.STARTED:
            return
        internal = token.internal_data
        active, done = len(token.children), len(internal["done"])
        unstarted = len(internal["items"]) - internal["next"]
        total = len(internal["items"]) - len(internal["removed"])
        complete = active == 0 and unstarted == 0
        if not complete and done and self.condition and self.condition.strip():
            counters = {
                "nrOfInstances": total,
                "nrOfCompletedInstances": done,
                "nrOfActiveInstances": active,
                "outputs": self.outputs_so_far(token),
            }
            complete = bool(token.case.evaluate(token, self.condition, counters))
        if complete:
            for child in token.children:
                token.case.remove(child)
            token._set_state(TaskState.READY)
            token.case.queue.append(token)
        elif active == 0:
            self._next(token)

    def add(self, token: Token, item: Variable) -> None:
        """加签: one more instance; a sequential activity runs it last."""
        if len(token.internal_data["items"]) >= MAX_INSTANCES:
            raise _refused(token, f"多实例一次最多 {MAX_INSTANCES} 个。")
        token.internal_data["items"].append(as_variable(item, node_id=token.node_id))
        if not self.sequential:
            self._next(token)

    def withdraw(self, token: Token, child: Token) -> None:
        """减签: take an instance away; it counts no longer. Refused for the last one while none is done: nobody would have said a word."""
        internal = token.internal_data
        if not internal["done"] and len(token.children) == 1 and len(internal["items"]) == internal["next"]:
            raise EngineError("engine.last_signer", "会签至少要有一个人或部门办理，不能全部减去。", node_id=token.node_id)
        internal["removed"].append(child.internal_data["index"])
        token.case.remove(child)
        self.check(token)


class ParallelInstances(MultiInstance, spiff.ParallelMultiInstanceTask):
    """All at the same time."""


class SequentialInstances(MultiInstance, spiff.SequentialMultiInstanceTask):
    """One after the other."""

    sequential = True


class Loop(Node, spiff.StandardLoopTask):
    """Runs again while its condition holds, at most `loopMaximum` times; every run writes to the variables of the case."""

    def _update_hook(self, token: Token) -> bool:
        token.internal_data["rounds"] = 0
        if self.test_before and not self._again(token):
            return True
        token._set_state(TaskState.STARTED)
        self._next(token)
        return False

    def _again(self, token: Token) -> bool:
        if self.maximum is not None and token.internal_data["rounds"] >= self.maximum:
            return False
        return not (self.condition and self.condition.strip()) or bool(token.case.evaluate(token, self.condition))

    def _next(self, token: Token) -> None:
        child = token.case.place(token.workflow, self._wf_spec.task_specs[self.task_spec], parent=token)
        child.internal_data["index"] = token.internal_data["rounds"]
        child.task_spec._update(child)

    def instance_done(self, token: Token, child: Token) -> None:
        """Count the round, and run again or go on."""
        token.internal_data["rounds"] += 1
        if self._again(token):
            self._next(token)
        else:
            token._set_state(TaskState.READY)
            token.case.queue.append(token)


def _name(item: Any) -> str:
    """Return the variable of an input or output item: its name, or its id (which has to be unique in the file)."""
    return str(item.bpmn_name or item.bpmn_id)


def _refused(token: Token, message: str) -> EngineError:
    return EngineError("engine.multi_instance", message, node_id=token.node_id)
