"""A notice in every form in which it goes out, from one frozen source: web page, A4 paper, poster, plain text, and its files."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from app.documents.papers_apart import page_apart
from app.documents.templates import Template
from app.documents.webpage import plain_text
from app.domain.actors import Actor
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.permissions import OVERSEERS
from app.persistence.models import Case, PublicNotice, SelectionRound
from app.services import audit
from app.services.context import Context, Transaction
from app.services.issuing.papers import printed_values, render_checked, template_of
from app.services.selection.notice_papers import PAGE, facts_of
from app.services.selection.round_files import Paper

POSTER = "notice-poster"


def notice_package(context: Context, *, actor: Actor, round_id: int, notice_id: int) -> Paper:
    """Return a zip with a published notice as web page, A4 PDF, poster, plain text, with its files and the hashes of all.

    Writes the history of the round. `NotAllowed` for others than the bureau and its overseers; `DomainError` while the paper of the
    notice is being made.
    """
    with context.transaction() as tx:
        notice = tx.session.get(PublicNotice, notice_id)
        if notice is None or notice.round_id != round_id or notice.published_at is None:
            raise NotFound("paper.unknown", "没有找到这份公示。请从轮次页面重新进入。")
        if not actor.has(*OVERSEERS):
            raise NotAllowed("notice.package", "只有区人社局、监督员和档案员可以下载公示包。")
        if notice.pdf_sha256 is None:
            raise DomainError("paper.waiting", "公示文件正在生成，请过一会儿再下载。长时间没有生成的，请联系系统管理员。")
        round_ = tx.session.get_one(SelectionRound, round_id)
        _, values = facts_of(tx, notice, round_)
        page, poster = (template_of(tx, round_.procedure, name) for name in (PAGE, POSTER))
        case = tx.session.get_one(Case, round_.case_id, with_for_update=True)
        audit.record_on_case(tx, case, actor=actor, action="downloaded", subject=f"公示包：{notice.title}"[:120])
    # Laid out after the commit, so that nobody waits for it.
    files = dict(_files(context, notice, values, page=page, poster=poster, tx=tx))
    return Paper(f"{notice.title}-公示包.zip", io.BytesIO(_zip(files)))


def _files(
    context: Context, notice: PublicNotice, values: dict[str, Any], *, page: Template, poster: Template, tx: Transaction
) -> Iterator[tuple[str, bytes]]:
    web = page_apart(page, _taken(page, values, synthetic=context.synthetic))
    yield "公示-网页.html", web.encode()
    yield "公示-文字.txt", plain_text(web).encode()
    assert notice.pdf_sha256 is not None
    with context.files.open(notice.pdf_sha256) as stream:
        yield "公示-A4.pdf", stream.read()
    printed = printed_values(poster, _taken(poster, values, synthetic=None), synthetic=context.synthetic)
    names = [str(one["name"]) for one in values["nominees"]]
    yield "公示-张贴版A3.pdf", render_checked(poster, printed, created_at=tx.now, expected=names)
    for number, row in enumerate(json.loads(notice.attachments_json), start=1):
        with context.files.open(row["sha256"]) as stream:
            yield f"附件/{number}-{row['name']}", stream.read()


def _taken(template: Template, values: dict[str, Any], *, synthetic: bool | None) -> dict[str, Any]:
    """Return of the facts what a template declares: a poster has no room for deeds."""
    declared = {spec.name: spec for spec in template.metadata.fields}
    taken = {name: value for name, value in values.items() if name in declared}
    columns = {column.name for column in declared["nominees"].columns}
    taken["nominees"] = [{name: value for name, value in row.items() if name in columns} for row in values["nominees"]]
    return taken if synthetic is None else {**taken, "synthetic": synthetic}


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
        package.writestr("SHA256SUMS.txt", sums)
    return out.getvalue()
