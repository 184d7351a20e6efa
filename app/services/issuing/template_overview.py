"""The list of paper templates: every version with its state and how many papers were made with it, and the drafts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import NotAllowed
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import IssuedPaper, ProcedureDraft, TemplateVersion, User
from app.services.context import Context, Transaction


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
class TemplateDraftLine:
    """A draft in the list."""

    id: int
    title: str
    state: str
    revision: int
    changer: str
    changed_at: datetime
    reason: str
    reply: str


@dataclass(frozen=True)
class TemplateLine:
    """A template with its versions, newest first, and its drafts, last changed first."""

    key: str
    procedure: str
    name: str
    title: str
    versions: tuple[TemplateVersionLine, ...]
    drafts: tuple[TemplateDraftLine, ...]


def template_overview(context: Context, *, actor: Actor) -> list[TemplateLine]:
    """Return all paper templates (two statements). `NotAllowed` without the right to see procedures."""
    if actor != SYSTEM and not is_permitted(actor, Permission.SEE_PROCEDURES):
        raise NotAllowed("procedure.see", "您没有查看流程的权限。")
    with context.reading() as tx:
        versions, drafts = _versions(tx), _drafts(tx)
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
    found: dict[str, list[TemplateVersionLine]] = {}
    for row, made_by, checked_by, count in tx.session.execute(query):
        lines = found.setdefault(row.key, [])
        in_use = any(line.state == "current" for line in lines)
        state = "retired" if row.retired_at is not None else "earlier" if in_use else "current"
        lines.append(
            TemplateVersionLine(
                id=row.id,
                number=row.number,
                title=row.title,
                state=state,
                papers=count,
                deployed_at=row.deployed_at,
                deployed_by=made_by or "系统",
                confirmed_by=checked_by or "",
                reason=row.reason,
                content_hash=row.content_hash,
            )
        )
    return found


def _drafts(tx: Transaction) -> dict[str, list[TemplateDraftLine]]:
    query = (
        select(ProcedureDraft)
        .where(ProcedureDraft.state.in_(("draft", "waiting")), ProcedureDraft.paper != "")
        .order_by(ProcedureDraft.procedure, ProcedureDraft.paper, ProcedureDraft.changed_at.desc())
    )
    found: dict[str, list[TemplateDraftLine]] = {}
    for row in tx.session.scalars(query):
        line = TemplateDraftLine(row.id, row.title, row.state, row.revision, row.changer, row.changed_at, row.reason, row.reply)
        found.setdefault(f"{row.procedure}/{row.paper}", []).append(line)
    return found
