"""Verification of certificates: one large line. A wrong code and an unknown serial get the same answer."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.services.issuing.verification import verify
from app.web import answers
from app.web.guards import public
from app.web.house import context
from app.web.limits import limit
from app.web.public.group import public_pages

ANSWERS = {
    "valid": ("有效", "这份证书在登记册中，现在有效。"),
    "revoked": ("已撤销", "这份证书所授予的称号已经撤销，证书不再有效。"),
    "reissued": ("已补发", "这份证书已由新证书替代，请以新证书为准。"),
}
NONE = ("查无此证书", "编号与核验码对不上任何一份证书。请对照证书逐字核对；仍查不到的，请联系区人社局。")


@public_pages.get("/public/verify")
@public
def verify_form() -> ResponseReturnValue:
    """Ask for serial and code, or lead to the answer."""
    serial, code = answers.text_argument("serial", longest=40), answers.text_argument("code", longest=20)
    if serial and code:
        return redirect(url_for("public.verification", serial=serial, code=code))
    return render_template("public/verify.html", serial=serial, answer=None, facts=None, incomplete=bool(serial or code))


@public_pages.get("/verify/<serial>")
@public_pages.get("/public/verify/<serial>")
@public
def verification(serial: str) -> ResponseReturnValue:
    """Answer for the serial and the code that the QR code of a certificate carries."""
    limit("verification", most=30, minutes=10)
    wanted = answers.clean(serial, longest=40)
    code = answers.text_argument("code", longest=20) or answers.text_argument("c", longest=20)
    facts = verify(context(), serial=wanted, code=code)
    answer = ANSWERS[facts.state] if facts else NONE
    return render_template("public/verify.html", serial=wanted, answer=answer, facts=facts, incomplete=False)
