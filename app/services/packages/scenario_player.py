"""Plays a case on the engine alone: people, messages, time and the results of operations are what a scenario says.

Nothing is written: no case, no work item, no letter, no number. The rehearsals of the studio and the scenarios of a package are
played by the same code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from app.domain.calendar_data import published_calendar
from app.domain.errors import DomainError
from app.domain.fields import FormSpec
from app.domain.lists import listed
from app.domain.procedure import CaseKind, Procedure
from app.domain.rounds import RoundSettings
from app.engine import runtime
from app.engine.evaluation import ExpressionError, duration
from app.engine.specs import Spec, load_spec
from app.engine.types import Advance, EngineError, NodeInfo, ReadyTask, Variable, WaitingTimer
from app.services.packages.scenario_checks import person_faults, unknown_settings, value_faults

BEGIN = datetime(2026, 11, 23, 1, tzinfo=UTC)
"""When a scenario begins unless it says otherwise: a Monday morning in Wuhan."""
DEADLINE_AFTER = timedelta(days=30)
"""When the deadlines of the round are due in a scenario that does not say."""
MOST_JUMPS = 200


class StepError(DomainError):
    """A step that cannot be done; `node_id` is the element where it went wrong, when there is one."""

    def __init__(self, message: str, *, node_id: str | None = None) -> None:
        super().__init__("scenario.step", message)
        self.node_id = node_id


@dataclass
class Player:
    """A case that is being played. `results` are what operations answer, `recorded` the variables that each recorder gives.

    With `forms` the values of a step have to fit the form of its task.
    """

    procedure: Procedure
    kind: CaseKind
    spec: Spec
    results: Mapping[str, Any] = field(default_factory=dict)
    recorded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    deadlines: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, FormSpec] = field(default_factory=dict)
    clock: datetime = BEGIN
    done_by: dict[str, str] = field(default_factory=dict)
    advance: Advance | None = None
    passed: list[NodeInfo] = field(default_factory=list)
    thrown: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    taken: set[tuple[str, str]] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    @property
    def now(self) -> Advance:
        """Where the case stands."""
        assert self.advance is not None
        return self.advance

    @property
    def path(self) -> list[str]:
        """The ids of the tasks of people and of the system and of the ends that were passed, in order."""
        return [node.node_id for node in self.passed if node.kind in ("userTask", "serviceTask", "endEvent")]

    def called_by(self, node_id: str) -> str:
        """Return what people call a node: its name, else its id; ids of tasks drawn by hand say nothing to anybody."""
        names = {node.node_id: node.name for node in self.spec.nodes(self.kind.process)}
        return names.get(node_id) or node_id

    def begin(self, variables: Mapping[str, Any]) -> None:
        """Start the case with these variables over those of its kind."""
        start: Any = {**self.kind.variables, **variables}
        self._take(lambda: runtime.start(self.spec, process_id=self.kind.process, variables=start, **self._ways()))

    def do(self, step: Mapping[str, Any]) -> None:
        """Do one step; `StepError` when it cannot be done. The verbs are described in `app.services.packages.scenarios`."""
        verb = next((name for name in VERBS if name in step), None)
        if verb is None:
            raise StepError(f"不认识的步骤“{next(iter(step), '')}”，可用的有：{'、'.join(VERBS)}。")
        VERBS[verb](self, step)

    def complete(self, step: Mapping[str, Any]) -> None:
        """Complete a ready task: `complete` names its node, `item` which of several instances, `role` and `by` who does it."""
        task = self._task(step)
        self._check(task.node, step)
        exports = self._exports(task, step.get("values") or {})
        self._run(runtime.complete, task_id=task.task_id, exports=exports)
        if "by" in step:
            self.done_by[task.node.node_id] = str(step["by"])

    def _check(self, node: NodeInfo, step: Mapping[str, Any]) -> None:
        form = self.forms.get(node.properties.get("form", ""))
        recorded = (*self.recorded.get(node.properties.get("records", ""), ()), *listed(node.properties.get("exports", "")))
        faults = value_faults(form, step.get("values") or {}, recorded=recorded) if form is not None else []
        faults += person_faults(self.procedure, node, step, done_by=self.done_by)
        if faults:
            raise StepError(f"{'；'.join(faults)}。", node_id=node.node_id)

    def fire(self, step: Mapping[str, Any]) -> None:
        """Let a timer go off at its time: the clock goes there, if it is not past it."""
        waiting = [timer for timer in self.now.timers if timer.node.node_id == step["fire"]]
        if not waiting:
            raise StepError(f"没有等待的定时“{step['fire']}”。", node_id=str(step["fire"]))
        self._fire(waiting[0])

    def wait(self, step: Mapping[str, Any]) -> None:
        """Let time go by (`P3D`, `PT12H`); the timers that fall due meanwhile go off in their order."""
        try:
            until = self.clock + duration(step["wait"])
        except ExpressionError as error:
            raise StepError(error.message) from error
        except OverflowError as error:
            raise StepError(f"等待“{step['wait']}”过长，超出了日历的范围。") from error
        for _ in range(MOST_JUMPS):
            due = sorted((timer for timer in self.now.timers if timer.due <= until), key=lambda timer: timer.due)
            if not due or self.now.ended:
                self.clock = until
                return
            self._fire(due[0])
        raise StepError(f"等待期间触发的定时超过 {MOST_JUMPS} 次，请检查循环定时。")

    def deliver(self, step: Mapping[str, Any]) -> None:
        """Deliver a message to what waits for it."""
        self._deliver(str(step["deliver"]), step.get("payload") or {})

    def act(self, step: Mapping[str, Any]) -> None:
        """Do what the manifest lets a person do with a case outside its tasks."""
        action = self.procedure.actions.get(str(step["act"]))
        if action is None or action.case_kind != self.kind.id:
            raise StepError(f"这类办件没有动作“{step['act']}”。")
        self._deliver(action.message, {})

    def back(self, step: Mapping[str, Any]) -> None:
        """Return the case to a task that it reached before."""
        self._run(runtime.return_to, node_id=str(step["back"]), variables={})

    def remove(self, step: Mapping[str, Any]) -> None:
        """Take an open instance out of a countersigning: `remove` names its node, `item` whose it is."""
        task = self._task({**step, "complete": step["remove"]})
        self._run(runtime.remove_item, task_id=task.task_id)

    def _deliver(self, message: str, payload: Mapping[str, Any]) -> None:
        waiting = [one.message for one in self.now.waiting]
        if message not in waiting:
            raise StepError(f"没有等待消息“{message}”，等待的是：{'、'.join(waiting) or '无'}。")
        self._run(runtime.deliver, message=message, payload=payload)

    def _fire(self, timer: WaitingTimer) -> None:
        self.clock = max(self.clock, timer.due)
        self._run(runtime.fire_timer, task_id=timer.task_id)

    def _task(self, step: Mapping[str, Any]) -> ReadyTask:
        ready = [task for task in self.now.ready if task.node.node_id == step["complete"]]
        if "item" in step:
            ready = [task for task in ready if task.item == step["item"]]
        if not ready:
            open_now = "、".join(dict.fromkeys(task.node.name or task.node.node_id for task in self.now.ready)) or "无"
            raise StepError(
                f"“{self.called_by(str(step['complete']))}”不在待办中，待办是：{open_now}。", node_id=str(step["complete"])
            )
        return ready[0]

    def _exports(self, task: ReadyTask, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what becomes a variable: all that the diagram exports, which has to be there, and what the recorder adds."""
        properties = task.node.properties
        names = listed(properties.get("exports", ""))
        missing = [name for name in names if name not in values]
        if missing:
            raise StepError(f"“{task.node.name or task.node.node_id}”没有填写：{'、'.join(missing)}。", node_id=task.node.node_id)
        added = self.recorded.get(properties.get("records", ""), ())
        return {name: values[name] for name in (*names, *added) if name in values}

    def _run(self, function: Callable[..., Advance], **arguments: Any) -> None:
        self._take(lambda: function(self.spec, self.now.state, **arguments, **self._ways()))

    def _ways(self) -> dict[str, Any]:
        return {"call": self._call, "functions": functions_at(self.clock, settings=self.settings, deadlines=self.deadlines)}

    def _call(self, name: str, _params: Mapping[str, Variable], *, node: NodeInfo) -> Variable:
        """Answer as the scenario says: always the same, or `{"each": [...]}` in turn, the last one for ever."""
        self.called.append(name)
        result = self.results.get(name)
        if isinstance(result, dict) and set(result) == {"each"}:
            answers = cast("list[Variable]", result["each"])
            return answers[min(self.called.count(name), len(answers)) - 1] if answers else None
        return cast("Variable", result)

    def _take(self, step: Callable[[], Advance]) -> None:
        try:
            advance = step()
        except StepError:
            raise
        except (EngineError, DomainError) as error:
            raise StepError(error.message, node_id=getattr(error, "node_id", None)) from error
        self.advance = advance
        self.passed += advance.passed
        self.thrown += [thrown.message for thrown in advance.thrown]
        self.taken.update(advance.taken)
        self.seen.update(node.node_id for node in advance.passed)
        for group in (advance.ready, advance.timers, advance.waiting):
            self.seen.update(one.node.node_id for one in group)


