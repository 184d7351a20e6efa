"""Verification of certificates: one large line. A wrong code and an unknown serial get the same answer."""

from contextlib import AbstractContextManager

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import TryAgain
from app.services.issuing.verification import FileAnswer, verify, verify_file
from app.web import answers
from app.web.guards import public
from app.web.house import config, context
from app.web.limits import limit
from app.web.places import place
from app.web.public.group import public_pages

ANSWERS = {
    "valid": ("有效", "这份证书在登记册中，现在有效。"),
    "revoked": ("已撤销", "这份证书所授予的称号已经撤销，证书不再有效。"),
    "reissued": ("已补发", "这份证书已由新证书替代，请以新证书为准。"),
}
NONE = ("查无此证书", "编号与核验码对不上任何一份证书。请对照证书逐字核对；仍查不到的，请联系区人社局。")
FILES = {
    "paper": ("由本系统签发", "文件与签发时完全一致，电子签名完好。它是公文，不是证书；效力以发文机关公布的为准。"),
    "plain": (
        "由本系统制发",
        "文件与制发时完全一致。这份文书没有电子签名，它不是证书；效力以发文机关公布的或盖章的纸质件为准。",
    ),
    "unregistered": ("不在登记册中", "文件带有本系统的电子签名，没有被改动，但登记册里没有这份证书文件。请联系区人社局核实。"),
    "unsigned": (
        "没有电子签名",
        "这个文件没有本系统的电子签名，可能是重新打印、截图或另存的。请上传收到的原文件，或按编号和核验码查验。",
    ),
    "broken": ("文件被改动过", "文件的内容与签名时不一致，不能作为凭证。请向持证人索取原文件，或按编号和核验码查验。"),
    "changed": ("签名后又有改动", "文件在签名之后被添加过内容，不能作为凭证。请向持证人索取原文件，或按编号和核验码查验。"),
    "foreign": ("不是本系统签发", "文件的签名完好，但签名人不是本系统的发证机关。请勿采信，并联系区人社局核实。"),
}
BUSY = "同时查验的人较多，这个文件还没有查验。请过半分钟再上传一次，或按编号和核验码查验。"
WHOLE = "文件与签发时完全一致，电子签名完好。"


@public_pages.get("/public/verify")
@public
def verify_form() -> ResponseReturnValue:
    """Ask for serial and code, or lead to the answer."""
    serial, code = answers.text_argument("serial", longest=40), answers.text_argument("code", longest=20)
    if serial and code:
        return redirect(url_for("public.verification", serial=serial, code=code))
    return _page(serial=serial, incomplete=bool(serial or code))


@public_pages.post("/public/verify")
@public
def verify_upload() -> ResponseReturnValue:
    """Answer for a certificate's file: signature, wholeness, register. The file is read and not kept."""
    limit("verification-file", most=10, minutes=10)
    pdf, most = _received(), config().upload_limit_bytes
    if len(pdf) > most:
        return _page(file_problem="文件太大，不是本系统签发的证书。请上传收到的原文件。"), 413
    if not pdf.startswith(b"%PDF-"):
        return _page(file_problem="请选择证书的 PDF 文件。照片和截图不能查验，可以按编号和核验码查验。"), 422
    try:
        with file_place(current_app):
            answer = verify_file(context(), pdf)
    except TryAgain as error:
        return _page(file_problem=error.message), 503, {"Retry-After": "30"}
    return _page(answer=_words_of(answer), facts=answer.facts, signer=answer.signer)


def file_place(app: Flask) -> AbstractContextManager[None]:
    """Return one of the places for the examination of a file: each starts a process of its own, and anybody may ask."""
    return place(app, "verification-file", most=config().verifications_at_once, sentence=BUSY)


def _received() -> bytes:
    """Read the file and close it: a large one lies in a temporary file until then."""
    sent = request.files.get("file")
    if sent is None:
        return b""
    with sent.stream:
        return sent.stream.read(config().upload_limit_bytes + 1)


def _words_of(answer: FileAnswer) -> tuple[str, str]:
    if answer.facts is None:
        return FILES[answer.verdict]
    word, sentence = ANSWERS[answer.facts.state]
    return word, WHOLE + sentence


@public_pages.get("/verify/<serial>")
@public_pages.get("/public/verify/<serial>")
@public
def verification(serial: str) -> ResponseReturnValue:
    """Answer for the serial and the code that the QR code of a certificate carries."""
    limit("verification", most=30, minutes=10)
    wanted = answers.clean(serial, longest=40)
    code = answers.text_argument("code", longest=20) or answers.text_argument("c", longest=20)
    facts = verify(context(), serial=wanted, code=code)
    return _page(serial=wanted, answer=ANSWERS[facts.state] if facts else NONE, facts=facts)


def _page(**shown: object) -> str:
    return render_template("public/verify.html", limit=config().upload_limit_bytes, **shown)
