"""Rules about processes inside each other: called ones, subprocesses, and the errors that end them."""

from collections.abc import Iterator
from typing import Any

from app.engine.gate.giving import called_in
from app.engine.gate.model import Diagram, GateContext, Hit, Package, Rule, label
from app.engine.nodes import BPMN, CONTAINERS, is_executable, local_name
from app.engine.paths import reach

MAX_DEPTH = 20
"""Subprocesses and called processes inside each other, as many as a running case may open (`app.engine.case`)."""


def _unknown(package: Package, _context: GateContext) -> Iterator[Hit]:
    known = _processes(package)
    for diagram, _scope, node in package.nodes("callActivity"):
        target = node.get("calledElement", "")
        if target not in known:
            yield diagram.file, node.get("id", ""), f"{label(node)}调用“{target}”"


def _processes(package: Package) -> dict[str, Any]:
    """Return the executable processes by id."""
    return {item.get("id", ""): item for diagram in package.diagrams for item in diagram.processes if is_executable(item)}


def _recursive(package: Package, _context: GateContext) -> Iterator[Hit]:
    calls = {name: called_in(item) for name, item in _processes(package).items()}
    for diagram, _scope, node in package.nodes("callActivity"):
        own = next(node.iterancestors(f"{BPMN}process")).get("id", "")
        target = node.get("calledElement", "")
        if own in reach([target], lambda at: calls.get(at, frozenset())):
            back = "自己" if target == own else f"“{target}”，而后者又调用本流程"
            yield diagram.file, node.get("id", ""), f"{label(node)}调用{back}"


def _too_deep(package: Package, _context: GateContext) -> Iterator[Hit]:
    processes = _processes(package)
    known: dict[str, int] = {}
    for diagram in package.diagrams:
        for process in diagram.processes:
            if process.get("id", "") in processes and _depth(process, processes, known) > MAX_DEPTH:
                yield diagram.file, process.get("id", ""), label(process)


def _depth(process: Any, processes: dict[str, Any], known: dict[str, int]) -> int:
    """Return how many levels a process has below it; one that calls itself (`call.recursive`) counts as if it did not."""
    name = process.get("id", "")
    if name not in known:
        known[name] = 0
        deepest = 0
        for inner in process.iter(*(f"{BPMN}{tag}" for tag in (*CONTAINERS, "callActivity"))):
            level = 1 + sum(local_name(outer) in CONTAINERS for outer in inner.iterancestors())
            target = processes.get(inner.get("calledElement", ""))
            deepest = max(deepest, level if target is None else level + _depth(target, processes, known))
        known[name] = deepest
    return known[name]


def _uncaught_errors(package: Package, _context: GateContext) -> Iterator[Hit]:
    catching = _Catching(package)
    for diagram, _scope, node in package.nodes("endEvent"):
        definition = node.find(f"{BPMN}errorEventDefinition")
        if definition is not None:
            code = _code(diagram, definition)
            if not catching.catches(node.getparent(), diagram, code):
                yield diagram.file, node.get("id", ""), f"{label(node)}的错误“{code or ''}”"


def _code(diagram: Diagram, definition: Any) -> str | None:
    reference = definition.get("errorRef")
    return next((one.get("errorCode") for one in diagram.all("error") if reference and one.get("id") == reference), None)


class _Catching:
    """Looks for the boundary events that an error comes to, outward through subprocesses and whoever calls a process."""

    def __init__(self, package: Package) -> None:
        self._known: dict[tuple[str, str | None], bool] = {}
        self._callers: dict[str, list[tuple[Diagram, Any]]] = {}
        for diagram, _scope, node in package.nodes("callActivity"):
            self._callers.setdefault(node.get("calledElement", ""), []).append((diagram, node))

    def catches(self, container: Any, diagram: Diagram, code: str | None) -> bool:
        """Tell whether an error that leaves a process or subprocess is caught, whoever called the process."""
        if local_name(container) in CONTAINERS:
            return _watched(container, diagram, code) or self.catches(container.getparent(), diagram, code)
        key = (container.get("id", ""), code)
        if key not in self._known:
            self._known[key] = False  # a process that calls itself catches nothing by that (`call.recursive`)
            calls = self._callers.get(key[0], [])
            self._known[key] = bool(calls) and all(
                _watched(call, file, code) or self.catches(call.getparent(), file, code) for file, call in calls
            )
        return self._known[key]


def _watched(host: Any, diagram: Diagram, code: str | None) -> bool:
    for event in host.getparent().findall(f"{BPMN}boundaryEvent"):
        definition = event.find(f"{BPMN}errorEventDefinition")
        here = event.get("attachedToRef") == host.get("id")
        if here and definition is not None and _code(diagram, definition) in (None, code):
            return True
    return False


RULES = (
    Rule("call.unknown", "调用活动没有可用的流程", "请选择流程包中的另一个可执行流程。", _unknown),
    Rule("call.recursive", "流程直接或辗转调用了自己，办件会一直套下去", "请改为用网关把线连回前面的环节。", _recursive),
    Rule("call.too_deep", f"子流程和调用的流程套了 {MAX_DEPTH} 层以上", "请把里面的几层并到一层。", _too_deep),
    Rule(
        "flow.uncaught_error", "错误结束事件没有边界事件接住，办件会成为异常",
        "请在外层子流程或调用活动的边上放错误代码相同的错误边界事件，或改用普通结束事件。", _uncaught_errors,
    ),
)  # fmt: skip
