"""What anybody may read: notices, from their frozen entries and from nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.persistence.models import PublicNotice

MOST_PAST = 50
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


@dataclass(frozen=True)
class Notice:
    """A notice as the public reads it. `entries` and `files` are empty once the window has closed."""

    id: int
    title: str
    body: str
    contact: Mapping[str, str]
    sort_note: str
    published_at: datetime
    ends_at: datetime
    is_open: bool
    entries: tuple[Entry, ...]
    files: tuple[PublicFile, ...] = ()


def notices(session: Session, *, now: datetime) -> list[NoticeLine]:
    """Return the published notices, open ones first, then the newest (one statement)."""
    query = select(PublicNotice).where(PublicNotice.published_at.is_not(None), PublicNotice.ends_at.is_not(None))
    found = [
        NoticeLine(row.id, row.title, row.published_at, row.ends_at, _is_open(row, now))
        for row in session.scalars(query.order_by(PublicNotice.published_at.desc()).limit(MOST_PAST))
        if row.published_at is not None and row.ends_at is not None
    ]
    return sorted(found, key=lambda line: not line.is_open)


def notice(session: Session, *, notice_id: int, now: datetime) -> Notice | None:
    """Return a published notice, None for a draft and for none (one statement)."""
    row = session.get(PublicNotice, notice_id)
    if row is None or row.published_at is None or row.ends_at is None:
        return None
    contact = json.loads(row.contact_json)
    is_open = _is_open(row, now)
    return Notice(
        id=row.id,
        title=row.title,
        body=row.body,
        contact={key: str(contact.get(key) or "") for key in _CONTACT},
        sort_note=row.sort_note,
        published_at=row.published_at,
        ends_at=row.ends_at,
        is_open=is_open,
        entries=tuple(_entry(each) for each in json.loads(row.entries_json)) if is_open else (),
        files=tuple(PublicFile(**each) for each in json.loads(row.attachments_json)) if is_open else (),
    )


def _is_open(row: PublicNotice, now: datetime) -> bool:
    return row.state == "published" and row.ends_at is not None and now < row.ends_at


def _entry(values: Mapping[str, Any]) -> Entry:
    texts = {key: str(values.get(key) or "") for key in ("name", "sex", "birth_month", "employer", "post", "skill_level", "deed")}
    return Entry(case_id=int(values["case_id"]), **texts)
