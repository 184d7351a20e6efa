"""The diagrams are drawn for people: complete, nothing on top of anything else, lines straight and ending at their shapes."""

from itertools import combinations, pairwise
from typing import Any

import pytest

from tests.catalog.layout import Layout
from tests.catalog.packages import BPMN, NAMES, diagrams_of

CASES = [pytest.param(Layout(root), id=f"{name}/{file}") for name in NAMES for file, root in diagrams_of(name).items()]
pytestmark = pytest.mark.parametrize("drawn", CASES)
MOST_CROSSINGS = 3


def ids(drawn: Layout, *tags: str) -> set[str]:
    return {item.get("id") for tag in tags for item in drawn.root.iter(f"{BPMN}{tag}")}


def test_everything_is_drawn(drawn: Layout) -> None:
    assert set(drawn.shapes) == set(drawn.nodes) | ids(drawn, "lane", "participant")
    assert set(drawn.edges) == ids(drawn, "sequenceFlow", "messageFlow")


def test_no_two_shapes_overlap(drawn: Layout) -> None:
    met = {pair for pair in combinations(drawn.nodes, 2) if drawn.nodes[pair[0]].meets(drawn.nodes[pair[1]])}
    assert met - {(event.get("attachedToRef"), event.get("id")) for event in drawn.root.iter(f"{BPMN}boundaryEvent")} == set()


def test_every_shape_lies_in_its_lane(drawn: Layout) -> None:
    assert [node for node, box in drawn.nodes.items() if not drawn.shapes[drawn.lanes[node]].holds(box)] == []


def test_lines_are_straight_and_have_two_ends(drawn: Layout) -> None:
    for flow, points in drawn.edges.items():
        assert len(points) >= 2, flow
        assert all(start[0] == end[0] or start[1] == end[1] for start, end in pairwise(points)), flow


def test_lines_end_at_their_shapes(drawn: Layout) -> None:
    for flow in (*drawn.root.iter(f"{BPMN}sequenceFlow"), *drawn.root.iter(f"{BPMN}messageFlow")):
        points = drawn.edges[flow.get("id")]
        assert drawn.shapes[flow.get("sourceRef")].touches(points[0]), flow.get("id")
        assert drawn.shapes[flow.get("targetRef")].touches(points[-1]), flow.get("id")


def test_no_line_runs_through_a_shape(drawn: Layout) -> None:
    for flow in drawn.root.iter(f"{BPMN}sequenceFlow"):
        ends = (flow.get("sourceRef"), flow.get("targetRef"))
        for node, box in drawn.nodes.items():
            hit = [one for one in pairwise(drawn.edges[flow.get("id")]) if node not in ends and box.crossed_by(*one)]
            assert hit == [], f"{flow.get('id')} through {node}"


def test_lines_hardly_cross(drawn: Layout) -> None:
    assert len(drawn.crossings()) <= MOST_CROSSINGS, drawn.crossings()


def test_labels_cover_no_shape_no_label_and_no_line(drawn: Layout) -> None:
    for (one, box), (other, second) in combinations(drawn.labels.items(), 2):
        assert not box.meets(second), f"{one} and {other}"
    for element, box in drawn.labels.items():
        assert [node for node, shape in drawn.nodes.items() if node != element and box.meets(shape)] == [], element
        assert _lines_through(drawn, box) == [], element


def test_names_fit_two_lines_of_a_task(drawn: Layout) -> None:
    tasks = (*drawn.root.iter(f"{BPMN}userTask"), *drawn.root.iter(f"{BPMN}serviceTask"))
    assert [task.get("id") for task in tasks if not 0 < len(task.get("name", "")) <= 14] == []


def _lines_through(drawn: Layout, box: Any) -> list[str]:
    return [flow for flow, points in drawn.edges.items() if any(box.crossed_by(*one) for one in pairwise(points))]
