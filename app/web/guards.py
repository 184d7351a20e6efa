"""Every route carries exactly one guard; a route without one is never answered."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, current_app, redirect, request, url_for

from app.domain.errors import NotAllowed
from app.domain.permissions import Permission, is_permitted
from app.web.identity import ask_to_log_in, visitor_or_none

View = TypeVar("View", bound=Callable[..., Any])

GUARD = "guard"
_PASSWORD_ENDPOINTS = frozenset({"account.password", "account.change_password", "account.logout", "account.ping"})


def public(view: View) -> View:
    """Let everybody in, also without an account."""
    setattr(view, GUARD, "public")
    return view


def signed_in(view: View) -> View:
    """Let everybody in who has logged in."""
    return _guarded(view, None)


def needs(permission: Permission) -> Callable[[View], View]:
    """Let those in whose roles carry the permission; whose the thing is that they ask for, services and queries decide."""

    def decorate(view: View) -> View:
        return _guarded(view, permission)

    return decorate


def _guarded(view: View, permission: Permission | None) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        visitor = visitor_or_none()
        if visitor is None:
            return ask_to_log_in()
        if visitor.must_change_password and request.endpoint not in _PASSWORD_ENDPOINTS:
            return redirect(url_for("account.password"))
        if permission is not None and not is_permitted(visitor.actor, permission):
            raise NotAllowed("guard.denied", "您的账号没有这项权限。如工作需要，请联系安全管理员授权。")
        return view(*args, **kwargs)

    setattr(guarded, GUARD, permission.value if permission else "signed_in")
    return cast(View, guarded)


def init_guards(app: Flask) -> None:
    """Refuse to answer by a view that nobody put a guard on; Flask's own view of static files holds nothing of people."""

    @app.before_request
    def deny_by_default() -> None:
        endpoint = request.endpoint
        if endpoint is None or endpoint == "static":
            return
        if guard_of(endpoint) is None:
            raise RuntimeError(f"the view {endpoint} has no guard")


def guard_of(endpoint: str) -> str | None:
    """Return the guard of an endpoint of the running application, None when it has none."""
    return getattr(current_app.view_functions[endpoint], GUARD, None)
