"""演练: a draft is run for real, and nothing real happens.

A rehearsal is played on the engine alone and kept in a table of its own: it is no case, so no list, number, barrier, statistic or
notice can ever count it. Recorders are not run, and operations answer what the person at the page says they answer. All that is
done is written down as a scenario, which can become one of the draft's.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select

from app.catalog.archive import read_zip, write_zip
from app.domain.actors import Actor
from app.domain.errors import DomainError, NotFound
from app.domain.procedure import Procedure
from app.engine import runtime
from app.engine.types import EngineError
from app.persistence.models import ProcedureDraft, Rehearsal
from app.services.context import Context, Transaction
from app.services.packages.package_check import examine
from app.services.packages.package_manifest import read_manifest
from app.services.packages.scenario_player import StepError
from app.services.packages.scenarios import FOLDER, read_scenario
from app.services.studio.draft_files import files_of, find, lock, require_right, write
from app.services.studio.sandbox_player import Answers, OpenStep, Rehearsing, open_steps, player_of

MOST_REHEARSALS = 50
MOST_STEPS = 500
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


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


def start(
    context: Context, *, actor: Actor, draft_id: int, kind: str, title: str = "", variables: Mapping[str, Any] | None = None,
    answers: Answers | None = None,
) -> RehearsalView:  # fmt: skip
    """Begin a rehearsal of a draft as it is saved. Refuses a draft whose diagrams or forms the gate refuses: they could not run.

    Raises `NeedsAnswer` when an operation is called at once; nothing has begun then.
    """
    require_right(actor)
    with context.reading() as tx:
        draft = find(tx, draft_id)
        revision, files = draft.revision, files_of(tx, draft_id)
    procedure = _runnable(context, files, kind)
    scenario: dict[str, Any] = {
        "title": title.strip()[:60] or procedure.case_kinds[kind].title,
        "case": kind,
        "variables": dict(variables or {}),
        "operations": {},
        "steps": [],
    }
    player = player_of(context.registry, procedure, scenario, answers)
    player.begin(scenario["variables"])
    _keep(scenario, player)
    with context.transaction() as tx:
        if (tx.session.scalar(select(func.count()).where(Rehearsal.draft_id == draft_id)) or 0) >= MOST_REHEARSALS:
            raise DomainError("rehearsal.many", f"这份草稿已有 {MOST_REHEARSALS} 次演练，请先删去一些。")
        row = Rehearsal(
            draft_id=draft_id,
            revision=revision,
            kind=kind,
            title=scenario["title"],
            package=write_zip(files),
            scenario_json=_dump(scenario),
            state=player.now.state,
            clock=player.clock,
            ended=player.now.ended,
            started_by=actor.user_id,
            started_at=tx.now,
        )
        tx.session.add(row)
        tx.session.flush()
        return _view(row, scenario, player)


def _runnable(context: Context, files: Mapping[str, bytes], kind: str) -> Procedure:
    report = examine(files, registry=context.registry, papers=Path(context.certificates_folder))
    errors = [one for one in report.findings if one.severity == "error" and not one.rule.startswith("scenario.")]
    if errors or report.procedure is None:
        raise DomainError(
            "rehearsal.refused", f"草稿还不能演练，请先修改（{len(errors)} 处）：{errors[0].message}。{errors[0].cure}"
        )
    if kind not in report.procedure.case_kinds:
        raise DomainError("rehearsal.kind", "草稿里没有这一类办件。")
    return report.procedure


def look(context: Context, *, actor: Actor, rehearsal_id: int) -> RehearsalView:
    """Return a rehearsal as it stands."""
    require_right(actor)
    with context.reading() as tx:
        row = _find(tx, rehearsal_id)
        scenario = json.loads(row.scenario_json)
        return _view(row, scenario, _restored(context, row, scenario, None))


def step(
    context: Context, *, actor: Actor, rehearsal_id: int, what: Mapping[str, Any], answers: Answers | None = None
) -> RehearsalView:
    """Do one step, as any role: `what` is a step of a scenario (`{"complete": "check", "values": {…}}`, `{"fire": "remind"}` …).

    Writes the rehearsal's own row and nothing else. Raises `StepError` for what cannot be done and `NeedsAnswer` when an
    operation's answer is missing; nothing has happened then.
    """
    require_right(actor)
    with context.transaction() as tx:
        row = _find(tx, rehearsal_id, for_update=True)
        scenario = json.loads(row.scenario_json)
        if len(scenario["steps"]) >= MOST_STEPS:
            raise DomainError("rehearsal.long", f"一次演练最多 {MOST_STEPS} 步，请另开一次。")
        player = _restored(context, row, scenario, answers)
        player.do(what)
        scenario["steps"].append(dict(what))
        _keep(scenario, player)
        return _save(tx, row, scenario, player)


def rewind(context: Context, *, actor: Actor, rehearsal_id: int) -> RehearsalView:
    """Take back the last step: all steps before it are played again from the beginning with the answers that were given."""
    require_right(actor)
    with context.transaction() as tx:
        row = _find(tx, rehearsal_id, for_update=True)
        before = json.loads(row.scenario_json)
        if not before["steps"]:
            raise DomainError("rehearsal.start", "演练还没有做过任何一步。")
        scenario = {**before, "steps": [], "operations": {}, "expect": {}}
        answers = {name: entry["each"] for name, entry in before["operations"].items()}
        player = player_of(context.registry, read_manifest(read_zip(row.package)), scenario, answers)
        player.begin(scenario["variables"])
        for what in before["steps"][:-1]:
            player.do(what)
            scenario["steps"].append(what)
        _keep(scenario, player)
        return _save(tx, row, scenario, player)


def record(context: Context, *, actor: Actor, rehearsal_id: int, name: str, title: str) -> int:
    """Make a rehearsal that has ended a scenario of its draft; return the draft's new revision. Refuses a name that is taken."""
    require_right(actor)
    if _NAME.fullmatch(name) is None or not title.strip():
        raise DomainError("scenario.name", "场景编号用小写字母、数字和下划线，并填写场景名称。")
    with context.transaction() as tx:
        row = _find(tx, rehearsal_id)
        if not row.ended:
            raise DomainError("rehearsal.open", "演练还没有走到结束，不能存为场景。")
        path, draft = f"{FOLDER}{name}.json", lock(tx, row.draft_id)
        if path in files_of(tx, draft.id):
            raise DomainError("scenario.taken", f"已经有名为“{name}”的场景，请换一个编号。")
        content = json.dumps(
            as_scenario(json.loads(row.scenario_json), title=title.strip()), ensure_ascii=False, indent=2
        ).encode()
        read_scenario(path, content)
        write(tx, draft, actor=actor, changes={path: content}, automatic=False)
        return draft.revision


