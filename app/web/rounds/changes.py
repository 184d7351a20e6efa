"""What may be changed in a running round: by the leader a deadline or a quota, with a reason; a paper that failed is made again."""

from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError, InvalidValues, NotFound
from app.domain.permissions import Permission
from app.domain.working_days import end_of_working_day, last_day_of
from app.persistence.queries import round_progress
from app.persistence.queries import rounds as queries
from app.services.casework import deadlines
from app.services.selection import round_view
from app.services.selection.department_letters import ask_again
from app.services.selection.rounds import grant_supplement
from app.services.selection.unmade_papers import make_again
from app.web import answers
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.rounds.group import rounds

_LONGEST_REASON = 500


@rounds.get("/<int:round_id>/deadlines/<name>")
@needs(Permission.MOVE_DEADLINE)
def deadline(round_id: int, name: str) -> str:
    """Show the form that moves a deadline."""
    return _deadline_page(round_id, name, {}, {})


@rounds.post("/<int:round_id>/deadlines/<name>")
@needs(Permission.MOVE_DEADLINE)
def move_deadline(round_id: int, name: str) -> ResponseReturnValue:
    """Move a deadline to the end of a working day."""
    given = answers.typed("day", longest=20) | answers.typed_lines("reason", longest=_LONGEST_REASON)
    try:
        to = end_of_working_day(_working_day(given["day"]))
        with context().reading() as tx:
            case_id = round_view.open_round(tx, round_id=round_id).head.case_id
        deadlines.move(context(), actor=current_actor(), case_id=case_id, name=name, to=to, reason=given["reason"])
    except NotFound:
        raise
    except InvalidValues as error:
        return _deadline_page(round_id, name, given, error.fields), 422
    except DomainError as error:
        field = "reason" if error.code == "deadline.reason" else "day"
        return _deadline_page(round_id, name, given, {field: error.message}), 422
    flash("时限已调整，原因已记入办理过程。")
    return redirect(url_for("rounds.show", round_id=round_id))


def _working_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidValues("deadline.day", "日期不完整。", fields={"day": "请选择日期。"}) from None
    with context().reading() as tx:
        calendar = tx.context.calendars.get(tx.session, now=tx.now)
    if not calendar.is_working_day(day):
        sentence = f"{day.isoformat()} 不是工作日，请改为工作日。"
        raise InvalidValues("deadline.day", sentence, fields={"day": sentence})
    return day


def _deadline_page(round_id: int, name: str, given: dict[str, str], problems: dict[str, str]) -> str:
    with context().reading() as tx:
        view = round_view.open_round(tx, round_id=round_id)
    found = {key: (title, moment) for key, title, moment in round_view.moments(view.head.deadlines)}
    if name not in found:
        raise NotFound("deadline.unknown", "本轮次没有这个时限。请从轮次页面重新进入。")
    title, moment = found[name]
    given = given or {"day": last_day_of(moment).isoformat()}
    return render_template("rounds/deadline.html", head=view.head, title=title, moment=moment, given=given, problems=problems)


@rounds.get("/<int:round_id>/quota")
@needs(Permission.GRANT_QUOTA)
def quota(round_id: int) -> str:
    """Show the form that gives a unit further places."""
    return _quota_page(round_id, {}, {})


@rounds.post("/<int:round_id>/quota")
@needs(Permission.GRANT_QUOTA)
def grant_quota(round_id: int) -> ResponseReturnValue:
    """Give a unit further places."""
    given = answers.typed("unit", "places", longest=20) | answers.typed_lines("reason", longest=_LONGEST_REASON)
    with context().reading() as tx:
        round_view.open_round(tx, round_id=round_id)
        units = dict(queries.quota_units(tx.session))
    unit_id, places = answers.whole(given["unit"]), answers.whole(given["places"])
    problems = {
        key: sentence
        for key, sentence, fine in (
            ("unit", "请选择单位。", unit_id in units),
            ("places", "请填写追加的人数，1到20人。", 1 <= places <= 20),
            ("reason", "请写明追加的理由，它会记入办理过程。", bool(given["reason"])),
        )
        if not fine
    }
    if problems:
        return _quota_page(round_id, given, problems), 422
    grant_supplement(context(), actor=current_actor(), round_id=round_id, unit_id=unit_id, places=places, reason=given["reason"])
    flash(f"已给{units[unit_id]}追加{places}个名额。")
    return redirect(url_for("rounds.show", round_id=round_id))


@rounds.post("/<int:round_id>/papers/<int:entry_id>/again")
@needs(Permission.REMAKE_PAPER)
def make_paper_again(round_id: int, entry_id: int) -> ResponseReturnValue:
    """Have a paper that failed made once more."""
    title = make_again(context(), actor=current_actor(), round_id=round_id, entry_id=entry_id)
    flash(f"已开始重新制作“{title}”，请过一会儿刷新查看。再次失败时，原因会列在“还没有生成的文书”里。")
    return redirect(url_for("rounds.show", round_id=round_id))


@rounds.post("/<int:round_id>/departments/<int:unit_id>/letter")
@needs(Permission.ASK_DEPARTMENT)
def ask_department(round_id: int, unit_id: int) -> ResponseReturnValue:
    """Have one letter made that asks a department again about everybody on whom its answer is missing."""
    with context().reading() as tx:
        round_view.open_round(tx, round_id=round_id)
    name = ask_again(context(), actor=current_actor(), round_id=round_id, unit_id=unit_id)
    flash(f"正在制作给{name}的征求意见函，做好后列在“公文”里，下载、用印后送达。")
    return redirect(url_for("rounds.show", round_id=round_id), 303)


def _quota_page(round_id: int, given: dict[str, str], problems: dict[str, str]) -> str:
    with context().reading() as tx:
        view = round_view.open_round(tx, round_id=round_id)
        units = queries.quota_units(tx.session)
        held = {row.unit_id: row for row in round_progress.quotas(tx.session, round_id=round_id)}
    return render_template("rounds/quota.html", head=view.head, units=units, held=held, given=given, problems=problems)
