"""The list of the studio: every procedure with its versions, its drafts and how many cases run on each version."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.domain.actors import Actor
from app.domain.errors import NotAllowed
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import Case, ProcedureDraft, ProcedureVersion, User
from app.services.context import Context, Transaction


@dataclass(frozen=True)
class VersionLine:
    """A version in the list of the studio: its state (`current`, `earlier`, `retired`), its open cases, who deployed it and why."""

    id: int
    number: int
    title: str
    state: str
    open_cases: int
    cases: int
    deployed_at: datetime
    deployed_by: str
    reason: str
    content_hash: str


@dataclass(frozen=True)
class DraftLine:
    """A draft in the list of the studio."""

    id: int
    title: str
    state: str
    revision: int
    changer: str
    changed_at: datetime
    reason: str
    reply: str
    submitted_by: int | None


@dataclass(frozen=True)
class ProcedureLine:
    """A procedure with its versions, newest first, and its drafts, last changed first."""

    procedure: str
    title: str
    versions: tuple[VersionLine, ...]
    drafts: tuple[DraftLine, ...]


def overview(context: Context, *, actor: Actor) -> list[ProcedureLine]:
    """Return all procedures for the list of the studio (two statements)."""
    if not is_permitted(actor, Permission.SEE_PROCEDURES):
        raise NotAllowed("procedure.see", "您没有查看流程的权限。")
    with context.reading() as tx:
        versions = _version_lines(tx)
        drafts = _draft_lines(tx)
    return [
        ProcedureLine(
            procedure=name,
            title=versions[name][0].title if name in versions else drafts[name][0].title,
            versions=tuple(versions.get(name, ())),
            drafts=tuple(drafts.get(name, ())),
        )
        for name in sorted({*versions, *drafts})
    ]


def _version_lines(tx: Transaction) -> dict[str, list[VersionLine]]:
    maker = aliased(User)
    running = func.count(Case.id).filter(Case.ended_at.is_(None))
    query = (
        select(ProcedureVersion, maker.name, func.count(Case.id), running)
        .outerjoin(maker, maker.id == ProcedureVersion.deployed_by)
        .outerjoin(Case, Case.procedure_version_id == ProcedureVersion.id)
        .group_by(ProcedureVersion.id, maker.name)
        .order_by(ProcedureVersion.procedure, ProcedureVersion.number.desc())
    )
    found: dict[str, list[VersionLine]] = {}
    for version, name, cases, open_cases in tx.session.execute(query):
        lines = found.setdefault(version.procedure, [])
        in_use = any(line.state == "current" for line in lines)
        state = "retired" if version.retired_at is not None else "earlier" if in_use else "current"
        lines.append(
            VersionLine(
                version.id,
                version.number,
                version.title,
                state,
                open_cases,
                cases,
                version.deployed_at,
                name or "系统",
                version.reason,
                version.content_hash,
            )
        )
    return found


def _draft_lines(tx: Transaction) -> dict[str, list[DraftLine]]:
    query = (
        select(ProcedureDraft)
        .where(ProcedureDraft.state.in_(("draft", "waiting")), ProcedureDraft.paper == "")
        .order_by(ProcedureDraft.procedure, ProcedureDraft.changed_at.desc())
    )
    found: dict[str, list[DraftLine]] = {}
    for draft in tx.session.scalars(query):
        found.setdefault(draft.procedure, []).append(
            DraftLine(
                draft.id,
                draft.title,
                draft.state,
                draft.revision,
                draft.changer,
                draft.changed_at,
                draft.reason,
                draft.reply,
                draft.submitted_by,
            )
        )
    return found
