"""The scripts of a form: conditions, rows, questions, double clicks, uploads."""

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.frontend.pages import Site

pytestmark = pytest.mark.browser

CONDITIONS = """<form method="post" action="/send">
<label>类别 <select name="kind"><option value="">请选择</option>
<option value="team">团队</option><option value="one">个人</option></select></label>
<div id="team" data-hide-by="kind" data-hide-values='["team"]' data-hide-when="not-in">
  <label><input type="checkbox" name="mixed" value="true"> 跨单位</label></div>
<div id="units" data-hide-by="mixed" data-hide-values='["true"]' data-hide-when="not-in">
  <label>单位 <input name="units"></label></div>
<button>保存</button></form>"""

ROWS = """<form method="post" action="/send"><fieldset data-list data-min="1" data-max="3"><legend>成员</legend>
<div data-rows><div data-row><input name="members-0-name" aria-label="姓名1">
<button type="button" data-remove-row>删除这一行</button></div></div>
<template data-row-template><div data-row><input name="members-__row__-name" aria-label="姓名">
<button type="button" data-remove-row>删除这一行</button></div></template>
<button type="button" data-add-row>添加一行</button></fieldset><button>保存</button></form>"""

QUESTION = """<form method="post" action="/send"><label>理由 <input name="reason" required></label>
<button name="decision" value="reject" data-confirm-danger
  data-confirm="驳回后该候选人本轮不能再次推荐。确定驳回？">驳回推荐</button></form>"""

UPLOAD = """<form data-upload-url="/attachments" data-upload-limit="1000"><input type="hidden" name="csrf_token" value="token">
<label>证书 <input type="file" data-upload="paper" accept=".pdf" multiple></label><ul data-upload-list="paper"></ul></form>"""


def a_file(name: str, content: bytes) -> FilePayload:
    """Return a file as the browser would choose it."""
    return {"name": name, "mimeType": "", "buffer": content}


def test_parts_that_do_not_apply_are_hidden_and_not_sent(page: Page, site: Site) -> None:
    site.show(CONDITIONS)
    page.goto("/")
    expect(page.locator("#units")).to_be_hidden()
    page.select_option("select", "team")
    page.check("[name=mixed]")
    page.fill("[name=units]", "某公司")
    page.select_option("select", "one")
    expect(page.locator("#units")).to_be_hidden()
    page.click("text=保存")
    page.wait_for_url("**/send")
    assert site.forms("/send") == [{"kind": ["one"]}]


def test_a_part_that_applies_again_keeps_what_was_typed(page: Page, site: Site) -> None:
    site.show(CONDITIONS)
    page.goto("/")
    page.select_option("select", "team")
    page.check("[name=mixed]")
    page.fill("[name=units]", "某公司")
    page.select_option("select", "one")
    page.select_option("select", "team")
    page.click("text=保存")
    page.wait_for_url("**/send")
    assert site.forms("/send") == [{"kind": ["team"], "mixed": ["true"], "units": ["某公司"]}]


def test_rows_are_added_and_removed_by_keyboard(page: Page, site: Site) -> None:
    site.show(ROWS)
    page.goto("/")
    expect(page.locator("[data-remove-row]")).to_be_disabled()
    for name in ("甲", "乙"):
        page.locator("[data-add-row]").press("Enter")
        page.keyboard.type(name)
    expect(page.locator("[data-add-row]")).to_be_disabled()
    page.locator("[data-remove-row]").nth(1).press("Enter")
    page.locator("[data-add-row]").press("Enter")
    page.keyboard.type("丙")
    page.click("text=保存")
    page.wait_for_url("**/send")
    assert site.forms("/send") == [{"members-0-name": [""], "members-2-name": ["乙"], "members-3-name": ["丙"]}]


def test_what_cannot_be_undone_is_asked_and_the_safe_answer_has_the_focus(page: Page, site: Site) -> None:
    site.show(QUESTION)
    page.goto("/")
    page.fill("[name=reason]", "材料不实")
    page.click("text=驳回推荐")
    expect(page.get_by_role("dialog")).to_contain_text("本轮不能再次推荐")
    expect(page.get_by_role("button", name="返回")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="驳回推荐")).to_be_focused()  # the question is answered
    assert site.posts == []


