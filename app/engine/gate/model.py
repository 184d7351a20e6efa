"""What the gate reads (a package of diagrams and tables), what it is told about the house, and what it answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from app.engine.nodes import BPMN, CONTAINERS, is_executable, is_flow_node, lanes_of, local_name
from app.engine.operations import ParamSpec, ParamType

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: which rule, where, what it means and how to cure it. An `error` refuses the deployment."""

    rule: str
    element: str
    message: str
    cure: str
    severity: Severity
    file: str


@dataclass(frozen=True)
class Signature:
    """What a registered function of expressions takes, and whether what it gives is a time (a moment or a length)."""

    params: tuple[ParamType, ...]
    gives_time: bool


@dataclass(frozen=True)
class GateContext:
    """What a diagram may refer to. `roles` maps lane names to roles (`system` is nobody), `forms` form keys to field keys,
    `operations` names to parameters, `recorders` names to the variables that they give.

    `functions` are the registered functions of expressions, `signatures` what is known of them. `variables` maps process ids to the variables that a case has
    from its start; without it (None) variables are not checked. `payloads` maps messages to the variables that come with them.
    """

    roles: Mapping[str, str]
    forms: Mapping[str, frozenset[str]]
    operations: Mapping[str, Mapping[str, ParamSpec]]
    recorders: Mapping[str, tuple[str, ...]]
    messages: frozenset[str]
    stages: frozenset[str]
    actions: frozenset[str]
    functions: frozenset[str] = frozenset({"now"})
    variables: Mapping[str, frozenset[str]] | None = None
    payloads: Mapping[str, frozenset[str]] = field(default_factory=dict)
    signatures: Mapping[str, Signature] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Scope:
    """A process or subprocess: the nodes directly in it and the flows between them."""

    element: Any

    @cached_property
    def nodes(self) -> dict[str, Any]:
        """Flow nodes by id, in document order."""
        return {child.get("id", ""): child for child in self.element if is_flow_node(child)}

    @cached_property
    def flows(self) -> list[Any]:
        """Sequence flows in document order."""
        return list(self.element.findall(f"{BPMN}sequenceFlow"))

    @cached_property
    def outgoing(self) -> dict[str, list[Any]]:
        """Flows that leave each node."""
        found: dict[str, list[Any]] = {}
        for flow in self.flows:
            found.setdefault(flow.get("sourceRef", ""), []).append(flow)
        return found

    @cached_property
    def incoming(self) -> dict[str, list[Any]]:
        """Flows that enter each node."""
        found: dict[str, list[Any]] = {}
        for flow in self.flows:
            found.setdefault(flow.get("targetRef", ""), []).append(flow)
        return found

    @cached_property
    def sources(self) -> dict[str, list[str]]:
        """Where the flows that enter each node come from."""
        return {node_id: [flow.get("sourceRef", "") for flow in flows] for node_id, flows in self.incoming.items()}

    @cached_property
    def next(self) -> dict[str, list[str]]:
        """Where a token may go from each node: along its flows, and from an activity to its boundary events."""
        found = {node_id: [flow.get("targetRef", "") for flow in self.outgoing.get(node_id, [])] for node_id in self.nodes}
        for node_id, node in self.nodes.items():
            if node.get("attachedToRef") in found:
                found[node.get("attachedToRef")].append(node_id)
        return found

    @cached_property
    def forward(self) -> dict[str, list[str]]:
        """The same without the ways that lead back, found by a walk from the start events."""
        edges: dict[str, list[str]] = {}
        open_now: set[str] = set()
        stack = [(node_id, False) for node_id, node in reversed(self.nodes.items()) if local_name(node) == "startEvent"]
        while stack:
            node_id, leaving = stack.pop()
            if leaving:
                open_now.discard(node_id)
            elif node_id in self.next and node_id not in edges:
                open_now.add(node_id)
                stack.append((node_id, True))
                edges[node_id] = [target for target in self.next[node_id] if target not in open_now and target in self.nodes]
                stack.extend((target, False) for target in reversed(edges[node_id]))
        return edges

    @cached_property
    def order(self) -> list[str]:
        """The reachable nodes so that each comes before all that follow it."""
        found: list[str] = []
        seen: set[str] = set()
        stack = [(start, False) for start in self.forward]
        while stack:
            node_id, leaving = stack.pop()
            if leaving:
                found.append(node_id)
            elif node_id not in seen:
                seen.add(node_id)
                stack.append((node_id, True))
                stack.extend((target, False) for target in self.forward[node_id])
        return found[::-1]

    @cached_property
    def kept(self) -> dict[Any, Any]:
        """What rules have found out about this scope and want to keep, by rule and subject."""
        return {}


@dataclass(frozen=True, eq=False)
class Diagram:
    """One BPMN file."""

    file: str
    root: Any

    def all(self, *tags: str) -> Iterator[Any]:
        """Yield all elements of the model with these local names, in document order."""
        return self.root.iter(*(f"{BPMN}{tag}" for tag in tags))  # type: ignore[no-any-return]

    @cached_property
    def processes(self) -> list[Any]:
        """All processes, executable or not."""
        return list(self.root.findall(f"{BPMN}process"))

    @cached_property
    def scopes(self) -> list[Scope]:
        """Executable processes and all their subprocesses."""
        found = []
        for process in self.processes:
            if is_executable(process):
                found += [Scope(process), *(Scope(inner) for tag in CONTAINERS for inner in process.iter(f"{BPMN}{tag}"))]
        return found

    @cached_property
    def lanes(self) -> dict[str, str]:
        """Lane name of each node of every process."""
        return {node_id: name for process in self.processes for node_id, name in lanes_of(process).items()}


@dataclass(frozen=True, eq=False)
class Package:
    """All files that are deployed together."""

    diagrams: list[Diagram]
    tables: dict[str, Any] = field(default_factory=dict)  # file name -> root of a DMN document

    @cached_property
    def kept(self) -> dict[Any, Any]:
        """What rules have found out about this package and want to keep."""
        return {}

    def scopes(self) -> Iterator[tuple[Diagram, Scope]]:
        """Yield every process and subprocess with its file."""
        return ((diagram, scope) for diagram in self.diagrams for scope in diagram.scopes)

    def nodes(self, *kinds: str) -> Iterator[tuple[Diagram, Scope, Any]]:
        """Yield every flow node (of these kinds) with its file and scope."""
        return (found for kind, found in self._by_kind if not kinds or kind in kinds)

    @cached_property
    def _by_kind(self) -> list[tuple[str, tuple[Diagram, Scope, Any]]]:
        return [(local_name(node), (diagram, scope, node)) for diagram, scope in self.scopes() for node in scope.nodes.values()]


Hit = tuple[str, str, str]
"""File, id of the element, detail."""


@dataclass(frozen=True)
class Rule:
    """One rule: a stable id, what is wrong, how to cure it, and the function that finds it."""

    id: str
    sentence: str
    cure: str
    find: Callable[[Package, GateContext], Iterable[Hit]]
    severity: Severity = "error"

    def finding(self, hit: Hit) -> Finding:
        """Return the finding of one hit."""
        file, element, detail = hit
        message = f"{self.sentence}：{detail}" if detail else self.sentence
        return Finding(self.id, element, message, self.cure, self.severity, file)


def label(node: Any) -> str:
    """Return how a person recognises an element: its name, or its id."""
    return f"“{(node.get('name') or node.get('id') or '').strip()}”"
