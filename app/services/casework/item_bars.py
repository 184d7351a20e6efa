"""Which of the work before a person separation of duties keeps from them: the diagram names the steps, so the database cannot say."""

from app.domain.actors import Actor
from app.domain.lists import listed
from app.domain.permissions import ItemFacts, is_barred
from app.persistence.queries import desk
from app.persistence.queries.desk import Suspect
from app.services.context import Transaction


def barred_items(tx: Transaction, *, actor: Actor) -> frozenset[int]:
    """Return the open items in the actor's reach that they may not do (one statement, however many there are)."""
    return frozenset(one.item_id for one in desk.suspects(tx.session, actor=actor) if _is_barred(tx, actor, one))


def _is_barred(tx: Transaction, actor: Actor, one: Suspect) -> bool:
    if one.recused:
        return True
    node = tx.context.procedures.get(tx.session, one.version_id).nodes[one.kind].get(one.node_id)
    others = listed(node.properties.get("not_same_as", "")) if node else []
    nomination = one.kind == "nomination"
    did = actor.user_id is not None and not one.handled.isdisjoint(others)
    facts = ItemFacts(
        role=one.role,
        scope_unit_id=None,
        assignee_id=None,
        earlier_handlers=frozenset({actor.user_id} if did and actor.user_id is not None else ()),
        initiator_id=one.initiator_id if nomination else None,
        nominating_unit_id=one.owner_unit_id if nomination else None,
        subject_id=actor.user_id if one.concerned else one.subject_id,
    )
    return is_barred(actor, facts)
