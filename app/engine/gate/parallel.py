"""Rules about branches that run at the same time, all of them on the flows that lead forward.

Sets of nodes and of pairs of branches are bits of whole numbers: a diagram as dense as a carpet is judged in seconds, not minutes.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod

from app.engine.gate.giving import giving
from app.engine.gate.model import GateContext, Hit, Package, Rule, Scope, label
from app.engine.nodes import BPMN, local_name

MAX_AT_ONCE = 50
MAX_BRANCHES = 30  # more are told apart by their first thirty, for the time it takes
_COPYING = ("parallelGateway", "inclusiveGateway")
_ONE_ROW = (1 << MAX_BRANCHES) - 1


@dataclass(frozen=True, eq=False)
class Net:
    """The reachable nodes of a scope as bits, in an order in which each comes before all that follow it."""

    scope: Scope

    @cached_property
    def bit(self) -> dict[str, int]:
        """The bit of each reachable node."""
        return {node_id: 1 << place for place, node_id in enumerate(self.scope.order)}

    @cached_property
    def after(self) -> dict[str, int]:
        """All nodes that a token may come to from each node, itself included."""
        return self.after_without("")

    def after_without(self, closed: str) -> dict[str, int]:
        """Return the same for tokens that do not pass a certain node."""
        found: dict[str, int] = {closed: 0}
        for node_id in reversed(self.scope.order):
            if node_id != closed:
                reached = self.bit[node_id]
                for target in self.scope.forward[node_id]:
                    reached |= found[target]
                found[node_id] = reached
        return found

    @cached_property
    def joins(self) -> frozenset[str]:
        """Gateways that may wait for several branches."""
        incoming = self.scope.incoming
        return frozenset(
            node_id
            for node_id in self.bit
            if local_name(self.scope.nodes[node_id]) in _COPYING and len(incoming.get(node_id, [])) > 1
        )

    @cached_property
    def quiet_ends(self) -> int:
        """End events that let the other branches go on."""
        nodes = self.scope.nodes
        ends = [key for key in self.bit if local_name(nodes[key]) == "endEvent"]
        return self.bits(key for key in ends if nodes[key].find(f"{BPMN}terminateEventDefinition") is None)

    @cached_property
    def splits(self) -> list[tuple[str, list[str]]]:
        """Every place where a token becomes several, with the first node of each branch (of the first 30)."""
        found = []
        nodes, forward = self.scope.nodes, self.scope.forward
        for node_id in self.scope.order:
            targets = forward[node_id]
            beside = [t for t in targets if nodes[t].get("attachedToRef") and nodes[t].get("cancelActivity") == "false"]
            own = [target for target in targets if not nodes[target].get("attachedToRef")]
            if local_name(nodes[node_id]) in _COPYING and len(targets) > 1:
                found.append((node_id, targets[:MAX_BRANCHES]))
            elif beside and own:
                found.append((node_id, [*own, *beside][:MAX_BRANCHES]))
        return found

    @cached_property
    def meetings(self) -> dict[str, tuple[int, str]]:
        """How many branches of each split meet without a join, and where (the first such node); 1 and nothing when none do."""
        return {split: self._meeting(branches) for split, branches in self.splits}

    def bits(self, node_ids: Iterable[str]) -> int:
        """Return a set of reachable nodes; others are left out."""
        found = 0
        for node_id in node_ids:
            found |= self.bit.get(node_id, 0)
        return found

    def _meeting(self, branches: list[str]) -> tuple[int, str]:
        """Take pairs of branches along the flows: bit `a * 30 + b` says that branch a comes here past no join that it shares with b.

        `pairs` has that bit, `mirror` the bit `b * 30 + a` for the same, so that both together are the pairs that meet.
        """
        every = (1 << len(branches)) - 1
        pairs: dict[str, int] = {}
        mirror: dict[str, int] = {}
        coming: dict[str, int] = {}
        for number, branch in enumerate(branches):
            coming[branch] = 1 << number
            pairs[branch] = (every & ~(1 << number)) << (number * MAX_BRANCHES)
            mirror[branch] = sum(1 << (other * MAX_BRANCHES + number) for other in range(len(branches)) if other != number)
        met, where = 0, ""
        for node_id in self.scope.order:
            here = coming.get(node_id, 0)
            if not here:
                continue
            if node_id in self.joins:
                joined = ~_square(here)
                pairs[node_id] &= joined
                mirror[node_id] &= joined
            both = pairs[node_id] & mirror[node_id] if local_name(self.scope.nodes[node_id]) != "endEvent" else 0
            where = where or (node_id if both else "")
            met |= both
            for target in self.scope.forward[node_id]:
                coming[target] = coming.get(target, 0) | here
                pairs[target] = pairs.get(target, 0) | pairs[node_id]
                mirror[target] = mirror.get(target, 0) | mirror[node_id]
        rows = ((met >> (number * MAX_BRANCHES)) & _ONE_ROW for number in range(len(branches)))
        return 1 + max(row.bit_count() for row in rows), where


def _square(members: int) -> int:
    """Return every pair of these branches."""
    found = 0
    for number in range(members.bit_length()):
        if members >> number & 1:
            found |= members << (number * MAX_BRANCHES)
    return found


def _nets(package: Package) -> Iterator[tuple[str, Scope, Net]]:
    for diagram, scope in package.scopes():
        if "net" not in scope.kept:
            scope.kept["net"] = Net(scope)
        yield diagram.file, scope, scope.kept["net"]


def _unsynchronised(package: Package, _context: GateContext) -> Iterator[Hit]:
    for file, scope, net in _nets(package):
        for split, (count, where) in net.meetings.items():
            if count > 1:
                yield file, where, f"{label(scope.nodes[split])}的 {count} 个分支在{label(scope.nodes[where])}相遇"


def _explosion(package: Package, _context: GateContext) -> Iterator[Hit]:
    for file, scope, net in _nets(package):
        at_once = prod(count for count, _where in net.meetings.values())
        if at_once > MAX_AT_ONCE:
            shown = f"{at_once} 次" if at_once < 1_000_000 else "百万次以上"
            yield file, scope.element.get("id", ""), f"{label(scope.element)}的同一节点可能同时办理 {shown}"


def _may_wait(package: Package, _context: GateContext) -> Iterator[Hit]:
    for file, scope, net in _nets(package):
        choices = [key for key in scope.order if local_name(scope.nodes[key]) in ("exclusiveGateway", "eventBasedGateway")]
        for join in scope.order if choices else []:
            inputs = set(scope.sources.get(join, ()))
            if local_name(scope.nodes[join]) == "parallelGateway" and len(inputs) > 1:
                past = net.after_without(join)
                for choice in choices:
                    if _leaves_waiting(net, choice, join, inputs, past):
                        yield file, join, f"{label(scope.nodes[join])}可能等不到{label(scope.nodes[choice])}的分支"


def _leaves_waiting(net: Net, choice: str, join: str, inputs: set[str], past: dict[str, int]) -> bool:
    """Tell whether one way out of a choice leads past a join that then waits for ever for what comes by another."""
    entrances = net.bits(inputs)
    own = net.bit[choice]
    fed, leaves = [], False
    for target in net.scope.forward[choice]:
        feeds = own if target == join else entrances & past[target] & ~own
        leaves = leaves or (not feeds and bool(past[target] & net.quiet_ends))
        fed.append(feeds)
    if leaves and any(fed) and entrances & ~past[choice]:
        return True
    return not _is_chain(fed)


def _is_chain(sets: Iterable[int]) -> bool:
    """Tell whether of any two sets one holds the other."""
    ordered = sorted(set(sets), key=int.bit_count)
    return all(one & ~other == 0 for one, other in itertools.pairwise(ordered))


def _written_twice(package: Package, context: GateContext) -> Iterator[Hit]:
    given = giving(package, context)
    for file, scope, net in _nets(package):
        writers: dict[str, int] = {}
        for node_id in scope.order if net.splits else []:
            for name in given.by(scope.nodes[node_id]):
                writers[name] = writers.get(name, 0) | net.bit[node_id]
        shared = {name: nodes for name, nodes in writers.items() if nodes.bit_count() > 1}
        for split, branches in net.splits if shared else []:
            ways = [net.after[branch] for branch in branches]
            told = [name for name, nodes in shared.items() if not _is_chain(way & nodes for way in ways)]
            if told:
                yield file, split, f"{label(scope.nodes[split])}之后的变量 {'、'.join(sorted(told))}"


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