def test_a_confirmed_decision_is_sent_with_the_button_that_was_pressed(page: Page, site: Site) -> None:
    site.show(QUESTION)
    page.goto("/")
    page.fill("[name=reason]", "材料不实")
    page.locator("[name=reason]").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="驳回推荐").click()
    page.wait_for_url("**/send")
    assert site.forms("/send") == [{"reason": ["材料不实"], "decision": ["reject"]}]


def test_mistakes_come_before_the_question(page: Page, site: Site) -> None:
    site.show(QUESTION)
    page.goto("/")
    page.click("text=驳回推荐")
    expect(page.locator("[name=reason]")).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_impatient_second_click_sends_nothing(page: Page, site: Site) -> None:
    site.show('<form method="post" action="/send" target="other"><button name="go" value="1">提交推荐</button></form>')
    page.goto("/")
    with page.expect_popup() as answered:
        page.click("text=提交推荐")
    expect(page.get_by_role("button")).to_be_disabled()
    expect(answered.value.get_by_text("好")).to_be_visible()  # the first click has arrived, however busy the machine is
    page.evaluate("document.forms[0].requestSubmit()")
    assert len(site.forms("/send")) == 1


def test_a_file_that_will_be_refused_is_not_sent(page: Page, site: Site) -> None:
    site.show(UPLOAD)
    page.goto("/")
    page.set_input_files("[type=file]", [a_file("大.pdf", b"x" * 1001), a_file("照片.exe", b"x"), a_file("空.pdf", b"")])
    expect(page.get_by_role("alert")).to_contain_text(["超过上限", "只接受 .pdf", "空文件"])
    assert site.posts == []


def test_an_uploaded_file_is_held_and_can_be_removed(page: Page, site: Site) -> None:
    site.answers["/attachments"] = (201, "application/json", '{"id": "a7", "name": "证书.pdf", "size": 900}')
    site.show(UPLOAD)
    page.goto("/")
    page.set_input_files("[type=file]", a_file("证书.pdf", b"x" * 900))
    expect(page.locator("[data-attachment=a7]")).to_contain_text("证书.pdf")
    expect(page.locator("input[name=paper]")).to_have_value("a7")
    page.get_by_role("button", name="删除 证书.pdf").click()
    expect(page.locator("input[name=paper]")).to_have_count(0)


def test_what_was_uploaded_is_looked_at_where_it_stands_and_no_browser_says_that_nothing_was_chosen(page: Page, site: Site) -> None:
    answer = '{"id": "a7", "name": "证书.pdf", "size": 900, "media_type": "application/pdf", "url": "/attachments/7"}'
    site.answers["/attachments"] = (201, "application/json", answer)
    site.show(UPLOAD.replace("<input type=\"file\"", "<input type=\"file\" id=\"paper\""))
    page.goto("/")
    with page.expect_file_chooser() as chooser:
        page.locator("label[for=paper]").click()
    chooser.value.set_files(a_file("证书.pdf", b"x" * 900))
    link = page.get_by_role("link", name="证书.pdf")
    expect(link).to_have_attribute("href", "/attachments/7?inline=1")
    expect(link).to_have_attribute("data-preview", "application/pdf")


def test_a_refused_upload_says_why(page: Page, site: Site) -> None:
    site.answers["/attachments"] = (422, "application/json", '{"message": "文件内容不是 PDF，请重新选择。"}')
    site.show(UPLOAD)
    page.goto("/")
    page.set_input_files("[type=file]", a_file("证书.pdf", b"x"))
    expect(page.get_by_role("alert")).to_have_text("“证书.pdf”：文件内容不是 PDF，请重新选择。")


def test_a_long_text_is_counted_as_people_count(page: Page, site: Site) -> None:
    site.show('<form><label>事迹 <textarea data-maxlength="3"></textarea></label></form>')
    page.goto("/")
    page.fill("textarea", "𠮷祥")
    expect(page.locator(".text-counter")).to_have_text("已输入 2 / 3 字")
    page.fill("textarea", "𠮷祥如意")
    expect(page.locator(".text-counter")).to_have_text("已输入 4 字，超出 1 字")
