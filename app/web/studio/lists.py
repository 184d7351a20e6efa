"""The list of the studio, and how a draft begins: from a version, from nothing, from an uploaded package."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.permissions import Permission
from app.services.studio import drafts
from app.services.studio.deployment import import_zip
from app.services.studio.procedure_overview import overview
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.studio.facts import may_edit, sent_text, uploaded
from app.web.studio.files import free_name
from app.web.studio.group import DRAFT_STATES, STATES, studio


@studio.get("")
@needs(Permission.SEE_PROCEDURES)
def index() -> str:
    """Show every procedure with its versions and drafts."""
    lines = overview(context(), actor=current_actor())
    return render_template("studio/index.html", lines=lines, states=STATES, draft_states=DRAFT_STATES, may_edit=may_edit())


@studio.get("/new")
@needs(Permission.DEPLOY_PROCEDURE)
def new() -> str:
    """Ask how a new procedure begins."""
    return render_template("studio/new.html", given={}, problems={})


@studio.post("/new")
@needs(Permission.DEPLOY_PROCEDURE)
def new_blank() -> ResponseReturnValue:
    """Begin a procedure from nothing."""
    given = {name: sent_text(name, longest=80) for name in ("title", "procedure")}
    try:
        taken = [line.procedure.replace("-", "_") for line in overview(context(), actor=current_actor())]
        number = given["procedure"] or free_name("procedure", taken).replace("_", "-")
        draft_id = drafts.start_blank(context(), actor=current_actor(), procedure=number, title=given["title"])
    except DomainError as error:
        field = {"procedure.title": "title", "procedure.id": "procedure", "procedure.taken": "procedure"}.get(error.code, "form")
        return render_template("studio/new.html", given=given, problems={field: error.message}), 422
    flash("草稿已建立，已有一个环节、一张表单和一个场景，可以直接修改。")
    return redirect(url_for("studio.draft", draft_id=draft_id), 303)


@studio.post("/import")
@needs(Permission.DEPLOY_PROCEDURE)
def new_from_zip() -> ResponseReturnValue:
    """Begin a draft with the files of an uploaded package."""
    try:
        files = import_zip(uploaded("package"))
        draft_id = drafts.start_from_files(context(), actor=current_actor(), files=files)
    except DomainError as error:
        return render_template("studio/new.html", given={}, problems={"package": error.message}), 422
    flash("流程包已导入为草稿，部署前还要通过检查。")
    return redirect(url_for("studio.draft", draft_id=draft_id), 303)


@studio.post("/versions/<int:version_id>/draft")
@needs(Permission.DEPLOY_PROCEDURE)
def new_from_version(version_id: int) -> ResponseReturnValue:
    """Begin a draft with the files of a version."""
    draft_id = drafts.start_from_version(context(), actor=current_actor(), version_id=version_id)
    flash("已按这个版本建立草稿。正在运行的办件不受影响。")
    return redirect(url_for("studio.draft", draft_id=draft_id), 303)
