"""`gongjiang documents`: what papers are made and signed with."""

import click

from app.cli.chinese import ChineseGroup
from app.cli.environment import context_of_house
from app.cli.output import show_json
from app.domain.clock import local


@click.group("documents", cls=ChineseGroup)
def documents() -> None:
    """文书：签发文书用的证书。"""


@documents.command("credential")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def credential(as_json: bool) -> None:
    """检查签名证书：能否打开、是谁的、何时到期；不能用时说明原因，退出码为 1。

    \b
    示例：
      gongjiang documents credential
    """
    with context_of_house() as context:
        found = context.signing.open(now=context.clock())
        place = context.signing.place
    facts = {
        "subject": found.subject,
        "issuer": found.issuer,
        "not_before": local(found.not_before).date().isoformat(),
        "not_after": local(found.not_after).date().isoformat(),
        "fingerprint": found.fingerprint,
        "demo": found.is_demo,
        "file": place,
    }
    if as_json:
        show_json(facts)
        return
    click.echo(f"签名人：{found.subject}{'（演示证书，签出的文书不具效力）' if found.is_demo else ''}")
    click.echo(f"颁发者：{found.issuer}")
    click.echo(f"有效期：{facts['not_before']} 至 {facts['not_after']}")
    click.echo(f"指　纹：{found.fingerprint}")
    click.echo(f"文　件：{place}")


COMMANDS = (documents,)
