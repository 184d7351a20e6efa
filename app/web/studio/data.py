"""What the editors ask for and send: the contract is in frontend/src/studio/README.md."""

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request, url_for

from app.domain.errors import DomainError
from app.domain.permissions import Permission
from app.services.packages.package_scenarios import FAULT_RULES, NONE
from app.services.packages.scenarios import FOLDER
from app.services.studio import draft_presence
from app.services.studio.deployment import check_draft
from app.services.studio.drafts import StaleDraft
from app.services.studio.foreign_diagrams import import_diagram
from app.services.studio.studio_context import editor_context, try_a_table
from app.web import answers
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.studio.facts import the_draft
from app.web.studio.files import edit_url
from app.web.studio.group import drafts_data
from app.web.studio.preview import preview_of
from app.web.studio.saving import save_file


def sent_json() -> dict[str, Any]:
    """Return the JSON that was sent, with `file` and `content` as texts."""
    body = request.get_json()
    sound = isinstance(body, dict) and all(isinstance(body.get(name, ""), str) for name in ("file", "content"))
    if not sound:
        raise DomainError("studio.body", "页面发来的内容不完整，没有处理。请刷新页面后再试，改动仍在浏览器中。")
    return {"file": "", "content": "", **body}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


@drafts_data.get("/context")
@needs(Permission.DEPLOY_PROCEDURE)
def lists(draft_id: int) -> Response:
    """Answer with everything that the editors offer in their lists."""
    found = editor_context(the_draft(draft_id).files, registry=context().registry)
    for form in found.get("forms", ()):
        form["edit_url"] = edit_url(draft_id, f"forms/{form['key']}.json")
    for table in found.get("tables", ()):
        table["edit_url"] = edit_url(draft_id, table["file"])
    for letter in found.get("texts", ()):
        letter["edit_url"] = edit_url(draft_id, letter["file"])
    new_form_url = url_for("studio.draft", draft_id=draft_id, new="form", _anchor="new-file")
    more = {f"{name}_url": url_for(f"drafts_data.{name}", draft_id=draft_id) for name in ("lanes", "messages", "letters")}
    more["new_form_url"] = new_form_url
    return jsonify({**found, **more, "settings_url": url_for("studio.settings", draft_id=draft_id)})


@drafts_data.put("")
@needs(Permission.DEPLOY_PROCEDURE)
def save(draft_id: int) -> Response:
    """Save a file on top of what its writer had before them."""
    body = sent_json()
    revision = body.get("revision")
    if not isinstance(revision, int) or not body["file"]:
        raise DomainError("studio.body", "页面发来的内容不完整，没有保存。请刷新页面后再试，改动仍在浏览器中。")
    try:
        saved = save_file(draft_id, revision=revision, file=body["file"], content=_bytes(body["content"]), automatic=True)
    except StaleDraft as error:
        return _stale(draft_id, error, body["file"])
    return jsonify(revision=saved, saved_at=context().clock().isoformat())


def _stale(draft_id: int, error: StaleDraft, file: str) -> Response:
    there = error.comparison
    last = there.saves[-1] if there.saves else None
    comparison: dict[str, Any] = {"revision": there.revision, "url": edit_url(draft_id, file)}
    if file in there.files:
        comparison["content"] = there.files[file].decode("utf-8", "replace")
    if last is not None:
        comparison |= {"by": last.saver, "saved_at": last.saved_at.isoformat()}
    return answers.json_message(error.message, 409, comparison=comparison)


@drafts_data.post("/check")
@needs(Permission.DEPLOY_PROCEDURE)
def check(draft_id: int) -> Response:
    """Ask the gate about the draft, with what is not saved yet laid over it."""
    body = sent_json()
    changes = {body["file"]: _bytes(body["content"])} if body["file"] else {}
    report = check_draft(context(), actor=current_actor(), draft_id=draft_id, changes=changes)
    found = [
        {
            "rule": one.rule, "element": one.element, "message": one.message, "cure": one.cure, "severity": one.severity,
            "file": one.file, "url": _where_to_mend(draft_id, one.rule, one.file),
        }
        for one in report.findings
    ]  # fmt: skip
    missed = [key for one in report.coverage for key in (*one.nodes, *one.flows)]
    return jsonify(findings=found, **({"coverage": {"missed": missed}} if report.scenarios else {}))


def _where_to_mend(draft_id: int, rule: str, file: str) -> str | None:
    """Return the page on which a finding is mended: a scenario that fails or is missing is walked, any other file is edited."""
    if rule == NONE.id:
        return url_for("studio.rehearsals", draft_id=draft_id)
    if rule in FAULT_RULES:
        name = file.removeprefix(FOLDER).removesuffix(".json")
        return url_for("studio.rehearsals", draft_id=draft_id, scenario=name)
    return edit_url(draft_id, file) if "." in file else None


@drafts_data.post("/presence")
@needs(Permission.DEPLOY_PROCEDURE)
def presence(draft_id: int) -> Response:
    """Note that a page has the draft open; answer with who else has."""
    revision, others = draft_presence.beat(context(), actor=current_actor(), draft_id=draft_id)
    return jsonify(revision=revision, others=[{"name": one.name} for one in others])


@drafts_data.post("/import")
@needs(Permission.DEPLOY_PROCEDURE)
def convert(draft_id: int) -> Response:
    """Convert a diagram of another modeler, with a report of what was turned and what was not."""
    the_draft(draft_id)
    imported = import_diagram(_bytes(sent_json()["content"]), actor=current_actor())
    words: dict[str, Callable[[str], str]] = {"done": lambda text: text, "lost": lambda text: f"未能转换：{text}"}
    report = [words[note.kind](note.sentence) for note in sorted(imported.notes, key=lambda note: note.kind, reverse=True)]
    return jsonify(content=imported.content.decode("utf-8"), report=report)


@drafts_data.post("/preview")
@needs(Permission.DEPLOY_PROCEDURE)
def preview(draft_id: int) -> Response:
    """Show a form as people will see it."""
    the_draft(draft_id)
    body = sent_json()
    html, found = preview_of(body["file"], body["content"])
    return jsonify(html=html, findings=[{"field": one.component, "message": one.sentence} for one in found])


@drafts_data.post("/try")
@needs(Permission.DEPLOY_PROCEDURE)
def try_table(draft_id: int) -> Response:
    """Say what a decision table answers for some values."""
    the_draft(draft_id)
    body = sent_json()
    inputs = body.get("inputs", {})
    if not isinstance(inputs, dict):
        raise DomainError("studio.body", "试算的值不完整，请重新填写。")
    trial = try_a_table(_bytes(body["content"]), inputs=inputs)
    return jsonify(outputs=[{name: value} for name, value in trial.outputs.items()], rules=list(trial.rules))
