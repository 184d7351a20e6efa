"""Seals on papers: which papers wait for theirs (待用印 → 已用印), and paper seals, proved by a scan. Electronic ones: `electronic_seals`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.clock import local
from app.domain.errors import Conflict, InvalidValues, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.files.store import Readable
from app.persistence.models import (
    Case,
    Certificate,
    CertificateEvent,
    OfficialDocument,
    PaymentBatch,
    PublicNotice,
    SealedPaper,
    SealRecord,
    SelectionRound,
    User,
)
from app.persistence.upsert import insert_rows
from app.services import audit
from app.services.context import Context, Transaction

DOCUMENT, CERTIFICATE, NOTICE, PAYMENTS = "document", "certificate", "notice", "payments"
DOCUMENT_TYPES = ("decision", "request", "opinion_letter", "department_letter", "round_call")
"""Documents that carry the seal of the body; the other papers of the file are for reading."""


@dataclass(frozen=True)
class PaperLine:
    """A paper that needs a seal, and its record when it has it; `group` is what is sealed together: certificates, letters."""

    kind: str
    id: int
    number: str
    title: str
    record: "Sealing | None"
    group: str

    @property
    def choice(self) -> str:
        """The paper as a page names it."""
        return f"{self.kind}-{self.id}"


@dataclass(frozen=True)
class Sealing:
    """When, by whom and how a paper was sealed."""

    id: int
    sealed_on: str
    keeper: str
    recorded_by: str
    recorded_at: datetime


def papers(tx: Transaction, *, round_id: int) -> list[PaperLine]:
    """Return the papers of a round that take a seal, certificates last, with their records (five statements)."""
    known = _records(tx, round_id)
    found = [*_documents(tx, round_id), *_notices(tx, round_id), *_payments(tx, round_id), *_certificates(tx, round_id)]
    return [PaperLine(kind, id_, number, title, known.get((kind, id_)), group) for kind, id_, number, title, group in found]


_Found = Iterator[tuple[str, int, str, str, str]]


def _documents(tx: Transaction, round_id: int) -> _Found:
    query = (
        select(OfficialDocument.id, OfficialDocument.number, OfficialDocument.title, OfficialDocument.doc_type)
        .where(OfficialDocument.round_id == round_id, OfficialDocument.state == "issued")
        .where(OfficialDocument.doc_type.in_(DOCUMENT_TYPES), OfficialDocument.pdf_sha256.is_not(None))
        .order_by(OfficialDocument.id)
    )
    yield from ((DOCUMENT, one.id, one.number or "", one.title, one.doc_type) for one in tx.session.execute(query))


def _notices(tx: Transaction, round_id: int) -> _Found:
    query = select(PublicNotice.id, PublicNotice.number, PublicNotice.title).where(
        PublicNotice.round_id == round_id, PublicNotice.pdf_sha256.is_not(None)
    )
    for one in tx.session.execute(query.order_by(PublicNotice.number)):
        yield NOTICE, one.id, f"公示（第{one.number}次）", one.title, NOTICE


def _payments(tx: Transaction, round_id: int) -> _Found:
    query = select(PaymentBatch.id).where(PaymentBatch.round_id == round_id, PaymentBatch.pdf_sha256.is_not(None))
    yield from (
        (PAYMENTS, id_, f"发放表 {id_}", "奖金发放表", PAYMENTS) for id_ in tx.session.scalars(query.order_by(PaymentBatch.id))
    )


def _certificates(tx: Transaction, round_id: int) -> _Found:
    query = select(Certificate.id, Certificate.serial, Certificate.name).where(
        Certificate.round_id == round_id, Certificate.state == "valid", Certificate.pdf_sha256.is_not(None)
    )
    for one in tx.session.execute(query.order_by(Certificate.serial)):
        yield CERTIFICATE, one.id, one.serial, f"荣誉证书　{one.name}", CERTIFICATE


def _records(tx: Transaction, round_id: int) -> dict[tuple[str, int], Sealing]:
    rows = tx.session.execute(
        select(SealedPaper, SealRecord, User.name)
        .join(SealRecord, SealRecord.id == SealedPaper.record_id)
        .join(User, User.id == SealRecord.recorded_by)
        .where(SealRecord.round_id == round_id)
    )
    return {
        (paper.kind, paper.paper_id): Sealing(record.id, record.sealed_on, record.keeper, name, record.recorded_at)
        for paper, record, name in rows
    }


@dataclass(frozen=True)
class Sealed:
    """What somebody says of a sealing: the day, who keeps the seal, and a note."""

    sealed_on: date
    keeper: str
    note: str = ""


def record_sealing(
    context: Context,
    *,
    actor: Actor,
    round_id: int,
    chosen: Sequence[tuple[str, int]],
    told: Sealed,
    scan: Readable,
    scan_name: str,
) -> int:
    """Enter that papers have been sealed, with one scan for all of them; return the record.

    The scan is stored before the transaction. `NotAllowed`, `NotFound`, `Conflict` for a paper that has its seal already,
    `InvalidValues`, and what the file store refuses. Writes the round's history and the events of certificates.
    """
    require_right(actor)
    _require_told(chosen, told, today=local(context.clock()).date())
    stored = context.files.put(scan, name=scan_name)
    with context.transaction() as tx:
        return enter_record(
            tx, actor=actor, round_id=round_id, chosen=chosen, told=told, proof=(stored.sha256, stored.name[:120])
        )


def require_right(actor: Actor) -> None:
    """Raise `NotAllowed` for who may not have papers sealed."""
    if not is_permitted(actor, Permission.ISSUE_CERTIFICATES):
        raise NotAllowed("seal.record", "只有区人社局经办人和公文经办人可以办理用印。")


def _require_told(chosen: Sequence[tuple[str, int]], told: Sealed, *, today: date) -> None:
    if not chosen:
        raise InvalidValues("seal.empty", "请至少勾选一份文书。", fields={"papers": "请至少勾选一份已经用印的文书。"})
    if not told.keeper.strip():
        raise InvalidValues("seal.keeper", "请填写监印人。", fields={"keeper": "请填写监印人姓名。"})
    if told.sealed_on > today:
        raise InvalidValues("seal.day", "用印日期不能晚于今天。", fields={"sealed_on": "用印日期不能晚于今天。"})


def enter_record(
    tx: Transaction, *, actor: Actor, round_id: int, chosen: Sequence[tuple[str, int]], told: Sealed, proof: tuple[str, str]
) -> int:
    """Write a sealing into the books; `proof` is hash and name of the scan, or of the sealed file. Raises as `record_sealing`."""
    round_ = tx.session.get(SelectionRound, round_id)
    if round_ is None:
        raise NotFound("round.unknown", "没有找到这一轮评选。请从轮次列表重新进入。")
    # The case's row is locked first, so that two who record the same paper meet here.
    case = tx.session.get_one(Case, round_.case_id, with_for_update=True)
    numbers = _require_waiting(tx, round_id, chosen)
    record = SealRecord(
        round_id=round_id,
        sealed_on=told.sealed_on.isoformat(),
        keeper=told.keeper.strip()[:60],
        note=told.note.strip()[:200],
        scan_sha256=proof[0],
        scan_name=proof[1],
        recorded_by=actor.user_id,
        recorded_at=tx.now,
    )
    tx.session.add(record)
    tx.session.flush()
    _enter(tx, actor, record, chosen)
    detail = {"papers": len(chosen), "first": numbers[0], "keeper": record.keeper}
    audit.record_on_case(tx, case, actor=actor, action="papers_sealed", subject=f"用印登记{record.id}", detail=detail)
    return record.id


def scan_of(context: Context, *, actor: Actor, record_id: int) -> tuple[str, str]:
    """Return hash and name of the scan of a record, for those who see the register; the look is in the round's history."""
    if not is_permitted(actor, Permission.SEE_REGISTER):
        raise NotFound("seal.unknown", "没有找到这条用印登记。")
    with context.transaction() as tx:
        record = tx.session.get(SealRecord, record_id)
        if record is None:
            raise NotFound("seal.unknown", "没有找到这条用印登记。")
        round_ = tx.session.get_one(SelectionRound, record.round_id)
        case = tx.session.get_one(Case, round_.case_id, with_for_update=True)
        audit.record_on_case(tx, case, actor=actor, action="downloaded", subject=f"用印登记{record.id}扫描件")
        return record.scan_sha256, record.scan_name


def _require_waiting(tx: Transaction, round_id: int, chosen: Sequence[tuple[str, int]]) -> list[str]:
    lines = {(line.kind, line.id): line for line in papers(tx, round_id=round_id)}
    for one in chosen:
        if one not in lines:
            raise NotFound("seal.paper", "勾选的文书不在本轮待用印的文书中。请刷新页面后重新勾选。")
        if lines[one].record is not None:
            raise Conflict("seal.twice", f"“{lines[one].number}”已经登记过用印，没有重复登记。请刷新页面。")
    return [lines[one].number for one in chosen]


def _enter(tx: Transaction, actor: Actor, record: SealRecord, chosen: Sequence[tuple[str, int]]) -> None:
    insert_rows(
        tx.session, SealedPaper, [{"kind": kind, "paper_id": paper_id, "record_id": record.id} for kind, paper_id in chosen]
    )
    events = [
        {
            "certificate_id": paper_id, "kind": "sealed", "at": tx.now, "by": actor.user_id, "reason": "",
            "basis": f"用印登记{record.id}", "sha256": record.scan_sha256,
        }
        for kind, paper_id in chosen if kind == CERTIFICATE
    ]  # fmt: skip
    insert_rows(tx.session, CertificateEvent, events)
