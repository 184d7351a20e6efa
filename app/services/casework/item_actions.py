"""What the holder of a work item may do beside completing it, where the diagram allows it: 转办 and 退回."""

from dataclasses import dataclass

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed
from app.engine import runtime
from app.engine.types import Advance, EngineError, Functions, NodeInfo, OperationCaller, Variable
from app.persistence.models import WorkItem
from app.persistence.queries import case_view
from app.services import audit
from app.services.casework import case_messages, cases, work_items
from app.services.casework.case_history import SENT_BACK
from app.services.casework.case_work import expression_functions
from app.services.casework.item_people import able_people, names_in
from app.services.casework.work_items import OpenItem
from app.services.context import Context, Transaction
from app.services.letters import send_letter

RETURN, TRANSFER, ADD_SIGNER, REMOVE_SIGNER = "return_to", "transfer", "add_signer", "remove_signer"
_LONGEST_REASON = 500


@dataclass(frozen=True)
class Way:
    """A step to which a case may be sent back, and the open steps that this takes away."""

    node_id: str
    title: str
    taken_away: tuple[str, ...]


def may_transfer(node: NodeInfo, item: WorkItem) -> bool:
    """Tell whether an item may be passed on: the diagram allows it, and the item is its group's and not meant for one person."""
    meant_for_one = item.assignee_id is not None and item.claimed_at is None
    return TRANSFER in names_in(node, "actions") and not meant_for_one


def may_return(node: NodeInfo) -> bool:
    """Tell whether the diagram lets a step send its case back."""
    return RETURN in names_in(node, "actions")


def receivers_of(tx: Transaction, opened: OpenItem) -> list[Actor]:
    """Return to whom the holder may pass an item: same role and unit, nobody whom separation of duties bars (two statements)."""
    item, actor = opened.item, opened.work.actor
    held_in = {grant.unit_id for grant in actor.grants if grant.role == item.role}
    units = held_in if item.scope_unit_id is None else {item.scope_unit_id}
    without = [] if actor.user_id is None else [actor.user_id]
    return able_people(tx, opened.work.case, node=opened.node, role=item.role, unit_ids=units, without=without)


def transfer(context: Context, *, actor: Actor, item_id: int, user_id: int, reason: str) -> str:
    """Pass a work item on to somebody of the same role and unit; return their name.

    Writes the item and the history; the receiver gets a letter. The receiver may give it back to the group.
    Raises what `work_items.take` raises, `NotAllowed` where the diagram does not allow it, `InvalidValues` for a person who may
    not have it.
    """
    why = reason_of(reason)
    with context.transaction() as tx:
        opened = work_items.take(tx, actor=actor, item_id=item_id, for_update=True)
        if not may_transfer(opened.node, opened.item):
            raise NotAllowed("item.transfer", "这一步不能转办，只能由您办理。如有特殊情况请联系流程管理员。")
        person = next((each for each in receivers_of(tx, opened) if each.user_id == user_id), None)
        if person is None:
            sentence = "这个人不能办理这一步：不在同一单位、没有相应角色，或者按规定应当回避。请另选一人。"
            raise InvalidValues("item.receiver", sentence, fields={"user": sentence})
        opened.item.assignee_id, opened.item.claimed_at = person.user_id, tx.now
        detail = {"item": item_id, "to": person.name, "to_id": person.user_id, "reason": why}
        audit.record_on_case(tx, opened.work.case, actor=actor, action="transferred", subject=opened.item.title, detail=detail)
        told = {"step": opened.item.title, "by": audit.signature(actor), "reason": why, "items": "1"}
        key = str(opened.work.case.audit_seq)
        assert person.user_id is not None
        send_letter(opened.work, "transferred", to=person.user_id, key=key, values=told, link=f"/work-items/{item_id}")
        case_messages.post(opened.work)
        return person.name


