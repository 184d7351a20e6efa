"""Rules about branches that run at the same time."""

from collections.abc import Iterable, Iterator

from app.engine.gate.model import GateContext, Hit, Package, Rule, Scope, label
from app.engine.gate.reading import written_by
from app.engine.nodes import local_name
from app.engine.paths import reach

MAX_AT_ONCE = 50


def forecast(scope: Scope) -> dict[str, float]:
    """Return how many tokens each node may get in one pass: a choice shares its tokens out, a parallel split copies them.

    A join takes as many as its fullest way brings; everywhere else the ways add up.
    """
    tokens: dict[str, float] = {}
    arrived: dict[str, list[float]] = {}
    for node_id in scope.order:
        node = scope.nodes[node_id]
        kind = local_name(node)
        ways = arrived.get(node_id, [])
        joins = kind in ("parallelGateway", "inclusiveGateway")
        tokens[node_id] = 1.0 if kind == "startEvent" else (max(ways, default=0.0) if joins else sum(ways))
        targets = scope.forward[node_id]
        copies = kind in ("parallelGateway", "inclusiveGateway")
        interrupting = [
            t for t in targets if scope.nodes[t].get("attachedToRef") and scope.nodes[t].get("cancelActivity") != "false"
        ]
        for target in targets:
            beside = scope.nodes[target].get("attachedToRef") and target not in interrupting
            share = (
                1 if copies or beside else max(1, len(scope.next[node_id]) if kind.endswith("Gateway") else 1 + len(interrupting))
            )
            arrived.setdefault(target, []).append(tokens[node_id] / share)
    return tokens


def _explosion(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope in package.scopes():
        worst = max(forecast(scope).values(), default=0.0)
        if worst > MAX_AT_ONCE:
            yield diagram.file, scope.element.get("id", ""), f"{label(scope.element)}同一节点可能同时办理 {worst:.0f} 次"


def _unsynchronised(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope in package.scopes():
        tokens = forecast(scope)
        for node_id, count in tokens.items():
            before = [flow.get("sourceRef", "") for flow in scope.incoming.get(node_id, [])]
            ends = local_name(scope.nodes[node_id]) == "endEvent"
            if count > 1.01 and not ends and all(tokens.get(source, 0.0) <= 1.01 for source in before):
                yield diagram.file, node_id, label(scope.nodes[node_id])


def _written_twice(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, scope, gateway in package.nodes("parallelGateway", "inclusiveGateway"):
        branches = [_after(scope, target) for target in scope.forward.get(gateway.get("id", ""), [])]
        told: set[str] = set()
        for index, one in enumerate(branches):
            for other in branches[index + 1 :]:
                told |= _written(scope, one - other, context) & _written(scope, other - one, context)
        if told:
            yield diagram.file, gateway.get("id", ""), f"{label(gateway)}之后的变量 {'、'.join(sorted(told))}"


def _after(scope: Scope, node_id: str) -> frozenset[str]:
    return reach([node_id], lambda at: scope.forward.get(at, []))


def _written(scope: Scope, node_ids: Iterable[str], context: GateContext) -> set[str]:
    return {name for node_id in node_ids for name in written_by(scope.nodes[node_id], context)}


RULES = (
    Rule("parallel.explosion", "并行分支没有汇聚，办理次数会成倍增长", "请用并行网关把每组分支汇聚后再继续。", _explosion),
    Rule(
        "parallel.unsynchronised", "并行分支没有经并行网关汇聚，后面的节点会重复办理", "请用并行网关汇聚这些分支。",
        _unsynchronised, "warning",
    ),
    Rule("parallel.written_twice", "两个并行分支写入同一变量", "请给两个分支的导出字段或结果变量取不同的名称。", _written_twice),
)  # fmt: skip
