"""Work items: claim, release, keep a draft, complete."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import contains_eager, undefer

from app.domain.actors import Actor
from app.domain.errors import Conflict, NotAllowed, NotFound
from app.domain.fields import FormSpec, Values
from app.domain.lists import listed
from app.domain.permissions import ItemFacts, is_barred, is_within_reach
from app.engine import runtime
from app.engine.types import Advance, Functions, NodeInfo, OperationCaller, Variable
from app.formkit.values import exports
from app.persistence.models import Case, CaseState, Draft, SelectionRound, Submission, WorkItem
from app.persistence.upsert import insert_rows
from app.services import audit
from app.services.casework import cases
from app.services.casework.case_work import CaseWork
from app.services.context import Context, Transaction


@dataclass(frozen=True)
class OpenItem:
    """A work item that an actor may do, with the form and the lists that it needs."""

    work: CaseWork
    item: WorkItem
    state: CaseState
    node: NodeInfo
    form: FormSpec | None


_ITEM = (
    select(WorkItem, Case, CaseState, SelectionRound)
    .join(WorkItem.case)
    .join(CaseState, CaseState.case_id == Case.id)
    .outerjoin(SelectionRound, SelectionRound.id == Case.round_id)
    .options(contains_eager(WorkItem.case))
    .where(WorkItem.id == bindparam("item_id"))
)
_ITEM_LOCKED = _ITEM.options(undefer(SelectionRound.waiting)).with_for_update(of=[WorkItem, Case, CaseState])
_FORGET_DRAFTS = delete(Draft).where(Draft.work_item_id == bindparam("item_id"))
"""Built once: they run at every completion, and building them costs more than running them."""


def take(
    tx: Transaction, *, actor: Actor, item_id: int, for_update: bool = False, files: Collection[int] = frozenset()
) -> OpenItem:
    """Load a work item that the actor may do (one statement, and one for what lies around it where that is asked for).

    `files` are attachments that have to be of its case. `NotFound` for a stranger (whether it exists is not theirs to know) and
    for a file of another case, `NotAllowed` where separation of duties bars the actor, `Conflict` when it is no longer open,
    saying who did it and when.
    """
    row = tx.session.execute(_ITEM_LOCKED if for_update else _ITEM, {"item_id": item_id}).one_or_none()
    if row is None:
        raise _unknown()
    item, case, state, round_ = row
    loaded = tx.context.procedures.get(tx.session, case.procedure_version_id)
    node = loaded.node(case.kind, item.node_id)
    work = CaseWork(tx=tx, case=case, round=round_, loaded=loaded, actor=actor, node=node, work_item=item, files=frozenset(files))
    facts = _facts(work, item, node)
    if not is_within_reach(actor, facts) and item.completed_by != actor.user_id:
        raise _unknown()
    if item.state != "open":
        raise _no_longer_open(item)
    if is_barred(actor, facts):
        raise NotAllowed("item.barred", "按照回避和相互监督的规定，这项待办应由其他人办理。系统已为有权办理的人保留。")
    if work.files and work.files != work.around.files:
        raise NotFound("attachment.unknown", "有一份材料不属于这件办件。请删除后重新上传。")
    return OpenItem(work=work, item=item, state=state, node=node, form=loaded.form_of(node))


def _facts(work: CaseWork, item: WorkItem, node: NodeInfo) -> ItemFacts:
    case, actor = work.case, work.actor
    others = set(listed(node.properties.get("not_same_as", "")))
    barred = actor.user_id is not None and bool(others) and not others.isdisjoint(work.around.handled)
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


def save_draft(context: Context, *, actor: Actor, item_id: int, values: Values) -> None:
    """Keep what has been typed so far; it replaces the person's earlier draft of the same item."""
    with context.transaction() as tx:
        take(tx, actor=actor, item_id=item_id)
        assert actor.user_id is not None
        tx.session.merge(Draft(work_item_id=item_id, user_id=actor.user_id, values_json=_dump(values), saved_at=tx.now))


def complete(
    context: Context, *, actor: Actor, item_id: int, values: Values, attachments: Mapping[str, list[int]] | None = None
) -> CaseWork:
    """Complete a work item with validated values and advance its case: one transaction, one commit.

    Side effects: a submission, the item's completion, what its recorder writes, everything that `cases.advance` writes, and an
    event in the history; the person's draft goes. Raises what `take` raises, and `DomainError` of recorder or operations,
    in which case nothing has been written.
    """
    with context.transaction() as tx:
        files = {attachment_id for ids in (attachments or {}).values() for attachment_id in ids}
        opened = take(tx, actor=actor, item_id=item_id, for_update=True, files=files)
        work, item, node = opened.work, opened.item, opened.node
        variables: dict[str, Variable] = dict(exports(values, listed(node.properties.get("exports", ""))))
        recorder = tx.context.registry.recorders.get(node.properties.get("records", ""))
        if recorder is not None:
            variables |= recorder.run(work, values)
        _write_submission(tx, opened, actor=actor, values=values)
        work.note("completed", subject=item.title, detail=_trace(item, values))

        def step(call: OperationCaller, functions: Functions) -> Advance:
            return runtime.complete(
                work.loaded.spec, opened.state.state, task_id=item.task_id, exports=variables, call=call, functions=functions
            )

        cases.advance(work, step=step, state=opened.state)
        cases.flush(tx)
        tx.session.execute(_FORGET_DRAFTS, {"item_id": item_id}, execution_options={"synchronize_session": False})
        return work


def _write_submission(tx: Transaction, opened: OpenItem, *, actor: Actor, values: Values) -> None:
    item = opened.item
    item.state, item.completed_at, item.completed_by = "done", tx.now, actor.user_id
    item.completer, item.decision = audit.signature(actor), decision_of(opened.form, values)
    if opened.form is not None:
        row = {
            "case_id": item.case_id,
            "work_item_id": item.id,
            "node_id": item.node_id,
            "form_key": opened.form.key,
            "values_json": _dump(values),
            "opinion": str(values.get("opinion") or ""),
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


def _trace(item: WorkItem, values: Values) -> dict[str, object]:
    trace: dict[str, object] = {"item": item.id}
    if item.decision:
        trace["decision"] = item.decision
    if values.get("opinion"):
        trace["opinion"] = str(values["opinion"])[:500]
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
