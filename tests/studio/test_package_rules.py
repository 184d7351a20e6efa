"""The rules about a package: each finds its fault in the smallest package that has it, and the sound package has none."""

import shutil
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.catalog.archive import read_zip
from app.domain.errors import DomainError
from app.engine.gate import rules as engine_rules
from app.services.packages.package_check import examine, rules
from app.services.registry import Registry
from tests.engine.diagrams import messages
from tests.studio.small import CHECK, FORM, MANIFEST, PASSED, WAYS, diagram, person, small

ROOT = Path(__file__).parents[2]
OTHER = {"type": "default", "components": [{"type": "text", "id": "t", "text": "说明"}]}
SECOND = '[cases.second]\nprocess = "request"\ntitle = "另一种"\nnumber = "B{year}-{n}"\n[[stages.second]]\nid = "other"\ntitle = "别的"\n'
MORE = '[messages.told]\ntitle = "通知"\nfrom = "request"\nto = "request"\n'
THROW = '<bpmn:sendTask id="send" messageRef="m_told" />'
TOLD = diagram(more=THROW, ways=WAYS.replace("G > done", "G > send > done"), clerk="fill send").replace(
    b'<bpmn:message id="m_cancelled"', messages("told").encode() + b'<bpmn:message id="m_cancelled"'
).replace(b'default="G_done"', b'default="G_send"')  # fmt: skip
OTHER_STAGE = diagram().replace(b'value="checking"', b'value="other"')


def buttons(*values: str, key: str = "decision") -> dict[str, Any]:
    """The checking form with these choices."""
    field = {**CHECK["components"][0], "key": key, "values": [{"label": value, "value": value} for value in values]}
    return {**CHECK, "components": [field]}


def expecting(**expected: Any) -> dict[str, Any]:
    """The first scenario with other expectations."""
    return {**PASSED, "expect": {**PASSED["expect"], **expected}}


def doing(**step: Any) -> dict[str, Any]:
    """The first scenario with the checking done otherwise."""
    return {**PASSED, "steps": [{"complete": "fill"}, {"complete": "check", **step}]}


