"""Public notices: drafted, frozen, published for a time, closed (domain handbook 1.11)."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.domain.errors import DomainError, InvalidValues
from app.domain.fields import Values
from app.domain.notice_window import NoticeWindow, open_notice
from app.domain.publication import unsettled
from app.domain.rounds import RareCharacter, settings_to_json, with_changes
from app.engine.types import Variable
from app.persistence.models import Case, PublicNotice
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import ids, rows, text, whole
from app.services.letters import send_letter
from app.services.registry import Operation, Recorder
from app.services.selection.nominees import KIND, PROPOSED, open_nominees
from app.services.selection.notice_entries import entries_of
from app.services.selection.privacy_scan import files_to_publish, from_json, scan_file, scan_texts, to_json
from app.services.selection.proposals import before_notice, vacancies
from app.services.selection.publication import draft_of
from app.services.selection.rounds import require_authorization

NOTICE_END = "notice_end"
PDF = "notice_pdf"
CONTACT = ("contact", "phone", "address", "email", "supervision_phone")


def record_notice_draft(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Keep the draft of a notice with its list as it stands now. Writes the draft; an earlier draft of the round is replaced.

    The list and the files that go out with it are scanned; what is found is kept for the second person to decide.
    Refuses too few days and texts with a full number in them.
    """
    settings = work.settings
    open_notice(work.tx.today, days=whole(values, "days"), calendar=work.calendar, counting=_counting(work))
    rare = rare_in(values)
    if rare != settings.rare:
        work.save_settings(settings_to_json(with_changes(settings, rare=rare)))
    entries, note = entries_of(before_notice(work, open_nominees(work)), sort_by=settings.sort_by, rare=rare)
    notice = draft_of(work) or _new_draft(work)
    assert work.actor.user_id is not None
    notice.drafted_by = work.actor.user_id  # first: what is read below writes the row
    notice.title, notice.body = text(values, "title"), text(values, "body")
    contact: dict[str, Any] = {key: text(values, key) for key in CONTACT}
    notice.contact_json = json.dumps({**contact, "days": whole(values, "days")}, ensure_ascii=False)
    notice.entries_json, notice.sort_note = json.dumps(entries, ensure_ascii=False), note
    _scan(work, notice, entries=entries, attachments=ids(values, "attachments"))
    return {}


def rare_in(values: Values) -> tuple[RareCharacter, ...]:
    """Return the characters that the tables lack, as the form of a notice says how they are sorted."""
    found = rows(values, "rare")
    return tuple(RareCharacter(text(row, "character"), text(row, "strokes"), text(row, "reading")) for row in found)


def _counting(work: CaseWork) -> Any:
    return work.settings.notice_counting


def _scan(work: CaseWork, notice: PublicNotice, *, entries: list[dict[str, Any]], attachments: list[int]) -> None:
    secret = work.tx.context.audit_key
    concerns = scan_texts(_texts_of(notice, entries), secret=secret)
    files = files_to_publish(work, attachments)
    for row, content in files:
        concerns += scan_file(row.name, content, media_type=row.media_type, secret=secret)
    kept = [{"name": row.name, "sha256": row.sha256, "media_type": row.media_type} for row, _ in files]
    notice.attachments_json = json.dumps(kept, ensure_ascii=False)
    notice.findings_json = to_json(concerns, verdicts={})


def _texts_of(notice: PublicNotice, entries: list[dict[str, Any]]) -> dict[str, str]:
    """Return what the public will read, by where it stands: the typed text, and each person of the list."""
    contact = "\n".join(str(value) for value in json.loads(notice.contact_json).values())
    typed = {"公示标题": notice.title, "公示正文": notice.body, "联系方式": contact}
    return typed | {str(entry["name"]): "\n|\n".join(str(value) for value in entry.values()) for entry in entries}


def _refuse_unsettled(work: CaseWork, notice: PublicNotice, *, entries: list[dict[str, Any]]) -> None:
    """Refuse what nobody has allowed, also what came into the list after the draft was scanned."""
    concerns, verdicts = from_json(notice.findings_json)
    texts = scan_texts(_texts_of(notice, entries), secret=work.tx.context.audit_key)
    found = unsettled([*texts, *concerns], verdicts=verdicts)
    if found:
        wrong = {each.place: f"{each.sentence}，不能公开。请删去，或由公开审查员写明可以公开的理由。" for each in found}
        raise InvalidValues("notice.private", "公开的内容里有不能公开的内容，没有发布。请退回修改后再提交。", fields=wrong)


