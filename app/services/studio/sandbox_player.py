"""Plays a rehearsal: like a scenario, but operations answer what is given for the step, and ask when nothing is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.actors import ROLE_TITLES
from app.domain.lists import listed
from app.domain.procedure import Procedure
from app.engine.drawing import ServiceCall, calls_of
from app.engine.specs import load_spec
from app.engine.types import NodeInfo, Variable
from app.services.packages.scenario_player import BEGIN, Player, StepError, moment_of
from app.services.packages.scenarios import recorded_by
from app.services.registry import Registry

Answers = Mapping[str, Sequence[Any]]
"""What operations answer during one step, by name, in the order of their calls."""


class NeedsAnswer(StepError):
    """A step calls an operation whose answer decides how the case goes on, and nobody has given it. Nothing was done."""

    def __init__(self, call: ServiceCall, *, title: str, node_name: str) -> None:
        super().__init__(f"“{node_name}”要调用“{title}”，请填写它的结果（变量 {call.result}），再继续。", node_id=call.node_id)
        self.code = "rehearsal.answer"
        self.call = call
        self.title = title


@dataclass
class Rehearsing(Player):
    """A player whose operations answer what was given for this step; every answer is kept for the scenario."""

    calls: Mapping[str, ServiceCall] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    given: dict[str, list[Any]] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)  # how often each operation has answered in earlier steps
    answered: dict[str, list[Any]] = field(default_factory=dict)

    def _call(self, name: str, _params: Mapping[str, Variable], *, node: NodeInfo) -> Variable:
        left = self.given.get(name, [])
        if not left and name in self.results:
            left = [self._scripted(name)]
        call = self.calls.get(node.node_id)
        if not left and call is not None and call.result:
            raise NeedsAnswer(call, title=self.titles.get(name, name), node_name=node.name or node.node_id)
        answer: Variable = left.pop(0) if left else None
        self.answered.setdefault(name, []).append(answer)
        return answer

    def _scripted(self, name: str) -> Any:
        """Return what the scenario that is followed lets an operation answer this time."""
        result = self.results[name]
        if not (isinstance(result, dict) and set(result) == {"each"} and result["each"]):
            return result
        place = self.before.get(name, 0) + len(self.answered.get(name, []))
        return result["each"][min(place, len(result["each"]) - 1)]


@dataclass(frozen=True)
class OpenStep:
    """Something that can be done now: a task with its role and form, a timer, or a message that is waited for."""

    verb: str  # complete, fire, deliver, act
    name: str  # what a step names: the node, the message or the action
    title: str
    node_id: str
    role: str = ""
    form: str = ""
    item: Variable = None
    due: datetime | None = None
    exports: tuple[str, ...] = ()


def player_of(registry: Registry, procedure: Procedure, scenario: Mapping[str, Any], answers: Answers | None) -> Rehearsing:
    """Return a player of a kind of case, not begun yet, whose operations answer what is given."""
    return Rehearsing(
        procedure=procedure,
        kind=procedure.case_kinds[scenario["case"]],
        spec=load_spec(procedure.files, content_hash=procedure.content_hash),
        recorded=recorded_by(registry),
        results=(scenario.get("script") or {}).get("operations", {}),
        settings=scenario.get("settings") or {},
        deadlines=scenario.get("deadlines") or {},
        clock=moment_of(scenario["begin"]) if "begin" in scenario else BEGIN,
        calls=calls_of(procedure.files),
        titles={operation.name: operation.title for operation in registry.operations.values()},
        given={name: list(values) for name, values in (answers or {}).items()},
        before={name: len(entry["each"]) for name, entry in scenario["operations"].items()},
    )


def with_role(player: Player, what: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step as a scenario keeps it: the completing of a task with the role whose it is."""
    nodes = {node.node_id: node for node in player.spec.nodes(player.kind.process)}
    node = nodes.get(str(what.get("complete", "")))
    role = player.procedure.lanes.get(node.lane or "") if node is not None else None
    return {**what, **({"role": role.value} if role is not None else {})}


def open_steps(player: Rehearsing) -> list[OpenStep]:
    """Return everything that can be done now: tasks, timers, messages, actions."""
    lanes, found = player.procedure.lanes, []
    for task in player.now.ready:
        role, properties = lanes.get(task.node.lane or ""), task.node.properties
        added = player.recorded.get(properties.get("records", ""), ())
        names = listed(properties.get("exports", ""))
        found.append(
            OpenStep(
                verb="complete",
                name=task.node.node_id,
                title=task.node.name,
                node_id=task.node.node_id,
                role=ROLE_TITLES[role] if role else "",
                form=properties.get("form", ""),
                item=task.item,
                due=task.due,
                exports=tuple(dict.fromkeys([*names, *added])),
            )
        )
    found += [OpenStep("fire", one.node.node_id, one.node.name, one.node.node_id, due=one.due) for one in player.now.timers]
    waiting = {one.message: one.node.node_id for one in player.now.waiting}
    messages = player.procedure.messages
    found += [OpenStep("deliver", name, messages[name].title, node_id) for name, node_id in waiting.items() if name in messages]
    actions = player.procedure.actions.values()
    return found + [
        OpenStep("act", action.id, action.title, waiting[action.message])
        for action in actions
        if action.case_kind == player.kind.id and action.message in waiting
    ]
