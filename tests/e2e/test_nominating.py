"""An employer nominates and the candidate confirms, through the pages."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import PAPER, fill, give, log_in, press
from tests.e2e.site import Site
from tests.services import filled
from tests.services.world import id_number

pytestmark = pytest.mark.browser

WRONG = id_number(7)[:-1] + ("0" if id_number(7)[-1] != "0" else "1")


def begin(page: Page) -> None:
    """Begin a nomination from what the desk offers."""
    page.get_by_role("link", name="申报推荐").first.click()
    page.get_by_role("link", name="发起推荐").click()
    page.get_by_role("button", name="发起推荐").click()
    expect(page.get_by_role("heading", name="填写推荐表")).to_be_visible()


def test_the_employer_nominates_with_papers_and_corrects_a_number(at: Callable[[str], Site]) -> None:
    site = at("nominating")
    page = site.browse("nominator")
    begin(page)
    fill(page, filled.nomination(site.world, "欧阳㼆", 7, id_number=WRONG))
    press(page, "提交推荐")
    expect(page.locator("#error-summary")).to_contain_text("身份证号")
    expect(page.locator("#f-id_number-error")).to_contain_text("校验位不对")
    expect(page.locator("[name=deed_full]")).to_have_value(filled.DEED * 3)
    expect(page.locator("[data-upload-list=labor_contract]")).to_contain_text("证明材料.pdf")
    page.get_by_label("身份证号").fill(id_number(7))
    press(page, "提交推荐")
    expect(page.get_by_role("status").first).to_contain_text("“填写推荐表”已提交")
    page.goto("/desk?tab=started")
    expect(page.locator("[data-desk-row]")).to_contain_text(["欧阳㼆"])


def test_parts_of_the_form_come_and_go_with_the_answers(at: Callable[[str], Site]) -> None:
    site = at("nominating")
    page = site.browse("nominator")
    begin(page)
    letters, minutes = page.get_by_text("两名同行专家推荐信"), page.get_by_text("职工（代表）大会记录")
    expect(letters).to_be_hidden()
    expect(minutes).to_be_visible()
    page.get_by_label("社会自荐").check()
    expect(letters).to_be_visible()
    expect(minutes).to_be_hidden()


def test_rows_that_were_added_arrive_and_come_back(at: Callable[[str], Site]) -> None:
    site = at("nominating")
    page = site.browse("nominator")
    begin(page)
    honors = page.locator("[data-list]", has=page.locator("legend", has_text="获得荣誉和竞赛名次"))
    for name in ("全国技术能手", "市五一劳动奖章"):
        honors.get_by_role("button", name="添加一行").click()
        honors.locator("[data-row]").last.locator("[name$='-name']").fill(name)
    page.locator(".decision-bar").get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("status").first).to_contain_text("草稿已保存")
    expect(honors.locator("[name$='-name']").nth(-2)).to_have_value("全国技术能手")
    expect(honors.locator("[name$='-name']").nth(-1)).to_have_value("市五一劳动奖章")


def test_what_was_typed_survives_a_lost_session(at: Callable[[str], Site]) -> None:
    site = at("nominating")
    page = site.browse("nominator")
    begin(page)
    give(page, "labor_contract", PAPER)
    page.get_by_label("现任岗位").fill("数控车工")
    page.clock.run_for(4000)
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存 09:0")
    page.context.clear_cookies()  # before anything is typed: it saves itself at a moment of its own
    page.get_by_label("姓名").fill("欧阳㼆")
    page.clock.run_for(4000)
    expect(page.locator("[data-save-state]")).to_contain_text("登录已过期：内容已留在本机")
    address = page.url
    page.reload()
    log_in(page, "nominator")
    page.goto(address)
    expect(page.get_by_label("姓名")).to_have_value("欧阳㼆")
    expect(page.get_by_label("现任岗位")).to_have_value("数控车工")
    expect(page.locator("[data-upload-list=labor_contract]")).to_contain_text("证明材料.pdf")


def test_the_candidate_opens_the_account_and_confirms(at: Callable[[str], Site]) -> None:
    site = at("consenting")
    employer = site.browse("nominator")
    employer.goto("/desk?tab=started")
    employer.get_by_role("link", name="王建国").first.click()
    expect(employer.get_by_role("link", name="打开激活单")).to_be_visible()
    expect(employer.get_by_role("button", name="催办")).to_have_count(0)  # nobody would read it
    employer.get_by_role("link", name="打开激活单").click()
    employer.get_by_role("button", name="显示激活单").click()
    expect(employer.locator("[data-invitation]")).to_have_count(2)
    employer.evaluate("window.print = () => document.body.setAttribute('data-printed', '')")
    employer.get_by_role("button", name="打印激活单").click()
    expect(employer.locator("body[data-printed]")).to_be_attached()
    username, code = employer.locator("[data-invitation]").all_inner_texts()
    page = site.browse()
    page.goto("/account/activate")
    password = "Lathe-Steel-2026"
    fill(page, {"username": username, "code": code, "id_number": id_number(1), "password": password, "again": password})
    press(page, "启用账号")
    expect(page.get_by_text("账号已启用")).to_be_visible()
    log_in(page, username, password)
    page.get_by_role("link", name="办理").first.click()
    expect(page.get_by_role("link", name="退回", exact=True)).to_be_visible()
    press(page, "同意参评并作出承诺")
    employer.reload()
    expect(employer.get_by_text("账号已经在使用")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("“本人确认与承诺”已办理：同意参评并作出承诺")
    expect(page.get_by_role("status").first).to_contain_text(re.compile("下一步：.*单位公示"))
