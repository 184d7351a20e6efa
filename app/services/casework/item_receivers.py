"""Who hears of a work item: whose it is, or the members of its group whom nothing keeps from doing it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from app.domain.actors import Actor
from app.persistence.models import Case, Recusal, User, WorkItem
from app.persistence.queries import receivers
from app.services.casework.item_people import OBJECTION, facts_of, keeps_out, names_in
from app.services.context import Transaction

_DONE = select(WorkItem.case_id, WorkItem.node_id, WorkItem.completed_by).where(
    WorkItem.case_id.in_(bindparam("case_ids", expanding=True)), WorkItem.completed_by.is_not(None)
)
_RECUSED = select(Recusal.case_id, Recusal.user_id).where(Recusal.case_id.in_(bindparam("case_ids", expanding=True)))


def receivers_of_items(tx: Transaction, items: Sequence[WorkItem]) -> Mapping[int, list[int]]:
    """Return by item the accounts of those who hear of it (three statements, one for objections, one for each group); cases are loaded.

    A group leaves out whom separation of duties bars or who is recused; an account that is not active hears nothing.
    """
    single = {item.assignee_id for item in items if item.assignee_id is not None}
    active = set(tx.session.scalars(select(User.id).where(User.id.in_(sorted(single)), User.active))) if single else set()
    shared = [item for item in items if item.assignee_id is None]
    away = _kept_away(tx, {item.case_id: item.case for item in shared}) if shared else _Away({}, {}, {})
    groups: dict[tuple[str, int | None], list[Actor]] = {}
    found: dict[int, list[int]] = {
        item.id: [item.assignee_id] for item in items if item.assignee_id in active and item.assignee_id
    }
    for item in shared:
        group = (item.role, item.scope_unit_id)
        if group not in groups:
            units = None if item.scope_unit_id is None else [item.scope_unit_id]
            groups[group] = receivers.holders(tx.session, role=item.role, unit_ids=units)
        found[item.id] = _able(tx, item, groups[group], away)
    return found


class _Away:
    """Who did which step of which case, who is recused from it, and whose nomination it objects to."""

    def __init__(
        self, handled: Mapping[tuple[int, str], set[int]], recused: Mapping[int, set[int]], concerned: Mapping[int, set[int]]
    ) -> None:
        self.handled, self.recused, self.concerned = handled, recused, concerned


def _kept_away(tx: Transaction, cases: Mapping[int, Case]) -> _Away:
    case_ids = sorted(cases)
    handled: dict[tuple[int, str], set[int]] = defaultdict(set)
    recused: dict[int, set[int]] = defaultdict(set)
    for case_id, node_id, user_id in tx.session.execute(_DONE, {"case_ids": case_ids}):
        handled[case_id, node_id] |= {user_id} if user_id is not None else set()
    for case_id, user_id in tx.session.execute(_RECUSED, {"case_ids": case_ids}):
        recused[case_id].add(user_id)
    objections = [case_id for case_id in case_ids if cases[case_id].kind == OBJECTION]
    return _Away(handled, recused, receivers.concerned(tx.session, case_ids=objections) if objections else {})


def _able(tx: Transaction, item: WorkItem, group: Sequence[Actor], away: _Away) -> list[int]:
    case = item.case
    node = tx.context.procedures.get(tx.session, case.procedure_version_id).nodes[case.kind].get(item.node_id)
    names = names_in(node, "not_same_as") if node else []
    handlers = frozenset(user_id for name in names for user_id in away.handled.get((case.id, name), ()))
    facts = facts_of(case, role=item.role, earlier_handlers=handlers)
    recused, concerned = away.recused.get(case.id, set()), away.concerned.get(case.id, set())
    return [
        person.user_id
        for person in group
        if person.user_id is not None and person.user_id not in recused and not keeps_out(person, facts, concerned=concerned)
    ]
