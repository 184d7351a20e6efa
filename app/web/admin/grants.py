"""Roles: granted and revoked by the security administrator."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import ROLE_TITLES, Role, role_title
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission
from app.persistence.queries import admin as queries
from app.services.accounts import grants as service
from app.services.accounts import resets as service_resets
from app.web import answers
from app.web.admin.group import admin
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor


@admin.get("/roles")
@needs(Permission.GRANT_ROLES)
def grants() -> str:
    """Show who holds which role."""
    q, role = answers.text_argument("q"), answers.text_argument("role")
    with context().reading() as tx:
        page = queries.accounts(tx.session, q=q, page=answers.page_argument(), role=role)
        resets = queries.resets(tx.session, since=tx.now - service_resets.LASTS)
    return render_template("admin/grants.html", page=page, resets=resets, q=q, role=role, roles=_ROLES, role_title=role_title)


@admin.post("/resets/<int:user_id>/confirm")
@needs(Permission.GRANT_ROLES)
def reset_confirm(user_id: int) -> ResponseReturnValue:
    """Confirm a new password and show it, this once."""
    password = service_resets.confirm_reset(context(), actor=current_actor(), user_id=user_id)
    with context().reading() as tx:
        found = queries.account(tx.session, user_id=user_id)
    return render_template("admin/password.html", username=found.username if found else "", password=password, is_new=False)


@admin.post("/resets/<int:user_id>/refuse")
@needs(Permission.GRANT_ROLES)
def reset_refuse(user_id: int) -> ResponseReturnValue:
    """Drop a request for a new password."""
    service_resets.refuse_reset(context(), actor=current_actor(), user_id=user_id)
    flash("申请已退回，原密码继续有效。")
    return redirect(url_for("admin.grants"))


@admin.get("/roles/<int:user_id>")
@needs(Permission.GRANT_ROLES)
def grants_form(user_id: int) -> str:
    """Ask which role an account is to hold, and where."""
    return _form(user_id, {}, {})


@admin.post("/roles/<int:user_id>")
@needs(Permission.GRANT_ROLES)
def grants_add(user_id: int) -> ResponseReturnValue:
    """Grant a role."""
    given = {name: answers.clean(request.form.get(name, ""), longest=40) for name in ("role", "unit")}
    unit_id = answers.whole(given["unit"])
    problems = {} if unit_id else {"unit": "请选择单位。"}
    if given["role"] not in set(Role):
        problems["role"] = "请选择角色。"
    if problems:
        return _form(user_id, given, problems), 422
    role = Role(given["role"])
    try:
        service.grant(context(), actor=current_actor(), user_id=user_id, role=role, unit_id=unit_id)
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        return _form(user_id, given, {"form": error.message}), 422
    with context().reading() as tx:
        account = queries.account(tx.session, user_id=user_id)
    assert account is not None
    flash(f"已授予{account.name}“{ROLE_TITLES[role]}”，对方下一次打开页面即生效。")
    return redirect(url_for("admin.grants", q=account.username))


@admin.post("/grants/<int:grant_id>/revoke")
@needs(Permission.GRANT_ROLES)
def grants_revoke(grant_id: int) -> ResponseReturnValue:
    """Revoke a role."""
    service.revoke(context(), actor=current_actor(), grant_id=grant_id)
    flash("角色已收回，立即生效。")
    return redirect(url_for("admin.grants"))


def _form(user_id: int, given: dict[str, str], problems: dict[str, str]) -> str:
    with context().reading() as tx:
        account = queries.account(tx.session, user_id=user_id)
        units = queries.unit_choices(tx.session)
    if account is None:
        raise NotFound("account.unknown", "没有找到这个账号。请返回列表重新选择。")
    values = given or {"unit": str(account.unit_id or ""), "role": ""}
    return render_template("admin/grant.html", account=account, roles=_ROLES, units=units, given=values, problems=problems)


_ROLES = [(role.value, title) for role, title in ROLE_TITLES.items()]
