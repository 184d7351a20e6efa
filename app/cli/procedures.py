"""`gongjiang procedures`: list, check, deploy."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from app.cli.chinese import ChineseGroup
from app.cli.environment import context_of_house
from app.domain.actors import SYSTEM
from app.domain.errors import DomainError
from app.services import procedures as service
from app.services.registry_table import build_registry


@click.group("procedures", cls=ChineseGroup)
def procedures() -> None:
    """流程包：列出、检查、部署。"""


@procedures.command("list")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def list_versions(as_json: bool) -> None:
    """列出已部署的流程及其版本。"""
    with context_of_house() as context:
        rows = service.versions(context)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2, default=str))
        return
    for row in rows:
        click.echo(f"{row.procedure}\t第 {row.number} 版\t{row.title}\t{row.open_cases} 件在办\t{row.content_hash[:12]}")
    if not rows:
        click.echo("还没有部署任何流程。用 gongjiang procedures deploy 部署。")


@procedures.command("check")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@click.pass_context
def check(click_context: click.Context, path: Path, as_json: bool) -> None:
    """检查一个流程包（文件夹、压缩包）或一张流程图。

    通过时退出码为 0，发现问题为 1，无法读取为 2。每行一个问题：规则、元素、说明。

    \b
    示例：
      gongjiang procedures check bpmn/linkonggang-artisan
      gongjiang procedures check 草稿.bpmn --json
    """
    try:
        findings = service.check_path(path, registry=build_registry())
    except DomainError as error:
        click.echo(error.message, err=True)
        click_context.exit(2)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            click.echo(f"{finding.rule}\t{finding.element}\t{finding.message}。{finding.cure}")
    refused = any(finding.severity == "error" for finding in findings)
    if not as_json:
        click.echo("没有通过检查，不能部署。" if refused else "检查通过，可以部署。", err=True)
    click_context.exit(1 if refused else 0)


@procedures.command("deploy")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--reason", required=True, help="部署原因，记入版本说明。")
def deploy(path: Path, reason: str) -> None:
    """部署一个流程包；内容没有变化时不产生新版本。

    \b
    示例：
      gongjiang procedures deploy bpmn/linkonggang-artisan --reason "增加部门联审"
    """
    with context_of_house() as context:
        version_id = service.deploy(context, actor=SYSTEM, files=service.read_package(path), reason=reason)
        row = next(row for row in service.versions(context) if row.id == version_id)
    click.echo(f"{row.title}：现行版本为第 {row.number} 版（{row.content_hash[:12]}）。")


COMMANDS = (procedures,)
