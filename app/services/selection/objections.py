"""Objections: handed in by anybody, with the identity encrypted and every reading of it logged (domain handbook 1.12)."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import BinaryIO, Literal

from sqlalchemy import select, update

from app.domain.actors import Actor, Role
from app.domain.clock import local
from app.domain.errors import DomainError, InvalidValues, NotAllowed, NotFound, TryAgain
from app.domain.fields import Values
from app.domain.identifiers import parse_phone
from app.domain.names import clean_text
from app.domain.notice_window import is_running
from app.domain.permissions import Permission, is_permitted
from app.domain.working_days import start_of_day
from app.engine.types import Variable
from app.files.store import Readable
from app.persistence.models import Case, ItemLetter, Nomination, Objection, PublicNotice, SelectionRound, WorkItem
from app.persistence.upsert import insert_rows
from app.services import letters
from app.services.casework import case_messages, cases
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import day, refusal, text
from app.services.casework.item_receivers import receivers_of_items
from app.services.context import Context, Transaction
from app.services.letter_texts import due_words
from app.services.registry import Operation, Recorder
from app.services.selection.objection_terms import begin_term

PUBLIC = Actor(user_id=None, name="社会公众", unit_id=None, unit_name="社会公众", grants=frozenset())
"""Whoever hands in an objection: the history never says who."""
_RECEIPT = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_FEWEST_WORDS = 20
_MOST_WORDS = 3000


@dataclass(frozen=True)
class Identity:
    """Who objects. A person signs with the real name, a unit with its name; both leave a way to be reached.

    `scan` is the sealed letter of a unit: it names who objects, and is therefore kept with the name and nowhere else.
    """

    kind: Literal["person", "unit", "anonymous"]
    name: str = ""
    phone: str = ""
    address: str = ""
    scan: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Letter:
    """What came in: who objects, and what they wrote, in their own words."""

    sender: Identity
    facts: str


@dataclass(frozen=True)
class Progress:
    """What the holder of a receipt may know."""

    number: str
    stage: str
    reply: str
    replied_at: datetime | None
    term_at: datetime | None = None
    extended: bool = False


@dataclass(frozen=True)
class Scan:
    """A file as it comes in: the sealed letter of a unit."""

    stream: Readable
    name: str


def submit_objection(
    context: Context, *, notice_id: int, nominee_case_id: int, identity: Identity, facts: str, scan: Scan | None = None
) -> str:
    """Take an objection from the public against somebody on a published notice; return the receipt to ask about it with.

    Writes the case, the encrypted identity, a unit's sealed letter and letters to those who handle it. Refuses outside the window,
    a stranger to the list, facts of a few words, a named objector without contact, and what the file store refuses. Anonymous ones
    are taken as leads.
    """
    words = _checked(identity, facts)
    identity = replace(identity, phone=parse_phone(identity.phone) if identity.phone.strip() else "")
    if scan is not None and identity.kind == "unit":
        identity = replace(identity, scan=_stored(context, scan))  # before the transaction: it takes as long as the network
    with context.transaction() as tx:
        round_, nomination, nominee = _noticed(tx, notice_id, nominee_case_id)
        work = cases.start(
            tx, actor=PUBLIC, version_id=nominee.procedure_version_id, kind="objection", round_=round_,
            title=f"对公示人选{nomination.name}的异议", variables={"nominee": nominee.subject_id or 0},
        )  # fmt: skip
        begin_term(work)
        receipt = "".join(secrets.choice(_RECEIPT) for _ in range(12))
        tx.session.add(
            Objection(
                case_id=work.case.id,
                round_id=round_.id,
                notice_id=notice_id,
                nomination_case_id=nominee.id,
                receipt=receipt,
                identity=json.dumps(asdict(identity), ensure_ascii=False),
                facts=words,
                reply="",
            )
        )
        cases.flush(tx)
        _tell(work)
        return receipt


def _stored(context: Context, scan: Scan) -> dict[str, str]:
    try:
        stored = context.files.put(scan.stream, name=scan.name)
    except TryAgain:
        raise
    except DomainError as error:
        raise InvalidValues(error.code, error.message, fields={"scan": error.message}) from error
    return {"sha256": stored.sha256, "name": stored.name, "media_type": stored.media_type}


def _tell(work: CaseWork) -> None:
    """Tell those who are to take it up at once: the first term is one working day (domain handbook 1.12)."""
    session = work.tx.session
    items = list(session.scalars(select(WorkItem).where(WorkItem.case_id == work.case.id, WorkItem.state == "open")))
    for item in items:
        to = receivers_of_items(work.tx, [item])[item.id]
        values = {"due": due_words(item.due_at), "items": "1"}
        letters.send_letters(work, "objection_received", to=to, key=str(item.id), values=values)
    insert_rows(session, ItemLetter, [{"work_item_id": item.id, "kind": "todo", "sent_at": work.tx.now} for item in items])
    case_messages.post(work)


def faults_of(identity: Identity, facts: str) -> dict[str, str]:
    """Return what an objection lacks, a sentence for each field; empty when it can be taken (domain handbook 1.12)."""
    wrong = {}
    if identity.kind != "anonymous":
        if not identity.name.strip():
            wrong["name"] = "实名反映请填写真实姓名；单位反映请填写单位全称。"
        if not identity.phone.strip() and not identity.address.strip():
            wrong["phone"] = "请留下电话或通信地址，以便核实和答复。"
        elif identity.phone.strip():
            wrong |= _phone_fault(identity.phone)
    try:
        if len(clean_text(facts, max_length=_MOST_WORDS)) < _FEWEST_WORDS:
            wrong["facts"] = f"请写明具体事实，至少{_FEWEST_WORDS}个字：何时、何地、何事、有何依据。"
    except InvalidValues as error:
        wrong["facts"] = error.message
    return wrong


def _phone_fault(phone: str) -> dict[str, str]:
    """An unreadable number would be noticed when nobody can be called any more."""
    try:
        parse_phone(phone)
    except InvalidValues as error:
        return {"phone": f"联系电话{error.message}"}
    return {}


def _checked(identity: Identity, facts: str) -> str:
    wrong = faults_of(identity, facts)
    if wrong:
        raise InvalidValues("objection.values", "还有需要补充的地方，已填内容没有丢失。", fields=wrong)
    return clean_text(facts, max_length=_MOST_WORDS)


def _noticed(tx: Transaction, notice_id: int, case_id: int) -> tuple[SelectionRound, Nomination, Case]:
    notice = tx.session.get(PublicNotice, notice_id)
    if notice is None or notice.published_at is None or notice.ends_at is None:
        raise NotFound("notice.unknown", "没有找到这份公示。")
    round_ = tx.session.get_one(SelectionRound, notice.round_id)
    if notice.state != "published" or not is_running(notice.ends_at, now=tx.now, suspended_at=round_.suspended_at):
        raise DomainError("objection.late", "公示期已结束，网上不再受理。仍要反映情况的，请按公示所列电话或地址联系受理部门。")
    if case_id not in {entry["case_id"] for entry in json.loads(notice.entries_json)}:
        raise NotFound("objection.nominee", "公示名单中没有这位人选，请返回公示页面重新选择。")
    row = tx.session.execute(select(Nomination, Case).join(Case, Case.id == Nomination.case_id).where(Case.id == case_id)).one()
    return round_, row[0], row[1]


def objection_progress(context: Context, *, receipt: str) -> Progress | None:
    """Return how far an objection is, for whoever holds its receipt; None for an unknown one. Tells nothing about persons."""
    with context.reading() as tx:
        row = tx.session.execute(
            select(Objection, Case).join(Case, Case.id == Objection.case_id).where(Objection.receipt == receipt.strip().upper())
        ).one_or_none()
        if row is None:
            return None
        objection, case = row
        loaded = tx.context.procedures.get(tx.session, case.procedure_version_id)
        stage = "已办结" if case.ended_at else loaded.procedure.case_kinds[case.kind].stage(case.stage).public
        return Progress(
            case.number, stage, objection.reply, objection.replied_at, case.term_at, objection.extended_at is not None
        )


def read_objector(context: Context, *, actor: Actor, case_id: int) -> Letter:
    """Return who made an objection and what they wrote, and write into the history of the case that the actor read it.

    Only for those who handle it; not for somebody who handled the nomination it concerns.
    """
    if not is_permitted(actor, Permission.READ_OBJECTOR):
        raise NotAllowed("objection.identity", "异议人信息只有经办人和核查员可以查看。")
    with context.transaction() as tx:
        return _read(tx, actor, case_id, "查看异议人信息")


def read_scan(context: Context, *, actor: Actor, case_id: int) -> tuple[str, str, BinaryIO]:
    """Return name, media type and content of a unit's sealed letter, and write down that it was read; as `read_objector` else.

    `NotFound` where there is none. The receiver closes the stream.
    """
    if not is_permitted(actor, Permission.READ_OBJECTOR):
        raise NotAllowed("objection.identity", "异议人信息只有经办人和核查员可以查看。")
    with context.transaction() as tx:
        scan = _read(tx, actor, case_id, "查看异议单位的盖章扫描件").sender.scan
        if scan is None:
            raise NotFound("objection.scan", "这件异议没有盖章扫描件。")
        return scan["name"], scan["media_type"], context.files.open(scan["sha256"])


def _read(tx: Transaction, actor: Actor, case_id: int, what: str) -> Letter:
    objection = tx.session.get(Objection, case_id)
    if objection is None:
        raise NotFound("case.unknown", "没有找到这件办件。请从工作台重新进入。")
    if _is_concerned(tx, actor, objection.nomination_case_id):
        raise NotAllowed("objection.conflict", "这件异议涉及您本人或您单位推荐的候选人，您不能查看异议人信息。")
    if not actor.has(Role.BUREAU_HANDLER) and _handled(tx, actor, objection.nomination_case_id):
        raise NotAllowed("objection.conflict", "您办理过该候选人的推荐，不能查看异议人信息。请由其他核查员办理。")
    work, _ = cases.lock(tx, case_id, actor=actor)
    work.note("objector_read", subject=what)
    return Letter(Identity(**json.loads(objection.identity)), objection.facts)


def record_investigation(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Refuse an investigator who handled the nomination; the submission is the record. Writes nothing."""
    objection = work.tx.session.get_one(Objection, work.case.id)
    if _handled(work.tx, work.actor, objection.nomination_case_id):
        raise NotAllowed("objection.conflict", "您办理过该候选人的推荐，不能核查对他（她）的异议。请由其他核查员办理。")
    return {}


