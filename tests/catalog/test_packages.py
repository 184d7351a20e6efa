"""Every package of content holds together: manifest, diagrams, forms and texts name the same things."""

import re
import tomllib
from datetime import date

import pytest

from app.formkit.build import bind
from app.formkit.schema import exportable_keys
from app.formkit.sources import SourceItem
from tests.catalog.packages import (
    BPMN,
    NAMES,
    ROOT,
    compared,
    diagrams_of,
    field_of,
    flow_nodes,
    forms_of,
    listed,
    nodes_of,
    package,
    spec_of,
)

pytestmark = pytest.mark.parametrize("name", NAMES)


def test_the_engine_reads_every_process_of_the_manifest(name: str) -> None:
    assert {kind.process for kind in package(name).case_kinds.values()} == set(spec_of(name).process_ids)


def test_every_lane_has_a_role_and_every_role_a_lane(name: str) -> None:
    drawn = {lane.get("name") for root in diagrams_of(name).values() for lane in root.iter(f"{BPMN}lane")}
    assert drawn == set(package(name).lanes)


def test_every_person_s_task_has_a_role_to_do_it(name: str) -> None:
    lanes = package(name).lanes
    assert [node.node_id for _, node in nodes_of(name) if node.kind == "userTask" and not lanes.get(node.lane or "")] == []


def test_every_message_of_the_diagrams_is_declared(name: str) -> None:
    drawn = {message.get("name") for root in diagrams_of(name).values() for message in root.iter(f"{BPMN}message")}
    assert drawn <= set(package(name).messages)


def test_every_declared_message_is_caught_by_its_target(name: str) -> None:
    procedure = package(name)
    caught: dict[str, set[str]] = {}
    for root in diagrams_of(name).values():
        names = {message.get("id"): message.get("name") for message in root.iter(f"{BPMN}message")}
        for event in root.iter(f"{BPMN}intermediateCatchEvent"):
            for definition in event.iter(f"{BPMN}messageEventDefinition"):
                caught.setdefault(event.getparent().get("id"), set()).add(names[definition.get("messageRef")])
    for message in procedure.messages.values():
        assert message.name in caught[procedure.case_kinds[message.target].process]


def test_every_stage_is_declared_and_reached(name: str) -> None:
    procedure = package(name)
    used: dict[str, set[str]] = {kind.process: set() for kind in procedure.case_kinds.values()}
    for process_id, node in nodes_of(name):
        if "stage" in node.properties:
            used[process_id].add(node.properties["stage"])
    assert used == {kind.process: {stage.id for stage in kind.stages} for kind in procedure.case_kinds.values()}


def test_every_end_has_an_outcome_of_its_own(name: str) -> None:
    """People read by its name how a case ended: of two ends with one outcome they would read the wrong one."""
    ends = [
        (process, node.properties.get("outcome", node.node_id)) for process, node in nodes_of(name) if node.kind == "endEvent"
    ]
    assert len(set(ends)) == len(ends) > 0


def test_every_form_is_there_and_used(name: str) -> None:
    assert {node.properties["form"] for _, node in nodes_of(name) if node.kind == "userTask"} == set(forms_of(name))


def test_every_export_is_a_single_value_of_the_form(name: str) -> None:
    forms = forms_of(name)
    for _, node in nodes_of(name):
        for key in listed(node.properties.get("exports", "")):
            assert key in exportable_keys(forms[node.properties["form"]]), f"{node.node_id}: {key}"


def test_every_task_has_one_way_to_submit(name: str) -> None:
    forms = forms_of(name)
    for _, node in nodes_of(name):
        if node.kind == "userTask":
            buttons = [field for field in forms[node.properties["form"]].every if field.properties.get("buttons") == "true"]
            assert len(buttons) + ("submit" in node.properties) == 1, node.node_id