VERBS: dict[str, Callable[[Player, Mapping[str, Any]], None]] = {
    "complete": Player.complete,
    "fire": Player.fire,
    "wait": Player.wait,
    "deliver": Player.deliver,
    "act": Player.act,
    "back": Player.back,
    "remove": Player.remove,
}
"""What a step may do, by its key."""


def player_for(
    procedure: Procedure,
    scenario: Mapping[str, Any],
    *,
    recorded: Mapping[str, tuple[str, ...]] | None = None,
    forms: Mapping[str, FormSpec] | None = None,
) -> Player:
    """Return a player for a scenario, not begun yet; `recorded` names what each recorder adds.

    Raises `StepError` when the package has no such kind of case, and for settings and deadlines that are none.
    """
    kind = procedure.case_kinds.get(str(scenario.get("case", "")))
    if kind is None:
        raise StepError(f"流程包里没有办件类型“{scenario.get('case', '')}”。")
    if unknown := unknown_settings(scenario.get("settings") or {}):
        raise StepError(f"轮次没有名为“{unknown[0]}”的设置。")
    for text in (scenario.get("deadlines") or {}).values():
        moment_of(text)
    try:
        spec = load_spec(procedure.files, content_hash=procedure.content_hash)
    except EngineError as error:
        raise StepError(error.message) from error
    return Player(
        procedure=procedure,
        kind=kind,
        spec=spec,
        results=scenario.get("operations") or {},
        recorded=recorded or {},
        settings=scenario.get("settings") or {},
        deadlines=scenario.get("deadlines") or {},
        forms=forms or {},
        clock=moment_of(scenario["begin"]) if "begin" in scenario else BEGIN,
    )


