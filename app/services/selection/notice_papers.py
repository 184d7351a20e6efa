"""What a notice says on paper, on the page and in text: all from the one frozen row (domain handbook 1.11)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from app.documents.papers_apart import page_apart
from app.documents.templates import Template
from app.documents.webpage import plain_text
from app.domain.clock import local
from app.domain.working_days import last_day_of
from app.persistence.models import PublicNotice, SelectionRound
from app.services.context import Context, Transaction
from app.services.issuing.papers import keep, paragraphs, printed_values, render_checked, store, template_of
from app.services.registry import Delivery
from app.services.selection.notices import PDF

PAPER, PAGE = "notice", "notice-page"
_POST_CODE = "430040"
_OBJECTIONS = (
    "公示期间，对公示人选有异议的，可通过来信、来电、来访或本系统公示页面如实反映。单位反映情况须加盖公章，个人反映情况须署真实姓名，"
    "并留下联系地址和电话，以便核实和答复。反映人的信息严格保密。"
)


def notice_values(notice: PublicNotice, *, signers: tuple[str, ...], counting: str, days: int) -> dict[str, Any]:
    """Return what the template of a notice shows, from the frozen row alone."""
    contact = json.loads(notice.contact_json)
    assert notice.published_at is not None
    assert notice.ends_at is not None
    first = "公示发布当日计入" if counting == "inclusive" else "自公示发布次日起计算"
    return {
        "title": notice.title,
        "basis": paragraphs(notice.body),
        "starts_on": local(notice.published_at).date(),
        "ends_on": last_day_of(notice.ends_at),
        "working_days": days,
        "counting_rule": f"{first}，遇法定休假日顺延",
        "order_rule": notice.sort_note,
        "objection_rule": _OBJECTIONS,
        "contact_body": contact["contact"],
        "phones": [contact["phone"]],
        "supervision_phone": contact["supervision_phone"],
        "address": contact["address"],
        "post_code": _POST_CODE,
        "email": contact["email"],
        "issuing_bodies": list(signers),
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
    return template, notice_values(notice, signers=template.metadata.signers, counting=counting, days=days)


def deliver_pdf(tx: Transaction, payload: Mapping[str, Any]) -> Callable[[], None]:
    """Gather what a published notice says; what is handed back freezes its words by their hash, and renders and keeps its PDF."""
    notice = tx.session.get_one(PublicNotice, int(payload["notice"]))
    round_ = tx.session.get_one(SelectionRound, notice.round_id)
    template, values = facts_of(tx, notice, round_)
    page = template_of(tx, round_.procedure, PAGE)
    printed = printed_values(template, values, synthetic=tx.context.synthetic)
    return partial(
        _render, tx.context, notice.id, _Forms(template, printed, page, values), name=f"公示{notice.number}", at=tx.now
    )


@dataclass(frozen=True)
class _Forms:
    """A notice as paper and as page: their templates, and what each shows."""

    paper: Template
    printed: Mapping[str, Any]
    page: Template
    values: Mapping[str, Any]


def frozen_text(page: Template, values: Mapping[str, Any], *, synthetic: bool) -> str:
    """Return the words of a notice, which its frozen hash is of: the same as long as nobody has touched the row."""
    return plain_text(page_apart(page, {**values, "synthetic": synthetic}))


def _render(context: Context, notice_id: int, forms: _Forms, *, name: str, at: datetime) -> None:
    names = [str(one["name"]) for one in forms.printed["nominees"]]
    words = frozen_text(forms.page, forms.values, synthetic=context.synthetic)
    pdf = render_checked(forms.paper, forms.printed, created_at=at, expected=names)
    sha256 = store(context, pdf, name=name)
    with context.transaction() as tx:
        notice = tx.session.get_one(PublicNotice, notice_id)
        notice.frozen_sha256 = hashlib.sha256(words.encode()).hexdigest()
        notice.pdf_sha256 = keep(tx, forms.paper, forms.printed, sha256=sha256, rendered_at=at)


DELIVERIES = (Delivery(PDF, "公示文件", deliver_pdf),)
