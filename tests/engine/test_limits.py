"""What one advance may cost at most: nothing keeps the machine busy for ever, whatever the diagram."""

import pytest

from app.engine import case as cases
from app.engine.types import EngineError
from tests.engine.diagrams import Run, document, end, flows, several, spec_of, start, user

CALL = '<bpmn:callActivity id="C{0}" calledElement="{1}" />'


def inside(process_id: str, body: str) -> bytes:
    """A process whose subprocess holds these elements."""
    inner = f'<bpmn:subProcess id="SP{process_id}">{start("s" + process_id)}{body}{end("e" + process_id)}</bpmn:subProcess>'
    ways = flows(f"S{process_id} > SP{process_id} > E{process_id}")
    content = document(start(f"S{process_id}") + inner + end(f"E{process_id}") + ways, process_id=process_id)
    return content.replace(b'id="Definitions"', f'id="D{process_id}"'.encode())


def calling(process_id: str, target: str) -> bytes:
    """A process that calls another one from within its subprocess."""
    call = CALL.format(process_id, target)
    return inside(process_id, call + flows(f"s{process_id} > C{process_id} > e{process_id}"))


@pytest.mark.parametrize("files", [{"p": calling("P", "P")}, {"p": calling("P", "Q"), "q_bpmn": calling("Q", "P")}])
def test_processes_that_call_each_other_stop_at_a_depth(files: dict[str, bytes]) -> None:
    first = files.pop("p")
    with pytest.raises(EngineError) as caught:
        Run(spec_of(first, **files))
    assert caught.value.code == "engine.depth"


def nested(depth: int) -> bytes:
    """Subprocesses inside each other around one task."""
    body = start("s0") + user("U") + end("e0") + flows("s0 > U > e0")
    for level in range(1, depth + 1):
        inner = f'<bpmn:subProcess id="SP{level}">{body}</bpmn:subProcess>'
        body = start(f"s{level}") + inner + end(f"e{level}") + flows(f"s{level} > SP{level} > e{level}")
    return document(body)


def test_as_many_levels_as_are_allowed_run() -> None:
    assert Run(nested(cases.DEPTH_LIMIT)).do("U").at.ended
    with pytest.raises(EngineError, match="层"):
        Run(nested(cases.DEPTH_LIMIT + 1))


def test_instances_of_instances_are_not_opened_without_number() -> None:
    many = several("units", "unit")
    inner = start("s") + user("U", several("units", "one")) + end("e") + flows("s > U > e")
    body = start() + f'<bpmn:subProcess id="SP">{many}{inner}</bpmn:subProcess>' + end() + flows("S > SP > E")
    assert len(Run(document(body), units=[1, 2, 3]).ready) == 9
    with pytest.raises(EngineError) as caught:
        Run(document(body), units=list(range(400)))
    assert caught.value.code == "engine.token_limit"


def test_expressions_together_take_no_more_than_they_may() -> None:
    costly = "len([1 for a in xs for b in xs if 1 and 1 and 1 and 1 and 1 and 1 and 1]) > 0"  # constants are the quickest steps
    loop = f'<bpmn:standardLoopCharacteristics loopMaximum="1500"><bpmn:loopCondition>{costly.replace(">", "&gt;")}</bpmn:loopCondition>'
    task = f'<bpmn:task id="T">{loop}</bpmn:standardLoopCharacteristics></bpmn:task>'
    content = document(start() + task + end() + flows("S > T > E"))
    with pytest.raises(EngineError) as caught:
        Run(content, xs=list(range(38)))
    assert caught.value.code == "engine.work_limit"
    assert caught.value.node_id == "T"
