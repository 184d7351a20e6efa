"""演练: a draft is run for real and nothing real happens; any step as any role, and in the end a scenario."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import Role
from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed, NotFound
from app.domain.permissions import Permission
from app.services.packages.package_manifest import read_manifest
from app.services.packages.scenarios import FOLDER
from app.services.studio import sandbox
from app.services.studio.sandbox_player import NeedsAnswer
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.studio.facts import sent_text, the_draft
from app.web.studio.files import free_name, names_in, title_of
from app.web.studio.group import studio
from app.web.studio.rehearsal_desk import desk_of, filled, key_sent, role_sent
from app.web.studio.rehearsal_forms import Question, answers_sent, diagram_of, question, step_sent, variables_sent

_ELSEWHERE = (Conflict, NotAllowed, NotFound)


@studio.get("/drafts/<int:draft_id>/rehearsals")
@needs(Permission.DEPLOY_PROCEDURE)
def rehearsals(draft_id: int) -> str:
    """Show the rehearsals of a draft, and begin one."""
    return _list(draft_id)


def _list(draft_id: int, *, problem: str = "", asked: Question | None = None) -> str:
    opened = the_draft(draft_id)
    scenarios = {
        name: title_of(f"{FOLDER}{name}.json", opened.files[f"{FOLDER}{name}.json"])
        for name in names_in(opened.files, "scenario")
    }
    try:
        kinds = list(read_manifest(opened.files).case_kinds.values())
    except DomainError as error:
        kinds, problem = [], problem or error.message
    lines = sandbox.of_draft(context(), actor=current_actor(), draft_id=draft_id)
    return render_template(
        "studio/rehearsals.html", draft=opened, kinds=kinds, lines=lines, problem=problem, asked=asked, given=request.form,
        scenarios=scenarios, chosen=request.values.get("scenario", ""),
    )  # fmt: skip


@studio.post("/drafts/<int:draft_id>/rehearsals")
@needs(Permission.DEPLOY_PROCEDURE)
def rehearsal_start(draft_id: int) -> ResponseReturnValue:
    """Begin a rehearsal."""
    try:
        view = sandbox.start(
            context(), actor=current_actor(), draft_id=draft_id, kind=sent_text("kind", longest=40), title=sent_text("title", longest=60),
            variables=variables_sent(), answers=answers_sent(), scenario=sent_text("scenario", longest=60),
        )  # fmt: skip
    except _ELSEWHERE:
        raise
    except NeedsAnswer as error:
        return _list(draft_id, asked=question(error)), 422
    except DomainError as error:
        return _list(draft_id, problem=error.message), 422
    return redirect(url_for("studio.rehearsal", rehearsal_id=view.id), 303)


@studio.get("/rehearsals/<int:rehearsal_id>")
@needs(Permission.DEPLOY_PROCEDURE)
def rehearsal(rehearsal_id: int) -> str:
    """Show where a rehearsal stands and what can be done now."""
    return _page(rehearsal_id)


def _page(
    rehearsal_id: int,
    *,
    problem: str = "",
    asked: Question | None = None,
    what: Mapping[str, Any] | None = None,
    record_problem: str = "",
) -> str:
    view = sandbox.look(context(), actor=current_actor(), rehearsal_id=rehearsal_id)
    opened = the_draft(view.draft_id)
    role = request.form.get("_role") or request.args.get("role", "")
    desk = desk_of(
        view, role=Role(role) if role in set(Role) else None, chosen=key_sent(what) if what else request.args.get("step", ""),
        sent=request.form if what else None,
    )  # fmt: skip
    return render_template(
        "studio/rehearsal.html", view=view, draft=opened, names=view.names, problem=problem, asked=asked, record_problem=record_problem,
        given=request.form, file=diagram_of(opened.files, view.kind), desk=desk,
    )  # fmt: skip


@studio.post("/rehearsals/<int:rehearsal_id>/step")
@needs(Permission.DEPLOY_PROCEDURE)
def rehearsal_step(rehearsal_id: int) -> ResponseReturnValue:
    """Do one step as whoever has it to do."""
    what: dict[str, Any] = {}
    try:
        what, role = step_sent(), role_sent(sent_text("_role", longest=40))
        sandbox.step(
            context(), actor=current_actor(), rehearsal_id=rehearsal_id, what=what, answers=answers_sent(), role=role, fill=filled
        )
    except _ELSEWHERE:
        raise
    except NeedsAnswer as error:
        return _page(rehearsal_id, asked=question(error), what=what), 422
    except InvalidValues:
        return _page(rehearsal_id, what=what), 422
    except DomainError as error:
        return _page(rehearsal_id, problem=error.message, what=what), 422
    return redirect(url_for("studio.rehearsal", rehearsal_id=rehearsal_id, role=role.value if role else None), 303)


@studio.post("/rehearsals/<int:rehearsal_id>/follow")
@needs(Permission.DEPLOY_PROCEDURE)
def rehearsal_follow(rehearsal_id: int) -> ResponseReturnValue:
    """Go on with the scenario that the rehearsal follows."""
    sandbox.follow(context(), actor=current_actor(), rehearsal_id=rehearsal_id)
    return redirect(url_for("studio.rehearsal", rehearsal_id=rehearsal_id), 303)


@studio.post("/rehearsals/<int:rehearsal_id>/rewind")
@needs(Permission.DEPLOY_PROCEDURE)
def rehearsal_rewind(rehearsal_id: int) -> ResponseReturnValue:
    """Take the last step back."""
    try:
        sandbox.rewind(context(), actor=current_actor(), rehearsal_id=rehearsal_id)
    except _ELSEWHERE:
        raise
    except DomainError as error:
        return _page(rehearsal_id, problem=error.message), 422
    return redirect(url_for("studio.rehearsal", rehearsal_id=rehearsal_id), 303)


@studio.post("/rehearsals/<int:rehearsal_id>/record")
@needs(Permission.DEPLOY_PROCEDURE)
def rehearsal_record(rehearsal_id: int) -> ResponseReturnValue:
    """Make a rehearsal that has ended a scenario of its draft."""
    name, title = sent_text("name", longest=60), sent_text("scenario_title", longest=60)
    view = sandbox.look(context(), actor=current_actor(), rehearsal_id=rehearsal_id)
    name = name or free_name("scenario", names_in(the_draft(view.draft_id).files, "scenario"))
    try:
        sandbox.record(context(), actor=current_actor(), rehearsal_id=rehearsal_id, name=name, title=title)
    except _ELSEWHERE:
        raise
    except DomainError as error:
        return _page(rehearsal_id, record_problem=error.message), 422
    flash("已存为场景，以后每次检查都会走一遍。")
    return redirect(url_for("studio.draft", draft_id=view.draft_id), 303)


@studio.post("/rehearsals/<int:rehearsal_id>/remove")
@needs(Permission.DEPLOY_PROCEDURE)
def rehearsal_remove(rehearsal_id: int) -> ResponseReturnValue:
    """Throw a rehearsal away."""
    draft_id = sandbox.look(context(), actor=current_actor(), rehearsal_id=rehearsal_id).draft_id
    sandbox.remove(context(), actor=current_actor(), rehearsal_id=rehearsal_id)
    flash("演练已删除。")
    return redirect(url_for("studio.rehearsals", draft_id=draft_id), 303)
