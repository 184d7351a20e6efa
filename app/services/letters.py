"""Notices to people: texts of the package or of the house, filled in after the commit, put into the bell and announced by mail."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from app.domain.errors import NotFound
from app.notify.messages import fill, house_text
from app.persistence.models import Case, Nomination, Notification, User
from app.services.casework.case_work import CaseWork
from app.services.context import Transaction
from app.services.mails import SYSTEM_NAME, announce
from app.services.outbox_rows import entry_row, post
from app.services.registry import Delivery

LETTER = "letter"
_SUBJECT_LENGTH = 120
_CASE_AND_NOMINEE = (
    select(Case, Nomination.name).outerjoin(Nomination, Nomination.case_id == Case.id).where(Case.id == bindparam("case_id"))
)


def send_letter(
    work: CaseWork,
    text: str,
    *,
    to: int,
    key: str,
    case_id: int | None = None,
    values: Mapping[str, str] | None = None,
    link: str = "",
) -> None:
    """Put a letter into the outbox: `text` names a file of the package's messages, `values` are its further placeholders."""
    case = case_id or work.case.id
    work.enqueue(
        LETTER,
        key=f"letter:{text}:{case}:{to}:{key}",
        case_id=case,
        payload=_payload(text, to=to, case_id=case, version_id=work.loaded.version_id, values=values or {}, link=link),
    )


def send_letters(work: CaseWork, text: str, *, to: Iterable[int], key: str, values: Mapping[str, str] | None = None) -> None:
    """Put the same letter into the outbox for several people."""
    for user_id in to:
        send_letter(work, text, to=user_id, key=key, values=values)


def letter_row(
    tx: Transaction,
    text: str,
    *,
    to: int,
    key: str,
    values: Mapping[str, str],
    case: Case | None = None,
    link: str = "",
) -> dict[str, Any]:
    """Return the outbox entry of a letter that no step of a case sends; `outbox_rows.post` writes it with others."""
    case_id, version_id = (case.id, case.procedure_version_id) if case is not None else (None, None)
    payload = _payload(text, to=to, case_id=case_id, version_id=version_id, values=values, link=link)
    return entry_row(tx, LETTER, key=f"letter:{text}:{case_id or 0}:{to}:{key}", payload=payload, case_id=case_id)


def post_letters(
    tx: Transaction,
    text: str,
    *,
    to: Iterable[int],
    key: str,
    values: Mapping[str, str],
    case: Case | None = None,
    link: str = "",
) -> None:
    """Put the same letter, which no step of a case sends, into the outbox for several people (one statement)."""
    post(tx, [letter_row(tx, text, to=user_id, key=key, values=values, case=case, link=link) for user_id in to])


def _payload(
    text: str, *, to: int, case_id: int | None, version_id: int | None, values: Mapping[str, str], link: str
) -> dict[str, Any]:
    return {"text": text, "user": to, "case": case_id, "version": version_id, "values": dict(values), "link": link}


def deliver(tx: Transaction, payload: Mapping[str, Any]) -> None:
    """Write the notice of one letter, and announce it by mail to who wants that. Raises `NotFound` when there is no such text.

    A text of the package goes before the house's own of the same name.
    """
    template = text_of(tx, payload["text"], version_id=payload["version"])
    if template is None:
        raise NotFound("letter.text", f"流程包里没有通知文本“{payload['text']}”。请流程管理员补上。")
    user = tx.session.get_one(User, int(payload["user"]))
    case, nominee = _case_of(tx, payload["case"])
    link = str(payload.get("link") or (f"/cases/{case.id}" if case else "/desk"))
    values = {
        "recipient": user.name,
        "case_number": case.number if case else "",
        "nominee": nominee,
        "link": f"{tx.context.public_base_url}{link}",
        "system": SYSTEM_NAME,
        **payload["values"],
    }
    subject, _, body = fill(template, values).partition("\n")
    notice = Notification(
        user_id=user.id, subject=subject.strip()[:_SUBJECT_LENGTH], body=body.strip(), link=link, created_at=tx.now
    )
    tx.session.add(notice)
    tx.session.flush()
    post(tx, announce(tx, user, notice_id=notice.id, count=str(payload["values"].get("items", ""))))


def text_of(tx: Transaction, name: str, *, version_id: int | None) -> str | None:
    """Return a text by name: the package's own, or else the house's; None when neither has one."""
    if version_id is not None:
        content = tx.context.procedures.get(tx.session, version_id).procedure.files.get(f"messages/{name}.txt")
        if content is not None:
            return content.decode("utf-8-sig")
    return house_text(name)


def _case_of(tx: Transaction, case_id: int | None) -> tuple[Case | None, str]:
    if case_id is None:
        return None, ""
    row = tx.session.execute(_CASE_AND_NOMINEE, {"case_id": int(case_id)}).one()
    return row[0], row[1] or ""


DELIVERIES = (Delivery(LETTER, "通知个人", deliver),)
