"""The form editor: our components, our properties, the server's preview."""

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.formkit.schema import read_form
from tests.studio_browser.sample import FORMS, form
from tests.studio_browser.site import Site

pytestmark = pytest.mark.browser

EDITOR = """<div data-forms-editor data-file="preliminary_review.json" data-title="初审" data-form-url="/form"
data-context-url="/sources" data-draft-url="/draft" data-preview-url="/preview" data-revision="1" data-state="draft"></div>"""


@pytest.fixture(autouse=True)
def _form(site: Site) -> None:
    site.answers |= {
        ("GET", "/form"): (200, json.dumps(form("preliminary_review"))),
        ("GET", "/sources"): (200, {"sources": [{"name": "departments", "title": "联审部门"}]}),
        ("POST", "/preview"): (200, {"html": "<label>审核意见<textarea></textarea></label>", "findings": []}),
    }
    site.show("forms-editor", EDITOR)


def open_editor(page: Page) -> None:
    """Open the form editor and wait until it can be used."""
    page.goto("/")
    page.wait_for_selector("[data-forms-editor][data-ready]")


def select(page: Page, key: str) -> None:
    """Select a component by its key."""
    script = """key => { const e = document.querySelector('[data-forms-editor]').studio.editor;
    e.get('selection').set(e.get('formFieldRegistry').getAll().find(one => one.key === key)); }"""
    page.evaluate(script, key)


def label(page: Page, words: str) -> Locator:
    """Return a field of the panel."""
    return page.locator(".studio-panel").get_by_label(words, exact=True)


def saved(page: Page, site: Site, key: str) -> dict[str, Any]:
    """Save and return one component as the server got it; the whole form must be one that the server reads."""
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    document = json.loads(site.bodies("PUT", "/draft")[-1]["content"])
    read_form("draft", document)
    every = [one for top in document["components"] for one in (top, *top.get("components", []))]
    return next(one for one in every if one.get("key") == key)


def test_the_palette_has_what_the_server_renders_in_chinese(page: Page) -> None:
    open_editor(page)
    expect(page.locator(".fjs-palette-field")).to_have_count(15)
    for name in ("单行文本", "单选", "附件", "列表（可增删行）"):
        expect(page.locator(".fjs-palette-field").get_by_text(name, exact=True)).to_be_attached()
    text = page.locator(".fjs-palette-container").inner_text()
    assert not any(character.isascii() and character.isalpha() for character in text)


def test_properties_of_ours_are_written_as_the_server_reads_them(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "material_complete")
    label(page, "名称").fill("材料是否齐全")
    label(page, "各选项显示为办理按钮").check()
    page.locator(".studio-panel").get_by_role("group", name="不能撤回的").get_by_label("不符合").check()
    label(page, "点“不符合”时的确认语").fill("确定不符合？")
    label(page, "敏感信息").check()
    made = saved(page, site, "material_complete")
    assert made["label"] == "材料是否齐全"
    refused = next(one["value"] for one in made["values"] if one["label"] == "不符合")
    ours = {"buttons": "true", "danger": refused, f"confirm_{refused}": "确定不符合？", "sensitive": "true"}
    assert made["properties"] == {"expect": "yes", **ours}  # the first is the form's own and stays


def test_options_and_conditions_are_built_from_drop_downs(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "material_complete")
    page.get_by_role("button", name="添加一个选项").click()
    label(page, "选项4：名称").fill("不适用")
    label(page, "选项4：值").fill("na")
    select(page, "opinion")
    label(page, "取决于哪个字段").select_option("material_complete")
    label(page, "不适用").check()
    assert saved(page, site, "material_complete")["values"][-1] == {"label": "不适用", "value": "na"}
    hide = saved(page, site, "opinion")["conditional"]["hide"]
    assert hide.startswith('=material_complete = "') and hide.endswith(' or material_complete = "na"')


def test_the_title_of_the_form_is_edited_where_nothing_is_selected(page: Page, site: Site) -> None:
    open_editor(page)
    label(page, "标题").fill("街道初审意见")
    saved(page, site, "opinion")
    assert json.loads(site.bodies("PUT", "/draft")[-1]["content"])["title"] == "街道初审意见"


def test_a_key_that_cannot_be_is_refused(page: Page) -> None:
    open_editor(page)
    select(page, "opinion")
    for given, said in {"审核": "英文字母", "csrf_token": "保留"}.items():
        label(page, "字段名（英文）").fill(given)
        label(page, "字段名（英文）").blur()
        expect(page.locator(".studio-panel [role=alert]:visible")).to_contain_text(said)


def test_a_new_component_starts_in_chinese_and_undo_takes_it_back(page: Page) -> None:
    open_editor(page)
    expect(page.locator(".fjs-form-field").get_by_text("审核意见").first).to_be_visible()
    count = page.locator(".fjs-form-field").count()
    page.locator(".fjs-palette-field", has_text="单行文本").press("Enter")
    expect(page.locator(".fjs-form-field")).to_have_count(count + 1)
    expect(page.locator(".fjs-form-field", has_text="单行文本")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".fjs-form-field")).to_have_count(count)


def test_the_preview_is_the_servers_and_its_findings_jump(page: Page, site: Site) -> None:
    finding = {"field": "opinion", "message": "缺少名称，请填写填表人看到的名称"}
    site.answers[("POST", "/preview")] = (
        200,
        {"html": '<p id="p">预览</p><script>document.title = 1</script>', "findings": [finding]},
    )
    open_editor(page)
    page.get_by_role("button", name="预览（手机）").click()
    expect(page.locator(".forms-preview-narrow #p")).to_have_text("预览")
    assert page.title() == "流程工作室"
    page.get_by_role("button", name="设计").click()
    page.locator(".forms-problems button").click()
    expect(page.locator(".studio-panel-head")).to_contain_text("多行文本")


@pytest.mark.parametrize("name", sorted(path.stem for path in FORMS.glob("*.json"))[::6])
def test_forms_of_the_flagship_open_and_keep_what_they_say(page: Page, site: Site, name: str) -> None:
    site.answers[("GET", "/form")] = (200, json.dumps(form(name)))
    open_editor(page)
    saved_form = json.loads(
        page.evaluate("JSON.stringify(document.querySelector('[data-forms-editor]').studio.editor.saveSchema())")
    )
    assert read_form(name, saved_form) == read_form(name, form(name))


def test_a_form_with_other_components_is_named_and_not_opened(page: Page, site: Site) -> None:
    site.answers[("GET", "/form")] = (
        200,
        json.dumps({"type": "default", "components": [{"type": "iframe"}, {"type": "expression"}]}),
    )
    page.goto("/")
    expect(page.get_by_role("alert")).to_contain_text("iframe、expression")
