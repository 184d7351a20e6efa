"""Every route has a guard; headers keep other sites out; errors are pages in Chinese."""

import re
from pathlib import Path

import pytest
from flask import Flask, abort, url_for

from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed, NotFound, TryAgain
from app.web.guards import GUARD, public
from tests.web.house import House, make_house


def test_every_route_carries_exactly_one_guard(house: House) -> None:
    views = house.app.view_functions
    endpoints = {rule.endpoint for rule in house.app.url_map.iter_rules()} - {"static"}
    assert [name for name in endpoints if not isinstance(getattr(views[name], GUARD, None), str)] == []


def test_every_page_but_the_public_ones_asks_for_a_login(house: House) -> None:
    browser, views = house.client(), house.app.view_functions
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint == "static" or getattr(views[rule.endpoint], GUARD) == "public" or "GET" not in (rule.methods or ()):
            continue
        path = re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", "1", rule.rule))
        answer = browser.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/account/login"), path


def test_a_view_without_guard_is_never_answered(own_house: House) -> None:
    own_house.app.add_url_rule("/unguarded", "unguarded", lambda: "secret")
    answer = own_house.client("applicant").get("/unguarded")
    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)


def test_the_lent_application_is_as_new_for_the_next_test(house: House, tmp_path: Path) -> None:
    house.app.config["WTF_CSRF_ENABLED"], house.app.extensions["left"] = False, "behind"
    again = make_house(house.engine, tmp_path / "of another test")
    assert again.app is house.app and "left" not in again.app.extensions and again.app.config.get("WTF_CSRF_ENABLED", True)


def test_an_address_is_the_same_whenever_it_is_written(own_house: House) -> None:
    """The first time compiles what writes it; what the rule does not know becomes the query."""
    with own_house.app.test_request_context():
        for _ in range(2):
            assert url_for("cases.show", case_id=7) == "/cases/7"
            assert url_for("cases.show", case_id=7, rule="α") == "/cases/7?rule=%CE%B1"


def test_an_administrator_has_no_desk(house: House) -> None:
    answer = house.client("admin").get("/desk")
    assert answer.status_code == 403
    assert "没有这项权限" in answer.get_data(as_text=True)


def test_headers(house: House) -> None:
    headers = house.client("applicant").get("/desk").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers
    secure = house.client().get("/account/login", base_url="https://localhost").headers
    assert "Strict-Transport-Security" in secure


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    cookie = house.client().get("/account/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


KINDS = [(NotFound, 404), (NotAllowed, 403), (Conflict, 409), (InvalidValues, 422), (TryAgain, 503), (DomainError, 400)]


def _raising(app: Flask, error: Exception) -> None:
    @public
    def view() -> str:
        raise error

    app.add_url_rule("/raises", "raises", view)


@pytest.mark.parametrize(("kind", "status"), KINDS)
def test_a_refusal_says_what_happened_and_gives_a_number(own_house: House, kind: type[DomainError], status: int) -> None:
    _raising(own_house.app, kind("x.y", "名额已经用完。"))
    answer = own_house.client().get("/raises")
    text = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert "名额已经用完。" in text
    assert answer.headers["X-Request-ID"] in text


def test_a_bug_shows_no_trace_and_no_english(own_house: House) -> None:
    _raising(own_house.app, ValueError("secret detail"))
    answer = own_house.client().get("/raises")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "secret detail" not in text
    assert "系统出了点问题" in text


@pytest.mark.parametrize("status", [400, 404, 405, 413, 429, 500])
def test_http_errors_are_in_chinese(own_house: House, status: int) -> None:
    @public
    def view() -> str:
        abort(status)

    own_house.app.add_url_rule("/aborts", "aborts", view)
    answer = own_house.client().get("/aborts")
    text = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert "编号" in text
    assert "Error" not in text
    assert "the server" not in text.lower()


def test_htmx_gets_a_fragment_and_scripts_get_json(own_house: House) -> None:
    _raising(own_house.app, Conflict("x.y", "已由他人办理。"))
    fragment = own_house.client().get("/raises", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "已由他人办理。" in fragment
    assert "<html" not in fragment
    assert "已由他人办理。" in own_house.client().get("/raises", headers={"Accept": "application/json"}).json["message"]


def test_an_unknown_address_is_a_page(house: House) -> None:
    answer = house.client().get("/nowhere")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.get_data(as_text=True)
