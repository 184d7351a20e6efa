"""加签 and 减签: who leads a countersigning changes who takes part in it. Dialogs, as in `actions`."""

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidValues, NotFound
from app.domain.permissions import Permission
from app.services.casework import item_signers
from app.services.casework.case_file import open_case
from app.web import answers
from app.web.guards import needs
from app.web.house import context, reading
from app.web.identity import current_actor

signer_pages = Blueprint("signers", __name__, url_prefix="/cases/<int:case_id>/signers")


@signer_pages.get("/<node_id>", endpoint="add")
@needs(Permission.CHANGE_SIGNERS)
def add_form(case_id: int, node_id: str) -> ResponseReturnValue:
    """Ask who is added to a countersigning, and why."""
    return _add_page(case_id, node_id, {}, {})


@signer_pages.post("/<node_id>", endpoint="add_one")
@needs(Permission.CHANGE_SIGNERS)
def add(case_id: int, node_id: str) -> ResponseReturnValue:
    """Add somebody to a countersigning."""
    given = answers.typed_with_reason("member")
    try:
        name = item_signers.add_signer(
            context(), actor=current_actor(), case_id=case_id, node_id=node_id[:60],
            member=answers.whole(given["member"]), reason=given["reason"],
        )  # fmt: skip
    except InvalidValues as error:
        missing = {} if given["member"] else {"member": "请选择增加谁。"}
        return _add_page(case_id, node_id, given, missing | error.fields)
    flash(f"已加签：{name}。对方会收到通知。")
    return answers.go_to(url_for("cases.show", case_id=case_id))


@signer_pages.get("/<node_id>/remove/<int:item_id>", endpoint="remove")
@needs(Permission.CHANGE_SIGNERS)
def remove_form(case_id: int, node_id: str, item_id: int) -> ResponseReturnValue:
    """Ask why somebody is taken out of a countersigning."""
    return _remove_page(case_id, node_id, item_id, {}, {})


@signer_pages.post("/<node_id>/remove/<int:item_id>", endpoint="remove_one")
@needs(Permission.CHANGE_SIGNERS)
def remove(case_id: int, node_id: str, item_id: int) -> ResponseReturnValue:
    """Take somebody out of a countersigning."""
    given = answers.typed_with_reason()
    try:
        name = item_signers.remove_signer(
            context(), actor=current_actor(), case_id=case_id, item_id=item_id, reason=given["reason"]
        )
    except InvalidValues as error:
        return _remove_page(case_id, node_id, item_id, given, error.fields)
    flash(f"已减签：{name}。")
    return answers.go_to(url_for("cases.show", case_id=case_id))


def _add_page(case_id: int, node_id: str, given: dict[str, str], problems: dict[str, str]) -> ResponseReturnValue:
    with reading() as tx:
        file = open_case(tx, actor=current_actor(), case_id=case_id)
        choices = item_signers.choices_to_add(tx, actor=current_actor(), case_id=case_id, node_id=node_id)
        [signing] = [
            one for one in item_signers.signings(tx, actor=current_actor(), case=file.case) if one.node.node_id == node_id
        ]
    values = {"file": file, "signing": signing, "choices": choices, "given": given}
    return answers.dialog("tasks/add_signer.html", problems, **values)


def _remove_page(
    case_id: int, node_id: str, item_id: int, given: dict[str, str], problems: dict[str, str]
) -> ResponseReturnValue:
    with reading() as tx:
        file = open_case(tx, actor=current_actor(), case_id=case_id)
        found = item_signers.signings(tx, actor=current_actor(), case=file.case)
    mine = [(one, each) for one in found if one.node.node_id == node_id for each in one.open_items if each.id == item_id]
    if not mine:
        raise NotFound("signer.gone", "这一家已经办理完毕或者已被减去，没有变动。请返回办件查看。")
    signing, member = mine[0]
    return answers.dialog("tasks/remove_signer.html", problems, file=file, signing=signing, member=member, given=given)
