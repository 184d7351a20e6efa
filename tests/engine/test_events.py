"""Messages, timers, errors: on the way, at the boundary, behind an event gateway."""

from datetime import timedelta

import pytest

from app.domain.errors import DomainError
from app.engine import runtime
from app.engine.types import EngineError, NotWaiting
from tests.engine.diagrams import (
    NOW,
    Run,
    boundary,
    catch,
    document,
    end,
    flows,
    message,
    messages,
    service,
    several,
    start,
    timer,
    user,
)

ERROR = '<bpmn:error id="err" name="no" errorCode="NO" />'


def watched(*, interrupting: bool = True) -> bytes:
    """A subprocess of two tasks that a message `stop` interrupts (or not)."""
    inner = start("s") + user("A") + user("B") + end("e") + flows("s > A > B > e")
    body = (
        start()
        + f'<bpmn:subProcess id="SP">{inner}</bpmn:subProcess>'
        + boundary("W", "SP", message("stop"), interrupting=interrupting)
    )
    body += user("H") + user("Z") + end() + end("E2") + flows("S > SP > Z > E\nW > H > E2")
    return document(body, extra=messages("stop"))


def test_message_on_the_way_sets_its_payload() -> None:
    body = start() + catch("C", message("listed")) + user("A") + end() + flows("S > C > A > E")
    run = Run(document(body, extra=messages("listed")))
    assert [(w.node.node_id, w.message) for w in run.at.waiting] == [("C", "listed")]
    assert run.ready == []
    run.tell("listed", rank=3)
    assert run.ready == ["A"]
    assert run.at.variables == {"rank": 3}
    with pytest.raises(NotWaiting):
        run.tell("listed")


def test_boundary_message_interrupts_a_subprocess() -> None:
    run = Run(watched()).do("A").tell("stop", reason="x")
    assert run.ready == ["H"]
    assert run.at.waiting == ()
    assert run.do("H").at.ended


def test_boundary_message_is_gone_when_its_activity_is_done() -> None:
    run = Run(watched()).do("A").do("B")
    assert run.ready == ["Z"]
    assert run.at.waiting == ()


def test_boundary_message_beside_runs_each_time_and_interrupts_nothing() -> None:
    run = Run(watched(interrupting=False)).tell("stop").tell("stop")
    assert run.ready == ["H", "H", "A"]
    run.do("A").do("B").do("H").do("H")
    assert run.ready == ["Z"]
    assert run.do("Z").at.ended


def test_withdrawal_branch_terminates_while_the_main_branch_runs() -> None:
    tasks = [f"T{i}" for i in range(20)]
    stop = end("X1", "<bpmn:terminateEventDefinition />", outcome="withdrawn") + end("X2", "<bpmn:terminateEventDefinition />")
    done = end("X3", "<bpmn:terminateEventDefinition />", outcome="done")
    body = start() + '<bpmn:parallelGateway id="F" /><bpmn:eventBasedGateway id="G" />' + stop + done
    body += catch("C1", message("withdraw")) + catch("C2", message("disqualify")) + "".join(user(t) for t in tasks)
    ways = f"S > F > G > C1 > X1\nG > C2 > X2\nF > {' > '.join(tasks)} > X3"
    run = Run(document(body + flows(ways), extra=messages("withdraw", "disqualify")))
    for count, name in enumerate(tasks):
        assert run.ready == [name]
        assert {w.message for w in run.at.waiting} == {"withdraw", "disqualify"}
        stopped = Run.__new__(Run)
        stopped.__dict__ = dict(run.__dict__, passed=[])
        assert stopped.tell("withdraw" if count % 2 else "disqualify").at.outcome == ("withdrawn" if count % 2 else "X2")
        run.do(name)
    assert run.at.ended
    assert run.at.outcome == "done"
    assert run.at.waiting == ()


def test_event_gateway_takes_the_first_and_drops_the_others() -> None:
    body = start() + '<bpmn:eventBasedGateway id="G" />' + catch("C", message("go")) + catch("T", timer('duration("P1D")'))
    body += catch("T2", timer('duration("P2D")')) + user("A") + user("B") + user("D") + end()
    content = document(body + flows("S > G > C > A > E\nG > T > B > E\nG > T2 > D > E"), extra=messages("go"))
    assert Run(content).tell("go").ready == ["A"]
    run = Run(content).tick("T2")
    assert run.ready == ["D"]
    assert run.at.timers == ()
    assert run.at.waiting == ()


