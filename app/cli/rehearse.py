"""`gongjiang rehearse`: play a whole round through the pages, and leave what it made."""

from datetime import datetime
from pathlib import Path

import click

from app.cli.chinese import ChineseCommand
from app.cli.output import show_json
from app.cli.rehearsal.running import ROOT, Wanted, own_config, rehearse
from app.cli.rehearsal.script import STAGES
from config import Config

LAST = STAGES[-1].id


@click.command("rehearse", cls=ChineseCommand)
@click.argument("procedure", metavar="流程")
@click.option("--nominees", default=30, type=click.IntRange(6, 40), help="候选人数，默认 30，至少 6：每种意外都要有人遇到。")
@click.option("--winners", default=10, type=click.IntRange(1, 13), help="名额，默认 10，不超过候选人的三分之一：要有人递补。")
@click.option("--seed", default=1, type=click.IntRange(0, 999_999), help="评分和抽取的种子，默认 1；种子相同，结果相同。")
@click.option("--start", default="2026-03-02", type=click.DateTime(["%Y-%m-%d"]), help="故事开始的日期，默认 2026-03-02。")
@click.option("--until", default=LAST, type=click.Choice([stage.id for stage in STAGES]), help="演练到哪个阶段为止。")
@click.option("--out", default="rehearsal", type=click.Path(file_okay=False, path_type=Path), help="结果文件夹，默认 rehearsal。")
@click.option("--here", is_flag=True, help="在本系统的数据库里演练，而不是在结果文件夹里另建一个。")
@click.option("--database-url", default="", help="另建演练数据库的地址，例如 postgresql+psycopg://…；默认 SQLite。")
@click.option("--json", "as_json", is_flag=True, help="最后以 JSON 输出小结。")
def command(
    procedure: str, nominees: int, winners: int, seed: int, start: datetime, until: str, out: Path, here: bool, database_url: str,
    as_json: bool,
) -> None:  # fmt: skip
    """通过网页把一轮评选从立项演练到归档，留下证书、公示、决定、排名和小结。

    \b
    示例：
      gongjiang rehearse linkonggang-artisan --out 结果
      gongjiang rehearse linkonggang-artisan --nominees 12 --winners 4 --seed 7
      gongjiang rehearse linkonggang-artisan --until scoring
    """
    wanted = Wanted(procedure, nominees, winners, seed, start.date(), until)
    out = out.absolute()
    config = Config.from_environment(ROOT / "instance") if here else own_config(out, database_url=database_url)
    summary = rehearse(config, wanted, out=out, tell=lambda line: click.echo(line, err=as_json))
    if as_json:
        show_json(summary)
        return
    click.echo(
        f"演练完成：{len(summary['winners'])} 人获得称号，{summary['requests']} 次网页请求，用时 {summary['seconds']} 秒。"
    )
    click.echo(f"结果在 {out}：{len(summary['certificates'])} 份证书，小结 summary.json。")


COMMANDS = (command,)
