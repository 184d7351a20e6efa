"""Migration: choose cases of a version, correct the mapping, try it, run it in a batch, undo it."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.permissions import Permission
from app.services.studio import migration, migration_plan
from app.services.studio.migration_plan import Forecast, Plan
from app.web.answers import page_argument
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.studio.facts import VersionFacts, sent_lines, sent_number, version_facts
from app.web.studio.group import studio
from app.web.studio.versions import loaded_version

AT_ONCE = 10
"""Cases that one request of the page of progress moves; between them the page shows how far it is."""

CHOICE = 200
"""Cases that the page offers for one batch; those that come after them are offered when these have gone."""


@studio.get("/versions/<int:version_id>/migrate")
@needs(Permission.DEPLOY_PROCEDURE)
def migrate(version_id: int) -> str:
    """Show the cases of a version and where each node would go in another."""
    facts = version_facts(version_id)
    to_id = _target(facts, request.args.get("to", ""))
    if to_id is None:
        return render_template("studio/migrate_none.html", facts=facts)
    plan = migration_plan.plan(context(), actor=current_actor(), from_version_id=version_id, to_version_id=to_id, limit=CHOICE)
    return _page(facts, plan, {one.case_id for one in plan.cases})


@studio.post("/versions/<int:version_id>/migrate")
@needs(Permission.DEPLOY_PROCEDURE)
def migrate_do(version_id: int) -> ResponseReturnValue:
    """Try the migration, or begin it."""
    actor, to_id, given, reason = current_actor(), sent_number("to"), _given(), sent_lines("reason")
    chosen = [int(one) for one in request.form.getlist("case") if one.isascii() and one.isdigit() and len(one) < 10]
    way = {"from_version_id": version_id, "to_version_id": to_id}
    plan = migration_plan.plan(context(), actor=actor, given=given, limit=CHOICE, **way)
    facts = version_facts(version_id)
    try:
        if request.form.get("action") == "start":
            batch_id = migration.begin(context(), actor=actor, case_ids=chosen, reason=reason, given=given, **way)
            return redirect(url_for("studio.batch", batch_id=batch_id), 303)
        forecasts = migration_plan.dry_run(context(), actor=actor, case_ids=chosen, given=given, **way)
    except DomainError as error:
        return _page(facts, plan, set(chosen), reason=reason, problem=error.message), 422
    return _page(facts, plan, set(chosen), reason=reason, forecasts=forecasts)


def _target(facts: VersionFacts, wanted: str) -> int | None:
    """Return the version that the address asks for, else the newest in use, None when there is no other."""
    others = [one for one in facts.line.versions if one.id != facts.version.id]
    asked = next((one for one in others if str(one.id) == wanted), None)
    found = asked or next((one for one in others if one.state == "current"), others[0] if others else None)
    return found.id if found else None


def _given() -> dict[str, str]:
    """Return the corrections: old node to new node."""
    sent = ((name.removeprefix("node-"), value) for name, value in request.form.items() if name.startswith("node-"))
    return {node: value for node, value in sent if value and len(value) < 200}


def _page(
    facts: VersionFacts,
    plan: Plan,
    chosen: set[int],
    *,
    reason: str = "",
    problem: str = "",
    forecasts: list[Forecast] | None = None,
) -> str:
    old, new = loaded_version(plan.from_version_id), loaded_version(plan.to_version_id)
    # What is found by its id needs no look; the rest does where something stands, or where a person has chosen.
    asked = [line for line in plan.mapping if line.how != "id" and (line.open_cases or line.how == "given")]
    later = [line for line in plan.mapping if line.how != "id" and line not in asked]
    return render_template(
        "studio/migrate.html", facts=facts, plan=plan, old=old, new=new, asked=asked, later=later, chosen=chosen, reason=reason,
        problem=problem, forecasts=forecasts, same=sum(line.how == "id" for line in plan.mapping),
    )  # fmt: skip


@studio.get("/migrations/<int:batch_id>")
@needs(Permission.DEPLOY_PROCEDURE)
def batch(batch_id: int) -> str:
    """Show how far a batch is."""
    return _batch(batch_id, "studio/batch.html", {})


@studio.post("/migrations/<int:batch_id>/run")
@needs(Permission.DEPLOY_PROCEDURE)
def batch_run(batch_id: int) -> ResponseReturnValue:
    """Move the next cases and show how far it is; what is left when nobody looks, the clock goes on with."""
    migration.run(context(), actor=current_actor(), batch_id=batch_id, limit=AT_ONCE)
    if request.headers.get("HX-Request") != "true":
        return redirect(url_for("studio.batch", batch_id=batch_id), 303)
    return _batch(batch_id, "studio/_progress.html", {})


@studio.post("/migrations/<int:batch_id>/undo")
@needs(Permission.DEPLOY_PROCEDURE)
def batch_undo(batch_id: int) -> ResponseReturnValue:
    """Begin the way back of what a batch has moved."""
    reason = sent_lines("reason")
    try:
        back_id = migration.undo(context(), actor=current_actor(), batch_id=batch_id, reason=reason, given=_given())
    except DomainError as error:
        # Two nodes had become one: the person says to which of them its cases go back.
        return _batch(batch_id, "studio/batch.html", {"reason": error.message}, ask=error.code == "migration.ambiguous"), 422
    flash("撤销已开始：办件正在迁回原来的版本。")
    return redirect(url_for("studio.batch", batch_id=back_id), 303)


def _batch(batch_id: int, template: str, problems: dict[str, str], *, ask: bool = False) -> str:
    progress = migration.progress(context(), actor=current_actor(), batch_id=batch_id, page=page_argument())
    old, new = loaded_version(progress.from_version_id), loaded_version(progress.to_version_id)
    back = (
        [(node, _alike(node, old.nodes.get(kind, {}))) for kind, nodes in new.nodes.items() for node in nodes.values()]
        if ask
        else []
    )
    return render_template(template, progress=progress, old=old, new=new, problems=problems, back=back)


def _alike(node: Any, nodes: Mapping[str, Any]) -> list[Any]:
    """Return the nodes of the same kind, where there is something to choose from."""
    found = [one for one in nodes.values() if one.kind == node.kind and node.kind.endswith("Task")]
    return found if len(found) > 1 else []
