"""What a notice says on paper, on the page and in text: all from the one frozen row (domain handbook 1.11)."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from app.documents.metadata import Metadata, wording
from app.documents.papers_apart import page_apart
from app.documents.templates import Template
from app.documents.webpage import plain_text
from app.domain.clock import local
from app.domain.errors import DomainError
from app.domain.working_days import last_day_of
from app.persistence.models import PublicNotice, SelectionRound
from app.services.context import Context, Transaction
from app.services.issuing.papers import paragraphs, printed_values, render_checked, template_of
from app.services.issuing.signed_papers import Finished, finish, keep_finished
from app.services.issuing.templates import is_deployed
from app.services.registry import Delivery
from app.services.selection.notices import PDF

PAPER, PAGE, POSTER = "notice", "notice-page", "notice-poster"
PAGE_FILE, TEXT_FILE, PAPER_FILE, POSTER_FILE = "公示-网页.html", "公示-文字.txt", "公示-A4.pdf", "公示-张贴版A3.pdf"
"""What the forms of a notice are called where they are handed out together."""


def notice_values(notice: PublicNotice, said: Metadata, *, counting: str, days: int) -> dict[str, Any]:
    """Return what the template of a notice shows, from the frozen row and the fixed texts of the template."""
    contact = json.loads(notice.contact_json)
    assert notice.published_at is not None
    assert notice.ends_at is not None
    return {
        "title": notice.title,
        "basis": paragraphs(notice.body),
        "starts_on": local(notice.published_at).date(),
        "ends_on": last_day_of(notice.ends_at),
        "working_days": days,
        "counting_rule": wording(said, "count_inclusive" if counting == "inclusive" else "count_exclusive"),
        "order_rule": notice.sort_note,
        "objection_rule": wording(said, "objections"),
        "contact_body": contact["contact"],
        "phones": [contact["phone"]],
        "supervision_phone": contact["supervision_phone"],
        "address": contact["address"],
        "post_code": wording(said, "post_code"),
        "email": contact["email"],
        "issuing_bodies": list(said.signers),
        "published_on": local(notice.published_at).date(),
        "nominees": [
            {key: value for key, value in entry.items() if key != "case_id"} for entry in json.loads(notice.entries_json)
        ],
    }


def facts_of(tx: Transaction, notice: PublicNotice, round_: SelectionRound) -> tuple[Template, dict[str, Any]]:
    """Return the template of the paper and the facts that every form of the notice shows."""
    template = template_of(tx, round_.procedure, PAPER)
    counting = json.loads(round_.settings_json).get("notice_counting", "exclusive")
    days = json.loads(notice.contact_json)["days"]
    return template, notice_values(notice, template.metadata, counting=counting, days=days)


@dataclass(frozen=True)
class Forms:
    """A notice in all forms in which it goes out, from the same facts: paper, page, and a poster where the procedure has one."""

    notice_id: int
    name: str
    at: datetime
    paper: Template
    page: Template
    poster: Template | None
    facts: Mapping[str, Any]
    synthetic: bool

    @property
    def names(self) -> list[str]:
        """The people on the list."""
        return [str(one["name"]) for one in self.facts["nominees"]]

    def printed(self, template: Template) -> dict[str, Any]:
        """Return what a paper of the notice shows: of the facts, those that its template takes."""
        return printed_values(template, taken(template, self.facts), synthetic=self.synthetic)


def forms_of(tx: Transaction, notice: PublicNotice, round_: SelectionRound) -> Forms:
    """Gather everything that the forms of a published notice are made of."""
    paper, facts = facts_of(tx, notice, round_)
    poster = template_of(tx, round_.procedure, POSTER) if is_deployed(tx, f"{round_.procedure}/{POSTER}") else None
    page = template_of(tx, round_.procedure, PAGE)
    return Forms(notice.id, f"公示{notice.number}", tx.now, paper, page, poster, facts, tx.context.synthetic)


def deliver_pdf(tx: Transaction, payload: Mapping[str, Any]) -> Callable[[], None]:
    """Gather what a published notice says; what is handed back makes its forms and keeps them, the words frozen by their hash."""
    notice = tx.session.get_one(PublicNotice, int(payload["notice"]))
    return partial(_make, tx.context, forms_of(tx, notice, tx.session.get_one(SelectionRound, notice.round_id)))


def taken(template: Template, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return of the facts what a template declares: a poster has no room for deeds."""
    declared = {spec.name: spec for spec in template.metadata.fields}
    found = {name: value for name, value in facts.items() if name in declared}
    columns = {column.name for column in declared["nominees"].columns}
    found["nominees"] = [{name: value for name, value in row.items() if name in columns} for row in facts["nominees"]]
    return found


def web_form(page: Template, facts: Mapping[str, Any], *, synthetic: bool) -> str:
    """Return a notice as a web page of one file."""
    return page_apart(page, {**taken(page, facts), "synthetic": synthetic})


def _make(context: Context, forms: Forms) -> None:
    web = web_form(forms.page, forms.facts, synthetic=forms.synthetic)
    paper = _finished(context, forms, forms.paper)
    poster = None if forms.poster is None else _finished(context, forms, forms.poster)
    with context.transaction() as tx:
        notice = tx.session.get_one(PublicNotice, forms.notice_id)
        notice.page_html, notice.frozen_sha256 = web, _hash_of(plain_text(web).encode())
        notice.pdf_sha256 = _keep(tx, forms, forms.paper, paper)
        if forms.poster is not None and poster is not None:
            notice.poster_sha256 = _keep(tx, forms, forms.poster, poster)


def _finished(context: Context, forms: Forms, template: Template) -> Finished:
    pdf = render_checked(template, forms.printed(template), created_at=forms.at, expected=forms.names)
    return finish(context, pdf, name=forms.name, reason=template.metadata.reason, at=forms.at)


def _keep(tx: Transaction, forms: Forms, template: Template, paper: Finished) -> str:
    return keep_finished(tx, template, forms.printed(template), paper=paper, rendered_at=forms.at)


def kept_forms(context: Context, notice: PublicNotice) -> Iterator[tuple[str, bytes]]:
    """Yield the forms in which a notice went out, by file name; its page has to be loaded.

    Raises `DomainError` when one of them is not any more what went out.
    """
    if notice.page_html is not None:  # notices of earlier days kept their paper only
        words = plain_text(notice.page_html).encode()
        _require_hash(words, notice.frozen_sha256, name=TEXT_FILE)
        yield PAGE_FILE, notice.page_html.encode()
        yield TEXT_FILE, words
    for name, sha256 in ((PAPER_FILE, notice.pdf_sha256), (POSTER_FILE, notice.poster_sha256)):
        if sha256 is not None:
            with context.files.open(sha256) as stream:
                content = stream.read()
            _require_hash(content, sha256, name=name)
            yield name, content


def _require_hash(content: bytes, sha256: str | None, *, name: str) -> None:
    if _hash_of(content) != sha256:
        raise DomainError("notice.changed", f"保存的“{name}”与发布时不一致，不能下载。请联系系统管理员从备份恢复。")


def _hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


DELIVERIES = (Delivery(PDF, "公示文件", deliver_pdf),)
