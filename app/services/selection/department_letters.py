"""Asking one department again, by one letter, about everybody of whom it has not said anything yet (domain handbook 1.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, func, select

from app.domain.actors import Actor
from app.domain.errors import NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import OrgUnit, SelectionRound, WorkItem
from app.services.casework import case_messages, cases
from app.services.context import Context, Transaction
from app.services.issuing.file_papers import ask_for
from app.services.selection.joint_checks import NODE

LETTER = "department_letter"


@dataclass(frozen=True)
class Silent:
    """A department that was asked and has not answered: about how many, and by when the first answer was due."""

    unit_id: int
    name: str
    count: int
    due_at: datetime | None


def silent_departments(tx: Transaction, *, round_id: int) -> Sequence[Silent]:
    """Return the departments whose answers are missing, whoever has waited longest first (one statement)."""
    open_items = (WorkItem.round_id == round_id, WorkItem.state == "open", WorkItem.node_id == NODE)
    first = func.min(WorkItem.due_at)
    query = (
        select(OrgUnit.id, OrgUnit.name, func.count(), first)
        .join(OrgUnit, cast(OrgUnit.id, String) == WorkItem.item)
        .where(*open_items)
        .group_by(OrgUnit.id, OrgUnit.name)
        .order_by(first, OrgUnit.id)
    )
    return [Silent(*row) for row in tx.session.execute(query)]


def ask_again(context: Context, *, actor: Actor, round_id: int, unit_id: int) -> str:
    """Have a letter made that asks a department about everybody on whom its answer is missing; return the department's name.

    The letters of each nominee stay as they are. `NotAllowed`; `NotFound` when the department has answered everything meanwhile.
    Puts an entry into the outbox, and writes the round's history.
    """
    if not is_permitted(actor, Permission.ASK_DEPARTMENT):
        raise NotAllowed("department.ask", "只有区人社局经办人可以再次发函征求意见。")
    with context.transaction() as tx:
        found = next((each for each in silent_departments(tx, round_id=round_id) if each.unit_id == unit_id), None)
        if found is None:
            raise NotFound("department.answered", "这个部门已经全部反馈，不需要再发函。请刷新页面查看。")
        case_id = tx.session.get_one(SelectionRound, round_id).case_id
        assert case_id is not None  # every round has its case from its first transaction on
        work, _ = cases.lock(tx, case_id, actor=actor)
        work.note("department_asked", subject=found.name, detail={"people": found.count})
        ask_for(work, LETTER, unit=unit_id)
        case_messages.post(work)
        return found.name
