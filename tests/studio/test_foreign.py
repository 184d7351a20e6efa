"""Diagrams of other modelers: what they say in their dialect is turned into ours, or told; never dropped without a word."""

import pytest
from lxml import etree

from app.domain.errors import DomainError, NotAllowed
from app.engine.drawing import flows_of, nodes_of
from app.engine.foreign import Converted, convert
from app.engine.foreign_conditions import translate
from app.engine.specs import parse_files
from app.services.studio.foreign_diagrams import import_diagram
from tests.catalog.layout import Layout
from tests.studio.house import House
from tests.studio.small import diagram

CAMUNDA = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="http://x">
<bpmn:process id="P" isExecutable="true" camunda:historyTimeToLive="180">
<bpmn:startEvent id="S" />
<bpmn:userTask id="T" name="审核" camunda:formKey="embedded:app:forms/review.html" camunda:assignee="${clerk}" camunda:dueDate="P3D"
 camunda:candidateGroups="bureau,union" camunda:priority="50">
 <bpmn:extensionElements><camunda:properties><camunda:property name="hint" value="看仔细" /></camunda:properties>
 <camunda:taskListener event="create" class="com.example.Listener" /></bpmn:extensionElements>
 <bpmn:multiInstanceLoopCharacteristics camunda:collection="${units}" camunda:elementVariable="unit">
  <bpmn:completionCondition xsi:type="bpmn:tFormalExpression">${nrOfCompletedInstances &gt;= 2}</bpmn:completionCondition>
 </bpmn:multiInstanceLoopCharacteristics>
</bpmn:userTask>
<bpmn:businessRuleTask id="R" camunda:decisionRef="grade" />
<bpmn:exclusiveGateway id="G" default="G_E" />
<bpmn:endEvent id="E" /><bpmn:endEvent id="F" />
<bpmn:sequenceFlow id="S_T" sourceRef="S" targetRef="T" /><bpmn:sequenceFlow id="T_R" sourceRef="T" targetRef="R" />
<bpmn:sequenceFlow id="R_G" sourceRef="R" targetRef="G" /><bpmn:sequenceFlow id="G_E" sourceRef="G" targetRef="E" />
<bpmn:sequenceFlow id="G_F" sourceRef="G" targetRef="F">
 <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${!approved &amp;&amp; grade == 'A'}</bpmn:conditionExpression></bpmn:sequenceFlow>
</bpmn:process></bpmn:definitions>""".encode()


def converted() -> Converted:
    return convert(CAMUNDA)


def test_what_camunda_says_of_a_task_becomes_properties_of_ours() -> None:
    task = next(node for node in nodes_of({"a.bpmn": converted().content})["P"][1] if node.node_id == "T")
    assert task.properties == {"form": "review", "assignee": "clerk", "due": 'duration("P3D")', "hint": "看仔细"}
    assert task.loop == "parallel"


def test_conditions_decisions_and_collections_are_converted() -> None:
    content = converted().content
    assert {flow.flow_id: flow.condition for flow in flows_of({"a.bpmn": content}) if flow.condition} == {
        "G_F": 'not approved and grade == \'A\''
    }  # fmt: skip
    for part in (b"calledDecisionId>grade<", b"loopDataInputRef>units<", b'name="unit"', b">nrOfCompletedInstances &gt;= 2<"):
        assert part in content
    assert b"camunda" not in content


def test_the_engine_reads_what_comes_out() -> None:
    table = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="x" name="x" namespace="http://x"><decision id="grade"
    name="g"><decisionTable id="t"><input id="i"><inputExpression id="ie"><text>1</text></inputExpression></input>
    <output id="o" name="grade" /></decisionTable></decision></definitions>"""
    files = {"a.bpmn": converted().content, "t.dmn": table}
    assert parse_files(files, content_hash="").process_ids == ("P",)


def test_what_has_no_counterpart_is_told_with_its_element() -> None:
    lost = {(note.element, note.what) for note in converted().notes if note.kind == "lost"}
    assert lost == {
        ("P", "historyTimeToLive"), ("T", "camunda:priority"), ("T", "taskListener"), ("T", "candidateGroups"),
    }  # fmt: skip
    assert converted().groups == ("bureau", "union")
    assert all(note.sentence.endswith("。") for note in converted().notes)


def test_every_foreign_name_is_in_the_report() -> None:
    whats = " ".join(note.what + note.sentence for note in converted().notes)
    for name in ("historyTimeToLive", "formKey", "clerk", "P3D", "bureau", "union", "priority", "hint", "taskListener", "units", "unit",
                 "nrOfCompletedInstances", "decisionRef", "grade"):  # fmt: skip
        assert name in whats, name


