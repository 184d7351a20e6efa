"""The working-day calendar: which years are published, and the import of one with a look before."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidValues
from app.domain.permissions import Permission
from app.persistence.queries import admin as queries
from app.services.calendars import import_year, read_year
from app.web import answers
from app.web.admin.group import admin
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor

_MOST_TEXT = 20_000
STATES = {"published": "已公布", "assumed": "尚未公布，按固定节日估算"}
WEEKDAYS = "一二三四五六日"


@admin.get("/calendar")
@needs(Permission.MANAGE_CALENDAR)
def calendar() -> str:
    """Show the years and the form that imports one."""
    return _page({}, {})


@admin.post("/calendar")
@needs(Permission.MANAGE_CALENDAR)
def calendar_import() -> ResponseReturnValue:
    """Show what a text would change, or take it over."""
    given = {name: answers.clean(request.form.get(name, ""), longest=160) for name in ("year", "source")}
    given["days"] = request.form.get("days", "")[:_MOST_TEXT]
    number = int(given["year"]) if given["year"].isascii() and given["year"].isdigit() and len(given["year"]) == 4 else 0
    try:
        year = read_year(given["days"], year=number, source=given["source"])
    except InvalidValues as error:
        return _page(given, error.fields), 422
    if request.form.get("action") == "edit":
        return _page(given, {})
    if request.form.get("action") == "import":
        import_year(context(), actor=current_actor(), year=year)
        flash(f"{year.year}年的放假安排已导入。触及这一年的期限现在可以准确计算。")
        return redirect(url_for("admin.calendar"))
    with context().reading() as tx:
        before = queries.days_of(tx.session, year=year.year)
    new = {day.day.isoformat(): (day.kind, day.name) for day in year.days}
    gone = sorted(set(before) - set(new))
    return render_template("admin/calendar_preview.html", year=year, before=before, gone=gone, given=given, weekdays=WEEKDAYS)


def _page(given: dict[str, str], problems: dict[str, str]) -> str:
    with context().reading() as tx:
        rows = queries.years(tx.session)
    return render_template("admin/calendar.html", rows=rows, states=STATES, given=given, problems=problems)
