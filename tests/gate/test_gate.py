"""Every rule: it finds its fault, and it leaves the sound diagram beside it alone."""

import pytest

from app.engine import case, votes
from app.engine.gate import Finding, calls, check, loops, rules
from app.engine.gate.parsing import Parsing
from app.engine.specs import parse_files
from tests.engine.diagrams import HEAD, flows
from tests.gate import cases, package_cases
from tests.gate.house import context, found
from tests.gate.shapes import GOOD

Files = dict[str, bytes]

FILE_CASES: list[tuple[str, bytes]] = [
    ("file.malformed", GOOD[:200]),
    ("file.malformed", b""),
    ("file.not_bpmn", b"<html />"),
    ("file.size", GOOD + b" " * 2_000_000),
    ("file.doctype", GOOD.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>', 1)),
    ("file.doctype", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16")),
]
"""Files that are not read at all; what they become when they are mended is the smallest sound diagram."""

PAIRS: list[tuple[str, Files, Files]] = [
    *((rule, {"a.bpmn": bad}, {"a.bpmn": good}) for rule, bad, good in cases.CASES),
    *((rule, {"a.bpmn": bad}, {"a.bpmn": GOOD}) for rule, bad in FILE_CASES),
    *(
        (rule, {"a.bpmn": package_cases.RULE_TASK, "t.dmn": bad}, {"a.bpmn": package_cases.RULE_TASK, "t.dmn": good})
        for rule, bad, good in package_cases.TABLE_CASES
    ),
    *package_cases.PACKAGE_CASES,
]
IDS = [f"{index}-{pair[0]}" for index, pair in enumerate(PAIRS)]
COMES_WITH = {"parallel.explosion": {"parallel.unsynchronised"}}
"""Branches multiply because they meet without a join: the one cannot be had without the other."""


WITHOUT_ELEMENT = {
    "file.malformed",
    "file.not_bpmn",
    "file.size",
    "file.doctype",
    "file.no_process",
    "file.too_many",
    "table.shape",
}
"""What concerns a file or the package as a whole."""


def found_in(files: Files) -> list[Finding]:
    return check(files, context=context(), parse=False)


def ids_of(*contents: bytes, **named: bytes) -> set[str]:
    return {finding.rule for finding in found(*contents, **named)}


@pytest.mark.parametrize(("rule", "bad", "good"), PAIRS, ids=IDS)
def test_a_rule_finds_its_fault_and_nothing_else_and_leaves_the_sound_one_alone(rule: str, bad: Files, good: Files) -> None:
    findings = found_in(bad)
    assert {finding.rule for finding in findings} == {rule} | COMES_WITH.get(rule, set())
    assert all(finding.cure.endswith("。") and finding.file in {*bad, ""} for finding in findings)
    assert all(finding.element for finding in findings) or rule in WITHOUT_ELEMENT
    assert found_in(good) == []


@pytest.mark.parametrize("index", range(len(PAIRS)))
def test_what_is_sound_can_be_parsed_by_the_engine(index: int) -> None:
    assert "P" in parse_files(PAIRS[index][2], content_hash="").process_ids


def test_every_rule_has_a_pair() -> None:
    tested = {rule for rule, _bad, _good in PAIRS} | {"file.unparsable"}
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


def test_parser_runs_apart_and_finds_what_the_rules_do_not() -> None:
    broken = GOOD.replace(b'<bpmn:task id="T"', b'<bpmn:task nonsense="1" id="T"')
    findings = found(broken, parse=True)
    assert [finding.rule for finding in findings] == ["file.unparsable"]
    assert (findings[0].file, findings[0].element) == ("a.bpmn", "T")
    assert "“task”不能有属性“nonsense”" in findings[0].message
    assert found(GOOD, parse=True) == []


def test_diagram_that_never_returns_is_given_up() -> None:
    reference = '<bpmn:dataObjectReference id="DR" dataObjectRef="NOPE" />'
    inner = '<bpmn:userTask id="U"><bpmn:dataInputAssociation id="da"><bpmn:sourceRef>DR</bpmn:sourceRef>'
    inner += "<bpmn:targetRef>d</bpmn:targetRef></bpmn:dataInputAssociation></bpmn:userTask>"
    body = (
        f'{reference}<bpmn:startEvent id="S" /><bpmn:subProcess id="SP"><bpmn:startEvent id="s" />{inner}<bpmn:endEvent id="e" />'
    )
    body += flows("s > U > e") + '</bpmn:subProcess><bpmn:endEvent id="E" />' + flows("S > SP > E")
    hanging = f'{HEAD}<bpmn:process id="P" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'.encode()
    assert "element.data" in ids_of(hanging)
    with Parsing({"a.bpmn": hanging}, time_limit=0.5) as reading:
        (finding,) = reading.findings()
    assert finding.rule == "file.unparsable"
    assert "0.5 秒" in finding.message


def test_what_was_read_once_needs_no_child_again_and_what_was_changed_does() -> None:
    body = '<bpmn:startEvent id="S" /><bpmn:endEvent id="E_read_once" />' + flows("S > E_read_once")
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


def test_the_gate_and_the_engine_have_the_same_limits() -> None:
    assert calls.MAX_DEPTH == case.DEPTH_LIMIT
    assert loops.MAX_INSTANCES == votes.MAX_INSTANCES
