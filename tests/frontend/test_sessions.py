"""What keeps work safe: drafts that save themselves, and the warning before a session ends."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.frontend.pages import Site
from tests.waiting import becomes

pytestmark = pytest.mark.browser

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
SAVED = (200, "application/json", '{"saved_at": "2026-11-22T06:03:00+00:00"}')


def draft(*, fields: str = '<input name="title">', saved_at: str = "2026-11-22T06:00:00+00:00") -> str:
    """Return a form that saves itself."""
    form = f'<form method="post" action="/send" data-autosave="/draft" data-work-item="17" data-draft-saved-at="{saved_at}">'
    token = '<input type="hidden" name="csrf_token" value="token">'
    return f"{form}{token}{fields}<button>提交</button></form><p data-save-state></p>"


def kept(page: Page) -> int:
    """Count the drafts that the browser holds."""
    return int(page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('gongjiang-draft')).length"))


def still(page: Page, path: str = "/") -> None:
    """Open a page whose clock stands until it is told to run, however long the machine takes."""
    page.clock.install(time=NOW)
    page.clock.pause_at(NOW + timedelta(hours=1))
    page.goto(path)


def test_a_changed_form_is_saved_once_and_says_when(page: Page, site: Site) -> None:
    site.answers["/draft"] = SAVED
    site.show(draft())
    still(page)
    page.fill("[name=title]", "高级技师")
    page.clock.run_for(10000)
    expect(page.locator("[data-save-state]")).to_have_text("已自动保存 14:03")
    page.clock.run_for(10000)
    assert site.forms("/draft") == [{"title": ["高级技师"], "csrf_token": ["token"]}]
    assert kept(page) == 0


def test_what_could_not_be_saved_comes_back(page: Page, site: Site) -> None:
    site.answers["/draft"] = (503, "text/plain", "")
    rows = """<fieldset data-list><div data-rows></div><button type="button" data-add-row>添加</button>
    <template data-row-template>    <div data-row><input name="prizes-__row__-name"></div></template></fieldset>
    <input type="checkbox" name="ok" value="1">"""
    site.show(draft(fields=rows))
    still(page)
    page.click("[data-add-row]")
    page.keyboard.type("技能大赛")
    page.check("[name=ok]")
    page.clock.run_for(3000)
    expect(page.locator("[data-save-state]")).to_contain_text("未能保存，正在重试")
    page.reload()
    expect(page.locator("[name=prizes-0-name]")).to_have_value("技能大赛")
    expect(page.locator("[name=ok]")).to_be_checked()
    expect(page.locator("[data-save-state]")).to_contain_text("已恢复")


def test_what_is_typed_while_an_answer_is_long_in_coming_is_kept_and_not_called_saved(page: Page, site: Site) -> None:
    held: list[Route] = []
    site.show(draft())
    page.route("**/draft", lambda route: held.append(route))
    still(page)
    page.fill("[name=title]", "技师")
    page.clock.run_for(3000)
    becomes(page, lambda: len(held), 1)
    page.fill("[name=title]", "高级技师")
    page.clock.run_for(3000)
    assert "高级技师" in page.evaluate("Object.values(localStorage).join()")
    held[0].fulfill(status=200, content_type=SAVED[1], body=SAVED[2])
    becomes(page, lambda: (page.clock.run_for(3000), len(held))[1], 2)  # it goes out as soon as the first is answered
    assert kept(page) == 1
    expect(page.locator("[data-save-state]")).to_have_text("")
    held[1].fulfill(status=200, content_type=SAVED[1], body=SAVED[2])
    expect(page.locator("[data-save-state]")).to_have_text("已自动保存 14:03")
    assert kept(page) == 0


def test_an_older_copy_does_not_overwrite_what_the_server_knows(page: Page, site: Site) -> None:
    site.answers["/draft"] = (503, "text/plain", "")
    site.show(draft())
    still(page)
    page.fill("[name=title]", "旧")
    page.clock.run_for(3000)
    expect(page.locator("[data-save-state]")).to_contain_text("未能保存")
    site.show(draft(fields='<input name="title" value="新">', saved_at="2999-01-01T00:00:00+00:00"))
    page.reload()
    expect(page.locator("[name=title]")).to_have_value("新")
    assert kept(page) == 0


def test_a_copy_comes_back_to_a_computer_whose_clock_is_slow(page: Page, site: Site) -> None:
    after = (NOW + timedelta(hours=2)).isoformat()
    site.answers["/draft"] = (200, "application/json", f'{{"saved_at": "{after}"}}')
    site.show(draft())
    still(page)
    page.fill("[name=title]", "技师")
    page.clock.run_for(3000)
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    site.answers["/draft"] = (503, "text/plain", "")
    page.fill("[name=title]", "高级技师")
    page.clock.run_for(3000)
    expect(page.locator("[data-save-state]")).to_contain_text("未能保存")
    site.show(draft(fields='<input name="title" value="技师">', saved_at=after))
    page.reload()
    expect(page.locator("[name=title]")).to_have_value("高级技师")


def test_leaving_the_page_saves_what_was_just_typed(page: Page, site: Site) -> None:
    site.answers["/draft"] = SAVED
    site.show(draft())
    still(page)
    page.fill("[name=title]", "最后一个字")
    page.goto("/?elsewhere")
    becomes(page, lambda: {title for form in site.forms("/draft") for title in form["title"]}, {"最后一个字"})


@pytest.mark.parametrize(("status", "sentence"), [(401, "登录已过期"), (409, "已经由李四提交")])
def test_saving_that_cannot_succeed_says_what_to_do(page: Page, site: Site, status: int, sentence: str) -> None:
    site.answers["/draft"] = (status, "application/json", '{"message": "这份办件已经由李四提交，请刷新页面。"}')
    site.show(draft())
    still(page)
    page.fill("[name=title]", "高级技师")
    page.clock.run_for(3000)
    expect(page.locator("[data-save-state]")).to_contain_text(sentence)
    assert kept(page) == 1


def test_a_submission_that_met_a_lost_session_is_restored_and_a_done_one_forgotten(page: Page, site: Site) -> None:
    site.answers["/draft"] = SAVED
    site.show(draft())
    still(page)
    page.fill("[name=title]", "高级技师")
    page.click("text=提交")
    page.wait_for_url("**/send")
    page.goto("/")
    expect(page.locator("[name=title]")).to_have_value("高级技师")
    site.show('<p data-draft-done="17">推荐已提交。</p>')
    page.goto("/?done")
    page.wait_for_function("Object.keys(localStorage).every(key => !key.startsWith('gongjiang-draft'))")


def test_the_end_of_a_session_is_announced_and_can_be_put_off(page: Page, site: Site) -> None:
    site.answers["/account/ping"] = (200, "application/json", "{}")
    site.show("<p>材料</p>", attributes='data-idle-minutes="30"')
    still(page)
    page.clock.run_for("27:50")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.clock.run_for("00:20")
    expect(page.get_by_role("dialog")).to_contain_text("秒后将自动退出")
    with page.expect_response("**/account/ping"):
        page.get_by_role("button", name="继续工作").click()
        page.clock.run_for(2000)
    assert [path for path, _ in site.posts] == ["/account/ping"]
    expect(page.get_by_role("dialog")).to_have_count(0)
