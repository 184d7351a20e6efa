"""Work items: claim, release, keep a draft, complete."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import undefer
from sqlalchemy.orm.attributes import set_committed_value

from app.domain.actors import Actor
from app.domain.errors import Conflict, NotAllowed, NotFound
from app.domain.fields import FormSpec, Values
from app.domain.lists import listed
from app.domain.permissions import ItemFacts, is_barred, is_within_reach
from app.engine import runtime
from app.engine.types import Advance, EngineError, Functions, NodeInfo, NotWaiting, OperationCaller, Variable
from app.formkit.values import exports
from app.persistence.models import Case, Draft, Recusal, SelectionRound, Submission, WorkItem
from app.persistence.queries import access
from app.persistence.upsert import insert_rows, update_row
from app.services import audit
from app.services.casework import cases, incidents
from app.services.casework.case_work import CaseWork
from app.services.casework.item_people import OBJECTION
from app.services.context import Context, Transaction


@dataclass(frozen=True)
class OpenItem:
    """A work item that an actor may do, with the form and the lists that it needs."""

    work: CaseWork
    item: WorkItem
    node: NodeInfo
    form: FormSpec | None
    is_recused: bool = False

    @property
    def state(self) -> Case:
        """The row that holds the engine's state, as `cases.advance` takes it."""
        return self.work.case


@dataclass(frozen=True)
class Filled:
    """What was filled in, validated: the values, and by field the attachments that are handed in with them."""

    values: Values
    attachments: Mapping[str, list[int]]


Fill = Callable[[OpenItem], Filled]
"""Fills in the form of a work item that nobody else can complete meanwhile; raises when what was sent does not fit it."""

_RECUSED = select(Recusal.case_id).where(Recusal.case_id == Case.id, Recusal.user_id == bindparam("user_id")).correlate(Case)
_ITEM = (
    select(WorkItem, Case, SelectionRound, _RECUSED.exists())
    .join(Case, Case.id == WorkItem.case_id)
    .outerjoin(SelectionRound, SelectionRound.id == Case.round_id)
    .where(WorkItem.id == bindparam("item_id"))
)
_ITEM_LOCKED = _ITEM.options(undefer(Case.state), undefer(SelectionRound.waiting)).with_for_update(of=[WorkItem, Case])
"""Built once: they run at every completion, and building them costs more than running them."""
_OVER = select(WorkItem.id).where(WorkItem.id == Draft.work_item_id, WorkItem.state != "open").exists()
_ANY_OVER = select(Draft.work_item_id).where(_OVER).limit(1)


def take(tx: Transaction, *, actor: Actor, item_id: int, for_update: bool = False) -> OpenItem:
    """Load a work item that the actor may do (one statement, and one for what lies around it where separation of duties asks).

    `NotFound` for a stranger (whether it exists is not theirs to know), `NotAllowed` where separation of duties bars the actor
    or a recusal keeps them from the case (domain handbook 1.6, 1.8), `Conflict` when it is no longer open, saying who did it and when.
    """
    opened = _reach(tx, actor, item_id, for_update=for_update)
    _refuse_barred(opened)
    return opened


def _reach(tx: Transaction, actor: Actor, item_id: int, *, for_update: bool) -> OpenItem:
    """Load an open work item that lies before the actor (one statement); separation of duties is still to be judged."""
    wanted = {"item_id": item_id, "user_id": actor.user_id}
    row = tx.session.execute(_ITEM_LOCKED if for_update else _ITEM, wanted).one_or_none()
    if row is None:
        raise _unknown()
    item, case, round_, recused = row
    set_committed_value(item, "case", case)  # what the join has brought, for half the price of an eager load
    loaded = tx.context.procedures.get(tx.session, case.procedure_version_id)
    node = loaded.node(case.kind, item.node_id)
    work = CaseWork(tx=tx, case=case, round=round_, loaded=loaded, actor=actor, node=node, work_item=item)
    opened = OpenItem(work=work, item=item, node=node, form=loaded.form_of(node), is_recused=recused)
    if not is_within_reach(actor, _facts(opened, barred=False)) and item.completed_by != actor.user_id:
        raise _unknown()
    if item.state != "open":
        raise _no_longer_open(item)
    return opened


