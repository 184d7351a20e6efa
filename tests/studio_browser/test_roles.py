"""Roles in the diagram that the procedure does not have yet, lanes that came from elsewhere, periods of one's own, and texts."""

import pytest
from playwright.sync_api import Page, expect

from tests.studio_browser.conftest import EDITOR
from tests.studio_browser.helpers import choice, open_editor, saved, select
from tests.studio_browser.sample import context, diagram
from tests.studio_browser.site import Site
from tests.waiting import becomes

pytestmark = pytest.mark.browser
LIVE = '<div data-studio-live data-diagram-url="/diagram" data-live-url="/live"></div>'
TEXT = """<form data-text-editor data-file="messages/todo.txt" data-draft-url="/draft" data-presence-url="/presence" data-revision="3">
<input type="hidden" name="revision" value="3"><textarea name="content" aria-label="内容">旧的</textarea></form>"""


def with_lanes(site: Site) -> None:
    """Let the settings take lanes, and offer a role that no lane has."""
    lists = context()
    lists["roles"].append({"role": "archivist2", "title": "档案复核员"})
    site.answers |= {("GET", "/context"): (200, {**lists, "lanes_url": "/lanes"}), ("POST", "/lanes"): (200, {"revision": 4})}


def test_a_role_that_the_procedure_lacks_is_noted_and_gets_its_lane(page: Page, site: Site) -> None:
    with_lanes(site)
    open_editor(page)
    select(page, "hear_nominee")
    choice(page, "people", "办理角色").select_option(label="档案复核员")
    expect(choice(page, "people", "办理角色")).to_have_value("档案复核员")
    assert site.bodies("POST", "/lanes") == [{"lanes": {"档案复核员": "archivist2"}}]
    assert 'name="档案复核员"' in saved(page, site)


def test_a_role_that_could_not_be_noted_moves_nothing(page: Page, site: Site) -> None:
    with_lanes(site)
    site.answers[("POST", "/lanes")] = (409, {"message": "这份草稿已提交部署，不能修改。"})
    open_editor(page)
    select(page, "hear_nominee")
    choice(page, "people", "办理角色").select_option(label="档案复核员")
    expect(page.get_by_role("dialog")).to_contain_text("已提交部署")
    page.get_by_role("button", name="知道了").click()
    expect(choice(page, "people", "办理角色")).to_have_value("候选人")


def test_the_lanes_of_a_foreign_diagram_are_given_roles(page: Page, site: Site) -> None:
    with_lanes(site)
    foreign = diagram("objection.bpmn").replace('name="异议核查员"', 'name="Reviewer"')
    site.answers[("POST", "/import")] = (200, {"content": foreign, "report": []})
    site.show("studio", EDITOR.replace("data-file", 'data-import-url="/import" data-file'))
    open_editor(page)
    page.set_input_files("[data-import-file]", {"name": "a.bpmn", "mimeType": "", "buffer": foreign.encode()})
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("combobox")).to_have_count(1)
    dialog.get_by_label("Reviewer").select_option(label="档案复核员")
    dialog.get_by_role("button", name="保存").click()
    becomes(page, lambda: site.bodies("POST", "/lanes"), [{"lanes": {"Reviewer": "archivist2"}}])
    expect(dialog).to_have_count(0)


def test_a_lane_without_a_role_is_given_one_in_its_panel(page: Page, site: Site) -> None:
    with_lanes(site)
    site.answers[("GET", "/diagram")] = (200, diagram("objection.bpmn").replace('name="异议核查员"', 'name="核查组"'))
    open_editor(page)
    select(page, "lane_objection_investigator")
    choice(page, "lane", "“核查组”由谁办理").select_option(label="档案复核员")
    expect(page.locator("[data-group=lane]").get_by_role("combobox")).to_have_count(1)
    assert site.bodies("POST", "/lanes") == [{"lanes": {"核查组": "archivist2"}}]


def test_the_live_view_takes_a_period_of_ones_own(page: Page, site: Site) -> None:
    numbers = {
        "period": "30d",
        "periods": [{"id": "30d", "title": "近30天"}],
        "from": "2026-02-01",
        "to": "2026-03-02",
        "nodes": {},
    }
    site.answers[("GET", "/live")] = (200, numbers)
    site.show("studio-views", LIVE)
    page.goto("/")
    page.wait_for_selector("[data-studio-live][data-ready]")
    page.get_by_role("button", name="办理用时").click()
    page.get_by_label("时段").select_option(label="自选日期")
    expect(page.get_by_label("从哪一天")).to_have_value("2026-02-01")
    with page.expect_request(lambda one: "from=2026-01-15&to=2026-03-02" in one.url):
        page.get_by_label("从哪一天").fill("2026-01-15")


def test_a_text_saves_itself_and_tells_who_else_is_there(page: Page, site: Site) -> None:
    site.answers[("POST", "/presence")] = (200, {"others": [{"name": "丁一凡"}]})
    site.show("studio-views", TEXT)
    page.goto("/")
    expect(page.get_by_text("丁一凡 也在编辑")).to_be_visible()
    page.get_by_label("内容").fill("新的")
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    assert site.bodies("PUT", "/draft") == [{"file": "messages/todo.txt", "content": "新的", "revision": 3}]
    expect(page.locator("[name=revision]")).to_have_value("4")


def test_a_text_that_somebody_else_saved_is_not_written_over(page: Page, site: Site) -> None:
    theirs = {"content": "别人的", "by": "丁一凡", "saved_at": "2026-11-22T06:03:00+00:00", "revision": 4}
    site.answers[("PUT", "/draft")] = (409, {"message": "丁一凡刚刚保存过。", "comparison": theirs})
    site.show("studio-views", TEXT)
    page.goto("/")
    page.get_by_label("内容").fill("我的")
    page.get_by_role("button", name="查看差别").click()
    expect(page.get_by_role("dialog")).to_contain_text("别人的")
    expect(page.get_by_role("dialog")).to_contain_text("我的")
