"""Rules about the order in which variables come to be: what an expression reads must have been given before it.

Facts flow along the sequence flows until nothing changes: at each node, which variables may have been given on some way to it, and
which have been given on every way. Branches of a parallel block do not see each other, since nobody knows which is first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engine.expressions import Expression
from app.engine.gate.model import Diagram, GateContext, Hit, Package, Rule, Scope
from app.engine.gate.reading import LOOP, Text, item_name, written_by, written_inside
from app.engine.gate.texts import known_in, of_instances, parsed_texts
from app.engine.nodes import BPMN, CONTAINERS, SPIFF, local_name

_MOST_ROUNDS = 200
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
    outputs: Mapping[str, frozenset[str]]  # decision -> variables that its table sets
    called: Mapping[str, frozenset[str]]  # process -> variables that it sets
    before: dict[str, Facts] = field(default_factory=dict)
    after: dict[str, Facts] = field(default_factory=dict)

    def run(self, container: Any, entry: Facts) -> Facts:
        """Let the facts flow through a process or subprocess; return what holds when it has ended."""
        scope = Scope(container)
        for _ in range(_MOST_ROUNDS):
            changed = 0
            for node_id in scope.order:
                changed += self._visit(scope, node_id, entry)
            if not changed:
                break
        ends = [self.after[key] for key, node in scope.nodes.items() if local_name(node) == "endEvent" and key in self.after]
        return _met(ends) or entry

    def _visit(self, scope: Scope, node_id: str, entry: Facts) -> bool:
        """Take the facts on to a node; tell whether they are new."""
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
            inside = self._given(scope.nodes[host])
            return None if came is None else Facts(came.maybe | inside, came.surely)
        sources = [flow.get("sourceRef", "") for flow in scope.incoming.get(node_id, [])]
        came_in = [self.after[source] for source in sources if source in self.after]
        if local_name(node) == "parallelGateway":
            return _joined(came_in)
        return _met(came_in)

    def _passing(self, node: Any, before: Facts) -> Facts:
        if local_name(node) in CONTAINERS:
            loop = node.find(LOOP)
            item = frozenset({item_name(loop, "inputDataItem")}) if loop is not None else frozenset[str]()
            inside = self.run(node, before.plus(item))
            return inside if loop is None else before.plus(self._given(node))
        return before.plus(self._given(node))

    def _given(self, node: Any) -> frozenset[str]:
        """Return the variables of the case that an element gives, with all that is inside it."""
        names = set(written_by(node, self.context))
        if node.find(LOOP) is None:
            for inner in node.iter(f"{BPMN}*") if local_name(node) in CONTAINERS else ():
                names |= written_by(inner, self.context)
            for decision in node.iter(f"{SPIFF}calledDecisionId"):
                names |= self.outputs.get((decision.text or "").strip(), frozenset())
            for call in node.iter(f"{BPMN}callActivity"):
                names |= self.called.get(call.get("calledElement", ""), frozenset())
        return frozenset(names)


def _met(ways: list[Facts]) -> Facts | None:
    if not ways:
        return None
    return Facts(frozenset[str]().union(*(way.maybe for way in ways)), ways[0].surely.intersection(*(way.surely for way in ways)))


def _joined(ways: list[Facts]) -> Facts | None:
    if not ways:
        return None
    both = (frozenset[str]().union(*(getattr(way, name) for way in ways)) for name in ("maybe", "surely"))
    return Facts(*both)


def _analyses(package: Package, context: GateContext) -> Iterator[tuple[Any, _Analysis]]:
    """Yield each process with its facts; processes that others call begin with whatever their callers may have."""
    outputs = {
        decision.get("id", ""): frozenset(output.get("name") or "" for output in decision.iter("{*}output"))
        for root in package.tables.values()
        for decision in root.iter("{*}decision")
    }
    processes = {item.get("id", ""): item for diagram in package.diagrams for item in diagram.processes}
    called_by_others = {call.get("calledElement", "") for item in processes.values() for call in item.iter(f"{BPMN}callActivity")}
    called = {name: frozenset(known_in(package, name, context)) for name in called_by_others if name in processes}
    for name, process in processes.items():
        if process.get("isExecutable") == "true":
            begins = frozenset((context.variables or {}).get(name, frozenset())) | called.get(name, frozenset())
            analysis = _Analysis(context, outputs, called)
            analysis.run(process, Facts(begins, begins))
            yield process, analysis


def _readings(package: Package, context: GateContext) -> Iterator[tuple[Diagram, Any, Text, Expression, Facts]]:
    """Yield every expression with the facts at its place and what belongs to the instances around it taken as given."""
    if context.variables is None:
        return
    facts = {id(process): analysis for process, analysis in _analyses(package, context)}
    elements: dict[int, dict[str, Any]] = {}
    for diagram, process, text, expression in parsed_texts(package):
        analysis = facts.get(id(process))
        if analysis is None or not expression.names:
            continue
        if id(process) not in elements:
            elements[id(process)] = {item.get("id", ""): item for item in process.iter(f"{BPMN}*")}
        here = _place(analysis, elements[id(process)].get(text.element), text)
        if here is not None and expression.names - here.surely - text.own:
            own = text.own | of_instances(process, text.element, context)
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
    known: dict[int, set[str]] = {}
    for diagram, process, text, expression, here in _readings(package, context):
        if id(process) not in known:
            known[id(process)] = known_in(package, process.get("id", ""), context)
        for name in sorted((expression.names & known[id(process)]) - here.maybe):
            yield diagram.file, text.element, f"{text.purpose}“{text.source.strip()[:60]}”中的 {name}"


def _not_always(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, _process, text, expression, here in _readings(package, context):
        for name in sorted((expression.names & here.maybe) - here.surely):
            yield diagram.file, text.element, f"{text.purpose}“{text.source.strip()[:60]}”中的 {name}"


RULES = (
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
