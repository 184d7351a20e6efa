"""A notice in every form in which it went out, as it went out: web page, A4 paper, poster, plain text, and its files."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import undefer

from app.domain.actors import Actor
from app.domain.clock import local
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.permissions import OVERSEERS
from app.persistence.models import Case, PublicNotice, SelectionRound
from app.services import audit
from app.services.context import Context
from app.services.selection.notice_papers import kept_forms
from app.services.selection.round_files import Paper


def notice_package(context: Context, *, actor: Actor, round_id: int, notice_id: int) -> Paper:
    """Return a zip with a published notice as web page, A4 PDF, poster, plain text, with its files and the hashes of all.

    Writes the history of the round. `NotAllowed` for others than the bureau and its overseers; `DomainError` while the paper of the
    notice is being made.
    """
    with context.transaction() as tx:
        notice = tx.session.get(PublicNotice, notice_id, options=[undefer(PublicNotice.page_html)])
        if notice is None or notice.round_id != round_id or notice.published_at is None:
            raise NotFound("paper.unknown", "没有找到这份公示。请从轮次页面重新进入。")
        if not actor.has(*OVERSEERS):
            raise NotAllowed("notice.package", "只有区人社局、监督员和档案员可以下载公示包。")
        if notice.pdf_sha256 is None:
            raise DomainError("paper.waiting", "公示文件正在生成，请过一会儿再下载。长时间没有生成的，请联系系统管理员。")
        round_ = tx.session.get_one(SelectionRound, round_id)
        case = tx.session.get_one(Case, round_.case_id, with_for_update=True)
        audit.record_on_case(tx, case, actor=actor, action="downloaded", subject=f"公示包：{notice.title}"[:120])
    files = dict(_files(context, notice))
    return Paper(f"{notice.title}-公示包.zip", io.BytesIO(_zip(files, at=notice.published_at)))


def _files(context: Context, notice: PublicNotice) -> Iterator[tuple[str, bytes]]:
    yield from kept_forms(context, notice)
    for number, row in enumerate(json.loads(notice.attachments_json), start=1):
        with context.files.open(row["sha256"]) as stream:
            yield f"附件/{number}-{row['name']}", stream.read()


def _zip(files: dict[str, bytes], *, at: datetime) -> bytes:
    """Every file carries the moment of publication, so that the package is the same whenever it is made."""
    out = io.BytesIO()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (*files.items(), ("SHA256SUMS.txt", sums.encode())):
            package.writestr(zipfile.ZipInfo(name, local(at).timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
