"""Finished papers of a round and certificates, opened for somebody who may read them; every opening is in the audit log."""

from dataclasses import dataclass
from typing import BinaryIO

from app.documents.qr import qr_data_uri
from app.domain.actors import Actor, Role
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import Case, Certificate, OfficialDocument, PaymentBatch, PublicNotice, SelectionRound
from app.persistence.queries import access
from app.persistence.queries import certificates as certificate_queries
from app.persistence.queries import rounds as round_queries
from app.services import audit
from app.services.context import Context, Transaction
from app.services.issuing.file_paper_kinds import KINDS, may_read
from app.services.issuing.serials import verification_url


@dataclass(frozen=True)
class Paper:
    """A PDF; the receiver closes the stream."""

    name: str
    stream: BinaryIO


def open_notice(context: Context, *, actor: Actor, round_id: int, notice_id: int) -> Paper:
    """Open the PDF of a notice of a round."""
    with context.transaction() as tx:
        notice = tx.session.get(PublicNotice, notice_id)
        if notice is None or notice.round_id != round_id:
            raise _unknown()
        return _open(tx, actor, round_id, name=f"{notice.title}.pdf", sha256=notice.pdf_sha256)


def open_document(context: Context, *, actor: Actor, round_id: int, document_id: int) -> Paper:
    """Open the PDF of an official document of the round itself; what the file of a nominee holds, `case_papers` opens."""
    with context.transaction() as tx:
        document = tx.session.get(OfficialDocument, document_id)
        # A paper that has readers of its own is told to nobody else that it exists; one of a nominee's case has the case's readers.
        if document is None or document.round_id != round_id or not may_read(actor, document.doc_type):
            raise _unknown()
        if document.case_id not in (None, tx.session.get_one(SelectionRound, round_id).case_id):
            raise _unknown()
        if document.doc_type in KINDS and access.takes_part_in(tx.session, actor=actor, round_id=round_id):
            raise _unknown()
        return _open(tx, actor, round_id, name=f"{document.number or document.title}.pdf", sha256=document.pdf_sha256)


def open_call(context: Context, *, actor: Actor, round_id: int) -> Paper:
    """Open the call for nominations of a round, for whom it is addressed to: who nominates and who may stand.

    Writes the history of the round's case. `NotFound` where none has been issued.
    """
    if not (is_permitted(actor, Permission.START_NOMINATION) or actor.has(Role.CANDIDATE)):
        raise NotAllowed("round.call", "评选通知在这里供推荐单位和候选人查看。其他人员请从评选轮次页面打开。")
    with context.transaction() as tx:
        document = round_queries.calls(tx.session, rounds=[round_id]).get(round_id)
        if document is None or document.pdf_sha256 is None:
            raise NotFound("paper.unknown", "本轮还没有印发评选通知。请过一会儿再来，或联系区人社局。")
        return _opened(tx, actor, round_id, name=f"{document.number or document.title}.pdf", sha256=document.pdf_sha256)


def open_payment_list(context: Context, *, actor: Actor, round_id: int, batch_id: int) -> Paper:
    """Open the PDF of a settled list of payments, for those who handle the money and the bureau's leader."""
    with context.transaction() as tx:
        batch = tx.session.get(PaymentBatch, batch_id)
        if batch is None or batch.round_id != round_id:
            raise _unknown()
        if not actor.has(Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.BUREAU_LEADER, Role.ARCHIVIST):
            raise NotAllowed("payments.see", "只有资金经办人、资金复核人、区人社局负责人和档案员可以查看发放表。")
        return _open(tx, actor, round_id, name=f"奖金发放表-{batch.id}.pdf", sha256=batch.pdf_sha256)


def open_certificate(context: Context, *, actor: Actor, certificate_id: int) -> Paper:
    """Open the PDF of a certificate, for its holder and the bureau; strangers get `NotFound`. Writes the case's history."""
    with context.transaction() as tx:
        if certificate_queries.one(tx.session, actor=actor, certificate_id=certificate_id) is None:
            raise NotFound("certificate.unknown", "没有找到这份证书。")
        certificate = tx.session.get_one(Certificate, certificate_id)
        if certificate.pdf_sha256 is None:
            raise _waiting()
        case = tx.session.get_one(Case, certificate.case_id, with_for_update=True)
        audit.record_on_case(tx, case, actor=actor, action="downloaded", subject=f"证书{certificate.serial}")
        return Paper(f"{certificate.serial}.pdf", context.files.open(certificate.pdf_sha256))


def qr_of(context: Context, *, serial: str, code: str) -> tuple[str, str]:
    """Return the address that verifies a certificate, and its QR code as a picture for a page."""
    address = verification_url(context, serial=serial, code=code)
    return address, qr_data_uri(address)


def _open(tx: Transaction, actor: Actor, round_id: int, *, name: str, sha256: str | None) -> Paper:
    if not is_permitted(actor, Permission.SEE_ROUND):
        raise NotAllowed("round.see", "您的角色不能查看本轮的文书。")
    if sha256 is None:
        raise _waiting()
    return _opened(tx, actor, round_id, name=name, sha256=sha256)


def _opened(tx: Transaction, actor: Actor, round_id: int, *, name: str, sha256: str) -> Paper:
    round_ = tx.session.get_one(SelectionRound, round_id)
    case = tx.session.get_one(Case, round_.case_id, with_for_update=True)
    audit.record_on_case(tx, case, actor=actor, action="downloaded", subject=name[:120])
    return Paper(name, tx.context.files.open(sha256))


def _unknown() -> NotFound:
    return NotFound("paper.unknown", "没有找到这份文书。请从轮次页面重新进入。")


def _waiting() -> DomainError:
    return DomainError("paper.waiting", "文件正在生成，请过一会儿再下载。长时间没有生成的，请联系系统管理员。")
