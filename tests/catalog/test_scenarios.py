"""Every scenario of every package comes out as it says, and together they reach every element."""

import pytest

from app.services.packages.scenarios import coverage, play, recorded_by, run_all
from app.services.registry_table import build_registry
from tests.catalog.packages import NAMES, field_of, forms_of, nodes_of, package, scenarios_of

REGISTRY = build_registry()
SCENARIOS = [(name, scenario) for name in NAMES for scenario in scenarios_of(name)]


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS)
def test_a_scenario_comes_out_as_it_says(name: str, scenario: str) -> None:
    written = scenarios_of(name)[scenario]
    run = play(package(name), written, recorded=recorded_by(REGISTRY))
    expected = written["expect"]
    assert run.path == expected["path"]
    assert run.now.outcome == expected["outcome"]
    assert {key: run.now.variables[key] for key in expected["variables"]} == expected["variables"]
    assert run.now.ended
    assert not run.now.ready


@pytest.mark.parametrize("name", NAMES)
def test_the_scenarios_reach_every_element_and_every_flow(name: str) -> None:
    results = run_all(package(name), recorded=recorded_by(REGISTRY))
    assert [result.name for result in results if not result.passed] == []
    assert coverage(package(name), results) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_scenarios_end_in_every_outcome(name: str) -> None:
    outcomes = {node.properties["outcome"] for _, node in nodes_of(name) if "outcome" in node.properties}
    assert {scenario["expect"]["outcome"] for scenario in scenarios_of(name).values()} == outcomes


@pytest.mark.parametrize("name", NAMES)
def test_people_in_scenarios_choose_what_the_forms_offer(name: str) -> None:
    recorders = {node.node_id: node.properties.get("records", "") for _, node in nodes_of(name) if node.kind == "userTask"}
    forms = {node.node_id: node.properties["form"] for _, node in nodes_of(name) if node.kind == "userTask"}
    for scenario in scenarios_of(name).values():
        for step in scenario["steps"]:
            for key, value in step.get("values", {}).items():
                if key in recorded_by(REGISTRY).get(recorders[step["complete"]], ()):
                    continue  # no choice: what the recorder makes of them
                field = field_of(forms_of(name)[forms[step["complete"]]], key)
                assert field is not None, f"{step}: {key}"
                assert value in {option.value for option in field.options}, f"{step}: {key}"
