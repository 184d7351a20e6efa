"""Candidate groups of other modelers turned into lanes, which is where our diagrams say who does a task.

Every group gets a band as high as the whole drawing was; a node keeps its place within its band, so that nothing comes to lie over
anything else, and the flows are drawn anew between their ends.
"""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from app.engine.nodes import BPMN, DI, is_flow_node, local_name

DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
_MARGIN = 40.0
_HEADER = 30.0
Box = tuple[float, float, float, float]


def can_have_lanes(root: Any) -> bool:
    """Tell whether lanes can be drawn: one process, no pool and no lane so far."""
    return (
        len(root.findall(f"{BPMN}process")) == 1
        and root.find(f"{BPMN}collaboration") is None
        and root.find(f".//{BPMN}laneSet") is None
    )


def draw_lanes(root: Any, groups: Mapping[str, str]) -> dict[str, list[str]]:
    """Put the nodes of the one process into lanes, in place; `groups` gives the group of each task that names one.

    The other nodes follow the node before them. Returns the lanes with their nodes.
    """
    process = root.find(f"{BPMN}process")
    lanes: dict[str, list[str]] = {name: [] for name in dict.fromkeys(groups.values())}
    for node_id, name in _spread(process, groups).items():
        lanes[name].append(node_id)
    lane_set = etree.Element(f"{BPMN}laneSet", id=f"lanes_{process.get('id')}")
    for number, (name, nodes) in enumerate(lanes.items()):
        lane = etree.SubElement(lane_set, f"{BPMN}lane", id=f"lane_{process.get('id')}_{number}", name=name)
        for node_id in nodes:
            etree.SubElement(lane, f"{BPMN}flowNodeRef").text = node_id
    process.insert(sum(1 for child in process if local_name(child) in ("documentation", "extensionElements")), lane_set)
    pool = f"participant_{process.get('id')}"
    collaboration = etree.Element(f"{BPMN}collaboration", id=f"collaboration_{process.get('id')}")
    title = process.get("name") or process.get("id")
    etree.SubElement(collaboration, f"{BPMN}participant", id=pool, name=title, processRef=process.get("id"))
    root.insert(list(root).index(process), collaboration)
    _redraw(root, process, lane_set, pool, collaboration.get("id"))
    return lanes


def _spread(process: Any, groups: Mapping[str, str]) -> dict[str, str]:
    """Return the group of every node: its own, that of the node before it, or the first."""
    nodes = [child for child in process if is_flow_node(child)]
    found = {node.get("id", ""): groups[node.get("id", "")] for node in nodes if node.get("id") in groups}
    before = {flow.get("targetRef", ""): flow.get("sourceRef", "") for flow in process.findall(f"{BPMN}sequenceFlow")}
    before |= {node.get("id", ""): node.get("attachedToRef") for node in nodes if node.get("attachedToRef")}
    for _ in nodes:
        for node in nodes:
            key = node.get("id", "")
            if key not in found and before.get(key) in found:
                found[key] = found[before[key]]
    return {node.get("id", ""): found.get(node.get("id", ""), next(iter(groups.values()))) for node in nodes}


def _redraw(root: Any, process: Any, lane_set: Any, pool: str, collaboration: str) -> None:
    plane = root.find(f".//{DI}BPMNPlane")
    shapes = {} if plane is None else {shape.get("bpmnElement", ""): shape for shape in plane.findall(f"{DI}BPMNShape")}
    boxes = {key: box for key, shape in shapes.items() if (box := _box(shape)) is not None}
    if plane is None or not boxes:
        return  # nothing is drawn; the lanes are in the model all the same
    left, top = min(box[0] for box in boxes.values()) - _MARGIN, min(box[1] for box in boxes.values()) - _MARGIN
    width = max(box[0] + box[2] for box in boxes.values()) + _MARGIN - left
    height = max(box[1] + box[3] for box in boxes.values()) + _MARGIN - top
    plane.set("bpmnElement", collaboration)
    for number, lane in enumerate(lane_set):
        shift = number * height
        for reference in lane.findall(f"{BPMN}flowNodeRef"):
            node = next(item for item in process if item.get("id") == reference.text)
            for inner in node.iter(f"{BPMN}*"):
                _shift(shapes.get(inner.get("id", "")), shift)
                _shift_edge(plane, inner.get("id", ""), shift)
        plane.insert(number, _shape(lane.get("id"), (left, top + shift, width, height)))
    plane.insert(0, _shape(pool, (left - _HEADER, top, width + _HEADER, height * len(lane_set))))
    for flow in process.findall(f"{BPMN}sequenceFlow"):
        edge = plane.find(f"{DI}BPMNEdge[@bpmnElement='{flow.get('id')}']")
        ends = [_box(shapes[flow.get(key)]) for key in ("sourceRef", "targetRef") if flow.get(key) in shapes]
        if edge is not None and len(ends) == 2 and ends[0] is not None and ends[1] is not None:
            _route(edge, ends[0], ends[1])


def _shape(element: str, box: Box) -> Any:
    shape = etree.Element(f"{DI}BPMNShape", id=f"{element}_di", bpmnElement=element, isHorizontal="true")
    etree.SubElement(
        shape, f"{DC}Bounds", **{key: f"{value:g}" for key, value in zip(("x", "y", "width", "height"), box, strict=True)}
    )
    return shape


def _box(shape: Any) -> Box | None:
    bounds = shape.find(f"{DC}Bounds")
    try:
        return None if bounds is None else tuple(float(bounds.get(key)) for key in ("x", "y", "width", "height"))  # type: ignore[return-value]
    except (TypeError, ValueError):
        return None


def _shift(shape: Any, by: float) -> None:
    for bounds in shape.iter(f"{DC}Bounds") if shape is not None else ():
        bounds.set("y", f"{float(bounds.get('y', '0')) + by:g}")


def _shift_edge(plane: Any, element: str, by: float) -> None:
    """Move the flows inside a subprocess with it; those of the process itself are routed anew."""
    for edge in plane.findall(f"{DI}BPMNEdge"):
        if element and edge.get("bpmnElement") == element:
            for point in edge.iter(f"{DD}waypoint"):
                point.set("y", f"{float(point.get('y', '0')) + by:g}")


def _route(edge: Any, source: Box, target: Box) -> None:
    """Draw a flow from the right of its source to the left of its target, with one step between them where they are not level."""
    for point in edge.findall(f"{DD}waypoint"):
        edge.remove(point)
    x1, y1, x2, y2 = source[0] + source[2], source[1] + source[3] / 2, target[0], target[1] + target[3] / 2
    middle = (x1 + x2) / 2
    points = [(x1, y1), (x2, y2)] if y1 == y2 else [(x1, y1), (middle, y1), (middle, y2), (x2, y2)]
    for place, (x, y) in enumerate(points):
        edge.insert(place, etree.Element(f"{DD}waypoint", x=f"{x:g}", y=f"{y:g}"))
