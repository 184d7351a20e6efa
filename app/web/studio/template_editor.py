"""The editor of a paper template: its parts in tabs, the draft of the sample beside them, what is wrong below."""

from io import BytesIO
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import secure_filename

from app.domain.errors import DomainError, NotFound
from app.domain.permissions import Permission
from app.services.issuing.template_check import examine_template
from app.services.issuing.template_drafts import export_draft, import_zip
from app.services.studio import draft_presence, drafts
from app.services.studio.drafts import StaleDraft
from app.services.versions.draft_view import OpenDraft
from app.web import answers
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.studio.facts import sent_number, sent_text, uploaded
from app.web.studio.group import DRAFT_STATES
from app.web.studio.saving import save_file
from app.web.studio.template_group import PARTS, PICTURE_TAB, as_pdf, lies_wide, pictures_of, templates, templates_data, the_paper

_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@templates.get("/drafts/<int:draft_id>")
@needs(Permission.DEPLOY_PROCEDURE)
def edit(draft_id: int) -> ResponseReturnValue:
    """Show the editor, at the part that the address asks for."""
    opened = the_paper(draft_id)
    if opened.state != "draft":
        return redirect(url_for("templates.deploying", draft_id=draft_id))
    wanted = request.args.get("file", "")
    return editor_page(opened, wanted if wanted in (*PARTS, PICTURE_TAB) else "template.html")


def editor_page(
    opened: OpenDraft,
    file: str,
    *,
    text: str | None = None,
    theirs: str | None = None,
    revision: int | None = None,
    problem: str = "",
) -> str:
    """Render the editor; with `theirs` what somebody else saved meanwhile stands beside what was sent."""
    if text is None:
        text = opened.files[file].decode("utf-8-sig", "replace") if file in PARTS else ""
    return render_template(
        "studio/templates/editor.html", draft=opened, file=file, parts=PARTS, picture_tab=PICTURE_TAB, text=text, theirs=theirs,
        revision=opened.revision if revision is None else revision, problem=problem, pictures=pictures_of(opened.files),
        states=DRAFT_STATES, wide=lies_wide(opened.files),
    )  # fmt: skip


@templates.post("/drafts/<int:draft_id>")
@needs(Permission.DEPLOY_PROCEDURE)
def save(draft_id: int) -> ResponseReturnValue:
    """Save a part, where no script does it."""
    opened, file = the_paper(draft_id), sent_text("file", longest=40)
    if file not in PARTS:
        raise NotFound("draft.file", "模板里没有这个文件。请返回模板页面。")
    text = request.form.get("content", "").replace("\r\n", "\n").replace("\x00", "")
    try:
        save_file(draft_id, revision=sent_number("revision"), file=file, content=text.encode("utf-8", "replace"))
    except StaleDraft as error:
        there = error.comparison
        theirs = there.files[file].decode("utf-8", "replace")
        return editor_page(opened, file, text=text, theirs=theirs, revision=there.revision, problem=error.message), 409
    flash("已保存。", "saved")
    return redirect(url_for("templates.edit", draft_id=draft_id, file=file), 303)


@templates_data.put("")
@needs(Permission.DEPLOY_PROCEDURE)
def autosave(draft_id: int) -> Response:
    """Save a part on top of what its writer had before them; the contract is that of the other editors."""
    the_paper(draft_id)
    body: Any = request.get_json()
    sound = isinstance(body, dict) and body.get("file") in PARTS and isinstance(body.get("content"), str)
    if not sound or not isinstance(body.get("revision"), int):
        raise DomainError("studio.body", "页面发来的内容不完整，没有保存。请刷新页面后再试，改动仍在浏览器中。")
    file, content = body["file"], body["content"].replace("\x00", "").encode("utf-8", "replace")
    try:
        revision = save_file(draft_id, revision=body["revision"], file=file, content=content, automatic=True)
    except StaleDraft as error:
        there = error.comparison
        comparison: dict[str, Any] = {
            "revision": there.revision,
            "url": url_for("templates.edit", draft_id=draft_id, file=file),
            "content": there.files[file].decode("utf-8", "replace"),
        }
        if there.saves:
            comparison |= {"by": there.saves[-1].saver, "saved_at": there.saves[-1].saved_at.isoformat()}
        return answers.json_message(error.message, 409, comparison=comparison)
    return jsonify(revision=revision, saved_at=context().clock().isoformat())


@templates_data.post("/presence")
@needs(Permission.DEPLOY_PROCEDURE)
def presence(draft_id: int) -> Response:
    """Note that a page has the draft open; answer with who else has."""
    the_paper(draft_id)
    revision, others = draft_presence.beat(context(), actor=current_actor(), draft_id=draft_id)
    return jsonify(revision=revision, others=[{"name": one.name} for one in others])


