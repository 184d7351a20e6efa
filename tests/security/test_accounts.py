"""Guessing names, passwords and activation codes."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from app.persistence import models as m
from app.services.accounts import activation
from app.services.selection.people import UNUSABLE
from app.web.account.views import MOST_FAILURES
from app.web.limits import Limiter
from tests.web.house import log_in, post
from tests.web_rounds.world import CIPHER, ID_NUMBER, IDS, START, World

NEW = "Copper-wire-77"


def refusal(browser: FlaskClient, username: str) -> str:
    """Return the page after a wrong password, without the name that was typed."""
    return log_in(browser, username, password="wrong").get_data(as_text=True).replace(username, "")


def test_a_locked_account_is_not_told_from_a_name_that_does_not_exist(world: World) -> None:
    browser = world.client()
    for _ in range(6):
        known, unknown = refusal(browser, "bureau_leader"), refusal(browser, "nobody_here_x")
    sentence = "用户名或密码不正确"
    assert sentence in known
    assert sentence in unknown
    assert known.count("锁定") == unknown.count("锁定")
    assert ("分钟后再试" in known) == ("分钟后再试" in unknown)


def test_an_address_that_tries_one_name_after_the_other_is_stopped(world: World) -> None:
    browser = world.client()
    limiter = browser.application.extensions.setdefault("gongjiang.limits", Limiter())
    for _ in range(MOST_FAILURES - 1):
        limiter.count("login", address="127.0.0.1", now=world.context.clock())
    assert log_in(browser, "bureau_leader", password="wrong").status_code == 422
    assert log_in(browser, "bureau_leader", password="wrong").status_code == 429
    world.pass_time(minutes=16)
    assert log_in(browser, "bureau_leader", password="wrong").status_code == 422


@pytest.fixture
def invited(world: World) -> str:
    """Return the right code of an account that waits for its candidate."""
    person = world.add(
        m.Person(
            name="冯一", id_hash=CIPHER.look_up(ID_NUMBER), id_number=ID_NUMBER, mobile="", sex="male", birth=date(1980, 1, 1)
        )
    )
    with world.context.transaction() as tx:
        user = tx.session.get_one(m.User, IDS["candidate"])
        user.person_id, user.password_hash, user.created_at = person.id, UNUSABLE, START
        return activation.activation_code(world.context, user_id=user.id, session_epoch=user.session_epoch)


def open_account(world: World, code: str, id_number: str) -> int:
    """Try to open the account; return the status."""
    sent = {"username": "candidate", "code": code, "id_number": id_number, "password": NEW, "again": NEW}
    return post(world.client(), "/account/activate", **sent).status_code


def test_whoever_holds_the_sheet_cannot_try_one_identity_number_after_the_other(world: World, invited: str) -> None:
    for _ in range(5):
        assert open_account(world, invited, "420112198001010000") == 422
    assert open_account(world, invited, ID_NUMBER) == 422
    assert sum(event.action == "activation_refused" for event in world.all(m.AuditEvent)) == 6
    world.pass_time(minutes=16)
    assert open_account(world, invited, ID_NUMBER) == 302


def test_a_disabled_account_is_not_opened(world: World, invited: str) -> None:
    with world.context.transaction() as tx:
        tx.session.get_one(m.User, IDS["candidate"]).active = False
    assert open_account(world, invited, ID_NUMBER) == 422


def test_nobody_confirms_a_new_password_that_they_asked_for_themselves(world: World) -> None:
    asked = {
        "user_id": IDS["expert"],
        "asked_by": IDS["security_admin"],
        "asked_at": START,
    }  # when they were another administrator
    world.add(m.PasswordReset(**asked))
    answer = post(world.client("security_admin"), f"/admin/resets/{IDS['expert']}/confirm")
    assert (answer.status_code, "另一位安全管理员" in answer.get_data(as_text=True)) == (403, True)
    assert len(world.all(m.PasswordReset)) == 1
