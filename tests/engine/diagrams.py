"""Small diagrams as text, and a runner that checks after every step that the state survives being saved and read back."""

import hashlib
import itertools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from app.engine import runtime
from app.engine.specs import Spec, load_spec
from app.engine.types import Advance, NodeInfo, ReadyTask, Variable

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="Definitions" targetNamespace="http://x">\n'
)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def document(body: str, *, extra: str = "", process_id: str = "P") -> bytes:
    """One file with one executable process."""
    return f'{HEAD}<bpmn:process id="{process_id}" isExecutable="true">{body}</bpmn:process>{extra}</bpmn:definitions>'.encode()


def flows(text: str) -> str:
    """Sequence flows from lines such as `A > B > C` and `G > X if score > 3`; ids are `A_B`."""
    out = []
    for line in filter(None, (part.strip() for part in text.splitlines())):
        path, _, condition = line.partition(" if ")
        names = path.split(" > ")
        for source, target in itertools.pairwise(names):
            inner = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
            out.append(
                f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'
            )
    return "".join(out)


def properties(**values: str) -> str:
    """An extension element with application properties."""
    items = "".join(f'<spiffworkflow:property name="{k}" value="{escape(v)}" />' for k, v in values.items())
    return (
        f"<bpmn:extensionElements><spiffworkflow:properties>{items}</spiffworkflow:properties></bpmn:extensionElements>"
        if items
        else ""
    )


def user(node_id: str, inner: str = "", **values: str) -> str:
    """A user task."""
    return f'<bpmn:userTask id="{node_id}" name="{node_id}">{properties(**values)}{inner}</bpmn:userTask>'


def service(node_id: str, operation: str, result: str = "", inner: str = "", **params: str) -> str:
    """A service task that calls an operation."""
    items = "".join(f'<spiffworkflow:parameter id="{k}" type="any" value="{escape(v)}" />' for k, v in params.items())
    variable = f' resultVariable="{result}"' if result else ""
    return (
        f'<bpmn:serviceTask id="{node_id}"><bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="{operation}"{variable}>'
        f"<spiffworkflow:parameters>{items}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator></bpmn:extensionElements>"
        f"{inner}</bpmn:serviceTask>"
    )


def start(node_id: str = "S") -> str:
    """A plain start event."""
    return f'<bpmn:startEvent id="{node_id}" />'


def end(node_id: str = "E", inner: str = "", **values: str) -> str:
    """An end event."""
    return f'<bpmn:endEvent id="{node_id}">{properties(**values)}{inner}</bpmn:endEvent>'


def several(
    collection: str, item: str, *, output: str = "", element: str = "", condition: str = "", sequential: bool = False
) -> str:
    """Multi-instance characteristics over a collection variable."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<bpmn:loopDataInputRef>{collection}</bpmn:loopDataInputRef>"
        + (f"<bpmn:loopDataOutputRef>{output}</bpmn:loopDataOutputRef>" if output else "")
        + f'<bpmn:inputDataItem id="in_{item}_{output}" name="{item}" />'
        + (f'<bpmn:outputDataItem id="out_{element}_{output}" name="{element}" />' if element else "")
        + (f"<bpmn:completionCondition>{escape(condition)}</bpmn:completionCondition>" if condition else "")
        + "</bpmn:multiInstanceLoopCharacteristics>"
    )


def message(name: str, payload: str = "") -> str:
    """A message event definition; declare the message with `messages`."""
    inner = ""
    if payload:
        element = f"<spiffworkflow:messagePayload>{escape(payload)}</spiffworkflow:messagePayload>"
        inner = f"<bpmn:extensionElements>{element}</bpmn:extensionElements>"
    return f'<bpmn:messageEventDefinition messageRef="m_{name}">{inner}</bpmn:messageEventDefinition>'


def messages(*names: str) -> str:
    """Declarations for a file's end."""
    return "".join(f'<bpmn:message id="m_{name}" name="{name}" />' for name in names)


def timer(expression: str, kind: str = "timeDuration") -> str:
    """A timer event definition."""
    attribute = 'xsi:type="bpmn:tFormalExpression"'
    return f"<bpmn:timerEventDefinition><bpmn:{kind} {attribute}>{escape(expression)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def catch(node_id: str, definition: str) -> str:
    """An intermediate catch event."""
    return f'<bpmn:intermediateCatchEvent id="{node_id}">{definition}</bpmn:intermediateCatchEvent>'


