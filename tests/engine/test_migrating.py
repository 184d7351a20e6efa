"""Taking a running case to another version."""

from datetime import timedelta

import pytest

from app.engine.migrating import migrate
from app.engine.types import EngineError
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
    several,
    spec_of,
    start,
    timer,
    user,
)

OLD = start() + user("A") + user("B") + boundary("T", "B", timer('duration("P1D")')) + end()
OLD_FLOWS = "S > A > B > E\nT > E"


def moved(run: Run, new: bytes, **mapping: str) -> Run:
    run.spec = spec_of(new)
    run.at = run._checked(migrate(run.spec, run.at.state, mapping=mapping))
    return run


def test_case_goes_on_in_the_new_version() -> None:
    run = Run(document(OLD + flows(OLD_FLOWS))).do("A")
    due = run.at.timers[0].due
    moved(run, document(OLD + user("C") + flows("S > A > B > C > E\nT > E")))
    assert (run.ready, run.at.timers[0].due) == (["B"], due)
    assert run.do("B").ready == ["C"]
    assert run.back("A").ready == ["A"]


def test_renamed_nodes_are_followed() -> None:
    body = (
        start()
        + '<bpmn:parallelGateway id="F" /><bpmn:parallelGateway id="J" />'
        + user("A")
        + user("U", several("units", "u"))
        + end()
    )
    run = Run(document(body + flows("S > F > A > J > E\nF > U > J")), units=[1, 2]).do("A").do("U", 1)
    renamed = body.replace('"A"', '"A2"').replace('"U"', '"U2"')
    moved(run, document(renamed + flows("S > F > A2 > J > E\nF > U2 > J")), A="A2", U="U2")
    assert run.ready == ["U2"]
    assert run.do("U2").at.ended


@pytest.mark.parametrize(
    "other",
    [user("B", several("units", "u")), catch("B", message("go")), '<bpmn:serviceTask id="B2" />', '<bpmn:task id="B" />'],
)
def test_token_has_to_stand_on_the_same_kind_of_node(other: str) -> None:
    run = Run(document(start() + user("A") + user("B") + end() + flows("S > A > B > E"))).do("A")
    new = start() + user("A") + other.replace("serviceTask", "task") + end()
    target = "B2" if "B2" in other else "B"
    with pytest.raises(EngineError) as caught:
        moved(run, document(new + flows(f"S > A > {target} > E"), extra=messages("go")))
    assert caught.value.code in ("engine.migration", "engine.state_node")


def test_variables_that_are_new_are_added_and_those_of_the_case_stay() -> None:
    run = Run(document(OLD + flows(OLD_FLOWS)), count=3).do("A")
    advance = migrate(run.spec, run.at.state, mapping={}, variables={"count": 0, "urgent": False})
    assert advance.variables == {"count": 3, "urgent": False}


def test_a_boundary_event_that_is_gone_is_disarmed() -> None:
    run = Run(document(OLD + flows(OLD_FLOWS))).do("A")
    plain = start() + user("A") + user("B") + end() + flows("S > A > B > E")
    assert moved(run, document(plain)).at.timers == ()
    assert run.do("B").at.ended


def test_a_boundary_event_that_is_new_is_armed_when_it_is_named() -> None:
    plain = start() + user("A") + user("B") + end() + flows("S > A > B > E")
    newer = spec_of(document(OLD + flows(OLD_FLOWS)))
    run = Run(document(plain)).do("A")
    assert migrate(newer, run.at.state, mapping={}).timers == ()
    advance = migrate(newer, run.at.state, mapping={}, arm=("T",), functions={"now": lambda: NOW})
    assert [(timer.node.node_id, timer.due) for timer in advance.timers] == [("T", NOW + timedelta(days=1))]
    run.spec, run.at = newer, advance
    assert run.tick("T").at.ended


def test_a_boundary_event_that_is_armed_already_is_not_armed_twice() -> None:
    run = Run(document(OLD + flows(OLD_FLOWS))).do("A")
    advance = migrate(run.spec, run.at.state, mapping={}, arm=("T",), functions={"now": lambda: NOW})
    assert len(advance.timers) == 1


def watched_by(definition: str) -> bytes:
    body = start() + user("B") + boundary("W", "B", definition) + end() + flows("S > B > E\nW > E")
    return document(body, extra=messages("go", "stop") + '<bpmn:error id="err" errorCode="NO" />')


TIMED, TOLD = timer('duration("P1D")'), message("go")


@pytest.mark.parametrize(("old", "new"), [(TOLD, TIMED), (TIMED, TOLD)])
def test_an_armed_boundary_event_that_became_of_another_kind_is_refused(old: str, new: str) -> None:
    with pytest.raises(EngineError) as caught:
        moved(Run(watched_by(old)), watched_by(new))
    assert (caught.value.code, caught.value.node_id) == ("engine.migration", "W")


def test_an_armed_boundary_event_of_the_same_kind_goes_on_with_its_new_message() -> None:
    run = moved(Run(watched_by(TOLD)), watched_by(message("stop")))
    assert [waiting.message for waiting in run.at.waiting] == ["stop"]
    assert run.tell("stop").at.ended
