"""Papers of a round that were asked for and are not there: why, and how they are made once more."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from app.domain.actors import Actor
from app.domain.errors import Conflict, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import Case, Incident, OutboxEntry
from app.persistence.queries import round_papers
from app.services import audit
from app.services.context import Context, Transaction
from app.services.issuing import official_documents
from app.services.issuing.file_paper_kinds import KINDS, may_read
from app.services.issuing.file_papers import PAPER
from app.services.outbox import SOURCE
from app.services.selection import notices, payments

_TITLES = {official_documents.PDF: "决定", notices.PDF: "公示", payments.PDF: "奖金发放表"}
"""Kinds of outbox entries -> the paper that they make; certificates are made in batches, which have a page of their own."""
_OUR_FAULT = "outbox.failed"


@dataclass(frozen=True)
class Unmade:
    """A paper that is not there yet. Without a `reason` it waits for its turn, and then nothing can be done about it."""

    entry_id: int
    title: str
    number: str
    asked_at: datetime
    reason: str


def unmade_papers(tx: Transaction, *, actor: Actor, round_id: int) -> list[Unmade]:
    """Return the papers of a round that were asked for and are not made, the oldest first, of those that the actor may read."""
    found = []
    for row in round_papers.unmade(tx.session, round_id=round_id, kinds=[PAPER, *_TITLES]):
        kind = json.loads(row.payload).get("paper", "")
        if may_read(actor, kind):
            title = KINDS[kind].title if row.kind == PAPER else _TITLES[row.kind]
            found.append(Unmade(row.id, title, row.number, row.created_at, _reason(row.error)))
    return found


def make_again(context: Context, *, actor: Actor, round_id: int, entry_id: int) -> str:
    """Have a paper that failed made at once; return its title. Writes the outbox, closes its incident, notes it in the case's history.

    `NotFound` for what is no paper of the round that the actor may read, `Conflict` for one that is made or waits for its turn.
    """
    if not is_permitted(actor, Permission.REMAKE_PAPER):
        raise NotAllowed("paper.remake", "只有区人社局经办人、发文承办人和档案员可以重新制作文书。")
    with context.transaction() as tx:
        paper = next((each for each in unmade_papers(tx, actor=actor, round_id=round_id) if each.entry_id == entry_id), None)
        if paper is None:
            raise NotFound("paper.made", "没有找到这份待生成的文书，可能已经生成。请刷新轮次页面查看。")
        if not paper.reason:
            raise Conflict("paper.waiting", "这份文书正在排队或制作，不需要重新制作。请过一会儿刷新查看。")
        entry = tx.session.get_one(OutboxEntry, entry_id, with_for_update=True)
        _begin_anew(tx, entry, actor=actor)
        case = tx.session.get_one(Case, entry.case_id, with_for_update=True)
        told: Mapping[str, Any] = {"paper": paper.title, "reason": paper.reason}
        audit.record_on_case(tx, case, actor=actor, action="paper_remade", subject=paper.title, detail=told)
        return paper.title


def _begin_anew(tx: Transaction, entry: OutboxEntry, *, actor: Actor) -> None:
    entry.state, entry.attempts, entry.next_at, entry.error = "pending", 0, tx.now, ""
    about = (Incident.source == f"{SOURCE}{entry.id}", Incident.closed_at.is_(None))
    tx.session.execute(update(Incident).where(*about).values(closed_at=tx.now, closed_by=actor.user_id))
    tx.leaving = True


def _reason(error: str) -> str:
    code, _, message = error.partition(": ")
    return "程序出错，细节已记入日志。请联系系统管理员。" if code == _OUR_FAULT else message
