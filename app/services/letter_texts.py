"""What a letter about work says: which text, and what is filled into it."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain.actors import Role
from app.domain.clock import cn_date
from app.domain.working_days import last_day_of
from app.persistence.models import AuditEvent, Submission, WorkItem
from app.services.casework.case_history import SENT_BACK
from app.services.context import Transaction
from app.services.letters import letter_row, text_of

RETURNED, SENT_BACK_INSIDE = "returned", "sent_back"
"""A text of the package for who has to supplement; within the offices it would speak of the wrong thing."""
PARTIES = (Role.NOMINATING_UNIT.value, Role.CANDIDATE.value)
_MOST_LINES = 10
_NO_TERM = "规定时限"


@dataclass(frozen=True)
class About:
    """A work item that somebody is told of: by which text, with which further values."""

    item: WorkItem
    text: str
    values: Mapping[str, str]


def about(tx: Transaction, items: Sequence[WorkItem], kind: str) -> list[About]:
    """Return what is said of each work item (three statements at most for new ones, none for others).

    New work that came back from a later step is told as such, with the reason; a step for which the package has a text of its
    own (named like the step) by that.
    """
    calendar = tx.context.calendars.get(tx.session, now=tx.now)
    back = _ways_back(tx, items) if kind == "todo" else {}
    found = []
    for item in items:
        late = str(-calendar.remaining(tx.now, item.due_at)) if item.due_at else ""
        values = {"step": item.title, "due": due_words(item.due_at), "days_late": late, "count": "1", "items": "1"}
        own = kind == "todo" and text_of(tx, item.node_id, version_id=item.case.procedure_version_id) is not None
        text = _text_back(item) if item.id in back else item.node_id if own else kind
        found.append(About(item, text, {**values, **back.get(item.id, {})}))
    return found


def digest(tx: Transaction, told: Sequence[About], *, to: int, kind: str, key: str) -> dict[str, Any]:
    """Return the outbox entry of one letter to one person about all that they are told of now: one item in full, more as a list."""
    first = told[0]
    if len({(each.text, each.item.node_id) for each in told}) == 1 and (len(told) == 1 or first.text == first.item.node_id):
        values = {**first.values, "count": str(len(told)), "items": str(len(told))}
        case, link = first.item.case, f"/work-items/{first.item.id}" if len(told) == 1 else "/desk"
        return letter_row(tx, first.text, to=to, key=key, values=values, case=case, link=link)
    lines = [f"· {each.item.title}：{each.item.case.title}" for each in told[:_MOST_LINES]]
    lines += ["· ……"] if len(told) > _MOST_LINES else []
    values = {"count": str(len(told)), "items": str(len(told)), "lines": "\n".join(lines)}
    return letter_row(tx, f"{kind}_many", to=to, key=key, values=values, link="/desk")


def due_words(due_at: datetime | None) -> str:
    """Return the last day of a term for a text."""
    if due_at is None:
        return _NO_TERM
    return cn_date(last_day_of(due_at))


def _ways_back(tx: Transaction, items: Sequence[WorkItem]) -> dict[int, dict[str, str]]:
    """Find the items whose case came back to them from a later stage, or was sent back; with by whom, and why."""
    wanted = sorted({item.case_id for item in items})
    done: dict[int, list[WorkItem]] = defaultdict(list)
    query = select(WorkItem).where(WorkItem.case_id.in_(wanted), WorkItem.completed_at.is_not(None))
    for row in tx.session.scalars(query.order_by(WorkItem.completed_at, WorkItem.id)):
        done[row.case_id].append(row)
    senders = {}
    for item in items:
        for before in done[item.case_id]:
            if before.completed_at == item.created_at and _is_back(tx, item, before):  # one step does both
                senders[item.id] = before
    why = _reasons(tx, list(senders.values()))
    return {
        item_id: {"by_unit": row.completer.split(" · ", 1)[0], "opinion": why.get(row.id, "")} for item_id, row in senders.items()
    }


def _text_back(item: WorkItem) -> str:
    return RETURNED if item.role in PARTIES else SENT_BACK_INSIDE


def _is_back(tx: Transaction, item: WorkItem, before: WorkItem) -> bool:
    if before.decision == SENT_BACK:
        return True
    kind = tx.context.procedures.get(tx.session, item.case.procedure_version_id).procedure.case_kinds[item.case.kind]
    known = {stage.id for stage in kind.stages}
    return {item.stage, before.stage} <= known and kind.order_of(item.stage) < kind.order_of(before.stage)


def _reasons(tx: Transaction, rows: Sequence[WorkItem]) -> dict[int, str]:
    """By item what was written when it was completed, or why it was sent back."""
    if not rows:
        return {}
    found: dict[int, str] = {}
    written = select(Submission.work_item_id, Submission.values_json).where(Submission.work_item_id.in_([row.id for row in rows]))
    for item_id, values in tx.session.execute(written):
        found[item_id or 0] = str(json.loads(values).get("opinion") or "")
    streams = {f"case:{row.case_id}" for row in rows if row.decision == SENT_BACK}
    events = select(AuditEvent).where(AuditEvent.stream.in_(sorted(streams)), AuditEvent.action == "sent_back")
    for event in tx.session.scalars(events) if streams else ():
        detail = json.loads(event.detail)
        found[detail["item"]] = detail["reason"]
    return found
