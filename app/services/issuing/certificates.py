"""Certificates: entered into the register once with frozen values; their files are made after the commit, in batches."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, select

from app.domain.errors import DomainError
from app.engine.types import Variable
from app.persistence.models import Certificate, OfficialDocument
from app.services.casework.case_work import CaseWork
from app.services.context import Transaction
from app.services.issuing import batches
from app.services.issuing.official_documents import DECISION
from app.services.issuing.papers import honor_title, ordinal
from app.services.issuing.serials import next_serial
from app.services.issuing.templates import current_version, template_in
from app.services.registry import Delivery, Operation
from app.services.selection.nominees import nomination_of

PDF = "certificate_pdf"


def issue_certificate(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Enter a certificate into the register with frozen values; its PDF is made after the commit.

    It bears the date of the decision, which confers the title (domain handbook 1.15). Refuses when the decision has no number yet.
    A case that comes here again keeps its certificate.
    """
    case, round_ = work.case, work.the_round
    row = work.tx.session.execute(
        select(OfficialDocument.number, OfficialDocument.issued_on, Certificate.id)
        .outerjoin(Certificate, and_(Certificate.case_id == case.id, Certificate.state != "void"))
        .where(OfficialDocument.round_id == round_.id, OfficialDocument.doc_type == DECISION, OfficialDocument.state == "issued")
    ).first()
    if row is None:
        raise DomainError("certificate.no_decision", "授予称号的决定还没有印发，不能制发证书。")
    number, decided_on, known = row
    if known is not None:
        return None
    certificate = _certificate(work, document_number=number, decided_on=decided_on)
    work.tx.session.add(certificate)
    work.note("certificate_issued", subject=certificate.serial)
    payload = {"serial": certificate.serial, "procedure": round_.procedure}
    work.enqueue(PDF, key=f"{PDF}:{certificate.serial}", case_id=case.id, payload=payload)
    return None


def _certificate(work: CaseWork, *, document_number: str, decided_on: str) -> Certificate:
    case, round_ = work.case, work.the_round
    if case.subject_id is None:
        raise DomainError("certificate.holder", "这件办件没有候选人账号，不能制发证书。请联系系统管理员。")
    nomination = nomination_of(work)
    (serial, code), honor = next_serial(work.tx, work.settings.certificate_prefix), honor_title(work.loaded.procedure.title)
    version = current_version(work.tx, f"{round_.procedure}/{work.settings.certificate_template}")
    values = {
        "name": nomination.name,
        "employer": nomination.employer.name,
        "round_name": f"第{ordinal(round_.round_no)}届",
        "honor_title": honor,
        "document_number": document_number,
    }
    return Certificate(
        case_id=case.id,
        round_id=round_.id,
        holder_id=case.subject_id,
        serial=serial,
        check_code=code,
        name=nomination.name,
        title=honor,
        issuers="、".join(template_in(version).metadata.signers),
        issued_on=decided_on,
        template_version_id=version.id,
        values_json=json.dumps(values, ensure_ascii=False),
        state="valid",
    )


def gather_for_printing(tx: Transaction, payload: Mapping[str, Any]) -> None:
    """Put a registered certificate into the batch of its round; the worker prints it with all others that wait."""
    query = select(Certificate.id, Certificate.round_id, Certificate.pdf_sha256).where(Certificate.serial == payload["serial"])
    certificate_id, round_id, printed = tx.session.execute(query).one()
    if printed is None:
        batches.gather(tx, round_id=round_id, certificate_ids=[certificate_id], by=None)


OPERATIONS = (Operation("issue_certificate", "制发证书", "登记证书编号和核验码，文件随后生成。", issue_certificate, {}),)
DELIVERIES = (Delivery(PDF, "荣誉证书", gather_for_printing),)
