"""Due timers and deadlines: found by index, fired once however many ticks were missed, and movable with a reason."""

import json
from datetime import datetime

from sqlalchemy import select, update

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.domain.working_days import last_day_of
from app.persistence.models import Case, PublicNotice, SelectionRound, Timer
from app.services import audit, cases
from app.services.context import Context, Transaction

NOTICE_END = "notice_end"


def fire_due(context: Context, *, limit: int = 200) -> int:
    """Fire the timers whose time has come, each in a transaction of its own; return how many fired."""
    with context.reading() as tx:
        due = tx.session.execute(
            select(Timer.id, Timer.case_id)
            .where(Timer.state == "open", Timer.due_at <= tx.now)
            .order_by(Timer.due_at)
            .limit(limit)
        ).all()
    return sum(_fire(context, row.id, row.case_id) for row in due)


def _fire(context: Context, timer_id: int, case_id: int) -> int:
    with context.transaction() as tx:
        timer = tx.session.scalars(
            select(Timer)
            .where(Timer.id == timer_id, Timer.state == "open", Timer.due_at <= tx.now)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if timer is None:
            return 0
        cases.fire_timer(tx, actor=SYSTEM, case_id=case_id, timer=timer)
        return 1


def sweep_barriers(context: Context) -> int:
    """Look again at every barrier that a round waits for; return how many rounds were looked at.

    Two cases that pass a stage in the same instant on PostgreSQL do not see each other and may both think that they were
    not the last. This net catches them within a tick.
    """
    with context.reading() as tx:
        rows = (
            tx.session.execute(select(Case.id).where(Case.kind == "round", Case.ended_at.is_(None), Case.waiting != "{}"))
            .scalars()
            .all()
        )
    for case_id in rows:
        with context.transaction() as tx:
            work, _ = cases.lock(tx, case_id, actor=SYSTEM)
            cases.look_at_barriers(work)
    return len(rows)


def move(context: Context, *, actor: Actor, case_id: int, name: str, to: datetime, reason: str) -> None:
    """Move a deadline of a round, e.g. extend the notice, with the timers that wait for it; needs the right and a reason."""
    if not is_permitted(actor, Permission.MOVE_DEADLINE):
        raise NotAllowed("deadline.move", "只有区人社局负责人可以调整时限。")
    if not reason.strip():
        raise DomainError("deadline.reason", "请写明调整时限的原因，它会记入办理过程。")
    with context.transaction() as tx:
        work, _ = cases.lock(tx, case_id, actor=actor)
        _move(tx, work.the_round, name=name, to=to)
        audit.record_on_case(
            tx,
            work.case,
            actor=actor,
            action="deadline_moved",
            subject=name,
            detail={"to": to.isoformat(), "reason": reason.strip()},
        )


def _move(tx: Transaction, round_: SelectionRound, *, name: str, to: datetime) -> None:
    deadlines = json.loads(round_.deadlines_json)
    if name not in deadlines:
        raise NotFound("deadline.unknown", "本轮次没有这个时限。")
    before = datetime.fromisoformat(deadlines[name])
    if to <= tx.now:
        raise DomainError("deadline.past", "新的时限应晚于现在。")
    deadlines[name] = to.isoformat()
    round_.deadlines_json = json.dumps(deadlines)
    if name == NOTICE_END:  # what the public reads ends when the timer does
        tx.session.execute(
            update(PublicNotice)
            .where(PublicNotice.round_id == round_.id, PublicNotice.state == "published")
            .values(ends_at=to, end_date=last_day_of(to).isoformat())
        )
    tx.session.execute(
        update(Timer).where(Timer.case_id == round_.case_id, Timer.state == "open", Timer.due_at == before).values(due_at=to)
    )