@templates.get("/drafts/<int:draft_id>/findings")
@needs(Permission.DEPLOY_PROCEDURE)
def findings(draft_id: int) -> str:
    """Show what is wrong with a draft as it is saved; a part of its page, fetched after it because it takes a second."""
    opened = the_paper(draft_id)
    found = examine_template(context(), files=opened.files, key=f"{opened.procedure}/{opened.paper}")
    return render_template("studio/templates/_findings.html", draft=opened, found=found, parts=PARTS)


@templates.get("/drafts/<int:draft_id>/preview.pdf")
@needs(Permission.DEPLOY_PROCEDURE)
def preview(draft_id: int) -> Response:
    """Show the draft of the sample, as the draft is saved."""
    opened = the_paper(draft_id)
    found = examine_template(context(), files=opened.files, key=f"{opened.procedure}/{opened.paper}")
    if not found.pdf:
        raise DomainError("template.refused", f"现在不能成文：{found.findings[0].message}")
    return as_pdf(found.pdf, f"draft-{opened.paper}")


@templates.get("/drafts/<int:draft_id>/package.zip")
@needs(Permission.DEPLOY_PROCEDURE)
def draft_export(draft_id: int) -> Response:
    """Hand out the files of a draft."""
    name, content = export_draft(context(), actor=current_actor(), draft_id=draft_id)
    return send_file(BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=name)


@templates.post("/drafts/<int:draft_id>/package")
@needs(Permission.DEPLOY_PROCEDURE)
def draft_import(draft_id: int) -> ResponseReturnValue:
    """Put the files of an uploaded template in place of those of a draft."""
    opened = the_paper(draft_id)
    try:
        given = import_zip(uploaded("package"))
        changes = {**dict.fromkeys(opened.files), **given}
        drafts.save(context(), actor=current_actor(), draft_id=draft_id, expected=sent_number("revision"), changes=changes)
    except DomainError as error:
        return editor_page(opened, PICTURE_TAB, problem=error.message), 409 if isinstance(error, StaleDraft) else 422
    flash("已用上传的文件代替草稿的全部文件，以前的内容仍在历史中。")
    return redirect(url_for("templates.edit", draft_id=draft_id), 303)


@templates.get("/drafts/<int:draft_id>/pictures/<name>")
@needs(Permission.DEPLOY_PROCEDURE)
def picture(draft_id: int, name: str) -> Response:
    """Show a picture of a draft. A drawing may hold scripts: nothing runs and nothing is fetched there."""
    files = the_paper(draft_id).files
    if name in PARTS or name not in files:
        raise NotFound("draft.file", "模板里没有这张图片。请返回模板页面。")
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    kind = _TYPES.get(name[name.rfind(".") :].lower(), "application/octet-stream")
    return Response(files[name], mimetype=kind, headers={"Content-Security-Policy": policy})


@templates.post("/drafts/<int:draft_id>/pictures")
@needs(Permission.DEPLOY_PROCEDURE)
def picture_add(draft_id: int) -> ResponseReturnValue:
    """Add a picture, or put a new one in the place of one with the same name."""
    opened = the_paper(draft_id)
    sent = request.files.get("picture")
    name = secure_filename(sent.filename or "").lower() if sent is not None else ""
    try:
        content = uploaded("picture")
        if name in PARTS:
            raise DomainError("template.picture", "这里只上传图片；文字部分请在各自的页签里修改。")
        save_file(draft_id, revision=sent_number("revision"), file=name, content=content)
    except DomainError as error:
        return editor_page(opened, PICTURE_TAB, problem=error.message), 409 if isinstance(error, StaleDraft) else 422
    flash(f'图片已保存，在内容里写 <img src="{name}" alt=""> 引用。')
    return redirect(url_for("templates.edit", draft_id=draft_id, file=PICTURE_TAB), 303)


@templates.post("/drafts/<int:draft_id>/pictures/remove")
@needs(Permission.DEPLOY_PROCEDURE)
def picture_remove(draft_id: int) -> ResponseReturnValue:
    """Take a picture out of a draft; it stays in the revisions before."""
    name = sent_text("file", longest=160)
    if name in PARTS or name not in the_paper(draft_id).files:
        raise NotFound("draft.file", "模板里没有这张图片。请返回模板页面。")
    save_file(draft_id, revision=sent_number("revision"), file=name, content=None)
    flash("图片已删除。")
    return redirect(url_for("templates.edit", draft_id=draft_id, file=PICTURE_TAB), 303)
