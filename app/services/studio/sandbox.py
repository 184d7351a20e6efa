"""演练: a draft is run for real, and nothing real happens.

A rehearsal is played on the engine alone and kept in a table of its own: it is no case, so no list, number, barrier, statistic or
notice can ever count it. Recorders are not run, and operations answer what the person at the page says they answer; what both would
have done is named there (`sandbox_left_out`). All that is done is written down as a scenario, which can become one of the draft's.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from app.catalog.archive import read_zip, write_zip
from app.domain.actors import Actor, Role
from app.domain.errors import Conflict, DomainError
from app.domain.fields import Values
from app.domain.procedure import Procedure
from app.persistence.models import ProcedureDraft, Rehearsal
from app.services.context import Context, Transaction
from app.services.packages.package_check import examine
from app.services.packages.package_manifest import read_manifest
from app.services.packages.scenarios import FOLDER, read_scenario
from app.services.studio.rehearsal_rows import RehearsalView, find_rehearsal, keep, restored, save_rehearsal, view_of
from app.services.studio.sandbox_forms import Fill, fill_in, forget_filled, keep_filled
from app.services.studio.sandbox_player import Answers, player_of, refuse_others, with_role
from app.services.studio.sandbox_script import begun_from, give_back, passed_by, play_on
from app.services.versions.draft_files import files_of, find, lock, require_right, write

MOST_REHEARSALS = 50
MOST_STEPS = 500
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


def start(
    context: Context, *, actor: Actor, draft_id: int, kind: str, title: str = "", variables: Mapping[str, Any] | None = None,
    answers: Answers | None = None, scenario: str = "",
) -> RehearsalView:  # fmt: skip
    """Begin a rehearsal of a draft as it is saved. Refuses a draft whose diagrams or forms the gate refuses: they could not run.

    With the name of a `scenario` of the draft its steps are done as far as they still can be; its kind of case is taken then.
    Raises `NeedsAnswer` when an operation is called at once; nothing has begun then.
    """
    require_right(actor)
    with context.reading() as tx:
        draft = find(tx, draft_id)
        revision, files = draft.revision, files_of(tx, draft_id)
    following = begun_from(files, scenario) if scenario else None
    kind = following["case"] if following else kind
    procedure = _runnable(context, files, kind)
    kept = following or {"title": "", "case": kind, "variables": dict(variables or {}), "operations": {}, "steps": []}
    kept["title"] = title.strip()[:60] or kept["title"] or procedure.case_kinds[kind].title
    player = player_of(context.registry, procedure, kept, answers)
    player.begin(kept["variables"])
    play_on(kept, player)
    keep(kept, player)
    row = Rehearsal(draft_id=draft_id, revision=revision, kind=kind, title=kept["title"], package=write_zip(files))
    with context.transaction() as tx:
        _add(tx, row, actor=actor)
        return save_rehearsal(tx, row, kept, player)


def _add(tx: Transaction, row: Rehearsal, *, actor: Actor) -> None:
    """Put the row of a new rehearsal into the transaction; a draft cannot have any number of them."""
    if (tx.session.scalar(select(func.count()).where(Rehearsal.draft_id == row.draft_id)) or 0) >= MOST_REHEARSALS:
        raise DomainError("rehearsal.many", f"这份草稿已有 {MOST_REHEARSALS} 次演练，请先删去一些。")
    row.started_by, row.started_at = actor.user_id, tx.now
    tx.session.add(row)


def _runnable(context: Context, files: Mapping[str, bytes], kind: str) -> Procedure:
    report = examine(files, registry=context.registry)  # a rehearsal makes no papers
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
        row = find_rehearsal(tx, rehearsal_id)
        scenario = json.loads(row.scenario_json)
        return view_of(row, scenario, restored(context, row, scenario, None))


def step(
    context: Context,
    *,
    actor: Actor,
    rehearsal_id: int,
    what: Mapping[str, Any],
    answers: Answers | None = None,
    role: Role | None = None,
    fill: Fill | None = None,
) -> RehearsalView:
    """Do one step, as any role: `what` is a step of a scenario (`{"complete": "check", "values": {…}}`, `{"fire": "remind"}` …).

    With `fill` the form of the task is filled in as a person would, and what it exports goes on; without, the values of the step
    do. With `role` only what is that role's to do is done. Writes the rehearsal's own row and nothing else. Raises `StepError`
    for what cannot be done, `InvalidValues` for what does not fit the form and `NeedsAnswer` when an operation's answer is
    missing; nothing has happened then.
    """
    require_right(actor)
    with context.transaction() as tx:
        row = find_rehearsal(tx, rehearsal_id, for_update=True)
        scenario = json.loads(row.scenario_json)
        if len(scenario["steps"]) >= MOST_STEPS:
            raise DomainError("rehearsal.long", f"一次演练最多 {MOST_STEPS} 步，请另开一次。")
        player = restored(context, row, scenario, answers)
        if role is not None:
            refuse_others(player, what, role=role)
        filled: Values | None = None
        if fill is not None:
            what, filled = fill_in(player, scenario, what=what, fill=fill)
        player.do(what)
        scenario["steps"].append(with_role(player, what))
        keep_filled(scenario, player, filled)
        passed_by(scenario, what)
        keep(scenario, player)
        return save_rehearsal(tx, row, scenario, player)


def follow(context: Context, *, actor: Actor, rehearsal_id: int) -> RehearsalView:
    """Go on with the scenario that a rehearsal follows, as far as its steps can be done. Writes the rehearsal's own row."""
    require_right(actor)
    with context.transaction() as tx:
        row = find_rehearsal(tx, rehearsal_id, for_update=True)
        scenario = json.loads(row.scenario_json)
        player = restored(context, row, scenario, None)
        play_on(scenario, player)
        keep(scenario, player)
        return save_rehearsal(tx, row, scenario, player)


