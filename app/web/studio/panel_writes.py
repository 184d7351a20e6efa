"""What the properties panel writes beside the diagram: who a lane is, a message between cases, a letter of a step's own."""

from dataclasses import replace

from flask import Response, jsonify

from app.domain.errors import DomainError
from app.domain.permissions import Permission
from app.services.studio.procedure_exchanges import MessageSettings, with_new_names
from app.services.studio.procedure_settings import ProcedureSettings, read_settings, write_settings
from app.services.studio.step_letters import first_letter
from app.web.guards import needs
from app.web.studio.data import sent_json
from app.web.studio.facts import the_draft
from app.web.studio.files import MANIFEST, edit_url
from app.web.studio.group import drafts_data
from app.web.studio.saving import save_file

_MESSAGE = ("name", "title", "from", "to", "delivery")


def _incomplete() -> DomainError:
    return DomainError("studio.body", "页面发来的内容不完整，没有保存。请刷新页面后再试。")


def _save_settings(draft_id: int, revision: int, files: dict[str, bytes], settings: ProcedureSettings) -> int:
    return save_file(draft_id, revision=revision, file=MANIFEST, content=write_settings(files, settings))


@drafts_data.post("/lanes")
@needs(Permission.DEPLOY_PROCEDURE)
def lanes(draft_id: int) -> Response:
    """Note in the settings which role a lane is: chosen in the diagram, without leaving it."""
    opened, body = the_draft(draft_id), sent_json()
    given = body.get("lanes")
    if not isinstance(given, dict) or not all(isinstance(text, str) for pair in given.items() for text in pair):
        raise _incomplete()
    settings = read_settings(opened.files)
    named = {name.strip()[:40]: role for name, role in given.items() if name.strip()}
    wanted = replace(settings, lanes={**settings.lanes, **named})
    revision = _save_settings(draft_id, opened.revision, dict(opened.files), wanted)
    return jsonify(revision=revision, lanes=[{"name": name, "role": role} for name, role in named.items()])


@drafts_data.post("/messages")
@needs(Permission.DEPLOY_PROCEDURE)
def messages(draft_id: int) -> Response:
    """Note a message in the settings, or change one: its title, who sends it to whom, how it finds its cases; answer with its name."""
    opened, body = the_draft(draft_id), sent_json()
    given = [body.get(name, "") for name in _MESSAGE]
    if not all(isinstance(text, str) and len(text) <= 120 for text in given):
        raise _incomplete()
    wanted, settings = MessageSettings(*(text.strip() for text in given)), read_settings(opened.files)
    if wanted.name and wanted.name not in {one.name for one in settings.messages}:
        raise DomainError("studio.message", "这个消息刚刚被删除了，没有保存。请关闭后重新选择。")
    kept = [wanted if one.name == wanted.name else one for one in settings.messages]
    changed, _ = with_new_names(kept if wanted.name else [*kept, wanted], settings.actions)
    revision = _save_settings(draft_id, opened.revision, dict(opened.files), replace(settings, messages=tuple(changed)))
    return jsonify(revision=revision, name=wanted.name or changed[-1].name)


@drafts_data.post("/letters")
@needs(Permission.DEPLOY_PROCEDURE)
def letters(draft_id: int) -> Response:
    """Begin a letter for the new work of one step, named like the step; answer with the address of its editor."""
    opened, body = the_draft(draft_id), sent_json()
    step, title = body.get("step", ""), body.get("title", "")
    if not isinstance(step, str) or not isinstance(title, str):
        raise _incomplete()
    path, content = first_letter(opened.files, step=step, title=title)
    revision = (
        opened.revision if path in opened.files else save_file(draft_id, revision=opened.revision, file=path, content=content)
    )
    return jsonify(revision=revision, url=edit_url(draft_id, path))
