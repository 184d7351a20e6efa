"""What has come to a stop: work that nobody can do, and steps that failed."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import role_title
from app.domain.errors import Conflict, DomainError, NotFound
from app.domain.permissions import Permission
from app.persistence.queries import admin as queries
from app.persistence.queries import unassigned as stranded_queries
from app.services.casework import incidents as service
from app.services.casework.assignments import able_to_take, assign
from app.services.casework.case_work import MESSAGE
from app.services.casework.item_people import as_choices
from app.web import answers
from app.web.admin.group import admin
from app.web.admin.words import CURES
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor


@admin.get("/unassigned")
@needs(Permission.MEND_INCIDENT)
def unassigned() -> str:
    """Show the open work that nobody can do."""
    with context().reading() as tx:
        page = stranded_queries.stranded(tx.session, page=answers.page_argument())
    return render_template("admin/unassigned.html", page=page, role_title=role_title)


@admin.get("/unassigned/<int:item_id>")
@needs(Permission.MEND_INCIDENT)
def unassigned_form(item_id: int) -> str:
    """Ask to whom an item is to be given."""
    return _form(item_id, {}, {})


@admin.post("/unassigned/<int:item_id>")
@needs(Permission.MEND_INCIDENT)
def unassigned_give(item_id: int) -> ResponseReturnValue:
    """Give an item to somebody."""
    given = answers.typed("user", longest=20) | answers.typed_lines("reason", longest=500)
    user_id = answers.whole(given["user"])
    if not user_id or not given["reason"]:
        problems = {} if user_id else {"user": "请选择由谁办理。"}
        return _form(item_id, given, problems | ({} if given["reason"] else {"reason": "请写明指派的原因。"})), 422
    try:
        assign(context(), actor=current_actor(), item_id=item_id, user_id=user_id, reason=given["reason"])
    except (Conflict, NotFound):
        raise
    except DomainError as error:
        return _form(item_id, given, {"form": error.message}), 422
    flash("待办已指派，会出现在对方的工作台。")
    return redirect(url_for("admin.unassigned"))


def _form(item_id: int, given: dict[str, str], problems: dict[str, str]) -> str:
    with context().reading() as tx:
        row = stranded_queries.one(tx.session, item_id=item_id)
        people = as_choices(able_to_take(tx, item_id=item_id)) if row else []
    if row is None:
        raise NotFound("item.held", "这项待办已经有人可以办理，不需要指派。请返回列表查看。")
    return render_template("admin/assign.html", row=row, people=people, given=given, problems=problems, role_title=role_title)


@admin.get("/incidents")
@needs(Permission.MEND_INCIDENT)
def incidents() -> str:
    """Show what failed and waits for somebody to mend it, or what has been mended."""
    closed = request.args.get("closed") == "1"
    with context().reading() as tx:
        page = queries.incidents(tx.session, closed=closed, page=answers.page_argument())
    kinds = {f"outbox:{kind}": delivery.title for kind, delivery in context().registry.deliveries.items()}
    kinds[f"outbox:{MESSAGE}"] = "办件之间的消息"
    return render_template("admin/incidents.html", page=page, closed=closed, kinds=kinds, cures=CURES)


@admin.post("/incidents/<int:incident_id>/retry")
@needs(Permission.MEND_INCIDENT)
def incidents_retry(incident_id: int) -> ResponseReturnValue:
    """Have what failed tried again."""
    service.retry(context(), actor=current_actor(), incident_id=incident_id)
    flash("已重新执行。再次失败时会作为新的异常出现。")
    return redirect(url_for("admin.incidents"))
