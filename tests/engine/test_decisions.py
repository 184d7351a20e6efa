"""Decision tables and called processes."""

import pytest

from app.engine.specs import CACHE_SIZE, load_spec
from app.engine.types import EngineError
from tests.engine.diagrams import HEAD, Run, document, end, flows, service, spec_of, start, user

RULE = (
    '<bpmn:businessRuleTask id="R"><bpmn:extensionElements><spiffworkflow:calledDecisionId>grade</spiffworkflow:calledDecisionId>'
    "</bpmn:extensionElements></bpmn:businessRuleTask>"
)
MAIN = document(start() + RULE + user("A") + end() + flows("S > R > A > E"))


def dmn(policy: str, *rules: tuple[str, str]) -> bytes:
    """A table from `score` to `grade`."""
    rows = "".join(
        f'<rule id="r{i}"><inputEntry id="i{i}"><text>{cell}</text></inputEntry>'
        f'<outputEntry id="o{i}"><text>{out}</text></outputEntry></rule>'
        for i, (cell, out) in enumerate(rules)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
        f'namespace="x"><decision id="grade" name="g"><decisionTable id="t" hitPolicy="{policy}">'
        '<input id="in"><inputExpression id="ie" '
        f'typeRef="number"><text>score</text></inputExpression></input><output id="out" name="grade" typeRef="string" />{rows}'
        "</decisionTable></decision></definitions>"
    ).encode()


def grade(policy: str, score: int, *rules: tuple[str, str]) -> object:
    return Run(spec_of(MAIN, grade_dmn=dmn(policy, *rules)), score=score).at.variables["grade"]


TWO = (("&gt;= 60", '"ok"'), ("&gt;= 80", '"good"'))


def test_first_takes_the_first_match() -> None:
    assert grade("FIRST", 90, *TWO) == "ok"


def test_unique_refuses_two_matches() -> None:
    assert grade("UNIQUE", 70, *TWO) == "ok"
    with pytest.raises(EngineError, match="1、2"):
        grade("UNIQUE", 90, *TWO)


def test_collect_gathers_all() -> None:
    assert grade("COLLECT", 90, *TWO) == ["ok", "good"]
    assert grade("COLLECT", 10, *TWO) == []


def test_no_match_sets_none_and_an_empty_cell_means_any() -> None:
    assert grade("FIRST", 10, *TWO) is None
    assert grade("FIRST", 0, *TWO, ("", '"low"')) == "low"
    assert grade("FIRST", 0, *TWO, ("-", '"low"')) == "low"
    assert grade("FIRST", 85, ("? &gt; 60 and ? &lt; 90", '"mid"')) == "mid"


def test_a_cell_may_name_several_values() -> None:
    rules = (("in [90, 95]", '"甲"'), ("not in [60, 70]", '"乙"'), ("-", '"丙"'))
    assert [grade("FIRST", score, *rules) for score in (95, 80, 70)] == ["甲", "乙", "丙"]


@pytest.mark.parametrize("cell", ["ghost", "null", "甲", "? in ghosts", 'date("2020-01-01")', '&lt; "5"', "&gt;&gt; 5 5"])
def test_a_cell_that_cannot_be_reckoned_is_an_incident_at_its_task(cell: str) -> None:
    with pytest.raises(EngineError) as caught:
        grade("FIRST", 10, (cell, '"ok"'))
    assert (caught.value.code in ("engine.expression", "engine.decision"), caught.value.node_id) == (True, "R")


def test_an_incident_at_a_table_shows_the_cell_as_it_was_written() -> None:
    with pytest.raises(EngineError, match='“< "5"”'):
        grade("FIRST", 10, ('&lt; "5"', '"ok"'))


def test_an_output_that_cannot_be_reckoned_is_an_incident_too() -> None:
    with pytest.raises(EngineError, match="ghost"):
        grade("FIRST", 10, ("-", "ghost"))


def test_called_process_shares_the_variables_and_the_outcome_is_the_callers() -> None:
    called = document(start("s2") + service("X", "op", "r") + end("e2") + flows("s2 > X > e2"), process_id="Q")
    called = called.replace(b'id="Definitions"', b'id="Definitions2"')
    caller = document(start() + '<bpmn:callActivity id="C" calledElement="Q" />' + end() + flows("S > C > E"))
    run = Run(spec_of(caller, other_bpmn=called), operations={"op": lambda: 5})
    assert run.at.ended
    assert run.at.variables == {"r": 5}
    assert (run.at.outcome, run.passed) == ("E", ["S", "s2", "X", "e2", "C", "E"])


def test_nodes_are_described_in_document_order_with_lanes_and_properties() -> None:
    lane = '<bpmn:lane id="l" name="区人社局"><bpmn:flowNodeRef>SP</bpmn:flowNodeRef></bpmn:lane>'
    lanes = f'<bpmn:laneSet id="ls">{lane}</bpmn:laneSet>'
    inner = start("s") + user("I", form="f") + end("e") + flows("s > I > e")
    spec = spec_of(
        document(lanes + start() + f'<bpmn:subProcess id="SP">{inner}</bpmn:subProcess>' + end() + flows("S > SP > E"))
    )
    assert [(n.node_id, n.kind, n.lane) for n in spec.nodes("P")] == [
        ("S", "startEvent", None),
        ("SP", "subProcess", "区人社局"),
        ("s", "startEvent", "区人社局"),
        ("I", "userTask", "区人社局"),
        ("e", "endEvent", "区人社局"),
        ("E", "endEvent", None),
    ]
    assert spec.node("P", "I").properties == {"form": "f"}
    with pytest.raises(EngineError):
        spec.node("P", "none")


def test_parsed_versions_are_kept_by_their_hash() -> None:
    content = document(start() + end() + flows("S > E"))
    first = load_spec({"a.bpmn": content}, content_hash="kept")
    assert load_spec({}, content_hash="kept") is first
    for number in range(CACHE_SIZE):
        load_spec({"a.bpmn": content}, content_hash=f"other {number}")
    assert load_spec({"a.bpmn": content}, content_hash="kept") is not first


def test_file_that_is_no_diagram_is_refused() -> None:
    for content in (b"<a/>", b"not xml", HEAD.encode()):
        with pytest.raises(EngineError):
            Run(content)