def test_timer_has_a_due_time_and_fires_only_when_told() -> None:
    body = start() + catch("C", timer("deadline", "timeDate")) + user("A") + end() + flows("S > C > A > E")
    with pytest.raises(EngineError) as caught:
        Run(document(body), deadline="2026-12-01T00:00:00+08:00")
    assert (caught.value.code, caught.value.node_id) == ("engine.time", "C")
    content = document(body.replace("deadline", 'duration("PT36H")'))
    run = Run(content)
    assert run.at.timers[0].due == NOW + timedelta(hours=36)
    task_id = run.at.timers[0].task_id
    assert run.tick("C").ready == ["A"]
    with pytest.raises(NotWaiting):
        runtime.fire_timer(run.spec, run.at.state, task_id=task_id, **run._world())


def test_boundary_timer_interrupts_and_keeps_what_was_collected() -> None:
    mi = several("experts", "expert", output="votes")
    body = start() + user("U", mi) + boundary("B", "U", timer('duration("P5D")')) + user("LATE") + user("V") + end()
    run = Run(document(body + flows("S > U > V > E\nB > LATE > V")), experts=["甲", "乙"]).do("U", "乙", vote=1).tick("B")
    assert run.ready == ["LATE"]
    assert run.at.variables["votes"] == [{"item": "乙", "vote": 1}]


def test_repeating_reminder_is_due_again_from_now() -> None:
    body = start() + user("U") + boundary("B", "U", timer('duration("P1D")', "timeCycle"), interrupting=False)
    body += service("R", "remind") + end() + end("E2") + flows("S > U > E\nB > R > E2")
    run = Run(document(body), operations={"remind": lambda: None})
    run.now = NOW + timedelta(days=10)
    run.tick("B")
    assert len(run.calls) == 1
    assert run.at.timers[0].due == NOW + timedelta(days=11)
    assert run.tick("B").do("U").at.ended
    assert len(run.calls) == 2


@pytest.mark.parametrize(("days", "again"), [([1, 2], True), ([1, 1], False)], ids=["working-days", "one-deadline"])
def test_a_reminder_repeats_while_its_next_moment_lies_ahead(days: list[int], again: bool) -> None:
    body = start() + user("U") + boundary("B", "U", timer("moment()", "timeCycle"), interrupting=False)
    body += service("R", "remind") + end() + end("E2") + flows("S > U > E\nB > R > E2")
    moments = [NOW + timedelta(days=each) for each in days]
    coming = iter(moments)
    run = Run(document(body), operations={"remind": lambda: None}, functions={"moment": lambda: next(coming)})
    run.now = moments[0]
    run.tick("B")
    assert [waiting.due for waiting in run.at.timers] == (moments[1:] if again else [])
    assert (len(run.calls), run.ready) == (1, ["U"])


def test_boundary_timer_beside_fires_once() -> None:
    body = start() + user("U") + boundary("B", "U", timer('duration("P1D")'), interrupting=False) + user("N") + end() + end("E2")
    run = Run(document(body + flows("S > U > E\nB > N > E2"))).tick("B")
    assert run.ready == ["U", "N"]
    assert run.at.timers == ()
    assert run.do("U").ready == ["N"]


def test_due_scope_and_assignee_are_evaluated_when_ready() -> None:
    body = start() + user("A") + user("B", scope="street", assignee="handler", due="workdays(3)") + end() + flows("S > A > B > E")
    run = Run(document(body), street="s1", handler=5)
    run.functions["workdays"] = lambda count: NOW + timedelta(days=count)
    task = run.do("A", street="s2").task("B")
    assert (task.scope, task.assignee, task.due) == ("s2", 5, NOW + timedelta(days=3))


def test_due_without_a_zone_is_refused() -> None:
    body = start() + user("A", due="moment()") + end() + flows("S > A > E")
    with pytest.raises(EngineError, match="时区"):
        Run(document(body), functions={"moment": lambda: NOW.replace(tzinfo=None)})


def test_thrown_messages_carry_their_payload() -> None:
    hello = message("hello", '{"round": round_id}')
    body = start() + f'<bpmn:intermediateThrowEvent id="T">{hello}</bpmn:intermediateThrowEvent>'
    body += end("E", message("bye"))
    run = Run(document(body + flows("S > T > E"), extra=messages("hello", "bye")), round_id=4)
    assert [(t.message, t.node.node_id, t.payload) for t in run.at.thrown] == [("hello", "T", {"round": 4}), ("bye", "E", {})]


