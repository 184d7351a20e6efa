"""Accounts: logging in with lockout, passwords and their rules."""

from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from app.domain.actors import Actor, Grant, Role
from app.domain.errors import DomainError, InvalidValues, NotFound
from app.domain.passwords import check_password
from app.persistence.models import PasswordHistory, User
from app.services import audit
from app.services.context import Context, Transaction

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
REMEMBERED = 5
REFUSAL = "用户名或密码不正确。连续输错 5 次的，账号已锁定 15 分钟：请稍后再试，或联系系统管理员解锁。"
WRONG_OLD = "原密码不正确，请重新输入。连续输错 5 次的，15 分钟内不能修改密码，也不能重新登录。"
_hasher = PasswordHasher()
_ABSENT = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$pTvHS1ynMVeZ2kS7ZSDlD7Cq2xUCQVPKkGZTGBDdYNI"
"""A hash that no password fits: an unknown name takes as long as a wrong password, and tells as little."""
_HASH = select(User.password_hash).where(User.username == bindparam("username"))
_BY_NAME = (
    select(User)
    .options(joinedload(User.unit), joinedload(User.grants))
    .where(User.username == bindparam("username"))
    .with_for_update(of=User)
)


def authenticate(context: Context, *, username: str, password: str, address: str) -> int:
    """Return the id of the account that fits, and write the attempt into the audit log.

    Five failures in a row lock an account for 15 minutes (domain handbook 3.6). The refusal is one sentence for an unknown
    name, a wrong password, a disabled and a locked account alike, so that nobody learns which names exist.
    """
    with context.reading() as tx:
        stored = tx.session.scalar(_HASH, {"username": username}) or _ABSENT
    fits = _verify(stored, password)  # slow on purpose, and therefore before the transaction that keeps other writers waiting
    with context.transaction() as tx:
        user = lock(tx, username)
        refused = user is None or not fits or user.password_hash != stored or not user.active
        if user is not None and not is_locked(tx, user):
            note_attempt(tx, user, failed=refused)
        else:
            refused = True
        actor = actor_of(user) if user else Actor(None, username[:60], None, "", frozenset())
        action = "login_refused" if refused else "login"
        audit.record(tx, actor=actor, action=action, subject=username[:60], detail={"address": address})
        user_id = user.id if user else 0
    if refused:
        raise DomainError("login.refused", REFUSAL)  # after the commit: the count of failures must stay
    return user_id


def lock(tx: Transaction, username: str) -> User | None:
    """Return an account with its unit and roles, its row locked; None when there is none (one statement)."""
    return tx.session.scalars(_BY_NAME, {"username": username}).unique().one_or_none()


def lock_by_id(tx: Transaction, user_id: int) -> User:
    """Return an account that an administrator has chosen from the list, its row locked. `NotFound` when there is none."""
    user = tx.session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound("account.unknown", "没有找到这个账号。请返回列表重新选择。")
    return user


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except VerifyMismatchError:
        return False


def is_locked(tx: Transaction, user: User) -> bool:
    """Tell whether an account is locked after too many failures."""
    return user.locked_until is not None and user.locked_until > tx.now


def note_attempt(tx: Transaction, user: User, *, failed: bool) -> None:
    """Count a failure, and lock the account at the fifth in a row; a success begins anew. Changes the account."""
    user.failed_logins = user.failed_logins + 1 if failed else 0
    user.locked_until = None
    if user.failed_logins >= MOST_FAILURES:
        user.failed_logins, user.locked_until = 0, tx.now + LOCKED_FOR


def change_password(context: Context, *, actor: Actor, old: str, new: str) -> None:
    """Replace one's own password; ends every other session of the account. `InvalidValues` names the rule that is broken.

    A wrong old password counts as a failed login: whoever finds a session open cannot try until it fits.
    """
    with context.reading() as tx:
        user = _own(tx, actor)
        stored, username, user_id, locked = user.password_hash, user.username, user.id, is_locked(tx, user)
    fits = not locked and _verify(stored, old)
    hashed = hash_new(context, new, username=username, user_id=user_id) if fits else ""
    with context.transaction() as tx:
        user = _own(tx, actor, for_update=True)
        fits = fits and user.password_hash == stored and not is_locked(tx, user)
        if not is_locked(tx, user):
            note_attempt(tx, user, failed=not fits)
        if fits:
            set_password(tx, user, hashed)
        audit.record(tx, actor=actor, action="password_changed" if fits else "password_refused", subject=username)
    if not fits:  # after the commit: the count of failures must stay
        raise InvalidValues("password.old", "原密码不正确。", fields={"old": WRONG_OLD})


def _own(tx: Transaction, actor: Actor, *, for_update: bool = False) -> User:
    user = tx.session.get(User, actor.user_id, with_for_update=for_update)
    if user is None:
        raise NotFound("account.unknown", "没有找到您的账号，请重新登录。")
    return user


def hash_new(context: Context, password: str, *, username: str, user_id: int) -> str:
    """Return the hash of a password that keeps the rules and is none of the account's last five; reads only.

    Hashing is slow on purpose: it has to be done before the transaction, which would keep SQLite's other writers waiting.
    """
    check_password(password, username=username)
    recent = select(PasswordHistory.password_hash).where(PasswordHistory.user_id == user_id)
    with context.reading() as tx:
        used = tx.session.scalars(recent.order_by(PasswordHistory.id.desc()).limit(REMEMBERED)).all()
    if any(_verify(stored, password) for stored in used):
        raise InvalidValues("password.used", "新密码最近用过。", fields={"new": f"不能使用最近 {REMEMBERED} 次用过的密码。"})
    return hash_password(password)


def set_password(tx: Transaction, user: User, hashed: str) -> None:
    """Give an account a password by its hash (`hash_new`, or `hash_password` for one made here); raises its session epoch."""
    user.password_hash = hashed
    user.password_changed_at, user.must_change_password = tx.now, False
    user.session_epoch = (user.session_epoch or 0) + 1
    tx.session.add(user)
    tx.session.flush()  # a new account gets its id here
    tx.session.add(PasswordHistory(user_id=user.id, password_hash=hashed, changed_at=tx.now))


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _hasher.hash(password)


def actor_of(user: User) -> Actor:
    """Return the actor that an account stands for, with the roles that it holds now."""
    unit_name = user.unit.name if user.unit else ""
    grants = frozenset(Grant(Role(grant.role), grant.unit_id) for grant in user.grants)
    return Actor(user_id=user.id, name=user.name, unit_id=user.unit_id, unit_name=unit_name, grants=grants)
