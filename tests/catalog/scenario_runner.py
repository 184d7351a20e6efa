"""Runs a scenario of a package on the engine alone: people, messages and operations are what the scenario says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from app.domain.procedure import Procedure
from app.engine.runtime import complete, deliver, fire_timer, start
from app.engine.specs import Spec, load_spec
from app.engine.types import Advance, NodeInfo, ReadyTask, Variable

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
FUNCTIONS = {
    "workdays": lambda days: NOW + timedelta(days=days),
    "deadline": lambda name: NOW + timedelta(days=30),
    "setting": lambda name: 5,
}
SHOWN = ("userTask", "serviceTask", "endEvent")


@dataclass
class Run:
    """What became of a scenario: every element that was passed, in order, and where the case stands."""

    spec: Spec
    process_id: str
    results: Mapping[str, Variable]
    advance: Advance | None = None
    passed: list[NodeInfo] = field(default_factory=list)
    thrown: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    def call(self, name: str, params: Mapping[str, Variable], *, node: NodeInfo) -> Variable:
        """Answer a service task as the scenario says: always the same, or `{"each": [...]}` in turn, the last one for ever."""
        self.called.append(name)
        result = self.results.get(name)
        if isinstance(result, dict) and set(result) == {"each"}:
            answers = cast("list[Variable]", result["each"])
            return answers[min(self.called.count(name), len(answers)) - 1]
        return result

    def take(self, advance: Advance) -> None:
        """Go on from an advance."""
        self.advance = advance
        self.passed += advance.passed
        self.thrown += [thrown.message for thrown in advance.thrown]

    @property
    def now(self) -> Advance:
        """Where the case stands."""
        assert self.advance is not None
        return self.advance

    @property
    def path(self) -> list[str]:
        """The ids of the tasks and ends that were passed, in order."""
        return [node.node_id for node in self.passed if node.kind in SHOWN]

    @property
    def reached(self) -> set[str]:
        """The ids of all elements that were passed or are open."""
        now = self.now
        open_now = [*(one.node for one in now.ready), *(one.node for one in now.timers), *(one.node for one in now.waiting)]
        return {node.node_id for node in (*self.passed, *open_now)}


def run_scenario(procedure: Procedure, scenario: Mapping[str, Any]) -> Run:
    """Run all steps of a scenario; an `AssertionError` names the step that could not be done."""
    kind = procedure.case_kinds[scenario["case"]]
    spec = load_spec(procedure.files, content_hash=procedure.content_hash)
    run = Run(spec, kind.process, scenario.get("operations", {}))
    variables: Any = {**kind.variables, **scenario.get("variables", {})}
    run.take(start(spec, process_id=kind.process, variables=variables, call=run.call, functions=FUNCTIONS))
    for number, step in enumerate(scenario["steps"], start=1):
        run.take(_do(run, step, f"“{scenario['title']}”第{number}步"))
    return run


def _do(run: Run, step: Mapping[str, Any], place: str) -> Advance:
    verb = next(iter(step))
    keys: dict[str, Any] = {"call": run.call, "functions": FUNCTIONS}
    if verb == "complete":
        task = _task(run.now, step, place)
        exports = _exports(task, step.get("values", {}), place)
        return complete(run.spec, run.now.state, task_id=task.task_id, exports=exports, **keys)
    if verb == "fire":
        timers = [timer for timer in run.now.timers if timer.node.node_id == step["fire"]]
        assert timers, f"{place}：没有等待的定时器“{step['fire']}”"
        return fire_timer(run.spec, run.now.state, task_id=timers[0].task_id, **keys)
    assert verb == "deliver", f"{place}：不认识的动作“{verb}”"
    waiting = [one.message for one in run.now.waiting]
    assert step["deliver"] in waiting, f"{place}：没有等待消息“{step['deliver']}”，等待的是{waiting}"
    return deliver(run.spec, run.now.state, message=step["deliver"], payload=step.get("payload", {}), **keys)


def _task(advance: Advance, step: Mapping[str, Any], place: str) -> ReadyTask:
    ready = [task for task in advance.ready if task.node.node_id == step["complete"]]
    if "item" in step:
        ready = [task for task in ready if task.item == step["item"]]
    assert ready, f"{place}：“{step['complete']}”不在待办中，待办是{[task.node.node_id for task in advance.ready]}"
    return ready[0]


def _exports(task: ReadyTask, values: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Only what the diagram exports becomes a variable, and all of it has to be there."""
    names = [name.strip() for name in task.node.properties.get("exports", "").split(",") if name.strip()]
    missing = [name for name in names if name not in values]
    assert not missing, f"{place}：“{task.node.node_id}”没有填{missing}"
    return {name: values[name] for name in names}