def test_send_and_receive_tasks() -> None:
    body = (
        start()
        + '<bpmn:sendTask id="X" messageRef="m_a" /><bpmn:receiveTask id="Y" messageRef="m_b" />'
        + end()
        + flows("S > X > Y > E")
    )
    run = Run(document(body, extra=messages("a", "b")))
    assert [t.message for t in run.at.thrown] == ["a"]
    assert [w.message for w in run.at.waiting] == ["b"]
    assert run.tell("b", x=1).at.ended


def failing(code: str) -> bytes:
    """A subprocess that ends with an error of this code, and a boundary event for code NO."""
    inner = start("s") + user("A") + end("e", '<bpmn:errorEventDefinition errorRef="err" />') + flows("s > A > e")
    other = '<bpmn:error id="err2" name="other" errorCode="OTHER" />'
    body = start() + f'<bpmn:subProcess id="SP">{inner}</bpmn:subProcess>'
    body += boundary("W", "SP", f'<bpmn:errorEventDefinition errorRef="{code}" />') + user("H") + end() + end("E2")
    return document(body + flows("S > SP > E\nW > H > E2"), extra=ERROR + other)


def test_error_end_goes_to_its_boundary_event() -> None:
    assert Run(failing("err")).do("A").ready == ["H"]


def test_error_in_one_instance_interrupts_them_all() -> None:
    inner = start("s") + user("A") + end("e", '<bpmn:errorEventDefinition errorRef="err" />') + flows("s > A > e")
    body = start() + f'<bpmn:subProcess id="SP">{several("units", "unit")}{inner}</bpmn:subProcess>'
    body += boundary("W", "SP", '<bpmn:errorEventDefinition errorRef="err" />') + user("H") + end() + end("E2")
    run = Run(document(body + flows("S > SP > E\nW > H > E2"), extra=ERROR), units=[1, 2])
    assert run.do("A", 1).ready == ["H"]


def test_terminate_inside_a_subprocess_ends_only_that() -> None:
    inner = start("s") + '<bpmn:parallelGateway id="F" />' + user("A") + user("B") + end("e")
    inner += end("t", "<bpmn:terminateEventDefinition />") + flows("s > F > A > t\nF > B > e")
    body = start() + f'<bpmn:subProcess id="SP">{inner}</bpmn:subProcess>' + user("Z") + end() + flows("S > SP > Z > E")
    run = Run(document(body)).do("A")
    assert run.ready == ["Z"]
    assert run.do("Z").at.outcome == "E"


@pytest.mark.parametrize("definition", [message("go"), timer('duration("P1D")')])
def test_start_event_of_any_kind_is_just_a_start(definition: str) -> None:
    body = f'<bpmn:startEvent id="S">{definition}</bpmn:startEvent>' + user("A") + end() + flows("S > A > E")
    run = Run(document(body, extra=messages("go")))
    assert run.ready == ["A"]
    assert (run.at.waiting, run.at.timers) == ((), ())


def test_same_message_reaches_all_that_wait() -> None:
    body = (
        start()
        + '<bpmn:parallelGateway id="F" /><bpmn:parallelGateway id="J" />'
        + catch("A", message("go"))
        + catch("B", message("go"))
    )
    run = Run(document(body + end() + flows("S > F > A > J > E\nF > B > J"), extra=messages("go")))
    assert run.tell("go").at.ended


def test_uncaught_error_end_is_an_incident() -> None:
    with pytest.raises(EngineError) as caught:
        Run(failing("err2")).do("A")
    assert caught.value.code == "engine.uncaught_error"


def test_operation_result_and_errors_pass_unchanged() -> None:
    body = start() + service("X", "rank", "rank", name='"甲"', weight="2 * 3") + user("A") + end() + flows("S > X > A > E")
    run = Run(document(body), operations={"rank": lambda name, weight: {"name": name, "weight": weight}})
    assert run.calls == [("rank", {"name": "甲", "weight": 6})]
    assert run.at.variables == {"rank": {"name": "甲", "weight": 6}}
    refusal = DomainError("x.y", "请先……")

    def refuse(**_: object) -> None:
        raise refusal

    for error in (refusal, KeyError("k")):
        refusal = error  # type: ignore[assignment]
        with pytest.raises(type(error)) as caught:
            Run(run.spec, operations={"rank": refuse})
        assert caught.value is error
