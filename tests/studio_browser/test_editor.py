"""The diagram editor as a whole: what it offers, says and keeps."""

import pytest
from playwright.sync_api import Page, expect

from tests.studio_browser.conftest import EDITOR
from tests.studio_browser.helpers import field, open_editor, saved, select
from tests.studio_browser.sample import context, diagram
from tests.studio_browser.site import Site
from tests.waiting import becomes

pytestmark = pytest.mark.browser

FINDING = {
    "rule": "form.unknown", "element": "accept_objection", "message": "用户任务的表单不存在", "cure": "请选择表单。",
    "severity": "error", "file": "objection.bpmn",
}  # fmt: skip

OPEN_EVERY_MENU = """() => { const m = document.querySelector('[data-studio-editor]').studio.modeler;
const pad = m.get('contextPad'), menu = m.get('popupMenu'), names = new Set(), kinds = new Set();
for (const element of m.get('elementRegistry').getAll()) {
  if (!kinds.has(element.type)) m.get('selection').select(element); // The panel names each kind.
  kinds.add(element.type);
  Object.keys(pad.getEntries(element)).forEach(name => names.add(name));
  if (menu.isEmpty(element, 'bpmn-replace')) continue;
  menu.open(element, 'bpmn-replace', { x: 10, y: 10 });
  document.querySelectorAll('.djs-popup [data-id]').forEach(entry => names.add(entry.dataset.id));
  menu.close(); }
return [...names]; }"""

LISTEN_TO_THE_STATE = """() => { const line = document.querySelector('[data-save-state]'); window.heard = [];
new MutationObserver(() => window.heard.push(line.textContent)).observe(line, { childList: true }); }"""

FORBIDDEN = (
    "script", "signal", "link", "compensation", "conditional", "escalation", "cancel", "ad-hoc", "transaction", "complex", "data-",
    "event-subprocess",
)  # fmt: skip


@pytest.mark.parametrize("name", ["objection.bpmn", "artisan.bpmn"])
def test_menus_offer_what_the_gate_accepts_in_chinese(page: Page, site: Site, name: str) -> None:
    site.answers[("GET", "/diagram")] = (200, diagram(name))
    open_editor(page)
    names = page.evaluate(OPEN_EVERY_MENU)
    assert {"replace-with-service-task", "replace-with-parallel-gateway", "append.user-task"} <= set(names)
    assert [one for one in names if any(word in one for word in FORBIDDEN)] == []
    palette = page.locator(".djs-palette .entry").evaluate_all("all => all.map(one => one.dataset.action)")
    assert "create.user-task" in palette and not {"create.task", "create.data-object", "create.group"} & set(palette)
    assert page.evaluate("[...document.querySelector('[data-studio-editor]').studio.missing]") == []


def test_every_word_of_the_program_has_a_chinese_one(page: Page) -> None:
    open_editor(page)
    page.get_by_role("button", name="小地图").click()
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".djs-search-input input")).to_be_focused()
    page.keyboard.type("没有这个")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="模拟").click()
    expect(page.get_by_title("从头开始")).to_be_visible()
    page.locator(".bts-context-pad").first.click()
    words = page.evaluate("""() => [...document.querySelectorAll('.studio *')].flatMap(e => [e.title, e.ariaLabel,
      e.placeholder, e.children.length ? '' : e.textContent]).filter(t => t && /[A-Za-z]{4}/.test(t) && !/^[a-z0-9]{7}$/.test(t))""")
    known = ("Ctrl+", "BPMN", "bpmn.io", "objection", "lane_", "flow_", "participant_", "form.", "http")
    assert [word for word in words if not any(one in word for one in known)] == []


