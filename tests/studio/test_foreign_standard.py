"""What other modelers say in BPMN's own words, or half in ours: turned, or named; never passed over."""

import pytest

from app.engine.drawing import flows_of, nodes_of
from app.engine.foreign import Converted, convert
from app.engine.specs import parse_files

FRAME = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://x">
<bpmn:process id="P" isExecutable="{executable}">{inner}</bpmn:process></bpmn:definitions>"""


def converted(inner: str, *, executable: str = "true") -> Converted:
    """Convert a process with this inside."""
    return convert(FRAME.format(executable=executable, inner=inner).encode())


def task(*extensions: str, kind: str = "userTask", inner: str = "", **attributes: str) -> str:
    """A task with extensions and attributes (`__` for `:`)."""
    given = "".join(f" {name.replace('__', ':')}='{value}'" for name, value in attributes.items())
    holder = f"<bpmn:extensionElements>{''.join(extensions)}</bpmn:extensionElements>" if extensions else ""
    return f'<bpmn:{kind} id="T"{given}>{holder}{inner}</bpmn:{kind}>'


def resource(kind: str, text: str) -> str:
    """A standard element that says who does a task."""
    expression = f"<bpmn:resourceAssignmentExpression><bpmn:formalExpression>{text}</bpmn:formalExpression></bpmn:resourceAssignmentExpression>"
    return f"<bpmn:{kind}>{expression}</bpmn:{kind}>"


LOST = [
    (task('<zeebe:taskSchedule dueDate="P3D" followUpDate="P1D" />'), "followUpDate=P1D"),
    (task('<zeebe:formDefinition formId="f" bindingType="latest" />'), "bindingType=latest"),
    (task('<zeebe:calledDecision decisionId="g" resultVariable="r" />', kind="businessRuleTask"), "resultVariable=r"),
    (task(camunda__candidateGroups="${grp}"), "是表达式"),
    (task(inner=resource("humanPerformer", "kermit")), "“kermit”没有转换"),
    (task(inner=resource("potentialOwner", "user(kermit)")), "候选人“kermit”没有转换"),
    (task(startQuantity="3"), "起始数量（startQuantity=3）"),
    ('<bpmn:property id="v" name="amount" />', "流程变量声明“amount”"),
    (task(kind="eventBasedGateway", instantiate="true"), "由事件启动流程"),
]


@pytest.mark.parametrize(("inner", "said"), LOST, ids=[said for _, said in LOST])
def test_what_has_no_counterpart_is_named_and_out_of_the_diagram(inner: str, said: str) -> None:
    found = converted(inner)
    assert said in "".join(note.sentence for note in found.notes if note.kind == "lost")
    assert convert(found.content).notes == ()


def test_standard_ways_to_say_who_and_how_often_are_turned() -> None:
    loop = '<zeebe:loopCharacteristics inputCollection="=units" inputElement="unit" outputCollection="answers" />'
    several = task(loop, kind="multiInstanceLoopCharacteristics").replace(' id="T"', "")
    found = converted(task(inner=resource("potentialOwner", "group(复核组)") + several), executable="1")
    assert found.groups == ("复核组",)
    for part in (b'isExecutable="true"', b"loopDataInputRef>units<", b"loopDataOutputRef>answers<"):
        assert part in found.content


def test_forms_and_called_processes_of_camunda_8_are_kept() -> None:
    called = task('<zeebe:calledElement processId="other" />', kind="callActivity")
    assert b'calledElement="other"' in converted(called).content
    assert b'name="form" value="check"' in converted(task(camunda__formRef="check")).content


def test_a_list_of_groups_is_read_as_names() -> None:
    listed = """<zeebe:assignmentDefinition candidateGroups='=["甲组", "乙组"]' />"""
    found = converted(task(listed))
    assert found.groups == ("甲组", "乙组")
    assert "候选组“乙组”没有转换" in "".join(note.sentence for note in found.notes if note.kind == "lost")


def test_what_says_nothing_is_taken_as_it_is() -> None:
    ours = FRAME.format(executable="true", inner=task(startQuantity="1", implementation="##unspecified")).encode()
    assert convert(ours).notes == ()
    assert convert(ours).content == ours


ODD = """<bpmn:startEvent id="S 1" /><bpmn:userTask id="初 审" /><bpmn:userTask id="2nd" /><bpmn:endEvent id="S_1" />
<bpmn:sequenceFlow id="f 1" sourceRef="S 1" targetRef="初 审" /><bpmn:sequenceFlow id="f2" sourceRef="初 审" targetRef="2nd" />
<bpmn:sequenceFlow id="f3" sourceRef="2nd" targetRef="S_1" />"""


def test_ids_that_the_standard_does_not_allow_are_made_sound_and_told() -> None:
    found = converted(ODD)
    notes = {(note.element, note.sentence) for note in found.notes if note.what == "编号"}
    assert {element for element, _ in notes} == {"S_1_2", "初_审", "id_2nd", "f_1"}
    assert ("S_1_2", "编号“S 1”里有不能用的字符，改为“S_1_2”。") in notes
    flows = {(flow.source, flow.target) for flow in flows_of({"a.bpmn": found.content})}
    assert flows == {("S_1_2", "初_审"), ("初_审", "id_2nd"), ("id_2nd", "S_1")}
    assert "P" in parse_files({"a.bpmn": found.content}, content_hash="").process_ids


def test_a_process_that_is_executable_by_the_number_one_is() -> None:
    one = FRAME.format(executable="1", inner=ODD.replace(" 1", "1").replace("初 审", "初审").replace("2nd", "nd")).encode()
    assert parse_files({"a.bpmn": one}, content_hash="").process_ids == ("P",)
    assert list(nodes_of({"a.bpmn": one})) == ["P"]
