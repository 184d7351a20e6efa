"""Rules about sequence flows and gateways."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from app.engine.gate.model import GateContext, Hit, Package, Rule, Scope, label
from app.engine.gate.parallel import RULES as PARALLEL
from app.engine.nodes import BPMN, local_name
from app.engine.paths import reach

MAX_NODES = 400
_CHOOSING = ("exclusiveGateway", "inclusiveGateway")
_GATEWAYS = (*_CHOOSING, "parallelGateway", "eventBasedGateway", "complexGateway")


def _on_tasks(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope in package.scopes():
        for flow in scope.flows:
            source = scope.nodes.get(flow.get("sourceRef", ""))
            conditional = flow.find(f"{BPMN}conditionExpression") is not None
            if source is not None and conditional and local_name(source) not in _CHOOSING:
                yield diagram.file, flow.get("id", ""), f"{label(source)}之后"


def _two_out(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope, node in package.nodes():
        if local_name(node) not in _GATEWAYS and len(scope.outgoing.get(node.get("id", ""), [])) > 1:
            yield diagram.file, node.get("id", ""), label(node)


def _no_default(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope, node in package.nodes(*_CHOOSING):
        out = scope.outgoing.get(node.get("id", ""), [])
        asks = len(out) > 1 or any(_condition(flow) for flow in out)
        if asks and node.get("default") not in {flow.get("id") for flow in out}:
            yield diagram.file, node.get("id", ""), label(node)


def _no_condition(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope, node in package.nodes(*_CHOOSING):
        out = scope.outgoing.get(node.get("id", ""), [])
        for flow in out if len(out) > 1 else []:
            if flow.get("id") != node.get("default") and not _condition(flow):
                yield diagram.file, flow.get("id", ""), f"{label(node)}到“{flow.get('targetRef')}”"


def _default_condition(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope, node in package.nodes(*_CHOOSING):
        for flow in scope.outgoing.get(node.get("id", ""), []):
            if flow.get("id") == node.get("default") and _condition(flow):
                yield diagram.file, flow.get("id", ""), f"{label(node)}到“{flow.get('targetRef')}”"


def _condition(flow: Any) -> str:
    """Return what is written as the condition of a flow."""
    return (flow.findtext(f"{BPMN}conditionExpression") or "").strip()


def _event_gateways(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope, gateway in package.nodes("eventBasedGateway"):
        timers = 0
        messages: list[str] = []
        for flow in scope.outgoing.get(gateway.get("id", ""), []):
            target = scope.nodes.get(flow.get("targetRef", ""))
            if target is None:
                continue
            if local_name(target) not in ("intermediateCatchEvent", "receiveTask"):
                yield diagram.file, gateway.get("id", ""), f"{label(gateway)}之后只能是等待消息或定时的事件"
            elif len(scope.incoming.get(target.get("id", ""), [])) > 1:
                yield diagram.file, gateway.get("id", ""), f"{label(target)}还有别的来路"
            timers += target.find(f"{BPMN}timerEventDefinition") is not None
            told = target.find(f"{BPMN}messageEventDefinition")
            messages.append((target if told is None else told).get("messageRef", ""))
        if timers > 1:
            yield diagram.file, gateway.get("id", ""), f"{label(gateway)}之后有 {timers} 个定时事件"
        if any(messages.count(one) > 1 for one in filter(None, messages)):
            yield diagram.file, gateway.get("id", ""), f"{label(gateway)}之后有两个事件等待同一消息，后一个永远轮不到"


def _unreachable(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope in package.scopes():
        if any(local_name(node) == "startEvent" for node in scope.nodes.values()):
            for node_id, node in scope.nodes.items():
                if node_id not in scope.forward:
                    yield diagram.file, node_id, label(node)


def _dead_ends(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope, node in package.nodes():
        if local_name(node) != "endEvent" and not scope.outgoing.get(node.get("id", "")):
            yield diagram.file, node.get("id", ""), label(node)


def _dangling(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope in package.scopes():
        for flow in scope.flows:
            source, target = (scope.nodes.get(flow.get(end, "")) for end in ("sourceRef", "targetRef"))
            if source is None or target is None:
                yield diagram.file, flow.get("id", ""), f"“{flow.get('sourceRef')}”到“{flow.get('targetRef')}”"
            elif local_name(source) == "endEvent" or local_name(target) in ("startEvent", "boundaryEvent"):
                yield diagram.file, flow.get("id", ""), f"{label(source)}到{label(target)}"


def _doubled(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope in package.scopes():
        pairs = Counter((flow.get("sourceRef"), flow.get("targetRef")) for flow in scope.flows)
        for (source, target), count in pairs.items():
            if count > 1:
                yield diagram.file, str(source), f"“{source}”到“{target}”有 {count} 条"


def _too_long(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope in package.scopes():
        if longest_walk(scope) >= MAX_NODES:
            yield diagram.file, scope.element.get("id", ""), f"{label(scope.element)}一条线上有 {MAX_NODES} 个以上节点"


def longest_walk(scope: Scope) -> int:
    """Return how many nodes the parser's recursion may stack up: the longest way forward."""
    depth: dict[str, int] = {}
    for node_id in reversed(scope.order):
        depth[node_id] = 1 + max((depth.get(target, 0) for target in scope.forward[node_id]), default=0)
    return max(depth.values(), default=0)


