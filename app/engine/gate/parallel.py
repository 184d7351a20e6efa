"""Rules about branches that run at the same time, all of them on the flows that lead forward."""

from collections.abc import Iterable, Iterator
from math import prod

from app.engine.gate.model import GateContext, Hit, Package, Rule, Scope, label
from app.engine.gate.reading import written_by
from app.engine.nodes import BPMN, local_name
from app.engine.paths import reach

MAX_AT_ONCE = 50
MAX_BRANCHES = 30  # more are told apart by their first thirty, for the time it takes
_COPYING = ("parallelGateway", "inclusiveGateway")


def after(scope: Scope, node_id: str, *, without: Iterable[str] = ()) -> frozenset[str]:
    """Return all nodes that a token may come to from a node, itself included, without passing certain nodes."""
    closed = frozenset(without)
    return reach({node_id} - closed, lambda at: [target for target in scope.forward.get(at, []) if target not in closed])


def splits(scope: Scope) -> Iterator[tuple[str, list[str]]]:
    """Yield every place where a token becomes several, with the first node of each branch (of the first 30)."""
    for node_id in scope.order:
        targets = scope.forward[node_id]
        beside = [t for t in targets if scope.nodes[t].get("attachedToRef") and scope.nodes[t].get("cancelActivity") == "false"]
        own = [target for target in targets if not scope.nodes[target].get("attachedToRef")]
        if local_name(scope.nodes[node_id]) in _COPYING and len(targets) > 1:
            yield node_id, targets[:MAX_BRANCHES]
        elif beside and own:
            yield node_id, [*own, *beside][:MAX_BRANCHES]


def meeting(scope: Scope, branches: list[str]) -> tuple[int, str]:
    """Return how many branches meet without a join, and where (the first such node); 1 and nothing when none do."""
    key = ("meeting", *branches)
    if key not in scope.found:
        scope.found[key] = _meeting(scope, branches)
    found: tuple[int, str] = scope.found[key]
    return found


def _meeting(scope: Scope, branches: list[str]) -> tuple[int, str]:
    worst, where = 1, ""
    position = {node_id: index for index, node_id in enumerate(scope.order)}
    for one in branches:
        met = 1
        for other in branches:
            common = after(scope, one) & after(scope, other)
            joins = [
                node_id for node_id in common if local_name(scope.nodes[node_id]) in _COPYING and len(scope.incoming[node_id]) > 1
            ]
            both = after(scope, one, without=joins) & after(scope, other, without=joins)
            both = frozenset(node_id for node_id in both if local_name(scope.nodes[node_id]) != "endEvent")
            if one != other and both:
                met += 1
                where = min(both, key=position.__getitem__)
        worst = max(worst, met)
    return worst, where


def _unsynchronised(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope in package.scopes():
        for split, branches in splits(scope):
            count, where = meeting(scope, branches)
            if count > 1:
                yield diagram.file, where, f"{label(scope.nodes[split])}的 {count} 个分支在{label(scope.nodes[where])}相遇"


def _explosion(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope in package.scopes():
        at_once = prod(meeting(scope, branches)[0] for _split, branches in splits(scope))
        if at_once > MAX_AT_ONCE:
            yield diagram.file, scope.element.get("id", ""), f"{label(scope.element)}的同一节点可能同时办理 {at_once} 次"


def _may_wait(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope, join in package.nodes("parallelGateway"):
        inputs = {flow.get("sourceRef", "") for flow in scope.incoming.get(join.get("id", ""), [])}
        for node_id in scope.order if len(inputs) > 1 else []:
            if local_name(scope.nodes[node_id]) in ("exclusiveGateway", "eventBasedGateway") and _leaves_waiting(
                scope, node_id, join.get("id", ""), inputs
            ):
                yield diagram.file, join.get("id", ""), f"{label(join)}可能等不到{label(scope.nodes[node_id])}的分支"


def _leaves_waiting(scope: Scope, choice: str, join: str, inputs: set[str]) -> bool:
    """Tell whether one way out of a choice leads past a join that then waits for ever for what comes by another."""
    targets = scope.forward[choice]
    ways = [after(scope, target, without=[join]) for target in targets]
    fed = [{choice} if target == join else (inputs & way) - {choice} for target, way in zip(targets, ways, strict=True)]
    others = inputs - after(scope, choice, without=[join])
    leaves = [not feeds and _ends_quietly(scope, way) for feeds, way in zip(fed, ways, strict=True)]
    if others and any(leaves) and any(fed):
        return True
    return any(one - two and two - one for one in fed for two in fed)


def _ends_quietly(scope: Scope, way: Iterable[str]) -> bool:
    ends = [scope.nodes[node_id] for node_id in way if local_name(scope.nodes[node_id]) == "endEvent"]
    return any(event.find(f"{BPMN}terminateEventDefinition") is None for event in ends)


def _written_twice(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, scope in package.scopes():
        for split, branches in splits(scope):
            told: set[str] = set()
            ways = [after(scope, branch) for branch in branches]
            for index, one in enumerate(ways):
                for other in ways[index + 1 :]:
                    told |= _written(scope, one - other, context) & _written(scope, other - one, context)
            if told:
                yield diagram.file, split, f"{label(scope.nodes[split])}之后的变量 {'、'.join(sorted(told))}"


def _written(scope: Scope, node_ids: Iterable[str], context: GateContext) -> set[str]:
    return {name for node_id in node_ids for name in written_by(scope.nodes[node_id], context)}


RULES = (
    Rule("parallel.explosion", "并行分支没有汇聚，办理次数会成倍增长", "请用并行网关把每组分支汇聚后再继续。", _explosion),
    Rule(
        "parallel.unsynchronised", "并行分支没有经并行网关汇聚，后面的节点会重复办理", "请用并行网关汇聚这些分支。",
        _unsynchronised, "warning",
    ),
    Rule(
        "parallel.may_wait", "并行汇聚可能永远等不齐", "请让每个分支都到达汇聚网关；二选一的分支用排他网关合并。",
        _may_wait, "warning",
    ),
    Rule("parallel.written_twice", "两个并行分支写入同一变量", "请给两个分支的导出字段或结果变量取不同的名称。", _written_twice),
)  # fmt: skip
