"""In Chromium, on the real pages: the three editors under their policies, saving and conflicts, a migration that shows its progress."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from app.services.studio import drafts
from app.services.studio.blank_package import blank_package
from tests.waiting import attend, becomes, fits, visited
from tests.web.house import post
from tests.web_rounds.test_browser import faults
from tests.web_studio.studio import Studio, send

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser
SCREEN = {"width": 1366, "height": 768}


@pytest.fixture
def address(studio: Studio, chromium: "Browser") -> Iterator[str]:
    """Serve the studio on a free port of this machine, with a draft of a new procedure in it."""
    files = blank_package("skill-contest", title="技能竞赛")
    studio.house.deploy_files(files)
    drafts.start_from_version(studio.house.context, actor=studio.house.actor("admin"), version_id=1)
    with visited(studio.app, chromium) as url:
        yield url


def opened(studio: Studio, chromium: "Browser", address: str, path: str, who: str = "admin") -> "tuple[Page, list[str]]":
    """Return a page of somebody who is logged in, and the list into which all that goes wrong in it is written."""
    context: BrowserContext = chromium.new_context(viewport=SCREEN)
    cookie = studio.client(who).get_cookie(studio.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    page, wrong = attend(context.new_page()), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}{path}")
    return page, wrong


def test_a_task_is_renamed_on_the_diagram_and_saved_and_checked(studio: Studio, chromium: "Browser", address: str) -> None:
    page, wrong = opened(studio, chromium, address, "/procedures/drafts/1/edit/process.bpmn")
    page.wait_for_selector("[data-studio-editor][data-ready]")
    page.get_by_text("检查结果").wait_for()
    page.locator('[data-element-id="handle"]').first.click()
    page.get_by_label("名称").first.fill("党组会前置审核")
    page.get_by_label("名称").first.blur()
    page.get_by_text("已自动保存").wait_for()
    assert "党组会前置审核" in studio.opened(1).files["process.bpmn"].decode()
    becomes(page, lambda: page.evaluate("document.documentElement.scrollHeight <= innerHeight"), True)
    assert wrong == []


def test_the_second_who_saves_is_told_and_nothing_is_overwritten(studio: Studio, chromium: "Browser", address: str) -> None:
    page, _ = opened(studio, chromium, address, "/procedures/drafts/1/edit/process.bpmn")
    page.wait_for_selector("[data-studio-editor][data-ready]")
    theirs = studio.opened(1).files["process.bpmn"].replace("办理".encode(), "别人改的".encode())
    admin2 = studio.house.actor("admin2")
    drafts.save(studio.house.context, actor=admin2, draft_id=1, expected=1, changes={"process.bpmn": theirs})
    page.locator('[data-element-id="handle"]').first.click()
    page.get_by_label("名称").first.fill("我改的")
    page.get_by_label("名称").first.blur()
    page.get_by_text("没有保存").first.wait_for()
    page.get_by_role("button", name="查看差别").click()
    page.locator(".studio-difference").get_by_text("别人改的").first.wait_for()
    assert studio.opened(1).files["process.bpmn"] == theirs


def test_a_form_is_previewed_as_people_will_see_it(studio: Studio, chromium: "Browser", address: str) -> None:
    page, wrong = opened(studio, chromium, address, "/procedures/drafts/1/edit/forms/handling.json")
    page.wait_for_selector("[data-forms-editor][data-ready]")
    page.get_by_role("button", name="预览（电脑）").click()
    page.locator(".decision-bar").wait_for()
    expect(page.locator("textarea.form-control")).to_have_count(1)
    assert wrong == []


def test_a_letter_is_shown_while_it_is_written(studio: Studio, chromium: "Browser", address: str) -> None:
    made = send(studio.client(), "POST", "/procedures/drafts/1/data/letters", step="handle", title="办理")
    page, wrong = opened(studio, chromium, address, made.json["url"])
    page.wait_for_selector("form[data-text-editor][data-ready]")
    area = page.get_by_label("内容", exact=True)
    area.fill("请看")
    area.press_sequentially("{st")
    page.get_by_role("option", name="环节").wait_for()
    page.keyboard.press("Enter")
    area.press_sequentially("，最迟{dua}")
    page.get_by_text("没有人填写的占位符：dua").wait_for()
    expect(page.locator("[data-letter-subject]")).to_have_text("请看办理，最迟{dua}")
    for _ in "{dua}":
        page.keyboard.press("Backspace")
    page.get_by_role("button", name="期限").click()
    expect(page.locator("[data-letter-subject]")).to_have_text("请看办理，最迟2026年12月1日")
    expect(area).to_have_value("请看{step}，最迟{due}")
    expect(page.locator("[data-letter-unknown]")).to_have_text("")
    assert wrong == []


def test_a_table_is_tried_in_its_editor(studio: Studio, chromium: "Browser", address: str) -> None:
    post(studio.client(), "/procedures/drafts/1/files", kind="table", name="grade", title="等级")
    page, wrong = opened(studio, chromium, address, "/procedures/drafts/1/edit/grade.dmn")
    page.wait_for_selector("[data-tables-editor][data-ready]")
    page.locator(".tables-try-fields [name=condition]").fill("a")
    page.get_by_role("button", name="试算").click()
    page.get_by_text("命中第 1 行：结果 = b").wait_for()
    assert wrong == []


def test_a_migration_shows_its_progress_until_it_is_done(studio: Studio, chromium: "Browser", address: str) -> None:
    changed = blank_package("skill-contest", title="技能竞赛二")
    studio.house.deploy_files(changed)
    for number in range(12):
        studio.house.start(1, title=f"第{number}件")
    page, wrong = opened(studio, chromium, address, "/procedures/versions/1/migrate")
    page.get_by_label("迁移原因").fill("改版")
    page.get_by_role("button", name="试算").click()
    page.get_by_text("可以迁移 12 件").wait_for()
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="开始迁移").click()
    page.locator(".modal").get_by_role("button", name="开始迁移").click()
    page.get_by_text("已完成：迁移成功 12 件").wait_for()
    assert set(studio.house.versions_of_cases().values()) == {2}
    assert wrong == []


def test_a_rehearsal_is_walked_to_its_end_and_becomes_a_scenario(studio: Studio, chromium: "Browser", address: str) -> None:
    page, wrong = opened(studio, chromium, address, "/procedures/drafts/1/rehearsals")
    page.get_by_role("button", name="开始演练").click()
    page.wait_for_selector("[data-diagram-shown]")
    assert faults(page) == []
    page.get_by_role("button", name="代为办理").click()
    page.locator("#error-summary").get_by_text("请填写“办理意见”").wait_for()
    assert faults(page) == []
    page.get_by_role("link", name="必填项填入示例").click()
    page.get_by_role("button", name="代为办理").click()
    page.get_by_label("编号").fill("walked")
    assert faults(page) == []
    page.get_by_role("button", name="存为场景").click()
    page.get_by_text("走通场景 2 个").wait_for()
    assert "scenarios/walked.json" in studio.opened(1).files
    assert [one for one in wrong if "422" not in one] == []  # the browser tells of the form that was sent back


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/new",
        "/drafts/1",
        "/drafts/1/edit/procedure.toml",
        "/drafts/1/settings",
        "/drafts/1/changes",
        "/drafts/1/rehearsals",
        "/versions/1",
        "/versions/1/live",
    ],
)
def test_pages_have_no_fault_and_fit(studio: Studio, chromium: "Browser", address: str, path: str) -> None:
    page, wrong = opened(studio, chromium, address, f"/procedures{path}")
    page.wait_for_load_state("networkidle")
    assert faults(page) == []
    fits(page)
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)
    assert wrong == []


def test_the_switch_and_the_page_of_beginning_have_no_fault_and_fit(studio: Studio, chromium: "Browser", address: str) -> None:
    for who, path in (("security", "/procedures/rules"), ("handler", "/requests/new")):
        page, wrong = opened(studio, chromium, address, path, who)
        assert faults(page) == []
        page.set_viewport_size({"width": 390, "height": 844})
        fits(page)
        assert wrong == []