def _no_way_out(package: Package, _context: GateContext) -> Iterator[Hit]:
    """Where a token comes in and can never end. What leads to a dead end only is told there (`flow.dead_end`)."""
    for diagram, scope in package.scopes():
        back: dict[str, list[str]] = {}
        for node_id, targets in scope.next.items():
            for target in targets:
                back.setdefault(target, []).append(node_id)
        ends = [node_id for node_id in scope.nodes if not scope.outgoing.get(node_id)]
        free = _reach_along(back, ends)
        caught = [node_id for node_id in scope.order if node_id not in free]
        entries = [
            one for one in caught if local_name(scope.nodes[one]) == "startEvent" or not free.isdisjoint(back.get(one, []))
        ]
        for node_id in entries:
            yield diagram.file, node_id, label(scope.nodes[node_id])


def _reach_along(edges: dict[str, list[str]], starts: list[str]) -> frozenset[str]:
    return reach(starts, lambda at: edges.get(at, []))


def _idle_cycles(package: Package, _context: GateContext) -> Iterator[Hit]:
    """Cycles of gateways alone: no variable changes on the way, so that whoever goes round once goes round for ever."""
    for diagram, scope in package.scopes():
        for node_id in _in_cycles(scope, [key for key, node in scope.nodes.items() if local_name(node) in _GATEWAYS]):
            yield diagram.file, node_id, label(scope.nodes[node_id])
            break  # one finding a scope says enough


def _endless(package: Package, _context: GateContext) -> Iterator[Hit]:
    """Cycles in which nobody and nothing is waited for: the engine would stop such a case after some thousand steps."""
    for diagram, scope in package.scopes():
        for node_id in _in_cycles(scope, [key for key, node in scope.nodes.items() if not _may_wait(node)]):
            if local_name(scope.nodes[node_id]) not in _GATEWAYS:
                yield diagram.file, node_id, label(scope.nodes[node_id])


def _in_cycles(scope: Scope, among: list[str]) -> Iterator[str]:
    """Yield the nodes that a token may come back to without leaving `among`."""
    busy = frozenset(among)
    onward = {node_id: [target for target in scope.next[node_id] if target in busy] for node_id in among}
    return (node_id for node_id in among if node_id in reach(onward[node_id], onward.__getitem__))


def _may_wait(node: Any) -> bool:
    kinds = ("userTask", "manualTask", "receiveTask", "intermediateCatchEvent", "callActivity", "boundaryEvent")
    return local_name(node) in kinds or any(local_name(inner) in kinds for inner in node.iter(f"{BPMN}*"))


RULES = (
    Rule("flow.dangling", "顺序流两端的元素不在同一流程中", "请重新连接这条顺序流；跨子流程不能连线。", _dangling),
    Rule("flow.doubled", "两个元素之间有几条顺序流", "请只留一条，把条件合并。", _doubled),
    Rule("flow.condition_on_task", "任务和事件之后的顺序流不能带条件", "请加一个排他网关，把条件放在它的流向上。", _on_tasks),
    Rule("flow.two_out", "任务或事件只能有一条流出的顺序流", "请在后面加一个网关再分支。", _two_out),
    Rule("flow.no_default", "网关没有默认流向", "请指定一条默认流向，条件都不成立时走它。", _no_default),
    Rule("flow.no_condition", "网关的非默认流向没有条件", "请填写条件，或把它设为默认流向。", _no_condition),
    Rule("flow.default_condition", "默认流向上的条件不起作用", "请删去这个条件，或另设一条默认流向。", _default_condition),
    Rule("flow.event_gateway", "事件网关的用法不对", "之后只接消息事件和至多一个定时事件，且没有别的来路。", _event_gateways),
    Rule("flow.unreachable", "从开始事件到不了这个节点", "请连上顺序流，或删去这个节点。", _unreachable),
    Rule("flow.dead_end", "节点没有流出的顺序流，也不是结束事件", "请连到下一个节点或结束事件。", _dead_ends),
    Rule("flow.no_way_out", "从这里走不到任何结束事件，办件会一直转下去", "请加一个网关，让循环有一条通向结束事件的出路。", _no_way_out),
    Rule("flow.idle_cycle", "几个网关连成一圈，进去就出不来", "请在圈里放一个任务或等待的事件，或删去连回去的线。", _idle_cycles),
    Rule(
        "flow.endless",
        "循环中没有人办理，也没有等待，可能停不下来",
        "请在循环里加一个用户任务、定时或消息事件，或限制次数。",
        _endless,
        "warning",
    ),
    Rule("flow.too_long", "流程过长，引擎无法读取", "请把一部分节点移入子流程。", _too_long),
    *PARALLEL,
)  # fmt: skip
