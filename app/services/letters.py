"""Notices to people: the texts of the package, filled in after the commit and put into the receiver's bell."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from app.domain.errors import NotFound
from app.persistence.models import Case, Nomination, Notification, User
from app.services.casework.case_work import CaseWork
from app.services.context import Transaction
from app.services.registry import Delivery

LETTER = "letter"
_PLACE = re.compile(r"\{([a-z_]+)\}")
_SUBJECT_LENGTH = 120


def send_letter(
    work: CaseWork, text: str, *, to: int, key: str, case_id: int | None = None, values: Mapping[str, str] | None = None
) -> None:
    """Put a letter into the outbox: `text` names a file of the package's messages, `values` are its further placeholders."""
    case = case_id or work.case.id
    payload = {"text": text, "user": to, "case": case, "version": work.loaded.version_id, "values": dict(values or {})}
    work.enqueue(LETTER, key=f"letter:{text}:{case}:{to}:{key}", case_id=case, payload=payload)


def send_letters(work: CaseWork, text: str, *, to: Iterable[int], key: str, values: Mapping[str, str] | None = None) -> None:
    """Put the same letter into the outbox for several people."""
    for user_id in to:
        send_letter(work, text, to=user_id, key=key, values=values)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled in; one that nobody fills becomes empty. Nothing in it is executed."""
    return _PLACE.sub(lambda place: values.get(place[1], ""), template)


def deliver(tx: Transaction, payload: Mapping[str, Any]) -> None:
    """Write the notice of one letter. Raises `NotFound` when the package has no text of this name."""
    loaded = tx.context.procedures.get(tx.session, int(payload["version"]))
    content = loaded.procedure.files.get(f"messages/{payload['text']}.txt")
    if content is None:
        raise NotFound("letter.text", f"流程包里没有通知文本“{payload['text']}”。请流程管理员补上。")
    row = tx.session.execute(
        select(Case, User, Nomination.name)
        .select_from(Case)
        .join(User, User.id == int(payload["user"]))
        .outerjoin(Nomination, Nomination.case_id == Case.id)
        .where(Case.id == int(payload["case"]))
    ).one()
    case, user, nominee = row
    link = f"/cases/{case.id}"
    values = {
        "recipient": user.name,
        "case_number": case.number,
        "nominee": nominee or "",
        "link": f"{tx.context.public_base_url}{link}",
        "system": "临空港工匠评选系统",
        **payload["values"],
    }
    subject, _, body = fill(content.decode("utf-8-sig"), values).partition("\n")
    tx.session.add(
        Notification(user_id=user.id, subject=subject.strip()[:_SUBJECT_LENGTH], body=body.strip(), link=link, created_at=tx.now)
    )


DELIVERIES = (Delivery(LETTER, "通知个人", deliver),)
