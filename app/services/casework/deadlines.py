"""Due timers and deadlines: found by index, fired once however many ticks were missed, and movable with a reason."""

import logging
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, String, bindparam, cast, delete, exists, literal, select, update

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import DomainError, NotAllowed, NotFound, TryAgain
from app.domain.permissions import Permission, is_permitted
from app.domain.working_days import last_day_of
from app.engine.types import EngineError
from app.persistence.models import Case, Incident, ItemLetter, PublicNotice, SelectionRound, Timer, WorkItem
from app.services import audit
from app.services.casework import case_messages, cases, incidents
from app.services.casework.case_work import CaseWork
from app.services.casework.item_people import OBJECTION
from app.services.context import Context, Transaction

_log = logging.getLogger(__name__)

NOTICE_END = "notice_end"
_SOURCE = "timer:"
"""How an incident names the timer that it is about."""
STANDING_STILL = (
    select(Case.id)
    .join(SelectionRound, SelectionRound.id == Case.round_id)
    .where(SelectionRound.suspended_at.is_not(None), Case.kind != OBJECTION)
)
"""The cases whose time stands still: those of a suspended round, but for the objections."""
_HELD_UP = exists().where(
    Incident.case_id == Timer.case_id, Incident.source == literal(_SOURCE) + cast(Timer.id, String), Incident.closed_at.is_(None)
)
_DUE = (
    select(Timer.id, Timer.case_id)
    .where(Timer.state == "open", Timer.due_at <= bindparam("now"), Timer.case_id.not_in(STANDING_STILL), ~_HELD_UP)
    .order_by(Timer.due_at)
    .limit(bindparam("most"))
)
_WITH_BARRIERS = select(Case.id).where(Case.kind == "round", Case.ended_at.is_(None), Case.waiting != "{}")


def fire_due(context: Context, *, limit: int = 200) -> int:
    """Fire the timers whose time has come, each in a transaction of its own; return how many fired.

    One that cannot go off becomes an incident and stands in nobody's way; it is tried again when the incident is closed.
    """
    with context.reading() as tx:
        due = tx.session.execute(_DUE, {"now": tx.now, "most": limit}).all()
    return sum(_fire(context, row.id, row.case_id) for row in due)


def _fire(context: Context, timer_id: int, case_id: int) -> int:
    try:
        with context.transaction() as tx:
            return int(cases.fire_timer(tx, actor=SYSTEM, case_id=case_id, timer_id=timer_id) is not None)
    except TryAgain:
        return 0  # the database is busy: the timer is open still, and the next tick comes in a minute
    except (DomainError, EngineError) as error:
        _give_up(context, timer_id, case_id, code=error.code, message=error.message)
    except Exception as error:  # noqa: BLE001  # a bug in one case must not hold up the others
        _log.exception("timer %s failed", timer_id)
        _give_up(context, timer_id, case_id, code="timer.failed", message=f"{type(error).__name__}: {error}")
    return 0


def _give_up(context: Context, timer_id: int, case_id: int, *, code: str, message: str) -> None:
    """Write down that a timer cannot go off, once, however many workers have found it out."""
    with context.transaction() as tx:
        cases.lock(tx, case_id, actor=SYSTEM)
        incidents.open_once(tx, case_id=case_id, code=code, message=message, source=f"{_SOURCE}{timer_id}")


def sweep_barriers(context: Context) -> int:
    """Look again at every barrier that a round waits for; return how many rounds were looked at.

    Two cases that pass a stage in the same instant on PostgreSQL do not see each other and may both think that they were
    not the last. This net catches them within a tick.
    """
    with context.reading() as tx:
        rows = tx.session.scalars(_WITH_BARRIERS).all()
    for case_id in rows:
        with context.transaction() as tx:
            work, _ = cases.lock(tx, case_id, actor=SYSTEM)
            case_messages.look_at_barriers(work)
    return len(rows)


def move(context: Context, *, actor: Actor, case_id: int, name: str, to: datetime, reason: str) -> None:
    """Move a deadline of a round that is still ahead, e.g. extend the notice; needs the right and a reason.

    Writes the round, the timers that wait for it, the open work items that are due by it, a published notice, and the history.
    """
    if not is_permitted(actor, Permission.MOVE_DEADLINE):
        raise NotAllowed("deadline.move", "只有区人社局负责人可以调整时限。")
    if not reason.strip():
        raise DomainError("deadline.reason", "请写明调整时限的原因，它会记入办理过程。")
    with context.transaction() as tx:
        work, _ = cases.lock(tx, case_id, actor=actor)
        work.refuse_standing_still(besides="恢复时，时限会自动顺延。")  # and would move the new day by the suspension once more
        _move(tx, work, name=name, to=to)
        audit.record_on_case(
            tx,
            work.case,
            actor=actor,
            action="deadline_moved",
            subject=name,
            detail={"to": to.isoformat(), "reason": reason.strip()},
        )


def put_off(tx: Transaction, *meant: ColumnElement[bool], to: datetime) -> None:
    """Give open work items another term; who has them is reminded of it anew (three statements)."""
    ids = tx.session.scalars(select(WorkItem.id).where(WorkItem.state == "open", *meant)).all()
    tx.session.execute(update(WorkItem).where(WorkItem.id.in_(ids)).values(due_at=to))
    remind_anew(tx, ids)


def remind_anew(tx: Transaction, item_ids: Collection[int]) -> None:
    """Forget that anybody was told of the terms of work items, which are others now; that there is work they know (one statement)."""
    told = (ItemLetter.work_item_id.in_(item_ids), ItemLetter.kind.in_(("due_soon", "overdue")))
    tx.session.execute(delete(ItemLetter).where(*told))


def _due_by(work: CaseWork, name: str) -> list[str]:
    """Return the steps whose term is a deadline: that of another step may end at the same moment, and is its own."""
    call = f'deadline("{name}")'
    nodes = (node for of_kind in work.loaded.nodes.values() for node in of_kind.values())
    return sorted({node.node_id for node in nodes if call in node.properties.get("due", "").replace("'", '"')})


def _move(tx: Transaction, work: CaseWork, *, name: str, to: datetime) -> None:
    round_, before = work.the_round, work.deadline(name)
    if before is None:
        raise NotFound("deadline.unknown", "本轮次没有这个时限。")
    if to <= tx.now:
        raise DomainError("deadline.past", "新的时限应晚于现在。")
    if before <= tx.now:  # what it was waited for has happened: another day would be shown, and change nothing
        raise DomainError("deadline.over", "这个时限已经过去，不能再调整。请刷新轮次页面，查看现在进行到哪一步。")
    work.set_deadline(name, to)
    if name == NOTICE_END:  # what the public reads ends when the timer does
        tx.session.execute(
            update(PublicNotice)
            .where(PublicNotice.round_id == round_.id, PublicNotice.state == "published")
            .values(ends_at=to, end_date=last_day_of(to).isoformat())
        )
    tx.session.execute(
        update(Timer).where(Timer.case_id == round_.case_id, Timer.state == "open", Timer.due_at == before).values(due_at=to)
    )
    theirs = WorkItem.case_id.in_(select(Case.id).where(Case.round_id == round_.id))
    put_off(tx, theirs, WorkItem.node_id.in_(_due_by(work, name)), WorkItem.due_at == before, to=to)
