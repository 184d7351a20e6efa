"""The audit log: found by person, action and time, and its chain walked in slices."""

from datetime import date, datetime, timedelta
from urllib.parse import quote

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.domain.working_days import start_of_day
from app.persistence.queries import audit_log
from app.persistence.queries.audit_log import Sought
from app.services.audit_check import check_slice
from app.services.audit_export import export_log
from app.web import answers
from app.web.admin.group import admin
from app.web.admin.words import action_title, detail_lines
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.rounds.lists import XLSX


@admin.get("/audit")
@needs(Permission.READ_AUDIT)
def audit() -> str:
    """Show the log, newest first."""
    given, sought = _sought()
    with context().reading() as tx:
        page = audit_log.events(tx.session, sought=sought)
        actions = sorted(((each, action_title(each)) for each in audit_log.actions(tx.session)), key=lambda each: each[1])
    return render_template(
        "admin/audit.html", page=page, given=given, actions=actions, action_title=action_title, detail_lines=detail_lines
    )


@admin.get("/audit.xlsx")
@needs(Permission.READ_AUDIT)
def audit_file() -> Response:
    """Export the log as it is filtered."""
    given, sought = _sought()
    labels = {"who": "人员、单位、对象或办件编号", "action": "操作", "since": "从", "until": "到"}
    shown = {**given, "action": action_title(given["action"]) if given["action"] else ""}
    words = [f"{labels[name]}：{value}" for name, value in shown.items() if value]
    name, content = export_log(context(), actor=current_actor(), sought=sought, title=action_title, filter_words=words)
    disposition = f"attachment; filename=audit.xlsx; filename*=UTF-8''{quote(name)}"
    return Response(content, mimetype=XLSX, headers={"Content-Disposition": disposition})


def _sought() -> tuple[dict[str, str], Sought]:
    given = {name: answers.text_argument(name) for name in ("who", "action", "since", "until")}
    until = _day(given["until"])
    return given, Sought(
        who=given["who"],
        action=given["action"],
        since=_day(given["since"]),
        until=until + timedelta(days=1) if until else None,
        page=answers.page_argument(),
    )


def _day(text: str) -> datetime | None:
    try:
        return start_of_day(date.fromisoformat(text)) if text else None
    except (ValueError, OverflowError):  # the first day of the calendar begins before it
        return None


@admin.get("/audit/verify")
@needs(Permission.READ_AUDIT)
def audit_verify() -> ResponseReturnValue:
    """Check the next slice of the chain; the page fetches one after the other, and can be left at any time."""
    after = _place(request.args.get("after", ""))
    found = check_slice(context(), actor=current_actor(), after=after)
    with context().reading() as tx:
        numbers = audit_log.case_numbers(tx.session, streams={link.stream for link in found.broken})
    template = "admin/_verify_slice.html" if answers.is_htmx() else "admin/verify.html"
    return render_template(template, found=found, numbers=numbers, broken_before=answers.whole(request.args.get("broken", "")))


def _place(text: str) -> tuple[str, int] | None:
    stream, _, number = text.rpartition("@")
    return (stream[:30], int(number)) if stream and number.isascii() and number.isdigit() and len(number) < 10 else None
