"""What becomes of a certificate after it was registered: its number made void here; `revocations` take a title back, `reissues` replace.

The register keeps everything (handbook 1.16): a state is changed, never a row taken away, and each change is an event with who,
when, why, and on what basis. The public page answers from the state, so it says so at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from app.domain.actors import Actor, Role
from app.domain.errors import Conflict, InvalidValues, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import Case, Certificate, CertificateEvent, ReissueRequest, RevocationRequest, User
from app.services import audit
from app.services.context import Context, Transaction
from app.services.letters import post_letters, text_of

_REASON_LENGTH = 500


@dataclass(frozen=True)
class RegisterEvent:
    """One line of a certificate's history."""

    kind: str
    at: datetime
    by: str
    reason: str
    basis: str


def make_void(context: Context, *, actor: Actor, certificate_id: int, reason: str) -> None:
    """Make the number of a certificate void that was never handed out, e.g. registered for the wrong case. It is never used again.

    `Conflict` for one whose file was made (that one is revoked or reissued), whose revocation waits, and when it is not valid any
    more; `NotAllowed`, `NotFound`, `InvalidValues`. Writes register and history.
    """
    require(actor, Permission.ISSUE_CERTIFICATES)
    with context.transaction() as tx:
        row = lock_valid(tx, actor, certificate_id)
        if row.pdf_sha256 is not None:
            raise Conflict("register.made", "这份证书已经制作，编号不能作废。称号撤销的请登记撤销，印错的请补发。")
        refuse_proposed(tx, row)
        change_state(tx, row, actor=actor, kind="void", reason=sound_reason(reason), basis="")


def events_of(tx: Transaction, *, certificate_id: int) -> Sequence[RegisterEvent]:
    """Return the history of a certificate, oldest first (one statement)."""
    query = (
        select(CertificateEvent, User.name)
        .outerjoin(User, User.id == CertificateEvent.by)
        .where(CertificateEvent.certificate_id == certificate_id)
        .order_by(CertificateEvent.id)
    )
    return [RegisterEvent(row.kind, row.at, name or "", row.reason, row.basis) for row, name in tx.session.execute(query)]


def require(actor: Actor, permission: Permission) -> None:
    """Raise `NotAllowed` for who has not the permission to change the register."""
    if not is_permitted(actor, permission):
        who = "区人社局负责人" if permission is Permission.REVOKE_CERTIFICATE else "区人社局经办人和公文经办人"
        raise NotAllowed("register.change", f"只有{who}可以办理这项登记。")


def tell_holder(tx: Transaction, row: Certificate, text: str, **values: str) -> None:
    """Put the letter to the holder into the outbox; a package that has no such text sends none. The reason is not repeated in it."""
    case = tx.session.get_one(Case, row.case_id)
    if text_of(tx, text, version_id=case.procedure_version_id) is None:
        return
    told = {"honor": row.title, "serial": row.serial, **values}
    post_letters(tx, text, to=[row.holder_id], key=row.serial, values=told, case=case)


def lock_valid(tx: Transaction, actor: Actor, certificate_id: int) -> Certificate:
    """Return a certificate that is in force, locked. `NotFound`, `Conflict`, and `NotAllowed` for whom it concerns."""
    row = tx.session.scalars(select(Certificate).where(Certificate.id == certificate_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("certificate.unknown", "没有找到这份证书。")
    if row.state != "valid":
        raise Conflict("register.state", "这份证书已经不是有效状态，不能再次变更。请刷新页面查看。")
    case = tx.session.get_one(Case, row.case_id)
    in_person = actor.user_id is not None and actor.user_id in (row.holder_id, case.subject_id)
    if in_person or case.owner_unit_id in actor.units_of(Role.NOMINATING_UNIT):
        raise NotAllowed("register.party", "这份证书是您本人或您单位推荐的人的，应由其他人办理。")
    return row


def refuse_proposed(tx: Transaction, row: Certificate) -> None:
    """Refuse to replace a certificate, or to make it void, while its title may be about to be revoked: what was entered would be lost."""
    if tx.session.get(RevocationRequest, row.id) is not None:
        sentence = "这份证书的撤销已经登记，等待确认。请先由区人社局负责人确认或退回撤销，再办理补发或编号作废。"
        raise Conflict("register.revocation", sentence)


def sound_reason(reason: str) -> str:
    """Return a reason as the register keeps it. Raises `InvalidValues` for none, and for one that is too long."""
    kept = reason.strip()
    if not kept or len(kept) > _REASON_LENGTH:
        sentence = f"请写明原因，不超过{_REASON_LENGTH}字；原因会永久保留在登记册中。"
        raise InvalidValues("register.reason", sentence, fields={"reason": sentence})
    return kept


def change_state(tx: Transaction, row: Certificate, *, actor: Actor, kind: str, reason: str, basis: str) -> None:
    """Give a certificate a state that it keeps for ever; what was asked for it meanwhile has no object any more.

    Writes the register's event and the case's history.
    """
    row.state = kind
    for request in (ReissueRequest, RevocationRequest):
        tx.session.execute(delete(request).where(request.certificate_id == row.id))
    enter_event(tx, row, actor=actor, kind=kind, reason=reason, basis=basis)


def enter_event(tx: Transaction, row: Certificate, *, actor: Actor, kind: str, reason: str, basis: str) -> None:
    """Write down what happened to a certificate: the register's event, and the case's history."""
    event = CertificateEvent(
        certificate_id=row.id, kind=kind, at=tx.now, by=actor.user_id, reason=reason, basis=basis, sha256=row.pdf_sha256
    )
    tx.session.add(event)
    case = tx.session.get_one(Case, row.case_id, with_for_update=True)
    audit.record_on_case(
        tx, case, actor=actor, action=f"certificate_{kind}", subject=row.serial, detail={"reason": reason, "basis": basis}
    )
