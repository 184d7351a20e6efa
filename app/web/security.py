"""Headers, cookies and tokens that keep other sites out (OWASP ASVS; GB/T 22239-2019, level 3)."""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config

csrf = CSRFProtect()

POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "style-src": "'self'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
INERT = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""For XML, which people write and a browser may take for a page: nothing runs in it, not even our own scripts."""
_FORM_BYTES = 4 * 1024 * 1024
_ALWAYS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""What goes with every answer that does not say otherwise itself."""


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookies; what reads and signs them is made once for each application, not twice for each request."""

    def __init__(self) -> None:
        self._serializer: Any = None

    def get_signing_serializer(self, app: Flask) -> Any:
        """Return what reads and signs the session."""
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer


def init_security(app: Flask, *, config: Config) -> None:
    """Set cookies, limits, tokens and headers from the configuration."""
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME=config.cookie_name,
        SESSION_COOKIE_SECURE=config.cookie_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: people fill in a form for an hour
        MAX_CONTENT_LENGTH=config.upload_limit_bytes + _FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=_FORM_BYTES,
        MAX_FORM_PARTS=5000,
    )
    app.session_interface = Sessions()
    csrf.init_app(app)
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.after_request(_headers)


def _headers(answer: Response) -> Response:
    if answer.mimetype.endswith("xml") and request.endpoint != "static":
        answer.headers.setdefault("Content-Security-Policy", INERT)
    given = {name.lower() for name, _ in answer.headers}
    answer.headers.extend((name, value) for name, value in _ALWAYS.items() if name.lower() not in given)
    if "request_id" in g:
        answer.headers["X-Request-ID"] = g.request_id
    if request.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    is_left_open = answer.headers.get("Cache-Control", "no-cache") == "no-cache"  # what Flask gives a file that is sent
    if request.endpoint != "static" and (is_left_open or session.modified):
        # Pages with people's data are kept neither by the browser nor by anything between; nor is a public page with which a
        # session cookie leaves: a cache in front would hand the session to whoever asks next.
        answer.headers["Cache-Control"] = "no-store"
    return answer
