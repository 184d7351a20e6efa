"""How a candidate opens the account that a nomination made: by a code on paper and the own identity number."""

import hashlib
import hmac

from sqlalchemy import select

from app.domain.actors import Actor, Role
from app.domain.errors import DomainError, NotFound
from app.domain.identifiers import half_width
from app.domain.passwords import check_password
from app.persistence.models import Case, Person, User
from app.services import audit
from app.services.accounts import accounts
from app.services.context import Context, Transaction
from app.services.selection.people import UNUSABLE

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 10


def activation_code(context: Context, *, user_id: int, session_epoch: int) -> str:
    """Return the code that opens an account; it changes with the account's epoch, so that it works once."""
    digest = hmac.new(context.audit_key, f"activation:{user_id}:{session_epoch}".encode(), hashlib.sha256).digest()
    number, code = int.from_bytes(digest), ""
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        code += _ALPHABET[place]
    return code


def invitation(context: Context, *, actor: Actor, case_id: int) -> tuple[str, str] | None:
    """Return user name and code for the candidate of a case, None when the account is in use already.

    For the unit that nominated, which hands them over on paper. Every reading is written into the history of the case.
    """
    with context.transaction() as tx:
        row = tx.session.execute(
            select(Case, User).join(User, User.id == Case.subject_id).where(Case.id == case_id).with_for_update(of=Case)
        ).one_or_none()
        if row is None or row[0].owner_unit_id not in actor.units_of(Role.NOMINATING_UNIT):
            raise NotFound("case.unknown", "没有找到这件办件。请从工作台重新进入。")
        case, user = row
        if user.password_hash != UNUSABLE:
            return None
        audit.record_on_case(tx, case, actor=actor, action="invitation_read", subject=user.username)
        return user.username, activation_code(context, user_id=user.id, session_epoch=user.session_epoch)


def is_unopened(tx: Transaction, *, actor: Actor, case: Case) -> bool:
    """Tell whether a unit still has to hand over the sheet for a candidate of its own (one statement, none for others)."""
    if case.ended_at is not None or case.subject_id is None or case.owner_unit_id not in actor.units_of(Role.NOMINATING_UNIT):
        return False
    return tx.session.scalar(select(User.password_hash).where(User.id == case.subject_id)) == UNUSABLE


def activate(context: Context, *, username: str, code: str, id_number: str, password: str, address: str = "") -> int:
    """Give a new account its first password; return its id. The same refusal for whatever does not fit, as at the login.

    Failures count as at the login, five in a row lock for 15 minutes: who found the sheet cannot try one number after the other.
    Every attempt is in the audit log, with the address that it came from.
    """
    check_password(password, username=username.strip())
    hashed = accounts.hash_password(password)  # slow on purpose, and therefore before the transaction
    with context.transaction() as tx:
        user = accounts.lock(tx, username.strip())
        opened = user is not None and _opens(context, tx, user, code, id_number)
        if user is not None and opened:
            accounts.set_password(tx, user, hashed)
        actor = accounts.actor_of(user) if user else Actor(None, username[:60], None, "", frozenset())
        action = "account_activated" if opened else "activation_refused"
        audit.record(tx, actor=actor, action=action, subject=username.strip()[:60], detail={"address": address})
    if user is None or not opened:  # after the commit: the count of failures must stay
        raise DomainError(
            "activation.refused",
            "账号、激活码或身份证号码不正确，或者账号已经启用。请核对推荐单位给您的激活单；连续输错 5 次的，请 15 分钟后再试。",
        )
    return user.id


def _opens(context: Context, tx: Transaction, user: User, code: str, id_number: str) -> bool:
    if user.password_hash != UNUSABLE or not user.active or accounts.is_locked(tx, user):
        return False
    person = tx.session.get(Person, user.person_id) if user.person_id else None
    fits = person is not None and _fits(context, user, person, code, id_number)
    accounts.note_attempt(tx, user, failed=not fits)
    return fits


def _fits(context: Context, user: User, person: Person, code: str, id_number: str) -> bool:
    expected = activation_code(context, user_id=user.id, session_epoch=user.session_epoch)
    typed = half_width(code).replace("-", "").encode("utf-8", "replace")
    number = context.cipher.look_up(half_width(id_number))
    return hmac.compare_digest(expected.encode(), typed) and hmac.compare_digest(person.id_hash, number)