def test_findings_are_marked_with_words_and_jump_to_the_element(page: Page, site: Site) -> None:
    site.answers[("POST", "/check")] = (200, {"findings": [FINDING, {**FINDING, "file": "artisan.bpmn", "element": "x"}]})
    open_editor(page)
    expect(page.locator("[data-findings-title]")).to_have_text("检查结果：2 个错误")
    expect(page.locator(".studio-mark")).to_have_text("错误")
    page.get_by_role("button", name="受理异议").click()
    expect(page.locator(".studio-panel-head")).to_have_text("用户任务受理异议")
    expect(page.locator(".studio-findings")).to_contain_text("artisan.bpmn")


def test_a_marked_element_can_be_deleted_and_brought_back(page: Page, site: Site) -> None:
    site.answers[("POST", "/check")] = (200, {"findings": [FINDING]})
    open_editor(page)
    expect(page.locator(".studio-mark")).to_have_count(1)
    select(page, "accept_objection")
    page.locator(".djs-context-pad [data-action=delete]").click()
    expect(page.locator(".studio-findings")).to_contain_text("accept_objection")
    expect(page.locator(".studio-mark")).to_have_count(0)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".studio-mark")).to_have_count(1)


def test_steps_that_no_scenario_reaches_are_shown_on_demand(page: Page, site: Site) -> None:
    site.answers[("POST", "/check")] = (
        200,
        {"findings": [], "coverage": {"missed": ["hear_nominee", "flow_gw_accept__hear_nominee"]}},
    )
    open_editor(page)
    page.get_by_role("button", name="场景覆盖").click()
    expect(page.get_by_text("未走到", exact=True)).to_have_count(1)
    expect(page.get_by_role("button", name="场景覆盖：2 处未走到")).to_be_visible()


def test_a_form_made_in_another_tab_can_be_chosen_on_coming_back(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "investigate")
    given = context()
    given["forms"].append({"key": "party_review", "title": "党组会前置审核", "fields": []})
    site.answers[("GET", "/context")] = (200, given)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(field(page, "form", "表单").locator("option[value=party_review]")).to_have_count(1)


def test_the_page_is_told_when_it_was_saved_and_checked(page: Page, site: Site) -> None:
    site.show("studio", EDITOR + "<button data-studio-needs-checked>部署</button>")
    with site.holding("POST", "/check"):
        open_editor(page)
        select(page, "investigate")
        field(page, "general", "名称").fill("核实")
        field(page, "general", "名称").blur()
        expect(page.get_by_role("button", name="部署")).to_be_disabled()
    expect(page.get_by_role("button", name="部署")).to_be_enabled()


def test_the_state_goes_from_deployed_to_draft_to_checked(page: Page, site: Site) -> None:
    current = page.locator(".studio-steps [aria-current]")
    with site.holding("POST", "/check"):
        open_editor(page)
        expect(current).to_have_text("已部署")
        select(page, "investigate")
        field(page, "general", "名称").fill("核实")
        field(page, "general", "名称").blur()
        expect(current).to_have_text("草稿")
    expect(current).to_have_text("已检查")


def test_saving_sends_the_revision_it_started_from(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "investigate")
    for name in ("核实", "查实"):
        field(page, "general", "名称").fill(name)
        assert f'name="{name}"' in saved(page, site)
    assert [body["revision"] for body in site.bodies("PUT", "/draft")] == [3, 4]


def test_what_was_changed_while_it_was_being_saved_is_not_called_saved(page: Page, site: Site) -> None:
    open_editor(page)
    page.evaluate(LISTEN_TO_THE_STATE)
    select(page, "investigate")
    with site.holding("PUT", "/draft"):
        field(page, "general", "名称").fill("核实")
        page.keyboard.press("Control+s")
        becomes(page, lambda: len(site.bodies("PUT", "/draft")), 1)
        field(page, "general", "名称").fill("查实")
        field(page, "general", "名称").blur()
        expect(page.locator("[data-save-state]")).to_have_text("有改动，即将自动保存")
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    assert ['name="查实"' in body["content"] for body in site.bodies("PUT", "/draft")] == [False, True]
    assert len([words for words in page.evaluate("heard") if words.startswith("已自动保存")]) == 1


