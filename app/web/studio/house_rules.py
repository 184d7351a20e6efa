"""The switch of the second person: whether a deployment needs another administrator. Turned by who does not deploy."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.house_settings import SECOND_PERSON, is_on, turn
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.studio.group import studio


@studio.get("/rules")
@needs(Permission.GRANT_ROLES)
def house_rules() -> str:
    """Show whether a deployment needs a second person."""
    with context().reading() as tx:
        on = is_on(tx, SECOND_PERSON)
    return render_template("studio/rules.html", on=on)


@studio.post("/rules")
@needs(Permission.GRANT_ROLES)
def house_rules_turn() -> ResponseReturnValue:
    """Turn the switch; the audit log says who did."""
    on = request.form.get("second_person") == "on"
    turn(context(), actor=current_actor(), name=SECOND_PERSON, on=on)
    flash("部署现在需要第二人确认。" if on else "部署现在不需要第二人确认，提交即生效。")
    return redirect(url_for("studio.house_rules"), 303)
