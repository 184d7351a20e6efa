"""What of a diagram the studio has to know beyond its nodes: the flows by id, and which variables service tasks set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from app.engine.nodes import BPMN, SPIFF, is_flow_node, secure_parser
from app.engine.types import EngineError


@dataclass(frozen=True)
class FlowInfo:
    """A sequence flow: its process (the outermost one), its ends, its name and its condition."""

    flow_id: str
    process_id: str
    source: str
    target: str
    name: str
    condition: str


@dataclass(frozen=True)
class ServiceCall:
    """A service task: the operation that it calls, and the variable that takes the result (empty for none)."""

    node_id: str
    operation: str
    result: str


def roots_of(files: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    """Yield the root element of each diagram with its file name; `EngineError` (`engine.unreadable`) for broken XML."""
    for name in sorted(files):
        if name.endswith(".bpmn"):
            try:
                yield name, etree.fromstring(files[name], secure_parser())
            except (etree.XMLSyntaxError, ValueError) as error:
                raise EngineError("engine.unreadable", f"流程图“{name}”不是完整的 XML。") from error


def flows_of(files: Mapping[str, bytes]) -> tuple[FlowInfo, ...]:
    """Return every sequence flow of the executable processes of a package."""
    return tuple(
        FlowInfo(
            flow_id=flow.get("id", ""),
            process_id=process.get("id", ""),
            source=flow.get("sourceRef", ""),
            target=flow.get("targetRef", ""),
            name=(flow.get("name") or "").strip(),
            condition=(flow.findtext(f"{BPMN}conditionExpression") or "").strip(),
        )
        for _, root in roots_of(files)
        for process in root.findall(f"{BPMN}process")
        if process.get("isExecutable") == "true"
        for flow in process.iter(f"{BPMN}sequenceFlow")
    )


def calls_of(files: Mapping[str, bytes]) -> dict[str, ServiceCall]:
    """Return the service tasks of a package by their ids."""
    found = {}
    for _, root in roots_of(files):
        for operator in root.iter(f"{SPIFF}serviceTaskOperator"):
            node = operator.getparent().getparent()
            if node is not None and is_flow_node(node):
                call = ServiceCall(node.get("id", ""), operator.get("id", ""), operator.get("resultVariable", ""))
                found[call.node_id] = call
    return found
