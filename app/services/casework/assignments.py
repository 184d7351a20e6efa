"""Work that nobody can do is given to somebody who holds its role."""

from sqlalchemy import select

from app.domain.actors import ROLE_TITLES, Actor, Role
from app.domain.errors import Conflict, DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import Recusal, RoleGrant, User, WorkItem
from app.persistence.queries import unassigned
from app.services import audit
from app.services.casework import case_messages, cases
from app.services.context import Context
from app.services.letters import send_letter


def assign(context: Context, *, actor: Actor, item_id: int, user_id: int, reason: str) -> None:
    """Give a stranded work item to a person who holds its role in some unit; separation of duties is judged when they take it.

    Writes the item, the history of the case and a letter to the person. Refuses an item that somebody can do, a person without
    the role or recused from the case, no reason.
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
        holds = select(User).join(RoleGrant, RoleGrant.user_id == User.id).where(User.id == user_id, User.active)
        away = select(Recusal.user_id).where(Recusal.case_id == item.case_id)
        person = tx.session.scalars(holds.where(RoleGrant.role == item.role, User.id.not_in(away))).first()
        if person is None:
            title = ROLE_TITLES[Role(item.role)]
            raise DomainError("item.role", f"所选的人不是“{title}”，或者应当回避。请重新选择，或请安全管理员先授予该角色。")
        item.assignee_id, item.claimed_at = person.id, None
        why = reason.strip()[:500]
        detail = {"item": item.id, "to": person.name, "reason": why}
        audit.record_on_case(tx, work.case, actor=actor, action="reassigned", subject=item.title, detail=detail)
        told = {"step": item.title, "by": audit.signature(actor), "reason": why, "items": "1"}
        send_letter(work, "transferred", to=person.id, key=str(work.case.audit_seq), values=told, link=f"/work-items/{item.id}")
        case_messages.post(work)
