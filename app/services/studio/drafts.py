"""Drafts of packages: kept by revision, saved only on top of what the writer had before them, shown with who else is at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from app.catalog.archive import read_zip, write_zip
from app.domain.actors import Actor
from app.domain.errors import Conflict, DomainError
from app.persistence.models import DraftFile, DraftPresence, DraftRevision, ProcedureDraft, ProcedureVersion, Rehearsal
from app.services import audit
from app.services.context import Context, Transaction
from app.services.packages.package_manifest import read_manifest
from app.services.packages.procedure_cache import no_version
from app.services.studio.blank_package import blank_package
from app.services.studio.version_diff import PackageDifference, compare_packages
from app.services.versions.draft_files import begin, files_of, lock, require_right, write
from app.services.versions.draft_view import open_draft


@dataclass(frozen=True)
class SaveNote:
    """One save: who, when, and whether the page did it by itself."""

    revision: int
    saver: str
    saved_at: datetime
    automatic: bool


@dataclass(frozen=True)
class Comparison:
    """What others saved since the writer opened the draft: their saves, what they changed, and which files both touched."""

    revision: int
    saves: tuple[SaveNote, ...]
    theirs: PackageDifference
    both: tuple[str, ...]
    files: Mapping[str, bytes]  # as they are now, so that the page can show both beside each other


class StaleDraft(Conflict):
    """The draft was saved by somebody else meanwhile. Nothing was written; `comparison` says what they changed."""

    def __init__(self, comparison: Comparison) -> None:
        last = comparison.saves[-1].saver if comparison.saves else "其他人"
        super().__init__("draft.stale", f"{last}刚刚保存过这份草稿，您的修改还没有保存。请对照双方的改动，合并后再保存。")
        self.comparison = comparison


def start_from_version(context: Context, *, actor: Actor, version_id: int) -> int:
    """Begin a draft with the files of a deployed version; return its id. Writes the draft and an audit event."""
    require_right(actor)
    with context.transaction() as tx:
        version = tx.session.get(ProcedureVersion, version_id)
        if version is None:
            raise no_version()
        return begin(
            tx, read_zip(version.package), actor=actor, procedure=version.procedure, title=version.title, base=version.id
        )


def start_from_files(context: Context, *, actor: Actor, files: Mapping[str, bytes]) -> int:
    """Begin a draft with the files of a package, e.g. of an uploaded zip; return its id.

    The package need not pass the gate, but its manifest has to be readable. A version of the same procedure becomes its base.
    """
    require_right(actor)
    procedure = read_manifest(files)
    with context.transaction() as tx:
        newest = select(func.max(ProcedureVersion.id)).where(ProcedureVersion.procedure == procedure.id)
        return begin(tx, files, actor=actor, procedure=procedure.id, title=procedure.title, base=tx.session.scalar(newest))


def start_blank(context: Context, *, actor: Actor, procedure: str, title: str) -> int:
    """Begin a draft of a new procedure from nothing; return its id. Refuses an id that a procedure has already."""
    require_right(actor)
    files = blank_package(procedure, title=title)
    with context.transaction() as tx:
        taken = select(ProcedureVersion.id).where(ProcedureVersion.procedure == procedure).limit(1)
        if tx.session.scalar(taken) is not None:
            raise DomainError("procedure.taken", f"已经有编号为“{procedure}”的流程。请换一个编号，或从它的版本另起草稿。")
        return begin(tx, files, actor=actor, procedure=procedure, title=title.strip(), base=None)


def export_draft(context: Context, *, actor: Actor, draft_id: int) -> tuple[str, bytes]:
    """Return the name and the zip of a draft as it is saved now, as `start_from_files` and the command line take it."""
    opened = open_draft(context, actor=actor, draft_id=draft_id)
    return f"{opened.procedure}-draft-{opened.revision}.zip", write_zip(opened.files)


def save(
    context: Context,
    *,
    actor: Actor,
    draft_id: int,
    expected: int,
    changes: Mapping[str, bytes | None],
    automatic: bool = False,
) -> int:
    """Save files of a draft (None takes one away) on top of the revision that the writer had; return the new revision.

    What changes nothing makes no revision, so a save may be sent again after a lost connection. Raises `StaleDraft` with a
    comparison when somebody else has saved since `expected`, and writes nothing then. Refuses files that a package cannot hold.
    """
    require_right(actor)
    with context.transaction() as tx:
        draft = lock(tx, draft_id)
        current = files_of(tx, draft_id)
        differing = {path: content for path, content in changes.items() if current.get(path) != content}
        if not differing:
            return draft.revision
        if draft.revision != expected:
            raise StaleDraft(_comparison(tx, draft, expected=expected, current=current, mine=differing))
        write(tx, draft, actor=actor, current=current, changes=differing, automatic=automatic)
        return draft.revision


def rename(context: Context, *, actor: Actor, draft_id: int, title: str) -> None:
    """Give a draft another title in the list; the title of the procedure is in its manifest."""
    require_right(actor)
    if not 0 < len(title.strip()) <= 60:
        raise DomainError("draft.title", "草稿名称应为 1 至 60 个字。")
    with context.transaction() as tx:
        draft = lock(tx, draft_id)
        detail = {"draft": draft.id, "from": draft.title, "to": title.strip()}
        draft.title = title.strip()
        audit.record(tx, actor=actor, action="draft_renamed", subject=draft.procedure, detail=detail)


def discard(context: Context, *, actor: Actor, draft_id: int) -> None:
    """Throw a draft away: its contents, its rehearsals and its presences go, the row stays for the record."""
    require_right(actor)
    with context.transaction() as tx:
        draft = lock(tx, draft_id)
        for model in (DraftFile, DraftPresence, DraftRevision, Rehearsal):
            tx.session.execute(delete(model).where(model.draft_id == draft_id))
        draft.state, draft.changed_by, draft.changed_at = "discarded", actor.user_id, tx.now
        audit.record(tx, actor=actor, action="draft_discarded", subject=draft.procedure, detail={"draft": draft.id})


def _comparison(
    tx: Transaction,
    draft: ProcedureDraft,
    *,
    expected: int,
    current: Mapping[str, bytes],
    mine: Mapping[str, bytes | None],
) -> Comparison:
    base = files_of(tx, draft.id, revision=expected)
    rows = tx.session.scalars(
        select(DraftRevision)
        .where(DraftRevision.draft_id == draft.id, DraftRevision.revision > expected)
        .order_by(DraftRevision.revision)
    )
    theirs = {path for path in {*base, *current} if base.get(path) != current.get(path)}
    return Comparison(
        revision=draft.revision,
        saves=tuple(SaveNote(row.revision, row.saver, row.saved_at, row.automatic) for row in rows),
        theirs=compare_packages(base, current),
        both=tuple(sorted(theirs & mine.keys())),
        files=current,
    )
