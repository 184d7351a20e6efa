"""From a draft to a version: a reason, a second person, going back."""

from typing import Any

from app.services.house_settings import SECOND_PERSON, turn
from tests.studio.small import diagram
from tests.web.house import post
from tests.web_studio.studio import Studio, send


def submitted(studio: Studio, who: str = "admin", **changes: str) -> Any:
    return post(studio.client(who), "/procedures/drafts/1/submit", **{"revision": "1", "reason": "增加审核", **changes})


def test_a_deployment_waits_for_a_second_person_who_sees_the_difference(studio: Studio) -> None:
    studio.house.deploy_small(flow__bpmn=diagram(check="older"))
    studio.draft()
    assert submitted(studio).headers["Location"] == "/procedures/drafts/1"
    page = studio.client("admin2").get("/procedures/drafts/1/confirm").get_data(as_text=True)
    assert "增加审核" in page
    assert "新增" in page
    answer = post(studio.client("admin2"), "/procedures/drafts/1/confirm", revision="1")
    assert answer.headers["Location"] == "/procedures/versions/2"
    assert "使用中" in studio.client().get("/procedures/versions/2").get_data(as_text=True)


def test_the_one_who_asked_cannot_confirm(studio: Studio) -> None:
    studio.draft()
    submitted(studio)
    page = studio.client().get("/procedures/drafts/1/confirm").get_data(as_text=True)
    assert "您是提交人" in page
    answer = post(studio.client(), "/procedures/drafts/1/confirm")
    assert (answer.status_code, "另一位流程管理员" in answer.get_data(as_text=True)) == (403, True)
    assert studio.opened(1).state == "waiting"


def test_a_deployment_is_sent_back_with_a_reason(studio: Studio) -> None:
    studio.draft()
    submitted(studio)
    browser = studio.client("admin2")
    assert post(browser, "/procedures/drafts/1/send-back", reply=" ").status_code == 422
    assert post(browser, "/procedures/drafts/1/send-back", reply="缺少时限").status_code == 303
    assert "缺少时限" in studio.client().get("/procedures/drafts/1").get_data(as_text=True)


def test_where_one_person_is_enough_it_is_deployed_at_once(studio: Studio) -> None:
    turn(studio.house.context, actor=studio.house.actor("security"), name=SECOND_PERSON, on=False)
    studio.draft()
    assert submitted(studio).headers["Location"] == "/procedures/versions/1"
    assert "已部署" in studio.client().get("/procedures/drafts/1").get_data(as_text=True)


def test_a_reason_is_asked_for_and_what_is_wrong_is_said(studio: Studio) -> None:
    studio.draft(forms_check__json="{")
    nothing = submitted(studio, reason=" ")
    assert (nothing.status_code, "请写明部署原因" in nothing.get_data(as_text=True)) == (422, True)
    wrong = submitted(studio)
    page = wrong.get_data(as_text=True)
    assert (wrong.status_code, "没有通过检查" in page) == (422, True)
    assert "增加审核" in page  # what was typed is not lost


def test_what_somebody_saved_meanwhile_is_not_deployed_unseen(studio: Studio) -> None:
    studio.draft()
    send(
        studio.client("admin2"), "PUT", "/procedures/drafts/1/data", file="messages/todo.txt", content="待办\n\n正文", revision=1
    )
    assert submitted(studio).status_code == 409
    assert studio.opened(1).state == "draft"


def test_a_draft_that_waits_is_not_edited(studio: Studio) -> None:
    studio.draft()
    submitted(studio)
    browser = studio.client()
    assert browser.get("/procedures/drafts/1/edit/flow.bpmn").headers["Location"] == "/procedures/drafts/1"
    answer = send(browser, "PUT", "/procedures/drafts/1/data", file="flow.bpmn", content="x", revision=1)
    assert (answer.status_code, "等待另一位管理员确认" in answer.json["message"]) == (409, True)


def test_a_draft_gets_another_title(studio: Studio) -> None:
    studio.draft()
    assert post(studio.client(), "/procedures/drafts/1/rename", title="改版二").status_code == 303
    assert studio.opened(1).title == "改版二"
    assert post(studio.client(), "/procedures/drafts/1/rename", title="").status_code == 422
