"""转办, 退回 and 撤回: to whom or where to, and why. A dialog where scripts run, a page of its own where they do not."""

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidValues, NotAllowed, NotFound
from app.domain.permissions import Permission
from app.services.casework import item_actions, item_taking_back, work_items
from app.services.casework.item_people import as_choices
from app.services.casework.work_items import OpenItem
from app.services.context import Transaction
from app.web import answers
from app.web.guards import needs
from app.web.house import context, reading
from app.web.identity import current_actor
from app.web.tasks.faster import who_has_it

item_pages = Blueprint("item_actions", __name__, url_prefix="/work-items/<int:item_id>")


@item_pages.get("/transfer", endpoint="transfer")
@needs(Permission.SEE_DESK)
def transfer_form(item_id: int) -> ResponseReturnValue:
    """Ask to whom a work item goes, and why."""
    return _transfer_page(item_id, {}, {})


@item_pages.post("/transfer", endpoint="transfer_to")
@needs(Permission.SEE_DESK)
def transfer(item_id: int) -> ResponseReturnValue:
    """Pass a work item on."""
    actor, given = current_actor(), answers.typed_with_reason("user")
    try:
        user_id = answers.whole(given["user"])
        name = item_actions.transfer(context(), actor=actor, item_id=item_id, user_id=user_id, reason=given["reason"])
    except InvalidValues as error:
        missing = {} if given["user"] else {"user": "请选择转给谁。"}
        return _transfer_page(item_id, given, missing | error.fields)
    except NotFound as error:
        with reading() as tx:
            raise who_has_it(tx, error, actor=actor, item_id=item_id) from None
    flash(f"已转办给{name}，对方会收到通知。")
    return answers.go_to(url_for("desk.desk"))


@item_pages.get("/return", endpoint="send_back")
@needs(Permission.SEE_DESK)
def return_form(item_id: int) -> ResponseReturnValue:
    """Ask where a case goes back to, and why."""
    return _return_page(item_id, {}, {})


@item_pages.post("/return", endpoint="send_back_to")
@needs(Permission.SEE_DESK)
def send_back(item_id: int) -> ResponseReturnValue:
    """Send a case back."""
    given = answers.typed_with_reason("node")
    try:
        title = item_actions.send_back(
            context(), actor=current_actor(), item_id=item_id, node_id=given["node"], reason=given["reason"]
        )
    except InvalidValues as error:
        missing = {} if given["node"] else {"node": "请选择退回到哪一步。"}
        return _return_page(item_id, given, missing | error.fields)
    flash(f"已退回到“{title}”，原因已记入办理过程。", f"done:{item_id}")
    return answers.go_to(url_for("desk.desk"))


@item_pages.get("/take-back", endpoint="take_back")
@needs(Permission.SEE_DESK)
def take_back_form(item_id: int) -> ResponseReturnValue:
    """Ask why a decision is taken back."""
    return _take_back_page(item_id, {}, {})


@item_pages.post("/take-back", endpoint="take_back_now")
@needs(Permission.SEE_DESK)
def take_back(item_id: int) -> ResponseReturnValue:
    """Take back one's own decision, and lead to the form in which it is made anew."""
    given = answers.typed_with_reason()
    try:
        anew = item_taking_back.take_back(context(), actor=current_actor(), item_id=item_id, reason=given["reason"])
    except InvalidValues as error:
        return _take_back_page(item_id, given, error.fields)
    flash("已撤回。除意见外，填写过的内容还在表单里，请核对后重新办理。")
    return answers.go_to(url_for("work_items.show", item_id=anew))


def _take_back_page(item_id: int, given: dict[str, str], problems: dict[str, str]) -> ResponseReturnValue:
    with reading() as tx:
        seen = item_taking_back.completed_by(tx, actor=current_actor(), item_id=item_id)
        found = item_taking_back.item_to_take_back(tx, actor=current_actor(), case=seen.case)
        if found is None or found.id != item_id:
            raise item_taking_back.acted_on()
    return answers.dialog("tasks/take_back.html", problems, item=found, case=seen.case, given=given)


def _transfer_page(item_id: int, given: dict[str, str], problems: dict[str, str]) -> ResponseReturnValue:
    with reading() as tx:
        opened = _take(tx, item_id)
        if not item_actions.may_transfer(opened.node, opened.item):
            raise NotAllowed("item.transfer", "这一步不能转办，只能由您办理。如有特殊情况请联系流程管理员。")
        people = as_choices(item_actions.receivers_of(tx, opened))
    return answers.dialog("tasks/transfer.html", problems, opened=opened, people=people, given=given)


def _return_page(item_id: int, given: dict[str, str], problems: dict[str, str]) -> ResponseReturnValue:
    with reading() as tx:
        opened = _take(tx, item_id)
        if not item_actions.may_return(opened.node):
            raise NotAllowed("item.return", "这一步不能退回。需要退回的，请在表单里选择相应的办理结果。")
        ways = item_actions.ways_back(tx, opened)
    return answers.dialog("tasks/return.html", problems, opened=opened, ways=ways, given=given)


def _take(tx: Transaction, item_id: int) -> OpenItem:
    try:
        return work_items.take(tx, actor=current_actor(), item_id=item_id)
    except NotFound as error:
        raise who_has_it(tx, error, actor=current_actor(), item_id=item_id) from None
