"""Multi-instance activities and loops: order, counters, early completion, adding and removing, coming back."""

import pytest

from app.engine import runtime
from app.engine.types import EngineError, NotWaiting
from tests.engine.diagrams import Run, document, end, flows, service, several, start, user

EXPERTS = [f"专家{i}" for i in range(1, 10)]


def voting(condition: str = "", *, sequential: bool = False, loop: bool = False) -> bytes:
    """Vote, then (if `loop`) decide whether to vote again, then a last task."""
    mi = several("experts", "expert", output="votes", element="vote", condition=condition, sequential=sequential)
    body = start() + user("U", mi, exports="vote", assignee="expert") + user("V") + end()
    if loop:
        return document(body + '<bpmn:exclusiveGateway id="G" default="G_E" />' + flows("S > U > V > G > E\nG > U if again"))
    return document(body + flows("S > U > V > E"))


def test_nine_experts_in_any_order_give_outputs_in_input_order() -> None:
    run = Run(voting(), experts=EXPERTS)
    assert [task.item for task in run.at.ready] == EXPERTS
    assert [task.assignee for task in run.at.ready] == EXPERTS
    for number, name in enumerate(reversed(EXPERTS)):
        run.do("U", name, vote=number)
    assert run.ready == ["V"]
    assert run.at.variables["votes"] == [{"item": name, "vote": 8 - i} for i, name in enumerate(EXPERTS)]
    assert run.passed == ["S", "U"]
    assert "vote" not in run.at.variables
    assert "expert" not in run.at.variables


def test_two_of_three_is_enough() -> None:
    run = Run(voting('len([v for v in outputs if v["vote"] == "yes"]) / nrOfInstances >= 0.66'), experts=["甲", "乙", "丙"])
    run.do("U", "丙", vote="yes")
    assert run.ready == ["U", "U"]
    assert run.do("U", "甲", vote="yes").ready == ["V"]


def test_counters_are_seen_by_the_condition() -> None:
    run = Run(voting("nrOfCompletedInstances == 2 and nrOfActiveInstances == 1"), experts=["甲", "乙", "丙"])
    assert run.do("U", "甲", vote=1).ready == ["U", "U"]
    assert run.do("U", "乙", vote=1).ready == ["V"]


def test_removed_instance_does_not_hold_up_the_others() -> None:
    run = Run(voting(), experts=["甲", "乙", "丙"]).drop("U", "乙").do("U", "甲", vote=1)
    assert run.ready == ["U"]
    run.do("U", "丙", vote=3)
    assert [vote["item"] for vote in run.at.variables["votes"]] == ["甲", "丙"]  # type: ignore[union-attr,index,call-overload]
    assert run.ready == ["V"]


def test_removing_the_last_open_instance_goes_on() -> None:
    assert Run(voting(), experts=["甲", "乙"]).do("U", "甲", vote=1).drop("U", "乙").ready == ["V"]


def test_removing_may_fulfil_the_condition() -> None:
    run = Run(voting("nrOfCompletedInstances / nrOfInstances >= 0.5"), experts=["甲", "乙", "丙"])
    assert run.do("U", "甲", vote=1).ready == ["U", "U"]
    assert run.drop("U", "乙").ready == ["V"]


def test_added_instance_takes_part() -> None:
    run = Run(voting(), experts=["甲", "乙"]).add("U", "丁").do("U", "甲", vote=1).do("U", "乙", vote=1)
    assert [task.item for task in run.at.ready] == ["丁"]
    assert run.do("U", "丁", vote=1).ready == ["V"]
    with pytest.raises(NotWaiting):
        run.add("U", "戊")


def test_members_are_those_of_this_time_done_or_not_and_without_who_was_taken_out() -> None:
    run = Run(voting(), experts=["甲", "乙", "丙"]).add("U", "丁").do("U", "甲", vote=1).drop("U", "乙")
    assert runtime.members(run.spec, run.at.state, node_id="U") == ("甲", "丙", "丁")
    assert runtime.members(run.spec, run.at.state, node_id="other") == ()


def test_task_outside_a_multi_instance_cannot_be_removed() -> None:
    run = Run(voting(), experts=[])
    with pytest.raises(NotWaiting):
        run.drop("V", None)


def test_missing_output_counts_as_none() -> None:
    run = Run(voting(), experts=["甲"]).do("U", "甲")
    assert run.at.variables["votes"] == [{"item": "甲", "vote": None}]


