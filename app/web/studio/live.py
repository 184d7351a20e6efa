"""The live view of a version: numbers over its diagram, over a chosen period, and the cases behind them."""

from datetime import date, datetime, timedelta

from flask import Response, jsonify, render_template, request, url_for

from app.domain.clock import local
from app.domain.errors import DomainError
from app.domain.permissions import Permission
from app.domain.working_days import start_of_day
from app.services.studio.live_view import cases_at, live_view
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.studio.facts import version_facts
from app.web.studio.files import diagram_titles
from app.web.studio.group import studio
from app.web.studio.versions import chosen_diagram, loaded_version

PERIODS = {"7d": ("最近 7 天", 7), "30d": ("最近 30 天", 30), "90d": ("最近 90 天", 90), "365d": ("最近一年", 365)}


@studio.get("/versions/<int:version_id>/live")
@needs(Permission.SEE_PROCEDURES)
def live(version_id: int) -> str:
    """Show the page of the live view."""
    loaded = loaded_version(version_id)
    diagrams = diagram_titles(loaded.procedure.diagrams, loaded.procedure.files)
    return render_template("studio/live.html", facts=version_facts(version_id), diagrams=diagrams, file=chosen_diagram(loaded))


@studio.get("/versions/<int:version_id>/live.json")
@needs(Permission.SEE_PROCEDURES)
def live_numbers(version_id: int) -> Response:
    """Answer with the numbers of every node."""
    period, begin, end = _period(context().clock())
    view = live_view(context(), actor=current_actor(), version_id=version_id, begin=begin, end=end)
    nodes = {
        one.node_id: {
            "open": one.waiting, "items": one.items, "overdue": one.overdue, "median_hours": _hours(one.median_wait), "longest_hours": _hours(one.longest_wait),
            "done": one.done, "spent_hours": _hours(one.time_spent), "spent_median_hours": _hours(one.median_time),
            "url": url_for("studio.live_cases", version_id=version_id, kind=one.case_kind, node=one.node_id),
        }
        for one in view.nodes
    }  # fmt: skip
    chosen = {"from": local(begin).date().isoformat(), "to": local(end - timedelta(seconds=1)).date().isoformat()}
    return jsonify(
        period=period, **chosen, periods=[{"id": key, "title": title} for key, (title, _) in PERIODS.items()], nodes=nodes
    )


def _period(now: datetime) -> tuple[str, datetime, datetime]:
    """Return the period that is asked for: one of the usual ones, or from a day to a day, both counted."""
    first, last = request.args.get("from", ""), request.args.get("to", "")
    if first or last:
        try:
            days = [date.fromisoformat(text) for text in (first, last)]
            begin, end = start_of_day(days[0]), start_of_day(days[1] + timedelta(days=1))
        except (ValueError, OverflowError) as error:  # the first and the last year of the calendar begin and end elsewhere
            raise DomainError("live.period", "请把开始和结束日期都填上。") from error
        return "days", begin, end
    wanted = request.args.get("period", "")
    period = wanted if wanted in PERIODS else "30d"
    return period, now - timedelta(days=PERIODS[period][1]), now


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds() / 3600, 2)


def _span(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    if hours < 1:
        return f"{max(1, round(hours * 60))}分钟"
    return f"{round(hours)}小时" if hours < 48 else f"{round(hours / 24)}天"


@studio.get("/versions/<int:version_id>/live/cases")
@needs(Permission.SEE_PROCEDURES)
def live_cases(version_id: int) -> str:
    """Show the cases that stand at a node; of them those that the person may see."""
    facts, loaded = version_facts(version_id), loaded_version(version_id)
    kind, node_id = request.args.get("kind", ""), request.args.get("node", "")
    rows = cases_at(context(), actor=current_actor(), version_id=version_id, case_kind=kind, node_id=node_id)
    node, now = loaded.nodes[kind][node_id], context().clock()
    return render_template(
        "studio/live_cases.html", facts=facts, node=node, now=now,
        rows=[(one, _span(now - one.since)) for one in rows], veiled=not all(one.visible for one in rows),
    )  # fmt: skip