def test_every_button_field_is_exported_and_its_warnings_are_about_its_options(name: str) -> None:
    exported = {key for _, node in nodes_of(name) for key in listed(node.properties.get("exports", ""))}
    for form in forms_of(name).values():
        for field in form.every:
            if field.properties.get("buttons") == "true":
                warned = {key.removeprefix("confirm_") for key in field.properties if key.startswith("confirm_")}
                danger = {field.properties["danger"]} if "danger" in field.properties else set()
                assert warned | danger <= {option.value for option in field.options}
                assert field.key in exported, f"{form.key}: {field.key}"
                assert danger <= warned, f"{form.key}: what is dangerous is confirmed"


def test_every_condition_compares_with_a_choice_of_the_form(name: str) -> None:
    fields = [field for form in forms_of(name).values() for field in form.every]
    for root in diagrams_of(name).values():
        for condition in root.iter(f"{BPMN}conditionExpression"):
            for variable, value in compared(condition.text):
                choices = {option.value for field in fields if field.key == variable for option in field.options}
                assert not choices or value in choices, condition.text


def test_every_flow_out_of_an_exclusive_gateway_has_a_condition_or_is_the_default(name: str) -> None:
    for root in diagrams_of(name).values():
        flows = {flow.get("id"): flow for flow in root.iter(f"{BPMN}sequenceFlow")}
        for gateway in root.iter(f"{BPMN}exclusiveGateway"):
            out = [one.text for one in gateway.findall(f"{BPMN}outgoing")]
            bare = [one for one in out if flows[one].find(f"{BPMN}conditionExpression") is None]
            assert len(out) < 2 or bare == [gateway.get("default")], gateway.get("id")
            assert len(out) < 2 or all(flows[one].get("name") for one in out), gateway.get("id")


def test_every_task_and_event_says_what_it_is_for(name: str) -> None:
    for root in diagrams_of(name).values():
        for node in flow_nodes(root):
            text = node.findtext(f"{BPMN}documentation", "")
            assert text.endswith("。"), node.get("id")


def test_the_placeholders_of_every_text_are_declared(name: str) -> None:
    declared = tomllib.loads((ROOT / "bpmn" / name / "procedure.toml").read_text("utf-8")).get("notifications", {})
    texts = {path: data.decode() for path, data in package(name).files.items() if path.startswith("messages/")}
    assert {path.removeprefix("messages/").removesuffix(".txt") for path in texts} == set(declared)
    common = {"recipient", "case_number", "nominee", "link", "system"}
    for path, text in texts.items():
        own = set(declared[path.removeprefix("messages/").removesuffix(".txt")])
        assert own <= set(re.findall(r"\{(\w+)\}", text)) <= common | own, path
        assert len(text.splitlines()[0]) <= 40, f"{path}: the first line is the subject"


def test_nobody_checks_his_own_work(name: str) -> None:
    tasks = {node.node_id: node for _, node in nodes_of(name) if node.kind == "userTask"}
    for node in tasks.values():
        for other in listed(node.properties.get("not_same_as", "")):
            assert other in tasks, f"{node.node_id}: {other}"
            assert other != node.node_id


def test_sensitive_values_are_marked(name: str) -> None:
    for form in forms_of(name).values():
        for key in ("id_number", "mobile", "bank_account"):
            field = field_of(form, key)
            assert field is None or field.properties.get("sensitive") == "true", f"{form.key}: {key}"


def test_every_form_can_be_filled_in_and_refuses_to_be_sent_empty(name: str) -> None:
    for form in forms_of(name).values():
        fields = form.every
        named = {field.options_source or field.repeat_for for field in fields} - {None}
        sources = {
            source: [SourceItem("A", "甲", maximum="10"), SourceItem("B", "乙", maximum="5")] for source in named if source
        }
        bound = bind(form, sources=sources, today=date(2026, 11, 23), formdata=None)
        assert not bound.validate(), form.key
        assert all(problem.sentence for problem in bound.problems())


def test_every_file_that_may_be_sent_says_of_which_kind(name: str) -> None:
    files = [field for form in forms_of(name).values() for field in form.every if field.kind == "file"]
    assert [field.key for field in files if not set(field.accept.split(",")) <= {".pdf", ".jpg", ".jpeg", ".png", ".xlsx"}] == []
