"""The rules about a package: each finds its fault in the smallest package that has it, and the sound package has none."""

import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from app.catalog.archive import read_zip
from app.domain.errors import DomainError
from app.engine.gate import rules as engine_rules
from app.services.casework.case_work import FUNCTIONS
from app.services.packages.gate_context import SIGNATURES
from app.services.packages.package_check import examine, rules
from app.services.packages.package_manifest import SENT_BY
from app.services.registry import Registry
from tests.studio.package_cases import COMES_WITH, PAIRS, Changes, expecting
from tests.studio.small import MANIFEST, PASSED, WAYS, diagram, person, small

ROOT = Path(__file__).parents[2]


def ids(registry: Registry, files: dict[str, bytes], papers: Path | None = None) -> set[str]:
    return {finding.rule for finding in examine(files, registry=registry, papers=papers).findings}


@pytest.mark.parametrize(("rule", "bad", "good"), PAIRS, ids=[f"{index}-{pair[0]}" for index, pair in enumerate(PAIRS)])
def test_a_rule_finds_its_fault_and_nothing_else(registry: Registry, rule: str, bad: Changes, good: Changes) -> None:
    assert ids(registry, small(**bad)) == {rule} | COMES_WITH.get(rule, set())
    assert ids(registry, small(**good)) == set()


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
    assert {rule.id for rule in house} == {rule for rule, _, _ in PAIRS} | {"paper.sample", "paper.missing"} | {
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


def test_what_the_rules_know_of_functions_and_operations_is_what_the_house_has(registry: Registry) -> None:
    assert SIGNATURES.keys() == FUNCTIONS
    assert set(SENT_BY.values()) <= registry.operations.keys()


def test_a_kind_of_case_without_a_scenario_is_not_deployed_but_read_so_that_it_can_be_rehearsed(registry: Registry) -> None:
    hanging = diagram().replace(b'<bpmn:userTask id="fill"', b'<bpmn:userTask nonsense="1" id="fill"')
    report = examine(small(scenarios_passed__json=None, scenarios_returned__json=None), registry=registry)
    assert not report.accepted
    without = small(scenarios_passed__json=None, scenarios_returned__json=None, flow__bpmn=hanging)
    assert ids(registry, without) == {"scenario.none", "file.unparsable"}
