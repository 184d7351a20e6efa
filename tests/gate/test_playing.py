"""Packages are read and played apart: what never returns, or takes too long, is a finding and nothing else."""

from typing import Any

import pytest

from app.catalog.manifest import read_procedure
from app.domain.errors import DomainError
from app.services.packages.package_rules import MOST_FINDINGS, judge, judge_apart
from app.services.packages.playing import NotPlayed, Playing
from app.services.packages.scenarios import run_all
from app.services.registry import Registry
from app.services.registry_table import build_registry
from tests.engine.diagrams import HEAD, flows
from tests.studio.small import MANIFEST, PASSED, WAYS, diagram, small

RECORDED: dict[str, tuple[str, ...]] = {}


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Return everything that a diagram may name."""
    return build_registry()


def test_what_is_played_apart_comes_to_the_same_as_here() -> None:
    procedure = read_procedure(small())
    playing = Playing(small(), recorded=RECORDED)
    assert playing.unreadable() is None
    assert playing.results() == run_all(procedure)


def test_a_scenario_that_leaves_its_path_says_so_from_apart_too() -> None:
    astray = {**PASSED, "expect": {**PASSED["expect"], "path": ["fill", "done"]}}
    (result, _other) = Playing(small(scenarios_passed__json=astray), recorded=RECORDED).results()
    assert result.departure is not None
    assert [(fault.kind, fault.element) for fault in result.faults] == [("path", "check")]


def test_a_diagram_that_never_returns_is_given_up_and_the_next_is_read() -> None:
    reference = '<bpmn:dataObjectReference id="DR" dataObjectRef="NOPE" />'
    reads = '<bpmn:dataInputAssociation id="da"><bpmn:sourceRef>DR</bpmn:sourceRef><bpmn:targetRef>d</bpmn:targetRef></bpmn:dataInputAssociation>'
    inner = f'<bpmn:startEvent id="s" /><bpmn:userTask id="U">{reads}</bpmn:userTask><bpmn:endEvent id="e" />' + flows(
        "s > U > e"
    )
    body = f'{reference}<bpmn:startEvent id="S" /><bpmn:subProcess id="SP">{inner}</bpmn:subProcess><bpmn:endEvent id="E" />'
    hanging = (
        f'{HEAD}<bpmn:process id="request" isExecutable="true">{body}{flows("S > SP > E")}</bpmn:process></bpmn:definitions>'
    )
    given_up = Playing(small(flow__bpmn=hanging), recorded=RECORDED, read_limit=0.1).unreadable()
    assert given_up is not None and "0.1 秒" in given_up[2]
    assert Playing(small(), recorded=RECORDED).unreadable() is None


def test_what_the_parser_does_not_know_is_told_at_its_element() -> None:
    broken = small()["flow.bpmn"].replace(b'<bpmn:userTask id="fill"', b'<bpmn:userTask nonsense="1" id="fill"')
    said = Playing(small(flow__bpmn=broken), recorded=RECORDED).unreadable()
    assert said == ("flow.bpmn", "fill", "流程文件无法读取：“userTask”不能有属性“nonsense”")


def long_one(title: str) -> dict[str, bytes]:
    """A procedure that nobody reads in a thousandth of a second, of a title for which no room has ever answered."""
    names = [f"t{number}" for number in range(150)]
    ways = WAYS.replace("S > fill", " > ".join(["S", *names, "fill"]))
    long = diagram(more="".join(f'<bpmn:task id="{name}" />' for name in names), ways=ways)
    return small(flow__bpmn=long, procedure__toml=MANIFEST.replace("小事项", title))


def test_scenarios_that_take_too_long_are_given_up() -> None:
    with pytest.raises(NotPlayed):
        Playing(long_one("演不完的事项"), recorded=RECORDED, play_limit=0.001).results()


def test_what_was_answered_once_needs_no_room_again_and_what_was_changed_does(registry: Registry) -> None:
    once = long_one("问过一次的事项")
    results, judged = Playing(once, recorded=RECORDED).results(), judge_apart(once, registry=registry)
    assert Playing(once, recorded=RECORDED, play_limit=0.001).results() == results
    assert judge_apart(once, registry=registry, seconds=0.001) == judged
    with pytest.raises(NotPlayed):
        Playing({**once, "forms/check.json": once["forms/check.json"] + b" "}, recorded=RECORDED, play_limit=0.001).results()


def test_scenarios_that_cannot_be_read_are_refused_with_the_reason() -> None:
    with pytest.raises(DomainError, match="JSON") as caught:
        Playing(small(scenarios_passed__json=b"{"), recorded=RECORDED).results()
    assert caught.value.code == "scenario.unreadable"


@pytest.mark.parametrize(
    "changes", [{}, {"procedure__toml": "id ="}, {"forms_check__json": b"{", "flow__bpmn": diagram(leader="")}]
)
def test_what_is_judged_apart_comes_to_the_same_as_here(registry: Registry, changes: Any) -> None:
    files = small(**changes)
    assert judge_apart(files, registry=registry) == judge(files, registry=registry)
    assert bool(judge(files, registry=registry)) == bool(changes)


def test_rules_that_take_too_long_are_given_up_with_a_finding(registry: Registry) -> None:
    (finding,) = judge_apart(long_one("判不完的事项"), registry=registry, seconds=0.001)
    assert (finding.rule, finding.severity) == ("file.too_many", "error")


def test_no_more_is_told_of_a_package_than_somebody_can_read(registry: Registry) -> None:
    several = [" or ".join(f'decision == "{way}.{number}"' for number in range(25)) for way in range(30)]
    ways = "".join(f"\nG > done if {condition}" for condition in several)
    assert len(judge(small(flow__bpmn=diagram(ways=WAYS + ways)), registry=registry)) == MOST_FINDINGS
