"""Where the texts of a diagram are: expressions, what they are for, and which variables an element writes or reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.domain.lists import listed
from app.engine.gate.model import GateContext, Hit
from app.engine.nodes import BPMN, SPIFF, local_name, properties_of

LOOP = f"{BPMN}multiInstanceLoopCharacteristics"
_CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask"})
STANDARD_LOOP = f"{BPMN}standardLoopCharacteristics"


@dataclass(frozen=True)
class Text:
    """One expression: the element that it belongs to, what it is for, the text, and the variables only it may read.

    A cell of a decision table belongs to the task that asks the table; `cell` is its own place: file, id and what is written there.
    """

    element: str
    purpose: str
    source: str
    own: frozenset[str] = frozenset()
    cell: tuple[str, str, str] | None = None

    @property
    def shown(self) -> str:
        """What it is for and what is written there, for a finding."""
        return f"{self.purpose}“{(self.cell[2] if self.cell else self.source).strip()[:60]}”"

    def hit(self, file: str, detail: str) -> Hit:
        """Return the hit of a rule: at the cell of the table, else at the element in this file."""
        return (*self.cell[:2], detail) if self.cell else (file, self.element, detail)


def operator_of(node: Any) -> Any:
    """Return the service task operator of an element."""
    return node.find(f"{BPMN}extensionElements/{SPIFF}serviceTaskOperator")


def item_name(loop: Any, tag: str) -> str:
    """Return the variable of `inputDataItem` or `outputDataItem`."""
    item = loop.find(f"{BPMN}{tag}")
    return "" if item is None else (item.get("name") or item.get("id") or "").strip()


def written_by(node: Any, context: GateContext) -> set[str]:
    """Return the variables of the case that an element writes (inside a multi-instance only the output collection)."""
    loop = node.find(LOOP)
    if loop is not None:
        output = (loop.findtext(f"{BPMN}loopDataOutputRef") or "").strip()
        return {output} if output else set()
    return written_inside(node, context)


def written_inside(node: Any, context: GateContext) -> set[str]:
    """Return the variables that one run of an element writes."""
    if not len(node):
        return set(_brought(node, context))  # what it names stands inside
    properties = properties_of(node)
    names = set(listed(properties.get("exports", "")))
    names.update(context.recorders.get(properties.get("records", "").strip(), ()))
    operator = operator_of(node)
    if operator is not None and operator.get("resultVariable"):
        names.add(operator.get("resultVariable"))
    return names | _brought(node, context)


def _brought(node: Any, context: GateContext) -> frozenset[str]:
    """Return the variables that come with the message that an element waits for: they are there from its arrival on."""
    if not context.payloads or local_name(node) not in _CATCHING:
        return frozenset()
    definition = node.find(f"{BPMN}messageEventDefinition")
    reference = node.get("messageRef") if definition is None else definition.get("messageRef")
    messages = node.getroottree().getroot().iterfind(f"{BPMN}message")
    name = next((one.get("name") or "" for one in messages if reference and one.get("id") == reference), "")
    return context.payloads.get(name.strip(), frozenset())


def texts_of(container: Any) -> Iterator[Text]:
    """Yield every expression in a process or subprocess, except those of timers, with its element."""
    for element in container.iter(f"{BPMN}*"):
        if not len(element):
            continue  # an expression stands inside its element
        key = element.get("id", "")
        kind = local_name(element)
        if kind == "sequenceFlow" and element.find(f"{BPMN}conditionExpression") is not None:
            yield Text(key, "条件", element.findtext(f"{BPMN}conditionExpression") or "")
        if kind in ("userTask", "manualTask"):
            properties = properties_of(element)
            yield from (
                Text(key, name, properties[name]) for name in ("scope", "assignee", "due") if properties.get(name, "").strip()
            )
        operator = operator_of(element)
        if operator is not None:
            for parameter in operator.iter(f"{SPIFF}parameter"):
                yield Text(key, f"参数 {parameter.get('id')}", parameter.get("value") or "")
        payload = element.find(f"{BPMN}extensionElements/{SPIFF}messagePayload")
        if payload is not None and (payload.text or "").strip():
            owner = element.getparent() if kind.endswith("EventDefinition") else element
            yield Text(owner.get("id", ""), "消息内容", payload.text)
        yield from _loop_texts(element, key)


def _loop_texts(element: Any, key: str) -> Iterator[Text]:
    loop = element.find(LOOP)
    if loop is not None:
        output = (loop.findtext(f"{BPMN}loopDataOutputRef") or "").strip()
        counters = frozenset({"nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances", "outputs", output})
        for tag, purpose, own in (
            ("loopDataInputRef", "集合", frozenset[str]()),
            ("loopCardinality", "次数", frozenset[str]()),
            ("completionCondition", "完成条件", counters),
        ):
            if loop.find(f"{BPMN}{tag}") is not None:
                yield Text(key, purpose, loop.findtext(f"{BPMN}{tag}") or "", own)
    again = element.find(f"{STANDARD_LOOP}/{BPMN}loopCondition")
    if again is not None:
        yield Text(key, "循环条件", again.text or "")
