"""A title is revoked in two hands, as the granting body decided: one enters the decision, the bureau's leader compares and confirms.

Until then the certificate holds as it is (domain handbook 1.16: never by a click of one person, and never without a decision).
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.domain.actors import Actor, Role
from app.domain.document_numbers import parse_document_number
from app.domain.errors import Conflict, InvalidValues, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import Case, Certificate, RevocationRequest, User
from app.services.casework.cancelling import REVOKED, cancel
from app.services.context import Context, Transaction
from app.services.issuing.register import change_state, enter_event, lock_valid, require, sound_reason, tell_holder
from app.services.issuing.second_hands import mark_of, require_seen, tell_second_hands


@dataclass(frozen=True)
class Asked:
    """A revocation that was entered and waits for its second hand."""

    decision: str
    decided_on: str
    reason: str
    asked_by: int
    asker: str
    asked_at: datetime
    mark: str


def ask(context: Context, *, actor: Actor, certificate_id: int, decision: str, decided_on: date, reason: str) -> None:
    """Enter that the body which granted the title has revoked it, by a decision with this number and date; the leader confirms it.

    `NotAllowed`, `NotFound`, `Conflict` when the certificate is not valid any more or a revocation waits already, `InvalidValues`.
    Writes the request, register and history, and a letter to the leaders.
    """
    require(actor, Permission.ISSUE_CERTIFICATES)
    with context.transaction() as tx:
        if decided_on > tx.today:
            raise InvalidValues("register.decided_on", "决定日期不能晚于今天。", fields={"decided_on": "决定日期不能晚于今天。"})
        number = _number(decision)
        row, kept = lock_valid(tx, actor, certificate_id), sound_reason(reason)
        if tx.session.get(RevocationRequest, row.id) is not None:
            raise Conflict("revocation.waiting", "这份证书的撤销已经登记，等待区人社局负责人确认。请刷新页面查看。")
        entered = {"certificate_id": row.id, "decision": number, "decided_on": decided_on.isoformat(), "reason": kept}
        tx.session.add(RevocationRequest(**entered, asked_by=actor.user_id, asked_at=tx.now))
        enter_event(tx, row, actor=actor, kind="proposed", reason=kept, basis=f"{number} {decided_on.isoformat()}")
        tell_second_hands(tx, row, "revocation_entered", roles=(Role.BUREAU_LEADER,), actor=actor)


def confirm(context: Context, *, actor: Actor, certificate_id: int, seen: str) -> None:
    """Revoke a certificate as somebody else has entered it: the public page says so at once, and the holder gets a letter.

    A nomination that is still going on ends with it: no prize is paid for a title that is gone (domain handbook 1.16). `NotAllowed`
    for who entered it, `NotFound`, `Conflict`, also for another entry than the one compared, whose mark is `seen`. Writes register
    and history; a reissue that waits has no object any more.
    """
    require(actor, Permission.REVOKE_CERTIFICATE)
    with context.transaction() as tx:
        row = lock_valid(tx, actor, certificate_id)
        request = _request(tx, row)
        if request.asked_by == actor.user_id:
            raise NotAllowed("revocation.two_hands", "撤销由两个人办理：登记的人不能自己确认。请另一位负责人核对后确认。")
        require_seen(_mark(request), seen=seen)
        number, basis, reason = request.decision, f"{request.decision} {request.decided_on}", request.reason
        if tx.session.scalar(select(Case.ended_at).where(Case.id == row.case_id)) is None:
            # Before the register is written: it locks the case that is written to.
            cancel(tx, actor=actor, case_id=row.case_id, reason=f"{number}：{reason}", outcome=REVOKED)
        change_state(tx, row, actor=actor, kind="revoked", reason=reason, basis=basis)
        tell_holder(tx, row, "certificate_revoked", basis=number)


def decline(context: Context, *, actor: Actor, certificate_id: int, reason: str) -> None:
    """Take a revocation off the table: the leader does not confirm it, or who entered it takes it back. Writes register and history."""
    with context.transaction() as tx:
        row = lock_valid(tx, actor, certificate_id)
        request = _request(tx, row)
        if actor.user_id != request.asked_by and not is_permitted(actor, Permission.REVOKE_CERTIFICATE):
            raise NotAllowed("revocation.decline", "只有登记撤销的人可以撤回，或由区人社局负责人退回。")
        enter_event(tx, row, actor=actor, kind="unproposed", reason=sound_reason(reason), basis=request.decision)
        tx.session.delete(request)


def waiting(tx: Transaction, *, certificate_id: int) -> Asked | None:
    """Return the revocation of a certificate that waits for its second hand, None when there is none (one statement)."""
    query = (
        select(RevocationRequest, User.name)
        .join(User, User.id == RevocationRequest.asked_by)
        .where(RevocationRequest.certificate_id == certificate_id)
    )
    found = tx.session.execute(query).one_or_none()
    if found is None:
        return None
    row, asker = found
    return Asked(row.decision, row.decided_on, row.reason, row.asked_by, asker, row.asked_at, _mark(row))


def _mark(request: RevocationRequest) -> str:
    return mark_of(request.decision, request.decided_on, request.reason)


def _number(decision: str) -> str:
    try:
        return str(parse_document_number(decision))
    except InvalidValues as error:
        raise InvalidValues(error.code, error.message, fields={"decision": error.message}) from None


def _request(tx: Transaction, row: Certificate) -> RevocationRequest:
    found = tx.session.get(RevocationRequest, row.id)
    if found is None:
        raise NotFound("revocation.none", "没有等待确认的撤销登记，可能刚刚办理完。请刷新页面查看。")
    return found
