"""The page of a draft, and the editor of each of its files."""

from io import BytesIO

from flask import Response, flash, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError, NotFound
from app.domain.permissions import Permission
from app.services.packages.package_scenarios import FAULT_RULES
from app.services.studio import drafts
from app.services.studio.deployment import check_draft
from app.services.studio.drafts import StaleDraft
from app.services.studio.letter_view import letter_view
from app.services.studio.scenario_update import update_scenarios
from app.services.versions.draft_view import OpenDraft
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.security import POLICY
from app.web.studio import files as words
from app.web.studio.facts import draft_line, sent_number, sent_text, the_draft
from app.web.studio.group import DRAFT_STATES, studio
from app.web.studio.saving import save_file, save_files

_PAGES = {"diagram": "studio/diagram.html", "form": "studio/form.html", "table": "studio/table.html"}
_TYPES = {".json": "application/json", ".bpmn": "application/xml", ".dmn": "application/xml"}


@studio.get("/drafts/<int:draft_id>")
@needs(Permission.DEPLOY_PROCEDURE)
def draft(draft_id: int) -> str:
    """Show a draft: its files, what the gate says, and what can be done with it."""
    return draft_page(the_draft(draft_id), {}, {})


def draft_page(opened: OpenDraft, given: dict[str, str], problems: dict[str, str]) -> str:
    """Render the page of a draft, with what was wrong in a form that was sent."""
    return render_template(
        "studio/draft.html", draft=opened, line=draft_line(opened.id), groups=words.lines(opened.files), kinds=words.KINDS,
        states=DRAFT_STATES, given=given, problems=problems, new_kind=request.args.get("new", ""),
    )  # fmt: skip


@studio.get("/drafts/<int:draft_id>/findings")
@needs(Permission.DEPLOY_PROCEDURE)
def findings(draft_id: int) -> str:
    """Show what the gate says of a draft; a part of its page, fetched after it because it takes a second."""
    report = check_draft(context(), actor=current_actor(), draft_id=draft_id)
    return render_template(
        "studio/_findings.html", draft_id=draft_id, report=report, edit_url=words.edit_url, fault_rules=FAULT_RULES
    )


@studio.post("/drafts/<int:draft_id>/scenarios/update")
@needs(Permission.DEPLOY_PROCEDURE)
def scenarios_update(draft_id: int) -> ResponseReturnValue:
    """Bring the scenarios up to date that a change broke and that go by themselves."""
    found = update_scenarios(context(), actor=current_actor(), draft_id=draft_id)
    if found.done:
        flash(f"已更新 {len(found.done)} 个场景：{'、'.join(found.done)}。")
    if found.left:
        flash(f"还有 {len(found.left)} 个场景要您演练一遍：{'、'.join(found.left)}。")
    if not found.done and not found.left:
        flash("没有需要更新的场景；有其他错误时，请先修改错误。")
    return redirect(url_for("studio.draft", draft_id=draft_id), 303)


@studio.get("/drafts/<int:draft_id>/edit/<path:path>")
@needs(Permission.DEPLOY_PROCEDURE)
def edit(draft_id: int, path: str) -> ResponseReturnValue:
    """Show the editor of a file."""
    opened = the_draft(draft_id)
    _file(opened, path)
    if opened.state != "draft":
        flash("这份草稿已提交部署，现在不能修改。需要修改时，请先撤回。")
        return redirect(url_for("studio.draft", draft_id=draft_id))
    return _editor(opened, path)


@studio.post("/drafts/<int:draft_id>/edit/<path:path>")
@needs(Permission.DEPLOY_PROCEDURE)
def edit_save(draft_id: int, path: str) -> ResponseReturnValue:
    """Save a text file."""
    opened = the_draft(draft_id)
    _file(opened, path)
    text = request.form.get("content", "").replace("\r\n", "\n").replace("\x00", "")
    try:
        save_file(draft_id, revision=sent_number("revision"), file=path, content=text.encode())
    except StaleDraft as error:
        theirs = error.comparison.files.get(path, b"").decode("utf-8", "replace")
        return _text(opened, path, text, problem=error.message, theirs=theirs, revision=error.comparison.revision), 409
    except DomainError as error:
        return _text(opened, path, text, problem=error.message), 422
    flash("文件已保存。", "saved")
    return redirect(words.edit_url(draft_id, path), 303)