def _refuse_barred(opened: OpenItem) -> None:
    work, actor = opened.work, opened.work.actor
    others = set(listed(opened.node.properties.get("not_same_as", "")))
    barred = actor.user_id is not None and bool(others) and not others.isdisjoint(work.around.handled)
    facts = _facts(opened, barred=barred)
    if work.case.kind == OBJECTION and access.concerns(work.tx.session, actor=actor, case_id=work.case.id):
        facts = replace(facts, subject_id=actor.user_id)  # who is objected to is heard, and does nothing else in the case
    if opened.is_recused or is_barred(actor, facts):
        raise NotAllowed("item.barred", "按照回避和相互监督的规定，这项待办应由其他人办理。系统已为有权办理的人保留。")


def _facts(opened: OpenItem, *, barred: bool) -> ItemFacts:
    case, actor, item = opened.work.case, opened.work.actor, opened.item
    return ItemFacts(
        role=item.role,
        scope_unit_id=item.scope_unit_id,
        assignee_id=item.assignee_id,
        earlier_handlers=frozenset({actor.user_id} if barred and actor.user_id is not None else ()),
        initiator_id=case.initiator_id if case.kind == "nomination" else None,
        nominating_unit_id=case.owner_unit_id if case.kind == "nomination" else None,
        subject_id=case.subject_id,
    )


def claim(context: Context, *, actor: Actor, item_id: int) -> None:
    """Take a work item of one's group for oneself. `Conflict` when somebody else was faster."""
    with context.transaction() as tx:
        opened = take(tx, actor=actor, item_id=item_id, for_update=True)
        if opened.item.assignee_id is None:
            opened.item.assignee_id, opened.item.claimed_at = actor.user_id, tx.now
            audit.record_on_case(tx, opened.work.case, actor=actor, action="claimed", subject=opened.item.title)


def release(context: Context, *, actor: Actor, item_id: int) -> None:
    """Give a claimed work item back to the group. Items that the diagram assigned to one person cannot be released."""
    with context.transaction() as tx:
        opened = take(tx, actor=actor, item_id=item_id, for_update=True)
        if opened.item.claimed_at is None:
            raise NotAllowed("item.assigned", "这项待办是指定由您办理的，不能退回给小组。如需转办请联系负责人。")
        opened.item.assignee_id = opened.item.claimed_at = None
        audit.record_on_case(tx, opened.work.case, actor=actor, action="released", subject=opened.item.title)


def save_draft(context: Context, *, actor: Actor, item_id: int, values: Values) -> datetime:
    """Keep what has been typed so far, in place of the person's earlier draft of the same item; return as of when it is kept."""
    with context.transaction() as tx:
        take(tx, actor=actor, item_id=item_id)
        assert actor.user_id is not None
        tx.session.merge(Draft(work_item_id=item_id, user_id=actor.user_id, values_json=_dump(values), saved_at=tx.now))
        return tx.now


def complete(
    context: Context, *, actor: Actor, item_id: int, values: Values, attachments: Mapping[str, list[int]] | None = None
) -> CaseWork:
    """Complete a work item with validated values and advance its case, as `submit` does."""
    filled = Filled(values, attachments or {})
    return submit(context, actor=actor, item_id=item_id, fill=lambda opened: filled)


def submit(context: Context, *, actor: Actor, item_id: int, fill: Fill) -> CaseWork:
    """Complete a work item with what `fill` makes of it and advance its case: it is read once, in one transaction with one commit.

    Side effects: a submission, the item's completion, what its recorder writes, everything that `cases.advance` writes, and an
    event in the history; drafts go with the next `sweep_drafts`. Raises what `take` and `fill` raise, `NotFound` for a file of
    another case, and `DomainError` of recorder or operations, in which case nothing has been written; when the engine cannot go
    on, an incident has.
    """
    try:
        return _submit(context, actor=actor, item_id=item_id, fill=fill)
    except NotWaiting:
        raise  # somebody was faster, and nothing is wrong
    except EngineError as error:
        incidents.report(context, item_id=item_id, error=error)
        raise


