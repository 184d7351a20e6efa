"""The desk: claiming without a new page, filter, paging; files that are refused."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from tests.e2e.pages import give, press
from tests.e2e.site import Site
from tests.files import samples

pytestmark = pytest.mark.browser


def test_an_item_is_claimed_and_released_without_a_new_page(at: Callable[[str], Site]) -> None:
    site = at("crowded")
    page, colleague = site.browse("nominator"), site.browse("nominator3")
    page.goto("/desk?tab=group")
    page.evaluate("window.stayed = true")
    line = page.locator("[data-desk-row]").first
    number = line.locator(".number").inner_text()
    line.get_by_role("button", name="认领").click()
    expect(line.get_by_role("link", name="办理")).to_be_visible()
    colleague.goto("/desk?tab=group")
    expect(colleague.locator("[data-desk-row]", has_text=number)).to_contain_text("王佳慧 办理中")
    line.get_by_role("button", name="退回小组").click()
    expect(line.get_by_role("button", name="认领")).to_be_visible()
    assert page.evaluate("window.stayed") is True


def test_of_two_who_claim_the_second_is_told(at: Callable[[str], Site]) -> None:
    site = at("crowded")
    page, colleague = site.browse("nominator"), site.browse("nominator3")
    for each in (page, colleague):
        each.goto("/desk?tab=group")
    page.locator("[data-desk-row]").first.get_by_role("button", name="认领").click()
    expect(page.locator("[data-desk-row]").first.get_by_role("link", name="办理")).to_be_visible()
    colleague.locator("[data-desk-row]").first.get_by_role("button", name="认领").click()
    expect(colleague.locator("[data-desk-row]").first.get_by_role("alert")).to_contain_text("王佳慧")


def test_the_desk_is_paged_and_filtered(at: Callable[[str], Site]) -> None:
    page = at("crowded").browse("nominator")
    page.goto("/desk?tab=group")
    expect(page.locator("[data-desk-row]")).to_have_count(20)
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("[data-desk-row]")).to_have_count(3)
    expect(page.get_by_role("navigation", name="翻页")).to_contain_text("第 2 页，共 2 页，23 件")
    page.get_by_label("名称、编号或步骤").fill("TJ2026-0007")
    press(page, "筛选")
    expect(page.locator("[data-desk-row]")).to_have_count(1)
    page.get_by_label("名称、编号或步骤").fill("没有这样的")
    press(page, "筛选")
    expect(page.get_by_text("没有符合条件的办件")).to_be_visible()
    page.get_by_role("link", name="取消筛选").click()
    expect(page.locator("[data-desk-row]")).to_have_count(20)


PROGRAM: FilePayload = {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\0" + b"\0" * 2000}
EMPTY: FilePayload = {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": b""}


@pytest.mark.parametrize(("file", "sentence"), [(PROGRAM, "只能上传"), (EMPTY, "空文件")], ids=["program", "empty"])
def test_a_file_that_is_none_is_refused_in_its_place(at: Callable[[str], Site], file: FilePayload, sentence: str) -> None:
    page = at("crowded").browse("nominator")
    page.get_by_role("link", name="办理").first.click()
    page.get_by_label("现任岗位").fill("数控车工")
    answers = give(page, "labor_contract", file)
    expect(answers.get_by_role("alert")).to_contain_text("“合同.pdf”")
    expect(answers.get_by_role("alert")).to_contain_text(sentence)
    expect(page.get_by_label("现任岗位")).to_have_value("数控车工")
    expect(page.locator("[data-attachment]")).to_have_count(0)


def test_a_file_of_21_megabytes_is_refused_by_the_page_and_by_the_server(at: Callable[[str], Site], tmp_path: Path) -> None:
    page = at("crowded").browse("nominator")
    page.get_by_role("link", name="办理").first.click()
    huge = tmp_path / "合同.pdf"
    huge.write_bytes(samples.pdf() + b"\0" * 21 * 1024 * 1024)
    refused = give(page, "labor_contract", huge).get_by_role("alert")
    expect(refused).to_contain_text("大小为 21.0 MB，超过上限 20.0 MB")
    page.locator(".work-form").evaluate("e => e.dataset.uploadLimit = 1e9")
    refused = give(page, "labor_contract", huge).get_by_role("alert")
    expect(refused).to_contain_text("20")
    expect(page.locator("[data-attachment]")).to_have_count(0)
