"""Who is asking: the session holds a user id, the session epoch and the last activity; the rest is read once a request."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user

from app.domain.actors import Actor
from app.persistence.queries import people
from app.services.accounts.sessions import is_staff
from app.web import answers
from app.web.house import config, context, reading

STAFF_IDLE_MINUTES = 15
"""Staff leave their desks; candidates and nominating units look for papers at home and get the configured time."""

_EPOCH, _SEEN = "epoch", "seen"
_FRESH_SECONDS = 20

ENDED = {
    "idle": "您较长时间没有操作，系统已自动退出。已保存的内容都在，登录后回到刚才的页面。",
    "elsewhere": "您的账号已退出，或在别处登录。若不是您本人操作，请立即修改密码。",
}


class Visitor(UserMixin):  # type: ignore[misc]  # Flask-Login ships without types
    """The person of a session, in the form that Flask-Login wants."""

    def __init__(self, account: people.Account) -> None:
        self.id = str(account.actor.user_id)
        self.actor = account.actor
        self.must_change_password = account.must_change_password


def init_identity(app: Flask) -> None:
    """Let Flask-Login load the person of a session."""
    manager = LoginManager()
    manager.session_protection = None  # it compares addresses, which change on phones; the epoch is ours
    manager.user_loader(_load)
    manager.unauthorized_handler(ask_to_log_in)
    manager.init_app(app)
    app.context_processor(lambda: {"visitor": visitor_or_none(), "idle_minutes": idle_minutes})


def _load(user_id: str) -> Visitor | None:
    with reading() as tx:
        account = people.account(tx.session, int(user_id))
        now = tx.now
    if account is None or account.session_epoch != session.get(_EPOCH):
        g.session_ended = "elsewhere"
        return None
    seen = datetime.fromtimestamp(int(session.get(_SEEN, 0)), UTC)
    if now - seen > timedelta(minutes=idle_minutes(account.actor)):
        g.session_ended = "idle"
        return None
    if (now - seen).total_seconds() > _FRESH_SECONDS:
        session[_SEEN] = int(now.timestamp())
    return Visitor(account)


def idle_minutes(actor: Actor) -> int:
    """Return after how many minutes without a request the session of an actor ends."""
    longest = config().idle_minutes
    return min(STAFF_IDLE_MINUTES, longest) if is_staff(actor) else longest


def visitor_or_none() -> Visitor | None:
    """Return the person who is logged in, None for the public."""
    # What stands behind the proxy: through it every look at the person would look for the request first.
    person = current_user._get_current_object()
    return person if person.is_authenticated else None


def current_actor() -> Actor:
    """Return the actor of the request; only for views behind a guard (`LookupError` without a session)."""
    visitor = visitor_or_none()
    if visitor is None:
        raise LookupError("nobody is logged in")
    return visitor.actor


def enter(account: people.Account) -> None:
    """Begin a session; whatever an earlier one held is gone, so that nobody can be handed a prepared session."""
    session.clear()
    session[_EPOCH], session[_SEEN] = account.session_epoch, int(context().clock().timestamp())
    login_user(Visitor(account))


def ask_to_log_in() -> Response:
    """Answer a request that needs a session: the login page, which leads back to where the person was."""
    reason = g.get("session_ended", "")
    target = url_for("account.login", next=page_of_request(), ended=reason or None)
    if answers.wants_json():
        return answers.json_message(ENDED.get(reason, "请先登录。"), 401)
    if answers.is_htmx():
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target)  # type: ignore[return-value]  # werkzeug's response is Flask's here


def page_of_request() -> str:
    """Return the page that a person looks at: of a form that was sent, the page on which it stands."""
    if request.method == "GET" and not answers.is_htmx():
        return request.full_path.rstrip("?")
    seen = request.headers.get("HX-Current-URL") or request.referrer or ""
    return safe_path(urlsplit(seen).path)


def safe_path(path: str | None) -> str:
    """Return the path when it leads to this system, otherwise the first page: nobody is led elsewhere by a forged link."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or any(ord(each) < 32 for each in path):
        return "/"
    return path
