"""The term of an objection: set when it comes in, extended once by the bureau with a reason (domain handbook 1.12)."""

from datetime import datetime

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Conflict, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.domain.working_days import last_day_of
from app.persistence.models import Case, Objection, WorkItem
from app.services.casework import cases
from app.services.casework.case_work import CaseWork
from app.services.casework.deadlines import put_off
from app.services.casework.form_values import refusal
from app.services.casework.item_people import OBJECTION
from app.services.context import Context, Transaction


def begin_term(work: CaseWork) -> None:
    """Give the objection of a case that has just begun the term of the round: the objector is answered within it."""
    work.case.term_at = work.calendar.due_at(work.tx.now, work.settings.objection_days)


def may_extend(tx: Transaction, *, actor: Actor, case: Case) -> bool:
    """Tell whether the actor may extend the term of this case now (one statement at most)."""
    if case.kind != OBJECTION or case.ended_at is not None or not is_permitted(actor, Permission.MOVE_DEADLINE):
        return False
    extended = select(Objection.extended_at).where(Objection.case_id == case.id)
    return case.term_at is not None and tx.session.scalar(extended) is None


def extend(context: Context, *, actor: Actor, case_id: int, reason: str) -> datetime:
    """Extend the term of an objection by what the round allows and return the new end; once, and with a reason.

    Writes the objection, the case, the work items that had to be done by the old end, and the history; who has them is reminded anew.
    """
    if not is_permitted(actor, Permission.MOVE_DEADLINE):
        raise NotAllowed("objection.extend", "只有区人社局负责人可以延长异议办理期限。")
    if not reason.strip():
        raise refusal("reason", "请写明延长的理由，它会记入办理过程。")
    with context.transaction() as tx:
        work, case = cases.lock(tx, case_id, actor=actor)
        objection = tx.session.get(Objection, case_id)
        if objection is None or case.term_at is None:
            raise NotFound("objection.unknown", "没有找到这件异议，或者它没有办理期限。请从工作台重新进入。")
        if case.ended_at is not None:
            raise Conflict("objection.over", "这件异议已经办结，不需要延长。")
        if objection.extended_at is not None:
            raise Conflict("objection.extended", "这件异议已经延长过一次，不能再延长。")
        before, after = case.term_at, work.calendar.due_at(case.term_at, work.settings.objection_extension_days)
        case.term_at, objection.extended_at, objection.extension = after, tx.now, reason.strip()
        put_off(tx, WorkItem.case_id == case_id, WorkItem.due_at == before, to=after)
        work.note("term_extended", detail={"to": last_day_of(after).isoformat(), "reason": reason.strip()})
        cases.flush(tx)
        return after