def test_a_diagram_of_ours_comes_back_byte_by_byte() -> None:
    assert convert(diagram()).content == diagram()


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("${a > 3}", "a > 3"),
        ("#{a eq 'x' || b ne \"y\"}", "a == 'x' or b != \"y\""),
        ('= amount >= 100 and status = "ok"', 'amount >= 100 and status == "ok"'),
        ("${empty list}", "not list"),
        ("${flag == true && text == 'a && b'}", "flag == True and text == 'a && b'"),
        ("${execution.getVariable('x')}", None),
        ("${bean.method()}", None),
        ("${''.class}", None),
        ("plain", None),
    ],
)
def test_expressions_are_turned_or_refused(theirs: str, ours: str | None) -> None:
    assert translate(theirs) == ours


ZEEBE = b"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 id="d" targetNamespace="http://x"><bpmn:process id="P"><bpmn:startEvent id="S" /><bpmn:userTask id="T"><bpmn:extensionElements>
 <zeebe:formDefinition formId="review" /><zeebe:assignmentDefinition assignee="=clerk" candidateGroups="bureau" />
 <zeebe:ioMapping><zeebe:input source="=a" target="b" /></zeebe:ioMapping></bpmn:extensionElements></bpmn:userTask>
 <bpmn:sequenceFlow id="f" sourceRef="S" targetRef="T" /></bpmn:process></bpmn:definitions>"""


def test_the_dialect_of_camunda_8_is_known_too() -> None:
    result = convert(ZEEBE)
    task = next(node for node in nodes_of({"a.bpmn": result.content})["P"][1] if node.node_id == "T")
    assert task.properties == {"form": "review", "assignee": "clerk"}
    assert ("P", "isExecutable", "done") in {(note.element, note.what, note.kind) for note in result.notes}
    assert ("T", "ioMapping") in {(note.element, note.what) for note in result.notes if note.kind == "lost"}


@pytest.mark.parametrize(
    "content",
    [
        b"<a>",
        b"<html/>",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b"<a>" + b"x" * 50_000_000 + b"</a>",
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
    ],
    ids=["broken", "html", "entity", "50 MB", "utf-16"],
)
def test_what_is_no_diagram_is_refused(house: House, content: bytes) -> None:
    with pytest.raises(DomainError):
        import_diagram(content, actor=house.actor("admin"))


def test_only_administrators_import(house: House) -> None:
    with pytest.raises(NotAllowed):
        import_diagram(CAMUNDA, actor=house.actor("handler"))
    assert import_diagram(CAMUNDA, actor=house.actor("admin")).processes == ("P",)


DRAWN = CAMUNDA.replace(b"</bpmn:definitions>", b"""<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"><bpmndi:BPMNPlane bpmnElement="P">
 <bpmndi:BPMNShape bpmnElement="S"><dc:Bounds x="100" y="182" width="36" height="36" /></bpmndi:BPMNShape>
 <bpmndi:BPMNShape bpmnElement="T"><dc:Bounds x="200" y="160" width="100" height="80" /></bpmndi:BPMNShape>
 <bpmndi:BPMNShape bpmnElement="R"><dc:Bounds x="360" y="160" width="100" height="80" /></bpmndi:BPMNShape>
 <bpmndi:BPMNEdge bpmnElement="T_R"><di:waypoint x="300" y="200" /><di:waypoint x="360" y="200" /></bpmndi:BPMNEdge>
 </bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>""").replace(
    b'<bpmn:businessRuleTask id="R" camunda:decisionRef="grade" />', b'<bpmn:userTask id="R" camunda:candidateGroups="union" />')  # fmt: skip


def test_candidate_groups_become_lanes_in_the_model_and_on_the_drawing() -> None:
    result = convert(DRAWN)
    lanes = {node.node_id: node.lane for node in nodes_of({"a.bpmn": result.content})["P"][1]}
    assert lanes == {"S": "bureau", "T": "bureau", "R": "union", "G": "union", "E": "union", "F": "union"}
    drawn = Layout(etree.fromstring(result.content))
    assert drawn.shapes["lane_P_0"].holds(drawn.shapes["T"]) and drawn.shapes["lane_P_1"].holds(drawn.shapes["R"])
    assert drawn.shapes["participant_P"].holds(drawn.shapes["lane_P_1"])
    assert not drawn.shapes["T"].meets(drawn.shapes["R"])
    (start, *_, stop) = drawn.edges["T_R"]
    assert drawn.shapes["T"].touches(start) and drawn.shapes["R"].touches(stop)


def test_a_diagram_that_has_lanes_keeps_them_and_says_so() -> None:
    with_lane = b'<bpmn:laneSet id="l"><bpmn:lane id="l1" name="x" /></bpmn:laneSet><bpmn:startEvent id="S" />'
    result = convert(CAMUNDA.replace(b'<bpmn:startEvent id="S" />', with_lane))
    assert result.content.count(b"<bpmn:lane ") == 1
    assert [note.kind for note in result.notes if note.what == "candidateGroups"] == ["lost"]
