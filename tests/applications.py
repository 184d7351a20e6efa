"""The web application under the tests: built once a process, and lent to one test after the other with its own context."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from app.persistence.queries import people
from app.services.context import Context
from app.web.application import build_web
from app.web.house import CONFIG, CONTEXT
from app.web.security import Sessions
from config import Config

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {
    "GONGJIANG_ENVIRONMENT": "test",
    "GONGJIANG_SECRET_KEY": "the same for every test of a process",
    "GONGJIANG_DATA_KEY": "dGhlIHRlc3RzIGhhdmUgbm8gc2VjcmV0cyBhdCBhbGw=",
    "GONGJIANG_AUDIT_KEY": "dGhlIGF1ZGl0IGtleSBvZiBhbGwgdGhlIHRlc3RzISE=",
}
"""The secrets are given, because the settings are what one application is told from another by."""


class Compiled(BytecodeCache):
    """Compiles a template once a process, however many applications show it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand out what an earlier application compiled from the same text."""
        if (bucket.key, bucket.checksum) in self._known:
            bucket.bytecode_from_string(self._known[bucket.key, bucket.checksum])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


Application = Callable[[Config, Context], Flask]
"""Makes or lends an application."""

COMPILED = Compiled()
"""What any application of this test process has compiled."""
_LENT: dict[Config, tuple[Flask, dict[str, Any], dict[str, Any]]] = {}
"""The applications by their settings, each with its configuration and its extensions as they were when it was new."""


def settings(folder: Path, **more: str) -> Config:
    """Return the settings of the tests, with some of their own."""
    return Config.from_environment(folder / "instance", {**SETTINGS, **more})


def new_application(config: Config, context: Context) -> Flask:
    """Build an application of its own, for a test that adds to it."""
    app = Flask("app.web", root_path=str(ROOT / "app" / "web"))
    app.jinja_env.bytecode_cache = COMPILED
    return build_web(app, config=config, context=context)


def lent_application(config: Config, context: Context) -> Flask:
    """Return the application of these settings as it was when it was new, around another context.

    To build one takes a tenth of a second, most of it for the rules of two hundred addresses: more than most tests do.
    """
    key = _without_places(config)
    if key not in _LENT:
        app = new_application(config, context)
        _LENT[key] = app, dict(app.config), dict(app.extensions)
    app, configured, extensions = _LENT[key]
    app.config.clear()
    app.config.update(configured)
    app.extensions.clear()
    app.extensions.update(extensions | {CONTEXT: context, CONFIG: config})
    return app


def _without_places(config: Config) -> Config:
    """Return the settings without what lies in the folder of one test: an application reads it from the context, or not at all."""
    folder = str(config.instance_path)
    places = {name: "" for name, value in vars(config).items() if isinstance(value, str) and value.startswith(folder)}
    return replace(config, **{**places, "instance_path": Path(), "database_url": "", "files_url": "", "huey_url": ""})


def enter(browser: FlaskClient, context: Context, user_id: int) -> None:
    """Give a new browser the session that a login leaves behind, signed as the application signs it."""
    with context.reading() as tx:
        account, now = people.account(tx.session, user_id), tx.now
    assert account is not None, "nobody may log in by this account"
    left = {"_user_id": str(user_id), "_fresh": True, "epoch": account.session_epoch, "seen": int(now.timestamp())}
    _keep(browser, left)


def csrf(browser: FlaskClient) -> str:
    """Return the token against forged requests that a page of this session would hold, as Flask-WTF signs it."""
    app = browser.application
    cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    session = _signer(app).loads(cookie.value) if cookie else {}
    if "csrf_token" not in session:
        session["csrf_token"] = "drawn by lot in the house"
        _keep(browser, session)
    token: str = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(session["csrf_token"])
    return token


def _keep(browser: FlaskClient, session: dict[str, Any]) -> None:
    browser.set_cookie(browser.application.config["SESSION_COOKIE_NAME"], _signer(browser.application).dumps(session))


def _signer(app: Flask) -> Any:
    return cast(Sessions, app.session_interface).get_signing_serializer(app)
