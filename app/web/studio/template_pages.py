"""Paper templates: the list, a version with the draft of its sample, and how a draft begins."""

from io import BytesIO

from flask import Response, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import Conflict, DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission
from app.services.issuing import template_drafts, template_versions
from app.services.issuing.template_overview import template_overview
from app.services.studio.procedure_overview import overview
from app.services.versions import in_use
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.studio.facts import may_edit, sent_lines, sent_text, uploaded
from app.web.studio.group import DRAFT_STATES, STATES
from app.web.studio.template_group import PARTS, as_pdf, lies_wide, pictures_of, template_facts, templates

_ELSEWHERE = (NotAllowed, NotFound)


@templates.get("")
@needs(Permission.SEE_PROCEDURES)
def index() -> str:
    """Show every template with its versions and drafts."""
    lines = template_overview(context(), actor=current_actor())
    titles = {line.procedure: line.title for line in overview(context(), actor=current_actor())}
    groups: dict[str, list[object]] = {}
    for line in lines:
        groups.setdefault(titles.get(line.procedure, line.procedure), []).append(line)
    return render_template(
        "studio/templates/index.html", groups=groups, states=STATES, draft_states=DRAFT_STATES, may_edit=may_edit()
    )


@templates.get("/versions/<int:version_id>")
@needs(Permission.SEE_PROCEDURES)
def version(version_id: int) -> str:
    """Show a version."""
    return _page(version_id, {}, {})


def _page(version_id: int, given: dict[str, str], problems: dict[str, str]) -> str:
    line, found = template_facts(version_id)
    _, files = template_versions.files(context(), actor=current_actor(), version_id=version_id)
    texts = {name: files[name].decode("utf-8-sig") for name in PARTS}
    return render_template(
        "studio/templates/version.html", line=line, version=found, states=STATES, may_edit=may_edit(), texts=texts,
        parts=PARTS, pictures=pictures_of(files), wide=lies_wide(files), given=given, problems=problems,
    )  # fmt: skip


@templates.get("/versions/<int:version_id>/sample.pdf")
@needs(Permission.SEE_PROCEDURES)
def version_sample(version_id: int) -> Response:
    """Show what a version makes of its sample."""
    line, found = template_facts(version_id)
    pdf = template_versions.sample(context(), actor=current_actor(), version_id=version_id)
    return as_pdf(pdf, f"{line.name}-{found.number}")


@templates.get("/versions/<int:version_id>/package.zip")
@needs(Permission.SEE_PROCEDURES)
def version_export(version_id: int) -> Response:
    """Hand out the files of a version."""
    name, content = in_use.package_of(context(), template_versions.TEMPLATES, actor=current_actor(), version_id=version_id)
    return send_file(BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=name)


@templates.post("/versions/<int:version_id>/draft")
@needs(Permission.DEPLOY_PROCEDURE)
def new_from_version(version_id: int) -> ResponseReturnValue:
    """Begin a draft with the files of a version."""
    draft_id = template_drafts.start_from_version(context(), actor=current_actor(), version_id=version_id)
    flash("已按这个版本建立草稿，已经制发的文书不受影响。")
    return redirect(url_for("templates.edit", draft_id=draft_id), 303)


@templates.post("/versions/<int:version_id>/copy")
@needs(Permission.DEPLOY_PROCEDURE)
def new_copy(version_id: int) -> ResponseReturnValue:
    """Begin a new template with the files of a version."""
    given = {"name": sent_text("name", longest=60), "title": sent_text("title", longest=80)}
    try:
        draft_id = template_drafts.start_copy(context(), actor=current_actor(), version_id=version_id, **given)
    except _ELSEWHERE:
        raise
    except DomainError as error:
        field = {"template.title": "title"}.get(error.code, "name")
        return _page(version_id, given, {field: error.message}), 422
    flash("已复制为新模板的草稿。请先改“说明和字段”里的名称。")
    return redirect(url_for("templates.edit", draft_id=draft_id), 303)


@templates.post("/versions/<int:version_id>/retire")
@needs(Permission.DEPLOY_PROCEDURE)
def retire(version_id: int) -> ResponseReturnValue:
    """Take a version out of use for new papers, or back into it."""
    _, found = template_facts(version_id)
    reason, retired = sent_lines("reason"), found.state == "retired"
    change = in_use.reinstate if retired else in_use.retire
    try:
        change(context(), template_versions.TEMPLATES, actor=current_actor(), version_id=version_id, reason=reason)
    except _ELSEWHERE:
        raise
    except DomainError as error:
        return _page(version_id, {"reason": reason}, {"reason": error.message}), 409 if isinstance(error, Conflict) else 422
    flash("版本已恢复使用。" if retired else "版本已停用，新制发的文书改用其余版本中最新的一个。")
    return redirect(url_for("templates.version", version_id=version_id), 303)


@templates.get("/new")
@needs(Permission.DEPLOY_PROCEDURE)
def new() -> str:
    """Ask for a template that was made elsewhere."""
    return _new_page({}, {})


def _new_page(given: dict[str, str], problems: dict[str, str]) -> str:
    procedures = {line.procedure: line.title for line in overview(context(), actor=current_actor())}
    return render_template("studio/templates/new.html", procedures=procedures, given=given, problems=problems)


@templates.post("/new")
@needs(Permission.DEPLOY_PROCEDURE)
def new_from_zip() -> ResponseReturnValue:
    """Begin a draft with the files of an uploaded template."""
    given = {"procedure": sent_text("procedure", longest=60), "name": sent_text("name", longest=60)}
    try:
        data = uploaded("package")
        draft_id = template_drafts.start_from_zip(context(), actor=current_actor(), data=data, **given)
    except _ELSEWHERE:
        raise
    except DomainError as error:
        field = {"template.name": "name", "template.procedure": "procedure"}.get(error.code, "package")
        return _new_page(given, {field: error.message}), 422
    flash("模板已导入为草稿，部署前还要通过检查。")
    return redirect(url_for("templates.edit", draft_id=draft_id), 303)