def _submit(context: Context, *, actor: Actor, item_id: int, fill: Fill) -> CaseWork:
    with context.transaction() as tx:
        opened = _reach(tx, actor, item_id, for_update=True)
        opened.work.refuse_standing_still(besides="已填内容可以保存为草稿。")
        filled = fill(opened)
        work, item, node, values = opened.work, opened.item, opened.node, filled.values
        work.files = frozenset(attachment_id for ids in filled.attachments.values() for attachment_id in ids)
        _refuse_barred(opened)
        if work.files and work.files != work.around.files.keys():
            raise NotFound("attachment.unknown", "有一份材料不属于这件办件。请删除后重新上传。")
        variables: dict[str, Variable] = dict(exports(values, listed(node.properties.get("exports", ""))))
        recorder = tx.context.registry.recorders.get(node.properties.get("records", ""))
        if recorder is not None:
            variables |= recorder.run(work, values)
        text = _dump(values)
        _write_submission(tx, opened, actor=actor, values=values, text=text)
        work.note("completed", subject=item.title, detail=_trace(opened, text))

        def step(call: OperationCaller, functions: Functions) -> Advance:
            return runtime.complete(
                work.loaded.spec, work.case.state, task_id=item.task_id, exports=variables, call=call, functions=functions
            )

        cases.advance(work, step=step, state=work.case)
        cases.flush(tx)
        return work


def sweep_drafts(context: Context) -> int:
    """Delete the drafts of work items that are no longer open, however they ended; return how many. For the clock's tick.

    One statement for all of them, so that a completion need not look for its own.
    """
    with context.reading() as tx:
        if tx.session.scalar(_ANY_OVER) is None:
            return 0  # nothing to write: the lock is left to those who work
    with context.transaction() as tx:
        gone = tx.session.execute(delete(Draft).where(_OVER), execution_options={"synchronize_session": False})
        return int(gone.rowcount)  # type: ignore[attr-defined]  # what a DELETE gives is a CursorResult


def _write_submission(tx: Transaction, opened: OpenItem, *, actor: Actor, values: Values, text: str) -> None:
    item = opened.item
    done = {"state": "done", "completed_at": tx.now, "completed_by": actor.user_id}
    signed = {"completer": audit.signature(actor), "decision": decision_of(opened.form, values)}
    update_row(tx.session, item, {**done, **signed})
    if opened.form is not None:
        row = {
            "case_id": item.case_id,
            "work_item_id": item.id,
            "node_id": item.node_id,
            "form_key": opened.form.key,
            "values_json": text,
            "submitted_by": actor.user_id,
            "submitted_at": tx.now,
        }
        insert_rows(tx.session, Submission, [row])


def decision_of(form: FormSpec | None, values: Values) -> str | None:
    """Return the value of the form's decision buttons, None when it has none."""
    for field in form.fields if form else ():
        if field.is_decision:
            value = values.get(field.key)
            return None if value is None else str(value)
    return None


def _trace(opened: OpenItem, text: str) -> dict[str, object]:
    """Return what the history says of a completion: what was filled in is kept once, and held fast by its digest."""
    item, files = opened.item, opened.work.around.files
    trace: dict[str, object] = {"item": item.id}
    if item.decision:
        trace["decision"] = item.decision
    if opened.form is not None:
        trace["digest"] = audit.digest(text)
    if files:
        trace["files"] = {str(file_id): sha256[:32] for file_id, sha256 in sorted(files.items())}
    return trace


def _dump(values: Values) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _unknown() -> NotFound:
    return NotFound("item.unknown", "没有找到这项待办，或者它不归您办理。请从工作台重新进入。")


def _no_longer_open(item: WorkItem) -> Conflict:
    if item.state == "done" and item.completed_at is not None:
        from_ = item.completer or "其他人"
        return Conflict("item.done", f"这项待办已由{from_}办理完毕，您这次的提交没有重复生效。")
    if item.completed_at is not None:
        return Conflict("item.returned", f"这项待办已由{item.completer or '其他人'}退回，您这次的提交没有重复生效。")
    return Conflict("item.cancelled", "这项待办因流程变化已经取消，无需再办理。")
