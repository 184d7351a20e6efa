"""`gongjiang deadlines`: do what is due now, for operators who do not run a worker."""

import click

from app.cli.chinese import ChineseGroup
from app.cli.environment import context_of_house
from app.jobs.queue import work_off


@click.group("deadlines", cls=ChineseGroup)
def deadlines() -> None:
    """时限：到期处理。"""


@deadlines.command("run")
def run() -> None:
    """立即处理已到期的时限和待发的消息、文件。

    \b
    示例：
      gongjiang deadlines run
    """
    with context_of_house() as context:
        done = work_off(context)
    click.echo(f"已处理 {done} 项。")


COMMANDS = (deadlines,)
