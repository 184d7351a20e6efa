"""The rows of rehearsals: where one stands, what was done in it so far, and how its page shows it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.catalog.archive import read_zip
from app.domain.actors import Role
from app.domain.errors import NotFound
from app.engine import runtime
from app.engine.types import EngineError
from app.persistence.models import Rehearsal
from app.services.context import Context, Transaction
from app.services.packages.package_manifest import read_manifest
from app.services.packages.scenario_player import StepError
from app.services.studio.sandbox_forms import FilledStep, StepForm, filled_steps, form_of, key_of
from app.services.studio.sandbox_left_out import LeftOut, beside, left_out, note_left_out
from app.services.studio.sandbox_player import Answers, OpenStep, Rehearsing, open_steps, player_of


@dataclass(frozen=True)
class Script:
    """The scenario that a rehearsal follows: how many of its steps are still to be done, and why it does not go on by itself."""

    name: str
    title: str
    left: int
    stopped: str


@dataclass(frozen=True)
class RehearsalView:
    """A rehearsal as its page shows it."""

    id: int
    draft_id: int
    revision: int
    kind: str
    title: str
    clock: datetime
    ended: bool
    outcome: str | None
    open: tuple[OpenStep, ...]
    here: tuple[str, ...]
    path: tuple[str, ...]
    variables: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    script: Script | None  # the scenario that it follows
    forms: Mapping[str, StepForm]  # what is to be filled in, by the key of the step
    filled: tuple[FilledStep, ...]  # newest first
    roles: tuple[Role, ...]  # of the lanes, in their order
    names: Mapping[str, str]  # of the nodes, in the package that it began with
    left_out: tuple[LeftOut, ...]  # newest first
    beside: Mapping[str, tuple[str, ...]]  # what a real case would do at a step too, by the key of the step


def find_rehearsal(tx: Transaction, rehearsal_id: int, *, for_update: bool = False) -> Rehearsal:
    """Return the row of a rehearsal, locked for changing when asked. `NotFound` for one that was removed."""
    query = select(Rehearsal).where(Rehearsal.id == rehearsal_id)
    row = tx.session.scalars(query.with_for_update() if for_update else query).one_or_none()
    if row is None:
        raise NotFound("rehearsal.unknown", "没有找到这次演练，它可能已被删除。")
    return row


def restored(context: Context, row: Rehearsal, scenario: Mapping[str, Any], answers: Answers | None) -> Rehearsing:
    """Return a player that stands where a rehearsal stands. Raises `StepError` for a state that cannot be read any more."""
    player = player_of(context.registry, read_manifest(read_zip(row.package)), scenario, answers)
    player.clock = row.clock
    try:
        player.advance = runtime.inspect(player.spec, row.state)
    except EngineError as error:
        raise StepError(error.message) from error
    return player


def keep(scenario: dict[str, Any], player: Rehearsing) -> None:
    """Write down the answers and the way of what was just played."""
    for name, values in player.answered.items():
        scenario["operations"].setdefault(name, {"each": []})["each"] += values
    path = [*(scenario.get("expect") or {}).get("path", []), *player.path]
    scenario["expect"] = {"outcome": player.now.outcome, "path": path}
    note_left_out(scenario, player)


def save_rehearsal(tx: Transaction, row: Rehearsal, scenario: dict[str, Any], player: Rehearsing) -> RehearsalView:
    """Write down where a rehearsal stands now; return it as its page shows it."""
    row.scenario_json, row.state = dump(scenario), player.now.state
    row.clock, row.ended = player.clock, player.now.ended
    tx.session.flush()
    return view_of(row, scenario, player)


def dump(scenario: Mapping[str, Any]) -> str:
    """Return what was done as it is stored."""
    return json.dumps(scenario, ensure_ascii=False, separators=(",", ":"))


def view_of(row: Rehearsal, scenario: Mapping[str, Any], player: Rehearsing) -> RehearsalView:
    """Return a rehearsal as its page shows it."""
    now = player.now
    here = [one.node.node_id for group in (now.ready, now.timers, now.waiting) for one in group]
    steps = open_steps(player)
    nodes = {node.node_id: node for node in player.spec.nodes(player.kind.process)}
    forms = {key_of(step): form for step in steps if (form := form_of(player, step, scenario)) is not None}
    return RehearsalView(
        id=row.id,
        draft_id=row.draft_id,
        revision=row.revision,
        kind=row.kind,
        title=row.title,
        clock=player.clock,
        ended=now.ended,
        outcome=now.outcome,
        open=tuple(steps),
        here=tuple(dict.fromkeys(here)),
        path=tuple(scenario["expect"]["path"]),
        variables=now.variables,
        steps=tuple(scenario["steps"]),
        script=_script(scenario),
        forms=forms,
        filled=tuple(filled_steps(player, scenario)),
        roles=tuple(dict.fromkeys(role for role in player.procedure.lanes.values() if role is not None)),
        left_out=tuple(left_out(player, scenario)),
        beside={key_of(step): beside(player, nodes[step.node_id].properties) for step in steps if step.verb == "complete"},
        names={node_id: node.name for node_id, node in nodes.items()},
    )


def _script(scenario: Mapping[str, Any]) -> Script | None:
    script = scenario.get("script")
    return None if script is None else Script(script["name"], script["title"], len(script["rest"]), script["stopped"])
