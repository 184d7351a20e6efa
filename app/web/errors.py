"""What went wrong, in Chinese: what happened, that nothing is lost, what to do next, and a number to quote."""

import logging
import secrets
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed, NotFound, TryAgain
from app.web import answers, navigation
from app.web.house import context
from app.web.identity import visitor_or_none

_log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, 404), (NotAllowed, 403), (Conflict, 409), (InvalidValues, 422), (TryAgain, 503), (DomainError, 400),
)  # fmt: skip


@dataclass(frozen=True)
class Words:
    """The sentences of a page about an error; `{start}` in an advice is the reader's own first page."""

    title: str
    message: str
    advice: str


_TITLES = {
    400: "这一步没有办成",
    403: "您不能办理这一项",
    404: "没有找到这个页面",
    409: "情况已经变化",
    422: "有内容需要修改",
    503: "系统正忙",
}
_ADVICE = {
    400: "已填写的内容没有丢失。请按提示处理后再试。",
    403: "如果认为不应如此，请联系本单位负责人，并报上下面的编号。",
    404: "若是别人发来的链接，请核对是否完整，或请发来的人确认您能查看。",
    409: "没有任何内容重复生效。请回到{start}查看最新情况。",
    422: "已填写的内容没有丢失。请返回上一页修改后再提交。",
    503: "已填写的内容没有丢失。请等一分钟，返回上一页再试一次。",
}
_HTTP = {
    400: Words("请求不完整", "浏览器发来的内容不完整，系统没有处理。", "请返回上一页，刷新后再试一次。"),
    404: Words(
        "没有找到这个页面", "网址不存在，或者内容不归您查看。", "请从{start}重新进入；若是别人发来的链接，请核对是否完整。"
    ),
    405: Words("这个页面不能这样打开", "链接可能不完整，系统没有作任何改动。", "请从{start}重新进入。"),
    413: Words("内容太大", "发送的文件或文字超过了上限，系统没有保存。", "请返回上一页，压缩文件或删减文字后再提交。"),
    414: Words("网址太长", "网址超过了上限，系统没有处理。", "请从{start}重新进入。"),
    429: Words("操作太频繁", "短时间内的操作次数过多，系统暂停了一会儿，没有作任何改动。", "请等一分钟后再试。"),
}
_STALE = Words(
    "页面已过期",
    "登录状态已经变化，或页面打开得太久，系统没有处理这次提交。",
    "已填写的内容留在本机浏览器中。请返回上一页并刷新，登录后会自动恢复，再提交一次。",
)
_BUG = Words(
    "系统出了点问题",
    "这一步没有办成，系统没有作任何改动。",
    "已填写的内容没有丢失。请稍后再试；仍不成功时，请把下面的编号告诉系统管理员。",
)


def init_errors(app: Flask) -> None:
    """Give every request a number and every error a page."""
    app.before_request(_number)
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, lambda error: show(_STALE, 400))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def _number() -> None:
    text = secrets.token_hex(4).upper()
    g.request_id = f"{text[:4]}-{text[4:]}"


def status_of(error: DomainError) -> int:
    """Return the HTTP status that stands for a refusal."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def _domain(error: DomainError) -> Response:
    status = status_of(error)
    _log.info("%s refused: %s (%s)", g.get("request_id"), error.code, request.path)
    return show(Words(_TITLES[status], error.message, _ADVICE[status]), status)


def _http(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return make_response(error.get_response())
    status = error.code or 500
    answer = show(_HTTP.get(status, _HTTP[400] if status < 500 else _BUG), status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def _bug(error: Exception) -> Response:
    _log.exception("%s failed at %s", g.get("request_id"), request.path, exc_info=error)
    return show(_BUG, 500)


def show(words: Words, status: int) -> Response:
    """Answer with a page, with a fragment for htmx, or with JSON for a script."""
    number = g.get("request_id", "")
    # The database may be what failed: then nothing asks for the person or the navigation.
    visitor = visitor_or_none() if status < 500 else None
    start = navigation.first_page(visitor.actor if visitor else None)
    advice = words.advice.format(start=start)
    if answers.wants_json():
        return answers.json_message(f"{words.message}{advice}（编号 {number}）", status)
    if status >= 500 and not answers.is_htmx():
        page = current_app.jinja_env.get_template("errors/bare.html").render(
            words=words, number=number, synthetic=context().synthetic
        )
        return make_response(page, status)
    template = "errors/fragment.html" if answers.is_htmx() else "errors/page.html"
    return make_response(render_template(template, words=words, advice=advice, number=number, start=start), status)
