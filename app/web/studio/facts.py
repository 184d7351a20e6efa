"""What several pages of the studio need of a version or a draft, and how their forms are read."""

from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import FileStorage

from app.domain.errors import DomainError, NotFound
from app.domain.permissions import Permission, is_permitted
from app.services.packages.procedure_cache import no_version
from app.services.studio.procedure_overview import ProcedureLine, VersionLine, overview
from app.services.versions.draft_view import DraftLine, OpenDraft, open_draft
from app.web import answers
from app.web.house import context
from app.web.identity import current_actor

MOST_UPLOAD = 20 * 1024 * 1024


@dataclass(frozen=True)
class VersionFacts:
    """A version with the procedure that it belongs to."""

    line: ProcedureLine
    version: VersionLine


def version_facts(version_id: int) -> VersionFacts:
    """Return a version as the list of the studio has it."""
    for line in overview(context(), actor=current_actor()):
        for version in line.versions:
            if version.id == version_id:
                return VersionFacts(line, version)
    raise no_version()


def draft_line(draft_id: int) -> DraftLine | None:
    """Return a draft as the list has it: who asked for its deployment; None once it was deployed."""
    lines = (draft for line in overview(context(), actor=current_actor()) for draft in line.drafts)
    return next((draft for draft in lines if draft.id == draft_id), None)


def the_draft(draft_id: int) -> OpenDraft:
    """Return a draft of a procedure with its files; a draft of a paper template has pages of its own."""
    opened = open_draft(context(), actor=current_actor(), draft_id=draft_id)
    if opened.paper:
        raise NotFound("draft.unknown", "没有找到这份草稿，它可能已被删除。请返回流程列表。")
    return opened


def may_edit() -> bool:
    """Tell whether the person may change procedures, or only look."""
    return is_permitted(current_actor(), Permission.DEPLOY_PROCEDURE)


def sent_text(name: str, *, longest: int = 500) -> str:
    """Return a line of a form that was sent."""
    return answers.clean(request.form.get(name, ""), longest=longest)


def sent_lines(name: str) -> str:
    """Return a text of several lines of a form that was sent, e.g. a reason."""
    return answers.clean_lines(request.form.get(name, ""), longest=500)


def sent_number(name: str) -> int:
    """Return a number of a form that was sent, -1 for anything that is none."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def uploaded(name: str) -> bytes:
    """Return the content of a file that was sent. `DomainError` when there is none, or too much."""
    file: FileStorage | None = request.files.get(name)
    content = file.read(MOST_UPLOAD + 1) if file is not None else b""
    if file is not None:
        file.close()
    if not content:
        raise DomainError("upload.empty", "请先选择文件。")
    if len(content) > MOST_UPLOAD:
        raise DomainError("upload.size", "文件超过 20 MB，没有读取。请检查所选的文件。")
    return content
