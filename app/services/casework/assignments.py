"""Work that nobody can do is given to somebody who holds its role."""

from app.domain.actors import ROLE_TITLES, Actor, Role
from app.domain.errors import Conflict, DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import Case, WorkItem
from app.persistence.queries import unassigned
from app.services import audit
from app.services.casework import case_messages, cases
from app.services.casework.item_people import able_people
from app.services.context import Context, Transaction
from app.services.letters import send_letter


def able_to_take(tx: Transaction, *, item_id: int) -> list[Actor]:
    """Return who may be given a work item: who holds its role in any unit and need not keep away (four statements at most)."""
    item = tx.session.get_one(WorkItem, item_id)
    case = tx.session.get_one(Case, item.case_id)
    node = tx.context.procedures.get(tx.session, case.procedure_version_id).node(case.kind, item.node_id)
    return able_people(tx, case, node=node, role=item.role, unit_ids=None)


def assign(context: Context, *, actor: Actor, item_id: int, user_id: int, reason: str) -> None:
    """Give a stranded work item to a person who holds its role in some unit.

    Writes the item, the history of the case and a letter to the person. Refuses an item that somebody can do, no reason, and a
    person without the role, or whom a recusal or separation of duties keeps away: it would be theirs, and nobody could do it.
    """
    if not (is_permitted(actor, Permission.REASSIGN_WORK) or is_permitted(actor, Permission.MEND_INCIDENT)):
        raise NotAllowed("item.reassign", "只有流程管理员或区人社局负责人可以指派待办。")
    if not reason.strip():
        raise DomainError("item.reason", "请写明指派的原因，它会记入办理过程。")
    with context.transaction() as tx:
        item = tx.session.get(WorkItem, item_id)
        if item is None:
            raise NotFound("item.unknown", "没有找到这项待办。请返回列表重新选择。")
        work, _ = cases.lock(tx, item.case_id, actor=actor)
        if item.state != "open" or unassigned.one(tx.session, item_id=item_id) is None:
            raise Conflict("item.held", "这项待办已经有人可以办理，不需要指派。请刷新后查看。")
        person = next((each for each in able_to_take(tx, item_id=item_id) if each.user_id == user_id), None)
        if person is None:
            title = ROLE_TITLES[Role(item.role)]
            raise DomainError("item.role", f"所选的人不是“{title}”，或者应当回避。请重新选择，或请安全管理员先授予该角色。")
        item.assignee_id, item.claimed_at = user_id, None
        why = reason.strip()[:500]
        detail = {"item": item.id, "to": person.name, "reason": why}
        audit.record_on_case(tx, work.case, actor=actor, action="reassigned", subject=item.title, detail=detail)
        told = {"step": item.title, "by": audit.signature(actor), "reason": why, "items": "1"}
        send_letter(work, "transferred", to=user_id, key=str(work.case.audit_seq), values=told, link=f"/work-items/{item.id}")
        case_messages.post(work)
