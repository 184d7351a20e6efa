"""The files of a draft, revision by revision, and its row under lock."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Select, and_, bindparam, delete, func, select

from app.catalog.archive import MOST_BYTES, MOST_FILES, check_name
from app.catalog.manifest import MANIFEST
from app.documents.templates import check_parts
from app.domain.actors import SYSTEM, Actor
from app.domain.errors import Conflict, DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import DraftFile, DraftRevision, ProcedureDraft
from app.services import audit
from app.services.context import Transaction

MOST_FILE_BYTES = 2_000_000
KEPT_REVISIONS = 200
"""How far back what was saved can still be compared with; older contents go when their file is saved again."""


def require_right(actor: Actor) -> None:
    """Raise `NotAllowed` unless the actor may change procedures; the command line acts as the system itself."""
    if actor != SYSTEM and not is_permitted(actor, Permission.DEPLOY_PROCEDURE):
        raise NotAllowed("procedure.deploy", "只有流程管理员可以修改和部署流程。")


def find(tx: Transaction, draft_id: int) -> ProcedureDraft:
    """Return a draft that has not been discarded."""
    draft = tx.session.get(ProcedureDraft, draft_id)
    if draft is None or draft.state == "discarded":
        raise NotFound("draft.unknown", "没有找到这份草稿，它可能已被删除。请返回流程列表。")
    return draft


def lock(tx: Transaction, draft_id: int, *, states: tuple[str, ...] = ("draft",)) -> ProcedureDraft:
    """Return a draft for changing, its row locked; `Conflict` when it waits for confirmation or was deployed."""
    draft = tx.session.scalars(select(ProcedureDraft).where(ProcedureDraft.id == draft_id).with_for_update()).one_or_none()
    if draft is None or draft.state == "discarded":
        raise NotFound("draft.unknown", "没有找到这份草稿，它可能已被删除。请返回流程列表。")
    if draft.state not in states:
        what = {"waiting": "正在等待另一位管理员确认，需先撤回提交", "deployed": "已经部署，请从新版本另起草稿"}
        raise Conflict("draft.state", f"这份草稿{what.get(draft.state, '还没有提交部署')}，不能这样操作。")
    return draft


def files_of(tx: Transaction, draft_id: int, *, revision: int | None = None) -> dict[str, bytes]:
    """Return the files of a draft as they are, or as a revision left them (within `KEPT_REVISIONS`)."""
    wanted = {"draft_id": draft_id, **({} if revision is None else {"revision": revision})}
    rows = tx.session.execute(_files(as_of=revision is not None), wanted)
    return {path: content for path, content in sorted((path, content) for path, content in rows) if content is not None}


@cache
def _files(*, as_of: bool) -> Select[str, bytes | None]:
    of_draft = DraftFile.draft_id == bindparam("draft_id")
    last = select(DraftFile.path, func.max(DraftFile.revision).label("revision")).where(of_draft)
    if as_of:
        last = last.where(DraftFile.revision <= bindparam("revision"))
    newest = last.group_by(DraftFile.path).subquery()
    same = and_(newest.c.path == DraftFile.path, newest.c.revision == DraftFile.revision)
    return select(DraftFile.path, DraftFile.content).join(newest, same).where(of_draft)


def begin(
    tx: Transaction,
    files: Mapping[str, bytes],
    *,
    actor: Actor,
    procedure: str,
    title: str,
    paper: str = "",
    base: int | None = None,
) -> int:
    """Begin a draft of a procedure, or with `paper` of one of its templates; `base` is the version that it comes from.

    Writes the draft with its first revision and an audit event; returns its id.
    """
    draft = ProcedureDraft(
        procedure=procedure[:60], paper=paper, title=title[:120], revision=0, state="draft",
        base_version_id=None if paper else base, base_template_id=base if paper else None,
        created_by=actor.user_id, created_at=tx.now, changed_at=tx.now,
    )  # fmt: skip
    tx.session.add(draft)
    tx.session.flush()
    write(tx, draft, actor=actor, current={}, changes=files, automatic=False)
    subject = f"{procedure}/{paper}" if paper else draft.procedure
    audit.record(tx, actor=actor, action="draft_started", subject=subject, detail={"draft": draft.id, "base": base})
    return draft.id


def write(
    tx: Transaction,
    draft: ProcedureDraft,
    *,
    actor: Actor,
    current: Mapping[str, bytes],
    changes: Mapping[str, bytes | None],
    automatic: bool,
) -> None:
    """Write changed files as the next revision of a locked draft (None takes a file away), whose files are `current`.

    Refuses what a package cannot hold.
    """
    _check_limits(draft, {**current, **changes}, changes)
    draft.revision += 1
    draft.changed_by, draft.changer, draft.changed_at = actor.user_id, audit.signature(actor), tx.now
    tx.session.add(
        DraftRevision(
            draft_id=draft.id,
            revision=draft.revision,
            saved_by=actor.user_id,
            saver=audit.signature(actor),
            saved_at=tx.now,
            automatic=automatic,
        )
    )
    for path, content in changes.items():
        if draft.revision > KEPT_REVISIONS:
            _forget(tx, draft, path)
        tx.session.add(DraftFile(draft_id=draft.id, path=path, revision=draft.revision, content=content))


def _forget(tx: Transaction, draft: ProcedureDraft, path: str) -> None:
    """Take away contents of a file that were replaced more than `KEPT_REVISIONS` ago."""
    of_path = (DraftFile.draft_id == draft.id, DraftFile.path == path)
    floor = select(func.max(DraftFile.revision)).where(*of_path, DraftFile.revision <= draft.revision - KEPT_REVISIONS)
    oldest = tx.session.scalar(floor)
    if oldest is not None:
        tx.session.execute(delete(DraftFile).where(*of_path, DraftFile.revision < oldest))


def _check_limits(draft: ProcedureDraft, files: Mapping[str, bytes | None], changes: Mapping[str, bytes | None]) -> None:
    kept = {path: content for path, content in files.items() if content is not None}
    new = {path: content for path, content in changes.items() if content is not None}
    for path in changes:
        if len(path) > 160 or len(new.get(path, b"")) > MOST_FILE_BYTES:
            raise DomainError("draft.size", f"文件“{path[:80]}”超过 2 MB 或文件名过长，没有保存。请拆分或压缩后再试。")
    if sum(len(content) for content in kept.values()) > MOST_BYTES or len(kept) > MOST_FILES:
        raise DomainError("draft.size", f"流程包超过 20 MB 或 {MOST_FILES} 个文件，没有保存。请删去不用的文件。")
    if draft.paper:
        check_parts(kept, changed=new.keys(), key=f"{draft.procedure}/{draft.paper}")
        return
    if MANIFEST not in kept:
        raise DomainError("draft.manifest", "流程包必须有清单 procedure.toml，没有保存。")
    for path in new:
        check_name(path)
