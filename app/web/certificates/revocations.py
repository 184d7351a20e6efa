"""Titles that were taken back: one person enters the decision, the leader compares and confirms."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidValues
from app.domain.permissions import Permission
from app.services.issuing import revocations
from app.web import answers
from app.web.certificates.register import change_form, day_of, one_row, registry
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor


@registry.get("/<int:certificate_id>/revoke")
@needs(Permission.ISSUE_CERTIFICATES)
def revoke_form(certificate_id: int) -> str:
    """Ask by which decision the title was revoked."""
    return change_form("revoke", one_row(certificate_id), {}, {})


@registry.post("/<int:certificate_id>/revoke")
@needs(Permission.ISSUE_CERTIFICATES)
def ask_revocation(certificate_id: int) -> ResponseReturnValue:
    """Enter a revocation for the leader to confirm."""
    given = answers.typed_with_reason("decision", "decided_on")
    try:
        revocations.ask(
            context(),
            actor=current_actor(),
            certificate_id=certificate_id,
            decision=given["decision"],
            decided_on=day_of(given["decided_on"], field="decided_on"),
            reason=given["reason"],
        )
    except InvalidValues as error:
        return change_form("revoke", one_row(certificate_id), given, error.fields or {"form": error.message}), 422
    flash("撤销已登记，请区人社局负责人核对确认。确认以前，证书仍然有效。")
    return redirect(url_for("register.record", certificate_id=certificate_id), 303)


@registry.post("/<int:certificate_id>/revoke/confirm")
@needs(Permission.REVOKE_CERTIFICATE)
def confirm_revocation(certificate_id: int) -> ResponseReturnValue:
    """Revoke the title as somebody else has entered it."""
    seen = request.form.get("seen", "")
    revocations.confirm(context(), actor=current_actor(), certificate_id=certificate_id, seen=seen)
    flash("称号已撤销，公开核验页面立即显示“已撤销”。")
    return redirect(url_for("register.record", certificate_id=certificate_id), 303)


@registry.post("/<int:certificate_id>/revoke/decline")
@needs(Permission.SEE_REGISTER)
def decline_revocation(certificate_id: int) -> ResponseReturnValue:
    """Take a revocation off the table; the service knows who may."""
    reason = answers.typed_with_reason()["reason"]
    revocations.decline(context(), actor=current_actor(), certificate_id=certificate_id, reason=reason)
    flash("撤销没有办理，证书仍然有效。")
    return redirect(url_for("register.record", certificate_id=certificate_id), 303)
