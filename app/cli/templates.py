"""`gongjiang templates`: paper templates, listed, checked, deployed, exported; and a paper made again from its version."""

import hashlib
from pathlib import Path

import click

from app.cli.chinese import ChineseGroup
from app.cli.environment import context_of_house
from app.cli.output import show_json, show_table
from app.domain.actors import SYSTEM
from app.domain.clock import system_clock
from app.domain.errors import DomainError
from app.services.issuing import template_packages, template_versions
from app.services.issuing.papers import render_again
from app.services.issuing.template_overview import template_overview
from app.services.versions import in_use

STATES = {"current": "使用中", "earlier": "旧版本", "retired": "已停用"}
MARKS = {"error": "", "warning": "（提醒）"}


@click.group("templates", cls=ChineseGroup)
def templates() -> None:
    """文书模板：列出、检查、部署、导出，按原版本再生成文书。"""


@templates.command("list")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def list_templates(as_json: bool) -> None:
    """列出文书模板及其版本。

    \b
    示例：
      gongjiang templates list
    """
    with context_of_house() as context:
        lines = template_overview(context, actor=SYSTEM)
    if as_json:
        show_json(lines)
        return
    rows = [
        (line.key, one.title, f"第 {one.number} 版", STATES[one.state], f"{one.papers} 份", one.content_hash[:12])
        for line in lines
        for one in line.versions
    ]
    if not rows:
        click.echo("还没有文书模板。部署流程时会一并部署，也可以用 gongjiang templates deploy。")
        return
    show_table(("模板", "名称", "版本", "状态", "已制发", "内容指纹"), rows)


@templates.command("check")
@click.argument("path", metavar="路径", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="把样稿（PDF）存到哪里。")
@click.pass_context
def check(click_context: click.Context, path: Path, as_json: bool, out: Path | None) -> None:
    """检查一份文书模板（文件夹或压缩包），用样例排一份样稿。

    通过时退出码为 0，发现问题为 1，无法读取为 2。每行一个问题：文件、行、说明。

    \b
    示例：
      gongjiang templates check certificates/linkonggang-artisan/certificate --out 样稿.pdf
    """
    try:
        found = template_packages.check_path(path, clock=system_clock)
    except DomainError as error:
        click.echo(error.message, err=True)
        click_context.exit(2)
    if out is not None and found.pdf:
        out.write_bytes(found.pdf)
    if as_json:
        show_json(list(found.findings))
    else:
        for one in found.findings:
            click.echo(f"{one.file}\t{one.line or ''}\t{MARKS[one.severity]}{one.message}")
        click.echo("检查通过，可以部署。" if found.accepted else "没有通过检查，不能部署。", err=True)
    click_context.exit(0 if found.accepted else 1)


@templates.command("deploy")
@click.argument("path", metavar="路径", type=click.Path(exists=True, path_type=Path))
@click.option("--as", "key", required=True, metavar="流程/模板", help="部署为哪一份模板，如 linkonggang-artisan/certificate。")
@click.option("--reason", required=True, help="部署原因，记入版本说明。")
def deploy(path: Path, key: str, reason: str) -> None:
    """部署一份文书模板（文件夹或压缩包），以后制发的文书使用它。

    \b
    示例：
      gongjiang templates deploy 新证书.zip --as linkonggang-artisan/certificate --reason "换新样式"
    """
    with context_of_house() as context:
        version_id = template_packages.deploy(context, actor=SYSTEM, path=path, key=key, reason=reason)
        lines = template_overview(context, actor=SYSTEM)
    one = next(one for line in lines for one in line.versions if one.id == version_id)
    click.echo(f"{one.title}：现行版本为第 {one.number} 版（{one.content_hash[:12]}）。")


@templates.command("export")
@click.argument("key", metavar="流程/模板")
@click.option("--number", type=int, help="第几版；不写则为最新一版。")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="存到哪个文件；不写则按模板和版本取名。")
def export(key: str, number: int | None, out: Path | None) -> None:
    """导出一份文书模板的一个版本为压缩包。

    \b
    示例：
      gongjiang templates export linkonggang-artisan/certificate --out 证书.zip
    """
    with context_of_house() as context:
        lines = template_overview(context, actor=SYSTEM)
        found = [one.id for line in lines if line.key == key for one in line.versions if number in (None, one.number)]
        if not found:
            raise DomainError("template.version", f"没有模板“{key}”{f'的第 {number} 版' if number else ''}。用 list 查看。")
        name, data = in_use.package_of(context, template_versions.TEMPLATES, actor=SYSTEM, version_id=found[0])
    target = out or Path(name)
    target.write_bytes(data)
    click.echo(f"已导出到 {target}（{len(data) / 1024:.0f} KB）。")


@templates.command("again")
@click.argument("sha256", metavar="文件指纹")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="存到哪个文件。")
def again(sha256: str, out: Path) -> None:
    """按当时的模板版本和内容，把一份制发过的文书再生成一遍（不含签名）。

    文件指纹是文书文件的 SHA-256，可用 sha256sum 得到。

    \b
    示例：
      gongjiang templates again 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 --out 再生成.pdf
    """
    with context_of_house() as context:
        pdf = render_again(context, sha256=sha256.strip().lower())
    out.write_bytes(pdf)
    same = hashlib.sha256(pdf).hexdigest() == sha256.strip().lower()
    click.echo(f"已生成到 {out}，{'与原件逐字节相同' if same else '页面与原件相同，不含签名'}。")


COMMANDS = (templates,)
