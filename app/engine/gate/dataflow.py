"""Rules about the order in which variables come to be: what an expression reads must have been given before it.

Facts flow along the sequence flows until nothing changes: at each node, which variables may have been given on some way to it, and
which have been given on every way. Branches of a parallel block do not see each other, since nobody knows which is first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.engine.expressions import Expression
from app.engine.gate.giving import Giving, giving
from app.engine.gate.model import Diagram, GateContext, Hit, Package, Rule, Scope, label
from app.engine.gate.reading import LOOP, Text, item_name, written_inside
from app.engine.gate.texts import known_in, parsed_texts
from app.engine.nodes import BPMN, CONTAINERS, is_executable, local_name

MOST_VISITS = 60_000
"""Nodes looked at in one process, again and again, until nothing changes; the largest process of the house takes about 300."""
_AFTERWARDS = ("完成条件", "循环条件")
"""Expressions that are evaluated after their activity has run."""


@dataclass(frozen=True)
class Facts:
    """The variables that may be there, and those that are there whatever way the case came."""

    maybe: frozenset[str]
    surely: frozenset[str]

    def plus(self, names: frozenset[str]) -> "Facts":
        """Return the facts after something gave these variables."""
        return Facts(self.maybe | names, self.surely | names)


@dataclass
class _Analysis:
    """The facts of one process, before and after each of its nodes, those of its subprocesses included."""

    context: GateContext
    given: Giving
    left: int = MOST_VISITS
    scopes: dict[Any, Scope] = field(default_factory=dict)
    before: dict[str, Facts] = field(default_factory=dict)
    after: dict[str, Facts] = field(default_factory=dict)

    def run(self, container: Any, entry: Facts) -> Facts:
        """Let the facts flow through a process or subprocess; return what holds when it has ended."""
        scope = self.scopes.setdefault(container, Scope(container))
        changed = 1
        while changed and self.left > 0:
            changed = 0
            for node_id in scope.order:
                changed += self._visit(scope, node_id, entry)
        ends = [self.after[key] for key, node in scope.nodes.items() if local_name(node) == "endEvent" and key in self.after]
        return _met(ends) or entry

    def _visit(self, scope: Scope, node_id: str, entry: Facts) -> bool:
        """Take the facts on to a node; tell whether they are new."""
        self.left -= 1
        before = self._arriving(scope, node_id, entry)
        if before is None or (before == self.before.get(node_id) and node_id in self.after):
            return False
        self.before[node_id] = before
        self.after[node_id] = self._passing(scope.nodes[node_id], before)
        return True

    def _arriving(self, scope: Scope, node_id: str, entry: Facts) -> Facts | None:
        node = scope.nodes[node_id]
        if local_name(node) == "startEvent":
            return entry
        host = node.get("attachedToRef")
        if host in scope.nodes:
            came = self.before.get(host)
            inside = self.given.by(scope.nodes[host])
            return None if came is None else Facts(came.maybe | inside, came.surely)
        came_in = [self.after[source] for source in scope.sources.get(node_id, ()) if source in self.after]
        if local_name(node) == "parallelGateway":
            return _joined(came_in)
        return _met(came_in)

    def _passing(self, node: Any, before: Facts) -> Facts:
        if local_name(node) in CONTAINERS:
            loop = node.find(LOOP)
            item = frozenset({item_name(loop, "inputDataItem")}) if loop is not None else frozenset[str]()
            inside = self.run(node, before.plus(item))
            return inside if loop is None else before.plus(self.given.by(node))
        return before.plus(self.given.by(node))


def _met(ways: list[Facts]) -> Facts | None:
    if len(ways) < 2:
        return ways[0] if ways else None
    return Facts(frozenset[str]().union(*(way.maybe for way in ways)), ways[0].surely.intersection(*(way.surely for way in ways)))


def _joined(ways: list[Facts]) -> Facts | None:
    if not ways:
        return None
    both = (frozenset[str]().union(*(getattr(way, name) for way in ways)) for name in ("maybe", "surely"))
    return Facts(*both)


def _analyses(package: Package, context: GateContext) -> Iterator[tuple[Any, _Analysis]]:
    """Yield each process with its facts; processes that others call begin with whatever their callers may have."""
    given = giving(package, context)
    called_by_others = frozenset[str]().union(*given.calls.values())
    for name, process in given.processes.items():
        if is_executable(process):
            known = known_in(package, name, context) if name in called_by_others else frozenset[str]()
            begins = frozenset((context.variables or {}).get(name, frozenset())) | known
            analysis = _Analysis(context, given)
            analysis.run(process, Facts(begins, begins))
            yield process, analysis


def arriving(package: Package, context: GateContext) -> dict[str, frozenset[str]]:
    """Return the variables that a case may have when it comes to each node, by its id; processes without cases are left out."""
    return {
        node_id: facts.maybe
        for _process, analysis in _kept_analyses(package, context)
        for node_id, facts in analysis.before.items()
    }


def _kept_analyses(package: Package, context: GateContext) -> list[tuple[Any, _Analysis]]:
    key = ("analyses", id(context))
    if key not in package.kept:
        package.kept[key] = list(_analyses(package, context))
    found: list[tuple[Any, _Analysis]] = package.kept[key]
    return found


def _readings(package: Package, context: GateContext) -> Iterator[tuple[Diagram, Any, Text, Expression, Facts]]:
    """Yield every expression with the facts at its place and what belongs to the instances around it taken as given."""
    if context.variables is None:
        return
    facts = {id(process): analysis for process, analysis in _kept_analyses(package, context)}
    elements: dict[int, dict[str, Any]] = {}
    for diagram, process, text, expression in parsed_texts(package):
        analysis = facts.get(id(process))
        if analysis is None or not expression.names:
            continue
        if id(process) not in elements:
            elements[id(process)] = {item.get("id", ""): item for item in process.iter(f"{BPMN}*")}
        here = _place(analysis, elements[id(process)].get(text.element), text)
        if here is not None and expression.names - here.surely - text.own:
            own = text.own | analysis.given.of_instances(elements[id(process)].get(text.element))
            yield diagram, process, text, expression, here.plus(frozenset(own))


def _place(analysis: _Analysis, element: Any, text: Text) -> Facts | None:
    if element is None:
        return None
    if local_name(element) == "sequenceFlow":
        return analysis.after.get(element.get("sourceRef", ""))
    before = analysis.before.get(text.element)
    if before is not None and text.purpose in _AFTERWARDS:
        return before.plus(frozenset(written_inside(element, analysis.context)))
    return before


def _too_early(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, process, text, expression, here in _readings(package, context):
        known = known_in(package, process.get("id", ""), context)
        for name in sorted((expression.names & known) - here.maybe):
            yield text.hit(diagram.file, f"{text.shown}中的 {name}")


def _not_always(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, _process, text, expression, here in _readings(package, context):
        for name in sorted((expression.names & here.maybe) - here.surely):
            yield text.hit(diagram.file, f"{text.shown}中的 {name}")


def _tangled(package: Package, context: GateContext) -> Iterator[Hit]:
    if context.variables is None:
        return
    files = {id(process): diagram.file for diagram in package.diagrams for process in diagram.processes}
    for process, analysis in _kept_analyses(package, context):
        if analysis.left <= 0:
            yield files[id(process)], process.get("id", ""), label(process)


RULES = (
    Rule(
        "flow.too_tangled",
        "往回走的线嵌套太多，查不清变量从哪里来",
        "请拆成几个流程，或减少往回走的线。",
        _tangled,
    ),
    Rule(
        "variable.too_early",
        "表达式读取的变量在这之前没有环节给出",
        "请把给出它的环节移到前面，或在清单的初始变量中给它一个值。",
        _too_early,
    ),
    Rule(
        "variable.not_always",
        "从某些路走来时，这个变量还没有值",
        "请在清单的初始变量中给它一个值，或让每条路都给出它。",
        _not_always,
        "warning",
    ),
)
