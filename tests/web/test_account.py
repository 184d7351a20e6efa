"""Logging in and out, lockout, tokens, idle sessions."""

import pytest

from app.persistence.models import User
from app.web.filters import day
from app.web.identity import safe_path
from tests.web.house import PASSWORD, House, log_in, post


def test_login_leads_to_where_one_wanted_to_go(house: House) -> None:
    answer = log_in(house.client(), "applicant", target="/search?q=1")
    assert answer.headers["Location"] == "/search?q=1"


def test_login_refuses_a_wrong_password_in_one_sentence(house: House) -> None:
    answer = log_in(house.client(), "applicant", password="wrong")
    assert answer.status_code == 422
    assert "用户名或密码不正确" in answer.get_data(as_text=True)


def test_five_failures_lock_for_fifteen_minutes(house: House) -> None:
    browser = house.client()
    for _ in range(5):
        log_in(browser, "applicant", password="wrong")
    assert "账号已锁定" in log_in(browser, "applicant").get_data(as_text=True)
    house.pass_time(minutes=16)
    assert log_in(browser, "applicant").status_code == 302


def test_the_account_page_says_since_when_the_password_is_what_it_is(house: House) -> None:
    browser = house.client("applicant")
    assert "还没有设置过" in browser.get("/account").get_data(as_text=True)
    post(browser, "/account/password", old=PASSWORD, new="Copper-wire-77", again="Copper-wire-77")
    changed = house.all(User, username="applicant")[0].password_changed_at
    assert f"{day(changed)}起使用" in browser.get("/account").get_data(as_text=True)


def test_a_form_without_token_is_not_taken(house: House) -> None:
    answer = house.client().post("/account/login", data={"username": "applicant", "password": "x"})
    assert answer.status_code == 400
    assert "页面已过期" in answer.get_data(as_text=True)


def test_a_form_with_the_token_of_its_page_is_taken(house: House) -> None:
    browser = house.client()
    page = browser.get("/account/login").get_data(as_text=True)
    sent = {
        "username": "applicant",
        "password": PASSWORD,
        "csrf_token": page.split('name="csrf-token" content="')[1].split('"')[0],
    }
    assert browser.post("/account/login", data=sent).status_code == 302


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\nb", None])
def test_nobody_is_led_elsewhere(path: str | None) -> None:
    assert safe_path(path) == "/"


def test_an_idle_session_of_staff_ends_after_15_minutes(house: House) -> None:
    browser = house.client("clerk")
    house.pass_time(minutes=14)
    assert browser.get("/desk").status_code == 200
    house.pass_time(minutes=16)
    answer = browser.get("/desk?tab=group")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/account/login?next=/desk?tab%3Dgroup&ended=idle"


def test_an_idle_session_of_a_unit_lasts_longer(house: House) -> None:
    browser = house.client("applicant")
    house.pass_time(minutes=25)
    assert browser.get("/desk").status_code == 200
    house.pass_time(minutes=31)
    assert browser.get("/desk").status_code == 302


def test_staff_have_one_session_and_units_several(house: House) -> None:
    first, unit = house.log_in("clerk"), house.log_in("applicant")
    house.log_in("clerk")
    house.log_in("applicant")
    assert first.get("/desk").status_code == 302
    assert unit.get("/desk").status_code == 200


def test_logout_makes_a_copied_cookie_worthless(house: House) -> None:
    browser, copy = house.client("applicant"), house.app.test_client()
    cookie = browser.get_cookie("gongjiang")
    assert cookie is not None
    copy.set_cookie("gongjiang", cookie.value)
    assert copy.get("/desk").status_code == 200
    post(browser, "/account/logout")
    assert copy.get("/desk").status_code == 302


def test_a_script_is_told_in_json_that_the_session_is_over(house: House) -> None:
    answer = house.client().get("/desk", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (401, {"message": "请先登录。"})


def test_htmx_is_led_to_the_login_page(house: House) -> None:
    answer = house.client().get("/desk", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/desk"})
    assert answer.headers["HX-Redirect"] == "/account/login?next=/desk"


def test_the_password_can_be_changed_and_the_rules_hold(house: House) -> None:
    browser = house.client("applicant")
    weak = post(browser, "/account/password", old="Steel-lathe-2026", new="short", again="short")
    assert weak.status_code == 422
    assert "密码应为" in weak.get_data(as_text=True)
    differ = post(browser, "/account/password", old="Steel-lathe-2026", new="Copper-wire-77", again="Copper-wire-78")
    assert "不一致" in differ.get_data(as_text=True)
    assert (
        post(browser, "/account/password", old="Steel-lathe-2026", new="Copper-wire-77", again="Copper-wire-77").status_code
        == 302
    )
    assert browser.get("/desk").status_code == 200
    assert log_in(house.client(), "applicant", password="Copper-wire-77").status_code == 302