def _is_concerned(tx: Transaction, actor: Actor, nomination_case_id: int) -> bool:
    """Tell whether the nominee is the actor, or was nominated by the actor or the actor's unit."""
    case = tx.session.get_one(Case, nomination_case_id)
    in_person = actor.user_id is not None and actor.user_id in (case.subject_id, case.initiator_id)
    return in_person or case.owner_unit_id in actor.units_of(Role.NOMINATING_UNIT)


def _handled(tx: Transaction, actor: Actor, nomination_case_id: int) -> bool:
    done = select(WorkItem.id).where(WorkItem.case_id == nomination_case_id, WorkItem.completed_by == actor.user_id).limit(1)
    began = select(Case.id).where(Case.id == nomination_case_id, Case.initiator_id == actor.user_id)
    return actor.user_id is not None and (tx.session.scalar(done) is not None or tx.session.scalar(began) is not None)


def disqualify_nominee(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """End the nomination that an upheld objection concerns: it leaves the list at once, its case by message."""
    objection = work.tx.session.get_one(Objection, work.case.id)
    work.tx.session.execute(update(Nomination).where(Nomination.case_id == objection.nomination_case_id).values(proposed=False))
    work.send("disqualified", case_id=objection.nomination_case_id, key=f"disqualified:{work.case.id}")
    return None


def record_objection_reply(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Keep what the objector is told. Writes reply and day; refuses a day to come, and one before the objection came in."""
    replied_on = day(values, "replied_on")
    if not local(work.case.created_at).date() <= replied_on <= work.tx.today:
        raise refusal("replied_on", "答复日期不能早于异议提出的日期，也不能晚于今天。")
    work.tx.session.execute(
        update(Objection)
        .where(Objection.case_id == work.case.id)
        .values(reply=text(values, "reply_text"), replied_at=start_of_day(replied_on))
    )
    return {}


OPERATIONS = (Operation("disqualify_nominee", "取消资格", "异议成立的，让候选人退出名单并结束其办件。", disqualify_nominee, {}),)
RECORDERS = (
    Recorder("record_investigation", "核查异议", "办理过该候选人推荐的人不能核查。", record_investigation, ()),
    Recorder("record_objection_reply", "登记答复", "保存给异议人的答复。", record_objection_reply, ()),
)
