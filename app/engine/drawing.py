"""What of a diagram the studio has to know beyond its nodes: the flows by id, and which variables service tasks set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from app.engine.gate.files import read
from app.engine.gate.model import Package
from app.engine.gate.texts import all_texts
from app.engine.nodes import BPMN, SPIFF, is_executable, is_flow_node, local_name, read_nodes, secure_parser
from app.engine.types import EngineError, NodeInfo


@dataclass(frozen=True)
class FlowInfo:
    """A sequence flow: its process (the outermost one), its ends, its name and its condition."""

    flow_id: str
    file: str
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


@dataclass(frozen=True)
class MessageUse:
    """An element that throws or catches a message, with the process that it is in."""

    node_id: str
    name: str
    file: str
    process_id: str
    message: str
    throws: bool


def roots_of(files: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    """Yield the root element of each diagram with its file name; `EngineError` (`engine.unreadable`) for broken XML."""
    for name in sorted(files):
        if name.endswith(".bpmn"):
            try:
                yield name, etree.fromstring(files[name], secure_parser())
            except (etree.XMLSyntaxError, ValueError) as error:
                raise EngineError("engine.unreadable", f"流程图“{name}”不是完整的 XML。") from error


def nodes_of(files: Mapping[str, bytes]) -> dict[str, tuple[str, tuple[NodeInfo, ...]]]:
    """Return the file and the nodes of each executable process, by its id, without asking the engine's parser."""
    return {
        process.get("id", ""): (file, read_nodes(process))
        for file, root in roots_of(files)
        for process in root.findall(f"{BPMN}process")
        if is_executable(process)
    }


def flows_of(files: Mapping[str, bytes]) -> tuple[FlowInfo, ...]:
    """Return every sequence flow of the executable processes of a package."""
    return tuple(
        FlowInfo(
            flow_id=flow.get("id", ""),
            file=file,
            process_id=process.get("id", ""),
            source=flow.get("sourceRef", ""),
            target=flow.get("targetRef", ""),
            name=(flow.get("name") or "").strip(),
            condition=(flow.findtext(f"{BPMN}conditionExpression") or "").strip(),
        )
        for file, root in roots_of(files)
        for process in root.findall(f"{BPMN}process")
        if is_executable(process)
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


def messages_of(files: Mapping[str, bytes]) -> tuple[MessageUse, ...]:
    """Return every element of the executable processes that throws or catches a message."""
    found = []
    for file, root in roots_of(files):
        names = {item.get("id"): (item.get("name") or "").strip() for item in root.iter(f"{BPMN}message")}
        for process in root.findall(f"{BPMN}process"):
            for node in process.iter(f"{BPMN}*"):
                inner = node.find(f"{BPMN}messageEventDefinition")
                reference = node.get("messageRef") or (None if inner is None else inner.get("messageRef"))
                if is_flow_node(node) and reference is not None:
                    throws = local_name(node) in ("endEvent", "intermediateThrowEvent", "sendTask")
                    title = (node.get("name") or "").strip()
                    message = names.get(reference, "")
                    found.append(MessageUse(node.get("id", ""), title, file, process.get("id", ""), message, throws))
    return tuple(found)


def readings_of(files: Mapping[str, bytes]) -> tuple[tuple[str, str, str], ...]:
    """Return every expression of the diagrams and decision tables that can be read: file, element, text."""
    diagrams, tables, _ = read(files)
    found = [(diagram.file, text.element, text.source) for diagram, _process, text in all_texts(Package(diagrams, tables))]
    for file, root in tables.items():
        for entry in root.iter("{*}inputExpression", "{*}inputEntry", "{*}outputEntry"):
            found.append((file, entry.get("id", ""), entry.findtext("{*}text") or ""))
    return tuple(found)