def test_a_second_administrator_is_refused_with_a_comparison_and_loses_nothing(page: Page, site: Site) -> None:
    theirs = diagram("objection.bpmn").replace('name="受理异议"', 'name="登记异议"')
    comparison = {"content": theirs, "by": "张三", "revision": 9, "saved_at": "2026-11-22T06:03:00+00:00"}
    site.answers[("PUT", "/draft")] = (409, {"message": "张三已经保存了新的版本。", "comparison": comparison})
    open_editor(page)
    select(page, "investigate")
    field(page, "general", "名称").fill("核实")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("alert").first).to_contain_text("张三已经保存了新的版本")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载我的版本").click()
    assert 'name="核实"' in download.value.path().read_text()
    page.get_by_role("button", name="查看差别").click()
    expect(page.get_by_role("dialog")).to_contain_text("登记异议")
    expect(page.get_by_role("dialog")).to_contain_text("核实")


def test_my_version_goes_on_only_when_i_say_so(page: Page, site: Site) -> None:
    comparison = {"content": diagram("objection.bpmn"), "by": "张三", "revision": 9}
    site.answers[("PUT", "/draft")] = lambda body: (
        (200, {"revision": 10}) if body["revision"] == 9 else (409, {"comparison": comparison})
    )
    open_editor(page)
    select(page, "investigate")
    field(page, "general", "名称").fill("核实")
    page.keyboard.press("Control+s")
    page.get_by_role("button", name="以我的版本继续").click()
    page.get_by_role("button", name="用我的版本代替").click()
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")


def test_a_lost_connection_is_told_retried_and_survives_a_reload(page: Page, site: Site) -> None:
    site.down = True
    open_editor(page)
    select(page, "investigate")
    field(page, "general", "名称").fill("核实")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_contain_text("连接中断")
    page.reload()
    page.wait_for_selector("[data-studio-editor][data-ready]")
    site.down = False
    page.get_by_role("button", name="恢复这些改动").click()
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    assert 'name="核实"' in site.bodies("PUT", "/draft")[-1]["content"]


def test_content_that_cannot_be_kept_is_named_before_anything_is_saved(page: Page, site: Site) -> None:
    strange = diagram("objection.bpmn").replace(
        "<spiffworkflow:properties>", "<spiffworkflow:strange /><spiffworkflow:properties>", 1
    )
    site.answers[("GET", "/diagram")] = (200, strange)
    open_editor(page)
    expect(page.get_by_role("alert").first).to_contain_text("spiffworkflow:strange")
    select(page, "investigate")
    field(page, "general", "名称").fill("核实")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_contain_text("没有保存")
    assert site.bodies("PUT", "/draft") == []
    page.get_by_role("button", name="知道了，不保留这些内容").click()
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    assert len(site.bodies("PUT", "/draft")) == 1


def test_files_are_imported_and_exported(page: Page, site: Site) -> None:
    open_editor(page)
    content = diagram("objection.bpmn").replace('name="核查"', 'name="另一个"').encode()
    page.set_input_files("[data-import-file]", {"name": "另一个.bpmn", "mimeType": "", "buffer": content})
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    assert 'name="另一个"' in site.bodies("PUT", "/draft")[-1]["content"]
    for kind, begin in (("BPMN", "<?xml"), ("SVG", "<?xml")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"导出 {kind}").click()
        assert download.value.path().read_text().startswith(begin)


