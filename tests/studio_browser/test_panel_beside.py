"""What the panel writes beside the diagram: messages between cases, a step's own letter; and the switches of what a task allows."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.studio_browser.helpers import field, open_editor, saved, select
from tests.studio_browser.sample import context, diagram
from tests.studio_browser.site import Answer, Site

pytestmark = pytest.mark.browser


def keeps_messages(site: Site) -> None:
    """Let the site note messages as the real one does: a new one gets a name, and the lists have it from then on."""
    lists = context()
    site.answers |= {("GET", "/context"): lambda _: (200, lists), ("GET", "/diagram"): (200, diagram("artisan.bpmn"))}

    def note(body: dict[str, Any]) -> Answer:
        if not body["title"]:
            return 422, {"message": "每个消息都要有名称。"}
        name = body["name"] or "message_1"
        kept = [one for one in lists["messages"] if one["name"] != name]
        more = {"from_kind": body["from"], "to_kind": body["to"], "payload": []}
        lists["messages"] = [*kept, {**body, **more, "name": name}]
        return 200, {"revision": 4, "name": name}

    site.answers["POST", "/messages"] = note


def test_a_message_is_made_in_the_panel_and_chosen_at_once(page: Page, site: Site) -> None:
    keeps_messages(site)
    open_editor(page)
    select(page, "open_review")
    page.locator("[data-group=message]").get_by_role("button", name="新建消息").click()
    asked = page.get_by_role("dialog", name="新建消息")
    asked.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_have_text("每个消息都要有名称。")
    asked.get_by_label("消息名称").fill("开始复评")
    asked.get_by_role("button", name="保存").click()
    expect(field(page, "message", "发出的消息")).to_have_value("message_1")
    expect(page.locator("[data-group=message]")).to_contain_text("从“评选轮次”到“推荐办件”")
    assert site.bodies("POST", "/messages")[-1]["from"] == "round"
    assert '<bpmn:message id="msg_message_1" name="message_1" />' in saved(page, site)


def test_a_message_is_renamed_where_it_is_used(page: Page, site: Site) -> None:
    keeps_messages(site)
    open_editor(page)
    select(page, "disqualified_received")
    page.get_by_role("button", name="修改这个消息").click()
    page.get_by_role("dialog").get_by_label("消息名称").fill("取消参评资格")
    page.get_by_role("dialog").get_by_label("怎样送达").select_option(label="获奖人")
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    expect(field(page, "message", "等待的消息").locator("option:checked")).to_have_text("取消参评资格")
    expect(page.locator("[data-group=message]")).to_contain_text("发给名单里的每一件：获奖人")
    assert site.bodies("POST", "/messages")[-1] == {
        "name": "disqualified", "title": "取消参评资格", "from": "objection", "to": "nomination", "delivery": "list:winners",
    }  # fmt: skip


def test_what_a_task_allows_are_switches_and_what_cannot_work_says_why(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "investigate")
    switches = page.locator("[data-group=time]").get_by_role("switch")
    expect(switches).to_have_count(3)
    field(page, "time", "转办").check()
    expect(field(page, "time", "加签")).to_be_disabled()
    expect(page.locator("[data-group=time]")).to_contain_text("只用于会签")
    field(page, "people", "指定办理人").fill("nominee")
    field(page, "people", "指定办理人").blur()
    expect(page.locator("[data-group=time]")).to_contain_text("填写了“指定办理人”的任务不能转办")
    field(page, "time", "转办").uncheck()
    expect(field(page, "time", "转办")).to_be_disabled()
    assert 'name="actions"' not in saved(page, site).partition('id="investigate"')[2].partition("</bpmn:userTask>")[0]


def test_a_step_gets_a_letter_of_its_own(page: Page, site: Site) -> None:
    lists = context()
    site.answers["GET", "/context"] = lambda _: (200, lists)

    def begin(body: dict[str, Any]) -> Answer:
        lists["texts"].append({"name": body["step"], "title": f"请办理：{body['title']}", "edit_url": "/texts/own"})
        return 200, {"revision": 4, "url": "/texts/own"}

    site.answers["POST", "/letters"] = begin
    open_editor(page)
    select(page, "hear_nominee")
    expect(page.locator("[data-group=notice]")).to_contain_text("通用的待办通知")
    page.get_by_role("button", name="为这一步另写一份").click()
    link = page.locator("[data-group=notice]").get_by_role("link", name="编辑这份通知")
    expect(link).to_have_attribute("href", "/texts/own")
    assert site.bodies("POST", "/letters")[0]["step"] == "hear_nominee"
