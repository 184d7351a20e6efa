"""The privacy scan before something is published: texts and files, what is seen of them and what travels along."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.documents.disclosure import Part
from app.documents.disclosure_apart import parts_apart
from app.domain.errors import DomainError
from app.domain.publication import Concern, Verdict, concerns_in
from app.files.images import data_in
from app.persistence.models import Attachment
from app.services.casework.case_work import CaseWork

ALLOW, REMOVE = "allow", "remove"
Reader = Callable[..., Iterable[Part]]
_PICTURES = ("image/jpeg", "image/png")


def scan_texts(texts: Mapping[str, str], *, secret: bytes) -> list[Concern]:
    """Return the full numbers in texts, by the place that each text stands in."""
    return [concern for place, text in texts.items() for concern in concerns_in(text, place=place, secret=secret)]


def scan_file(name: str, content: bytes, *, media_type: str, secret: bytes, read: Reader = parts_apart) -> list[Concern]:
    """Return what a file must not carry into the public: numbers in its text or cells, hidden parts, data of a camera.

    Starts a child process for a document, because it may be made to keep its reader busy. A damaged picture is a finding.
    """
    if media_type in _PICTURES:
        return list(dict.fromkeys(_of_picture(f"附件“{name}”", content, secret)))
    return list(dict.fromkeys(_of_document(f"附件“{name}”", read(content, media_type=media_type), secret)))


def _of_picture(place: str, content: bytes, secret: bytes) -> Iterator[Concern]:
    try:
        data = data_in(content)
    except DomainError:
        yield Concern(place, "unreadable")
        return
    if data.is_located:
        yield Concern(place, "position")
    if data.has_more:
        yield Concern(place, "embedded_file", "图片末尾的数据")
    if data.texts:
        yield Concern(place, "picture_data", "、".join(data.texts)[:40])
    for text in data.texts:
        yield from concerns_in(text, place=f"{place}的照片信息", secret=secret)


def _of_document(name: str, parts: Iterable[Part], secret: bytes) -> Iterator[Concern]:
    for part in parts:
        if part.concealed:
            yield Concern(name, part.concealed, part.place)  # type: ignore[arg-type]  # the reader's words are the kinds
        if part.picture:
            yield from _of_picture(f"{name}{part.place}", part.picture, secret)
        yield from concerns_in(part.text, place=f"{name}{part.place}", secret=secret)


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
        row: dict[str, Any] = {"place": concern.place, "kind": concern.kind, "shown": concern.shown, "mark": concern.mark}
        verdict = verdicts.get(concern.key)
        if verdict is not None:
            row |= {"result": ALLOW if verdict.allowed else REMOVE, "reason": verdict.reason, "by": by, "at": at}
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False)


def from_json(text: str) -> tuple[list[Concern], dict[str, Verdict]]:
    """Return the findings that a notice keeps, and what was decided of them."""
    concerns, verdicts = [], {}
    for row in json.loads(text):
        concern = Concern(row["place"], row["kind"], row["shown"], row.get("mark", ""))
        concerns.append(concern)
        if "result" in row:
            verdicts[concern.key] = Verdict(row["result"] == ALLOW, row["reason"])
    return concerns, verdicts