@pytest.mark.parametrize("encoding", ["GB18030", "UTF-16"])
def test_a_file_is_read_in_the_encoding_that_it_declares(page: Page, site: Site, encoding: str) -> None:
    open_editor(page)
    text = (
        diagram("objection.bpmn").replace('encoding="UTF-8"', f'encoding="{encoding}"').replace('name="核查"', 'name="财务审批"')
    )
    assert f'encoding="{encoding}"' in text
    page.set_input_files("[data-import-file]", {"name": "a.bpmn", "mimeType": "", "buffer": text.encode(encoding)})
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    assert 'name="财务审批"' in site.bodies("PUT", "/draft")[-1]["content"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<a>财务</a>".encode("gb18030"), "编码与它自己写明的不符"),
        (b"<a/>", "不是 BPMN"),
        (b'<!DOCTYPE x><d xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "DOCTYPE"),
    ],
)
def test_a_file_of_another_kind_is_refused_and_the_diagram_stays(page: Page, content: bytes, said: str) -> None:
    open_editor(page)
    page.set_input_files("[data-import-file]", {"name": "x.bpmn", "mimeType": "", "buffer": content})
    expect(page.get_by_role("dialog")).to_contain_text(said)
    page.get_by_role("button", name="知道了").click()
    expect(page.locator("[data-element-id=investigate]").first).to_be_visible()


def test_a_file_of_another_modeler_is_converted_with_a_report(page: Page, site: Site) -> None:
    converted = diagram("objection.bpmn").replace('name="核查"', 'name="改写过"')
    site.answers[("POST", "/import")] = (200, {"content": converted, "report": ["candidateGroups 改为泳道角色"]})
    site.show("studio", EDITOR.replace("data-file", 'data-import-url="/import" data-file'))
    open_editor(page)
    page.set_input_files("[data-import-file]", {"name": "a.bpmn", "mimeType": "", "buffer": diagram("objection.bpmn").encode()})
    expect(page.get_by_role("dialog")).to_contain_text("candidateGroups 改为泳道角色")
    page.get_by_role("button", name="知道了").click()
    assert 'name="改写过"' in saved(page, site)


def test_a_broken_file_is_refused_and_the_diagram_of_before_stays(page: Page, site: Site) -> None:
    open_editor(page)
    broken = diagram("objection.bpmn").replace("</bpmn:process>", "").encode()
    page.set_input_files("[data-import-file]", {"name": "a.bpmn", "mimeType": "", "buffer": broken})
    expect(page.get_by_role("alert")).to_contain_text("“a.bpmn”不能打开")
    expect(page.locator("[data-element-id=investigate]").first).to_be_visible()
    assert site.bodies("PUT", "/draft") == []


def test_the_simulation_runs_to_the_end_in_chinese_under_the_strict_policy(page: Page) -> None:
    open_editor(page)
    page.get_by_role("button", name="模拟").click()
    page.get_by_title("模拟记录").click()
    page.locator(".bts-context-pad:visible").first.click()
    expect(page.locator(".bts-log")).to_contain_text("流程结束")
    expect(page.locator(".bts-log")).to_contain_text("受理异议")
    page.get_by_role("button", name="结束模拟").click()
    expect(page.locator(".djs-palette")).to_be_visible()


def test_copy_paste_search_keys_and_others(page: Page, site: Site) -> None:
    site.answers[("POST", "/presence")] = (200, {"others": [{"name": "张三"}]})
    open_editor(page)
    expect(page.get_by_text("张三 也在编辑")).to_be_visible()
    page.get_by_role("button", name="快捷键").click()
    expect(page.get_by_role("dialog")).to_contain_text("Ctrl + F")
    page.get_by_role("button", name="关闭").click()
    page.locator("[data-element-id=investigate]").first.click()
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    page.mouse.move(590, 470)
    page.mouse.move(600, 480)
    page.mouse.click(600, 480)
    assert saved(page, site).count('name="核查"') == 2
    page.keyboard.press("Control+f")
    expect(page.locator(".djs-search-container")).to_be_visible()


def test_the_mark_of_the_maker_is_fully_visible(page: Page) -> None:
    open_editor(page)
    expect(page.locator(".bjs-powered-by")).to_be_in_viewport(ratio=1)
    covered = """() => { const r = document.querySelector('.bjs-powered-by').getBoundingClientRect();
    return document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2).closest('.bjs-powered-by') !== null; }"""
    assert page.evaluate(covered)
