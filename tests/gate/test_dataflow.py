"""What may be read where: loops, subprocesses, instances, boundary events, tables and called processes."""

from app.engine.gate.model import Finding
from tests.engine.diagrams import boundary, catch, document, end, flows, message, messages, service, several, start
from tests.gate import package_cases
from tests.gate.house import found, lane, person, process

XOR = '<bpmn:exclusiveGateway id="G" default="G_E" />'


def early(*contents: bytes, **named: bytes) -> list[tuple[str, str]]:
    """The rule and the element of what is read too early, or not always there."""
    findings: list[Finding] = found(*contents, **named)
    return [
        (finding.rule.removeprefix("variable."), finding.element) for finding in findings if finding.rule.startswith("variable.")
    ]


def two(body: str, ways: str, *, lanes: str = "T U") -> bytes:
    return process(lane(*lanes.split()) + start() + body + end(), ways, messages("go", "stop"))


def test_what_a_loop_brings_back_may_be_read_but_is_not_there_the_first_time() -> None:
    body = person("T", exports="x", assignee="x") + XOR
    assert early(two(body, "S > T > G > E\nG > T if ok", lanes="T")) == [("not_always", "T")]


def test_a_condition_reads_what_was_given_on_the_way_to_its_gateway() -> None:
    assert early(two(person("T", exports="x") + XOR, "S > T > G > E\nG > T if x == 1", lanes="T")) == []
    late = person("T", exports="x") + XOR + person("U")
    assert early(two(late, "S > G > U > T > E\nG > E if x == 1")) == [("too_early", "G_E")]


def test_what_a_message_brings_may_be_read_once_it_has_arrived() -> None:
    catching, reading = catch("M", message("go")), person("T", assignee="winner")
    assert early(two(catching + reading, "S > M > T > E", lanes="T")) == []
    assert early(two(catching + reading, "S > T > M > E", lanes="T")) == [("too_early", "T")]


def test_both_branches_of_a_block_have_given_theirs_when_they_have_joined() -> None:
    gateways = '<bpmn:parallelGateway id="F" /><bpmn:parallelGateway id="J" />'
    body = gateways + person("T", exports="x") + person("U", exports="y") + person("V", assignee="x", scope="y")
    assert early(two(body, "S > F > T > J > V > E\nF > U > J", lanes="T U V")) == []


def test_a_subprocess_reads_what_is_around_it_and_leaves_what_it_gave() -> None:
    inner = start("s") + person("T", exports="x", assignee="ok") + end("e") + flows("s > T > e")
    outer = f'<bpmn:subProcess id="SP">{inner}</bpmn:subProcess>' + person("U", assignee="x")
    assert early(two(outer, "S > SP > U > E", lanes="SP U")) == []
    assert early(two(outer, "S > U > SP > E", lanes="SP U")) == [("too_early", "U")]


def test_instances_have_their_item_and_leave_only_their_collection() -> None:
    mi = several("units", "unit", output="votes", condition="nrOfCompletedInstances > 1")
    body = person("T", mi, exports="x", assignee="unit") + person("U", assignee="len(votes)")
    assert early(two(body, "S > T > U > E")) == []


def test_a_boundary_event_may_come_before_its_activity_has_given_anything() -> None:
    body = person("T", exports="x") + boundary("B", "T", message("go")) + person("U", assignee="x") + end("E2")
    assert early(two(body, "S > T > E\nB > U > E2")) == [("not_always", "U")]


def test_results_of_operations_and_tables_count() -> None:
    body = service("C", "count", "total") + person("T", assignee="total")
    assert early(two(body, "S > C > T > E", lanes="T")) == []
    assert early(two(body, "S > T > C > E", lanes="T")) == [("too_early", "T")]
    asking = two(package_cases.ASK.format("R") + person("T", assignee="grade"), "S > R > T > E", lanes="T")
    assert early(asking, t_dmn=package_cases.decision()) == []
    late = two(package_cases.ASK.format("R") + person("T", assignee="grade"), "S > T > R > E", lanes="T")
    assert early(late, t_dmn=package_cases.decision()) == [("too_early", "T")]


def test_a_called_process_is_taken_to_give_what_it_sets_and_to_have_what_its_caller_had() -> None:
    inner = lane("V") + start("s2") + person("V", exports="y", assignee="x") + end("e2") + flows("s2 > V > e2")
    called = document(inner.replace('id="lanes"', 'id="lanes2"').replace('id="lane"', 'id="lane2"'), process_id="Q")
    body = person("T", exports="x") + '<bpmn:callActivity id="C" calledElement="Q" />' + person("U", assignee="y")
    assert early(two(body, "S > T > C > U > E"), called.replace(b'id="Definitions"', b'id="D2"')) == []
