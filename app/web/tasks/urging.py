"""催办: a push for who has a case in hand."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.services.casework.urging import urge
from app.web.guards import signed_in
from app.web.house import context
from app.web.identity import current_actor

urging = Blueprint("urging", __name__, url_prefix="/cases/<int:case_id>/urge")


@urging.post("", endpoint="urge")
@signed_in
def push(case_id: int) -> ResponseReturnValue:
    """Urge those who have a case in hand; who may, and how often, the service decides."""
    titles = urge(context(), actor=current_actor(), case_id=case_id)
    flash(f"已催办“{titles}”，对方会收到通知。同一步骤每天只能催办一次。")
    return redirect(url_for("cases.show", case_id=case_id), 303)
