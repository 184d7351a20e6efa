"""The elements of a diagram as plain values, read from the XML itself, in document order."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from app.engine.types import NodeInfo

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"

FLOW_NODES = frozenset(
    {
        "task", "userTask", "manualTask", "scriptTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask",
        "subProcess", "transaction", "adHocSubProcess", "callActivity",
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway",
    }
)  # fmt: skip
"""Local names of everything that a token can stand on."""

CONTAINERS = ("subProcess", "transaction", "adHocSubProcess")
_EXTENSIONS = f"{BPMN}extensionElements"
_PROPERTIES = f"{SPIFF}properties/{SPIFF}property"


def secure_parser() -> Any:
    """Return an XML parser that neither resolves entities nor reaches out of the document."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)


def local_name(element: Any) -> str:
    """Return the tag of an element without its namespace; an empty text for comments and instructions."""
    tag = element.tag
    return tag[tag.rfind("}") + 1 :] if isinstance(tag, str) else ""


def is_flow_node(element: Any) -> bool:
    """Tell whether a token can stand on this element."""
    return isinstance(element.tag, str) and element.tag.startswith(BPMN) and local_name(element) in FLOW_NODES


def is_executable(process: Any) -> bool:
    """Tell whether cases can be begun on a process; the schema allows `1` for `true`."""
    return process.get("isExecutable") in ("true", "1")


def is_id(text: str) -> bool:
    """Tell whether a text may be an id (`NCName`): no blank, no colon, no digit at its beginning."""
    try:
        etree.QName(text)
    except ValueError:
        return False
    return not text.startswith("{")


def walk(container: Any) -> Iterator[Any]:
    """Yield the flow nodes of a process or subprocess in document order, each subprocess before what it holds."""
    for child in container:
        if is_flow_node(child):
            yield child
            if local_name(child) in CONTAINERS:
                yield from walk(child)


def lanes_of(process: Any) -> dict[str, str]:
    """Return the lane name of each flow node of a process; the innermost lane wins."""
    lanes: dict[str, str] = {}
    for lane in process.iter(f"{BPMN}lane"):  # document order: outer lanes come first and are overwritten
        for reference in lane.findall(f"{BPMN}flowNodeRef"):
            lanes[(reference.text or "").strip()] = lane.get("name") or ""
    return lanes


def properties_of(element: Any) -> dict[str, str]:
    """Return the `spiffworkflow:properties` of an element."""
    extensions = element.find(_EXTENSIONS)  # most elements have none, and the gate asks each many times
    items = () if extensions is None else extensions.iterfind(_PROPERTIES)
    return {item.get("name", ""): item.get("value", "") for item in items}


def loop_of(element: Any) -> str | None:
    """Return how often an activity runs: `parallel`, `sequential`, `standard`, or None for once."""
    several = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if several is not None:
        return "sequential" if several.get("isSequential") == "true" else "parallel"
    return "standard" if element.find(f"{BPMN}standardLoopCharacteristics") is not None else None


def event_of(element: Any) -> str | None:
    """Return what an event is defined by: `timer`, `message`, `terminate`, …; None for a plain event or another element."""
    names = (local_name(child) for child in element)
    return next((name.removesuffix("EventDefinition") for name in names if name.endswith("EventDefinition")), None)


def read_nodes(process: Any) -> tuple[NodeInfo, ...]:
    """Return all elements of a process; those of a subprocess have its lane unless they have one of their own."""
    lanes = lanes_of(process)
    found = []
    for element in walk(process):
        node_id = element.get("id", "")
        outer = element.getparent().get("id", "")
        if node_id not in lanes and outer in lanes:
            lanes[node_id] = lanes[outer]
        found.append(
            NodeInfo(
                node_id=node_id,
                name=(element.get("name") or "").strip(),
                kind=local_name(element),
                lane=lanes.get(node_id) or None,
                properties=properties_of(element),
                loop=loop_of(element),
                event=event_of(element),
            )
        )
    return tuple(found)
