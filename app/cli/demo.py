"""`gongjiang demo`: fill a fresh installation with a finished round and three that are under way, and open the site."""

import os
import time
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask

from app.cli.chinese import ChineseCommand
from app.cli.demo_reset import FOLDER, remove_data
from app.cli.environment import context_of_house
from app.cli.output import show_table
from app.cli.processes import require_free_port, run_together, site_address
from app.cli.rehearsal.acts_notice import NOTICE_DAY
from app.cli.rehearsal.running import ROOT, Wanted, close, prepare, rehearse
from app.cli.rehearsal.script import IN_THE_MIDDLE, NOTICE, SPREAD
from app.cli.samples import people
from app.cli.samples.loading import DEMO_PASSWORD, samples_mark
from app.domain.actors import ROLE_TITLES
from app.domain.calendar_data import published_calendar
from app.domain.errors import DomainError
from app.domain.notice_window import open_notice
from app.domain.rounds import RoundSettings
from app.persistence.queries import admin
from app.persistence.queries import rounds as round_queries
from app.persistence.schema import is_newest, upgrade_schema
from app.services.accounts.provisioning import is_demonstration, mark_begun, mark_prepared, prepared_mark
from app.services.context import Context
from app.wiring import build_house
from config import Config

BASE_URL = "GONGJIANG_PUBLIC_BASE_URL"
"""The setting that letters and QR codes take their address from: the demonstration's own, unless somebody has set it."""
DAYS_BEFORE, DAYS_SPREAD = 40, 18
"""The rounds that are being scored and nominated for began so many days ago, so that their dates lie around today."""
NOTICED = 12
"""So many of those who were not chosen in the first round try again in the second, whose notice is open; ten are on it."""
JUDGED = ("zheng_haitao", "zhu_lihua", "shu_qin")
"""Who is scored in the third round. Neither they nor the next ones stand in the first."""
SPREAD_OUT = (
    "xiong_jian", "wan_li", "tian_haibo", "peng_lan", "cai_weiming", "fan_zhengyi", "yuan_bo", "du_juan", "qiu_ting",
)  # fmt: skip
"""Whose nominations wait at the desks of the fourth round, in the order of `acts_spread.DESKS`."""


@click.command("demo", cls=ChineseCommand)
@click.option("--no-serve", is_flag=True, help="只准备数据，列出生成的文件，不启动网站。")
@click.option("--host", default="127.0.0.1", help="监听地址，默认 127.0.0.1。")
@click.option("--port", default=8000, type=click.IntRange(1, 65535), help="端口，默认 8000。")
@click.option("--reset", is_flag=True, help="先删除已有的演示数据，再重新准备。")
@click.option("--nominees", default=30, type=click.IntRange(6, 30), hidden=True)
@click.option("--winners", default=10, type=click.IntRange(1, 10), hidden=True)
def command(no_serve: bool, host: str, port: int, reset: bool, nominees: int, winners: int) -> None:
    """准备演示数据（一届已办结、一届正在公示、一届正在评审、一届正在申报），启动网站和后台进程，列出可用的账号。

    第二次启动不改变任何数据。按 Ctrl+C 停止。

    \b
    示例：
      gongjiang demo
      gongjiang demo --port 8080
      gongjiang demo --no-serve
      gongjiang demo --reset
    """
    environment = environment_of(os.environ, host=host, port=port)
    config = Config.from_environment(ROOT / "instance", environment)
    if config.in_production:
        raise DomainError("demo.production", "生产环境不能装入演示数据。请在另一台机器或另一个文件夹里试用。")
    if not no_serve:
        require_free_port(host, port)
    if reset:
        remove_data(config)
    papers = make_ready(config, nominees=nominees, winners=winners)
    if no_serve:
        for path in papers:
            click.echo(path)
        return
    with context_of_house() as context:
        notes = (prepared_mark(context) or ("", {}))[1]
    address = site_address(host, port)
    run_together(host=host, port=port, environment=environment, ready=lambda: welcome(address, notes))
    click.echo("已停止。")


