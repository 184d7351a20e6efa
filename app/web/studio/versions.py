"""A deployed version: its facts and diagrams, what differs from another, its zip, and taking it out of use."""

from io import BytesIO

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError, NotFound
from app.domain.permissions import Permission
from app.services.packages.procedure_cache import LoadedProcedure
from app.services.studio.deployment import PROCEDURES
from app.services.studio.version_diff import compare_versions
from app.services.versions import in_use
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.studio.facts import may_edit, sent_lines, version_facts
from app.web.studio.files import KINDS, diagram_titles, lines
from app.web.studio.group import STATES, studio


@studio.get("/versions/<int:version_id>")
@needs(Permission.SEE_PROCEDURES)
def version(version_id: int) -> str:
    """Show a version."""
    return _page(version_id, {}, {})


def _page(version_id: int, given: dict[str, str], problems: dict[str, str]) -> str:
    facts, loaded = version_facts(version_id), loaded_version(version_id)
    return render_template(
        "studio/version.html", facts=facts, loaded=loaded, states=STATES, may_edit=may_edit(), file=chosen_diagram(loaded),
        groups=lines(loaded.procedure.files), kinds=KINDS, given=given, problems=problems,
        diagrams=diagram_titles(loaded.procedure.diagrams, loaded.procedure.files),
    )  # fmt: skip


def loaded_version(version_id: int) -> LoadedProcedure:
    """Return a version with its files and nodes."""
    with context().reading() as tx:
        return tx.context.procedures.get(tx.session, version_id)


def chosen_diagram(loaded: LoadedProcedure) -> str:
    """Return the diagram that the address asks for, else the first."""
    wanted = request.args.get("file", "")
    return wanted if wanted in loaded.procedure.diagrams else loaded.procedure.diagrams[0]


@studio.get("/versions/<int:version_id>/files/<path:path>")
@needs(Permission.SEE_PROCEDURES)
def version_file(version_id: int, path: str) -> Response:
    """Hand out a file of a version, which never changes."""
    files = loaded_version(version_id).procedure.files
    if path not in files:
        raise NotFound("procedure.file", "这个版本里没有这个文件。请返回版本页面。")
    mimetype = "application/xml" if path.endswith((".bpmn", ".dmn")) else "text/plain"
    return Response(files[path], mimetype=mimetype, headers={"Cache-Control": "private, max-age=3600"})


@studio.get("/versions/<int:version_id>/package.zip")
@needs(Permission.SEE_PROCEDURES)
def export(version_id: int) -> Response:
    """Hand out the package of a version as another machine takes it."""
    name, content = in_use.package_of(context(), PROCEDURES, actor=current_actor(), version_id=version_id)
    return send_file(BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=name)


@studio.get("/versions/<int:version_id>/compare")
@needs(Permission.SEE_PROCEDURES)
def compare(version_id: int) -> str:
    """Show what differs between a version and an earlier one."""
    facts, after = version_facts(version_id), loaded_version(version_id)
    others = [one for one in facts.line.versions if one.id != version_id]
    wanted = request.args.get("with", "")
    older = [one for one in others if one.number < facts.version.number]
    before = next((one for one in others if str(one.id) == wanted), older[0] if older else None)
    difference, old = None, None
    if before is not None:
        old = loaded_version(before.id)
        difference = compare_versions(context(), actor=current_actor(), before_id=before.id, after_id=version_id)
    both = [name for name in after.procedure.diagrams if old is not None and name in old.procedure.files]
    touched = {one.file for one in difference.diagrams} if difference else set()
    file = request.args.get("file", "")
    if file not in both:
        file = next((name for name in both if name in touched), both[0] if both else "")
    return render_template(
        "studio/compare.html", facts=facts, others=others, before=before, difference=difference, file=file, both=diagram_titles(both, after.procedure.files),
        touched=touched, may_edit=may_edit(),
    )  # fmt: skip


@studio.post("/versions/<int:version_id>/retire")
@needs(Permission.DEPLOY_PROCEDURE)
def retire(version_id: int) -> ResponseReturnValue:
    """Take a version out of use for new cases, or back into it."""
    facts, reason = version_facts(version_id), sent_lines("reason")
    retired = facts.version.state == "retired"
    change = in_use.reinstate if retired else in_use.retire
    try:
        change(context(), PROCEDURES, actor=current_actor(), version_id=version_id, reason=reason)
    except DomainError as error:
        if error.code != "procedure.reason":
            raise
        return _page(version_id, {"reason": reason}, {"reason": error.message}), 422
    left = [one for one in version_facts(version_id).line.versions if one.state == in_use.CURRENT]
    began = f"新办件改用第 {left[0].number} 版" if left else "这个流程没有在用的版本了，不能再开始新的轮次和办件"
    flash("版本已恢复使用。" if retired else f"版本已停用，{began}；正在运行的轮次和办件继续办完。")
    return redirect(url_for("studio.version", version_id=version_id), 303)
