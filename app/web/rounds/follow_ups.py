"""After the award: who was titled, the reports of each year, and what changes."""

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError, InvalidValues, NotFound
from app.domain.follow_ups import TITLES
from app.domain.permissions import Permission, is_permitted
from app.services.selection import follow_ups as service
from app.services.selection import round_view
from app.web import answers
from app.web.guards import needs
from app.web.house import config, context
from app.web.identity import current_actor
from app.web.rounds.group import rounds
from app.web.rounds.lists import spreadsheet

_LONGEST_NOTE = service.LONGEST + 1


@rounds.get("/<int:round_id>/follow-ups")
@needs(Permission.SEE_REGISTER)
def follow_ups(round_id: int) -> str:
    """Show who was titled, and whose reports are missing."""
    actor = current_actor()
    with context().reading() as tx:
        view = round_view.open_round(tx, round_id=round_id)
        lines, year = service.lines(tx, round_id=round_id), tx.today.year
    return render_template(
        "rounds/follow_ups.html", head=view.head, lines=lines, year=year, states=service.STATES, kinds=TITLES,
        years=view.settings.management_years, missing=sum(year in line.missing for line in lines),
        late=sum(any(each < year for each in line.missing) for line in lines),
        may_enter=is_permitted(actor, Permission.FOLLOW_UP), may_export=is_permitted(actor, Permission.EXPORT_ROUND),
    )  # fmt: skip


@rounds.get("/<int:round_id>/follow-ups.xlsx")
@needs(Permission.EXPORT_ROUND)
def follow_ups_file(round_id: int) -> Response:
    """Export the list with every entry."""
    return spreadsheet(service.export(context(), actor=current_actor(), round_id=round_id))


@rounds.get("/<int:round_id>/follow-ups/<int:case_id>")
@needs(Permission.FOLLOW_UP)
def follow_up(round_id: int, case_id: int) -> str:
    """Ask what is to be entered about somebody."""
    return _page(round_id, case_id, {}, {})


@rounds.post("/<int:round_id>/follow-ups/<int:case_id>")
@needs(Permission.FOLLOW_UP)
def enter_follow_up(round_id: int, case_id: int) -> ResponseReturnValue:
    """Enter a report or a change."""
    given = answers.typed("year", "kind", longest=10) | answers.typed_lines("note", longest=_LONGEST_NOTE)
    sent = request.files.get("paper")
    try:
        service.enter(
            context(),
            actor=current_actor(),
            case_id=case_id,
            year=answers.whole(given["year"]),
            kind=given["kind"],
            note=given["note"],
            paper=service.Sent(sent.stream, sent.filename) if sent is not None and sent.filename else None,
        )
    except InvalidValues as error:
        return _page(round_id, case_id, given, error.fields), 422
    except DomainError as error:
        if not error.code.startswith("file."):
            raise
        return _page(round_id, case_id, given, {"paper": error.message}), 422
    flash("后续情况已登记。")
    return redirect(url_for("rounds.follow_ups", round_id=round_id), 303)


@rounds.get("/<int:round_id>/follow-ups/papers/<int:record_id>")
@needs(Permission.SEE_REGISTER)
def follow_up_paper(round_id: int, record_id: int) -> Response:
    """Send the paper of an entry; every time is in the history of the nomination."""
    sha256, name = service.paper_of(context(), actor=current_actor(), record_id=record_id)
    return send_file(context().files.open(sha256), download_name=name, as_attachment=True)


def _page(round_id: int, case_id: int, given: dict[str, str], problems: dict[str, str]) -> str:
    with context().reading() as tx:
        head = round_view.open_round(tx, round_id=round_id).head
        line = next((each for each in service.lines(tx, round_id=round_id) if each.person.case_id == case_id), None)
        year = tx.today.year
    if line is None or line.person.is_revoked:
        raise NotFound("follow_up.unknown", "没有找到这位称号获得者，或者称号已经撤销。请从后续管理的名单重新进入。")
    first = line.person.conferred.year
    years = [each for each in range(first, first + len(line.reports) + 1) if each <= year]
    proposed = {"year": str(line.missing[0] if line.missing else years[-1]), "kind": "report" if line.missing else ""}
    return render_template(
        "rounds/follow_up.html", head=head, line=line, years=years, kinds=TITLES, given=given or proposed, problems=problems,
        limit=service.LONGEST, upload_limit=config().upload_limit_bytes,
    )  # fmt: skip
