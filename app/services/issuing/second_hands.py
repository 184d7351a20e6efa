"""What waits for a second person is told to those who may be that person, and confirmed by them as they have seen it.

A request that nobody knows of is never decided; one that was taken back and put anew is not the one that somebody compared.
"""

from collections.abc import Iterable

from app.domain.actors import Actor, Role
from app.domain.errors import Conflict
from app.persistence.models import Case, Certificate
from app.persistence.queries import receivers
from app.services.audit import digest, signature
from app.services.context import Transaction
from app.services.letters import post_letters


def tell_second_hands(tx: Transaction, row: Certificate, text: str, *, roles: Iterable[Role], actor: Actor) -> None:
    """Put a letter to everybody with one of the roles into the outbox, but not to who asks; it leads to the certificate's record."""
    others = [to for to in receivers.account_ids(tx.session, roles=roles) if to != actor.user_id]
    case = tx.session.get_one(Case, row.case_id)
    values = {"by": signature(actor), "holder": row.name, "honor": row.title, "serial": row.serial}
    key, link = f"{row.serial}:{tx.now.isoformat()}", f"/certificates/{row.id}/record"
    post_letters(tx, text, to=others, key=key, values=values, case=case, link=link)


def mark_of(*said: str) -> str:
    """Return by what the page on which a request is compared says which one it shows: another text has another mark."""
    return digest("\n".join(said))


def require_seen(mark: str, *, seen: str) -> None:
    """Refuse to confirm another request than the one that was compared. Raises `Conflict`."""
    if seen != mark:
        raise Conflict("second_hands.changed", "打开页面以后，申请的内容改过，没有办理。请刷新页面，重新核对后再确认。")
