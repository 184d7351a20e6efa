"""Which papers the steps of a procedure make, and the rule that each has a template to be made with."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import func, select

from app.documents.context import plain
from app.documents.sandbox import render_body
from app.documents.templates import load_template, read_files
from app.domain.actors import Actor
from app.domain.errors import DomainError
from app.domain.rounds import RoundSettings
from app.engine.drawing import calls_of
from app.persistence.models import TemplateVersion
from app.services.context import Context, Transaction
from app.services.issuing import templates
from app.services.packages.package_model import Hit, HouseRule, PackageView, PapersOf

MADE_BY: Mapping[str, Mapping[str, str]] = {
    "record_plan_approval": {"round-call": "评选通知"},
    "open_joint_check": {"opinion-letter": "征求意见函"},
    "panel_members": {"draw-record": "抽取记录"},
    "record_inspection": {"inspection-report": "考察报告"},
    "combine_scores": {"score-summary": "评分汇总表"},
    "record_approval_request": {"request": "请示"},
    "publish_notice": {"notice": "公示", "notice-page": "公示网页", "notice-poster": "公示海报"},
    "issue_decision": {"decision": "决定", "nomination-form": "推荐审批表"},
    "make_payment_batch": {"payment-list": "奖金发放表"},
}
"""Templates, with what people call the papers, by the operation or recorder that has them made."""
CERTIFICATE, _CERTIFICATE_SETTING = "issue_certificate", "certificate_template"


def papers_in_use(context: Context) -> PapersOf:
    """Return what tells which templates are in use in this house (one statement a question)."""

    def ask(procedure: str) -> Mapping[str, bool]:
        with context.reading() as tx:
            return _deployed(tx, procedure)

    return ask


def _deployed(tx: Transaction, procedure: str) -> dict[str, bool]:
    in_use = func.count(TemplateVersion.id).filter(TemplateVersion.retired_at.is_(None))
    query = select(TemplateVersion.key, in_use).where(TemplateVersion.key.startswith(f"{procedure}/", autoescape=True))
    rows = tx.session.execute(query.group_by(TemplateVersion.key))
    return {key.partition("/")[2]: count > 0 for key, count in rows}


def load_new_papers(tx: Transaction, *, actor: Actor, folder: Path, procedure: str, reason: str) -> None:
    """Deploy the templates that come with the house and were never deployed here. Writes versions and audit events."""
    known = _deployed(tx, procedure)
    for path in sorted((folder / procedure).glob("*")):
        if path.is_dir() and path.name not in known:
            templates.write_version(tx, actor=actor, key=f"{procedure}/{path.name}", files=read_files(path), reason=reason)


def _needed(view: PackageView, name: str) -> Mapping[str, str]:
    if name == CERTIFICATE:
        chosen = view.procedure.round_defaults.get(_CERTIFICATE_SETTING, RoundSettings().certificate_template)
        return {str(chosen): "荣誉证书"}
    return MADE_BY.get(name, {})


def _steps(view: PackageView) -> Iterable[tuple[str, str, str, str]]:
    """Yield file, element, name and the operation or recorder of every step that has one."""
    nodes = {node.node_id: (file, node) for file, nodes in view.processes.values() for node in nodes}
    for call in calls_of(view.procedure.files).values():
        file, node = nodes[call.node_id]
        yield file, call.node_id, node.name or call.node_id, call.operation
    for file, _, node in view.tasks():
        yield file, node.node_id, node.name or node.node_id, node.properties.get("records", "").strip()


def _missing(view: PackageView) -> Iterable[Hit]:
    if view.papers is None:
        return
    deployed = view.papers_of(view.procedure.id) if view.papers_of is not None else {}
    for file, element, step, name in _steps(view):
        for template, title in _needed(view, name).items():
            if not _is_there(view.papers, deployed, template):
                state = "各版本都已停用" if template in deployed else "还没有"
                yield file, element, f"“{step}”要制发{title}，模板“{template}”{state}"


def _is_there(folder: Path, deployed: Mapping[str, bool], template: str) -> bool:
    """A folder is loaded with the deployment of its procedure, unless the template lives by versions already."""
    return deployed[template] if template in deployed else (folder / template).is_dir()


def _samples(view: PackageView) -> Iterable[Hit]:
    for folder in sorted(view.papers.iterdir()) if view.papers is not None and view.papers.is_dir() else ():
        if folder.is_dir():
            try:
                template = load_template(folder)
                render_body(template, plain(template.sample, template))
            except DomainError as error:
                yield f"certificates/{folder.name}", "", error.message


RULES = (
    HouseRule("paper.sample", "文书模板用它的样例数据不能成文", "请按提示修改模板或样例。", _samples),
    HouseRule(
        "paper.missing",
        "这一步要制发文书，但没有能用的文书模板",
        "请在“文书模板”中导入或恢复这个模板并部署，再部署流程；不制发这种文书的，请换一个业务操作。",
        _missing,
    ),
)
