"""Who hears of a work item: whose it is, or the members of its group whom nothing keeps from doing it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.permissions import is_barred
from app.persistence.models import Recusal, User, WorkItem
from app.persistence.queries import receivers
from app.services.casework.item_people import facts_of, names_in
from app.services.context import Transaction


def receivers_of_items(tx: Transaction, items: Sequence[WorkItem]) -> Mapping[int, list[int]]:
    """Return by item the accounts of those who hear of it (three statements, and one for each group); their cases are loaded.

    A group leaves out whom separation of duties bars or who is recused; an account that is not active hears nothing.
    """
    case_ids = {item.case_id for item in items}
    single = {item.assignee_id for item in items if item.assignee_id is not None}
    active = set(tx.session.scalars(select(User.id).where(User.id.in_(sorted(single)), User.active))) if single else set()
    shared = [item for item in items if item.assignee_id is None]
    away = _kept_away(tx, case_ids) if shared else _Away({}, {})
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
    """Who did which step of which case, and who is recused from it."""

    def __init__(self, handled: Mapping[tuple[int, str], set[int]], recused: Mapping[int, set[int]]) -> None:
        self.handled, self.recused = handled, recused


def _kept_away(tx: Transaction, case_ids: set[int]) -> _Away:
    handled: dict[tuple[int, str], set[int]] = defaultdict(set)
    recused: dict[int, set[int]] = defaultdict(set)
    done = select(WorkItem.case_id, WorkItem.node_id, WorkItem.completed_by).where(
        WorkItem.case_id.in_(sorted(case_ids)), WorkItem.completed_by.is_not(None)
    )
    for case_id, node_id, user_id in tx.session.execute(done):
        handled[case_id, node_id] |= {user_id} if user_id is not None else set()
    away = select(Recusal.case_id, Recusal.user_id).where(Recusal.case_id.in_(sorted(case_ids)))
    for case_id, user_id in tx.session.execute(away):
        recused[case_id].add(user_id)
    return _Away(handled, recused)


def _able(tx: Transaction, item: WorkItem, group: Sequence[Actor], away: _Away) -> list[int]:
    case = item.case
    node = tx.context.procedures.get(tx.session, case.procedure_version_id).nodes[case.kind].get(item.node_id)
    names = names_in(node, "not_same_as") if node else []
    handlers = frozenset(user_id for name in names for user_id in away.handled.get((case.id, name), ()))
    facts = facts_of(case, role=item.role, earlier_handlers=handlers)
    recused = away.recused.get(case.id, set())
    return [
        person.user_id
        for person in group
        if person.user_id is not None and person.user_id not in recused and not is_barred(person, facts)
    ]
