"""How a candidate comes to the account that a nomination made: the unit hands over a sheet with a code, the candidate opens it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError, InvalidValues
from app.domain.permissions import Permission
from app.services.accounts import activation as service
from app.services.casework.case_file import open_case
from app.web import answers
from app.web.guards import needs, public
from app.web.house import context, reading
from app.web.identity import current_actor
from app.web.limits import count, refuse_flood

MOST_FAILURES = 30
"""Refused activations of one address in 15 minutes: candidates type at home, and mistype a few times."""

activation = Blueprint("activation", __name__)


@activation.get("/account/activate")
@public
def activate() -> str:
    """Show the form with which an account is opened."""
    return _page({}, {})


@activation.post("/account/activate")
@public
def open_account() -> ResponseReturnValue:
    """Open the account with code and identity number, and lead to the login."""
    refuse_flood("activation", most=MOST_FAILURES, minutes=15)
    given = {name: answers.clean(request.form.get(name, ""), longest=60) for name in ("username", "code", "id_number")}
    password, again = (request.form.get(name, "")[:200] for name in ("password", "again"))
    if password != again:
        return _page(given, {"again": "两次输入的密码不一致，请重新输入。"}), 422
    try:
        service.activate(context(), **given, password=password, address=answers.clean(request.remote_addr or "", longest=60))
    except InvalidValues as error:
        return _page(given, {"password": error.fields.get("new", error.message)}), 422
    except DomainError as error:
        count("activation")
        return _page(given, {"username": error.message}), 422
    flash("账号已启用，请用刚才设置的密码登录。")
    return redirect(url_for("account.login"))


def _page(given: dict[str, str], problems: dict[str, str]) -> str:
    return render_template("account/activate.html", given=given, problems=problems)


@activation.get("/cases/<int:case_id>/invitation")
@needs(Permission.START_NOMINATION)
def invitation(case_id: int) -> str:
    """Explain the sheet before it is shown: every look at it is written down."""
    with reading() as tx:
        file = open_case(tx, actor=current_actor(), case_id=case_id)
    return render_template("account/invitation.html", file=file, shown=False, found=None)


@activation.post("/cases/<int:case_id>/invitation")
@needs(Permission.START_NOMINATION)
def show_invitation(case_id: int) -> str:
    """Show user name and code, to be printed and handed over."""
    found = service.invitation(context(), actor=current_actor(), case_id=case_id)
    with reading() as tx:
        file = open_case(tx, actor=current_actor(), case_id=case_id)
    return render_template("account/invitation.html", file=file, shown=True, found=found)
