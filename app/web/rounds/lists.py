"""Lists of a round: nominees, ranking, papers; each exports what it shows."""

from urllib.parse import quote

from flask import Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from app.domain.clock import local
from app.domain.errors import NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.queries import round_nominees, round_papers, round_ranking
from app.persistence.queries.round_nominees import OPEN, SORTS, Choices, Wanted
from app.services.selection import payment_exports, round_exports, round_files, round_view
from app.services.selection.notice_package import notice_package
from app.services.selection.round_view import RoundView
from app.services.selection.skill_titles import skill_title
from app.web import answers
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.rounds import words
from app.web.rounds.group import rounds

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@rounds.get("/<int:round_id>/nominees")
@needs(Permission.SEE_ROUND)
def nominees(round_id: int) -> str:
    """Show the nominees of a round of whom the viewer may know."""
    actor, wanted = current_actor(), _wanted()
    with context().reading() as tx:
        view = round_view.open_round(tx, round_id=round_id)
        page = round_nominees.page(tx.session, actor=actor, round_id=round_id, wanted=wanted)
        choices = round_nominees.choices(tx.session, actor=actor, round_id=round_id)
    return render_template(
        "rounds/nominees.html", view=view, head=view.head, page=page, wanted=wanted, choices=choices, skill_title=skill_title,
        stages=[(stage.id, stage.title) for stage in view.loaded.procedure.case_kinds["nomination"].stages],
        filter_words=_words(view, wanted, choices), outcomes=_outcomes(view), channels=round_view.CHANNELS, sorts=words.SORTS,
        may_export=is_permitted(actor, Permission.EXPORT_ROUND), OPEN=OPEN,
    )  # fmt: skip


@rounds.get("/<int:round_id>/nominees.xlsx")
@needs(Permission.EXPORT_ROUND)
def nominees_file(round_id: int) -> Response:
    """Export the list of nominees as it is filtered and sorted."""
    actor, wanted = current_actor(), _wanted()
    with context().reading() as tx:
        view = round_view.open_round(tx, round_id=round_id)
        filter_words = _words(view, wanted, round_nominees.choices(tx.session, actor=actor, round_id=round_id))
    return spreadsheet(
        round_exports.nominees(context(), actor=actor, round_id=round_id, wanted=wanted, filter_words=filter_words)
    )


def _wanted() -> Wanted:
    sort = answers.text_argument("sort")
    return Wanted(
        q=answers.text_argument("q"),
        stage=answers.text_argument("stage"),
        office=_id("office"),
        employer=_id("employer"),
        channel=answers.text_argument("channel"),
        outcome=answers.text_argument("outcome"),
        sort=sort if sort in SORTS else "number",
        descending=request.args.get("desc") == "1",
        page=answers.page_argument(),
    )


def _id(name: str) -> int | None:
    return answers.whole(request.args.get(name, "")) or None


def _words(view: RoundView, wanted: Wanted, choices: Choices) -> list[str]:
    office, employer = dict(choices.offices).get(wanted.office or 0, ""), dict(choices.employers).get(wanted.employer or 0, "")
    return round_exports.filter_words(view, wanted, office=office, employer=employer)


def _outcomes(view: RoundView) -> list[tuple[str, str]]:
    ends = [node for node in view.loaded.nodes["nomination"].values() if node.kind == "endEvent"]
    found = {node.properties.get("outcome", node.node_id) for node in ends}
    return sorted(((outcome, view.outcome(outcome)) for outcome in found), key=lambda each: each[1])


@rounds.get("/<int:round_id>/ranking")
@needs(Permission.SEE_RANKING)
def ranking(round_id: int) -> str:
    """Show the ranking with raw scores and the rule in words."""
    actor = current_actor()
    with context().reading() as tx:
        view = round_view.open_round(tx, round_id=round_id)
        round_view.refuse_party(tx, actor=actor, round_id=round_id)
        found = round_ranking.ranking(tx.session, actor=actor, round_id=round_id)
    may_export = is_permitted(actor, Permission.EXPORT_ROUND)
    return render_template(
        "rounds/ranking.html",
        view=view,
        head=view.head,
        ranking=found,
        rule=round_view.rule(view.settings),
        may_export=may_export,
    )


