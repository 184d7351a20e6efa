"""Misprints: one person asks for a corrected certificate, another compares and confirms."""

import json

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidValues
from app.domain.permissions import Permission
from app.services.issuing import reissues
from app.web import answers
from app.web.certificates.register import change_form, one_row, registry
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor


@registry.get("/<int:certificate_id>/reissue")
@needs(Permission.ISSUE_CERTIFICATES)
def reissue_form(certificate_id: int) -> str:
    """Ask what was misprinted."""
    row = one_row(certificate_id)
    values = json.loads(row.values_json)
    return change_form("reissue", row, {"name": values.get("name", row.name), "employer": values.get("employer", "")}, {})


@registry.post("/<int:certificate_id>/reissue")
@needs(Permission.ISSUE_CERTIFICATES)
def ask_reissue(certificate_id: int) -> ResponseReturnValue:
    """Ask for a corrected certificate."""
    given = answers.typed_with_reason("name", "employer")
    corrections = {key: given[key] for key in reissues.CORRECTABLE}
    try:
        reissues.ask(
            context(), actor=current_actor(), certificate_id=certificate_id, corrections=corrections, reason=given["reason"]
        )
    except InvalidValues as error:
        return change_form("reissue", one_row(certificate_id), given, error.fields or {"form": error.message}), 422
    flash("补发申请已提交，请另一位经办人核对确认。确认以前，原证书仍然有效。")
    return redirect(url_for("register.record", certificate_id=certificate_id), 303)


@registry.post("/<int:certificate_id>/reissue/confirm")
@needs(Permission.ISSUE_CERTIFICATES)
def confirm_reissue(certificate_id: int) -> ResponseReturnValue:
    """Replace the certificate as somebody else has asked."""
    seen = request.form.get("seen", "")
    new_id = reissues.confirm(context(), actor=current_actor(), certificate_id=certificate_id, seen=seen)
    flash("已补发：新证书正在制作，原证书立即显示为“已补发”。")
    return redirect(url_for("register.record", certificate_id=new_id), 303)


@registry.post("/<int:certificate_id>/reissue/decline")
@needs(Permission.ISSUE_CERTIFICATES)
def decline_reissue(certificate_id: int) -> ResponseReturnValue:
    """Take a request off the table."""
    reason = answers.typed_with_reason()["reason"]
    reissues.decline(context(), actor=current_actor(), certificate_id=certificate_id, reason=reason)
    flash("补发申请没有办理，原证书仍然有效。")
    return redirect(url_for("register.record", certificate_id=certificate_id), 303)