def ways_back(tx: Transaction, opened: OpenItem) -> list[Way]:
    """Return to which steps of its own past a case may be sent back, the newest first; the engine is asked of each (two
    statements).

    Steps that were cancelled or only sent back themselves do not count as done; one whose term has passed is not offered.
    """
    work, here = opened.work, opened.item
    items = case_view.items(tx.session, case_id=work.case.id)
    opened_now = select(WorkItem.task_id, WorkItem.title).where(WorkItem.case_id == work.case.id, WorkItem.state == "open")
    titles = {row.task_id: row.title for row in tx.session.execute(opened_now.order_by(WorkItem.id))}
    done = dict.fromkeys(row.node_id for row in reversed(items) if row.state == "done" and row.node_id != here.node_id)
    found = []
    for node_id in done:
        node = work.loaded.nodes[work.case.kind].get(node_id)
        result = None if node is None else _tried(opened, node_id)
        if node is not None and result is not None and not _is_late(result, node_id, tx):
            kept = {task.task_id for task in result.ready}
            away = [title for task_id, title in titles.items() if task_id not in kept and task_id != here.task_id]
            found.append(Way(node_id, node.name, tuple(dict.fromkeys(away))))
    return found


def send_back(context: Context, *, actor: Actor, item_id: int, node_id: str, reason: str) -> str:
    """Send a case back to a step that was done before; return the name of the step.

    Side effects: those of `cases.advance` (open steps that depend on it are cancelled), the item is kept as sent back, the reason
    stands in the history; whoever did the step before gets a letter at the next tick. Raises what `work_items.take` raises.
    """
    why = reason_of(reason)
    with context.transaction() as tx:
        opened = work_items.take(tx, actor=actor, item_id=item_id, for_update=True)
        work, item = opened.work, opened.item
        work.refuse_standing_still()
        if not may_return(opened.node):
            raise NotAllowed("item.return", "这一步不能退回。需要退回的，请在表单里选择相应的办理结果。")
        way = next((each for each in ways_back(tx, opened) if each.node_id == node_id), None)
        if way is None:
            raise InvalidValues("item.way", "请选择退回到哪一步。", fields={"node": "请选择退回到哪一步。"})
        item.state, item.completed_at, item.completed_by = "cancelled", tx.now, actor.user_id
        item.completer, item.decision = audit.signature(actor), SENT_BACK
        work.note("sent_back", subject=item.title, detail={"item": item.id, "to": way.title, "node": node_id, "reason": why})

        def step(call: OperationCaller, functions: Functions) -> Advance:
            return runtime.return_to(
                work.loaded.spec, opened.state.state, node_id=node_id, variables={}, call=call, functions=functions
            )

        cases.advance(work, step=step, state=opened.state)
        cases.flush(tx)
        return way.title


def _tried(opened: OpenItem, node_id: str) -> Advance | None:
    """Return what sending back would come to, None where the engine refuses it. Nothing is kept of the trial."""
    work = opened.work
    try:
        return runtime.return_to(
            work.loaded.spec,
            opened.state.state,
            node_id=node_id,
            variables={},
            call=_no_call,
            functions=expression_functions(work),
        )
    except (EngineError, DomainError):
        return None


def _is_late(result: Advance, node_id: str, tx: Transaction) -> bool:
    """A step whose term has passed already would be overdue the moment it comes back, e.g. filling in after the closing."""
    return any(task.node.node_id == node_id and task.due is not None and task.due <= tx.now for task in result.ready)


def _no_call(name: str, params: object, *, node: NodeInfo) -> Variable:
    raise Conflict("item.way", "退回的途中不能有业务操作。")


def reason_of(text: str) -> str:
    """Return a reason for the history. `InvalidValues` for none; cut to what a line of the history can hold."""
    reason = text.strip()[:_LONGEST_REASON]
    if not reason:
        raise InvalidValues("item.reason", "请写明原因，它会记入办理过程。", fields={"reason": "请写明原因，它会记入办理过程。"})
    return reason
