"""Mail that says that there is something to read or to do, and nothing of what: the particulars stay inside, behind the login."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from app.domain.errors import NotFound
from app.notify.messages import fill, house_text
from app.notify.senders import Mail, MailSender
from app.persistence.models import User
from app.services.context import Transaction
from app.services.outbox_rows import entry_row
from app.services.registry import Delivery

MAIL = "mail"
SYSTEM_NAME = "临空港工匠评选系统"


def mail_delivery(sender: MailSender) -> Delivery:
    """Return what carries mail out of the building through a sender."""
    return Delivery(MAIL, "邮件", partial(_deliver, sender))


def announce(tx: Transaction, user: User, *, notice_id: int, count: str) -> list[dict[str, Any]]:
    """Return the outbox entries of the mail that announces a notice: one, or none for who has no address and where no mail goes out.

    `count` is how many work items the notice is about, empty for other news. The address is not written into the entry.
    """
    if not user.email or MAIL not in tx.context.registry.deliveries:
        return []
    return [entry_row(tx, MAIL, key=f"mail:{notice_id}", payload={"user": user.id, "count": count})]


def _deliver(sender: MailSender, tx: Transaction, payload: Mapping[str, Any]) -> Callable[[], None] | None:
    """Hand back the sending of one mail: a server that is slow must not hold the database. None for who wants none any more."""
    user = tx.session.get_one(User, int(payload["user"]))
    if not user.email or not user.active:
        return None
    name = "mail_todo" if payload["count"] else "mail_news"
    template = house_text(name)
    if template is None:
        raise NotFound("letter.text", f"系统缺少通知文本“{name}”。请联系系统管理员。")
    link = f"{tx.context.public_base_url}{'/desk' if payload['count'] else '/notifications'}"
    values = {"recipient": user.name, "count": payload["count"], "link": link, "system": SYSTEM_NAME}
    subject, _, body = fill(template, values).partition("\n")
    mail = Mail(to=user.email, subject=f"【{SYSTEM_NAME}】{subject.strip()}", body=body.strip())
    return partial(sender.send, mail)
