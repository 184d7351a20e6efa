"""What somebody has to do in a case that they look at: without it, who finds a case has to look for it once more at the desk."""

from app.domain.actors import Actor
from app.engine.types import NodeInfo
from app.persistence.queries.case_view import ItemRow
from app.services.casework.case_file import CaseFile
from app.services.casework.item_people import facts_of, is_before, keeps_out, names_in
from app.services.context import Transaction


def own_work(tx: Transaction, file: CaseFile, *, actor: Actor) -> list[ItemRow]:
    """Return the open work of a case that the actor may do now: their own, and what nobody of their group has claimed (no statement).

    Taking it looks once more, e.g. whether they are recused.
    """
    nodes = tx.context.procedures.get(tx.session, file.case.procedure_version_id).nodes[file.case.kind]
    mine = [item for item in file.items if is_before(item, actor)]
    return [item for item in mine if item.node_id in nodes and not _is_barred(file, nodes[item.node_id], item.role, actor)]


def _is_barred(file: CaseFile, node: NodeInfo, role: str, actor: Actor) -> bool:
    others = names_in(node, "not_same_as")
    did = any(item.completed_by == actor.user_id and item.node_id in others for item in file.items)
    handlers = frozenset({actor.user_id} if did and actor.user_id is not None else ())
    return keeps_out(actor, facts_of(file.case, role=role, earlier_handlers=handlers))
