"""The privacy scan before something is published: texts and files, what is seen of them and what travels along."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.domain.publication import Concern, Verdict, concerns_in
from app.files.images import data_in
from app.persistence.models import Attachment
from app.services.casework.case_work import CaseWork

ALLOW, REMOVE = "allow", "remove"
_PICTURES = ("image/jpeg", "image/png")


def scan_texts(texts: Mapping[str, str]) -> list[Concern]:
    """Return the full numbers in texts, by the place that each text stands in."""
    return [concern for place, text in texts.items() for concern in concerns_in(text, place=place)]


def scan_file(name: str, content: bytes, *, media_type: str) -> list[Concern]:
    """Return what a file must not carry into the public: numbers in its text layer or cells, hidden parts, data of a camera."""
    found = dict.fromkeys(_of_picture(name, content) if media_type in _PICTURES else _of_document(name, content, media_type))
    return list(found)


def _of_picture(name: str, content: bytes) -> Iterator[Concern]:
    data = data_in(content)
    if data.is_located:
        yield Concern(f"附件“{name}”", "position")
    if data.texts:
        yield Concern(f"附件“{name}”", "picture_data", "、".join(data.texts)[:40])
    for text in data.texts:
        yield from concerns_in(text, place=f"附件“{name}”的照片信息")


def _of_document(name: str, content: bytes, media_type: str) -> Iterator[Concern]:
    from app.documents.disclosure import parts_of  # slow import: pypdf

    for part in parts_of(content, media_type=media_type):
        place = f"附件“{name}”{part.place}"
        if part.concealed:
            yield Concern(f"附件“{name}”", part.concealed, part.place)  # type: ignore[arg-type]  # the reader's words are the kinds
        yield from concerns_in(part.text, place=place)


def files_to_publish(work: CaseWork, ids: Iterable[int]) -> list[tuple[Attachment, bytes]]:
    """Return the files of the case with these ids and their contents, in order of name."""
    wanted = list(ids)
    if not wanted:
        return []
    query = select(Attachment).where(Attachment.case_id == work.case.id, Attachment.id.in_(wanted)).order_by(Attachment.name)
    found = []
    for row in work.tx.session.scalars(query):
        with work.tx.context.files.open(row.sha256) as stream:
            found.append((row, stream.read()))
    return found


def to_json(concerns: Sequence[Concern], *, verdicts: Mapping[str, Verdict], by: str = "", at: str = "") -> str:
    """Return findings with what was decided of them, as a notice keeps them."""
    rows = []
    for concern in concerns:
        row: dict[str, Any] = {"place": concern.place, "kind": concern.kind, "shown": concern.shown}
        verdict = verdicts.get(concern.key)
        if verdict is not None:
            row |= {"result": ALLOW if verdict.allowed else REMOVE, "reason": verdict.reason, "by": by, "at": at}
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False)


def from_json(text: str) -> tuple[list[Concern], dict[str, Verdict]]:
    """Return the findings that a notice keeps, and what was decided of them."""
    concerns, verdicts = [], {}
    for row in json.loads(text):
        concern = Concern(row["place"], row["kind"], row["shown"])
        concerns.append(concern)
        if "result" in row:
            verdicts[concern.key] = Verdict(row["result"] == ALLOW, row["reason"])
    return concerns, verdicts
