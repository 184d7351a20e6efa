"""What anybody may read: notices, from their frozen entries and from nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.notice_window import is_running
from app.persistence.models import PublicNotice, SelectionRound

MOST_PAST = 50
_PUBLISHED = (
    select(PublicNotice, SelectionRound.suspended_at)
    .join(SelectionRound, SelectionRound.id == PublicNotice.round_id)
    .where(PublicNotice.published_at.is_not(None), PublicNotice.ends_at.is_not(None))
)
_CONTACT = ("contact", "phone", "address", "email", "supervision_phone")


@dataclass(frozen=True)
class Entry:
    """A person on a notice. There is no field here for anything that must stay inside."""

    case_id: int
    name: str
    sex: str
    birth_month: str
    employer: str
    post: str
    skill_level: str
    deed: str


@dataclass(frozen=True)
class PublicFile:
    """A file that goes out with a notice."""

    name: str
    sha256: str
    media_type: str


@dataclass(frozen=True)
class NoticeLine:
    """A notice in the list."""

    id: int
    title: str
    published_at: datetime
    ends_at: datetime
    is_open: bool
    is_suspended: bool


@dataclass(frozen=True)
class Notice:
    """A notice as the public reads it. `entries` and `files` are empty once the window has closed.

    While its round is suspended it stays open, and its end moves when the round is resumed.
    """

    id: int
    title: str
    body: str
    contact: Mapping[str, str]
    sort_note: str
    published_at: datetime
    ends_at: datetime
    is_open: bool
    is_suspended: bool
    entries: tuple[Entry, ...]
    files: tuple[PublicFile, ...] = ()


def notices(session: Session, *, now: datetime) -> list[NoticeLine]:
    """Return the published notices, open ones first, then the newest (one statement)."""
    query = _PUBLISHED.order_by(PublicNotice.published_at.desc()).limit(MOST_PAST)
    found = []
    for row, suspended_at in session.execute(query):
        is_open = _is_open(row, now, suspended_at)
        found.append(NoticeLine(row.id, row.title, row.published_at, row.ends_at, is_open, is_open and suspended_at is not None))
    return sorted(found, key=lambda line: not line.is_open)


def notice(session: Session, *, notice_id: int, now: datetime) -> Notice | None:
    """Return a published notice, None for a draft and for none (one statement)."""
    found = session.execute(_PUBLISHED.where(PublicNotice.id == notice_id)).one_or_none()
    if found is None:
        return None
    row, suspended_at = found
    contact, is_open = json.loads(row.contact_json), _is_open(row, now, suspended_at)
    return Notice(
        id=row.id,
        title=row.title,
        body=row.body,
        contact={key: str(contact.get(key) or "") for key in _CONTACT},
        sort_note=row.sort_note,
        published_at=row.published_at,
        ends_at=row.ends_at,
        is_open=is_open,
        is_suspended=is_open and suspended_at is not None,
        entries=tuple(_entry(each) for each in json.loads(row.entries_json)) if is_open else (),
        files=tuple(PublicFile(**each) for each in json.loads(row.attachments_json)) if is_open else (),
    )


def _is_open(row: PublicNotice, now: datetime, suspended_at: datetime | None) -> bool:
    return row.state == "published" and row.ends_at is not None and is_running(row.ends_at, now=now, suspended_at=suspended_at)


def _entry(values: Mapping[str, Any]) -> Entry:
    texts = {key: str(values.get(key) or "") for key in ("name", "sex", "birth_month", "employer", "post", "skill_level", "deed")}
    return Entry(case_id=int(values["case_id"]), **texts)