def _new_draft(work: CaseWork) -> PublicNotice:
    round_id = work.the_round.id
    last = work.tx.session.scalar(select(func.max(PublicNotice.number)).where(PublicNotice.round_id == round_id)) or 0
    notice = PublicNotice(round_id=round_id, number=last + 1, state="draft", end_date="")
    work.tx.session.add(notice)
    return notice


def publish_notice(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Freeze the list, open the window and set the deadline `notice_end`.

    Side effects: the notice (published, reviewed by whoever lets it go), the deadline, letters to the nominees, a PDF after the
    commit. Refuses without an approval, while a finding of the privacy scan is not decided, and when the end lies in a year without calendar.
    When everybody has left the list meanwhile, nothing goes out and the notice is over at once: the list has to be made anew.
    """
    require_authorization(work.settings)
    notice = draft_of(work)
    if notice is None:
        raise DomainError("notice.no_draft", "没有找到待发布的公示稿。请先起草公示。")
    nominees = before_notice(work, open_nominees(work))
    if not nominees:
        _drop(work, notice)
        return None
    entries, note = entries_of(nominees, sort_by=work.settings.sort_by, rare=work.settings.rare)
    _refuse_unsettled(work, notice, entries=entries)
    window = open_notice(
        work.tx.today, days=json.loads(notice.contact_json)["days"], calendar=work.calendar, counting=_counting(work)
    )
    _freeze(work, notice, window, entries=entries, note=note)
    for each in nominees:
        if each.case.subject_id is not None:
            values = {"notice_start": window.start.isoformat(), "notice_end": window.end_date.isoformat()}
            send_letter(
                work, "notice_opened", to=each.case.subject_id, key=str(notice.number), case_id=each.case_id, values=values
            )
    return None


def _drop(work: CaseWork, notice: PublicNotice) -> None:
    work.tx.session.delete(notice)
    work.set_deadline(NOTICE_END, work.tx.now)
    work.note("notice_dropped", subject=notice.title)


def _freeze(work: CaseWork, notice: PublicNotice, window: NoticeWindow, *, entries: list[dict[str, Any]], note: str) -> None:
    notice.entries_json, notice.sort_note, notice.state = json.dumps(entries, ensure_ascii=False), note, "published"
    notice.reviewed_by, notice.published_at = work.actor.user_id, work.tx.now
    notice.ends_at, notice.end_date = window.ends_at, window.end_date.isoformat()
    work.set_deadline(NOTICE_END, window.ends_at)
    work.note("notice_published", subject=notice.title, detail={"ends": notice.end_date, "people": len(entries)})
    work.enqueue(PDF, key=f"{PDF}:{notice.id}", case_id=work.case.id, payload={"notice": notice.id})


def close_notice(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """End the published notice; return how many places upheld objections left empty that waiting reserves can fill.

    When nobody at all is left on the list, all its places are empty, whether reserves wait or not: the list has to be made anew.
    """
    session, round_id = work.tx.session, work.the_round.id
    notices = session.scalars(
        select(PublicNotice)
        .where(PublicNotice.round_id == round_id, PublicNotice.published_at.is_not(None))
        .order_by(PublicNotice.number)
    ).all()
    for notice in notices:
        notice.state = "closed"
    first = len(json.loads(notices[0].entries_json)) if notices else 0
    return vacancies(work, wanted=first + _left_before_notice(work))


def _left_before_notice(work: CaseWork) -> int:
    """How many withdrew after they were listed and before the public read of them: their places are empty as well."""
    gone = (Case.kind == KIND, Case.stage == PROPOSED, Case.ended_at.is_not(None))
    return work.tx.session.scalar(select(func.count()).where(Case.round_id == work.the_round.id, *gone)) or 0


OPERATIONS = (
    Operation("publish_notice", "发布公示", "固定名单，起算公示期，确定截止时间。", publish_notice, {}),
    Operation("close_notice", "结束公示", "撤下公示，给出可由候补递补的空缺名额数。", close_notice, {}),
)
RECORDERS = (Recorder("record_notice_draft", "公示稿", "保存公示稿和名单，检查不能公开的号码。", record_notice_draft, ()),)
