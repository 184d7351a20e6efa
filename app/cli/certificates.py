"""`gongjiang certificates`: the register, and whether a certificate is one of ours."""

import click

from app.cli.chinese import ChineseGroup
from app.cli.environment import context_of_house
from app.cli.output import show_json, show_table
from app.domain.certificates import STATE_TITLES
from app.persistence.queries import round_papers
from app.persistence.queries import rounds as round_queries
from app.services.issuing import verification as service


@click.group("certificates", cls=ChineseGroup)
def certificates() -> None:
    """证书：列出、核验。"""


@certificates.command("list")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def list_certificates(as_json: bool) -> None:
    """列出已登记的证书。

    \b
    示例：
      gongjiang certificates list
    """
    with context_of_house() as context, context.reading() as tx:
        rounds = round_queries.rounds(tx.session)
        rows = [row for one in rounds for row in round_papers.certificates(tx.session, round_id=one.id)]
    if as_json:
        show_json(rows)
        return
    if not rows:
        click.echo("还没有证书。")
        return
    cells = [
        (row.serial, row.name, STATE_TITLES.get(row.state, row.state), row.issued_on, "是" if row.has_pdf else "否")
        for row in rows
    ]
    show_table(("证书编号", "姓名", "状态", "颁发日期", "文件已生成"), cells)


@certificates.command("verify")
@click.argument("serial", metavar="证书编号")
@click.argument("code", metavar="核验码")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@click.pass_context
def verify(click_context: click.Context, serial: str, code: str, as_json: bool) -> None:
    """核验一份证书；有效时退出码为 0，撤销、补发或查无此证书时为 1。

    \b
    示例：
      gongjiang certificates verify LKGGJ-2026-0001 ABCD-EFGH
    """
    with context_of_house() as context:
        facts = service.verify(context, serial=serial, code=code)
    if as_json:
        show_json(facts)
    elif facts is None:
        click.echo("查无此证书，或者核验码不对。请对照证书上的编号和核验码重新输入。", err=True)
    else:
        click.echo(
            f"{STATE_TITLES.get(facts.state, facts.state)}：{facts.name}　{facts.title}　{facts.serial}　{facts.issued_on}　{facts.issuers}"
        )
    click_context.exit(0 if facts is not None and facts.state == "valid" else 1)


COMMANDS = (certificates,)
