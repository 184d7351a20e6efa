"""A rehearsal that follows a scenario: after a change its steps are done as far as they go, and a person does what is new."""

from collections.abc import Mapping
from typing import Any

from app.domain.errors import NotFound
from app.domain.procedure import Procedure
from app.services.packages.scenario_player import VERBS, StepError
from app.services.packages.scenarios import FOLDER, MOST_STEPS, read_scenario
from app.services.registry import Registry
from app.services.studio.sandbox_player import Rehearsing, open_steps, player_of, with_role

_GIVEN = ("settings", "deadlines", "begin")


def begun_from(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """Return what a rehearsal that follows a scenario of the draft begins with. `NotFound` for a scenario that is not there."""
    path = f"{FOLDER}{name}.json"
    if path not in files:
        raise NotFound("scenario.unknown", "草稿里没有这个场景，它可能已被删除。请返回演练页面重新选择。")
    scenario = read_scenario(path, files[path])
    script = {
        "name": name, "title": scenario["title"], "rest": [_by_anybody(step) for step in scenario["steps"]], "stopped": "", "played": [],
        "operations": scenario.get("operations") or {},
    }  # fmt: skip
    kept = {key: scenario[key] for key in _GIVEN if key in scenario}
    start = {"title": scenario["title"], "case": scenario["case"], "variables": scenario.get("variables") or {}}
    return {**start, **kept, "operations": {}, "steps": [], "script": script}


def play_on(scenario: dict[str, Any], player: Rehearsing) -> None:
    """Do the steps of the script that are left, until one cannot be done; what stopped it is written down for the page."""
    script = scenario.get("script")
    if script is None:
        return
    script["stopped"] = ""
    while script["rest"] and not player.now.ended:
        answered = {name: len(values) for name, values in player.answered.items()}
        try:
            player.do(script["rest"][0])
        except StepError as error:
            # What operations said during a step that was not done is no answer of this rehearsal.
            player.answered = {name: values[: answered.get(name, 0)] for name, values in player.answered.items()}
            script["stopped"] = error.message
            return
        script["played"].append(len(scenario["steps"]))
        scenario["steps"].append(with_role(player, script["rest"].pop(0)))


def passed_by(scenario: dict[str, Any], what: Mapping[str, Any]) -> None:
    """Take the next step of the script off when a person has just done it by hand, with other values perhaps."""
    script = scenario.get("script")
    if script is None:
        return
    script["stopped"] = ""
    if script["rest"] and _named(script["rest"][0]) == _named(what):
        script["played"].append(len(scenario["steps"]) - 1)
        script["rest"].pop(0)


def give_back(scenario: dict[str, Any], step: Mapping[str, Any]) -> None:
    """Put the step that was taken back at the front of the script again, if it was the script's."""
    script = scenario.get("script")
    if script is None:
        return
    script["stopped"] = ""
    if script["played"] and script["played"][-1] == len(scenario["steps"]):
        script["played"].pop()
        script["rest"].insert(0, dict(step))


def _by_anybody(step: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step without its role: it may have come to another lane, and is written down with that one."""
    return {key: value for key, value in step.items() if key != "role"}


def _named(step: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    verb = next((name for name in VERBS if name in step), "")
    return verb, step.get(verb), step.get("item")


def walked_again(registry: Registry, procedure: Procedure, name: str) -> dict[str, Any] | None:
    """Return a scenario as it goes in the package as it is now, the steps that are new done by themselves.

    None when that cannot be: a new step in which somebody has to choose something, or a way that leads nowhere.
    """
    kept = begun_from(procedure.files, name)
    known = {step.get("complete") for step in kept["script"]["rest"]}
    try:
        player = player_of(registry, procedure, kept, None)
        player.begin(kept["variables"])
        while not player.now.ended:
            play_on(kept, player)
            if player.now.ended:
                break
            step = next((one for one in open_steps(player) if one.verb == "complete" and one.name not in known), None)
            if step is None or step.exports or len(kept["steps"]) > MOST_STEPS:
                return None
            what = {"complete": step.name, **({} if step.item is None else {"item": step.item})}
            player.do(what)
            kept["steps"].append(with_role(player, what))
    except StepError:
        return None
    return None if kept["script"]["rest"] else kept_scenario(kept, player)


def kept_scenario(kept: dict[str, Any], player: Rehearsing) -> dict[str, Any]:
    """Return what was played in one go as it is written down: the answers of operations, the way and the outcome."""
    operations = {name: {"each": values} for name, values in player.answered.items()}
    return {**kept, "operations": operations, "expect": {"outcome": player.now.outcome, "path": player.path}}
