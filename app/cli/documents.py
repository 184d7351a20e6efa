"""`gongjiang documents`: what papers are made and signed with."""

import click

from app.cli.chinese import ChineseGroup
from app.cli.output import show_json, show_table
from app.domain.clock import local
from app.services.issuing.faces import faces_in_use


@click.group("documents", cls=ChineseGroup)
def documents() -> None:
    """文书：签发文书用的证书和字体。"""


@documents.command("credential")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def credential(as_json: bool) -> None:
    """检查签名证书：能否打开、是谁的、何时到期；不能用时说明原因，退出码为 1。

    \b
    示例：
      gongjiang documents credential
    """
    from app.cli.environment import context_of_house  # slow import: the whole house, which the list of fonts does without

    with context_of_house(with_database=False) as context:
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


@documents.command("fonts")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def fonts(as_json: bool) -> None:
    """列出公文规定的字体在本机实际用的是哪一款；装了规定的字体就用规定的，没有装的用可自由使用的替代字体。

    \b
    示例：
      gongjiang documents fonts
      gongjiang documents fonts --json
    """
    found = faces_in_use()
    if as_json:
        show_json(found)
        return
    cells = [
        (
            face.prescribed,
            f"{face.family}（{face.weight}）",
            "是" if face.is_prescribed else "否，替代",
            str(face.characters),
            face.file,
        )
        for face in found
    ]
    show_table(("规定的字体", "实际使用", "规定字体", "字数", "字体文件"), cells)
    click.echo("缺字时依次改用：" + "；".join(f"{face.prescribed}→{'、'.join(face.then) or '无'}" for face in found))


COMMANDS = (documents,)