CASES: list[tuple[str, dict[str, Any]]] = [
    ("package.manifest", {"procedure__toml": "id = "}),
    ("package.manifest", {"procedure__toml": MANIFEST.replace("[lanes]", "[other]").replace('id = "small', 'lanes = 5\nid = "small', 1)}),
    ("manifest.id", {"procedure__toml": MANIFEST.replace("small-service", "../small")}),
    ("manifest.process", {"procedure__toml": MANIFEST.replace('process = "request"', 'process = "none"')}),
    ("manifest.shared", {"procedure__toml": MANIFEST + SECOND}),
    ("manifest.variables", {"procedure__toml": MANIFEST.replace('decision = ""', "decision = 2026-01-01")}),
    ("manifest.number", {"procedure__toml": MANIFEST.replace("{n:04d}", "{n:>999999999}")}),
    ("manifest.number", {"procedure__toml": MANIFEST.replace("{n:04d}", "{n.__class__}")}),
    ("name.too_long", {"flow__bpmn": diagram().replace("填写申请".encode(), "填".encode() * 81)}),
    ("lane.unused", {"procedure__toml": MANIFEST.replace("[lanes]", '[lanes]\n"系统" = "system"')}),
    ("stage.unused", {"flow__bpmn": diagram().replace(b'value="checking"', b'value="filling"')}),
    ("stage.foreign", {"procedure__toml": MANIFEST + SECOND.replace("request", "more"), "flow__bpmn": OTHER_STAGE}),
    ("message.uncaught", {"procedure__toml": MANIFEST + MORE}),
    ("message.unthrown", {"procedure__toml": MANIFEST + MORE + 'addressed_by = "winners"'}),
    ("message.unaddressed", {"procedure__toml": MANIFEST + MORE, "flow__bpmn": TOLD}),
    ("message.addresser", {"procedure__toml": MANIFEST + MORE + 'addressed_by = "nobody"', "flow__bpmn": TOLD}),
    ("action.message", {"procedure__toml": MANIFEST.replace('message = "cancelled"', 'message = "other"')}),
    ("form.malformed", {"forms_request__json": b"{"}),
    ("form.invalid", {"forms_request__json": {**FORM, "components": [{"type": "script", "id": "x"}]}}),
    ("form.invalid", {"forms_request__json": b"[1, 2]"}),
    ("form.source", {"forms_request__json": {**FORM, "components": [
        {"type": "select", "id": "s", "key": "unit", "label": "单位", "properties": {"optionsSource": "no_such_list"}}]}}),
    ("form.unused", {"forms_other__json": OTHER}),
    ("decision.not_exported", {"flow__bpmn": diagram().replace(b'name="exports" value="decision"', b'name="hint" value="x"')}),
    ("decision.unread", {"forms_check__json": buttons("a", "b", key="other"), "flow__bpmn": diagram().replace(
        b'name="exports" value="decision"', b'name="exports" value="other"')}),
    ("decision.same_way", {"forms_check__json": buttons("pass", "again", "return")}),
    ("decision.unknown_value", {"forms_check__json": buttons("pass", "back")}),
    ("text.encoding", {"messages_todo__txt": "请办理\n\n您好".encode("gb18030")}),
    ("text.empty", {"messages_todo__txt": "只有标题"}),
    ("text.placeholder", {"messages_todo__txt": "请办理{stop}\n\n正文"}),
    ("text.unsent", {"messages_other__txt": "标题\n\n正文"}),
    ("text.missing", {"messages_todo__txt": None}),
    ("text.subject", {"messages_todo__txt": "长" * 61 + "\n\n正文"}),
    ("scenario.unreadable", {"scenarios_passed__json": b'{"title": "x", "case": "request"}'}),
    ("scenario.unreadable", {"scenarios_passed__json": b"[" * 200_000}),
    ("scenario.unreadable", {f"scenarios_s{number}__json": {**PASSED, "steps": [{"wait": "P1D"}] * 999} for number in range(6)}),
    ("scenario.step", {"scenarios_passed__json": {**PASSED, "steps": [{"complete": "check"}]}}),
    ("scenario.step", {"scenarios_passed__json": {**PASSED, "case": "other"}}),
    ("scenario.step", {"scenarios_passed__json": doing(values={"decision": "XYZ"})}),
    ("scenario.step", {"scenarios_passed__json": doing(values={"decision": "pass", "remarks": "x"})}),
    ("scenario.step", {"scenarios_passed__json": doing(values={"decision": "pass"}, role="bureau_handler")}),
    ("scenario.step", {"scenarios_passed__json": {**PASSED, "steps": [
        {"complete": "fill", "by": "陈"}, {"complete": "check", "values": {"decision": "pass"}, "by": "陈"}]}}),
    ("scenario.step", {"scenarios_passed__json": {**PASSED, "settings": {"review_day": 3}}}),
    ("scenario.step", {"scenarios_passed__json": {**PASSED, "deadlines": {"notice_end": 5}}}),
    ("scenario.path", {"scenarios_passed__json": expecting(path=["fill", "done"])}),
    ("scenario.no_end", {"scenarios_passed__json": {**PASSED, "steps": [{"complete": "fill"}], "expect": {}}}),
    ("scenario.outcome", {"scenarios_passed__json": expecting(outcome="refused")}),
    ("scenario.outcome", {"scenarios_passed__json": expecting(variables={"decision": "return"})}),
    ("scenario.none", {"scenarios_passed__json": None, "scenarios_returned__json": None}),
    ("scenario.not_covered", {"scenarios_returned__json": None}),
]  # fmt: skip


def ids(registry: Registry, files: dict[str, bytes], papers: Path | None = None) -> set[str]:
    return {finding.rule for finding in examine(files, registry=registry, papers=papers).findings}


@pytest.mark.parametrize(("rule", "changes"), CASES, ids=[f"{index}-{case[0]}" for index, case in enumerate(CASES)])
def test_a_rule_finds_its_fault(registry: Registry, rule: str, changes: dict[str, Any]) -> None:
    assert rule in ids(registry, small(**changes))


