"""Where reminders are mailed to: everybody decides for themselves, and may leave it at the bell."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidValues
from app.services import notifications
from app.web import answers
from app.web.guards import signed_in
from app.web.house import context
from app.web.identity import current_actor

mail_address = Blueprint("mail_address", __name__, url_prefix="/notifications/mail")


@mail_address.get("", endpoint="show")
@signed_in
def show() -> ResponseReturnValue:
    """Show the address that reminders go to."""
    return _page({"email": notifications.mail_address(context(), actor=current_actor())}, {})


@mail_address.post("", endpoint="save")
@signed_in
def save() -> ResponseReturnValue:
    """Keep an address, or none."""
    given = {"email": answers.clean(request.form.get("email", ""), longest=200)}
    try:
        kept = notifications.change_mail_address(context(), actor=current_actor(), address=given["email"])
    except InvalidValues as error:
        return _page(given, error.fields)
    flash(f"有待办或新消息时，会发邮件到 {kept}。" if kept else "不再发送邮件提醒，消息仍会出现在系统里。", "saved")
    return redirect(url_for("notifications.index"), 303)


def _page(given: dict[str, str], problems: dict[str, str]) -> ResponseReturnValue:
    page = render_template("tasks/mail_address.html", given=given, problems=problems)
    return make_response(page, 422 if problems else 200)
