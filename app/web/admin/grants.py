"""Roles: granted and revoked by the security administrator."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import ROLE_TITLES, Role
from app.domain.errors import DomainError, NotAllowed
from app.domain.permissions import Permission
from app.persistence.queries import admin as queries
from app.services import grants as service
from app.services.round_view import role_title
from app.web import answers
from app.web.admin.group import admin
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor


@admin.get("/roles")
@needs(Permission.GRANT_ROLES)
def grants() -> str:
    """Show who holds which role."""
    return _page({}, {})


@admin.post("/roles")
@needs(Permission.GRANT_ROLES)
def grants_add() -> ResponseReturnValue:
    """Grant a role."""
    given = {name: answers.clean(request.form.get(name, ""), longest=40) for name in ("user", "role", "unit")}
    problems = {name: "请选择。" for name in ("user", "unit") if not (given[name].isascii() and given[name].isdigit())}
    if given["role"] not in set(Role):
        problems["role"] = "请选择角色。"
    if problems:
        return _page(given, problems), 422
    role = Role(given["role"])
    try:
        service.grant(context(), actor=current_actor(), user_id=int(given["user"]), role=role, unit_id=int(given["unit"]))
    except NotAllowed:
        raise
    except DomainError as error:
        return _page(given, {"form": error.message}), 422
    flash(f"已授予“{ROLE_TITLES[role]}”，对方下一次打开页面即生效。")
    return redirect(url_for("admin.grants"))


@admin.post("/roles/<int:grant_id>/revoke")
@needs(Permission.GRANT_ROLES)
def grants_revoke(grant_id: int) -> ResponseReturnValue:
    """Revoke a role."""
    service.revoke(context(), actor=current_actor(), grant_id=grant_id)
    flash("角色已收回，立即生效。")
    return redirect(url_for("admin.grants"))


def _page(given: dict[str, str], problems: dict[str, str]) -> str:
    q, role = answers.text_argument("q"), answers.text_argument("role")
    with context().reading() as tx:
        page = queries.accounts(tx.session, q=q, page=answers.page_argument(), role=role)
        units = queries.unit_choices(tx.session)
        people = queries.people_choices(tx.session)
    roles = [(each.value, title) for each, title in ROLE_TITLES.items()]
    return render_template(
        "admin/grants.html", page=page, q=q, role=role, roles=roles, units=units, people=people, given=given, problems=problems,
        role_title=role_title,
    )  # fmt: skip
