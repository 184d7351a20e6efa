"""Before somebody is asked to confirm what cannot be undone: would the form be accepted at all?"""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.casework import work_items
from app.web.guards import needs
from app.web.house import reading
from app.web.identity import current_actor
from app.web.tasks.sheet import bound_form, check_token

checking = Blueprint("checking", __name__, url_prefix="/work-items/<int:item_id>/check")


@checking.post("", endpoint="check")
@needs(Permission.SEE_DESK)
def check(item_id: int) -> ResponseReturnValue:
    """Tell whether what was filled in fits the form. Nothing is written; the rules of the step are judged when it is sent."""
    with reading() as tx:
        opened = work_items.take(tx, actor=current_actor(), item_id=item_id)
        check_token(opened, request.form.get("token", ""))
        fits = opened.form is None or bound_form(tx, opened, sent=request.form)[1].validate()
    return jsonify(fits=fits)
