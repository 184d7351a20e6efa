"""How long one step of a case takes: reading the state, completing a task, saving the state. Printed with `-s`."""

import statistics
import time

from app.engine import runtime
from tests.engine.diagrams import Run, catch, document, end, flows, message, messages, start, user

STEPS = 20


def long_process() -> bytes:
    """45 nodes: 20 tasks, each behind a gateway that may lead back, beside a branch that waits for a withdrawal."""
    body = start() + '<bpmn:parallelGateway id="F" />' + catch("W", message("withdraw"))
    body += end("T", "<bpmn:terminateEventDefinition />") + end("D", "<bpmn:terminateEventDefinition />")
    names = [f"U{i}" for i in range(STEPS)]
    ways, last = "S > F > W > T\n", "F"
    for name in names:
        body += user(name, exports="x", assignee="handler", due="now()")
        body += f'<bpmn:exclusiveGateway id="G{name}" default="G{name}_{name}" />'
        ways += f"{last} > {name}{' if ok' if last != 'F' else ''}\n{name} > G{name} > {name}\n"
        last = f"G{name}"
    return document(body + flows(ways + f"{last} > D if ok"), extra=messages("withdraw"))


def test_one_step_is_quick_however_old_the_case() -> None:
    run = Run(long_process(), ok=True, handler=1)
    assert len(run.spec.nodes("P")) == 45
    times = []
    for number in range(STEPS):
        task_id = run.task(f"U{number}").task_id
        began = time.perf_counter()
        advance = runtime.complete(run.spec, run.at.state, task_id=task_id, exports={"x": number}, **run._world())
        times.append((time.perf_counter() - began) * 1000)
        run.at = advance
    print(f"\none step of a 45-node case: median {statistics.median(times):.2f} ms, {len(advance.state)} bytes")  # noqa: T201
    assert advance.ended
    assert statistics.median(times) < 10
