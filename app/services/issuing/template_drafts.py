"""Drafts of paper templates: begun from a version, from an upload, or as a copy under a new name; then they are drafts like others."""

import re

from sqlalchemy import select

from app.catalog.archive import PAPER_SUFFIXES, read_zip, without_wrapper, write_zip
from app.domain.actors import Actor
from app.domain.errors import Conflict, DomainError, NotFound
from app.persistence.models import ProcedureDraft, ProcedureVersion, TemplateVersion
from app.services.context import Context, Transaction
from app.services.issuing.templates import files_of_version, version_row
from app.services.versions.draft_files import begin, find, require_right
from app.services.versions.draft_view import OpenDraft, open_draft

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def start_from_version(context: Context, *, actor: Actor, version_id: int) -> int:
    """Begin a draft with the files of a version; return its id. Writes the draft and an audit event."""
    require_right(actor)
    with context.transaction() as tx:
        version = version_row(tx, version_id)
        procedure, _, name = version.key.partition("/")
        return begin(
            tx, files_of_version(version), actor=actor, procedure=procedure, paper=name, title=version.title, base=version.id
        )


def start_copy(context: Context, *, actor: Actor, version_id: int, name: str, title: str) -> int:
    """Begin a draft of a new template of the same procedure with the files of a version; return its id.

    Refuses a name that a template has already. Writes the draft and an audit event.
    """
    require_right(actor)
    with context.transaction() as tx:
        version = version_row(tx, version_id)
        procedure = version.key.partition("/")[0]
        _refuse_taken(tx, procedure, name)
        return begin(tx, files_of_version(version), actor=actor, procedure=procedure, paper=name, title=_sound(title), base=None)


def start_from_zip(context: Context, *, actor: Actor, procedure: str, name: str, data: bytes) -> int:
    """Begin a draft with the files of an uploaded zip; return its id. The template need not pass the check yet.

    Where the procedure has a template of this name, its newest version becomes the base. Refuses procedures that do not exist.
    """
    require_right(actor)
    files = import_zip(data)
    with context.transaction() as tx:
        require_key(tx, procedure=procedure, name=name)
        newest = select(TemplateVersion).where(TemplateVersion.key == f"{procedure}/{name}")
        base = tx.session.scalars(newest.order_by(TemplateVersion.number.desc()).limit(1)).one_or_none()
        title = base.title if base is not None else name
        return begin(
            tx, files, actor=actor, procedure=procedure, paper=name, title=title, base=base.id if base is not None else None
        )


def require_key(tx: Transaction, *, procedure: str, name: str) -> None:
    """Refuse a name that no template can have, and a procedure that has neither a version nor a draft."""
    if _NAME.fullmatch(name) is None:
        raise _bad_name()
    versions = select(ProcedureVersion.id).where(ProcedureVersion.procedure == procedure)
    drafts = select(ProcedureDraft.id).where(
        ProcedureDraft.procedure == procedure, ProcedureDraft.state.in_(("draft", "waiting"))
    )
    # A procedure that is being drawn needs the templates of its papers before it can be deployed.
    if tx.session.scalar(versions.limit(1)) is None and tx.session.scalar(drafts.limit(1)) is None:
        raise DomainError("template.procedure", "没有这个流程。请核对这份文书属于哪个流程。")


def import_zip(data: bytes) -> dict[str, bytes]:
    """Return the files of an uploaded template; a single folder around all of them is passed over."""
    return without_wrapper(read_zip(data, suffixes=PAPER_SUFFIXES))


def open_paper(context: Context, *, actor: Actor, draft_id: int) -> OpenDraft:
    """Return the draft of a template with its files. `NotFound` also for a draft of a procedure."""
    opened = open_draft(context, actor=actor, draft_id=draft_id)
    if not opened.paper:
        raise NotFound("draft.unknown", "没有找到这份模板草稿，它可能已被删除。请返回文书模板列表。")
    return opened


def export_draft(context: Context, *, actor: Actor, draft_id: int) -> tuple[str, bytes]:
    """Return the name and the zip of a draft, for working on it elsewhere."""
    opened = open_paper(context, actor=actor, draft_id=draft_id)
    return f"{opened.procedure}-{opened.paper}-draft.zip", write_zip(opened.files)


def submitter_of(context: Context, *, actor: Actor, draft_id: int) -> int | None:
    """Return who asked for the deployment of a draft that waits."""
    require_right(actor)
    with context.reading() as tx:
        return find(tx, draft_id).submitted_by


def _refuse_taken(tx: Transaction, procedure: str, name: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise _bad_name()
    versions = select(TemplateVersion.id).where(TemplateVersion.key == f"{procedure}/{name}")
    drafts = select(ProcedureDraft.id).where(
        ProcedureDraft.procedure == procedure, ProcedureDraft.paper == name, ProcedureDraft.state.in_(("draft", "waiting"))
    )
    if tx.session.scalar(versions.limit(1)) is not None or tx.session.scalar(drafts.limit(1)) is not None:
        raise Conflict("template.taken", f"已经有编号为“{name}”的模板。请换一个编号，或从它的版本另起草稿。")


def _bad_name() -> DomainError:
    return DomainError("template.name", "模板编号用小写字母、数字和短横线，以字母开头，不超过 40 个字符。")


def _sound(title: str) -> str:
    if not 0 < len(title.strip()) <= 60:
        raise DomainError("template.title", "模板名称应为 1 至 60 个字。")
    return title.strip()