def functions_at(clock: datetime, *, settings: Mapping[str, Any], deadlines: Mapping[str, str]) -> dict[str, Any]:
    """Return what expressions may call at a moment: the built-in calendar, the defaults of a round, and what is given."""
    defaults = RoundSettings()

    def setting(name: str) -> Variable:
        if name in settings:
            return cast("Variable", settings[name])
        value = getattr(defaults, name, None) if not name.startswith("_") else None
        if not isinstance(value, str | int | bool):
            raise DomainError("setting.unknown", f"轮次没有名为“{name}”的设置。请检查流程图中的表达式。")
        return value

    return {
        "workdays": lambda count: published_calendar().due_at(clock, count),
        "deadline": lambda name: moment_of(deadlines[name]) if name in deadlines else clock + DEADLINE_AFTER,
        "setting": setting,
        "now": lambda: clock,
    }


def moment_of(text: object) -> datetime:
    """Return a moment that a scenario writes down, in UTC. `StepError` for what is none, or has no zone."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise StepError(f"“{text}”不是有效的时间，请写成 2026-11-23T09:00+08:00。") from error
    if moment.tzinfo is None:
        raise StepError(f"时间“{text}”没有写时区，请写成 2026-11-23T09:00+08:00。")
    return moment.astimezone(UTC)
