"""The live view of a version: numbers over its diagram, over a chosen period, and the cases behind them."""

from datetime import timedelta

from flask import Response, jsonify, render_template, request, url_for

from app.domain.errors import NotFound
from app.domain.permissions import Permission
from app.persistence.queries.live import cases_here
from app.services.studio.live_view import live_view
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
    wanted = request.args.get("period", "")
    period = wanted if wanted in PERIODS else "30d"
    now = context().clock()
    begin = now - timedelta(days=PERIODS[period][1])
    view = live_view(context(), actor=current_actor(), version_id=version_id, begin=begin, end=now)
    nodes = {
        one.node_id: {
            "open": one.waiting, "overdue": one.overdue, "median_hours": _hours(one.median_wait), "longest_hours": _hours(one.longest_wait),
            "done": one.done, "spent_median_hours": _hours(one.median_time),
            "url": url_for("studio.live_cases", version_id=version_id, kind=one.case_kind, node=one.node_id),
        }
        for one in view.nodes
    }  # fmt: skip
    return jsonify(period=period, periods=[{"id": key, "title": title} for key, (title, _) in PERIODS.items()], nodes=nodes)


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds() / 3600, 2)


@studio.get("/versions/<int:version_id>/live/cases")
@needs(Permission.SEE_PROCEDURES)
def live_cases(version_id: int) -> str:
    """Show the cases that stand at a node; of them those that the person may see."""
    facts, loaded = version_facts(version_id), loaded_version(version_id)
    kind, node_id = request.args.get("kind", ""), request.args.get("node", "")
    node = loaded.nodes.get(kind, {}).get(node_id)
    if node is None:
        raise NotFound("procedure.node", "这个版本里没有这个环节。请返回运行情况重新选择。")
    with context().reading() as tx:
        rows = cases_here(tx.session, actor=current_actor(), version_id=version_id, node_id=node_id, case_kind=kind)
        now = tx.now
    return render_template("studio/live_cases.html", facts=facts, node=node, rows=rows, now=now)
