"""加签 and 减签: who leads a countersigning adds somebody to it while it runs, or takes somebody out (domain handbook 1.7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.domain.actors import Actor, Role
from app.domain.errors import Conflict, InvalidValues, NotAllowed, NotFound
from app.domain.permissions import Permission, is_barred, is_permitted
from app.engine import runtime
from app.engine.types import Advance, Functions, NodeInfo, OperationCaller
from app.persistence.models import Case, WorkItem
from app.persistence.queries import access, receivers
from app.services.casework import cases
from app.services.casework.case_work import CaseWork
from app.services.casework.item_actions import ADD_SIGNER, REMOVE_SIGNER, reason_of
from app.services.casework.item_people import Choice, able_people, as_choices, facts_of, names_in
from app.services.context import Context, Transaction


@dataclass(frozen=True)
class Signing:
    """A countersigning that runs: who may be added, and who has it before them and may be taken out."""

    node: NodeInfo
    may_add: bool
    may_remove: bool
    open_items: tuple[Choice, ...]


@dataclass(frozen=True)
class _Place:
    """A countersigning of a case with its rows. `by_unit` tells whether units sign, or people; `members` are those of this time:
    who signed before the case was sent back has a row, too.
    """

    work: CaseWork
    node: NodeInfo
    rows: Sequence[WorkItem]
    by_unit: bool
    members: frozenset[str]


def signings(tx: Transaction, *, actor: Actor, case: Case) -> list[Signing]:
    """Return the countersignings of a case that the actor sees and may change now (at most four statements).

    None for who does not lead it, and none without a statement where the diagram allows no change.
    """
    if not is_permitted(actor, Permission.CHANGE_SIGNERS) or case.ended_at is not None or _is_barred(case, actor):
        return []
    nodes = tx.context.procedures.get(tx.session, case.procedure_version_id).nodes[case.kind]
    allowed = {name: names_in(node, "actions") for name, node in nodes.items()}
    wanted = {name for name, actions in allowed.items() if not {ADD_SIGNER, REMOVE_SIGNER}.isdisjoint(actions)}
    rows = _rows(tx, case.id, wanted) if wanted else []
    found = []
    for name in sorted(wanted):
        opened = [row for row in rows if row.node_id == name and row.state == "open"]
        by_unit = _is_by_unit(opened[0]) if opened else None
        if by_unit is not None and (by_unit or not _competes(tx, actor, case)):
            actions = allowed[name]
            found.append(Signing(nodes[name], ADD_SIGNER in actions, REMOVE_SIGNER in actions, _named(tx, opened)))
    return found


def choices_to_add(tx: Transaction, *, actor: Actor, case_id: int, node_id: str) -> list[Choice]:
    """Return who may be added to a countersigning: units with somebody able, or people; nobody who is in it already."""
    seen = access.see_case(tx.session, actor=actor, case_id=case_id)
    if seen is None or not is_permitted(actor, Permission.CHANGE_SIGNERS):
        raise _unknown()
    loaded = tx.context.procedures.get(tx.session, seen.case.procedure_version_id)
    work = CaseWork(tx=tx, case=seen.case, round=None, loaded=loaded, actor=actor)
    return _choices(_place(work, node_id, action=ADD_SIGNER))


def add_signer(context: Context, *, actor: Actor, case_id: int, node_id: str, member: int, reason: str) -> str:
    """Run a countersigning for one more unit or person; return their name.

    Side effects: those of `cases.advance`, and an event in the history; whoever is added gets a letter at the next tick. Refuses
    who does not lead it, a member that is in it already or that separation of duties bars, and no reason.
    """
    why = reason_of(reason)
    with context.transaction() as tx:
        work, state = _lock(tx, actor=actor, case_id=case_id)
        place = _place(work, node_id, action=ADD_SIGNER)
        if str(member) in place.members:
            raise Conflict("signer.there", "会签名单里已经有这一家，没有重复添加。请刷新后查看。")
        chosen = next((each for each in _choices(place) if each.id == member), None)
        if chosen is None:
            sentence = "请选择参加会签的单位或人。没有能办理的人、或者按规定应当回避的，不能参加。"
            raise InvalidValues("signer.member", sentence, fields={"member": sentence})
        work.note("signer_added", subject=place.node.name, detail={"who": chosen.label, "reason": why})

        def step(call: OperationCaller, functions: Functions) -> Advance:
            return runtime.add_item(work.loaded.spec, state.state, node_id=node_id, item=member, call=call, functions=functions)

        cases.advance_aside(work, step=step, state=state)
        return chosen.label


def remove_signer(context: Context, *, actor: Actor, case_id: int, item_id: int, reason: str) -> str:
    """Take an open item out of a countersigning; return whose it was.

    Side effects: those of `cases.advance` (the case goes on when that was the last open one), and an event in the history.
    Refuses who does not lead it, an item that is open no longer, the only one while nobody has signed, no reason, and what the
    step's recorder does not allow, e.g. fewer score sheets than the plan asks for.
    """
    why = reason_of(reason)
    with context.transaction() as tx:
        work, state = _lock(tx, actor=actor, case_id=case_id)
        item = tx.session.scalars(select(WorkItem).where(WorkItem.id == item_id, WorkItem.case_id == case_id)).one_or_none()
        if item is None:
            raise _unknown()
        if item.state != "open":
            raise Conflict("signer.gone", "这一家已经办理完毕或者已被减去，没有变动。请刷新后查看。")
        place = _place(work, item.node_id, action=REMOVE_SIGNER)
        _refuse_leaving(place, item)
        name = _named(tx, [item])[0].label
        work.note("signer_removed", subject=place.node.name, detail={"who": name, "reason": why})

        def step(call: OperationCaller, functions: Functions) -> Advance:
            return runtime.remove_item(work.loaded.spec, state.state, task_id=item.task_id, call=call, functions=functions)

        cases.advance_aside(work, step=step, state=state)
        return name


def _lock(tx: Transaction, *, actor: Actor, case_id: int) -> tuple[CaseWork, Case]:
    """Lock a case for who leads its countersigning; `NotFound` for who may not see it."""
    if not is_permitted(actor, Permission.CHANGE_SIGNERS):
        raise NotAllowed("signer.denied", "只有区人社局经办人或负责人可以加签、减签。")
    if access.see_case(tx.session, actor=actor, case_id=case_id) is None:
        raise _unknown()
    work, state = cases.lock(tx, case_id, actor=actor)
    if _is_barred(work.case, actor):
        raise NotAllowed("signer.barred", "这件办件与您本人或您单位的推荐有关，加签、减签应由其他人办理。")
    return work, state


def _is_barred(case: Case, actor: Actor) -> bool:
    return is_barred(actor, facts_of(case, role=Role.BUREAU_HANDLER, earlier_handlers=frozenset()))


def _place(work: CaseWork, node_id: str, *, action: str) -> _Place:
    """Find a countersigning that runs. `NotAllowed` where the diagram does not let it be changed, `Conflict` when it is over."""
    node = work.loaded.nodes[work.case.kind].get(node_id)
    if node is None or action not in names_in(node, "actions"):
        raise NotAllowed("signer.action", "这一步不能加签或减签。如确有需要，请联系流程管理员。")
    rows = _rows(work.tx, work.case.id, {node_id})
    opened = [row for row in rows if row.state == "open"]
    by_unit = _is_by_unit(opened[0]) if opened else None
    if by_unit is None:
        raise Conflict("signer.over", "这个会签环节已经结束，不能再加签或减签。请刷新后查看。")
    if not by_unit and _competes(work.tx, work.actor, work.case):
        raise NotAllowed("signer.barred", "您或您单位推荐的人参加本轮评选，专家的加签、减签应由其他人办理。")
    members = runtime.members(work.loaded.spec, work.case.state, node_id=node_id)
    return _Place(work, node, rows, by_unit, frozenset(map(str, members)))


def _competes(tx: Transaction, actor: Actor, case: Case) -> bool:
    """Tell whether the actor competes in the round: who judges there is told to nobody who does (domain handbook 1.8)."""
    return case.round_id is not None and access.takes_part_in(tx.session, actor=actor, round_id=case.round_id)


def _refuse_leaving(place: _Place, item: WorkItem) -> None:
    recorder = place.work.tx.context.registry.recorders.get(place.node.properties.get("records", ""))
    if recorder is not None and recorder.may_leave is not None:
        recorder.may_leave(place.work, item, len(place.members) - 1)


def _choices(place: _Place) -> list[Choice]:
    """Units are offered that have somebody able; people that are able themselves. Nobody who is in it already."""
    tx, role = place.work.tx, place.rows[0].role
    people = able_people(tx, place.work.case, node=place.node, role=role, unit_ids=None)
    inside = place.members
    if not place.by_unit:
        return [choice for choice in as_choices(people) if str(choice.id) not in inside]
    units = {grant.unit_id for person in people for grant in person.grants if grant.role == role}
    names = receivers.unit_names(tx.session, unit_ids=[id_ for id_ in units if str(id_) not in inside])
    return [Choice(id_, name) for id_, name in sorted(names.items(), key=lambda pair: pair[1])]


def _rows(tx: Transaction, case_id: int, nodes: Collection[str]) -> list[WorkItem]:
    query = select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.node_id.in_(sorted(nodes)))
    return list(tx.session.scalars(query.where(WorkItem.state.in_(("open", "done"))).order_by(WorkItem.id)))


def _is_by_unit(row: WorkItem) -> bool | None:
    """Tell whether the element of the multi-instance is a unit (its scope) or a person (its assignee); None for neither."""
    if row.item is None:
        return None
    if row.item == str(row.scope_unit_id):
        return True
    return False if row.item == str(row.assignee_id) else None


def _named(tx: Transaction, rows: Sequence[WorkItem]) -> tuple[Choice, ...]:
    units = receivers.unit_names(tx.session, unit_ids=[row.scope_unit_id for row in rows if row.scope_unit_id is not None])
    single = [row.assignee_id for row in rows if row.scope_unit_id is None and row.assignee_id is not None]
    people = {each.user_id: each.name for each in receivers.people(tx.session, user_ids=single)} if single else {}
    return tuple(Choice(row.id, units.get(row.scope_unit_id or 0) or people.get(row.assignee_id) or row.title) for row in rows)


def _unknown() -> NotFound:
    return NotFound("case.unknown", "没有找到这件办件。请从工作台重新进入。")
