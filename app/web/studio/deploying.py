"""From a draft to a version: asked for with a reason, confirmed or sent back by a second person."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import Conflict, DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission
from app.services.studio import deployment, drafts
from app.services.studio.version_diff import PackageDifference, compare_packages
from app.services.versions.draft_view import OpenDraft
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.studio.editors import draft_page
from app.web.studio.facts import draft_line, sent_lines, sent_number, sent_text, the_draft, version_facts
from app.web.studio.files import diagram_titles
from app.web.studio.group import studio
from app.web.studio.versions import loaded_version

_ELSEWHERE = (Conflict, NotAllowed, NotFound)


@studio.post("/drafts/<int:draft_id>/submit")
@needs(Permission.DEPLOY_PROCEDURE)
def submit(draft_id: int) -> ResponseReturnValue:
    """Ask for the deployment of a draft."""
    reason = sent_lines("reason")
    try:
        version_id = deployment.submit(
            context(), actor=current_actor(), draft_id=draft_id, expected=sent_number("revision"), reason=reason
        )
    except _ELSEWHERE:
        raise
    except DomainError as error:
        return draft_page(the_draft(draft_id), {"reason": reason}, {"reason": error.message}), 422
    if version_id is None:
        flash("已提交部署，等待另一位流程管理员确认。确认之前，新办件仍用原来的版本。")
        return redirect(url_for("studio.draft", draft_id=draft_id), 303)
    flash("已部署。新办件从现在起使用这个版本，正在运行的办件仍用原来的版本。")
    return redirect(url_for("studio.version", version_id=version_id), 303)


@studio.get("/drafts/<int:draft_id>/confirm")
@needs(Permission.DEPLOY_PROCEDURE)
def confirm_page(draft_id: int) -> ResponseReturnValue:
    """Show a second person what is to be deployed."""
    return _confirm_page(draft_id, "", {})


def _confirm_page(draft_id: int, reply: str, problems: dict[str, str]) -> str:
    opened, line = the_draft(draft_id), draft_line(draft_id)
    if opened.state != "waiting" or line is None:
        raise Conflict("draft.state", "这份草稿现在没有等待确认的部署。请返回草稿查看最新情况。")
    mine = current_actor().user_id == line.submitted_by
    difference = difference_to_base(draft_id)
    return render_template(
        "studio/confirm.html", draft=opened, mine=mine, difference=difference, pictured=pictures_of(opened, difference),
        problems=problems, reply=reply,
    )  # fmt: skip


@dataclass(frozen=True)
class Pictured:
    """Which diagram is shown side by side with what it was, and which others could be; none when no diagram was changed."""

    file: str
    both: Mapping[str, str]
    base_title: str


def pictures_of(opened: OpenDraft, difference: PackageDifference | None) -> Pictured | None:
    """Return the diagrams of a draft that differ from the version that it began with; None for a new procedure."""
    if difference is None or opened.base_version_id is None:
        return None
    base = loaded_version(opened.base_version_id)
    touched = {one.file for one in difference.diagrams}
    both = [name for name in base.procedure.diagrams if name in touched and name in opened.files]
    wanted = request.args.get("file", "")
    file = wanted if wanted in both else both[0] if both else ""
    return Pictured(file, diagram_titles(both, opened.files), f"第 {base.number} 版")


def difference_to_base(draft_id: int) -> PackageDifference | None:
    """Return what a draft changes in the version that it began with, None for a new procedure."""
    opened = the_draft(draft_id)
    if opened.base_version_id is None:
        return None
    version_facts(opened.base_version_id)  # the right to see it
    with context().reading() as tx:
        base = tx.context.procedures.get(tx.session, opened.base_version_id).procedure.files
    return compare_packages(base, opened.files)


@studio.post("/drafts/<int:draft_id>/confirm")
@needs(Permission.DEPLOY_PROCEDURE)
def confirm(draft_id: int) -> ResponseReturnValue:
    """Deploy what another administrator asked for."""
    try:
        version_id = deployment.confirm(context(), actor=current_actor(), draft_id=draft_id, expected=sent_number("revision"))
    except _ELSEWHERE:
        raise
    except DomainError as error:
        return _confirm_page(draft_id, "", {"form": error.message}), 422
    flash("已确认部署。新办件从现在起使用这个版本，正在运行的办件仍用原来的版本。")
    return redirect(url_for("studio.version", version_id=version_id), 303)


@studio.post("/drafts/<int:draft_id>/send-back")
@needs(Permission.DEPLOY_PROCEDURE)
def send_back(draft_id: int) -> ResponseReturnValue:
    """Send a deployment back, or withdraw one's own."""
    reply = sent_lines("reply")
    try:
        deployment.send_back(context(), actor=current_actor(), draft_id=draft_id, reply=reply)
    except _ELSEWHERE:
        raise
    except DomainError as error:
        return _confirm_page(draft_id, reply, {"reply": error.message}), 422
    flash("部署申请已退回，草稿可以继续修改。")
    return redirect(url_for("studio.draft", draft_id=draft_id), 303)


@studio.get("/drafts/<int:draft_id>/changes")
@needs(Permission.DEPLOY_PROCEDURE)
def changes(draft_id: int) -> str:
    """Show what a draft changes in the version that it began with."""
    opened = the_draft(draft_id)
    difference = difference_to_base(draft_id)
    return render_template("studio/changes.html", draft=opened, difference=difference, pictured=pictures_of(opened, difference))


@studio.post("/drafts/<int:draft_id>/rename")
@needs(Permission.DEPLOY_PROCEDURE)
def rename(draft_id: int) -> ResponseReturnValue:
    """Give a draft another title in the list."""
    title = sent_text("title", longest=80)
    try:
        drafts.rename(context(), actor=current_actor(), draft_id=draft_id, title=title)
    except _ELSEWHERE:
        raise
    except DomainError as error:
        return draft_page(the_draft(draft_id), {"draft_title": title}, {"draft_title": error.message}), 422
    return redirect(url_for("studio.draft", draft_id=draft_id), 303)
