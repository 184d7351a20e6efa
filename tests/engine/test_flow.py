"""Sequences, gateways, joins, ends and loops."""

import pytest

from app.engine import runtime
from app.engine.types import EngineError, NotWaiting
from tests.engine.diagrams import Run, document, end, flows, spec_of, start, user

LINE = start() + user("A", exports="x") + user("B") + end(outcome="done") + flows("S > A > B > E")
XOR = '<bpmn:exclusiveGateway id="G" default="G_A" />'
PARALLEL = '<bpmn:parallelGateway id="F" /><bpmn:parallelGateway id="J" />'
INCLUSIVE = '<bpmn:inclusiveGateway id="F" default="F_C" /><bpmn:inclusiveGateway id="J" />'


def test_line_runs_to_its_outcome() -> None:
    run = Run(document(LINE), case_id=7)
    assert run.ready == ["A"]
    run.do("A", x=1).do("B")
    assert run.at.ended
    assert run.at.outcome == "done"
    assert run.ready == []
    assert run.passed == ["S", "A", "B", "E"]
    assert run.at.variables == {"case_id": 7, "x": 1}


def test_outcome_is_the_id_of_the_end_event_without_the_property() -> None:
    assert Run(document(start() + end("E9") + flows("S > E9"))).at.outcome == "E9"


def test_completing_twice_is_refused() -> None:
    run = Run(document(LINE))
    task_id = run.task("A").task_id
    run.do("A")
    with pytest.raises(NotWaiting):
        runtime.complete(run.spec, run.at.state, task_id=task_id, exports={}, **run._world())


def test_variable_named_typename_survives() -> None:
    run = Run(document(LINE), typename="ScriptTask").do("A", typename={"typename": "Task", "data": 1})
    assert run.ready == ["B"]
    assert run.at.variables["typename"] == {"typename": "Task", "data": 1}


def test_value_that_cannot_be_saved_is_refused() -> None:
    run = Run(document(LINE))
    with pytest.raises(EngineError, match="object"):
        run.do("A", x=object())  # type: ignore[arg-type]


def test_thirty_returns_through_a_gateway_do_not_grow_the_state() -> None:
    body = start() + user("A") + user("B") + XOR + end() + flows("S > A > B > G > A\nG > E if ok")
    run = Run(document(body), ok=False)
    size = len(run.do("A").do("B").at.state)
    for _ in range(30):
        run.do("A").do("B", ok=False)
    assert len(run.at.state) <= size + 8
    run.do("A").do("B", ok=True)
    assert run.at.ended


def test_gateway_without_a_way_is_an_incident() -> None:
    body = start() + '<bpmn:exclusiveGateway id="G" />' + end("E1") + end("E2") + flows("S > G\nG > E1 if x > 1\nG > E2 if x > 2")
    with pytest.raises(EngineError) as caught:
        Run(document(body), x=0)
    assert (caught.value.code, caught.value.node_id) == ("engine.no_way", "G")


def test_conditions_are_tried_in_the_order_of_the_file() -> None:
    body = start() + '<bpmn:exclusiveGateway id="G" default="G_E3" />' + end("E1") + end("E2") + end("E3")
    content = document(body + flows("S > G\nG > E2 if x > 0\nG > E1 if x > 0\nG > E3"))
    assert Run(content, x=1).at.outcome == "E2"


def test_parallel_join_keeps_what_both_branches_exported() -> None:
    body = start() + PARALLEL + user("A") + user("B") + user("C") + end() + flows("S > F > A > J > C > E\nF > B > J")
    run = Run(document(body), old=[1, 2, 3])
    run.do("B", b=2, old=[9])
    assert run.ready == ["A"]
    run.do("A", a=1)
    assert run.ready == ["C"]
    assert run.at.variables == {"a": 1, "b": 2, "old": [9]}


def test_parallel_join_waits_for_each_flow_and_not_for_two_of_one() -> None:
    body = start() + PARALLEL + user("A") + user("B") + XOR.replace("G_A", "G_J") + end()
    run = Run(document(body + flows("S > F > A > G > J > E\nG > A if again\nF > B > J")), again=True)
    run.do("A").do("A", again=False)
    assert run.ready == ["B"]
    assert run.do("B").at.ended


def test_inclusive_join_waits_for_those_that_were_taken() -> None:
    body = start() + INCLUSIVE + user("A") + user("B") + user("C") + user("D") + end()
    ways = "S > F\nF > A if x > 0\nF > B if x > 1\nF > C\nA > J\nB > J\nC > J\nJ > D > E"
    both = Run(document(body + flows(ways)), x=2)
    assert both.ready == ["A", "B"]
    assert both.do("A").ready == ["B"]
    assert both.do("B").ready == ["D"]
    assert Run(both.spec, x=1).do("A").ready == ["D"]
    assert Run(both.spec, x=0).do("C").ready == ["D"]


def test_join_that_nothing_more_can_reach_is_an_incident() -> None:
    body = start() + XOR.replace("G_A", "G_X") + '<bpmn:task id="X" /><bpmn:task id="Y" /><bpmn:parallelGateway id="J" />' + end()
    with pytest.raises(EngineError) as caught:
        Run(document(body + flows("S > G > X > J > E\nG > Y if False\nY > J")))
    assert caught.value.code == "engine.stuck"


def test_endless_loop_is_stopped() -> None:
    body = start() + XOR + '<bpmn:task id="A" />' + end() + flows("S > A > G > A\nG > E if False")
    with pytest.raises(EngineError) as caught:
        Run(document(body))
    assert caught.value.code == "engine.step_limit"


def test_terminate_end_cancels_what_else_waits() -> None:
    stop = end("T", "<bpmn:terminateEventDefinition />", outcome="stopped")
    body = start() + '<bpmn:parallelGateway id="F" />' + user("A") + user("B") + stop + end() + flows("S > F > A > T\nF > B > E")
    run = Run(document(body)).do("A")
    assert run.at.ended
    assert run.ready == []
    assert run.at.outcome == "stopped"


def test_ten_parallel_blocks_do_not_explode() -> None:
    body, ways, last = start(), "", "S"
    for i in range(10):
        body += f'<bpmn:parallelGateway id="F{i}" /><bpmn:parallelGateway id="J{i}" />' + "".join(user(f"U{i}{b}") for b in "abc")
        ways += f"{last} > F{i}\n" + "".join(f"F{i} > U{i}{b} > J{i}\n" for b in "abc")
        last = f"J{i}"
    run = Run(document(body + end() + flows(ways + f"{last} > E")))
    for i in range(10):
        for b in "abc":
            run.do(f"U{i}{b}")
    assert run.at.ended
    assert len(run.at.state) < 1000


def test_cancel_ends_the_case_with_the_outcome_given() -> None:
    run = Run(document(LINE))
    ended = runtime.cancel(run.spec, run.at.state, outcome="withdrawn")
    assert ended.ended
    assert ended.outcome == "withdrawn"
    assert ended.ready == ()
    with pytest.raises(NotWaiting):
        runtime.cancel(run.spec, ended.state, outcome="again")


def test_state_of_another_version_is_refused() -> None:
    run = Run(document(LINE))
    with pytest.raises(EngineError, match="无法读取"):
        runtime.inspect(run.spec, b"not a state")
    other = spec_of(document(start() + user("Z") + end() + flows("S > Z > E")))
    with pytest.raises(EngineError, match="迁移"):
        runtime.inspect(other, run.at.state)
