"""Every rule: it finds its fault, and it leaves the sound diagram beside it alone."""

import pytest

from app.engine.gate import rules
from app.engine.gate.parsing import Parsing
from app.engine.specs import parse_files
from tests.engine.diagrams import HEAD
from tests.gate import cases
from tests.gate.house import context, found

IDS = [f"{index}-{case[0]}" for index, case in enumerate(cases.CASES)]


def ids_of(*contents: bytes, **named: bytes) -> set[str]:
    return {finding.rule for finding in found(*contents, **named)}


@pytest.mark.parametrize(("rule", "bad", "good"), cases.CASES, ids=IDS)
def test_rule_finds_its_fault_and_nothing_else(rule: str, bad: bytes, good: bytes) -> None:
    assert rule in ids_of(bad)
    assert rule not in ids_of(good)


@pytest.mark.parametrize("good", sorted({case[2] for case in cases.CASES}))
def test_sound_diagrams_have_no_error_and_can_be_parsed(good: bytes) -> None:
    assert [finding for finding in found(good) if finding.severity == "error"] == []
    assert parse_files({"a.bpmn": good}, content_hash="").process_ids == ("P",)


@pytest.mark.parametrize(("rule", "bad", "good"), cases.TABLE_CASES)
def test_rules_of_decision_tables(rule: str, bad: bytes, good: bytes) -> None:
    assert rule in ids_of(cases.RULE_TASK, t_dmn=bad)
    assert found(cases.RULE_TASK, t_dmn=good) == []


@pytest.mark.parametrize(
    ("rule", "content"),
    [
        ("file.malformed", b"<bpmn:definitions"),
        ("file.malformed", b""),
        ("file.not_bpmn", b"<html />"),
        ("file.size", b"<a>" + b" " * 2_000_001 + b"</a>"),
        ("file.doctype", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'),
        ("file.doctype", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16")),
    ],
)
def test_files_that_are_not_read_at_all(rule: str, content: bytes) -> None:
    assert ids_of(content) == {rule}


def test_every_rule_is_tested() -> None:
    tested = {case[0] for case in (*cases.CASES, *cases.TABLE_CASES)}
    tested |= {"file.malformed", "file.not_bpmn", "file.size", "file.doctype", "file.unparsable"}
    assert {rule.id for rule in rules()} == tested
    assert len({rule.id for rule in rules()}) == len(rules())


def test_every_rule_says_in_chinese_what_to_do() -> None:
    for rule in rules():
        assert rule.cure.endswith("。"), rule.id
        assert any("\u4e00" <= letter <= "\u9fff" for letter in rule.sentence), rule.id


def test_finding_names_the_element_and_the_file() -> None:
    bad = next(case[1] for case in cases.CASES if case[0] == "form.unknown")
    finding = next(item for item in found(bad) if item.rule == "form.unknown")
    assert (finding.element, finding.file, finding.severity) == ("T", "a.bpmn", "error")
    assert finding.message == "用户任务的表单不存在：“T”的表单“g”"


def test_called_process_in_another_file() -> None:
    assert "call.unknown" not in ids_of(cases.called("Q"), cases.CALLED)


def test_parser_runs_apart_and_finds_what_the_rules_do_not() -> None:
    broken = cases.GOOD.replace(b'<bpmn:task id="T"', b'<bpmn:task nonsense="1" id="T"')
    findings = found(broken, parse=True)
    assert [finding.rule for finding in findings] == ["file.unparsable"]
    assert "nonsense" in findings[0].message
    assert found(cases.GOOD, parse=True) == []


def test_diagram_that_never_returns_is_given_up() -> None:
    reference = '<bpmn:dataObjectReference id="DR" dataObjectRef="NOPE" />'
    inner = '<bpmn:userTask id="U"><bpmn:dataInputAssociation id="da"><bpmn:sourceRef>DR</bpmn:sourceRef>'
    inner += "</bpmn:dataInputAssociation></bpmn:userTask>"
    body = (
        f'{reference}<bpmn:startEvent id="S" /><bpmn:subProcess id="SP"><bpmn:startEvent id="s" />{inner}<bpmn:endEvent id="e" />'
    )
    body += cases.flows("s > U > e") + '</bpmn:subProcess><bpmn:endEvent id="E" />' + cases.flows("S > SP > E")
    hanging = f'{HEAD}<bpmn:process id="P" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'.encode()
    assert "element.data" in ids_of(hanging)
    with Parsing({"a.bpmn": hanging}, time_limit=2) as reading:
        (finding,) = reading.findings()
    assert finding.rule == "file.unparsable"


def test_what_was_read_once_needs_no_child_again_and_what_was_changed_does() -> None:
    body = '<bpmn:startEvent id="S" /><bpmn:endEvent id="E_read_once" />' + cases.flows("S > E_read_once")
    whole = f'{HEAD}<bpmn:process id="P" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'.encode()
    with Parsing({"a.bpmn": whole}) as first:
        assert first.findings() == []
    with Parsing({"a.bpmn": whole}, time_limit=0.0) as again:
        assert again.findings() == []  # nothing was started that could be late
    with Parsing({"a.bpmn": whole.replace(b"</bpmn:process>", b"")}) as changed:
        assert [finding.rule for finding in changed.findings()] == ["file.unparsable"]


def test_variables_are_not_checked_without_being_told_of_them() -> None:
    assert context().variables is not None
    bad = next(case[1] for case in cases.CASES if case[0] == "expression.variable")
    assert "expression.variable" in ids_of(bad)
