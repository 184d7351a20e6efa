"""Certificates: issued once, rendered after the commit, verified by anybody who holds serial and code."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from app.domain.document_numbers import certificate_serial, check_code, check_code_matches
from app.domain.errors import DomainError
from app.engine.types import Variable
from app.persistence.models import Certificate, OfficialDocument
from app.services import numbers
from app.services.casework.case_work import CaseWork
from app.services.context import Context, Transaction
from app.services.issuing.official_documents import DECISION
from app.services.issuing.papers import honor_title, ordinal, render_and_keep, template_of
from app.services.issuing.templates import current_version, template_by_id, template_in
from app.services.registry import Delivery, Operation
from app.services.selection.nominees import nomination_of

PDF = "certificate_pdf"
TEMPLATE = "certificate"


@dataclass(frozen=True)
class PublicFacts:
    """All that the public may know of a certificate."""

    name: str
    title: str
    serial: str
    issued_on: str
    issuers: str
    state: str


def code_key(context: Context) -> bytes:
    """Return the key of check codes; its own, so that no code says anything about the audit chain."""
    return hashlib.sha256(b"certificate check codes" + context.audit_key).digest()


def issue_certificate(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Enter a certificate into the register with frozen values; its PDF is made after the commit.

    Refuses when the decision has no number yet. A case that comes here again keeps its certificate.
    """
    case, round_ = work.case, work.the_round
    row = work.tx.session.execute(
        select(OfficialDocument.number, Certificate.id)
        .outerjoin(Certificate, Certificate.case_id == case.id)
        .where(OfficialDocument.round_id == round_.id, OfficialDocument.doc_type == DECISION, OfficialDocument.state == "issued")
    ).first()
    if row is None:
        raise DomainError("certificate.no_decision", "授予称号的决定还没有印发，不能制发证书。")
    if row[1] is not None:
        return None
    certificate = _certificate(work, document_number=row[0])
    work.tx.session.add(certificate)
    work.note("certificate_issued", subject=certificate.serial)
    payload = {"serial": certificate.serial, "procedure": round_.procedure}
    work.enqueue(PDF, key=f"{PDF}:{certificate.serial}", case_id=case.id, payload=payload)
    return None


def _certificate(work: CaseWork, *, document_number: str) -> Certificate:
    case, round_ = work.case, work.the_round
    if case.subject_id is None:
        raise DomainError("certificate.holder", "这件办件没有候选人账号，不能制发证书。请联系系统管理员。")
    nomination, today = nomination_of(work), work.tx.today
    serial, honor = _serial(work, year=today.year), honor_title(work.loaded.procedure.title)
    version = current_version(work.tx, f"{round_.procedure}/{TEMPLATE}")
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
        check_code=check_code(serial, key=code_key(work.tx.context)),
        name=nomination.name,
        title=honor,
        issuers="、".join(template_in(version).metadata.signers),
        issued_on=today.isoformat(),
        template_version_id=version.id,
        values_json=json.dumps(values, ensure_ascii=False),
        state="valid",
    )


def _serial(work: CaseWork, *, year: int) -> str:
    prefix = work.settings.certificate_prefix
    return certificate_serial(prefix, year=year, n=numbers.next_number(work.tx, f"certificate:{prefix}:{year}"))


def verification_url(context: Context, *, serial: str, code: str) -> str:
    """Return the address that the certificate's QR code leads to."""
    return f"{context.public_base_url}/verify/{quote(serial)}?code={shown_code(code)}"


def shown_code(code: str) -> str:
    """Return a check code as papers show it, in two halves."""
    return f"{code[:4]}-{code[4:]}"


def deliver_pdf(tx: Transaction, payload: Mapping[str, Any]) -> None:
    """Render the PDF of a certificate from its frozen values, read it back, and note its hash."""
    certificate = tx.session.scalars(select(Certificate).where(Certificate.serial == payload["serial"])).one()
    frozen = certificate.template_version_id
    template = template_by_id(tx, frozen) if frozen is not None else template_of(tx, payload["procedure"], TEMPLATE)
    values = {
        **json.loads(certificate.values_json),
        "issuing_bodies": certificate.issuers.split("、"),
        "issued_on": date.fromisoformat(certificate.issued_on),
        "serial": certificate.serial,
        "verification_url": verification_url(tx.context, serial=certificate.serial, code=certificate.check_code),
        "check_code": shown_code(certificate.check_code),
    }
    expected = [certificate.name, certificate.serial, certificate.title]
    certificate.pdf_sha256 = render_and_keep(tx, template, values, expected=expected, name=certificate.serial)


def verify(context: Context, *, serial: str, code: str) -> PublicFacts | None:
    """Return the public facts of a certificate, None when serial and code do not belong together. Says nothing more."""
    wanted = serial.strip().upper()
    if not check_code_matches(wanted, code=code, key=code_key(context)):
        return None
    with context.reading() as tx:
        found = tx.session.scalars(select(Certificate).where(Certificate.serial == wanted)).one_or_none()
        if found is None:
            return None
        return PublicFacts(found.name, found.title, found.serial, found.issued_on, found.issuers, found.state)


OPERATIONS = (Operation("issue_certificate", "制发证书", "登记证书编号和核验码，文件随后生成。", issue_certificate, {}),)
DELIVERIES = (Delivery(PDF, "荣誉证书", deliver_pdf),)
