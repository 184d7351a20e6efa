"""Scenarios: what a package promises, written down as a case from beginning to end, and played on the engine alone.

A scenario is a JSON file `scenarios/<name>.json` of a package:

    {
      "title": "申报人不同意参评",                            # what it shows, for people
      "case": "nomination",                                   # the kind of case
      "variables": {"channel": "employer"},                   # over those of the kind; optional
      "operations": {"open_joint_check": [31, 32],            # what each operation answers, always the same,
                     "close_notice": {"each": [1, 0]}},       # or one after the other, the last one for ever
      "settings": {"review_days": 5},                         # of the round, over its defaults; optional
      "deadlines": {"notice_end": "2026-12-30T18:00+08:00"},  # what `deadline()` answers, else 30 days from now; optional
      "begin": "2026-11-23T09:00+08:00",                      # when it begins; optional
      "steps": [
        {"complete": "fill_nomination", "item": 31, "values": {"consented": "no"},    # a task; `item` of a multi-instance;
         "role": "nominating_unit", "by": "王经办"},          # who does it: the role of its lane, and a person; both optional
        {"fire": "nomination_window"},                        # a timer goes off, at its time
        {"wait": "P3D"},                                      # time goes by; what falls due goes off
        {"deliver": "all_qualified", "payload": {}},          # a message arrives
        {"act": "withdraw"},                                  # an action of the manifest
        {"remove": "joint_check", "item": 31},                # 减签: somebody is taken out of a countersigning
        {"back": "fill_nomination"}                           # 退回 to a task that was reached before
      ],
      "expect": {
        "outcome": "declined",                                # of the end event
        "path": ["fill_nomination", "end_declined"],          # every user task, service task and end event, in order
        "variables": {"consented": "no"}                      # optional
      }
    }

It passes when every step can be done, the case has ended, and path, outcome and variables are as written. A step cannot be done
with values that its form does not take, by another role, or by a person who must not do it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from app.domain.errors import DomainError
from app.domain.fields import FormSpec
from app.domain.procedure import Procedure
from app.engine.drawing import flows_of, nodes_of
from app.services.packages.scenario_player import Player, StepError, player_for
from app.services.registry import Registry

FOLDER = "scenarios/"
MOST_SCENARIOS = 200
MOST_STEPS = 1000
MOST_STEPS_OF_ALL = 5000
"""Scenarios are played each time the gate is asked; a package must not keep it busy for minutes."""
Recorded = Mapping[str, tuple[str, ...]]
"""The variables that each recorder adds to what a form exports."""
Forms = Mapping[str, FormSpec]
_KINDS: dict[str, type] = {
    "title": str, "case": str, "variables": dict, "operations": dict, "settings": dict, "deadlines": dict, "begin": str,
    "steps": list, "expect": dict,
}  # fmt: skip


@dataclass(frozen=True)
class Departure:
    """Where a scenario left the path that it expects: the place in the path, and the nodes (None at the end of a path)."""

    place: int
    expected: str | None
    actual: str | None


@dataclass(frozen=True)
class Fault:
    """Why a scenario fails: `step` cannot be done, the `path` is another, there is `no_end`, or the `outcome` is another."""

    kind: Literal["step", "path", "no_end", "outcome"]
    element: str
    sentence: str


@dataclass(frozen=True)
class ScenarioResult:
    """What became of a scenario; it passed when it has no faults."""

    name: str
    title: str
    process_id: str
    path: tuple[str, ...]
    outcome: str | None
    departure: Departure | None
    faults: tuple[Fault, ...]
    reached: frozenset[str]
    taken: frozenset[tuple[str, str]]

    @property
    def passed(self) -> bool:
        """Tell whether all came as expected."""
        return not self.faults


@dataclass(frozen=True)
class Coverage:
    """What no scenario reaches, by process: node ids and flow ids in the order of the diagram."""

    process_id: str
    nodes: tuple[str, ...]
    flows: tuple[str, ...]


def read_scenarios(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return the scenarios of a package by name. `DomainError` (scenario.unreadable) for the first that cannot be read."""
    paths = sorted(path for path in files if path.startswith(FOLDER) and path.endswith(".json"))
    if len(paths) > MOST_SCENARIOS:
        raise DomainError("scenario.unreadable", f"场景超过 {MOST_SCENARIOS} 个，请合并或删去一些。")
    found = {path.removeprefix(FOLDER).removesuffix(".json"): read_scenario(path, files[path]) for path in paths}
    if sum(len(scenario["steps"]) for scenario in found.values()) > MOST_STEPS_OF_ALL:
        raise DomainError("scenario.unreadable", f"场景合计超过 {MOST_STEPS_OF_ALL} 步，请合并或删去一些。")
    return found


def read_scenario(path: str, content: bytes) -> dict[str, Any]:
    """Return a scenario file as a mapping of the right shape. `DomainError` (scenario.unreadable) otherwise."""
    try:
        scenario = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, "不是有效的 JSON") from error
    if not isinstance(scenario, dict):
        raise _unreadable(path, "应为一个对象")
    for key, kind in _KINDS.items():
        if key in scenario and not isinstance(scenario[key], kind):
            raise _unreadable(path, f"“{key}”的写法不对")
    for key in ("title", "case", "steps"):
        if key not in scenario:
            raise _unreadable(path, f"缺少“{key}”")
    steps = scenario["steps"]
    sound = all(isinstance(step, dict) and isinstance(step.get("values", {}), dict) for step in steps)
    if not sound or len(steps) > MOST_STEPS:
        raise _unreadable(path, f"步骤的写法不对，或超过 {MOST_STEPS} 步")
    return scenario


