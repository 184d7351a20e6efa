"""Random block-structured diagrams, walked at random with sending back: every case ends, and every state can be read back."""

import itertools
import random

import pytest

from app.engine import runtime
from app.engine.types import EngineError
from tests.engine.diagrams import Run, boundary, end, flows, message, messages, several, start, timer, user
from tests.gate.house import found, lane, process


class Sketch:
    """Draws a diagram out of blocks; `ways` are the flows of the scope that is being drawn."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0
        self.people: list[str] = []

    def name(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def task(self, inner: str = "") -> tuple[str, str]:
        name = self.name("U")
        self.people.append(name)
        return name, user(name, inner, form="f")

    def block(self, depth: int) -> tuple[str, str, str, str]:
        """Return first node, last node, elements and flows of a random block."""
        kinds = ["task"] * 2 + (["several", "choice", "parallel", "inclusive", "loop", "inside", "watched"] if depth else [])
        return getattr(self, f"draw_{self.random.choice(kinds)}")(depth)  # type: ignore[no-any-return]

    def sequence(self, depth: int) -> tuple[str, str, str, str]:
        parts = [self.block(depth) for _ in range(self.random.randint(1, 3))]
        links = "".join(f"{a[1]} > {b[0]}\n" for a, b in itertools.pairwise(parts))
        return parts[0][0], parts[-1][1], "".join(p[2] for p in parts), links + "".join(p[3] for p in parts)

    def draw_task(self, _depth: int) -> tuple[str, str, str, str]:
        name, element = self.task()
        return name, name, element, ""

    def draw_several(self, _depth: int) -> tuple[str, str, str, str]:
        sequential = self.random.random() < 0.5
        name, element = self.task(several("units", f"unit{self.count}", output=f"out{self.count}", sequential=sequential))
        return name, name, element, ""

    def branching(self, kind: str, depth: int, condition: str) -> tuple[str, str, str, str]:
        split, join = self.name("G"), self.name("J")
        parts = [self.sequence(depth - 1) for _ in range(self.random.randint(2, 3))]
        ways = f"{split} > {parts[0][0]}\n" + "".join(f"{split} > {p[0]}{condition}\n" for p in parts[1:])
        ways += "".join(f"{p[1]} > {join}\n{p[3]}" for p in parts)
        default = f' default="{split}_{parts[0][0]}"' if condition else ""
        gateways = f'<bpmn:{kind}Gateway id="{split}"{default} /><bpmn:{kind}Gateway id="{join}" />'
        return split, join, gateways + "".join(p[2] for p in parts), ways

    def draw_choice(self, depth: int) -> tuple[str, str, str, str]:
        return self.branching("exclusive", depth, " if coin()")

    def draw_parallel(self, depth: int) -> tuple[str, str, str, str]:
        return self.branching("parallel", depth, "")

    def draw_inclusive(self, depth: int) -> tuple[str, str, str, str]:
        return self.branching("inclusive", depth, " if coin()")

    def draw_loop(self, depth: int) -> tuple[str, str, str, str]:
        first, gateway, after = self.name("J"), self.name("G"), self.name("T")
        part = self.sequence(depth - 1)
        body = f'<bpmn:exclusiveGateway id="{first}" /><bpmn:exclusiveGateway id="{gateway}" default="{gateway}_{after}" />'
        ways = f"{first} > {part[0]}\n{part[1]} > {gateway} > {after}\n{gateway} > {first} if coin()\n" + part[3]
        return first, after, body + f'<bpmn:task id="{after}" />' + part[2], ways

    def draw_inside(self, depth: int, extra: str = "") -> tuple[str, str, str, str]:
        people = self.people
        self.people = []
        name, first, last = self.name("P"), self.name("S"), self.name("E")
        part = self.sequence(depth - 1)
        self.people = people
        inner = start(first) + end(last) + part[2] + flows(f"{first} > {part[0]}\n{part[1]} > {last}\n{part[3]}")
        return name, name, f'<bpmn:subProcess id="{name}">{inner}{extra}</bpmn:subProcess>', ""

    def draw_watched(self, depth: int) -> tuple[str, str, str, str]:
        name, _, element, _ = self.draw_inside(depth)
        event, join = self.name("B"), self.name("J")
        what = message("go") if self.random.random() < 0.5 else timer('duration("P1D")')
        element += boundary(event, name, what) + f'<bpmn:exclusiveGateway id="{join}" />'
        return name, join, element, f"{name} > {join}\n{event} > {join}\n"

    def diagram(self) -> bytes:
        first, last, elements, ways = self.sequence(3)
        tasks = [f"U{i}" for i in range(1, self.count + 1) if f'id="U{i}"' in elements]
        body = start() + elements + end() + lane(*tasks)
        return process(body, f"S > {first}\n{last} > E\n{ways}", messages("go", "stop", "other"))


@pytest.mark.parametrize("seed", range(60))
def test_walk(seed: int) -> None:
    sketch = Sketch(seed)
    content = sketch.diagram()
    # The coin is the test's own, and chance may let two branches wait for one message, whose variable both write.
    known = {"expression.function", "parallel.written_twice"}
    assert {f.rule for f in found(content) if f.severity == "error"} <= known
    chance = random.Random(seed)
    run = Run(content, functions={"coin": lambda: chance.random() < 0.4}, units=["a", "b", "c"])
    for _ in range(400):
        if run.at.ended:
            break
        step(run, chance, sketch)
    assert run.at.ended


def step(run: Run, chance: random.Random, sketch: Sketch) -> None:
    """Complete something, or let an event happen, or send back."""
    if chance.random() < 0.1 and sketch.people:
        try:
            run.back(chance.choice(sketch.people))
        except EngineError as error:
            assert error.code == "engine.return"  # noqa: PT017
    elif run.at.waiting and chance.random() < 0.1:
        run.tell("go")
    elif run.at.timers and chance.random() < 0.1:
        run.tick(chance.choice(run.at.timers).node.node_id)
    elif run.at.ready:
        task_id = chance.choice(run.at.ready).task_id
        run.at = run._checked(runtime.complete(run.spec, run.at.state, task_id=task_id, exports={}, **run._world()))
