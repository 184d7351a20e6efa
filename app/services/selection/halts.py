"""Suspending, resuming and cancelling a round: from any state, by the bureau's leader, on a decision (domain handbook 1.17)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update

from app.domain.actors import Actor
from app.domain.clock import local
from app.domain.errors import Conflict, InvalidValues, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.domain.working_days import Calendar, end_of_working_day, last_day_of
from app.persistence.models import Case, PublicNotice, SelectionRound, Timer, WorkItem
from app.services.casework import cases
from app.services.casework.cancelling import cancel
from app.services.casework.case_work import ROUND, CaseWork
from app.services.casework.deadlines import remind_anew
from app.services.casework.item_people import OBJECTION
from app.services.context import Context, Transaction

Shift = Callable[[datetime], datetime]

_WANTED = {"basis": "请写明依据的文件或会议纪要。", "reason": "请写明原因，参与办理的人和候选人都能看到。"}


@dataclass(frozen=True)
class Decision:
    """On what a round is halted: the document or the minutes, and the reason that everybody reads."""

    basis: str
    reason: str


def suspend(context: Context, *, actor: Actor, round_id: int, decision: Decision) -> None:
    """Let nothing of a round be completed and no time run out until it is resumed; objections go on being handled.

    Writes the round and the history. `NotAllowed` without the right, `Conflict` for a round that is over or suspended already.
    """
    with context.transaction() as tx:
        work = _locked(tx, actor, round_id, decision)
        if work.the_round.suspended_at is not None:
            raise Conflict("round.suspended", "本轮已经暂停，不必再次暂停。")
        work.the_round.suspended_at, work.the_round.suspension = tx.now, decision.reason.strip()
        _note(work, "round_suspended", decision)
        cases.flush(tx)


def resume(context: Context, *, actor: Actor, round_id: int, decision: Decision) -> int:
    """Let a suspended round go on; return by how many working days every time that lay ahead then is moved.

    Writes the round, its deadlines, open work items and timers, a published notice, and the history. Raises as `suspend` does.
    """
    with context.transaction() as tx:
        work = _locked(tx, actor, round_id, decision)
        since = work.the_round.suspended_at
        if since is None:
            raise Conflict("round.running", "本轮没有暂停，不必恢复。")
        days = _days_lost(work.calendar, since=local(since).date(), today=tx.today)
        if days:
            _shift(work, since, _later(work.calendar, days))
        work.the_round.suspended_at, work.the_round.suspension = None, ""
        _note(work, "round_resumed", decision, days=days)
        cases.flush(tx)
        return days


def cancel_round(context: Context, *, actor: Actor, round_id: int, decision: Decision) -> int:
    """End a round and every case of it that is open, in one transaction; return how many cases were ended beside the round.

    Writes what `cancelling.cancel` writes for each; candidates get a letter; a published notice is closed. Raises as `suspend` does.
    """
    with context.transaction() as tx:
        work = _locked(tx, actor, round_id, decision)
        round_ = work.the_round
        round_.nominations_open, round_.suspended_at, round_.suspension = False, None, ""
        _note(work, "round_cancelled", decision)
        notices = update(PublicNotice).where(PublicNotice.round_id == round_id, PublicNotice.state == "published")
        tx.session.execute(notices.values(state="closed"))
        cases.flush(tx)
        open_cases = select(Case.id).where(Case.round_id == round_id, Case.ended_at.is_(None), Case.kind != ROUND)
        ids = tx.session.scalars(open_cases.order_by(Case.id)).all()
        for case_id in (*ids, work.case.id):
            cancel(tx, actor=actor, case_id=case_id, reason=decision.reason.strip())
        return len(ids)


def _locked(tx: Transaction, actor: Actor, round_id: int, decision: Decision) -> CaseWork:
    if not is_permitted(actor, Permission.HALT_ROUND):
        raise NotAllowed("round.halt", "只有区人社局负责人可以暂停、恢复或取消评选。")
    round_ = tx.session.get(SelectionRound, round_id)
    if round_ is None or round_.case_id is None:
        raise NotFound("round.unknown", "没有找到这个评选轮次。请从轮次列表重新进入。")
    given = {"basis": decision.basis, "reason": decision.reason}
    missing = {name: sentence for name, sentence in _WANTED.items() if not given[name].strip()}
    if missing:
        raise InvalidValues("form.value", "".join(missing.values()), fields=missing)
    work, case = cases.lock(tx, round_.case_id, actor=actor)
    if case.ended_at is not None:
        raise Conflict("round.over", "本轮已经办结，不能再暂停或取消。")
    return work


def _note(work: CaseWork, action: str, decision: Decision, **detail: object) -> None:
    told = {"basis": decision.basis.strip(), "reason": decision.reason.strip(), **detail}
    work.note(action, subject=work.the_round.title, detail=told)


def _days_lost(calendar: Calendar, *, since: date, today: date) -> int:
    """Return the working days of a suspension: who resumes on a day off leaves people the next working day, and no term in the past."""
    if today == since:
        return 0
    return calendar.working_days_between(since, calendar.add_working_days(today, 1, counting="inclusive").date)


def _later(calendar: Calendar, days: int) -> Shift:
    return lambda due: end_of_working_day(calendar.add_working_days(last_day_of(due), days).date)


def _shift(work: CaseWork, since: datetime, shift: Shift) -> None:
    """Move what lay ahead when the round was suspended, and have people reminded of it anew: what was late then stays late."""
    session, round_ = work.tx.session, work.the_round
    moments = {name: datetime.fromisoformat(moment) for name, moment in json.loads(round_.deadlines_json).items()}
    moved = {name: shift(moment) if moment >= since else moment for name, moment in moments.items()}
    round_.deadlines_json = json.dumps({name: moment.isoformat() for name, moment in moved.items()})
    theirs = select(Case.id).where(Case.round_id == round_.id, Case.kind != OBJECTION)
    moving = (WorkItem.case_id.in_(theirs), WorkItem.state == "open", WorkItem.due_at >= since)
    remind_anew(work.tx, session.scalars(select(WorkItem.id).where(*moving)).all())
    for model in (WorkItem, Timer):
        _shift_rows(work, model, since, shift, of=model.case_id.in_(theirs))
    ahead = (PublicNotice.round_id == round_.id, PublicNotice.state == "published", PublicNotice.ends_at >= since)
    for notice in session.scalars(select(PublicNotice).where(*ahead)):
        assert notice.ends_at is not None
        notice.ends_at = shift(notice.ends_at)
        notice.end_date = last_day_of(notice.ends_at).isoformat()


def _shift_rows(work: CaseWork, model: type[WorkItem | Timer], since: datetime, shift: Shift, *, of: ColumnElement[bool]) -> None:
    """One statement for every moment, however many rows share it."""
    ahead = (of, model.state == "open", model.due_at >= since)
    moments = work.tx.session.scalars(select(model.due_at).where(*ahead).distinct()).all()
    for due in sorted((each for each in moments if each is not None), reverse=True):  # the last first: none is moved twice
        work.tx.session.execute(update(model).where(*ahead, model.due_at == due).values(due_at=shift(due)))
