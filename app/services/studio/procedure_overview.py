"""The list of the studio: every procedure with its versions, its drafts and how many cases run on each version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.domain.actors import Actor
from app.persistence.models import Case, ProcedureVersion, User
from app.services.context import Context, Transaction
from app.services.versions.draft_view import DraftLine, draft_lines
from app.services.versions.in_use import require_sight, states

_VERSIONS = (
    select(ProcedureVersion, User.name, func.count(Case.id), func.count(Case.id).filter(Case.ended_at.is_(None)))
    .outerjoin(User, User.id == ProcedureVersion.deployed_by)
    .outerjoin(Case, Case.procedure_version_id == ProcedureVersion.id)
    .group_by(ProcedureVersion.id, User.name)
    .order_by(ProcedureVersion.procedure, ProcedureVersion.number.desc())
)


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
class ProcedureLine:
    """A procedure with its versions, newest first, and its drafts, last changed first."""

    procedure: str
    title: str
    versions: tuple[VersionLine, ...]
    drafts: tuple[DraftLine, ...]


def overview(context: Context, *, actor: Actor) -> list[ProcedureLine]:
    """Return all procedures for the list of the studio (two statements)."""
    require_sight(actor)
    with context.reading() as tx:
        versions = _version_lines(tx)
        drafts = draft_lines(tx, papers=False)
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
    rows: dict[str, list[Any]] = {}
    for row in tx.session.execute(_VERSIONS):
        rows.setdefault(row[0].procedure, []).append(row)
    return {procedure: _lines(found) for procedure, found in rows.items()}


def _lines(rows: Sequence[Any]) -> list[VersionLine]:
    return [
        VersionLine(
            version.id, version.number, version.title, state, open_cases, cases, version.deployed_at, name or "系统",
            version.reason, version.content_hash,
        )
        for (version, name, cases, open_cases), state in zip(rows, states([row[0] for row in rows]), strict=True)
    ]  # fmt: skip
