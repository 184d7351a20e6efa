"""Objecting to a notice, and asking how far an objection is. What is typed here goes into an encrypted row and nowhere else."""

from typing import Literal, cast

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError, InvalidValues, NotFound
from app.persistence.queries import public as queries
from app.persistence.queries.public import Notice
from app.services.selection.objections import Identity, Scan, faults_of, objection_progress, submit_objection
from app.web import answers
from app.web.guards import public
from app.web.house import config, context
from app.web.limits import limit
from app.web.public.group import public_pages

HONEYPOT = "homepage"
"""A field that people do not see. Programs that fill in everything do."""
KINDS = ("person", "unit", "anonymous")
_LENGTHS = {"entry": 4, "kind": 10, "name": 60, "phone": 40, "address": 200}
_MOST_FACTS = 3000


@public_pages.get("/public/notices/<int:notice_id>/object")
@public
def objection_form(notice_id: int) -> ResponseReturnValue:
    """Show the form for an objection while the notice is open."""
    return _form(_open_notice(notice_id), {"kind": "person", "entry": request.args.get("entry", "")[:4]}, {})


@public_pages.post("/public/notices/<int:notice_id>/object")
@public
def objection(notice_id: int) -> ResponseReturnValue:
    """Take an objection and lead to its receipt."""
    notice = _open_notice(notice_id)
    given = {name: answers.clean(request.form.get(name, ""), longest=longest) for name, longest in _LENGTHS.items()}
    given["facts"] = request.form.get("facts", "").replace("\r\n", "\n")[: _MOST_FACTS + 1]
    problems = _problems(notice, given)
    if problems:
        return _form(notice, given, problems), 422
    limit("objection", most=5, minutes=60)  # after the check, or who corrects a form would be sent away for an hour
    try:
        receipt = submit_objection(
            context(),
            notice_id=notice.id,
            nominee_case_id=notice.entries[int(given["entry"]) - 1].case_id,
            identity=_identity(given),
            facts=given["facts"],
            scan=_scan(given["kind"]),
        )
    except InvalidValues as error:
        return _form(notice, given, error.fields or {"facts": error.message}), 422
    except DomainError as error:
        return _form(notice, given, {"form": error.message}), 422
    return redirect(url_for("public.objection_status", receipt=receipt, new=1), 303)


def _problems(notice: Notice, given: dict[str, str]) -> dict[str, str]:
    if request.form.get(HONEYPOT):
        return {"form": "没有提交成功：有一项不需要填写的内容被填上了。请关闭浏览器的自动填写，再提交一次。"}
    problems = {}
    if not (given["entry"].isascii() and given["entry"].isdigit() and 1 <= int(given["entry"]) <= len(notice.entries)):
        problems["entry"] = "请选择您要反映的公示人选。"
    if given["kind"] not in KINDS:
        problems["kind"] = "请选择以什么身份反映。"
        return problems
    return problems | faults_of(_identity(given), given["facts"])


def _identity(given: dict[str, str]) -> Identity:
    kind = cast(Literal["person", "unit", "anonymous"], given["kind"])
    if kind == "anonymous":
        return Identity(kind="anonymous")
    return Identity(kind=kind, name=given["name"], phone=given["phone"], address=given["address"])


def _scan(kind: str) -> Scan | None:
    """The sealed letter belongs to a unit's objection; what somebody else chose by mistake is not taken."""
    sent = request.files.get("scan")
    return Scan(sent.stream, sent.filename) if kind == "unit" and sent is not None and sent.filename else None


def _open_notice(notice_id: int) -> Notice:
    with context().reading() as tx:
        found = queries.notice(tx.session, notice_id=notice_id, now=tx.now)
    if found is None:
        raise NotFound("notice.unknown", "没有找到这份公示。请从公示首页重新进入。")
    if not found.is_open:
        raise NotFound("notice.ended", "公示期已经结束，网上不再受理。仍要反映情况的，请按公示所列的电话或地址联系受理部门。")
    return found


def _form(notice: Notice, given: dict[str, str], problems: dict[str, str]) -> str:
    limit_bytes = config().upload_limit_bytes
    return render_template(
        "public/object.html", notice=notice, given=given, problems=problems, honeypot=HONEYPOT, upload_limit=limit_bytes
    )


@public_pages.get("/public/objections")
@public
def objections() -> ResponseReturnValue:
    """Ask for the receipt, or lead to what it stands for."""
    receipt = answers.text_argument("receipt", longest=20).replace("-", "").replace(" ", "").upper()
    if receipt:
        return redirect(url_for("public.objection_status", receipt=receipt))
    return render_template("public/receipt.html", progress=None, receipt="", is_new=False)


@public_pages.get("/public/objections/<receipt>")
@public
def objection_status(receipt: str) -> ResponseReturnValue:
    """Tell the holder of a receipt how far the objection is, and nothing about anybody."""
    limit("receipt", most=30, minutes=10)
    wanted = answers.clean(receipt, longest=20).upper()
    progress = objection_progress(context(), receipt=wanted)
    page = render_template("public/receipt.html", progress=progress, receipt=wanted, is_new=request.args.get("new") == "1")
    return (page, 200) if progress else (page, 404)
