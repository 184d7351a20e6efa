"""The list of paper templates: every version with its state and how many papers were made with it, and the drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.domain.actors import Actor
from app.persistence.models import IssuedPaper, TemplateVersion, User
from app.services.context import Context, Transaction
from app.services.versions.draft_view import DraftLine, draft_lines
from app.services.versions.in_use import require_sight, states


@dataclass(frozen=True)
class TemplateVersionLine:
    """A version in the list: its state (`current`, `earlier`, `retired`), the papers made with it, who deployed it and why."""

    id: int
    number: int
    title: str
    state: str
    papers: int
    deployed_at: datetime
    deployed_by: str
    confirmed_by: str
    reason: str
    content_hash: str


@dataclass(frozen=True)
class TemplateLine:
    """A template with its versions, newest first, and its drafts, last changed first."""

    key: str
    procedure: str
    name: str
    title: str
    versions: tuple[TemplateVersionLine, ...]
    drafts: tuple[DraftLine, ...]


def template_overview(context: Context, *, actor: Actor) -> list[TemplateLine]:
    """Return all paper templates (two statements). `NotAllowed` without the right to see procedures."""
    require_sight(actor)
    with context.reading() as tx:
        versions, drafts = _versions(tx), draft_lines(tx, papers=True)
    return [
        TemplateLine(
            key=key,
            procedure=key.partition("/")[0],
            name=key.partition("/")[2],
            title=versions[key][0].title if key in versions else drafts[key][0].title,
            versions=tuple(versions.get(key, ())),
            drafts=tuple(drafts.get(key, ())),
        )
        for key in sorted({*versions, *drafts})
    ]


def _versions(tx: Transaction) -> dict[str, list[TemplateVersionLine]]:
    maker, checker = aliased(User), aliased(User)
    papers = select(func.count(IssuedPaper.id)).where(IssuedPaper.template_version_id == TemplateVersion.id).scalar_subquery()
    query = (
        select(TemplateVersion, maker.name, checker.name, papers)
        .outerjoin(maker, maker.id == TemplateVersion.deployed_by)
        .outerjoin(checker, checker.id == TemplateVersion.confirmed_by)
        .order_by(TemplateVersion.key, TemplateVersion.number.desc())
    )
    rows: dict[str, list[Any]] = {}
    for row in tx.session.execute(query):
        rows.setdefault(row[0].key, []).append(row)
    return {key: _lines(found) for key, found in rows.items()}


def _lines(rows: Sequence[Any]) -> list[TemplateVersionLine]:
    return [
        TemplateVersionLine(
            id=row.id, number=row.number, title=row.title, state=state, papers=count, deployed_at=row.deployed_at,
            deployed_by=made_by or "系统", confirmed_by=checked_by or "", reason=row.reason, content_hash=row.content_hash,
        )
        for (row, made_by, checked_by, count), state in zip(rows, states([row[0] for row in rows]), strict=True)
    ]  # fmt: skip
