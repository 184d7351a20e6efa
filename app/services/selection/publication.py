"""The second hand on a notice: what the privacy scan found is decided point by point, with a reason, before it goes out."""

import json
from collections.abc import Sequence

from sqlalchemy import bindparam, select

from app.domain.errors import InvalidValues
from app.domain.fields import Values
from app.domain.publication import Verdict
from app.engine.types import Variable
from app.formkit.sources import SourceItem
from app.persistence.models import PublicNotice
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import group, refusal, text
from app.services.registry import Recorder, Source
from app.services.selection.checks import record_checks
from app.services.selection.privacy_scan import ALLOW, from_json, to_json

FINDING = "finding_"
PUBLISH = "publish"
LEFT = "left"
"""Under this name a draft keeps who has left its list since it was written."""
_DRAFT = select(PublicNotice).where(PublicNotice.round_id == bindparam("round_id"), PublicNotice.state == "draft")


def draft_of(work: CaseWork) -> PublicNotice | None:
    """Return the notice of the round that is not published yet."""
    return work.tx.session.scalars(_DRAFT, {"round_id": work.the_round.id}).one_or_none()


def leave_draft(work: CaseWork) -> None:
    """Take a nominee whose case has ended out of the list that is being drafted. Writes the draft, with who has left it."""
    notice = draft_of(work)
    entries = json.loads(notice.entries_json) if notice is not None else []
    gone = [entry["name"] for entry in entries if entry["case_id"] == work.case.id]
    if notice is not None and gone:
        contact = json.loads(notice.contact_json)
        contact[LEFT] = [*contact.get(LEFT, ()), *gone]
        notice.contact_json = json.dumps(contact, ensure_ascii=False)
        kept = [entry for entry in entries if entry["case_id"] != work.case.id]
        notice.entries_json = json.dumps(kept, ensure_ascii=False)


def _refuse_old_words(notice: PublicNotice) -> None:
    """Refuse a text that was written for a longer list: it says how many people stand on it."""
    gone = json.loads(notice.contact_json).get(LEFT, ())
    if gone and json.loads(notice.entries_json):
        names = "、".join(gone)
        raise refusal("notice_decision", f"起草以后{names}退出了评选，已不在名单里。请退回修改，核对公示稿里的人数后再提交。")


def privacy_findings(work: CaseWork) -> Sequence[SourceItem]:
    """Return what the scan of the draft found, each to be decided."""
    notice = draft_of(work)
    concerns, _ = from_json(notice.findings_json) if notice is not None else ([], {})
    return [SourceItem(concern.key, concern.sentence) for concern in concerns]


def record_publication_review(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Keep what was decided of every finding, and by whom. Refuses to publish while one is to be removed or has no reason.

    Writes the decisions into the draft. Points of the form that are not ticked are refused as by `record_checks`.
    """
    exports = record_checks(work, values)
    notice = draft_of(work)
    if notice is not None and text(values, "notice_decision") == PUBLISH:
        _refuse_old_words(notice)
    concerns, _ = from_json(notice.findings_json) if notice is not None else ([], {})
    if notice is None or not concerns:
        return exports
    rows = {concern.key: group(values, FINDING + concern.key) for concern in concerns}
    verdicts = {
        key: Verdict(text(row, "result") == ALLOW, text(row, "reason")) for key, row in rows.items() if text(row, "result")
    }
    if text(values, "notice_decision") == PUBLISH:
        open_ = {f"{FINDING}{each.key}-result": f"{each.sentence}。须删除的请退回修改；可以公开的请写明理由。"
                 for each in concerns if not _settled(verdicts.get(each.key))}  # fmt: skip
        if open_:
            raise InvalidValues("notice.findings", f"系统发现的内容还有{len(open_)}项没有处理，不能发布。", fields=open_)
    notice.findings_json = to_json(concerns, verdicts=verdicts, by=work.actor.name, at=work.tx.now.isoformat())
    return exports


def _settled(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.allowed and bool(verdict.reason)


RECORDERS = (
    Recorder(
        "record_publication_review", "公开审查", "逐项决定系统发现的内容，未决定的不能发布。", record_publication_review, ()
    ),
)
SOURCES = (Source("privacy_findings", "公示稿中系统发现的内容", privacy_findings),)
