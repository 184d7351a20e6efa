"""Accounts: opened, disabled, unlocked and given a new first password by the system administrator."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import role_title
from app.domain.errors import InvalidValues
from app.domain.permissions import Permission
from app.persistence.queries import admin as queries
from app.services.accounts import account_admin, resets
from app.web import answers
from app.web.admin.group import admin
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor


@admin.get("/accounts")
@needs(Permission.MANAGE_ACCOUNTS)
def accounts() -> str:
    """Show the accounts."""
    return _list()


@admin.get("/accounts/new")
@needs(Permission.MANAGE_ACCOUNTS)
def accounts_form() -> str:
    """Show the form for a new account."""
    return _form({}, {})


@admin.post("/accounts/new")
@needs(Permission.MANAGE_ACCOUNTS)
def accounts_create() -> ResponseReturnValue:
    """Open an account and show its first password, this once."""
    # As it was typed: a character that cannot be stored is named in the refusal, and not silently left out of a name.
    given = {name: request.form.get(name, "")[:100] for name in ("username", "name", "unit")}
    unit_id = answers.whole(given["unit"])
    try:
        _, password = account_admin.create_account(
            context(), actor=current_actor(), username=given["username"], name=given["name"], unit_id=unit_id
        )
    except InvalidValues as error:
        return _form(given, error.fields), 422
    return render_template("admin/password.html", username=given["username"].strip().lower(), password=password, is_new=True)


@admin.post("/accounts/<int:user_id>/disable")
@needs(Permission.MANAGE_ACCOUNTS)
def accounts_disable(user_id: int) -> ResponseReturnValue:
    """Disable an account."""
    account_admin.set_active(context(), actor=current_actor(), user_id=user_id, active=False)
    return _done("账号已停用，已有的登录同时失效。")


@admin.post("/accounts/<int:user_id>/enable")
@needs(Permission.MANAGE_ACCOUNTS)
def accounts_enable(user_id: int) -> ResponseReturnValue:
    """Enable an account."""
    account_admin.set_active(context(), actor=current_actor(), user_id=user_id, active=True)
    return _done("账号已启用。")


@admin.post("/accounts/<int:user_id>/unlock")
@needs(Permission.MANAGE_ACCOUNTS)
def accounts_unlock(user_id: int) -> ResponseReturnValue:
    """Unlock an account."""
    account_admin.unlock(context(), actor=current_actor(), user_id=user_id)
    return _done("账号已解锁，可以立即登录。")


@admin.post("/accounts/<int:user_id>/password")
@needs(Permission.MANAGE_ACCOUNTS)
def accounts_reset(user_id: int) -> ResponseReturnValue:
    """Ask for a new first password of an account, which the security administrator confirms."""
    resets.ask_reset(context(), actor=current_actor(), user_id=user_id)
    return _done("已申请重置密码。安全管理员确认后，由安全管理员把一次性密码交给本人。")


def _done(sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("admin.accounts", q=answers.clean(request.form.get("q", ""), longest=60) or None))


def _list() -> str:
    q = answers.text_argument("q")
    with context().reading() as tx:
        page, now = queries.accounts(tx.session, q=q, page=answers.page_argument()), tx.now
    return render_template("admin/accounts.html", page=page, q=q, now=now, role_title=role_title)


def _form(given: dict[str, str], problems: dict[str, str]) -> str:
    with context().reading() as tx:
        units = queries.unit_choices(tx.session)
    return render_template("admin/account.html", units=units, given=given, problems=problems)
