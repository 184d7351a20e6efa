"""Urging from the page of a case, and the address for reminders."""

import pytest

from app.persistence.models import AuditEvent, Notification, User
from tests.web.house import House, post


def test_who_began_a_case_urges_it_from_its_page(house: House) -> None:
    case = house.start()
    browser = house.client("applicant")
    house.send(browser, house.item(case.id).id, team="甲班", mobile="13800138000", is_new="yes", deeds="改进了夹具")
    assert "/urge" in browser.get(f"/cases/{case.id}").get_data(as_text=True)
    assert post(browser, f"/cases/{case.id}/urge").status_code == 303
    assert "已催办“初审”" in browser.get(f"/cases/{case.id}").get_data(as_text=True)
    again = post(browser, f"/cases/{case.id}/urge")
    assert again.status_code == 409
    assert "今天已经催办过" in again.get_data(as_text=True)


@pytest.mark.parametrize(
    ("body", "opening", "folds"),
    [
        ("王某，您好：\n请补正。", "王某，您好：\n请补正。", False),
        ("王某，您好：\n\n请补正。\n办理入口：x", "王某，您好：\n请补正。", True),
        ("王某，您好：\n有4项：\n· 甲\n· 乙\n· 丙\n· 丁", "王某，您好：\n有4项：\n· 甲\n· 乙\n· 丙", True),
        ("长" * 121, f"{'长' * 120}…", True),
    ],
)
def test_a_letter_shows_its_first_lines_and_a_link_that_opens_it(house: House, body: str, opening: str, folds: bool) -> None:
    with house.context.transaction() as tx:
        tx.session.add(Notification(user_id=1, subject="补正", body=body, link="/desk", created_at=tx.now))
    page = house.client("applicant").get("/notifications").get_data(as_text=True)
    assert f'<p class="notice-body">{opening}</p>' in page
    assert ("展开全文" in page) is folds
    assert all(line in page for line in body.splitlines())


def test_strangers_find_no_button_and_no_way(house: House) -> None:
    case = house.start()
    clerk = house.client("clerk")
    assert post(clerk, f"/cases/{case.id}/urge").status_code == 404
    handler = house.client("handler")
    assert "/urge" in handler.get(f"/cases/{case.id}").get_data(as_text=True)


def test_an_address_is_kept_encrypted_and_shown_to_nobody_else(house: House) -> None:
    browser = house.client("clerk")
    assert post(browser, "/notifications/mail", email="li@example.org").status_code == 303
    assert 'value="li@example.org"' in browser.get("/notifications/mail").get_data(as_text=True)
    assert "li@example.org" not in house.client("other_clerk").get("/notifications/mail").get_data(as_text=True)
    with house.engine.connect() as connection:
        [raw] = connection.exec_driver_sql("SELECT email FROM user_account WHERE username = 'clerk'").scalars()
    assert b"example" not in bytes(raw)
    assert all("example" not in event.subject + event.detail for event in house.all(AuditEvent))


@pytest.mark.parametrize(
    "wrong", ["li", "li@", "li@example", "a@b.cn, c@d.cn", "李@example.org", "a@b.cn\r\nBcc: c@d.cn", "x" * 70 + "@a.cn"]
)
def test_what_is_no_address_comes_back(house: House, wrong: str) -> None:
    answer = post(house.client("clerk"), "/notifications/mail", email=wrong)
    assert answer.status_code == 422
    assert "请填写一个邮箱地址" in answer.get_data(as_text=True)
    assert [user.email for user in house.all(User, username="clerk")] == [None]


def test_an_empty_address_turns_mail_off(house: House) -> None:
    browser = house.client("clerk")
    post(browser, "/notifications/mail", email="li@example.org")
    assert "不再发送邮件提醒" in browser.post(
        "/notifications/mail", data={"csrf_token": _token(browser)}, follow_redirects=True
    ).get_data(as_text=True)
    assert [user.email for user in house.all(User, username="clerk")] == [None]


def _token(browser: object) -> str:
    page = browser.get("/notifications/mail").get_data(as_text=True)  # type: ignore[attr-defined]
    return str(page.split('name="csrf_token" value="')[1].split('"')[0])