def play(procedure: Procedure, scenario: Mapping[str, Any], *, recorded: Recorded | None = None) -> Player:
    """Play all steps of a scenario. `StepError` names the step that could not be done."""
    player = player_for(procedure, scenario, recorded=recorded)
    player.begin(scenario.get("variables") or {})
    for number, step in enumerate(scenario["steps"], start=1):
        _do(player, step, number)
    return player


def recorded_by(registry: Registry) -> dict[str, tuple[str, ...]]:
    """Return the variables that each recorder adds to what a form exports."""
    return {name: recorder.exports for name, recorder in registry.recorders.items()}


def run_scenario(
    procedure: Procedure,
    name: str,
    *,
    scenario: Mapping[str, Any],
    recorded: Recorded | None = None,
    forms: Forms | None = None,
) -> ScenarioResult:
    """Play a scenario and compare with what it expects. Raises nothing for a scenario that fails: its result says why."""
    faults: list[Fault] = []
    try:
        player = player_for(procedure, scenario, recorded=recorded, forms=forms)
    except StepError as error:
        nothing: frozenset[Any] = frozenset()
        return ScenarioResult(name, scenario["title"], "", (), None, None, (Fault("step", "", error.message),), nothing, nothing)
    try:
        player.begin(scenario.get("variables") or {})
        for number, step in enumerate(scenario["steps"], start=1):
            _do(player, step, number)
    except StepError as error:
        faults.append(Fault("step", error.node_id or "", error.message))
    departure = _departure(scenario, player.path)
    if player.advance is not None and not faults:
        faults += _compare(player, scenario.get("expect") or {}, departure)
    return ScenarioResult(
        name=name,
        title=scenario["title"],
        process_id=player.kind.process,
        path=tuple(player.path),
        outcome=player.now.outcome if player.advance else None,
        departure=departure,
        faults=tuple(faults),
        reached=frozenset(player.seen),
        taken=frozenset(player.taken),
    )


def run_all(procedure: Procedure, *, recorded: Recorded | None = None, forms: Forms | None = None) -> list[ScenarioResult]:
    """Run every scenario of a package, in the order of their names. Raises as `read_scenarios` does."""
    scenarios = read_scenarios(procedure.files)
    return [run_scenario(procedure, name, scenario=one, recorded=recorded, forms=forms) for name, one in scenarios.items()]


def coverage(procedure: Procedure, results: Iterable[ScenarioResult]) -> list[Coverage]:
    """Return which nodes and flows of each process no scenario reaches; processes that are reached whole are left out."""
    reached = {(result.process_id, node_id) for result in results for node_id in result.reached}
    taken = {pair for result in results for pair in result.taken}
    flows = flows_of(procedure.files)
    found = []
    for process_id, (_file, nodes) in nodes_of(procedure.files).items():
        missed = tuple(node.node_id for node in nodes if (process_id, node.node_id) not in reached)
        unused = tuple(
            flow.flow_id for flow in flows if flow.process_id == process_id and (flow.source, flow.target) not in taken
        )
        if missed or unused:
            found.append(Coverage(process_id, missed, unused))
    return found


def _do(player: Player, step: Mapping[str, Any], number: int) -> None:
    try:
        player.do(step)
    except StepError as error:
        raise StepError(f"第 {number} 步：{error.message}", node_id=error.node_id) from error


def _departure(scenario: Mapping[str, Any], path: list[str]) -> Departure | None:
    expected = (scenario.get("expect") or {}).get("path")
    if not isinstance(expected, list):
        return None
    for place, (wanted, got) in enumerate(zip_longest(expected, path)):
        if wanted != got:
            return Departure(place, wanted, got)
    return None


def _compare(player: Player, expected: Mapping[str, Any], departure: Departure | None) -> list[Fault]:
    faults: list[Fault] = []
    if departure is not None:
        due, got = (player.called_by(one) if one else "结束" for one in (departure.expected, departure.actual))
        sentence = f"第 {departure.place + 1} 站应为“{due}”，实为“{got}”。"
        faults.append(Fault("path", departure.actual or departure.expected or "", sentence))
    if not player.now.ended:
        here = [one.node for group in (player.now.ready, player.now.timers, player.now.waiting) for one in group]
        names = "、".join(dict.fromkeys(node.name or node.node_id for node in here))
        faults.append(Fault("no_end", here[0].node_id if here else "", f"步骤做完后办件没有结束，停在：{names}。"))
    elif "outcome" in expected and player.now.outcome != expected["outcome"]:
        faults.append(Fault("outcome", "", f"结果应为“{expected['outcome']}”，实为“{player.now.outcome}”。"))
    wanted = expected.get("variables") or {}
    for name, value in wanted.items() if isinstance(wanted, dict) else ():
        if name not in player.now.variables:
            faults.append(Fault("outcome", "", f"结束时没有变量“{name}”。"))
        elif player.now.variables[name] != value:
            faults.append(Fault("outcome", "", f"变量“{name}”应为 {_json(value)}，实为 {_json(player.now.variables[name])}。"))
    return faults


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:80]


def _unreadable(path: str, why: str) -> DomainError:
    return DomainError("scenario.unreadable", f"场景文件“{path}”{why}，请按场景格式修改。")
