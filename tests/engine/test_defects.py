"""Defects of SpiffWorkflow that have no other home, by their numbers: each is mended here or cannot come up."""

import json
import zlib
from typing import Any

import pytest

from app.domain.errors import DomainError
from app.engine import runtime
from app.engine.migrating import migrate
from app.engine.state import VERSION
from app.engine.types import EngineError, Variable
from tests.engine.diagrams import Run, document, end, flows, service, spec_of, start, user

PARALLEL = '<bpmn:parallelGateway id="F" /><bpmn:parallelGateway id="J" />'


def counted(cardinality: str) -> bytes:
    """A task that runs a number of times and collects its outputs, then another one."""
    inner = f"<bpmn:loopCardinality>{cardinality}</bpmn:loopCardinality><bpmn:loopDataOutputRef>votes</bpmn:loopDataOutputRef>"
    loop = f"<bpmn:multiInstanceLoopCharacteristics>{inner}</bpmn:multiInstanceLoopCharacteristics>"
    return document(start() + user("U", loop, exports="vote") + user("V") + end() + flows("S > U > V > E"))


def test_e3_a_number_of_instances_with_a_collection_that_was_there_before() -> None:
    run = Run(counted("rounds"), rounds=2, votes=["old"])
    assert run.at.variables["votes"] == []
    run.do("U", vote="yes").do("U", vote="no")
    assert run.at.variables["votes"] == [{"item": 0, "vote": "yes"}, {"item": 1, "vote": "no"}]
    assert run.ready == ["V"]


@pytest.mark.parametrize("rounds", ["x", -1, 1001, True, None])
def test_e3_a_number_that_is_none_is_an_incident_at_its_task(rounds: Variable) -> None:
    with pytest.raises(EngineError) as caught:
        Run(counted("rounds"), rounds=rounds)
    assert (caught.value.code, caught.value.node_id) == ("engine.multi_instance", "U")


def packed(record: Any) -> bytes:
    return zlib.compress(json.dumps(record).encode())


def test_b8_a_state_that_another_version_wrote_is_refused_and_says_so() -> None:
    run = Run(counted("2"))
    record = json.loads(zlib.decompress(run.at.state))
    assert record["version"] == VERSION
    for version in (VERSION + 1, VERSION - 1, str(VERSION)):
        with pytest.raises(EngineError) as caught:
            runtime.inspect(run.spec, packed({**record, "version": version}))
        assert caught.value.code == "engine.state_version"


@pytest.mark.parametrize("record", [{}, {"serializer_version": "1.5", "tasks": {}}, [], 5, None])
def test_b8_a_state_without_a_version_is_no_state(record: Any) -> None:
    with pytest.raises(EngineError) as caught:
        runtime.inspect(Run(counted("2")).spec, packed(record))
    assert caught.value.code == "engine.state"


def test_f9_a_variable_named_like_a_function_does_not_stand_in_its_way() -> None:
    gateway = '<bpmn:exclusiveGateway id="G" default="G_E" />'
    ways = "S > U > G > E\nG > V if len(units) == 2 and len == 7 and both(1) == 2\nV > E"
    content = document(start() + user("U", exports="len,both") + gateway + user("V") + end() + flows(ways))
    run = Run(content, units=[1, 2], functions={"both": lambda number: number + 1})
    assert run.do("U", len=7, both="x").ready == ["V"]


def test_b4c_what_a_branch_changes_is_told_by_nobody_before_it_is_done() -> None:
    body = start() + PARALLEL + user("A", exports="list") + user("B", exports="other") + user("Z") + end()
    given: list[Variable] = [{"score": 1}]
    run = Run(document(body + flows("S > F > A > J > Z > E\nF > B > J")), list=given)
    kept = run.at.variables["list"]
    run.do("B", other=[kept])
    given.append("changed outside")
    assert run.at.variables["list"] == [{"score": 1}]
    run.do("A", list=[{"score": 2}])
    assert (run.at.variables["list"], run.at.variables["other"]) == ([{"score": 2}], [[{"score": 1}]])
    assert run.ready == ["Z"]


def test_a13_what_fails_leaves_the_state_good_and_may_be_tried_again() -> None:
    answers: list[Variable | Exception] = [DomainError("busy", "忙"), ZeroDivisionError(), 5]

    def shaky() -> Variable:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    body = start() + user("U", exports="x") + service("O", "shaky", "found") + user("V") + end()
    run = Run(document(body + flows("S > U > O > V > E")), operations={"shaky": shaky})
    before = run.at.state
    for error in (DomainError, ZeroDivisionError):
        with pytest.raises(error):
            run.do("U", x=1)
        assert run.at.state == before
    assert run.do("U", x=1).ready == ["V"]
    assert run.at.variables == {"x": 1, "found": 5}


LINE = start() + user("A", exports="x") + user("B", exports="y") + user("C") + end()


def test_h1_h3_sending_back_erases_nothing_that_was_given_or_reached() -> None:
    run = Run(document(LINE + flows("S > A > B > C > E"))).do("A", x=1).do("B", y=2).back("A")
    assert (run.ready, run.at.variables) == (["A"], {"x": 1, "y": 2})
    assert run.do("A", x=3).at.variables == {"x": 3, "y": 2}
    assert run.do("B", y=4).back("B").ready == ["B"]  # still known to have been reached


def test_h1_h3_migrating_erases_nothing_that_was_given_or_reached() -> None:
    run = Run(document(LINE + flows("S > A > B > C > E"))).do("A", x=1).do("B", y=2)
    tasks = [task.task_id for task in run.at.ready]
    run.spec = spec_of(document(LINE + user("D") + flows("S > A > B > D > C > E")))
    run.at = migrate(run.spec, run.at.state, mapping={})
    assert ([task.task_id for task in run.at.ready], run.at.variables) == (tasks, {"x": 1, "y": 2})
    assert run.back("A").do("A", x=1).do("B", y=2).ready == ["D"]