def boundary(node_id: str, host: str, definition: str, *, interrupting: bool = True) -> str:
    """A boundary event."""
    attributes = f'id="{node_id}" attachedToRef="{host}" cancelActivity="{str(interrupting).lower()}"'
    return f"<bpmn:boundaryEvent {attributes}>{definition}</bpmn:boundaryEvent>"


def spec_of(content: bytes, **more: bytes) -> Spec:
    """Parse one file (and others by name)."""
    files = {"main.bpmn": content} | {name.replace("_", "."): data for name, data in more.items()}
    digest = hashlib.sha256(b"\0".join(files.values())).hexdigest()
    return load_spec(files, content_hash=digest)


class Run:
    """One case in a test: what it is at, and short verbs. Every step reads its state back and compares."""

    def __init__(
        self,
        content: bytes | Spec,
        *,
        operations: Mapping[str, Callable[..., Variable]] | None = None,
        functions: Mapping[str, Callable[..., object]] | None = None,
        **variables: Variable,
    ) -> None:
        self.spec = content if isinstance(content, Spec) else spec_of(content)
        self.operations = operations or {}
        self.calls: list[tuple[str, Mapping[str, Variable]]] = []
        self.now = NOW
        self.functions: dict[str, Callable[..., object]] = {"now": lambda: self.now, **(functions or {})}
        self.passed: list[str] = []
        self.at = self._checked(
            runtime.start(self.spec, process_id=self.spec.process_ids[0], variables=variables, **self._world())
        )

    def _world(self) -> dict[str, Any]:
        return {"call": self._call, "functions": self.functions}

    def _call(self, name: str, params: Mapping[str, Variable], *, node: NodeInfo) -> Variable:
        self.calls.append((name, params))
        return self.operations[name](**params)

    def _checked(self, advance: Advance) -> Advance:
        again = runtime.inspect(self.spec, advance.state)
        assert again.state == advance.state
        assert (again.ready, again.timers, again.waiting) == (advance.ready, advance.timers, advance.waiting)
        assert (again.ended, again.outcome, again.variables) == (advance.ended, advance.outcome, advance.variables)
        self.passed += [node.node_id for node in advance.passed]
        return advance

    @property
    def ready(self) -> list[str]:
        """The ids of the nodes that wait for people."""
        return [task.node.node_id for task in self.at.ready]

    def task(self, node_id: str, item: Variable = None) -> ReadyTask:
        """The ready task of a node (and item)."""
        return next(t for t in self.at.ready if t.node.node_id == node_id and (item is None or t.item == item))

    def do(self, node_id: str, item: Variable = None, **exports: Variable) -> "Run":
        """Complete a ready task."""
        task_id = self.task(node_id, item).task_id
        self.at = self._checked(runtime.complete(self.spec, self.at.state, task_id=task_id, exports=exports, **self._world()))
        return self

    def tell(self, name: str, **payload: Variable) -> "Run":
        """Deliver a message."""
        self.at = self._checked(runtime.deliver(self.spec, self.at.state, message=name, payload=payload, **self._world()))
        return self

    def tick(self, node_id: str) -> "Run":
        """Fire the timer of a node."""
        task_id = next(t.task_id for t in self.at.timers if t.node.node_id == node_id)
        self.at = self._checked(runtime.fire_timer(self.spec, self.at.state, task_id=task_id, **self._world()))
        return self

    def back(self, node_id: str, **variables: Variable) -> "Run":
        """Send back to a node."""
        self.at = self._checked(
            runtime.return_to(self.spec, self.at.state, node_id=node_id, variables=variables, **self._world())
        )
        return self

    def add(self, node_id: str, item: Variable) -> "Run":
        """Add an item to a running multi-instance."""
        self.at = self._checked(runtime.add_item(self.spec, self.at.state, node_id=node_id, item=item, **self._world()))
        return self

    def drop(self, node_id: str, item: Variable) -> "Run":
        """Remove one instance of a running multi-instance."""
        task_id = self.task(node_id, item).task_id
        self.at = self._checked(runtime.remove_item(self.spec, self.at.state, task_id=task_id, **self._world()))
        return self
