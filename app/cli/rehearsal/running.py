"""Sets the stage for a rehearsal: an installation, the procedure, the samples, the clock; and plays."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask

from app.cli.rehearsal.cast import Cast, choose
from app.cli.rehearsal.clock import SteppingClock
from app.cli.rehearsal.results import leave
from app.cli.rehearsal.script import STAGES, Played, play
from app.cli.samples.loading import load_samples
from app.domain.actors import SYSTEM
from app.domain.errors import DomainError
from app.jobs.queue import work_off
from app.persistence.queries import rounds as round_queries
from app.persistence.schema import upgrade_schema
from app.services.context import Context
from app.services.packages import procedures
from app.wiring import build_app
from config import Config

ROOT = Path(__file__).resolve().parents[3]
PROCEDURE = "linkonggang-artisan"
OWN = "instance"
_NOT_TAKEN_OVER = ("GONGJIANG_DATABASE_URL", "GONGJIANG_FILES_URL", "GONGJIANG_HUEY_URL")


@dataclass(frozen=True)
class Wanted:
    """What to play."""

    procedure: str = PROCEDURE
    nominees: int = 30
    winners: int = 10
    seed: int = 1
    start: date = date(2026, 3, 2)
    until: str = STAGES[-1].id
    title: str = ""
    only: tuple[str, ...] = ()


def own_config(out: Path, *, database_url: str = "") -> Config:
    """Return the configuration of an installation of the rehearsal's own, fresh each time, within the folder of its results."""
    folder = out / OWN
    if (folder / "secrets.json").exists():  # only what an earlier rehearsal made
        shutil.rmtree(folder)
    environ = {name: value for name, value in os.environ.items() if name not in _NOT_TAKEN_OVER}
    environ["GONGJIANG_ENVIRONMENT"] = "demo"
    if database_url:
        environ["GONGJIANG_DATABASE_URL"] = database_url
    return Config.from_environment(folder, environ)


def rehearse(config: Config, wanted: Wanted, *, out: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    """Prepare an installation where needed, play a round on it through its pages, and leave the results; return the summary.

    Raises `Misstep` naming person, page and sentence where a step does not behave.
    """
    if wanted.procedure != PROCEDURE:
        raise DomainError("rehearsal.procedure", f"只能演练 {PROCEDURE}：其他流程还没有演练脚本。")
    clock = SteppingClock(wanted.start)
    app = build_app(config, clock=clock)
    context: Context = app.extensions["gongjiang"]
    try:
        with app.app_context():
            prepare(app, context, tell=tell)
        # Played outside: an application context that stays open would be one and the same for the requests of all people.
        return _play(app, context, clock, wanted, out=out, tell=tell)
    finally:
        close(app)


def close(app: Flask) -> None:
    """Give the connections of an application back to the database."""
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def prepare(app: Flask, context: Context, *, tell: Callable[[str], None]) -> None:
    """Bring the schema, the procedure and the samples to where they have to be."""
    upgrade_schema(app.extensions["sqlalchemy"].engine)
    files = procedures.read_package(ROOT / "bpmn" / PROCEDURE)
    procedures.deploy(context, actor=SYSTEM, files=files, reason="首次部署")
    begun = time.monotonic()
    added = load_samples(context)
    if added.units or added.accounts or added.experts:
        seconds = time.monotonic() - begun
        tell(f"示例数据：单位 {added.units} 个、账号 {added.accounts} 个、专家 {added.experts} 名（{seconds:.1f} 秒）")


def _play(
    app: Flask, context: Context, clock: SteppingClock, wanted: Wanted, *, out: Path, tell: Callable[[str], None]
) -> dict[str, Any]:
    entries = choose(wanted.nominees, only=wanted.only)
    if len(entries) < wanted.nominees:
        raise DomainError("rehearsal.nominees", f"示例数据里只有{len(entries)}名候选人可用。请减少 --nominees。")
    # Who is named one by one goes without incident as far as the round is played: all of them may win.
    if not 1 <= wanted.winners <= (wanted.nominees if wanted.only else max(1, wanted.nominees // 3)):
        raise DomainError("rehearsal.winners", "名额至少1人，且不超过候选人的三分之一：中途有人退出，还要有人递补。")
    cast = Cast(app, context, clock, wanted.seed, wanted.winners, wanted.title or _title(context), entries)
    clock.work = lambda: _work(context)
    begun = time.monotonic()

    def told(one: Played) -> None:
        tell(f"{clock.today:%Y-%m-%d}  {one.title}：{one.count} 项（{one.seconds:.1f} 秒）")

    played = play(cast, until=wanted.until, tell=told)
    app.extensions["gongjiang.queue"].flush()  # all is worked off: nothing of it is left for a worker to look at again
    return leave(cast, out, played, seconds=time.monotonic() - begun)


def _work(context: Context) -> None:
    """Work as the worker does, until nothing is due any more."""
    while work_off(context):
        pass


def _title(context: Context) -> str:
    with context.reading() as tx:
        number = len(round_queries.rounds(tx.session)) + 1
    return f"第{'一二三四五六七八九'[number - 1] if number < 10 else number}届“临空港工匠”评选"
