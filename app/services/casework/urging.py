"""催办: whoever waits for a case urges those who have it in hand, once a day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.clock import local
from app.domain.errors import Conflict, DomainError, NotFound
from app.domain.permissions import CaseFacts, as_reader, may_read_submission, may_remind
from app.engine.types import NodeInfo
from app.persistence.models import Case, ItemLetter, WorkItem
from app.persistence.queries import access
from app.persistence.upsert import insert_rows
from app.services import audit
from app.services.casework import case_messages, cases
from app.services.casework.case_work import CaseWork
from app.services.casework.forms import readers_of
from app.services.casework.item_receivers import receivers_of_items
from app.services.context import Context, Transaction
from app.services.letters import send_letter


def may_urge(case: Case, *, actor: Actor) -> bool:
    """Tell whether the actor may urge those who have a case; whether there is anybody, and whether it was done today, shows then."""
    return case.ended_at is None and may_remind(actor, initiator_id=case.initiator_id, owner_unit_id=case.owner_unit_id)


def urge(context: Context, *, actor: Actor, case_id: int) -> str:
    """Send a letter to those who have a case in hand and whose step the actor may know of; return the names of the steps.

    Writes the letters, the day and the history. `NotFound` for strangers, `Conflict` when it was done today already, `DomainError`
    when the case waits for nobody else.
    """
    with context.transaction() as tx:
        work, _ = cases.lock(tx, case_id, actor=actor)  # first: what was read before a wait for it is old
        seen = access.see_case(tx.session, actor=actor, case_id=case_id)
        if seen is None or not may_urge(seen.case, actor=actor):
            raise NotFound("case.unknown", "没有找到这件办件，或者它不能由您催办。请从工作台重新进入。")
        items = _known(work, seen.facts)
        receivers = {
            item_id: [one for one in ids if one != actor.user_id] for item_id, ids in receivers_of_items(tx, items).items()
        }
        urged = [item for item in items if receivers.get(item.id)]
        if not urged:
            raise DomainError("urge.nobody", "这件办件现在没有在等其他人办理，不需要催办。")
        kind = f"reminded:{local(tx.now).date().isoformat()}"
        fresh = _not_yet(tx, urged, kind)
        if not fresh:
            raise Conflict("urge.today", "今天已经催办过了，对方已收到通知，请明天再催。")
        insert_rows(tx.session, ItemLetter, [{"work_item_id": item.id, "kind": kind, "sent_at": tx.now} for item in fresh])
        _write(work, fresh, receivers, kind)
        titles = "、".join(dict.fromkeys(item.title for item in fresh))
        work.note("reminded", subject=titles[:120])
        return titles


def _known(work: CaseWork, facts: CaseFacts) -> list[WorkItem]:
    """The open steps that the actor may know of: nobody urges an expert whose task is not theirs to know."""
    nodes: Mapping[str, NodeInfo] = work.loaded.nodes[work.case.kind]
    reader = as_reader(work.actor, facts)
    query = select(WorkItem).where(WorkItem.case_id == work.case.id, WorkItem.state == "open").order_by(WorkItem.id)
    return [
        item
        for item in work.tx.session.scalars(query)
        if may_read_submission(reader, visible_to=readers_of(nodes.get(item.node_id)), submitted_by=item.assignee_id)
    ]


def _not_yet(tx: Transaction, items: Sequence[WorkItem], kind: str) -> list[WorkItem]:
    told = select(ItemLetter.work_item_id).where(
        ItemLetter.work_item_id.in_([item.id for item in items]), ItemLetter.kind == kind
    )
    done = set(tx.session.scalars(told))
    return [item for item in items if item.id not in done]


def _write(work: CaseWork, items: Sequence[WorkItem], receivers: Mapping[int, Sequence[int]], kind: str) -> None:
    """One letter a person, whatever they have of the case."""
    steps: dict[int, list[WorkItem]] = defaultdict(list)
    for item in items:
        for user_id in receivers[item.id]:
            steps[user_id].append(item)
    for user_id, mine in steps.items():
        titles = "、".join(dict.fromkeys(item.title for item in mine))
        values = {"step": titles, "by": audit.signature(work.actor), "items": str(len(mine))}
        key = f"{kind}:{mine[0].id}"
        send_letter(work, "reminded", to=user_id, key=key, values=values, link=f"/work-items/{mine[0].id}")
    case_messages.post(work)
