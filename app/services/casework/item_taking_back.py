"""撤回: somebody takes back what they have just decided, while nobody has acted on it and nothing has left the house."""

import json

from sqlalchemy import exists, or_, select, update

from app.domain.actors import Actor
from app.domain.errors import Conflict, NotFound
from app.engine import runtime
from app.engine.quiet import leads_quietly
from app.engine.types import Advance, Functions, OperationCaller
from app.persistence.models import Attachment, AuditEvent, Case, Draft, OutboxEntry, WorkItem
from app.persistence.queries import access
from app.persistence.queries.access import SeenCase
from app.services.casework import cases
from app.services.casework.item_actions import reason_of
from app.services.context import Context, Transaction
from app.services.packages.procedure_cache import LoadedProcedure

_NO_ACTS = ("reminded", "downloaded", "invitation_read")
"""Urging and reading are no acting: they change nothing."""


def item_to_take_back(tx: Transaction, *, actor: Actor, case: Case) -> WorkItem | None:
    """Return the item whose completion the actor may take back now, None when there is none (three statements at most).

    It is the last thing that happened in the case; its step writes no rows of its own, and behind it lie only gateways; nothing
    was sent with it; and of those who have the case now nobody has claimed, typed or uploaded anything.
    """
    if case.ended_at is not None or actor.user_id is None:
        return None
    last = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.completed_at.is_not(None))
    item = tx.session.scalars(last.order_by(WorkItem.completed_at.desc(), WorkItem.id.desc()).limit(1)).first()
    if item is None or item.state != "done" or item.completed_by != actor.user_id or item.item is not None:
        return None
    loaded = tx.context.procedures.get(tx.session, case.procedure_version_id)
    if not (_is_theirs(actor, item) and _is_quiet(loaded, case, item)):
        return None
    return None if _is_acted_on(tx, case, item) or not _is_newest(tx, case, item) else item


def take_back(context: Context, *, actor: Actor, item_id: int, reason: str) -> int:
    """Take back the completion of an item; return the item in which the actor decides anew.

    Side effects: those of `cases.advance` (what became ready by the decision is cancelled), and an event in the history; what was
    filled in stays on record and stands in the form. `NotFound` for strangers, `Conflict` when somebody was faster.
    """
    why = reason_of(reason)
    with context.transaction() as tx:
        case_id = completed_by(tx, actor=actor, item_id=item_id).case.id
        tx.session.expire_all()  # what was read before a wait for the lock is old
        work, state = cases.lock(tx, case_id, actor=actor)
        found = item_to_take_back(tx, actor=actor, case=work.case)
        if found is None or found.id != item_id:
            raise acted_on()
        work.note("taken_back", subject=found.title, detail={"item": item_id, "reason": why})

        def step(call: OperationCaller, functions: Functions) -> Advance:
            return runtime.return_to(
                work.loaded.spec, state.state, node_id=found.node_id, variables={}, call=call, functions=functions
            )

        cases.advance_aside(work, step=step, state=state)
        return _hold(tx, actor, found)


def completed_by(tx: Transaction, *, actor: Actor, item_id: int) -> SeenCase:
    """Return the case of an item that the actor completed. `NotFound` for everybody else (two statements)."""
    case_id = tx.session.scalar(select(WorkItem.case_id).where(WorkItem.id == item_id, WorkItem.completed_by == actor.user_id))
    seen = None if case_id is None else access.see_case(tx.session, actor=actor, case_id=case_id)
    if seen is None:
        raise NotFound("item.unknown", "没有找到这项待办，或者它不是由您办理的。请从工作台重新进入。")
    return seen


def acted_on() -> Conflict:
    """Return the refusal for a decision that can be taken back no longer."""
    return Conflict("item.acted_on", "办件已经往下办理，这次办理不能撤回了。需要更正的，请联系现在的办理人退回。")


def _hold(tx: Transaction, actor: Actor, before: WorkItem) -> int:
    """Give the new item to who took the old one back: it is theirs to decide anew."""
    anew = (WorkItem.case_id == before.case_id, WorkItem.node_id == before.node_id, WorkItem.state == "open")
    item_id = tx.session.scalars(select(WorkItem.id).where(*anew)).one()
    mine = update(WorkItem).where(WorkItem.id == item_id, WorkItem.assignee_id.is_(None))
    tx.session.execute(mine.values(assignee_id=actor.user_id, claimed_at=tx.now))
    return item_id


def _is_theirs(actor: Actor, item: WorkItem) -> bool:
    """Whoever has lost the role since then decides nothing anew."""
    units = {grant.unit_id for grant in actor.grants if grant.role == item.role}
    return bool(units) if item.scope_unit_id is None else item.scope_unit_id in units


def _is_quiet(loaded: LoadedProcedure, case: Case, item: WorkItem) -> bool:
    node = loaded.nodes[case.kind].get(item.node_id)
    if node is None or node.properties.get("records", "").strip():
        return False
    return leads_quietly(loaded.spec, process_id=loaded.procedure.case_kinds[case.kind].process, node_id=item.node_id)


def _is_acted_on(tx: Transaction, case: Case, item: WorkItem) -> bool:
    """Tell whether something left with the step, or somebody has begun with what came of it."""
    opened = select(WorkItem.id).where(WorkItem.case_id == case.id, WorkItem.state == "open")
    begun = or_(
        exists().where(WorkItem.case_id == case.id, WorkItem.state == "open", WorkItem.claimed_at.is_not(None)),
        exists().where(Draft.work_item_id.in_(opened)),
        exists().where(Attachment.work_item_id.in_(opened)),
        exists().where(
            OutboxEntry.created_at == item.completed_at, or_(OutboxEntry.case_id == case.id, OutboxEntry.key.like("barrier:%"))
        ),
    )
    return bool(tx.session.scalar(select(begun)))


def _is_newest(tx: Transaction, case: Case, item: WorkItem) -> bool:
    events = select(AuditEvent).where(AuditEvent.stream == f"case:{case.id}", AuditEvent.action.not_in(_NO_ACTS))
    last = tx.session.scalars(events.order_by(AuditEvent.seq.desc()).limit(1)).first()
    return last is not None and last.action == "completed" and json.loads(last.detail or "{}").get("item") == item.id
