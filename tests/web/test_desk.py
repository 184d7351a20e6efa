"""The desk: what is shown to whom, in which order, with how many statements."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.persistence.models import Case, RoleGrant, WorkItem
from tests.web.house import House, post

DESK_STATEMENTS = 6  # person, tabs, lines, steps, what I did in these cases, bell


def text_of(browser: FlaskClient, path: str) -> str:
    """Return a page as text."""
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("tab", ["todo", "group"])
def test_a_list_costs_the_same_with_one_row_and_with_three(house: House, statements: Any, tab: str) -> None:
    browser = house.client("applicant")
    costs = []
    for count in (1, 2):
        for number in range(count):
            house.start(f"申报：第{count}{number}班组")
        browser.get("/desk")  # the package and the calendar are read once a process
        with statements() as seen:
            page = text_of(browser, f"/desk?tab={tab}")
        costs.append(len(seen.sql))
    assert page.count("data-desk-row") == 3
    assert costs == [DESK_STATEMENTS, DESK_STATEMENTS]


def test_handled_and_started_cost_the_same_with_one_row_and_with_three(house: House, statements: Any) -> None:
    browser, costs = house.client("applicant"), []
    for count in (1, 2):
        for _ in range(count):
            case = house.start()
            house.send(browser, house.item(case.id).id, team="甲班", mobile="13800138000", is_new="yes", deeds="改进了夹具")
        browser.get("/desk")
        for tab in ("handled", "started"):
            with statements() as seen:
                assert text_of(browser, f"/desk?tab={tab}").count("data-desk-row") == (1 if count == 1 else 3)
            costs.append(len(seen.sql))
    assert costs == [DESK_STATEMENTS, DESK_STATEMENTS - 1] * 2  # what was started are cases, which stand at no step


def test_what_was_done_is_found_by_its_step(house: House) -> None:
    browser = house.client("applicant")
    case = house.start()
    item = house.item(case.id)
    house.send(browser, item.id, team="甲班", mobile="13800138000", is_new="yes", deeds="改进了夹具")
    page = text_of(browser, f"/desk?tab=handled&stage={item.title}")
    assert page.count("data-desk-row") == 1 and f"<option selected>{item.title}</option>" in page
    assert text_of(browser, "/desk?tab=handled&stage=没有这一步").count("data-desk-row") == 0


def test_strangers_see_nothing(house: House) -> None:
    house.start("申报：秘密班组")
    for name in ("rival", "clerk", "handler", "expert"):
        for tab in ("todo", "group", "handled", "started"):
            assert "秘密班组" not in text_of(house.client(name), f"/desk?tab={tab}")
    assert "秘密班组" in text_of(house.client("colleague"), "/desk")


def test_the_most_urgent_comes_first_and_says_how_long(house: House) -> None:
    house.start("申报：先来的")
    house.pass_time(days=1)
    house.start("申报：后来的")
    with house.context.transaction() as tx:
        later = tx.session.query(WorkItem).order_by(WorkItem.id.desc()).first()
        assert later is not None
        later.due_at = tx.now - timedelta(days=2)
    page = text_of(house.client("applicant"), "/desk")
    assert page.index("后来的") < page.index("先来的")
    assert "还剩4个工作日" in page
    assert "1 件已超期" in page
    assert "先来的" not in text_of(house.client("applicant"), "/desk?overdue=1")


@pytest.mark.parametrize(("q", "found"), [("精工", True), ("cs2026-0001", True), ("%", False), ("_", False), ("没有", False)])
def test_searching_the_desk(house: House, q: str, found: bool) -> None:
    house.start("申报：精工班组")
    browser = house.client("applicant")
    assert ("精工班组" in text_of(browser, "/desk?tab=todo&q=" + q.replace("%", "%25"))) is found
    assert ("精工班组" in text_of(browser, "/search?q=" + q.replace("%", "%25"))) is found


def test_pages_of_twenty_come_from_the_database(house: House, statements: Any) -> None:
    for number in range(23):
        house.start(f"申报：第{number:02d}班组")
    browser = house.client("applicant")
    assert text_of(browser, "/desk").count("data-desk-row") == 20
    assert text_of(browser, "/desk?page=2").count("data-desk-row") == 3
    assert text_of(browser, "/desk?page=99").count("data-desk-row") == 3
    with statements() as seen:
        browser.get("/desk?page=2")
    assert any("LIMIT" in one for one in seen.sql)


@pytest.mark.parametrize("query", ["page=x", "page=-1", "page=99999999999999999999", "tab=__class__", "q=%00", "stage=%ED%A0%80"])
def test_odd_addresses_are_answered(house: House, query: str) -> None:
    house.start()
    assert house.client("applicant").get(f"/desk?{query}").status_code == 200


def test_claiming_keeps_a_colleague_off_and_releasing_lets_them_in(house: House) -> None:
    item = house.item(house.start().id)
    mine, theirs = house.client("applicant"), house.client("colleague")
    line = post(mine, f"/work-items/{item.id}/claim", headers={"HX-Request": "true"}, tab="group").get_data(as_text=True)
    assert "退回小组" in line
    assert "<html" not in line
    assert "王申报</span> 办理中" in text_of(theirs, "/desk?tab=group")
    kept_off = theirs.get(f"/work-items/{item.id}")
    assert kept_off.status_code == 409
    assert "这项待办已由王申报认领" in kept_off.get_data(as_text=True)
    assert house.client("rival").get(f"/work-items/{item.id}").status_code == 404
    post(mine, f"/work-items/{item.id}/release", tab="group")
    assert theirs.get(f"/work-items/{item.id}").status_code == 200


def test_who_claims_too_late_reads_why(house: House) -> None:
    item = house.item(house.start().id)
    late = house.client("colleague")
    post(house.client("applicant"), f"/work-items/{item.id}/claim", tab="group")
    answer = post(late, f"/work-items/{item.id}/claim", headers={"HX-Request": "true"}, tab="group")
    assert answer.status_code == 200
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_an_empty_desk_says_what_will_come(house: House) -> None:
    assert "现在没有待办" in text_of(house.client("applicant"), "/desk")


def test_an_empty_desk_leads_on_who_can_begin_a_round(house: House) -> None:
    way = "到“评选轮次”新建一届"
    assert way in text_of(house.client("handler"), "/desk")
    assert way not in text_of(house.client("applicant"), "/desk")


def test_an_empty_desk_leads_a_candidate_to_how_it_goes(house: House) -> None:
    case, user_id, way = house.start(), house.actor("expert").user_id, "查看我的参评进展"
    with house.context.transaction() as tx:
        tx.session.add(RoleGrant(user_id=user_id, role="candidate", unit_id=1))
    assert way not in text_of(house.client("expert"), "/desk")
    with house.context.transaction() as tx:
        tx.session.get_one(Case, case.id).subject_id = user_id
    assert way in text_of(house.client("expert"), "/desk")


def barred_case(house: House) -> int:
    """Let one person do the first review and come to hold the role of the second; return the item that is barred to them."""
    case = house.start()
    house.send(
        house.client("applicant"), house.item(case.id).id, team="甲班", mobile="13800138000", is_new="yes", deeds="改进了夹具"
    )
    house.send(house.client("clerk"), house.item(case.id).id, opinion="材料齐全", decision="accept")
    with house.context.transaction() as tx:
        tx.session.add(RoleGrant(user_id=house.actor("clerk").user_id, role="bureau_handler", unit_id=4))
    return house.item(case.id).id


def test_what_somebody_is_barred_from_is_neither_counted_nor_shown_nor_offered(house: House, statements: Any) -> None:
    browser = house.client("clerk")
    costs = []
    for count in (1, 2):
        for _ in range(count):
            barred_case(house) if count == 1 else house.start()
        browser.get("/desk")
        for tab in ("todo", "group"):
            with statements() as seen:
                page = text_of(browser, f"/desk?tab={tab}")
            costs.append(len(seen.sql))
            assert page.count("data-desk-row") == 0
            assert '待办 <span class="count">0</span>' in page
            assert '小组待办 <span class="count">0</span>' in page
    assert costs == [DESK_STATEMENTS] * 4
    assert '待办 <span class="count">1</span>' in text_of(house.client("handler"), "/desk")


def test_a_nominator_with_a_reviewing_role_does_not_see_their_own_as_work(house: House) -> None:
    case = house.start()
    house.send(
        house.client("applicant"), house.item(case.id).id, team="甲班", mobile="13800138000", is_new="yes", deeds="改进了夹具"
    )
    with house.context.transaction() as tx:
        tx.session.add(RoleGrant(user_id=house.actor("colleague").user_id, role="office_clerk", unit_id=3))
    page = text_of(house.client("colleague"), "/desk")
    assert '待办 <span class="count">0</span>' in page
    assert '待办 <span class="count">1</span>' in text_of(house.client("clerk"), "/desk")