def environment_of(given: Mapping[str, str], *, host: str, port: int) -> dict[str, str]:
    """Return the environment from which the demonstration and its processes read their settings."""
    address = given.get(BASE_URL, "").strip() or site_address(host, port)
    return {**given, BASE_URL: address}


def make_ready(config: Config, *, nominees: int = 30, winners: int = 10) -> list[Path]:
    """Fill the installation unless that was done before; return the papers that the rounds left.

    Refuses an installation that holds rounds but no mark: it was stopped halfway, or belongs to somebody.
    """
    app = build_house(config)
    out = config.instance_path / FOLDER
    try:
        _prepare_once(app, config, out, nominees=nominees, winners=winners)
    finally:
        close(app)
    return sorted(path for path in out.rglob("*") if path.suffix in (".pdf", ".xlsx"))


def _prepare_once(app: Flask, config: Config, out: Path, *, nominees: int, winners: int) -> None:
    context: Context = app.extensions["gongjiang"]
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
        if not is_newest(engine):
            upgrade_schema(engine)
        show_credential(context)
        marked, begun, held = prepared_mark(context), is_demonstration(context), _held(context)
        if marked is None:
            _require_room(begun=begun, held=held)
            if not begun:
                mark_begun(context)
            prepare(app, context, tell=click.echo)
    if marked is None:
        _play_all(config, context, out, nominees=nominees, winners=winners)
    elif marked[0] != samples_mark():
        click.echo("示例数据比现有的演示新。要用新的示例，请运行 gongjiang demo --reset。", err=True)


def show_credential(context: Context) -> None:
    """Say what papers are signed with; a fresh demonstration makes its own credential here, which is named as what it is.

    Raises `DomainError` for one that cannot be used: no paper could be signed with it later either.
    """
    found = context.signing.open(now=context.clock())
    worth = "演示证书，签出的文书不具效力" if found.is_demo else "本单位的证书"
    click.echo(f"签名证书：{found.subject}（{worth}），{context.signing.place}")


def _held(context: Context) -> tuple[bool, bool]:
    """Tell whether the database holds accounts, and whether it holds rounds."""
    with context.reading() as tx:
        return bool(admin.accounts(tx.session, q="", page=1).rows), bool(round_queries.rounds(tx.session))


def _require_room(*, begun: bool, held: tuple[bool, bool]) -> None:
    """Refuse what somebody else has filled, and a demonstration that was stopped while it was played."""
    accounts, rounds = held
    if not begun and (accounts or rounds):
        raise DomainError("demo.taken", "数据库里已有账号，不是演示数据。请在另一个数据库或文件夹里试用。")
    if rounds:
        raise DomainError("demo.half", "上次准备演示数据时中断了。请用 --reset 重新准备。")


def _play_all(config: Config, context: Context, out: Path, *, nominees: int, winners: int) -> None:
    begun, today = time.monotonic(), context.clock().date()
    click.echo("演练已办结的一届（约一至三分钟）：")
    finished = Wanted(nominees=nominees, winners=winners, start=_past(today), title="第一届“临空港工匠”评选")
    summary = rehearse(config, finished, out=out, tell=click.echo)
    click.echo("演练正在公示的一届：")
    _play_notice(config, out / "second", today, most=min(NOTICED, nominees), titled={one["name"] for one in summary["winners"]})
    click.echo("演练正在评审的一届：")
    middle = Wanted(nominees=len(JUDGED), winners=1, seed=2, start=today - timedelta(days=DAYS_BEFORE), until=IN_THE_MIDDLE,
                    title="第三届“临空港工匠”评选", only=JUDGED)  # fmt: skip
    third = rehearse(config, middle, out=out / "third", tell=click.echo)
    click.echo("演练正在申报和审查的一届：")
    spread = Wanted(nominees=len(SPREAD_OUT), winners=3, seed=3, start=today - timedelta(days=DAYS_SPREAD), until=SPREAD.id,
                    title="第四届“临空港工匠”评选", only=SPREAD_OUT)  # fmt: skip
    fourth = rehearse(config, spread, out=out / "fourth", tell=click.echo)
    notes = {
        "seconds": round(time.monotonic() - begun),
        "winner": summary["accounts"]["winner"],
        "panel": third["accounts"]["panel"][-3:],  # the last ones have most left to score
        "candidate": fourth["accounts"]["candidate"],
        "printed": context.public_base_url,  # stands in the QR codes, whatever address the site is opened at later
    }
    mark_prepared(context, mark=samples_mark(), notes=notes)


