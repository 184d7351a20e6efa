"""`gongjiang audit`: is the record of what happened complete?"""

import click

from app.cli.chinese import ChineseGroup
from app.cli.environment import context_of_house
from app.services import audit_check


@click.group("audit", cls=ChineseGroup)
def audit() -> None:
    """操作记录：核对完整性。"""


@audit.command("verify")
@click.pass_context
def verify(click_context: click.Context) -> None:
    """逐条核对操作记录的校验链；有改动、缺失或多出的记录时列出，退出码为 1。

    \b
    示例：
      gongjiang audit verify
    """
    with context_of_house() as context:
        broken = list(audit_check.verify(context))
    for link in broken:
        click.echo(f"{link.stream}\t第 {link.seq} 条\t{link.sentence}")
    click.echo("操作记录不完整，请立即保全数据库并查明原因。" if broken else "操作记录完整。", err=bool(broken))
    click_context.exit(1 if broken else 0)


COMMANDS = (audit,)
