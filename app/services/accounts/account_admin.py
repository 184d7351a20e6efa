"""Accounts as the system administrator keeps them: opened, disabled, unlocked, given a new first password."""

import re
import secrets

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import InvalidValues, NotAllowed
from app.domain.names import clean_name
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import OrgUnit, User
from app.services import audit
from app.services.accounts import accounts
from app.services.context import Context

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")
_LETTERS = ("ABCDEFGHJKMNPQRSTUVWXYZ", "abcdefghjkmnpqrstuvwxyz", "23456789")
_LENGTH = 14


def first_password() -> str:
    """Return a password that keeps the rules, without characters that look alike on paper; for one login only."""
    while True:
        text = "".join(secrets.choice("".join(_LETTERS)) for _ in range(_LENGTH))
        if all(any(each in group for each in text) for group in _LETTERS):
            return "-".join((text[:5], text[5:9], text[9:]))


def create_account(context: Context, *, actor: Actor, username: str, name: str, unit_id: int) -> tuple[int, str]:
    """Open an account without roles; return its id and the password for the first login, which is shown once.

    Writes the account and an audit event. `InvalidValues` for a name that is taken or cannot be used and for an unknown unit.
    """
    _check(actor)
    wanted = username.strip().lower()
    wrong = {}
    if not _USERNAME.fullmatch(wanted):
        wrong["username"] = "用户名由3到40个小写字母、数字、点、横线组成，以字母开头，例如 renshe.zhang。"
    try:
        person = clean_name(name)
    except InvalidValues as error:
        wrong["name"] = error.message
    password = first_password()
    hashed = accounts.hash_password(password)
    with context.transaction() as tx:
        if tx.session.scalar(select(User.id).where(User.username == wanted)) is not None:
            wrong["username"] = "这个用户名已经有人使用，请换一个。"
        if tx.session.get(OrgUnit, unit_id) is None:
            wrong["unit"] = "请选择单位。"
        if wrong:
            raise InvalidValues("account.values", "账号没有建立，请修改后再提交。", fields=wrong)
        user = User(username=wanted, name=person, unit_id=unit_id, active=True, created_at=tx.now, session_epoch=0)
        accounts.set_password(tx, user, hashed)
        user.must_change_password = True
        audit.record(tx, actor=actor, action="account_created", subject=wanted)
        return user.id, password


def set_active(context: Context, *, actor: Actor, user_id: int, active: bool) -> None:
    """Disable an account, which ends its sessions at once, or enable it again. Nobody disables their own."""
    _check(actor)
    if user_id == actor.user_id:
        raise NotAllowed("account.self", "不能停用自己的账号。请由另一位系统管理员办理。")
    with context.transaction() as tx:
        user = accounts.lock_by_id(tx, user_id)
        if user.active != active:
            user.active, user.session_epoch = active, user.session_epoch + 1
            audit.record(tx, actor=actor, action="account_enabled" if active else "account_disabled", subject=user.username)


def unlock(context: Context, *, actor: Actor, user_id: int) -> None:
    """Let somebody who mistyped the password too often log in again at once. Writes an audit event."""
    _check(actor)
    with context.transaction() as tx:
        user = accounts.lock_by_id(tx, user_id)
        user.failed_logins, user.locked_until = 0, None
        audit.record(tx, actor=actor, action="account_unlocked", subject=user.username)


def _check(actor: Actor) -> None:
    if not is_permitted(actor, Permission.MANAGE_ACCOUNTS):
        raise NotAllowed("account.manage", "只有系统管理员可以管理账号。")
