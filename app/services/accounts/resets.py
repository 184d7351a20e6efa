"""New passwords for people who forgot theirs, by two hands: the system administrator asks, the security administrator confirms.

Whoever could do it alone could log in as any reviewer and decide in their name (GB/T 22239-2019, level 3: rights are separated).
"""

from datetime import timedelta

from sqlalchemy import delete, select

from app.domain.actors import Actor
from app.domain.errors import DomainError, NotAllowed
from app.domain.permissions import PERMITTED_ROLES, Permission, is_permitted
from app.persistence.models import PasswordReset, User
from app.persistence.queries import receivers
from app.persistence.upsert import insert_unless
from app.services import audit
from app.services.accounts import accounts
from app.services.accounts.account_admin import first_password
from app.services.context import Context, Transaction
from app.services.letters import post_letters

LASTS = timedelta(days=3)
"""So long a request may be confirmed: what nobody remembers having asked for is not carried out."""


def ask_reset(context: Context, *, actor: Actor, user_id: int) -> None:
    """Ask for a new password for an account. Writes the request, an audit event and letters to who may confirm it.

    Asking twice changes nothing.
    """
    if not is_permitted(actor, Permission.MANAGE_ACCOUNTS):
        raise NotAllowed("account.manage", "只有系统管理员可以管理账号。")
    if user_id == actor.user_id:
        raise NotAllowed("account.self", "请用“修改密码”更换自己的密码。")
    with context.transaction() as tx:
        user = accounts.lock_by_id(tx, user_id)
        tx.session.execute(delete(PasswordReset).where(PasswordReset.asked_at <= tx.now - LASTS))
        asked = {"user_id": user_id, "asked_by": actor.user_id, "asked_at": tx.now}
        if insert_unless(tx.session, PasswordReset, asked, taken=[PasswordReset.user_id == user_id]):
            audit.record(tx, actor=actor, action="reset_asked", subject=user.username)
            _tell(tx, user, actor)


def _tell(tx: Transaction, user: User, actor: Actor) -> None:
    """Tell the security administrators, except whom it may not be: a request that nobody knows of lapses after three days."""
    others = set(receivers.account_ids(tx.session, roles=PERMITTED_ROLES[Permission.GRANT_ROLES])) - {actor.user_id, user.id}
    values = {"by": audit.signature(actor), "holder": user.name, "username": user.username}
    key = f"{user.id}:{tx.now.isoformat()}"
    post_letters(tx, "reset_asked", to=sorted(others), key=key, values=values, link="/admin/roles")


def confirm_reset(context: Context, *, actor: Actor, user_id: int) -> str:
    """Give the account a new password for one login and return it; ends the account's sessions.

    Writes the account and an audit event that names who asked. Refuses when nobody asked, or asked for the actor's own account.
    """
    _check_second(actor, user_id)
    password = first_password()
    hashed = accounts.hash_password(password)
    with context.transaction() as tx:
        asked_by = _take(tx, user_id, confirmer=actor.user_id)
        user = accounts.lock_by_id(tx, user_id)
        _set_first_password(tx, user, hashed)
        audit.record(tx, actor=actor, action="password_reset", subject=user.username, detail={"asked_by": asked_by})
    return password


def refuse_reset(context: Context, *, actor: Actor, user_id: int) -> None:
    """Drop a request; the password stays. Writes an audit event."""
    _check_second(actor, user_id)
    with context.transaction() as tx:
        asked_by = _take(tx, user_id)
        user = accounts.lock_by_id(tx, user_id)
        audit.record(tx, actor=actor, action="reset_refused", subject=user.username, detail={"asked_by": asked_by})


def reset_on_the_machine(context: Context, *, operator: Actor, user_id: int) -> str:
    """Give an account a new first password at the command line, where whoever may read the database stands anyway; audited."""
    password = first_password()
    hashed = accounts.hash_password(password)
    with context.transaction() as tx:
        user = accounts.lock_by_id(tx, user_id)
        _set_first_password(tx, user, hashed)
        audit.record(tx, actor=operator, action="password_reset", subject=user.username)
    return password


def _set_first_password(tx: Transaction, user: User, hashed: str) -> None:
    """Give an account a password that has to be changed at the next login, and unlock it."""
    accounts.set_password(tx, user, hashed)
    user.must_change_password, user.failed_logins, user.locked_until = True, 0, None


def _check_second(actor: Actor, user_id: int) -> None:
    if not is_permitted(actor, Permission.GRANT_ROLES):
        raise NotAllowed("reset.confirm", "重置密码由安全管理员确认。")
    if user_id == actor.user_id:
        raise NotAllowed("reset.self", "自己账号的重置须由另一位安全管理员确认。")


def _take(tx: Transaction, user_id: int, *, confirmer: int | None = None) -> str:
    """Remove the request and return who asked; of two who confirm at once the second finds none. Nobody confirms what they asked."""
    query = (
        select(PasswordReset, User.name)
        .join(User, User.id == PasswordReset.asked_by)
        .where(PasswordReset.user_id == user_id, PasswordReset.asked_at > tx.now - LASTS)
    )
    found = tx.session.execute(query.with_for_update(of=PasswordReset)).one_or_none()
    if found is None:
        raise DomainError("reset.none", "没有待确认的重置申请：可能已经办理，或者申请超过三天已失效。请系统管理员重新申请。")
    if confirmer is not None and found[0].asked_by == confirmer:  # whoever asked holds another administrator's role by now
        raise NotAllowed("reset.same_person", "这份申请是您提出的，须由另一位安全管理员确认。")
    tx.session.delete(found[0])
    return str(found[1])
