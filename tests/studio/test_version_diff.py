"""Differences between two packages, each kind of file in its own way."""

from app.engine.differences import PropertyChange
from app.services.studio.version_diff import compare_packages
from tests.studio.small import CHECK, MANIFEST, WAYS, diagram, person, small

SHAPES = ('<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">'
          '<bpmndi:BPMNPlane><bpmndi:BPMNShape bpmnElement="fill"><dc:Bounds x="{x}" y="80" width="100" height="80" /></bpmndi:BPMNShape>'
          "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>")  # fmt: skip
TABLE = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d"><decisionTable id="t" hitPolicy="{policy}">'
    '<input id="i" label="分数"><inputExpression><text>score</text></inputExpression></input><output id="o" name="grade" />'
    '<rule id="r1"><inputEntry><text>{limit}</text></inputEntry><outputEntry><text>"甲"</text></outputEntry></rule>{more}'
    "</decisionTable></decision></definitions>"
)


def drawn(x: int) -> bytes:
    return diagram().replace(b"</bpmn:definitions>", SHAPES.format(x=x).encode())


def test_the_same_package_differs_in_nothing() -> None:
    assert compare_packages(small(), small()).is_empty


def test_elements_of_a_diagram_are_added_removed_and_changed_with_their_properties() -> None:
    ways = WAYS.replace("S > fill > check", "S > fill > again > check").replace('"return"', '"back"')
    newer = diagram(more=person("again", "再看", form="request"), ways=ways, clerk="fill again").replace(
        b"workdays(3)", b"workdays(5)"
    )
    found = {change.element: change for change in compare_packages(small(), small(flow__bpmn=newer)).diagrams}
    assert {key: change.change for key, change in found.items()} == {
        "fill": "changed", "again": "added", "fill_again": "added", "again_check": "added", "fill_check": "removed", "G_fill": "changed",
    }  # fmt: skip
    assert found["fill"].properties == (PropertyChange("时限", "workdays(3)", "workdays(5)"),)
    assert found["G_fill"].properties == (PropertyChange("条件", 'decision == "return"', 'decision == "back"'),)
    assert found["again"].name == "再看"


def test_another_lane_and_another_kind_are_changes() -> None:
    newer = diagram(clerk="fill G").replace(b'<bpmn:endEvent id="reminded"', b'<bpmn:endEvent id="reminded" name="x"')
    found = {change.element: change.properties for change in compare_packages(small(), small(flow__bpmn=newer)).diagrams}
    assert found["G"] == (PropertyChange("泳道", None, "经办人"),)
    assert found["reminded"] == (PropertyChange("名称", None, "x"),)


def test_what_only_stands_elsewhere_is_moved() -> None:
    changes = compare_packages(small(flow__bpmn=drawn(100)), small(flow__bpmn=drawn(180))).diagrams
    assert [(change.element, change.change) for change in changes] == [("fill", "moved")]
    assert compare_packages(small(flow__bpmn=drawn(100)), small(flow__bpmn=drawn(100))).is_empty


def test_fields_of_a_form() -> None:
    field = {**CHECK["components"][0], "label": "审核结论", "validate": {"required": False}}
    newer = {**CHECK, "components": [{"type": "textarea", "id": "o", "key": "opinion", "label": "意见"}, field]}
    changes = {change.field: change for change in compare_packages(small(), small(forms_check__json=newer)).forms}
    assert (changes["opinion"].change, changes["decision"].change) == ("added", "changed")
    assert changes["decision"].properties == (PropertyChange("标签", "结论", "审核结论"), PropertyChange("必填", "true", "false"))
    assert [change.change for change in compare_packages(small(forms_check__json=newer), small()).forms] == ["changed", "removed"]


def test_entries_of_the_manifest() -> None:
    newer = MANIFEST.replace('title = "审核"', 'title = "复审"').replace('until = "x"', "")
    assert compare_packages(small(), small(procedure__toml=newer)).manifest == (
        PropertyChange("stages.request.checking.title", "审核", "复审"),
    )


def test_rows_of_a_decision_table() -> None:
    more = '<rule id="r2"><inputEntry><text>-</text></inputEntry><outputEntry><text>"乙"</text></outputEntry></rule>'
    older = small(t__dmn=TABLE.format(policy="UNIQUE", limit="&gt;= 90", more=""))
    newer = small(t__dmn=TABLE.format(policy="FIRST", limit="&gt;= 95", more=more))
    changes = {change.element: change for change in compare_packages(older, newer).tables}
    assert changes["t"].properties == (PropertyChange("命中策略", "UNIQUE", "FIRST"),)
    assert changes["r1"].properties == (PropertyChange("分数", ">= 90", ">= 95"),)
    assert changes["r2"].change == "added"


def test_the_place_of_a_row_is_told_because_the_first_that_fits_decides() -> None:
    rows = [
        f'<rule id="r{n}"><inputEntry><text>&gt; {n}</text></inputEntry><outputEntry><text>"乙"</text></outputEntry></rule>'
        for n in (2, 3, 4)
    ]
    older, newer = (
        small(t__dmn=TABLE.format(policy="FIRST", limit="1", more="".join(order))) for order in (rows, [rows[2], *rows[:2]])
    )
    [change] = compare_packages(older, newer).tables
    assert (change.element, change.change) == ("r4", "moved")
    assert change.properties == (PropertyChange("行次", "第 4 行", "第 2 行"),)


def test_conditions_that_are_tried_in_another_order_are_a_change() -> None:
    ways = WAYS.replace("G > done", 'G > check if decision == "again"\nG > done')
    swapped = ways.replace('G > fill if decision == "return"\nG > check if decision == "again"',
                           'G > check if decision == "again"\nG > fill if decision == "return"')  # fmt: skip
    [change] = compare_packages(small(flow__bpmn=diagram(ways=ways)), small(flow__bpmn=diagram(ways=swapped))).diagrams
    assert change.element == "G"
    assert change.properties == (PropertyChange("条件的先后", "G_fill、G_check", "G_check、G_fill"),)


def test_what_was_changed_and_moved_says_both() -> None:
    newer = drawn(180).replace(b"workdays(3)", b"workdays(5)")
    [change] = compare_packages(small(flow__bpmn=drawn(100)), small(flow__bpmn=newer)).diagrams
    assert [one.name for one in change.properties] == ["时限", "图上的位置"]
    assert change.properties[1] == PropertyChange("图上的位置", "100，80", "180，80")


def test_every_field_of_a_form_that_moved_is_told() -> None:
    fields = [{"type": "textfield", "id": key, "key": key, "label": key} for key in "abcdef"]
    older, newer = (
        {"type": "default", "components": [fields[at] for at in order]} for order in ((0, 1, 2, 3, 4, 5), (2, 0, 1, 5, 3, 4))
    )
    found = compare_packages(small(forms_request__json=older), small(forms_request__json=newer)).forms
    assert [(one.field, one.change) for one in found] == [("c", "moved"), ("f", "moved")]


def test_texts_are_compared_by_line_and_broken_files_too() -> None:
    found = compare_packages(small(), small(messages_todo__txt="请办理\n\n您好", forms_request__json=b"{", flow__bpmn=b"<x"))
    assert [text.path for text in found.texts] == ["flow.bpmn", "forms/request.json", "messages/todo.txt"]
    assert "-{recipient}：请办理{case_number}。" in found.texts[2].lines
    assert "+您好" in found.texts[2].lines
