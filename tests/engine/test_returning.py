"""退回: back to a user task that was reached before."""

import pytest

from app.engine import runtime
from app.engine.types import EngineError, NotWaiting
from tests.engine.diagrams import Run, boundary, catch, document, end, flows, message, messages, several, start, timer, user

SPLIT = '<bpmn:parallelGateway id="F" /><bpmn:parallelGateway id="J" />'
BLOCK = start() + user("A") + SPLIT + user("B") + user("C") + user("D") + end() + flows("S > A > F > B > J > D > E\nF > C > J")


def test_back_before_a_split_cancels_the_sibling_branch() -> None:
    run = Run(document(BLOCK)).do("A").do("B").back("A", remark="补充材料")
    assert run.ready == ["A"]
    assert run.at.variables == {"remark": "补充材料"}
    run.do("A")
    assert run.ready == ["B", "C"]
    assert run.do("B").do("C").do("D").at.ended
    assert run.passed.count("A") == 2


def test_back_inside_a_branch_leaves_the_other_alone() -> None:
    run = Run(document(BLOCK)).do("A").do("C").back("B")
    assert run.ready == ["B"]
    assert run.do("B").ready == ["D"]


def test_back_into_a_block_that_was_joined_is_refused() -> None:
    run = Run(document(BLOCK)).do("A").do("B").do("C")
    with pytest.raises(EngineError, match="并行"):
        run.back("B")
    assert run.back("A").ready == ["A"]


def test_back_keeps_the_line_that_waits_for_a_withdrawal() -> None:
    stop = end("T", "<bpmn:terminateEventDefinition />", outcome="withdrawn")
    body = start() + '<bpmn:parallelGateway id="F" />' + catch("W", message("withdraw")) + stop + user("A") + user("B") + end()
    run = Run(document(body + flows("S > F > A > B > E\nF > W > T"), extra=messages("withdraw"))).do("A").back("A")
    assert run.ready == ["A"]
    assert run.tell("withdraw").at.outcome == "withdrawn"


def test_back_cancels_every_instance_and_clears_their_outputs() -> None:
    mi = several("experts", "expert", output="votes", element="vote")
    body = start() + user("A") + user("U", mi) + user("Z") + end() + flows("S > A > U > Z > E")
    run = Run(document(body), experts=["甲", "乙"]).do("A").do("U", "甲", vote=1)
    assert run.back("A").ready == ["A"]
    assert run.do("A").ready == ["U", "U"]
    assert run.at.variables["votes"] == []
    assert run.do("U").do("U").back("U").ready == ["U", "U"]


def test_back_to_a_task_with_a_boundary_event_arms_it_again() -> None:
    body = start() + user("A") + boundary("B", "A", timer('duration("P1D")')) + user("Z") + end() + flows("S > A > Z > E\nB > Z")
    run = Run(document(body)).do("A").back("A")
    assert run.ready == ["A"]
    assert [t.node.node_id for t in run.at.timers] == ["B"]


def test_back_out_of_a_subprocess() -> None:
    inner = start("s") + user("I") + end("e") + flows("s > I > e")
    body = start() + user("A") + f'<bpmn:subProcess id="SP">{inner}</bpmn:subProcess>' + end() + flows("S > A > SP > E")
    run = Run(document(body)).do("A")
    assert run.back("A").ready == ["A"]
    assert run.do("A").do("I").at.ended
    with pytest.raises(NotWaiting):
        run.back("A")


def test_back_only_to_reached_user_tasks_of_the_trunk() -> None:
    run = Run(document(BLOCK))
    for node_id in ("D", "F", "nowhere"):
        with pytest.raises(EngineError) as caught:
            run.back(node_id)
        assert caught.value.code == "engine.return"


def test_inspect_moves_nothing() -> None:
    run = Run(document(BLOCK)).do("A")
    seen = runtime.inspect(run.spec, run.at.state)
    assert (seen.passed, seen.thrown, seen.state) == ((), (), run.at.state)
    assert [task.node.node_id for task in seen.ready] == ["B", "C"]