def test_the_sound_package_has_no_finding_at_all(registry: Registry) -> None:
    report = examine(small(), registry=registry)
    assert report.findings == ()
    assert [result.passed for result in report.scenarios] == [True, True]
    assert report.accepted


def test_a_scenario_may_say_who_does_what(registry: Registry) -> None:
    steps = [
        {"complete": "fill", "by": "陈", "role": "bureau_handler", "values": {"name": "甲"}},
        {"complete": "check", "by": "王", "role": "bureau_leader", "values": {"decision": "pass"}},
    ]
    assert ids(registry, small(scenarios_passed__json={**PASSED, "steps": steps})) == set()


def test_a_paper_that_its_sample_cannot_fill_is_found(registry: Registry, tmp_path: Path) -> None:
    source = ROOT / "certificates" / "linkonggang-artisan" / "notice"
    shutil.copytree(source, tmp_path / "small-service" / "notice")
    assert ids(registry, small(), tmp_path) == set()
    (tmp_path / "small-service" / "notice" / "template.html").write_text("{{ missing.field() }}", encoding="utf-8")
    assert ids(registry, small(), tmp_path) == {"paper.sample"}


def test_every_rule_of_the_house_is_tested_and_says_in_chinese_what_to_do() -> None:
    house = [rule for rule in rules() if rule.id not in {one.id for one in engine_rules()}]
    assert {rule.id for rule in house} == {rule for rule, _ in CASES} | {"paper.sample", "paper.missing"} | {
        "scenario.limits"
    }  # test_papers.py, tests/gate/test_playing.py
    assert len({rule.id for rule in rules()}) == len(rules())
    assert all(rule.cure.endswith("。") and any("\u4e00" <= letter <= "\u9fff" for letter in rule.sentence) for rule in house)


def test_a_failing_scenario_says_where_it_left_its_path(registry: Registry) -> None:
    report = examine(small(scenarios_passed__json=expecting(path=["fill", "fill", "done"])), registry=registry)
    result = next(result for result in report.scenarios if result.name == "passed")
    assert result.departure is not None
    assert (result.departure.place, result.departure.expected, result.departure.actual) == (1, "fill", "check")
    assert next(finding.element for finding in report.findings if finding.rule == "scenario.path") == "check"
    assert not report.accepted


def test_two_processes_with_one_id_are_refused(registry: Registry) -> None:
    manifest = MANIFEST.replace('["flow.bpmn"]', '["flow.bpmn", "again.bpmn"]')
    assert "id.duplicate" in ids(registry, small(procedure__toml=manifest, again__bpmn=diagram()))


HOSTILE = [
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]><a>&y;&y;</a>',
    b"<a>" + b"x" * 3_000_000 + b"</a>",
    b"<bpmn:definitions",
    b"",
]


@pytest.mark.parametrize("content", HOSTILE)
def test_hostile_diagrams_are_refused_and_nothing_else_is_tried(registry: Registry, content: bytes) -> None:
    report = examine(small(flow__bpmn=content), registry=registry)
    assert not report.accepted
    assert report.scenarios == ()


ATTACKS = ["().__class__", "__import__(\"os\")", "9**9**9", "\"x\" * 999999999", "[x for x in range(9)]", "open(\"/etc/passwd\")",
           "[[a for a in decision] for b in decision if lambda: 1]"]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_expression_that_reaches_out_is_refused(registry: Registry, attack: str) -> None:
    ways = WAYS.replace('decision == "return"', f"{attack} == decision")
    assert not examine(small(flow__bpmn=diagram(ways=ways)), registry=registry).accepted


def test_a_zip_of_ten_gigabytes_is_not_unpacked() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("procedure.toml", "w") as entry:
        for _ in range(40):
            entry.write(bytes(1_000_000))
    with pytest.raises(DomainError, match="20 MB"):
        read_zip(buffer.getvalue())


def test_an_open_task_is_found_by_its_element(registry: Registry) -> None:
    more = person("extra", "多出来的", form="request", stage="filling")
    report = examine(small(flow__bpmn=diagram(more=more)), registry=registry)
    assert {finding.rule for finding in report.findings if finding.element == "extra"} >= {
        "flow.unreachable",
        "role.outside_lane",
    }
