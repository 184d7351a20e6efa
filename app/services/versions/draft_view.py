"""Drafts as pages show them: one that is opened, and the lists of those that are being worked on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.actors import Actor
from app.persistence.models import ProcedureDraft
from app.services.context import Context, Transaction
from app.services.versions.draft_files import files_of, find, require_right

_LINES = (
    select(ProcedureDraft)
    .where(ProcedureDraft.state.in_(("draft", "waiting")))
    .order_by(ProcedureDraft.procedure, ProcedureDraft.paper, ProcedureDraft.changed_at.desc())
)
_OF_PROCEDURES, _OF_PAPERS = _LINES.where(ProcedureDraft.paper == ""), _LINES.where(ProcedureDraft.paper != "")


@dataclass(frozen=True)
class OpenDraft:
    """A draft as the editor opens it; `paper` is the name of a template, empty for a procedure."""

    id: int
    procedure: str
    paper: str
    title: str
    state: str
    revision: int
    base_version_id: int | None
    base_template_id: int | None
    reason: str
    reply: str
    changer: str
    changed_at: datetime
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class DraftLine:
    """A draft in a list."""

    id: int
    title: str
    state: str
    revision: int
    changer: str
    changed_at: datetime
    reason: str
    reply: str
    submitted_by: int | None


def open_draft(context: Context, *, actor: Actor, draft_id: int) -> OpenDraft:
    """Return a draft with its files. `NotFound` for what does not exist or was discarded."""
    require_right(actor)
    with context.reading() as tx:
        draft = find(tx, draft_id)
        names = [name for name in OpenDraft.__dataclass_fields__ if name != "files"]
        return OpenDraft(**{name: getattr(draft, name) for name in names}, files=files_of(tx, draft_id))


def draft_lines(tx: Transaction, *, papers: bool) -> dict[str, list[DraftLine]]:
    """Return the drafts of procedures, or of paper templates by their key, last changed first (one statement)."""
    found: dict[str, list[DraftLine]] = {}
    for row in tx.session.scalars(_OF_PAPERS if papers else _OF_PROCEDURES):
        line = DraftLine(**{name: getattr(row, name) for name in DraftLine.__dataclass_fields__})
        found.setdefault(f"{row.procedure}/{row.paper}" if papers else row.procedure, []).append(line)
    return found
