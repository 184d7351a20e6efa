"""What waits for a second person is told to those who may be that person: a request that nobody knows of is never decided."""

from collections.abc import Iterable

from app.domain.actors import Actor, Role
from app.persistence.models import Case, Certificate
from app.persistence.queries import receivers
from app.services.audit import signature
from app.services.context import Transaction
from app.services.letters import post_letters


def tell_second_hands(tx: Transaction, row: Certificate, text: str, *, roles: Iterable[Role], actor: Actor) -> None:
    """Put a letter to everybody with one of the roles into the outbox, but not to who asks; it leads to the certificate's record."""
    others = [to for to in receivers.account_ids(tx.session, roles=roles) if to != actor.user_id]
    case = tx.session.get_one(Case, row.case_id)
    values = {"by": signature(actor), "holder": row.name, "honor": row.title, "serial": row.serial}
    key, link = f"{row.serial}:{tx.now.isoformat()}", f"/certificates/{row.id}/record"
    post_letters(tx, text, to=others, key=key, values=values, case=case, link=link)
