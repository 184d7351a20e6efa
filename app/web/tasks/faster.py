"""Who was faster: what a colleague has claimed is no secret from the group, so that the page says who has it."""

from app.domain.actors import Actor
from app.domain.errors import Conflict, DomainError, NotFound
from app.persistence.queries import desk as desk_query
from app.services.context import Transaction


def who_has_it(tx: Transaction, error: NotFound, *, actor: Actor, item_id: int) -> DomainError:
    """Return what to tell somebody who does not find a work item: who of the group has claimed it, or the error itself."""
    row = desk_query.one(tx.session, actor=actor, item_id=item_id)
    if row is None or not row.claimed:
        return error
    return Conflict("item.claimed", f"这项待办已由{row.assignee}认领，正在办理。如需由您办理，请联系对方退回小组。")
