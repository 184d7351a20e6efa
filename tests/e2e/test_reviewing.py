"""A street's clerks review: return, completion, acceptance, and two who are at it at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import fill, log_in, open_item, press
from tests.e2e.site import Site
from tests.services import filled

pytestmark = pytest.mark.browser

CHECKED = {key: value for key, value in filled.PRELIMINARY.items() if key != "preliminary_decision"}


def test_a_street_returns_and_after_the_completion_accepts(at: Callable[[str], Site]) -> None:
    site = at("reviewing")
    clerk = site.browse("clerk")
    open_item(clerk, "初审")
    fill(clerk, {**CHECKED, "material_complete": "unclear", "opinion": "缺少参保记录，请补充。"})
    clerk.get_by_role("button", name="退回补正").click()
    expect(clerk.get_by_role("dialog")).to_contain_text("审核时限暂停计算")
    clerk.get_by_role("dialog").get_by_role("button", name="退回补正").click()
    expect(clerk.get_by_role("status").first).to_contain_text("“初审”已办理：退回补正")
    employer = site.browse("nominator")
    open_item(employer, "补正材料")
    expect(employer.locator(".work-side")).to_contain_text("缺少参保记录，请补充。")
    expect(employer.get_by_label("姓名")).to_have_value("王建国")
    press(employer, "提交补正材料")
    expect(employer.get_by_role("status").first).to_contain_text("下一步：")
    open_item(clerk, "初审")
    fill(clerk, CHECKED)
    press(clerk, "初审通过")
    expect(clerk.get_by_role("status").first).to_contain_text("“初审”已办理：初审通过")


def test_the_second_of_two_clerks_is_told_who_did_it(at: Callable[[str], Site]) -> None:
    site = at("reviewing")
    first, second = site.browse("clerk"), site.browse("clerk2")
    for page in (first, second):
        open_item(page, "初审")
        fill(page, CHECKED)
    press(first, "初审通过")
    expect(first.get_by_role("status").first).to_contain_text("初审通过")
    press(second, "初审通过")
    expect(second.get_by_role("heading", level=1)).to_have_text("这项待办已经办理完毕")
    expect(second.locator("main")).to_contain_text("刘春燕")
    second.get_by_role("link", name="查看办件进展").click()
    expect(second.locator(".track-now")).to_contain_text("审核排序")


def test_a_page_that_was_sent_already_is_not_sent_again(at: Callable[[str], Site]) -> None:
    page = at("reviewing").browse("clerk")
    open_item(page, "初审")
    address = page.url
    fill(page, CHECKED)
    press(page, "初审通过")
    expect(page.get_by_role("status").first).to_contain_text("初审通过")
    page.go_back()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("这项待办已经办理完毕")
    expect(page.locator("main")).to_contain_text("不需要再办理")


def focus_on(page: Page, selector: str, *, most: int = 60) -> None:
    """Press Tab until the focus is where a person wants it; on the way it must always be visible."""
    for _ in range(most):
        page.keyboard.press("Tab")
        outline, hit = page.evaluate(
            """s => { const e = document.activeElement, c = getComputedStyle(e);
            return [e === document.body || c.outlineStyle !== 'none' || c.boxShadow !== 'none', e.matches(s)] }""",
            selector,
        )
        assert outline, page.evaluate("document.activeElement.outerHTML")
        if hit:
            return
    raise AssertionError(f"Tab does not reach {selector}")


def test_a_leader_ranks_by_the_keyboard_alone(at: Callable[[str], Site]) -> None:
    page = at("recommending").browse()
    page.goto("/account/login")
    expect(page.get_by_label("用户名")).to_be_focused()
    page.keyboard.type("street_leader")
    page.keyboard.press("Tab")
    page.keyboard.type("Steel-lathe-2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
    focus_on(page, "[data-desk-row] .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/work-items/*")
    focus_on(page, "[name=recommendation_rank]")
    page.keyboard.type("1")
    focus_on(page, "[name=opinion]")
    page.keyboard.type("同意推荐。")
    focus_on(page, "button[value=accept]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("“审核排序”已办理：同意推荐")


def test_without_scripts_an_item_is_claimed_saved_and_completed(at: Callable[[str], Site]) -> None:
    page = at("recommending").browse(scripts=False)
    log_in(page, "street_leader")
    page.goto("/desk?tab=group")
    page.get_by_role("button", name="认领").click()
    expect(page.get_by_role("button", name="退回小组")).to_be_visible()
    page.goto("/desk")
    page.get_by_role("link", name="办理").click()
    fill(page, {"recommendation_rank": "1", "opinion": "同意推荐。"})
    page.get_by_role("button", name="保存草稿").last.click()
    expect(page.get_by_role("status").first).to_contain_text("草稿已保存")
    expect(page.get_by_label("审核意见")).to_have_value("同意推荐。")
    page.get_by_role("button", name="同意推荐").click()
    expect(page.get_by_role("status").first).to_contain_text("“审核排序”已办理：同意推荐")