def _editor(opened: OpenDraft, path: str) -> ResponseReturnValue:
    kind = words.kind_of(path)
    if kind not in _PAGES:
        return _text(opened, path, _file(opened, path).decode("utf-8-sig", "replace"))
    title = words.title_of(path, opened.files[path])
    answer = make_response(render_template(_PAGES[kind], draft=opened, path=path, title=title))
    if kind == "table":
        # dmn-js writes style attributes into its HTML; scripts stay as strict as everywhere.
        policy = {**POLICY, "style-src": "'self' 'unsafe-inline'"}
        answer.headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
    return answer


def _text(
    opened: OpenDraft, path: str, text: str, *, problem: str = "", theirs: str | None = None, revision: int | None = None
) -> str:
    return render_template(
        "studio/text.html", draft=opened, path=path, title=words.title_of(path, opened.files[path]), kind=words.kind_of(path),
        letter=letter_view(opened.files, path, text) if words.kind_of(path) == "message" else None,
        text=text, problem=problem, theirs=theirs, revision=opened.revision if revision is None else revision,
    )  # fmt: skip


@studio.get("/drafts/<int:draft_id>/files/<path:path>")
@needs(Permission.DEPLOY_PROCEDURE)
def draft_file(draft_id: int, path: str) -> Response:
    """Hand out a file of a draft to its editor."""
    content = _file(the_draft(draft_id), path)
    return Response(content, mimetype=_TYPES.get(path[path.rfind(".") :], "text/plain"))


@studio.get("/drafts/<int:draft_id>/package.zip")
@needs(Permission.DEPLOY_PROCEDURE)
def draft_export(draft_id: int) -> Response:
    """Hand out a draft as a package: to be kept, or to be gone on with on another machine."""
    name, content = drafts.export_draft(context(), actor=current_actor(), draft_id=draft_id)
    return send_file(BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=name)


@studio.post("/drafts/<int:draft_id>/files")
@needs(Permission.DEPLOY_PROCEDURE)
def file_new(draft_id: int) -> ResponseReturnValue:
    """Add a form, a table, a text or a scenario."""
    opened = the_draft(draft_id)
    given = {name: sent_text(name, longest=60) for name in ("kind", "name", "title")}
    try:
        name = given["name"] or words.free_name(given["kind"] or "file", words.names_in(opened.files, given["kind"]))
        path, changes = words.new_files(given["kind"], opened.files, name=name, title=given["title"])
        save_files(draft_id, revision=opened.revision, changes=changes)
    except DomainError as error:
        return draft_page(opened, given, {error.code.partition(".")[2]: error.message}), 422
    return redirect(words.edit_url(draft_id, path), 303)


@studio.post("/drafts/<int:draft_id>/files/remove")
@needs(Permission.DEPLOY_PROCEDURE)
def file_remove(draft_id: int) -> ResponseReturnValue:
    """Take a file out of a draft; it stays in the revisions before."""
    path = sent_text("file", longest=160)
    _file(the_draft(draft_id), path)
    save_file(draft_id, revision=sent_number("revision"), file=path, content=None)
    flash("文件已从草稿中删除。")
    return redirect(url_for("studio.draft", draft_id=draft_id), 303)


@studio.post("/drafts/<int:draft_id>/discard")
@needs(Permission.DEPLOY_PROCEDURE)
def discard(draft_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    drafts.discard(context(), actor=current_actor(), draft_id=draft_id)
    flash("草稿已删除。")
    return redirect(url_for("studio.index"), 303)


def _file(opened: OpenDraft, path: str) -> bytes:
    if path not in opened.files:
        raise NotFound("draft.file", "草稿里没有这个文件，它可能已被删除。请返回草稿页面。")
    return opened.files[path]
