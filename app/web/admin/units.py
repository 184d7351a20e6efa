"""Units: their list, adding one, and changing name and dates of one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidValues, NotFound
from app.domain.permissions import Permission
from app.persistence.queries import admin as queries
from app.services.accounts import units as service
from app.services.accounts.units import change_unit
from app.web import answers
from app.web.admin.group import admin
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor

KINDS = {
    "district": "区级机关",
    "bureau": "区人社局",
    "department": "区直部门",
    "union": "工会",
    "street": "街道",
    "industry_office": "产业办",
    "employer": "用人单位",
    "outside": "区外单位",
}
NEW = {"kind": 20, "name": 120, "short_name": 40, "uscc": 18, "parent": 10, "address": 200}
"""What a new unit is asked for, and how long each may be."""
FIELDS = {"name": 120, "short_name": 40, "address": 200, "valid_from": 10, "valid_to": 10}


@admin.get("/units")
@needs(Permission.MANAGE_UNITS)
def units() -> str:
    """Show the units."""
    q, kind = answers.text_argument("q"), answers.text_argument("kind")
    with context().reading() as tx:
        page = queries.units(tx.session, q=q, kind=kind, page=answers.page_argument())
    return render_template("admin/units.html", page=page, q=q, kind=kind, kinds=KINDS)


@admin.get("/units/new")
@needs(Permission.MANAGE_UNITS)
def units_new() -> str:
    """Show the form of a new unit."""
    return _new_form({"kind": "employer"}, {})


@admin.post("/units/new")
@needs(Permission.MANAGE_UNITS)
def units_add() -> ResponseReturnValue:
    """Add a unit."""
    given = {name: answers.clean(request.form.get(name, ""), longest=longest + 1) for name, longest in NEW.items()}
    try:
        service.add_unit(
            context(), actor=current_actor(), parent_id=answers.whole(given["parent"]),
            **{name: value for name, value in given.items() if name != "parent"},
        )  # fmt: skip
    except InvalidValues as error:
        return _new_form(given, error.fields), 422
    flash(f"已新增“{given['name']}”。接着可以给它的工作人员建立账号。")
    return redirect(url_for("admin.units", q=given["name"]), 303)


def _new_form(given: dict[str, str], problems: dict[str, str]) -> str:
    with context().reading() as tx:
        parents = queries.unit_choices(tx.session)
    kinds = {kind: KINDS[kind] for kind in service.KINDS}
    return render_template("admin/new_unit.html", given=given, problems=problems, kinds=kinds, parents=parents)


@admin.get("/units/<int:unit_id>")
@needs(Permission.MANAGE_UNITS)
def units_form(unit_id: int) -> str:
    """Show the form of a unit."""
    return _form(unit_id, {}, {})


@admin.post("/units/<int:unit_id>")
@needs(Permission.MANAGE_UNITS)
def units_change(unit_id: int) -> ResponseReturnValue:
    """Change a unit."""
    given = {name: answers.clean(request.form.get(name, ""), longest=longest + 1) for name, longest in FIELDS.items()}
    try:
        change_unit(context(), actor=current_actor(), unit_id=unit_id, **given)
    except InvalidValues as error:
        return _form(unit_id, given, error.fields), 422
    flash(f"已保存“{given['name']}”。以前的记录保留当时的名称。")
    return redirect(url_for("admin.units"))


def _form(unit_id: int, given: dict[str, str], problems: dict[str, str]) -> str:
    with context().reading() as tx:
        unit = queries.unit(tx.session, unit_id=unit_id)
    if unit is None:
        raise NotFound("unit.unknown", "没有找到这个单位。请返回列表重新选择。")
    values = given or {name: str(getattr(unit, name) or "") for name in FIELDS}
    return render_template("admin/unit.html", unit=unit, given=values, problems=problems, kinds=KINDS)
