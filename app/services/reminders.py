"""People are told of their work: what is new, what is due soon, what is overdue. Each of it once, and one letter a person and time."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import contains_eager

from app.domain.reminding import group_slot, is_office_time, warned_until
from app.persistence.models import ItemLetter, OutboxEntry, WorkItem
from app.persistence.upsert import insert_rows
from app.services.casework.deadlines import STANDING_STILL
from app.services.casework.item_receivers import receivers_of_items
from app.services.context import Context, Transaction
from app.services.letter_texts import PARTIES, About, about, digest
from app.services.letters import LETTER
from app.services.outbox_rows import post

TODO, DUE_SOON, OVERDUE = "todo", "due_soon", "overdue"
_AT_ONCE = 300
_SAME_STEP = timedelta(hours=1)
_OF_AN_ITEM = frozenset({TODO, DUE_SOON, OVERDUE, "reminded"})
"""With which the keys of letters begin that tell of a work item that is there: those of this module, and urging."""
_Moments = dict[str, datetime]
"""What the questions are asked with: the slot of the groups, now, and how far ahead is warned."""


def tell_new(context: Context) -> int:
    """Tell people of new work; return how many letters went into the outbox.

    Who is meant alone hears at once, groups of the staff at fixed times of a working day. What somebody has claimed is known to
    them, and what a letter of its own step told them of is not told twice. Safe to run in several workers at once.
    """
    with context.reading() as tx:
        if not _is_any(tx, TODO, _moments_of_new(tx)):
            return 0  # nothing to write: the lock is left to those who work
    with context.transaction() as tx:
        items = _untold(tx, TODO, _moments_of_new(tx))
        known = _told_by_letter(tx, items) | _begun_by(items)
        return _tell(tx, [item for item in items if item.claimed_at is None], TODO, marked=items, known=known)


def tell_due(context: Context) -> int:
    """Tell people of terms: one working day ahead, and when they have passed; return how many letters went into the outbox.

    Only while people are at work. An item whose whole term is shorter than the warning gets none.
    """
    with context.reading() as tx:
        calendar = tx.context.calendars.get(tx.session, now=tx.now)
        moments = {"now": tx.now, "horizon": warned_until(tx.now, calendar=calendar)}
        if not is_office_time(tx.now, calendar=calendar) or not any(_is_any(tx, kind, moments) for kind in (OVERDUE, DUE_SOON)):
            return 0
    with context.transaction() as tx:
        late = _untold(tx, OVERDUE, moments)
        letters = _tell(tx, late, OVERDUE, marked=late)
        soon = _untold(tx, DUE_SOON, moments)
        warned = [item for item in soon if item.due_at and warned_until(item.created_at, calendar=calendar) < item.due_at]
        return letters + _tell(tx, warned, DUE_SOON, marked=soon)


def _moments_of_new(tx: Transaction) -> _Moments:
    return {"slot": group_slot(tx.now, calendar=tx.context.calendars.get(tx.session, now=tx.now))}


@cache
def _not_told(kind: str) -> ColumnElement[bool]:
    """Return the condition of the open items of which nobody was told so. The clock asks at every tick, so it is built once.

    Parties do not sit at the desk all day, and few of them share an item: they hear at once, as does who is meant alone.
    """
    at_once = or_(WorkItem.assignee_id.is_not(None), WorkItem.role.in_(PARTIES))
    condition = {
        TODO: or_(at_once, WorkItem.created_at < bindparam("slot")),
        OVERDUE: WorkItem.due_at <= bindparam("now"),
        DUE_SOON: and_(WorkItem.due_at > bindparam("now"), WorkItem.due_at <= bindparam("horizon")),
    }[kind]
    told = exists().where(ItemLetter.work_item_id == WorkItem.id, ItemLetter.kind == kind)
    return and_(WorkItem.state == "open", condition, ~told, WorkItem.case_id.not_in(STANDING_STILL))


@cache
def _first(kind: str) -> Select[int]:
    return select(WorkItem.id).where(_not_told(kind)).limit(1)


def _is_any(tx: Transaction, kind: str, moments: _Moments) -> bool:
    return tx.session.scalar(_first(kind), moments) is not None


def _untold(tx: Transaction, kind: str, moments: _Moments) -> list[WorkItem]:
    """Lock open items of which nobody was told so; those that somebody is working on just now are left for the next time."""
    query = (
        select(WorkItem)
        .join(WorkItem.case)
        .options(contains_eager(WorkItem.case))
        .where(_not_told(kind))
        .order_by(WorkItem.id)
        .limit(_AT_ONCE)
        .with_for_update(of=WorkItem, skip_locked=True)
    )
    return list(tx.session.scalars(query, moments))


def _tell(
    tx: Transaction,
    items: Sequence[WorkItem],
    kind: str,
    *,
    marked: Sequence[WorkItem],
    known: frozenset[tuple[int, int]] = frozenset(),
) -> int:
    """Write the letters of a batch, and that it was told: of two workers the second fails here, and with it its letters."""
    insert_rows(tx.session, ItemLetter, [{"work_item_id": item.id, "kind": kind, "sent_at": tx.now} for item in marked])
    receivers = receivers_of_items(tx, items) if items else {}
    by_person: dict[int, list[About]] = defaultdict(list)
    for each in about(tx, items, kind) if items else ():
        for user_id in receivers.get(each.item.id, ()):
            if (each.item.case_id, user_id) not in known:
                by_person[user_id].append(each)
    rows = [digest(tx, told, to=user_id, kind=kind, key=_key(kind, told[0].item)) for user_id, told in by_person.items()]
    post(tx, rows)
    return len(rows)


def _key(kind: str, item: WorkItem) -> str:
    """Return what a letter is written once for: an item, and for a term that term, as the next one is told of anew."""
    return f"{kind}:{item.id}" if kind == TODO or item.due_at is None else f"{kind}:{item.id}:{item.due_at:%Y%m%d%H%M}"


def _begun_by(items: Sequence[WorkItem]) -> frozenset[tuple[int, int]]:
    """Return (case, account) of those who began a case and have its first work in front of them."""
    begun = [item.case for item in items if item.created_at == item.case.created_at]
    return frozenset((case.id, case.initiator_id) for case in begun if case.initiator_id is not None)


def _told_by_letter(tx: Transaction, items: Sequence[WorkItem]) -> frozenset[tuple[int, int]]:
    """Return (case, account) of those whom the step before told in a letter of its own, e.g. the candidate who is to consent.

    What they were told of another work item of the case within the hour says nothing of this one.
    """
    fresh = {item.case_id: item.created_at - _SAME_STEP for item in items if item.assignee_id is not None}
    if not fresh:
        return frozenset()
    query = select(OutboxEntry.case_id, OutboxEntry.key, OutboxEntry.created_at).where(
        OutboxEntry.kind == LETTER, OutboxEntry.case_id.in_(sorted(fresh)), OutboxEntry.created_at >= min(fresh.values())
    )
    found = ((case_id, key.split(":")) for case_id, key, at in tx.session.execute(query) if case_id and at >= fresh[case_id])
    of_steps = ((case_id, parts[3]) for case_id, parts in found if len(parts) > 4 and parts[4] not in _OF_AN_ITEM)
    return frozenset((case_id, int(user_id)) for case_id, user_id in of_steps if user_id.isdigit())
