"""Beginning a case of a procedure without rounds: who may, what comes of it, and that rounds are not offered for it."""

from sqlalchemy import select

from app.persistence.models import Case, WorkItem
from tests.studio.small import WAYS, diagram, person
from tests.web.house import post
from tests.web_studio.studio import Studio

HERE = "/requests/new"


def test_who_has_the_first_task_begins_a_case_and_goes_on_to_its_form(studio: Studio) -> None:
    studio.house.deploy_small()
    browser = studio.client("handler")
    assert "发起申请" in browser.get(HERE).get_data(as_text=True)
    begun = post(browser, HERE, procedure="small-service", kind="request", title="张某的申请")
    [item] = studio.house.all(select(WorkItem))
    assert begun.headers["Location"] == f"/work-items/{item.id}"
    assert (item.node_id, item.assignee_id) == ("fill", studio.house.users["handler"])
    assert [case.title for case in studio.house.all(select(Case))] == ["张某的申请"]
    assert browser.get(begun.headers["Location"]).status_code == 200


def test_nobody_else_does(studio: Studio) -> None:
    studio.house.deploy_small()
    for who, shown in (("leader", 200), ("nominator", 200), ("security", 403)):
        browser = studio.client(who)
        page = browser.get(HERE)
        assert (page.status_code, "发起申请" in page.get_data(as_text=True)) == (shown, False)
        assert post(browser, HERE, procedure="small-service", kind="request", title="x").status_code == 403
    assert studio.house.all(select(Case)) == []


def test_a_name_is_needed_and_what_is_retired_or_unknown_is_refused(studio: Studio) -> None:
    version_id, browser = studio.house.deploy_small(), studio.client("handler")
    answer = post(browser, HERE, procedure="small-service", kind="request", title=" ")
    assert (answer.status_code, "请填写办件名称" in answer.get_data(as_text=True)) == (422, True)
    assert post(browser, HERE, procedure="other", kind="request", title="x").status_code == 403
    post(studio.client(), f"/procedures/versions/{version_id}/retire", reason="停用")
    assert "现在没有您可以发起的事项" in browser.get(HERE).get_data(as_text=True)


def test_the_newest_version_is_used_and_its_first_task_says_who(studio: Studio) -> None:
    studio.house.deploy_small()
    ways = WAYS.replace("S > fill", "S > ask > fill")
    first = diagram(more=person("ask", "提出", form="request"), ways=ways, leader="check ask")
    newer = studio.house.deploy_small(flow__bpmn=first, scenarios_passed__json=None, scenarios_returned__json=None)
    post(studio.client("leader"), HERE, procedure="small-service", kind="request", title="x")
    assert studio.house.versions_of_cases() == {1: newer}


def test_a_procedure_without_rounds_has_none(studio: Studio) -> None:
    studio.house.deploy_small()
    browser = studio.client("handler")
    assert "还没有可用的评选流程" in browser.get("/rounds").get_data(as_text=True)
    answer = post(browser, "/rounds", procedure="small-service", title="第一届")
    assert (answer.status_code, studio.house.all(select(Case))) == (422, [])