def rewind(context: Context, *, actor: Actor, rehearsal_id: int) -> RehearsalView:
    """Take back the last step: all steps before it are played again from the beginning with the answers that were given."""
    require_right(actor)
    with context.reading() as tx:
        row = find_rehearsal(tx, rehearsal_id)
        seen, package = row.scenario_json, row.package
    before = json.loads(seen)
    if not before["steps"]:
        raise DomainError("rehearsal.start", "演练还没有做过任何一步。")
    scenario = {**before, "steps": [], "operations": {}, "expect": {}, "left_out": []}
    answers = {name: entry["each"] for name, entry in before["operations"].items()}
    # Before the transaction, which keeps others waiting: playing takes the longer the more has been done.
    player = player_of(context.registry, read_manifest(read_zip(package)), scenario, answers)
    player.begin(scenario["variables"])
    for what in before["steps"][:-1]:
        player.do(what)
        scenario["steps"].append(what)
    give_back(scenario, before["steps"][-1])
    forget_filled(scenario)
    keep(scenario, player)
    with context.transaction() as tx:
        row = find_rehearsal(tx, rehearsal_id, for_update=True)
        if row.scenario_json != seen:
            raise Conflict("rehearsal.moved", "这次演练刚刚有了新的一步，没有退回。请刷新后再试。")
        return save_rehearsal(tx, row, scenario, player)


def record(context: Context, *, actor: Actor, rehearsal_id: int, name: str, title: str) -> int:
    """Make a rehearsal that has ended a scenario of its draft; return the draft's new revision.

    Refuses a name that is taken, unless it is that of the scenario which the rehearsal follows: that one is brought up to date.
    """
    require_right(actor)
    if _NAME.fullmatch(name) is None or not title.strip():
        raise DomainError("scenario.name", "场景编号用小写字母、数字和下划线，并填写场景名称。")
    with context.transaction() as tx:
        row = find_rehearsal(tx, rehearsal_id)
        if not row.ended:
            raise DomainError("rehearsal.open", "演练还没有走到结束，不能存为场景。")
        path, draft = f"{FOLDER}{name}.json", lock(tx, row.draft_id)
        kept = json.loads(row.scenario_json)
        files = files_of(tx, draft.id)
        if path in files and name != kept.get("script", {}).get("name"):
            raise DomainError("scenario.taken", f"已经有名为“{name}”的场景，请换一个编号。")
        content = scenario_file(kept, title=title.strip(), before=files.get(path))
        read_scenario(path, content)
        write(tx, draft, actor=actor, current=files, changes={path: content}, automatic=False)
        return draft.revision


def scenario_file(kept: Mapping[str, Any], *, title: str, before: bytes | None) -> bytes:
    """Return what was written down as a file; what the scenario of before promised of variables at the end it still promises."""
    scenario = as_scenario(kept, title=title)
    promised = (read_scenario("", before).get("expect") or {}).get("variables") if before is not None else None
    if promised is not None:
        scenario["expect"] = {**scenario["expect"], "variables": promised}
    return json.dumps(scenario, ensure_ascii=False, indent=2).encode()


def as_scenario(kept: Mapping[str, Any], *, title: str) -> dict[str, Any]:
    """Return what a rehearsal has written down as a scenario file: answers that never differ are given once."""
    operations = {
        name: entry["each"][0] if all(answer == entry["each"][0] for answer in entry["each"]) else entry
        for name, entry in kept["operations"].items()
        if any(answer is not None for answer in entry["each"])
    }
    plain = {key: value for key, value in kept.items() if key not in ("script", "filled", "left_out")}
    return {**plain, "title": title, "operations": operations}


def remove(context: Context, *, actor: Actor, rehearsal_id: int) -> None:
    """Throw a rehearsal away; nothing of it is left."""
    require_right(actor)
    with context.transaction() as tx:
        find_rehearsal(tx, rehearsal_id)
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