def _play_notice(config: Config, out: Path, today: date, *, most: int, titled: set[str]) -> None:
    """Play a round up to its open notice, with people who were not titled in the first and had no incident there."""
    calendar, start = published_calendar(), working_days_before(today, NOTICE_DAY + 1)
    again = tuple(one.key for one in people.nominees() if not (one.later or one.part or one.name in titled))[:most]
    try:
        open_notice(today, days=RoundSettings().notice_days, calendar=calendar)
    except DomainError as refused:  # in December the next year's holidays are not known yet
        click.echo(f"这一届没有演练：{refused.message}", err=True)
        return
    open_now = Wanted(nominees=len(again), winners=min(10, len(again)), seed=4, start=start, until=NOTICE,
                      title="第二届“临空港工匠”评选", only=again)  # fmt: skip
    rehearse(config, open_now, out=out, tell=click.echo)


def working_days_before(day: date, count: int) -> date:
    """Return the working day so many working days before a day."""
    calendar = published_calendar()
    while count:
        day -= timedelta(days=1)
        count -= calendar.is_working_day(day)
    return day


def _past(today: date) -> date:
    """Return when the finished round began: in the spring of a year in which it is over by now."""
    year = today.year if today >= date(today.year, 9, 1) else today.year - 1
    return date(year, 3, 2)


def welcome(address: str, notes: Mapping[str, Any]) -> None:
    """Print where the site is, with which accounts, and what to try first. `notes` name those whom the rehearsals chose."""
    names, shown = people.unit_names(), [one for one in people.staff() if one.show]
    click.echo(f"\n临空港工匠评选系统已启动：{address}　（演示数据，均为虚构；按 Ctrl+C 停止）\n")
    printed = notes.get("printed", address)
    if printed != address:
        click.echo(f"证书上的二维码印的是 {printed}，扫描后打不开现在的网站；请手工输入编号和核验码，或用 --reset 重新准备。\n")
    rows = [
        (one.name, names[one.unit], "、".join(ROLE_TITLES[role] for role in one.roles), one.username, DEMO_PASSWORD, one.show)
        for one in shown
    ]
    experts = {one.username: one.name for one in people.expert_accounts()}
    score = "待办：给第三届候选人评分（适合用手机）"
    rows += [(experts[each], "专家库", "评审专家", each, DEMO_PASSWORD, score) for each in notes.get("panel", [])]
    confirm = "待办：本人确认与承诺（第四届）"
    for kind, shown_to in (("candidate", confirm), ("winner", "第一届获奖人：下载证书")):
        rows += [(one["name"], one["unit"], "候选人", one["username"], DEMO_PASSWORD, shown_to) for one in notes.get(kind, [])]
    show_table(("姓名", "单位", "角色", "用户名", "密码", "登录后可以"), rows)
    click.echo(
        "\n先试试：\n"
        f"  1. 不登录，打开 {address}/public/ ，看第二届的公示名单，试着提一件异议；再核验第一届的一张证书。\n"
        "  2. 用 renshe.zhang 登录，办一件复核；再打开“评选轮次”，看第一届的结果、第二届的公示、第三届的评分进展、第四届停在哪里。\n"
        "  3. 用 renshe.li 登录，对另一件作第二人复核：两人意见一致才能通过。\n"
        "  4. 用 dingxin.hr 登录，填一张推荐表；用 linkong.dou 登录，作一件初审。\n"
        "  5. 在手机上用一位评审专家登录，给工作台上的候选人评分。\n"
        "  6. 用 liucheng.admin 登录，打开“流程”，看两张流程图和检查结果；改动提交部署以后，由 renshe.xu 确认。\n"
        "  全部账号：gongjiang users list　（密码都相同）\n"
    )


COMMANDS = (command,)
