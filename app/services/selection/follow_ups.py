"""After the award: the reports of each year and what changes, entered by the bureau, and the bureau reminded of what is missing."""

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.documents.spreadsheets import Column, Sheet
from app.domain.actors import Actor, Role
from app.domain.errors import InvalidValues, NotAllowed, NotFound
from app.domain.follow_ups import REMIND_MONTH, TITLES, FollowUp, ReportState, YearReport, managed_years, report_states
from app.domain.permissions import Permission, is_permitted
from app.domain.rounds import settings_from_json
from app.files.store import Readable
from app.persistence.models import Case, Certificate, FollowUpRecord, SelectionRound
from app.persistence.queries import follow_ups as queries
from app.persistence.queries import receivers
from app.persistence.queries.follow_ups import REMINDED, Titled
from app.services import audit
from app.services.context import Context, Transaction
from app.services.letters import post_letters
from app.services.selection.round_exports import Export, export_file

LONGEST = 1000


@dataclass(frozen=True)
class Line:
    """Somebody who was titled, and how it stands with the reports; nobody reports on a title that was revoked."""

    person: Titled
    reports: tuple[YearReport, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """The years whose report is due or late."""
        return tuple(each.year for each in self.reports if each.state in (ReportState.WAITING, ReportState.LATE))


def lines(tx: Transaction, *, round_id: int) -> list[Line]:
    """Return everybody whom a round titled, with the reports of each year (three statements). `NotFound` without the round."""
    round_ = tx.session.get(SelectionRound, round_id)
    if round_ is None:
        raise NotFound("round.unknown", "没有找到这一轮评选。请从轮次列表重新进入。")
    years = settings_from_json(json.loads(round_.settings_json)).management_years
    return [_line(each, years=years, today=tx.today) for each in queries.titled(tx.session, round_id=round_id)]


def _line(person: Titled, *, years: int, today: date) -> Line:
    if person.is_revoked:
        return Line(person, ())
    reported = frozenset(each.year for each in person.entries if each.kind == FollowUp.REPORT)
    return Line(person, report_states(person.conferred, years=years, reported=reported, today=today))


@dataclass(frozen=True)
class Sent:
    """A paper that is handed in with an entry."""

    stream: Readable
    name: str


def enter(context: Context, *, actor: Actor, case_id: int, year: int, kind: str, note: str, paper: Sent | None = None) -> None:
    """Enter a report or a change about somebody who was titled. An entry is never changed: a mistake is put right by another.

    `NotAllowed`, `NotFound`, `InvalidValues` by field, and what the file store refuses: the paper is stored before the transaction.
    Writes the entry and the history of the nomination.
    """
    if not is_permitted(actor, Permission.FOLLOW_UP):
        raise NotAllowed("follow_up.enter", "只有区人社局经办人可以登记后续情况。")
    stored = None if paper is None else context.files.put(paper.stream, name=paper.name)
    with context.transaction() as tx:
        case = tx.session.get(Case, case_id, with_for_update=True)
        held = select(Certificate).where(Certificate.case_id == case_id, Certificate.state == "valid")
        certificate = tx.session.scalars(held).one_or_none()
        if case is None or certificate is None:
            raise NotFound("follow_up.unknown", "没有找到这位称号获得者，或者称号已经撤销。请从后续管理的名单重新进入。")
        _require_sound(tx, certificate, year=year, kind=kind, note=note)
        row = FollowUpRecord(round_id=certificate.round_id, case_id=case_id, year=year, kind=kind, note=note.strip())
        row.recorded_by, row.recorded_at = actor.user_id, tx.now
        if stored is not None:
            row.paper_sha256, row.paper_name = stored.sha256, stored.name[:120]
        tx.session.add(row)
        subject = f"{year}年 {TITLES[FollowUp(kind)]}"
        audit.record_on_case(tx, case, actor=actor, action="followed_up", subject=subject, detail={"reason": note.strip()})


def paper_of(context: Context, *, actor: Actor, record_id: int) -> tuple[str, str]:
    """Return hash and name of the paper of an entry, for those who see the register; the look is in the nomination's history."""
    with context.transaction() as tx:
        row = tx.session.get(FollowUpRecord, record_id) if is_permitted(actor, Permission.SEE_REGISTER) else None
        if row is None or row.paper_sha256 is None or row.paper_name is None:
            raise NotFound("follow_up.paper", "没有找到这份材料。请从后续管理的名单重新进入。")
        case = tx.session.get_one(Case, row.case_id, with_for_update=True)
        audit.record_on_case(tx, case, actor=actor, action="downloaded", subject=row.paper_name)
        return row.paper_sha256, row.paper_name


def _require_sound(tx: Transaction, certificate: Certificate, *, year: int, kind: str, note: str) -> None:
    problems = {}
    conferred = date.fromisoformat(certificate.issued_on)
    years = settings_from_json(
        json.loads(tx.session.get_one(SelectionRound, certificate.round_id).settings_json)
    ).management_years
    allowed = range(conferred.year, managed_years(conferred, years=years).stop)
    if year not in allowed or year > tx.today.year:
        problems["year"] = f"请填写管理期内的年份，{conferred.year}年到{min(allowed[-1], tx.today.year)}年。"
    if kind not in set(FollowUp):
        problems["kind"] = "请选择登记的是哪一类情况。"
    elif kind == FollowUp.REPORT and year == conferred.year:
        problems["year"] = f"年度报告从授予称号的次年开始，{conferred.year + 1}年起登记。"
    if not note.strip() or len(note.strip()) > LONGEST:
        problems["note"] = f"请写明情况和来源，不超过{LONGEST}字。"
    if problems:
        raise InvalidValues("follow_up.value", "；".join(problems.values()), fields=problems)


def export(context: Context, *, actor: Actor, round_id: int) -> Export:
    """Return the list with the state of every year as XLSX, and every entry on a second sheet. Writes an audit event."""
    with context.transaction() as tx:
        found = lines(tx, round_id=round_id)
        years = sorted({each.year for line in found for each in line.reports})
        heads = (
            Column("serial", "证书编号", width=18),
            Column("name", "姓名", width=14),
            Column("employer", "工作单位", width=32),
        )
        columns = (*heads, *(Column(str(year), f"{year}年报告", width=14) for year in years))
        rows = [
            {"serial": line.person.serial, "name": line.person.name, "employer": line.person.employer}
            | {str(each.year): STATES[each.state] for each in line.reports}
            for line in found
        ]
        details = [
            {"serial": line.person.serial, "name": line.person.name, "year": each.year, "kind": TITLES[FollowUp(each.kind)],
             "note": each.note, "by": each.by}
            for line in found for each in line.person.entries
        ]  # fmt: skip
        entered = (*heads[:2], Column("year", "年度", "number", 8), Column("kind", "类别", width=14), Column("note", "情况", width=60),
                   Column("by", "登记人", width=12))  # fmt: skip
        sheets = [Sheet("年度报告", columns, rows), Sheet("登记记录", entered, details)]
        return export_file(tx, actor=actor, round_id=round_id, title="后续管理", sheets=sheets)


STATES = {
    ReportState.REPORTED: "已报告",
    ReportState.WAITING: "待报告",
    ReportState.LATE: "逾期未报",
    ReportState.AHEAD: "未到期",
}
"""What the states of a report are called."""


def remind(context: Context) -> int:
    """Tell the bureau once a year which rounds still miss reports of the year; return how many letters went into the outbox.

    Only in the last months of a year; what was told is remembered in a row of its own. Safe to run in several workers at once.
    """
    with context.reading() as tx:
        if tx.today.month < REMIND_MONTH or not (untold := _untold(tx)):
            return 0
    with context.transaction() as tx:
        return sum(_remind(tx, round_id) for round_id in untold)


def _untold(tx: Transaction) -> list[int]:
    told = select(FollowUpRecord.round_id).where(FollowUpRecord.kind == REMINDED, FollowUpRecord.year == tx.today.year)
    earlier = f"{tx.today.year}-01-01"
    held = select(Certificate.round_id).where(Certificate.state == "valid", Certificate.issued_on < earlier)
    return list(tx.session.scalars(held.where(Certificate.round_id.not_in(told)).distinct().order_by(Certificate.round_id)))


def _remind(tx: Transaction, round_id: int) -> int:
    round_ = tx.session.get_one(SelectionRound, round_id, with_for_update=True)
    if round_id not in _untold(tx):  # another worker was faster
        return 0
    missing = [line.person.name for line in lines(tx, round_id=round_id) if tx.today.year in line.missing]
    marked = FollowUpRecord(round_id=round_id, case_id=round_.case_id, year=tx.today.year, kind=REMINDED, note="")
    marked.recorded_at = tx.now
    tx.session.add(marked)
    people = receivers.account_ids(tx.session, roles=[Role.BUREAU_HANDLER]) if missing else []
    values = {"round_title": round_.title, "year": str(tx.today.year), "count": str(len(missing))}
    key, link = f"{round_id}:{tx.today.year}", f"/rounds/{round_id}/follow-ups"
    post_letters(tx, "follow_up_due", to=people, key=key, values=values, link=link)
    return len(people)