def as_scenario(kept: Mapping[str, Any], *, title: str) -> dict[str, Any]:
    """Return what a rehearsal has written down as a scenario file: answers that never differ are given once."""
    operations = {
        name: entry["each"][0] if all(answer == entry["each"][0] for answer in entry["each"]) else entry
        for name, entry in kept["operations"].items()
        if any(answer is not None for answer in entry["each"])
    }
    return {**kept, "title": title, "operations": operations}


def remove(context: Context, *, actor: Actor, rehearsal_id: int) -> None:
    """Throw a rehearsal away; nothing of it is left."""
    require_right(actor)
    with context.transaction() as tx:
        _find(tx, rehearsal_id)
        tx.session.execute(delete(Rehearsal).where(Rehearsal.id == rehearsal_id))


@dataclass(frozen=True)
class RehearsalLine:
    """A rehearsal in the list of a draft; `is_stale` when the draft was saved after it began."""

    id: int
    title: str
    kind: str
    ended: bool
    started_at: datetime
    is_stale: bool


def of_draft(context: Context, *, actor: Actor, draft_id: int) -> list[RehearsalLine]:
    """Return the rehearsals of a draft, newest first."""
    require_right(actor)
    query = (
        select(Rehearsal, ProcedureDraft.revision)
        .join(ProcedureDraft, ProcedureDraft.id == Rehearsal.draft_id)
        .where(Rehearsal.draft_id == draft_id)
        .order_by(Rehearsal.id.desc())
    )
    with context.reading() as tx:
        return [
            RehearsalLine(row.id, row.title, row.kind, row.ended, row.started_at, row.revision != revision)
            for row, revision in tx.session.execute(query)
        ]


def _find(tx: Transaction, rehearsal_id: int, *, for_update: bool = False) -> Rehearsal:
    query = select(Rehearsal).where(Rehearsal.id == rehearsal_id)
    row = tx.session.scalars(query.with_for_update() if for_update else query).one_or_none()
    if row is None:
        raise NotFound("rehearsal.unknown", "没有找到这次演练，它可能已被删除。")
    return row


def _restored(context: Context, row: Rehearsal, scenario: Mapping[str, Any], answers: Answers | None) -> Rehearsing:
    player = player_of(context.registry, read_manifest(read_zip(row.package)), scenario, answers)
    player.clock = row.clock
    try:
        player.advance = runtime.inspect(player.spec, row.state)
    except EngineError as error:
        raise StepError(error.message) from error
    return player


def _keep(scenario: dict[str, Any], player: Rehearsing) -> None:
    """Write down the answers and the way of what was just played."""
    for name, values in player.answered.items():
        scenario["operations"].setdefault(name, {"each": []})["each"] += values
    path = [*(scenario.get("expect") or {}).get("path", []), *player.path]
    scenario["expect"] = {"outcome": player.now.outcome, "path": path}


def _save(tx: Transaction, row: Rehearsal, scenario: dict[str, Any], player: Rehearsing) -> RehearsalView:
    row.scenario_json, row.state = _dump(scenario), player.now.state
    row.clock, row.ended = player.clock, player.now.ended
    tx.session.flush()
    return _view(row, scenario, player)


def _dump(scenario: Mapping[str, Any]) -> str:
    return json.dumps(scenario, ensure_ascii=False, separators=(",", ":"))


def _view(row: Rehearsal, scenario: Mapping[str, Any], player: Rehearsing) -> RehearsalView:
    now = player.now
    here = [one.node.node_id for group in (now.ready, now.timers, now.waiting) for one in group]
    return RehearsalView(
        id=row.id,
        draft_id=row.draft_id,
        revision=row.revision,
        kind=row.kind,
        title=row.title,
        clock=player.clock,
        ended=now.ended,
        outcome=now.outcome,
        open=tuple(open_steps(player)),
        here=tuple(dict.fromkeys(here)),
        path=tuple(scenario["expect"]["path"]),
        variables=now.variables,
        steps=tuple(scenario["steps"]),
    )