@rounds.get("/<int:round_id>/ranking.xlsx")
@needs(Permission.SEE_RANKING)
def ranking_file(round_id: int) -> Response:
    """Export the ranking."""
    return spreadsheet(round_exports.ranking(context(), actor=current_actor(), round_id=round_id))


@rounds.get("/<int:round_id>/progress.xlsx")
@needs(Permission.EXPORT_ROUND)
def progress_file(round_id: int) -> Response:
    """Export funnel, quotas and what is late."""
    return spreadsheet(round_exports.progress(context(), actor=current_actor(), round_id=round_id))


@rounds.get("/<int:round_id>/payments/<int:batch_id>.xlsx")
@needs(Permission.SEE_ROUND)
def payments_file(round_id: int, batch_id: int) -> Response:
    """Export a list of payments; with `bank=1` the whole account numbers, which the bank needs."""
    with context().reading() as tx:
        view = round_view.open_round(tx, round_id=round_id)
        known = {row.id for row in round_papers.batches(tx.session, round_id=round_id)}
        now = tx.now
    if batch_id not in known:
        raise NotFound("payment.unknown", "没有找到这份发放表。请从轮次页面重新进入。")
    whole = request.args.get("bank") == "1"
    content = payment_exports.payment_list(context(), actor=current_actor(), batch_id=batch_id, whole_accounts=whole)
    name = f"{view.head.title}-奖金发放表{'-银行' if whole else ''}-{local(now):%Y%m%d-%H%M}.xlsx"
    return spreadsheet(round_exports.Export(name, content))


@rounds.get("/<int:round_id>/notices/<int:notice_id>.pdf")
@needs(Permission.SEE_ROUND)
def notice_file(round_id: int, notice_id: int) -> ResponseReturnValue:
    """Send the paper of a notice."""
    return pdf(round_files.open_notice(context(), actor=current_actor(), round_id=round_id, notice_id=notice_id))


@rounds.get("/<int:round_id>/notices/<int:notice_id>.zip")
@needs(Permission.EXPORT_ROUND)
def notice_files(round_id: int, notice_id: int) -> ResponseReturnValue:
    """Send a notice in every form in which it goes out."""
    found = notice_package(context(), actor=current_actor(), round_id=round_id, notice_id=notice_id)
    return send_file(found.stream, mimetype="application/zip", download_name=found.name, as_attachment=True, max_age=None)


@rounds.get("/<int:round_id>/documents/<int:document_id>.pdf")
@needs(Permission.SEE_ROUND)
def document_file(round_id: int, document_id: int) -> ResponseReturnValue:
    """Send the paper of an official document."""
    return pdf(round_files.open_document(context(), actor=current_actor(), round_id=round_id, document_id=document_id))


@rounds.get("/<int:round_id>/payments/<int:batch_id>.pdf")
@needs(Permission.SEE_ROUND)
def payments_paper(round_id: int, batch_id: int) -> ResponseReturnValue:
    """Send the paper of a settled list of payments."""
    return pdf(round_files.open_payment_list(context(), actor=current_actor(), round_id=round_id, batch_id=batch_id))


def pdf(paper: round_files.Paper, *, inline: bool = False) -> Response:
    """Answer with a finished paper."""
    return send_file(paper.stream, mimetype="application/pdf", download_name=paper.name, as_attachment=not inline, max_age=None)


def spreadsheet(export: round_exports.Export) -> Response:
    """Answer with an exported file."""
    disposition = f"attachment; filename=export.xlsx; filename*=UTF-8''{quote(export.name)}"
    return Response(export.content, mimetype=XLSX, headers={"Content-Disposition": disposition})
