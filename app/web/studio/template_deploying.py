"""From a draft of a template to its next version: what changed, why, and the second person."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import Conflict, DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission
from app.services.issuing import template_drafts, template_versions
from app.services.issuing.template_check import examine_template
from app.services.studio import deployment, drafts
from app.services.studio.version_diff import compare_packages
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.studio.facts import sent_lines, sent_number
from app.web.studio.group import DRAFT_STATES
from app.web.studio.template_group import PARTS, lies_wide, pictures_of, templates, the_paper

_ELSEWHERE = (NotAllowed, NotFound)


@templates.get("/drafts/<int:draft_id>/deploying")
@needs(Permission.DEPLOY_PROCEDURE)
def deploying(draft_id: int) -> str:
    """Show what a draft changes and what is wrong with it; ask for the reason, or for the agreement of the second person."""
    return _page(draft_id, {}, {})


def _page(draft_id: int, given: dict[str, str], problems: dict[str, str]) -> str:
    opened = the_paper(draft_id)
    before: dict[str, bytes] = {}
    if opened.base_template_id is not None:
        _, before = template_versions.files(context(), actor=current_actor(), version_id=opened.base_template_id)
    texts = compare_packages(
        {name: before[name] for name in PARTS if name in before}, {name: opened.files[name] for name in PARTS}
    )
    old, new = pictures_of(before), pictures_of(opened.files)
    pictures = {
        "added": sorted(new.keys() - old.keys()),
        "removed": sorted(old.keys() - new.keys()),
        "changed": sorted(name for name in new.keys() & old.keys() if opened.files[name] != before[name]),
    }
    found = examine_template(context(), files=opened.files, key=f"{opened.procedure}/{opened.paper}")
    mine = template_drafts.submitter_of(context(), actor=current_actor(), draft_id=draft_id) == current_actor().user_id
    return render_template(
        "studio/templates/deploying.html", draft=opened, difference=texts, pictures=pictures, mine=mine,
        is_new=opened.base_template_id is None, states=DRAFT_STATES, wide=lies_wide(opened.files), given=given,
        problems=problems, found=found, parts=PARTS,
    )  # fmt: skip


@templates.post("/drafts/<int:draft_id>/submit")
@needs(Permission.DEPLOY_PROCEDURE)
def submit(draft_id: int) -> ResponseReturnValue:
    """Ask for the deployment of a draft."""
    reason, revision = sent_lines("reason"), sent_number("revision")
    try:
        version_id = deployment.submit(context(), actor=current_actor(), draft_id=draft_id, expected=revision, reason=reason)
    except _ELSEWHERE:
        raise
    except DomainError as error:
        return _refused(draft_id, {"reason": reason}, error)
    if version_id is None:
        flash("已提交部署，等待另一位流程管理员确认。确认之前，新文书仍用原来的版本。")
        return redirect(url_for("templates.deploying", draft_id=draft_id), 303)
    flash("已部署，新制发的文书从现在起使用这个版本。")
    return redirect(url_for("templates.version", version_id=version_id), 303)


def _refused(draft_id: int, given: dict[str, str], error: DomainError) -> ResponseReturnValue:
    field = "reason" if error.code == "template.reason" else "reply" if error.code == "deployment.reply" else "form"
    return _page(draft_id, given, {field: error.message}), 409 if isinstance(error, Conflict) else 422


@templates.post("/drafts/<int:draft_id>/confirm")
@needs(Permission.DEPLOY_PROCEDURE)
def confirm(draft_id: int) -> ResponseReturnValue:
    """Deploy what another administrator asked for."""
    the_paper(draft_id)
    try:
        version_id = deployment.confirm(context(), actor=current_actor(), draft_id=draft_id, expected=sent_number("revision"))
    except _ELSEWHERE:
        raise
    except DomainError as error:
        return _refused(draft_id, {}, error)
    flash("已确认部署，新制发的文书从现在起使用这个版本。")
    return redirect(url_for("templates.version", version_id=version_id), 303)


@templates.post("/drafts/<int:draft_id>/send-back")
@needs(Permission.DEPLOY_PROCEDURE)
def send_back(draft_id: int) -> ResponseReturnValue:
    """Send a deployment back, or withdraw one's own."""
    the_paper(draft_id)
    reply = sent_lines("reply")
    try:
        deployment.send_back(context(), actor=current_actor(), draft_id=draft_id, reply=reply)
    except _ELSEWHERE:
        raise
    except DomainError as error:
        return _refused(draft_id, {"reply": reply}, error)
    flash("部署申请已退回，草稿可以继续修改。")
    return redirect(url_for("templates.edit", draft_id=draft_id), 303)


@templates.post("/drafts/<int:draft_id>/discard")
@needs(Permission.DEPLOY_PROCEDURE)
def discard(draft_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    the_paper(draft_id)
    drafts.discard(context(), actor=current_actor(), draft_id=draft_id)
    flash("模板草稿已删除。")
    return redirect(url_for("templates.index"), 303)
