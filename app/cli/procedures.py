"""`gongjiang procedures`: list, check, rules, deploy, export, migrate."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from app.cli.chinese import ChineseGroup
from app.cli.environment import context_of_house
from app.domain.actors import SYSTEM
from app.domain.errors import DomainError
from app.services.context import Context
from app.services.packages import procedures as service
from app.services.packages.package_check import rules as all_rules
from app.services.registry_table import build_registry
from app.services.studio import deployment, migration, migration_plan
from app.services.studio.procedure_overview import overview
from app.services.versions import in_use

_CERTIFICATES = Path(__file__).resolve().parents[2] / "certificates"


@click.group("procedures", cls=ChineseGroup)
def procedures() -> None:
    """流程包：列出、检查、部署、导出、迁移办件。"""


@procedures.command("list")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def list_versions(as_json: bool) -> None:
    """列出已部署的流程及其版本。

    \b
    示例：
      gongjiang procedures list --json
    """
    with context_of_house() as context:
        rows = [(line.procedure, row) for line in overview(context, actor=SYSTEM) for row in line.versions]
    if as_json:
        listed = [{"procedure": procedure, **asdict(row)} for procedure, row in rows]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2, default=str))
        return
    for procedure, row in rows:
        click.echo(f"{procedure}\t第 {row.number} 版\t{row.title}\t{row.open_cases} 件在办\t{row.content_hash[:12]}")
    if not rows:
        click.echo("还没有部署任何流程。用 gongjiang procedures deploy 部署。")


@procedures.command("check")
@click.argument("path", metavar="路径", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@click.pass_context
def check(click_context: click.Context, path: Path, as_json: bool) -> None:
    """检查一个流程包（文件夹、压缩包）或一张流程图，并运行其中的场景。

    通过时退出码为 0，发现问题为 1，无法读取为 2。每行一个问题：规则、元素、说明。

    \b
    示例：
      gongjiang procedures check bpmn/linkonggang-artisan
      gongjiang procedures check 草稿.bpmn --json
    """
    try:
        findings = service.check_path(path, registry=build_registry(), papers=_CERTIFICATES)
    except DomainError as error:
        click.echo(error.message, err=True)
        click_context.exit(2)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            click.echo(f"{finding.rule}\t{finding.element}\t{_MARKS[finding.severity]}{finding.message}。{finding.cure}")
    refused = any(finding.severity == "error" for finding in findings)
    if not as_json:
        click.echo("没有通过检查，不能部署。" if refused else "检查通过，可以部署。", err=True)
    click_context.exit(1 if refused else 0)


_MARKS = {"error": "", "warning": "（提醒）", "note": "（说明）"}


@procedures.command("rules")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def rules(as_json: bool) -> None:
    """列出部署检查的全部规则，以 Markdown 输出，docs/gate-rules.md 由它写成。

    \b
    示例：
      gongjiang procedures rules
    """
    rows = all_rules()
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
        return
    titles = {"error": "拒绝部署", "warning": "提醒", "note": "说明"}
    click.echo(
        f"# 部署检查的规则\n\n共 {len(rows)} 条，设计器、命令行和部署用的是同一份。本文由 `gongjiang procedures rules` 输出。\n"
    )
    click.echo("| 规则 | 后果 | 发现什么 | 怎样改正 |\n| --- | --- | --- | --- |")
    for row in rows:
        cells = (f"`{row.id}`", titles[row.severity], row.sentence, row.cure)
        click.echo("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")


@procedures.command("deploy")
@click.argument("path", metavar="路径", type=click.Path(exists=True, path_type=Path))
@click.option("--reason", required=True, help="部署原因，记入版本说明。")
def deploy(path: Path, reason: str) -> None:
    """部署一个流程包（文件夹或压缩包）；内容没有变化时不产生新版本。

    \b
    示例：
      gongjiang procedures deploy bpmn/linkonggang-artisan --reason "增加部门联审"
      gongjiang procedures deploy linkonggang-artisan-3.zip --reason "从测试机导入"
    """
    files = deployment.import_zip(path.read_bytes()) if path.is_file() else service.read_package(path)
    with context_of_house() as context:
        version_id = service.deploy(context, actor=SYSTEM, files=files, reason=reason)
        row = next(row for line in overview(context, actor=SYSTEM) for row in line.versions if row.id == version_id)
    click.echo(f"{row.title}：现行版本为第 {row.number} 版（{row.content_hash[:12]}）。")


@procedures.command("export")
@click.argument("procedure", metavar="流程")
@click.option("--number", type=int, help="第几版；不写则为最新一版。")
@click.option("--out", type=click.Path(path_type=Path), help="存到哪个文件；不写则按流程和版本取名。")
def export(procedure: str, number: int | None, out: Path | None) -> None:
    """导出一个已部署的版本为压缩包，可在另一台机器上部署。

    \b
    示例：
      gongjiang procedures export linkonggang-artisan --out 临空港工匠.zip
    """
    with context_of_house() as context:
        name, data = in_use.package_of(
            context, deployment.PROCEDURES, actor=SYSTEM, version_id=_version(context, procedure, number)
        )
    target = out or Path(name)
    target.write_bytes(data)
    click.echo(f"已导出到 {target}（{len(data) / 1024:.0f} KB）。")


@procedures.command("migrate")
@click.argument("procedure", metavar="流程")
@click.option("--from", "old", type=int, required=True, help="从第几版。")
@click.option("--to", "new", type=int, required=True, help="到第几版。")
@click.option("--reason", default="", help="迁移原因，记入每件办件的办理过程。")
@click.option("--map", "given", multiple=True, metavar="旧=新", help="更正节点的对应关系，可写多次。")
@click.option("--run", "really", is_flag=True, help="真正迁移；不写则只试算。")
def migrate(procedure: str, old: int, new: int, reason: str, given: tuple[str, ...], really: bool) -> None:
    """把一个版本的在办办件迁移到另一个版本。默认只试算，不改动任何办件。

    \b
    示例：
      gongjiang procedures migrate linkonggang-artisan --from 1 --to 2
      gongjiang procedures migrate linkonggang-artisan --from 1 --to 2 --map check=review --reason "改版" --run
    """
    mapping = dict(entry.partition("=")[::2] for entry in given)
    with context_of_house() as context:
        ids = {"from_version_id": _version(context, procedure, old), "to_version_id": _version(context, procedure, new)}
        plan = migration_plan.plan(context, actor=SYSTEM, given=mapping, **ids)
        case_ids = [case.case_id for case in plan.cases]
        if not really:
            for forecast in migration_plan.dry_run(context, actor=SYSTEM, case_ids=case_ids, given=mapping, **ids):
                click.echo(f"{forecast.number}\t{'可以迁移' if forecast.moves else '不能迁移'}\t{forecast.message}")
            click.echo(f"共 {len(case_ids)} 件在办。以上为试算，没有改动；加 --run 和 --reason 真正迁移。")
            return
        batch_id = migration.begin(context, actor=SYSTEM, case_ids=case_ids, reason=reason, given=mapping, **ids)
        migration.run(context, actor=SYSTEM, batch_id=batch_id)
        result = migration.progress(context, actor=SYSTEM, batch_id=batch_id)
    for item in result.items:
        if item.state != "moved":
            click.echo(f"{item.number}\t没有迁移\t{item.message}")
    click.echo(f"迁移了 {result.moved} 件，{result.stays} 件留在原版本。")


def _version(context: Context, procedure: str, number: int | None) -> int:
    lines = [line for line in overview(context, actor=SYSTEM) if line.procedure == procedure]
    rows = [row for line in lines for row in line.versions if number in (None, row.number)]
    if not rows:
        raise DomainError(
            "procedure.version", f"没有流程“{procedure}”{f'的第 {number} 版' if number else ''}。用 list 查看已有版本。"
        )
    return rows[0].id


COMMANDS = (procedures,)
