"""The page of a case, its diagram, and what people may do with it outside its tasks."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.permissions import Permission, is_permitted
from app.services.accounts.activation import is_unopened
from app.services.casework import case_actions, item_signers
from app.services.casework.case_diagram import diagram_of
from app.services.casework.case_file import open_case, unknown_case
from app.services.casework.item_taking_back import item_to_take_back
from app.services.casework.own_work import own_work
from app.services.casework.urging import may_urge
from app.services.issuing import case_papers
from app.services.selection.objection_terms import may_extend
from app.web import answers
from app.web.due import due_of
from app.web.guards import signed_in
from app.web.house import context, reading
from app.web.identity import current_actor

cases = Blueprint("cases", __name__, url_prefix="/cases/<int:case_id>")


@cases.get("", endpoint="show")
@signed_in
def show(case_id: int) -> str:
    """Show where a case stands, what happened and what was handed in."""
    with reading() as tx:
        file = open_case(tx, actor=current_actor(), case_id=case_id)
        signings = item_signers.signings(tx, actor=current_actor(), case=file.case)
        dues = [due_of(tx, holder.due_at) for holder in file.holders]
        own = own_work(tx, file, actor=current_actor())
        urges = not own and may_urge(file.case, actor=current_actor())
        mine = item_to_take_back(tx, actor=current_actor(), case=file.case)
        extends = may_extend(tx, actor=current_actor(), case=file.case)
        papers = case_papers.readable(tx, actor=current_actor(), case_id=case_id)
        unopened = is_unopened(tx, actor=current_actor(), case=file.case)
    printable = case_papers.may_print_form(current_actor(), file.case)
    return render_template(
        "cases/case.html",
        file=file,
        dues=dues,
        signings=signings,
        own=own,
        may_urge=urges,
        mine=mine,
        papers=papers,
        printable=printable,
        may_extend=extends,
        unopened=unopened,
        may_rank=is_permitted(current_actor(), Permission.SEE_RANKING),
        may_see_round=is_permitted(current_actor(), Permission.SEE_ROUND),
    )


@cases.get("/diagram.bpmn", endpoint="diagram")
@signed_in
def diagram(case_id: int) -> Response:
    """Hand out the diagram of a case's own version, for the viewer on the page."""
    with reading() as tx:
        actor = current_actor()
        file = open_case(tx, actor=actor, case_id=case_id)
        if file.is_outsider:
            raise unknown_case()
        loaded = tx.context.procedures.get(tx.session, file.case.procedure_version_id)
        content = diagram_of(loaded, file.case.kind)
    return Response(content, mimetype="application/xml", headers={"Cache-Control": "private, max-age=600"})


@cases.get("/diagram", endpoint="diagram_part")
@signed_in
def diagram_part(case_id: int) -> str:
    """Show the place of the diagram, fetched only when somebody unfolds it: the viewer is heavy on a phone."""
    with reading() as tx:
        file = open_case(tx, actor=current_actor(), case_id=case_id)
    if file.marks is None:
        raise unknown_case()
    return render_template("cases/_diagram.html" if answers.is_htmx() else "cases/diagram.html", file=file)


@cases.route("/actions/<action_id>", endpoint="act", methods=["GET", "POST"])
@signed_in
def act(case_id: int, action_id: str) -> ResponseReturnValue:
    """Ask for the reason and the confirmation of an action, and take it."""
    actor = current_actor()
    reason, refusal = answers.clean_lines(request.form.get("reason", ""), longest=2000), ""
    if request.method == "POST":
        try:
            action = case_actions.perform_action(context(), actor=actor, case_id=case_id, action_id=action_id, reason=reason)
            flash(f"已{action.title}。")
            return redirect(url_for("cases.show", case_id=case_id), 303)
        except DomainError as error:
            if error.code != "action.reason":
                raise
            refusal = error.message
    with reading() as tx:
        file = open_case(tx, actor=actor, case_id=case_id)
    wanted = next((one for one in file.actions if one.id == action_id), None)
    if wanted is None:
        raise unknown_case()
    page = render_template("cases/action.html", file=file, action=wanted, reason=reason, refusal=refusal)
    return page, 422 if refusal else 200