def test_coming_back_starts_afresh() -> None:
    run = Run(voting(loop=True), experts=["甲", "乙"], again=True)
    run.do("U", "甲", vote=1).do("U", "乙", vote=1).do("V")
    assert run.ready == ["U", "U"]
    assert run.at.variables["votes"] == []
    run.do("U", "乙", vote=2).do("U", "甲", vote=2).do("V", again=False)
    assert run.at.ended
    assert run.at.variables["votes"] == [{"item": "甲", "vote": 2}, {"item": "乙", "vote": 2}]


def test_empty_collection_passes_at_once() -> None:
    run = Run(voting(), experts=[])
    assert run.ready == ["V"]
    assert run.at.variables["votes"] == []


@pytest.mark.parametrize("value", [{"甲": 1}, "甲", 3])
def test_collection_has_to_be_a_list(value: object) -> None:
    with pytest.raises(EngineError) as caught:
        Run(voting(), experts=value)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.node_id) == ("engine.multi_instance", "U")


def test_missing_collection_names_the_variable() -> None:
    with pytest.raises(EngineError, match="experts"):
        Run(voting())


def test_sequential_runs_one_after_the_other_and_takes_none_as_an_item() -> None:
    run = Run(voting(sequential=True), experts=["甲", None, "丙"])
    seen = []
    while run.ready == ["U"]:
        seen.append(run.at.ready[0].item)
        run.do("U", vote=len(seen))
    assert seen == ["甲", None, "丙"]
    assert run.ready == ["V"]


def test_sequential_stops_early_and_takes_additions_last() -> None:
    run = Run(voting('outputs[-1]["vote"] == "no"', sequential=True), experts=["甲", "乙"]).add("U", "丙")
    assert run.do("U", "甲", vote="yes").at.ready[0].item == "乙"
    assert run.do("U", "乙", vote="no").ready == ["V"]
    run = Run(voting(sequential=True), experts=["甲"]).add("U", "丙").do("U", "甲", vote=1)
    assert run.at.ready[0].item == "丙"


def test_departments_in_a_subprocess_after_a_loop() -> None:
    inner = (
        start("s") + user("Check", exports="result", scope="department") + user("Sign") + end("e") + flows("s > Check > Sign > e")
    )
    mi = several("departments", "department", output="checks", element="result")
    body = start() + user("A") + '<bpmn:exclusiveGateway id="G" default="G_M" />' + end()
    body += f'<bpmn:subProcess id="M">{mi}{inner}</bpmn:subProcess>' + user("Z")
    run = Run(document(body + flows("S > A > G > M > Z > E\nG > A if again")), departments=["公安", "税务"], again=True)
    run.do("A").do("A", again=False)
    assert [(t.item, t.scope) for t in run.at.ready] == [("公安", "公安"), ("税务", "税务")]
    run.do("Check", "税务", result="clear").do("Check", "公安", result="hit").do("Sign", "公安")
    assert [t.item for t in run.at.ready] == ["税务"]
    run.do("Sign")
    assert run.at.variables["checks"] == [{"item": "公安", "result": "hit"}, {"item": "税务", "result": "clear"}]
    assert run.ready == ["Z"]


def test_service_task_for_each_item() -> None:
    mi = several("units", "unit", output="found", element="r")
    body = start() + service("X", "look_up", "r", mi, unit="unit") + user("A") + end() + flows("S > X > A > E")
    run = Run(document(body), operations={"look_up": lambda unit: f"<{unit}>"}, units=["a", "b"])
    assert run.at.variables["found"] == [{"item": "a", "r": "<a>"}, {"item": "b", "r": "<b>"}]


def test_standard_loop_repeats_until_its_maximum_or_condition() -> None:
    condition = "<bpmn:loopCondition>again</bpmn:loopCondition>"
    loop = f'<bpmn:standardLoopCharacteristics loopMaximum="3">{condition}</bpmn:standardLoopCharacteristics>'
    content = document(start() + user("A", loop) + end() + flows("S > A > E"))
    assert Run(content).do("A", again=True).do("A", again=True).do("A", again=True).at.ended
    assert Run(content).do("A", again=False).at.ended


def test_instance_that_is_a_subprocess_can_be_removed() -> None:
    inner = start("s") + user("Check") + end("e") + flows("s > Check > e")
    mi = several("departments", "department", output="checks")
    body = start() + f'<bpmn:subProcess id="M">{mi}{inner}</bpmn:subProcess>' + end() + flows("S > M > E")
    run = Run(document(body), departments=["公安", "税务"]).drop("Check", "公安")
    assert [task.item for task in run.at.ready] == ["税务"]
    assert run.do("Check").at.variables["checks"] == [{"item": "税务"}]
