"""Plays a rehearsal: like a scenario, but operations answer what is given for the step, and ask when nothing is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.actors import ROLE_TITLES, Role
from app.domain.errors import DomainError
from app.domain.lists import listed
from app.domain.procedure import Procedure
from app.engine.drawing import ServiceCall, calls_of
from app.engine.specs import load_spec
from app.engine.types import NodeInfo, Variable
from app.formkit.sources import SourceItem
from app.services.packages.procedure_cache import read_forms
from app.services.packages.scenario_player import BEGIN, Player, StepError, moment_of
from app.services.packages.scenarios import read_scenarios, recorded_by
from app.services.registry import Operation, Recorder, Registry
from app.services.studio.sample_lists import sample_sources

Answers = Mapping[str, Sequence[Any]]
"""What operations answer during one step, by name, in the order of their calls."""


class NeedsAnswer(StepError):
    """A step calls an operation whose answer decides how the case goes on, and nobody has given it. Nothing was done."""

    def __init__(self, call: ServiceCall, *, title: str, node_name: str, description: str, sample: Any) -> None:
        super().__init__(f"“{node_name}”要调用“{title}”，请填写它的结果（变量 {call.result}），再继续。", node_id=call.node_id)
        self.code = "rehearsal.answer"
        self.call = call
        self.title = title
        self.description = description
        self.sample = sample  # what a scenario of the draft lets it answer; None where none calls it


@dataclass
class Rehearsing(Player):
    """A player whose operations answer what was given for this step; every answer is kept for the scenario."""

    calls: Mapping[str, ServiceCall] = field(default_factory=dict)
    operations: Mapping[str, Operation] = field(default_factory=dict)
    recorders: Mapping[str, Recorder] = field(default_factory=dict)
    prefilled: frozenset[str] = frozenset()  # forms that open with what is known already
    sources: Mapping[str, list[SourceItem]] = field(default_factory=dict)
    given: dict[str, list[Any]] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)  # how often each operation has answered in earlier steps
    answered: dict[str, list[Any]] = field(default_factory=dict)

    def _call(self, name: str, _params: Mapping[str, Variable], *, node: NodeInfo) -> Variable:
        left = self.given.get(name, [])
        if not left and name in self.results:
            left = [self._scripted(name)]
        call = self.calls.get(node.node_id)
        if not left and call is not None and call.result:
            raise self._question(call, node=node)
        answer: Variable = left.pop(0) if left else None
        self.answered.setdefault(name, []).append(answer)
        return answer

    def _question(self, call: ServiceCall, *, node: NodeInfo) -> NeedsAnswer:
        known = self.operations.get(call.operation)
        return NeedsAnswer(
            call,
            title=known.title if known is not None else call.operation,
            node_name=node.name or node.node_id,
            description=known.description if known is not None else "",
            sample=sample_answer(self.procedure, call.operation, kind=self.kind.id),
        )

    def _scripted(self, name: str) -> Any:
        """Return what the scenario that is followed lets an operation answer this time."""
        result = self.results[name]
        if not (isinstance(result, dict) and set(result) == {"each"} and result["each"]):
            return result
        place = self.before.get(name, 0) + len(self.answered.get(name, []))
        return result["each"][min(place, len(result["each"]) - 1)]


def sample_answer(procedure: Procedure, operation: str, *, kind: str) -> Any:
    """Return what the package's scenarios let an operation answer first, those of the same kind of case before others."""
    try:
        scenarios = read_scenarios(procedure.files).values()
    except DomainError:
        return None  # the gate tells; a rehearsal goes on without samples
    for scenario in sorted(scenarios, key=lambda one: one["case"] != kind):
        answer = (scenario.get("operations") or {}).get(operation)
        if isinstance(answer, dict) and set(answer) == {"each"} and isinstance(answer["each"], list):
            answer = next((one for one in answer["each"] if one is not None), None)
        if answer is not None:
            return answer
    return None


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
    roles: frozenset[Role] = frozenset()  # who has it to do; nobody for what time and messages bring

    def is_meant(self, what: Mapping[str, Any]) -> bool:
        """Tell whether a step of a scenario means this."""
        return what.get(self.verb) == self.name and ("item" not in what or what["item"] == self.item)


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
        forms=read_forms(procedure.files),
        operations=registry.operations,
        recorders=registry.recorders,
        prefilled=frozenset(registry.prefills),
        sources=sample_sources(registry),
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
                roles=frozenset({role} if role else ()),
            )
        )
    found += [OpenStep("fire", one.node.node_id, one.node.name, one.node.node_id, due=one.due) for one in player.now.timers]
    waiting = {one.message: one.node.node_id for one in player.now.waiting}
    messages = player.procedure.messages
    found += [OpenStep("deliver", name, messages[name].title, node_id) for name, node_id in waiting.items() if name in messages]
    actions = player.procedure.actions.values()
    return found + [
        OpenStep("act", action.id, action.title, waiting[action.message], roles=action.roles)
        for action in actions
        if action.case_kind == player.kind.id and action.message in waiting
    ]


def refuse_others(player: Rehearsing, what: Mapping[str, Any], *, role: Role) -> None:
    """Raise `StepError` for a step that is not on the desk of a role: another has it to do, or nobody."""
    step = next((one for one in open_steps(player) if one.is_meant(what)), None)
    if step is not None and role not in step.roles:
        whose = "、".join(ROLE_TITLES[one] for one in step.roles)
        sentence = f"由{whose}办理" if whose else "不由任何人办理"
        raise StepError(
            f"“{step.title or step.name}”{sentence}，不在{ROLE_TITLES[role]}的待办中。请换成“全部角色”后再做。",
            node_id=step.node_id,
        )
