"""Pages of one's own account."""

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError, InvalidValues
from app.persistence.queries import people
from app.services.accounts import accounts, sessions
from app.web import answers
from app.web.guards import public, signed_in
from app.web.house import context, reading
from app.web.identity import ENDED, current_actor, enter, safe_path, visitor_or_none
from app.web.limits import count, refuse_flood

MOST_FAILURES = 60
"""Failed logins of one address in 15 minutes: an office of many people shares an address, a script that tries names does not stop there."""

account = Blueprint("account", __name__, url_prefix="/account")


@account.get("/login")
@public
def login() -> ResponseReturnValue:
    """Show the login page; who is logged in already goes on to where they wanted to go."""
    target = safe_path(request.args.get("next"))
    if visitor_or_none() is not None:
        return redirect(target)
    return _login_page(target, username="", notice=ENDED.get(request.args.get("ended", ""), ""))


@account.post("/login")
@public
def log_in() -> ResponseReturnValue:
    """Check name and password, begin a session and go on."""
    refuse_flood("login", most=MOST_FAILURES, minutes=15)
    target = safe_path(request.form.get("next"))
    username = answers.clean(request.form.get("username", ""), longest=60)
    password = request.form.get("password", "")[:200]
    address = answers.clean(request.remote_addr or "", longest=60)
    try:
        user_id = accounts.authenticate(context(), username=username, password=password, address=address)
    except DomainError as error:
        count("login")
        return _login_page(target, username=username, refusal=error.message), 422
    enter(sessions.begin(context(), user_id=user_id))
    return redirect(target)


def _login_page(target: str, *, username: str, notice: str = "", refusal: str = "") -> str:
    return render_template("account/login.html", next=target, username=username, notice=notice, refusal=refusal)


@account.post("/logout")
@signed_in
def logout() -> ResponseReturnValue:
    """End the session here and everywhere."""
    sessions.end(context(), actor=current_actor())
    session.clear()
    return redirect(url_for("account.login"))


@account.get("")
@signed_in
def me() -> str:
    """Show who one is here: unit, roles, since when the password is what it is, and what one can do about the account."""
    actor = current_actor()
    with reading() as tx:
        changed_at = people.password_changed_at(tx.session, actor=actor)
    return render_template("account/me.html", actor=actor, password_changed_at=changed_at)


@account.get("/password")
@signed_in
def password() -> str:
    """Show the form for a new password."""
    return _password_page({})


@account.post("/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Replace the password; the session goes on, all others of the account end."""
    actor = current_actor()
    old, new, again = (request.form.get(name, "")[:200] for name in ("old", "new", "again"))
    if new != again:
        return _password_page({"again": "两次输入的新密码不一致，请重新输入。"}), 422
    try:
        accounts.change_password(context(), actor=actor, old=old, new=new)
    except InvalidValues as error:
        return _password_page(error.fields or {"new": error.message}), 422
    assert actor.user_id is not None
    enter(sessions.begin(context(), user_id=actor.user_id))
    flash("密码已修改。下次登录请使用新密码。")
    return redirect("/")


def _password_page(problems: dict[str, str]) -> str:
    visitor = visitor_or_none()
    return render_template(
        "account/password.html", problems=problems, forced=visitor is not None and visitor.must_change_password
    )


@account.post("/ping")
@signed_in
def ping() -> Response:
    """Keep the session: somebody who reads a long file does nothing that the server could see."""
    return jsonify(ok=True)
