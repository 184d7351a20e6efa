"""Notices to people inside the system, and the address to which mail announces them."""

import re

from sqlalchemy import select, update

from app.domain.actors import Actor
from app.domain.errors import InvalidValues
from app.persistence.models import Notification, User
from app.services import audit
from app.services.context import Context

_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
_LONGEST = 160


def mark_read(context: Context, *, actor: Actor, notice_ids: list[int]) -> None:
    """Note that a person has seen notices of theirs; those of other people are left alone."""
    with context.transaction() as tx:
        tx.session.execute(
            update(Notification)
            .where(Notification.id.in_(notice_ids), Notification.user_id == actor.user_id, Notification.read_at.is_(None))
            .values(read_at=tx.now)
        )


def mail_address(context: Context, *, actor: Actor) -> str:
    """Return where a person's reminders are mailed to, empty when nowhere."""
    with context.reading() as tx:
        return tx.session.scalar(select(User.email).where(User.id == actor.user_id)) or ""


def change_mail_address(context: Context, *, actor: Actor, address: str) -> str:
    """Keep where a person's reminders are mailed to, nowhere for an empty address; return it.

    Writes the account (encrypted) and an event without the address. `InvalidValues` for what is no address in ASCII: what mail
    servers without SMTPUTF8 cannot take would be refused every time.
    """
    given = address.strip()
    if given and (len(given) > _LONGEST or not given.isascii() or not _ADDRESS.fullmatch(given)):
        sentence = "请填写一个邮箱地址，例如 li@example.gov.cn；不需要邮件提醒的，请留空。"
        raise InvalidValues("mail.address", sentence, fields={"email": sentence})
    with context.transaction() as tx:
        tx.session.execute(update(User).where(User.id == actor.user_id).values(email=given or None))
        audit.record(tx, actor=actor, action="mail_address_changed", subject="开启邮件提醒" if given else "关闭邮件提醒")
    return given
