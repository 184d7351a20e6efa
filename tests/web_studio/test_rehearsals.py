"""演练 over HTTP: begin, step as any role, answer for operations, let time pass, go back, record, remove."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from app.persistence.models import Case, Rehearsal
from tests.engine.diagrams import service
from tests.studio.small import WAYS, diagram, person
from tests.web.house import post
from tests.web_studio.studio import Studio

CALLING = diagram(
    more=service("count", "panel_members", result="members"), ways=WAYS.replace("fill > check", "fill > count > check")
)
HERE = "/procedures/rehearsals/1"


def begun(studio: Studio, **changes: Any) -> Any:
    studio.draft(**changes)
    browser = studio.client()
    assert post(browser, "/procedures/drafts/1/rehearsals", kind="request").headers["Location"] == HERE
    return browser


def count(studio: Studio, model: type[Any]) -> int:
    with studio.house.context.reading() as tx:
        return tx.session.scalar(select(func.count()).select_from(model)) or 0


def test_it_is_stepped_through_and_recorded_as_a_scenario(studio: Studio) -> None:
    browser = begun(studio)
    assert "区人社局经办人" in browser.get(HERE).get_data(as_text=True)
    assert post(browser, f"{HERE}/step", _verb="complete", _name="fill").status_code == 303
    page = browser.get(HERE).get_data(as_text=True)
    assert '<button class="btn btn-primary" type="submit" name="decision" value="pass">通过</button>' in page
    assert post(browser, f"{HERE}/step", _verb="complete", _name="check", decision="pass").status_code == 303
    assert "存为场景" in browser.get(HERE).get_data(as_text=True)
    recorded = post(browser, f"{HERE}/record", name="walked", scenario_title="走一遍")
    assert recorded.headers["Location"] == "/procedures/drafts/1"
    scenario = json.loads(studio.opened(1).files["scenarios/walked.json"])
    assert scenario["expect"]["path"] == ["fill", "check", "done"]
    assert count(studio, Case) == 0


def test_an_operation_asks_for_its_answer_and_nothing_is_lost(studio: Studio) -> None:
    browser = begun(studio, flow__bpmn=CALLING)
    asked = post(browser, f"{HERE}/step", _verb="complete", _name="fill", name="张三")
    page = asked.get_data(as_text=True)
    assert asked.status_code == 422
    assert "需要您给出结果" in page
    assert '<input type="hidden" name="name" value="张三">' in page
    sent = {"_verb": "complete", "_name": "fill", "name": "张三", "_answers": "{}", "_operation": "panel_members"}
    assert post(browser, f"{HERE}/step", **sent, _answer="[31, 32]").status_code == 303
    page = browser.get(HERE).get_data(as_text=True)
    assert "[31, 32]" in page
    assert "张三" in page


def test_timers_messages_actions_and_time(studio: Studio) -> None:
    browser = begun(studio)
    post(browser, f"{HERE}/step", _verb="complete", _name="fill")
    assert post(browser, f"{HERE}/step", _verb="fire", _name="remind").status_code == 303
    assert post(browser, f"{HERE}/step", _verb="wait", _days="10").status_code == 303
    assert post(browser, f"{HERE}/rewind").status_code == 303
    assert post(browser, f"{HERE}/step", _verb="deliver", _name="cancelled", _payload="{}").status_code == 303
    page = browser.get(HERE).get_data(as_text=True)
    assert "已走到结束" in page
    assert page.count("<li>stopped</li>") == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"_verb": "complete", "_name": "check"}, {"_verb": "explode", "_name": "x"}, {"_verb": "wait", "_days": "-1"}, {},
        {"_verb": "deliver", "_name": "cancelled", "_payload": "{"}, {"_verb": "fire", "_name": "nothing"},
        {"_answers": "[", "_verb": "complete", "_name": "fill"}, {"_verb": "complete", "_name": "fill", "_role": "emperor"},
        {"_verb": "complete", "_name": "fill", "_role": "bureau_leader"}, {"_verb": "complete", "_name": "fill", "_value-x": "1"},
    ],
)  # fmt: skip
def test_a_step_that_cannot_be_done_is_explained(studio: Studio, sent: dict[str, str]) -> None:
    browser = begun(studio)
    answer = post(browser, f"{HERE}/step", **sent)
    assert (answer.status_code, "这一步没有走" in answer.get_data(as_text=True)) == (422, True)


def test_a_draft_that_the_gate_refuses_is_not_rehearsed(studio: Studio) -> None:
    studio.draft(forms_check__json="{")
    answer = post(studio.client(), "/procedures/drafts/1/rehearsals", kind="request")
    assert (answer.status_code, "草稿还不能演练" in answer.get_data(as_text=True)) == (422, True)
    wrong = post(studio.client(), "/procedures/drafts/1/rehearsals", kind="request", variables="a b")
    assert (wrong.status_code, "每行写一个变量" in wrong.get_data(as_text=True)) == (422, True)


def test_it_begins_with_variables_and_is_removed(studio: Studio) -> None:
    studio.draft()
    browser = studio.client()
    post(browser, "/procedures/drafts/1/rehearsals", kind="request", title="第一次", variables="decision = return\nscore = 3")
    page = browser.get(HERE).get_data(as_text=True)
    assert "<dd>return</dd>" in page
    assert "第一次" in browser.get("/procedures/drafts/1/rehearsals").get_data(as_text=True)
    assert post(browser, f"{HERE}/remove").headers["Location"] == "/procedures/drafts/1/rehearsals"
    assert count(studio, Rehearsal) == 0


def test_a_rehearsal_follows_a_scenario_and_updates_it(studio: Studio) -> None:
    ways = WAYS.replace("fill > check", "fill > read > check")
    longer = diagram(more=person("read", "阅示", form="request"), ways=ways, clerk="fill read")
    studio.draft(flow__bpmn=longer)
    browser = studio.client()
    assert "更新能走通的场景" in browser.get("/procedures/drafts/1/findings").get_data(as_text=True)
    assert '<option value="passed" selected>' in browser.get("/procedures/drafts/1/rehearsals?scenario=passed").get_data(
        as_text=True
    )
    post(browser, "/procedures/drafts/1/rehearsals", scenario="passed")
    assert "“审核申请”不在待办中" in browser.get(HERE).get_data(as_text=True)
    post(browser, f"{HERE}/step", _verb="complete", _name="read")
    assert post(browser, f"{HERE}/follow").status_code == 303
    assert "更新场景“一次通过”" in browser.get(HERE).get_data(as_text=True)
    assert post(browser, f"{HERE}/record", name="passed", scenario_title="一次通过").status_code == 303
    post(browser, "/procedures/drafts/1/scenarios/update")
    page = browser.get("/procedures/drafts/1").get_data(as_text=True)
    assert "已更新 1 个场景：催办、退回一次后撤回" in page


def test_a_scenario_that_is_gone_is_not_followed(studio: Studio) -> None:
    studio.draft()
    assert post(studio.client(), "/procedures/drafts/1/rehearsals", scenario="none").status_code == 404


def test_a_name_that_is_taken_is_not_recorded_over(studio: Studio) -> None:
    browser = begun(studio)
    for step in ({"_name": "fill"}, {"_name": "check", "decision": "pass"}):
        post(browser, f"{HERE}/step", _verb="complete", **step)
    answer = post(browser, f"{HERE}/record", name="passed", scenario_title="再走")
    assert (answer.status_code, "请换一个编号" in answer.get_data(as_text=True)) == (422, True)
