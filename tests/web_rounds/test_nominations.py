"""Beginning a nomination from the page."""

from app.persistence import models as m
from tests.web.house import post
from tests.web_rounds.world import IDS, World


def test_a_unit_begins_a_nomination_and_comes_to_its_form(world: World) -> None:
    round_ = world.round()
    browser = world.client("nominating_unit")
    assert "发起推荐" in browser.get("/nominations").get_data(as_text=True)
    assert "长江机电公司" in browser.get(f"/rounds/{round_.id}/nominate").get_data(as_text=True)
    answer = post(browser, f"/rounds/{round_.id}/nominate", channel="employer", unit="5")
    item = world.all(m.WorkItem, state="open")[-1]
    assert answer.headers["Location"] == f"/work-items/{item.id}"
    assert item.scope_unit_id == 5


def test_a_unit_cannot_begin_one_for_another_unit(world: World) -> None:
    round_ = world.round()
    assert post(world.client("nominating_unit"), f"/rounds/{round_.id}/nominate", channel="employer", unit="6").status_code == 403
    assert world.all(m.Case, kind="nomination") == []


def test_a_candidate_nominates_themselves_where_the_round_allows_it(world: World) -> None:
    round_ = world.round()
    browser = world.client("candidate")
    page = browser.get(f"/rounds/{round_.id}/nominate").get_data(as_text=True)
    assert "慈惠街道办事处" in page
    assert post(browser, f"/rounds/{round_.id}/nominate", channel="self", unit="2").status_code == 302
    assert [row.subject_id for row in world.all(m.Case, kind="nomination")] == [IDS["candidate"]]


def test_self_nomination_is_not_offered_where_the_round_does_not_allow_it(world: World) -> None:
    round_ = world.round(self_nomination=False)
    browser = world.client("candidate")
    assert "现在没有接受推荐的评选" in browser.get("/nominations").get_data(as_text=True)
    assert "现在不能申报" in browser.get(f"/rounds/{round_.id}/nominate").get_data(as_text=True)
    assert post(browser, f"/rounds/{round_.id}/nominate", channel="self", unit="2").status_code == 422


def test_after_the_deadline_the_round_is_no_longer_offered(world: World) -> None:
    round_ = world.round()
    world.pass_time(days=30)
    browser = world.client("nominating_unit")
    assert "现在没有接受推荐的评选" in browser.get("/nominations").get_data(as_text=True)
    answer = post(browser, f"/rounds/{round_.id}/nominate", channel="employer", unit="5")
    assert answer.status_code == 422
    assert "已经截止" in answer.get_data(as_text=True)
