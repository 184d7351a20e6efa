"""`gongjiang rounds`: how the rounds stand."""

import click

from app.cli.chinese import ChineseGroup
from app.cli.environment import context_of_house
from app.cli.output import show_json, show_table
from app.domain.clock import local
from app.domain.errors import NotFound
from app.persistence.queries import round_papers, round_progress
from app.persistence.queries import rounds as queries
from app.services.context import Transaction


@click.group("rounds", cls=ChineseGroup)
def rounds() -> None:
    """评选轮次：列出、查看进展。"""


@rounds.command("list")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def list_rounds(as_json: bool) -> None:
    """列出评选轮次及其当前阶段。

    \b
    示例：
      gongjiang rounds list --json
    """
    with context_of_house() as context, context.reading() as tx:
        rows = queries.rounds(tx.session)
        stages = {row.id: _stage(tx, row.version_id, row.stage) for row in rows}
    if as_json:
        show_json(rows)
        return
    if not rows:
        click.echo("还没有评选轮次。区人社局经办人登录后可在“评选轮次”中发起。")
        return
    cells = [(row.id, row.number, row.title, stages[row.id], f"{local(row.since):%Y-%m-%d}", row.nominees) for row in rows]
    show_table(("编号", "办件编号", "名称", "当前阶段", "自", "推荐人数"), cells)


def _stage(tx: Transaction, version_id: int, stage: str) -> str:
    return tx.context.procedures.get(tx.session, version_id).procedure.case_kinds["round"].stage(stage).title if stage else ""


@rounds.command("show")
@click.argument("round_id", type=int, metavar="编号")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def show(round_id: int, as_json: bool) -> None:
    """查看一个轮次：各阶段人数、时限、公示、会议、文件和证书。

    \b
    示例：
      gongjiang rounds show 1
      gongjiang rounds show 1 --json
    """
    with context_of_house() as context, context.reading() as tx:
        head = queries.head(tx.session, round_id=round_id)
        if head is None:
            raise NotFound("round.unknown", f"没有编号为 {round_id} 的轮次。可用 gongjiang rounds list 查看。")
        facts = {
            "round": head,
            "stage_title": _stage(tx, head.version_id, head.stage),
            "counts": round_progress.counts(tx.session, round_id=round_id),
            "notices": round_papers.notices(tx.session, round_id=round_id),
            "meetings": round_papers.meetings(tx.session, round_id=round_id),
            "documents": round_papers.documents(tx.session, round_id=round_id),
            "certificates": round_papers.certificates(tx.session, round_id=round_id),
        }
    if as_json:
        show_json(facts)
        return
    click.echo(f"{head.title}（{head.number}）：{facts['stage_title']}")
    for name, moment in head.deadlines.items():
        click.echo(f"  时限 {name}\t{local(moment):%Y-%m-%d %H:%M}")
    for title, key in (("公示", "notices"), ("会议", "meetings"), ("文件", "documents"), ("证书", "certificates")):
        click.echo(f"  {title}\t{len(facts[key])} 份")


COMMANDS = (rounds,)
