"""The group of public pages: no session, no cookie, errors on a page of their own."""

from datetime import datetime

from flask import Blueprint, Response, g, make_response, render_template
from werkzeug.exceptions import HTTPException

from app.domain.errors import DomainError
from app.web.errors import status_of
from app.web.security import csrf

public_pages = Blueprint("public", __name__)
# Nobody is logged in here, so a forged request could do nothing that the forger cannot do alone; a token needs a cookie.
csrf.exempt(public_pages)

_LONGEST_CACHE = 60
_SENTENCES = {
    404: ("没有找到这个页面", "网址不存在，或者内容已经结束公示。请从首页重新进入。"),
    413: ("文件太大", "上传的文件超过了大小限制。请返回上一页，换一个较小的文件。"),
    429: ("操作太频繁", "短时间内的次数过多，系统暂停了一会儿。请过一会儿再试。"),
}
_REFUSED = "这一步没有办成"


@public_pages.errorhandler(DomainError)
def refused(error: DomainError) -> Response:
    """Say what was refused, without a session."""
    status = status_of(error)
    return _page(_SENTENCES[404][0] if status == 404 else _REFUSED, error.message, status)


@public_pages.errorhandler(HTTPException)
def failed(error: HTTPException) -> Response:
    """Say what went wrong, without a session."""
    status = error.code or 500
    title, sentence = _SENTENCES.get(status, (_REFUSED, "系统没有处理这次请求。请返回上一页再试一次。"))
    return _page(title, sentence, status)


def _page(title: str, sentence: str, status: int) -> Response:
    answer = make_response(
        render_template("public/error.html", title=title, sentence=sentence, number=g.get("request_id", "")), status
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def cached(page: str, *, until: datetime | None, now: datetime) -> Response:
    """Answer with a page that everybody sees alike: kept for a minute, and never beyond the moment at which it changes."""
    left = _LONGEST_CACHE if until is None else max(0, min(_LONGEST_CACHE, int((until - now).total_seconds())))
    answer = make_response(page)
    answer.headers["Cache-Control"] = f"public, max-age={left}"
    return answer
