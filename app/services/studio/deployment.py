"""From a draft to a version: checked, given a reason, confirmed by a second person; and packages taken in.

A draft is a procedure's package or one of its paper templates; both go the same way.
"""

from collections.abc import Mapping
from pathlib import Path

from app.catalog.archive import read_zip, without_wrapper
from app.domain.actors import Actor
from app.domain.errors import Conflict, DomainError, NotAllowed
from app.domain.procedure import Procedure
from app.persistence.models import ProcedureDraft, ProcedureVersion, User
from app.services import audit
from app.services.context import Context, Transaction
from app.services.house_settings import SECOND_PERSON, is_on
from app.services.issuing import templates
from app.services.issuing.template_check import refuse_faulty
from app.services.packages import procedures
from app.services.packages.package_check import Report, examine
from app.services.packages.package_papers import load_new_papers, papers_in_use
from app.services.packages.procedure_cache import no_version
from app.services.versions.draft_files import files_of, find, lock, require_right
from app.services.versions.in_use import Kind


def check_draft(context: Context, *, actor: Actor, draft_id: int, changes: Mapping[str, bytes | None] | None = None) -> Report:
    """Return what the gate says of a draft, with files that are not saved yet laid over it. Writes nothing."""
    require_right(actor)
    with context.reading() as tx:
        find(tx, draft_id)
        files: dict[str, bytes | None] = {**files_of(tx, draft_id), **(changes or {})}
    kept = {path: content for path, content in files.items() if content is not None}
    papers = Path(context.certificates_folder)
    return examine(kept, registry=context.registry, papers=papers, papers_of=papers_in_use(context))


def submit(context: Context, *, actor: Actor, draft_id: int, expected: int, reason: str) -> int | None:
    """Ask for the deployment of a draft as the actor saw it (`expected` revision), with the reason for the change.

    Returns the id of the new version where one person is enough; None where the draft now waits for a second person. Refuses a
    draft that does not pass the gate, and with `Conflict` one that somebody has saved meanwhile. Writes an audit event.
    """
    require_right(actor)
    with context.reading() as tx:
        paper, files = _paper(find(tx, draft_id)), files_of(tx, draft_id)
    accepted = _accepted(context, paper, actor=actor, files=files, reason=reason)  # outside the lock: it takes a second
    with context.transaction() as tx:
        draft = lock(tx, draft_id)
        if draft.revision != expected or files_of(tx, draft_id) != files:
            raise Conflict("draft.stale", "这份草稿刚刚被其他人保存过，没有提交。请打开最新内容，确认后再提交。")
        draft.submitted_by, draft.submitted_at, draft.reason, draft.reply = actor.user_id, tx.now, reason.strip(), ""
        if not is_on(tx, SECOND_PERSON):
            return _deploy(tx, draft, accepted, actor=actor, files=files)
        draft.state = "waiting"
        detail = {"draft": draft.id, "revision": draft.revision, "reason": draft.reason}
        audit.record(tx, actor=actor, action="deployment_asked", subject=_paper(draft) or draft.procedure, detail=detail)
        return None


def confirm(context: Context, *, actor: Actor, draft_id: int, expected: int | None = None) -> int:
    """Confirm a deployment that another administrator asked for; return the id of the version that new cases begin with.

    The package is checked again. `expected` is the revision that the actor was shown: `Conflict` when the draft was withdrawn,
    changed and asked for anew meanwhile. `NotAllowed` for whoever asked for it, or saved it last: maker and checker differ.
    """
    require_right(actor)
    with context.reading() as tx:
        waiting = find(tx, draft_id)
        paper, reason, files = _paper(waiting), waiting.reason, files_of(tx, draft_id)
    accepted = _accepted(context, paper, actor=actor, files=files, reason=reason)
    with context.transaction() as tx:
        draft = lock(tx, draft_id, states=("waiting",))
        if actor.user_id is None or actor.user_id in (draft.submitted_by, draft.changed_by):
            raise NotAllowed("deployment.same_person", "部署需要另一位流程管理员确认，提交人和最后修改人不能自己确认。")
        if files_of(tx, draft_id) != files or draft.revision != (draft.revision if expected is None else expected):
            raise Conflict("draft.stale", "这份草稿刚刚有变动，没有部署。请重新查看后再确认。")
        maker = tx.session.get_one(User, draft.submitted_by)
        draft.confirmed_by = actor.user_id
        version_id = _deploy(tx, draft, accepted, actor=actor, files=files)
        detail = {"draft": draft.id, "version": version_id, "asked_by": maker.name}
        audit.record(tx, actor=actor, action="deployment_confirmed", subject=_paper(draft) or draft.procedure, detail=detail)
        return version_id


def send_back(context: Context, *, actor: Actor, draft_id: int, reply: str) -> None:
    """Take a deployment that waits back to being a draft: the second person says why, or the first withdraws it."""
    require_right(actor)
    if not reply.strip():
        raise DomainError("deployment.reply", "请写明退回修改的原因。")
    with context.transaction() as tx:
        draft = lock(tx, draft_id, states=("waiting",))
        draft.state, draft.reply = "draft", reply.strip()
        audit.record(
            tx,
            actor=actor,
            action="deployment_sent_back",
            subject=_paper(draft) or draft.procedure,
            detail={"reply": draft.reply},
        )


PROCEDURES = Kind(ProcedureVersion, ProcedureVersion.procedure, "procedure", no_version)
"""A retired procedure may have no version in use: nothing begins any more, and rounds and cases that run go on with their own."""


def import_zip(data: bytes) -> dict[str, bytes]:
    """Return the files of an uploaded package; a single folder around all of them is passed over. Refuses as `read_zip` does."""
    return without_wrapper(read_zip(data), own_folders=frozenset({"forms", "messages", "scenarios"}))


def _paper(draft: ProcedureDraft) -> str:
    """Return the key of the paper template that a draft is, "" for a draft of a procedure."""
    return f"{draft.procedure}/{draft.paper}" if draft.paper else ""


def _accepted(context: Context, paper: str, *, actor: Actor, files: Mapping[str, bytes], reason: str) -> Procedure | None:
    """Return the procedure that a draft holds, None for a paper template; `DomainError` says why it may not be deployed."""
    if not paper:
        return procedures.accepted(context, actor=actor, files=files, reason=reason)
    if not reason.strip():
        raise DomainError("template.reason", "请写明修改原因，它会记入版本说明。")
    refuse_faulty(context, files=files, key=paper)
    return None


def _deploy(
    tx: Transaction, draft: ProcedureDraft, accepted: Procedure | None, *, actor: Actor, files: Mapping[str, bytes]
) -> int:
    """Write a draft as the newest version of what it is; return the row id of the version."""
    draft.state, asked_by = "deployed", draft.submitted_by
    if accepted is not None:
        draft.version_id = procedures.write_version(
            tx, actor=actor, procedure=accepted, reason=draft.reason, deployed_by=asked_by
        )
        papers = Path(tx.context.certificates_folder)
        load_new_papers(tx, actor=actor, folder=papers, procedure=accepted.id, reason=draft.reason)
        return draft.version_id
    key, confirmed_by = _paper(draft), draft.confirmed_by
    draft.template_version_id = templates.write_version(
        tx, actor=actor, key=key, files=files, reason=draft.reason, deployed_by=asked_by, confirmed_by=confirmed_by
    )
    return draft.template_version_id
