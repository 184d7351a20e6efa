"""Which steps have nothing behind them but gateways and people."""

import pytest

from app.engine.quiet import leads_quietly
from tests.engine.diagrams import Run, catch, document, end, flows, message, messages, service, start, user


@pytest.mark.parametrize(
    ("body", "ways", "quiet"),
    [
        (user("A") + user("B"), "S > A > B > E", True),
        (user("A") + catch("B", message("go")), "S > A > B > E", True),
        (user("A") + end("M", message("go")) + '<bpmn:parallelGateway id="F" />', "S > A > F > E\nF > M", False),
        (user("A") + service("O", "count") + user("B"), "S > A > O > B > E", False),
        (
            user("A") + '<bpmn:parallelGateway id="F" />' + user("B") + service("O", "count"),
            "S > A > F > B > E\nF > O > E",
            False,
        ),
        (user("A") + '<bpmn:parallelGateway id="F" />' + user("B") + user("C"), "S > A > F > B > E\nF > C > E", True),
    ],
)
def test_only_gateways_and_waiting_lie_behind_a_quiet_step(body: str, ways: str, quiet: bool) -> None:
    run = Run(document(start() + body + end() + flows(ways), extra=messages("go")))
    assert leads_quietly(run.spec, process_id="P", node_id="A") is quiet


def test_what_is_not_on_the_top_level_is_never_quiet() -> None:
    run = Run(document(start() + user("A") + user("B") + end() + flows("S > A > B > E")))
    assert not leads_quietly(run.spec, process_id="P", node_id="nobody")
