"""Rules about which elements a diagram may contain: what the engine gets wrong or does not know is refused."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from app.engine.gate.model import GateContext, Hit, Package, Rule, label
from app.engine.nodes import BPMN, SPIFF, local_name

Find = Callable[[Package, GateContext], Iterable[Hit]]

_DATA = (
    "dataObject", "dataObjectReference", "dataStore", "dataStoreReference", "ioSpecification", "dataInputAssociation",
    "dataOutputAssociation",
)  # fmt: skip
_MESSAGE_TIMER = ("messageEventDefinition", "timerEventDefinition")
_EVENTS = {
    "startEvent": (),  # cases are begun by people and by the house: the engine would pass over what is drawn here
    "endEvent": ("messageEventDefinition", "terminateEventDefinition", "errorEventDefinition"),
    "intermediateCatchEvent": _MESSAGE_TIMER,
    "intermediateThrowEvent": ("messageEventDefinition",),
    "boundaryEvent": (*_MESSAGE_TIMER, "errorEventDefinition"),
}
_PASSED_OVER = (
    "performer", "humanPerformer", "potentialOwner", "resourceRole", "property", "correlationSubscription", "ioBinding",
)  # fmt: skip
_DEFAULTS = {
    "startQuantity": "1",
    "completionQuantity": "1",
    "behavior": "All",
    "instantiate": "false",
    "parallelMultiple": "false",
}
"""Attributes that the engine does not read, with the only value that changes nothing."""
_BOOLEANS = (
    "triggeredByEvent", "cancelActivity", "isInterrupting", "isSequential", "testBefore", "isForCompensation",
)  # fmt: skip
_NAMED = ("signal", "link", "compensate", "conditional", "escalation", "cancel")


def definitions(event: Any) -> list[Any]:
    """Return the event definitions of an event."""
    return [child for child in event if local_name(child).endswith("EventDefinition")]


def _present(*tags: str) -> Find:
    def find(package: Package, _context: GateContext) -> Iterator[Hit]:
        for diagram in package.diagrams:
            for element in diagram.all(*tags):
                yield diagram.file, element.get("id", ""), label(element)

    return find


def _event(kind: str) -> Find:
    def find(package: Package, _context: GateContext) -> Iterator[Hit]:
        for diagram in package.diagrams:
            for definition in diagram.all(f"{kind}EventDefinition"):
                event = definition.getparent()
                yield diagram.file, event.get("id", ""), label(event)

    return find


def _scripts(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram in package.diagrams:
        for script in diagram.root.iter(f"{SPIFF}preScript", f"{SPIFF}postScript"):
            if (script.text or "").strip():
                owner = script.getparent().getparent()
                yield diagram.file, owner.get("id", ""), label(owner)


def _event_subprocesses(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram in package.diagrams:
        for inner in diagram.all("subProcess"):
            if inner.get("triggeredByEvent") == "true":
                yield diagram.file, inner.get("id", ""), label(inner)


def _ignored(package: Package, _context: GateContext) -> Iterator[Hit]:
    """What the standard knows and the engine passes over, so that a diagram would say one thing and do another."""
    for diagram in package.diagrams:
        for element in diagram.all(*_PASSED_OVER):
            owner = element.getparent()
            yield diagram.file, owner.get("id", ""), f"{label(owner)}的 {local_name(element)}"
        for element in diagram.root.iter(f"{BPMN}*"):
            for name, meaning in _DEFAULTS.items():
                if element.get(name, meaning) != meaning:
                    owner = element if element.get("id") else element.getparent()
                    yield diagram.file, owner.get("id", ""), f"{label(owner)}的 {name}=“{element.get(name)}”"


def _booleans(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram in package.diagrams:
        for element in diagram.root.iter(f"{BPMN}*"):
            for name in _BOOLEANS:
                if element.get(name, "true") not in ("true", "false"):
                    owner = element if element.get("id") else element.getparent()
                    yield diagram.file, owner.get("id", ""), f"{label(owner)}的 {name}=“{element.get(name)}”"


def _misplaced(package: Package, _context: GateContext) -> Iterator[Hit]:
    """Event definitions that are known, but not in this place; plain catching and boundary events."""
    for diagram, _scope, node in package.nodes(*_EVENTS):
        kind = local_name(node)
        found = [local_name(item) for item in definitions(node)]
        allowed = _EVENTS[kind]
        named = {f"{name}EventDefinition" for name in _NAMED}
        if len(found) > 1:
            yield diagram.file, node.get("id", ""), f"{label(node)}有几种事件"
        elif not found and kind in ("intermediateCatchEvent", "boundaryEvent"):
            yield diagram.file, node.get("id", ""), f"{label(node)}没有说明等待什么"
        elif found and found[0] not in allowed and found[0] not in named:
            yield diagram.file, node.get("id", ""), label(node)


def _starts_and_ends(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope in package.scopes():
        kinds = [local_name(node) for node in scope.nodes.values()]
        if kinds.count("startEvent") != 1 or "endEvent" not in kinds:
            yield diagram.file, scope.element.get("id", ""), label(scope.element)


def _boundary(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope, node in package.nodes("boundaryEvent"):
        host = scope.nodes.get(node.get("attachedToRef", ""))
        errors = node.find(f"{BPMN}errorEventDefinition") is not None
        if host is None or not local_name(host).endswith(("Task", "task", "subProcess", "callActivity")):
            yield diagram.file, node.get("id", ""), f"{label(node)}没有附着在任务或子流程上"
        elif errors and (node.get("cancelActivity") == "false" or local_name(host) not in ("subProcess", "callActivity")):
            yield diagram.file, node.get("id", ""), f"{label(node)}只能作为中断事件附着在子流程上"


RULES = (
    Rule("element.script", "不能使用脚本任务", "请改用服务任务调用已登记的业务操作。", _present("scriptTask")),
    Rule("element.pre_post_script", "不能使用前置或后置脚本", "请删去脚本，需要的计算写成表达式或业务操作。", _scripts),
    Rule("element.event_subprocess", "不能使用事件子流程", "请把流程包在子流程中，在它的边界上放消息事件。", _event_subprocesses),
    Rule("element.ad_hoc", "不能使用临时（ad-hoc）子流程", "请改用普通子流程。", _present("adHocSubProcess")),
    Rule("element.complex_gateway", "不能使用复杂网关", "请改用排他、并行或包容网关。", _present("complexGateway")),
    Rule("element.transaction", "不能使用事务子流程", "请改用普通子流程。", _present("transaction")),
    Rule("element.signal", "不能使用信号事件", "请改用消息事件。", _event("signal")),
    Rule("element.link", "不能使用链接事件", "请直接画一条顺序流。", _event("link")),
    Rule("element.compensation", "不能使用补偿事件", "请把撤销步骤画成普通任务。", _event("compensate")),
    Rule("element.conditional", "不能使用条件事件", "请改用消息事件，由业务操作在条件满足时发出消息。", _event("conditional")),
    Rule("element.escalation", "不能使用升级事件", "请改用消息事件。", _event("escalation")),
    Rule("element.cancel", "不能使用取消事件", "请改用终止结束事件或错误事件。", _event("cancel")),
    Rule(
        "element.event_place",
        "事件的种类与位置不符",
        "请核对事件的图标：开始用空，等待用消息或定时，结束用空、消息、错误或终止。",
        _misplaced,
    ),
    Rule(
        "element.ignored",
        "引擎不理会这个设置，流程会与图上写的不同",
        "请删去它：由谁办理看泳道和“指定办理人”，变量由表单导出或业务操作给出。",
        _ignored,
    ),
    Rule("element.boolean", "是否的写法引擎不认识", "请写成 true 或 false，或在设计器里重新设置后保存。", _booleans),
    Rule("element.boundary", "边界事件的用法不对", "请把边界事件拖到任务或子流程的边上；错误事件只能附着在子流程上。", _boundary),
    Rule("element.start_end", "流程或子流程应当有且只有一个开始事件，并且有结束事件", "请补上或删去多余的。", _starts_and_ends),
    Rule(
        "element.data", "不能使用数据对象、数据存储和输入输出规范", "请删去，流程变量由表单导出或业务操作给出。", _present(*_DATA)
    ),
)
