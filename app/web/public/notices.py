"""Notices to the public: the list of them, and one as it is to be read and printed."""

from flask import Response, abort, render_template, send_file

from app.domain.errors import NotFound
from app.persistence.queries import public as queries
from app.services.issuing.papers import paragraphs
from app.web.guards import public
from app.web.house import context
from app.web.public.group import cached, public_pages


@public_pages.get("/public/")
@public
def index() -> Response:
    """Show the notices that are open and those that have been."""
    with context().reading() as tx:
        rows, now = queries.notices(tx.session, now=tx.now), tx.now
    ends = min((row.ends_at for row in rows if row.is_open), default=None)
    return cached(render_template("public/index.html", rows=rows), until=ends, now=now)


@public_pages.get("/public/notices/<int:notice_id>")
@public
def notice(notice_id: int) -> Response:
    """Show a notice; after its window, only that it has ended."""
    with context().reading() as tx:
        found, now = queries.notice(tx.session, notice_id=notice_id, now=tx.now), tx.now
    if found is None:
        raise NotFound("notice.unknown", "没有找到这份公示。请从公示首页重新进入。")
    page = render_template("public/notice.html", notice=found, paragraphs=paragraphs(found.body))
    return cached(page, until=found.ends_at if found.is_open else None, now=now)


@public_pages.get("/public/notices/<int:notice_id>/files/<int:number>")
@public
def notice_file(notice_id: int, number: int) -> Response:
    """Send a file that goes out with a notice, as long as the notice is open."""
    house = context()
    with house.reading() as tx:
        found = queries.notice(tx.session, notice_id=notice_id, now=tx.now)
    if found is None or not 1 <= number <= len(found.files):
        raise NotFound("notice.file", "没有找到这份附件，或者公示已经结束。请从公示首页重新进入。")
    file = found.files[number - 1]
    stream = house.files.open(file.sha256)
    return send_file(stream, mimetype=file.media_type, download_name=file.name, as_attachment=True, max_age=None)


@public_pages.get("/public/<path:unknown>")
@public
def no_page(unknown: str) -> Response:
    """Say of an address that leads nowhere, mistyped or old, on a page of the public and not on one of the staff."""
    abort(404)
