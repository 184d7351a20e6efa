"""The geometry of a diagram: boxes of shapes and labels, waypoints of edges, and which of them touch."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from tests.catalog.packages import BPMN, DI, flow_nodes

DC_BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "Box") -> bool:
        """Tell whether two boxes share an area."""
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height

    def holds(self, other: "Box") -> bool:
        """Tell whether the other box lies inside."""
        across = self.x <= other.x and other.x + other.width <= self.x + self.width
        return across and self.y <= other.y and other.y + other.height <= self.y + self.height

    def touches(self, point: Point) -> bool:
        """Tell whether a point is in the box or on its border."""
        return self.x <= point[0] <= self.x + self.width and self.y <= point[1] <= self.y + self.height

    def crossed_by(self, start: Point, end: Point) -> bool:
        """Tell whether a horizontal or vertical line runs through the box."""
        (x1, x2), (y1, y2) = sorted((start[0], end[0])), sorted((start[1], end[1]))
        return x1 < self.x + self.width and x2 > self.x and y1 < self.y + self.height and y2 > self.y


@dataclass(frozen=True)
class Layout:
    """A diagram as it is drawn."""

    root: Any

    @cached_property
    def shapes(self) -> dict[str, Box]:
        """The box of every drawn element."""
        return {item.get("bpmnElement"): _box(item.find(DC_BOUNDS)) for item in self.root.iter(f"{DI}BPMNShape")}

    @cached_property
    def edges(self) -> dict[str, list[Point]]:
        """The waypoints of every drawn flow."""
        found = self.root.iter(f"{DI}BPMNEdge")
        return {item.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in item.iter(WAYPOINT)] for item in found}

    @cached_property
    def labels(self) -> dict[str, Box]:
        """The box of every label that is not inside its shape."""
        found = {}
        for item in (*self.root.iter(f"{DI}BPMNShape"), *self.root.iter(f"{DI}BPMNEdge")):
            bounds = item.find(f"{DI}BPMNLabel/{DC_BOUNDS}")
            if bounds is not None:
                found[item.get("bpmnElement")] = _box(bounds)
        return found

    @cached_property
    def nodes(self) -> dict[str, Box]:
        """The boxes of tasks, events and gateways."""
        return {node.get("id"): self.shapes[node.get("id")] for node in flow_nodes(self.root)}

    @cached_property
    def lanes(self) -> dict[str, str]:
        """The lane of each node."""
        return {ref.text: lane.get("id") for lane in self.root.iter(f"{BPMN}lane") for ref in lane.findall(f"{BPMN}flowNodeRef")}

    def crossings(self) -> list[tuple[str, str]]:
        """Return the pairs of sequence flows that cross (sharing an end or a stretch does not count)."""
        ids = [flow.get("id") for flow in self.root.iter(f"{BPMN}sequenceFlow")]
        pairs = [(one, other) for place, one in enumerate(ids) for other in ids[place + 1 :]]
        return [(one, other) for one, other in pairs if _cross(self.edges[one], self.edges[other])]


def _box(bounds: Any) -> Box:
    return Box(*(float(bounds.get(key)) for key in ("x", "y", "width", "height")))


def _cross(one: list[Point], other: list[Point]) -> bool:
    return any(_segments_cross(a, b) or _segments_cross(b, a) for a in pairwise(one) for b in pairwise(other))


def _segments_cross(flat: tuple[Point, Point], steep: tuple[Point, Point]) -> bool:
    (ax, ay), (bx, by) = flat
    (cx, cy), (dx, dy) = steep
    return ay == by and cx == dx and min(ax, bx) < cx < max(ax, bx) and min(cy, dy) < ay < max(cy, dy)
