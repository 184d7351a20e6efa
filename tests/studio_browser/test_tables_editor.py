"""The decision table editor: what it writes the engine can run, and a row to try it with."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.engine.gate.run import check
from tests.studio_browser.sample import diagram, gate_context
from tests.studio_browser.site import LOOSE, Site
from tests.waiting import becomes

pytestmark = pytest.mark.browser

EDITOR = """<div data-tables-editor data-file="grade.dmn" data-title="奖励标准" data-table-url="/table" data-check-url="/check"
data-draft-url="/draft" data-try-url="/try" data-revision="1" data-state="draft"></div>"""

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="defs" name="奖励标准" namespace="n">
<decision id="grade" name="奖励标准"><decisionTable id="table" hitPolicy="FIRST">
<input id="in1" label="得分"><inputExpression id="ie1" typeRef="number" expressionLanguage="python"><text>score</text></inputExpression></input>
<input id="in2" label="类别"><inputExpression id="ie2" typeRef="string" expressionLanguage="python"><text>kind</text></inputExpression></input>
<output id="out1" label="奖金" name="amount" typeRef="number" />
<rule id="rule1"><inputEntry id="c11"><text>&gt;= 90</text></inputEntry><inputEntry id="c12"><text>-</text></inputEntry>
<outputEntry id="o1"><text>10000</text></outputEntry></rule></decisionTable></decision></definitions>"""


@pytest.fixture(autouse=True)
def _table(site: Site) -> None:
    site.answers |= {
        ("GET", "/table"): (200, TABLE),
        ("POST", "/try"): (200, {"outputs": [{"amount": 10000}], "rules": ["rule1"]}),
    }
    site.show("tables-editor", EDITOR, policy=LOOSE)


def open_editor(page: Page) -> None:
    """Open the table editor and wait until it can be used."""
    page.goto("/")
    page.wait_for_selector("[data-tables-editor][data-ready]")


def test_a_cell_that_is_typed_is_saved_in_our_language(page: Page, site: Site) -> None:
    open_editor(page)
    page.locator("[data-element-id=c12]").click()
    page.keyboard.press("Control+a")
    page.keyboard.type('"team"')
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    content = site.bodies("PUT", "/draft")[-1]["content"]
    assert '<text>"team"</text>' in content
    assert "feel" not in content.lower()


def test_the_gate_accepts_the_table_that_was_saved(page: Page, site: Site) -> None:
    open_editor(page)
    page.locator("[data-element-id=c11]").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("60 < ? <= 80")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    task = '<bpmn:businessRuleTask id="disqualify" name="取消资格"><bpmn:extensionElements><spiffworkflow:calledDecisionId>grade'
    end = "</spiffworkflow:calledDecisionId></bpmn:extensionElements>"
    around = diagram("objection.bpmn").replace("</bpmn:serviceTask>", "</bpmn:businessRuleTask>")
    around = re.sub(r'<bpmn:serviceTask id="disqualify".*?</bpmn:extensionElements>', task + end, around, flags=re.DOTALL)
    files = {"o.bpmn": around.encode(), "grade.dmn": site.bodies("PUT", "/draft")[-1]["content"].encode()}
    recorded = ("recorder.unknown",)  # The sample knows no recorders.
    assert [one for one in check(files, context=gate_context()) if one.rule not in recorded] == []


def test_new_rules_and_columns_have_no_other_language(page: Page, site: Site) -> None:
    open_editor(page)
    for words in ("添加一行", "添加条件列", "添加结果列"):
        page.get_by_role("button", name=words, exact=True).first.click()
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    content = site.bodies("PUT", "/draft")[-1]["content"]
    assert content.count("<rule ") == 2 and content.count("<input ") == 3 and content.count("<output ") == 2
    assert 'expressionLanguage="feel"' not in content


def test_the_menus_are_chinese_and_offer_what_the_engine_runs(page: Page) -> None:
    open_editor(page)
    page.locator(".hit-policy-edit-policy-select").click()
    offered = page.locator(".dms-input-select .option, .options .option")
    expect(offered).to_have_text(["唯一：只能命中一行", "首行：取先命中的一行", "收集：命中的全部"])
    page.keyboard.press("Escape")
    for cell in ("c11", "o1"):
        page.locator(f"[data-element-id={cell}]").click(button="right")
        expect(page.locator(".context-menu")).to_contain_text("在下方添加一行")
        page.keyboard.press("Escape")
    page.locator("[data-col-id=in1].input-cell").first.dblclick()
    page.locator("[data-col-id=out1].output-cell").first.dblclick()
    assert page.evaluate("[...document.querySelector('[data-tables-editor]').studio.missing]") == []


def test_a_row_is_tried_on_the_server_and_the_hit_is_shown(page: Page, site: Site) -> None:
    open_editor(page)
    page.get_by_label("得分", exact=True).fill("95")
    page.get_by_role("button", name="试算").click()
    expect(page.locator(".tables-try-answer")).to_have_text("命中第 1 行：奖金 = 10000")
    expect(page.locator("[data-element-id=c11].tables-hit")).to_be_visible()
    assert site.bodies("POST", "/try")[0]["inputs"] == {"score": 95, "kind": None}


def test_findings_name_the_cell(page: Page, site: Site) -> None:
    said = {"message": "决策表的单元格不是允许的表达式", "cure": "请改写。"}
    finding = {"rule": "table.cell", "element": "c11", **said, "severity": "error", "file": "grade.dmn"}
    site.answers[("POST", "/check")] = (200, {"findings": [finding]})
    open_editor(page)
    expect(page.locator(".tables-findings")).to_contain_text("不是允许的表达式")
    expect(page.get_by_text("有 1 个错误，还不能部署")).to_be_visible()


def test_another_table_of_somebody_else_is_compared(page: Page, site: Site) -> None:
    theirs = TABLE.replace("10000", "8000")
    site.answers[("PUT", "/draft")] = (
        409,
        {"message": "张三已经保存了新的版本。", "comparison": {"content": theirs, "by": "张三"}},
    )
    open_editor(page)
    page.get_by_role("button", name="添加一行", exact=True).click()
    page.keyboard.press("Control+s")
    page.get_by_role("button", name="查看差别").click()
    expect(page.get_by_role("dialog")).to_contain_text("新增")
    expect(page.get_by_role("dialog").locator(".compare-cell").first).to_have_text("8000")


def test_a_row_that_moved_is_told_because_the_first_that_fits_decides(page: Page, site: Site) -> None:
    rule = TABLE[TABLE.index("<rule") : TABLE.index("</decisionTable>")]
    second = rule.replace("rule1", "rule2").replace('id="c1', 'id="c2').replace('id="o1"', 'id="o2"').replace("90", "60")
    site.answers["GET", "/table"] = (200, TABLE.replace(rule, rule + second))
    theirs = TABLE.replace(rule, second + rule)
    site.answers["PUT", "/draft"] = (409, {"comparison": {"content": theirs, "revision": 5}})
    open_editor(page)
    page.locator("[data-element-id=c12]").click()
    page.keyboard.type('"a"')
    page.keyboard.press("Control+s")
    page.get_by_role("button", name="查看差别").click()
    expect(page.get_by_role("dialog")).to_contain_text(re.compile("由第 [12] 行移到第 [12] 行"))


def test_the_mark_of_the_maker_is_visible(page: Page) -> None:
    open_editor(page)
    expect(page.locator(".bjs-powered-by")).to_be_in_viewport(ratio=1)


LISTS = {
    "tables": [
        {
            "file": "grade.dmn",
            "reads": [
                {"name": "score", "title": "得分", "options": []},
                {
                    "name": "kind",
                    "title": "类别",
                    "options": [{"value": "team", "label": "团队"}, {"value": "single", "label": "个人"}],
                },
            ],
        }
    ],
    "functions": [{"name": "len", "title": "个数"}],
}


@pytest.fixture
def offering(site: Site) -> None:
    """Let the house say what the table may read."""
    site.answers[("GET", "/lists")] = (200, LISTS)
    site.show("tables-editor", EDITOR.replace("data-check-url", 'data-context-url="/lists" data-check-url'), policy=LOOSE)


@pytest.mark.usefixtures("offering")
def test_a_cell_offers_the_choices_of_its_own_variable(page: Page, site: Site) -> None:
    open_editor(page)
    page.locator("[data-element-id=c12]").click()
    page.keyboard.press("Control+a")
    page.keyboard.type('"te')
    expect(page.locator(".tables-complete [role=option]")).to_have_text(['"team"团队'])
    page.keyboard.press("Enter")
    expect(page.locator("[data-element-id=c12]")).to_have_text('"team"')
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    assert '<text>"team"</text>' in site.bodies("PUT", "/draft")[-1]["content"]


@pytest.mark.usefixtures("offering")
def test_the_head_of_a_condition_offers_the_variables_that_are_there(page: Page, site: Site) -> None:
    open_editor(page)
    page.locator("th.input-cell", has_text="得分").dblclick()
    head = page.locator(".input-edit .ref-text")
    head.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("ki")
    page.locator(".tables-complete [role=option]", has_text="kind").click()
    expect(head).to_have_text("kind")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    # What is written in a head reaches the table a moment after it was typed, and is saved with the next change of the draft.
    becomes(page, lambda: "<text>kind</text>" in site.bodies("PUT", "/draft")[-1]["content"].partition("</input>")[0], True)


def test_the_key_saves_what_was_just_typed_in_a_head(page: Page, site: Site) -> None:
    open_editor(page)
    page.locator("th.input-cell", has_text="得分").dblclick()
    page.locator(".input-edit .ref-text").click()
    page.keyboard.press("Control+a")
    page.clock.install(time=0)
    page.clock.pause_at(1)  # neither the editor nor the draft finds time to act between the two
    page.keyboard.type("points")
    page.keyboard.press("Control+s")
    page.clock.run_for(1000)  # less than the draft waits before it saves by itself
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    assert ["<text>points</text>" in sent["content"] for sent in site.bodies("PUT", "/draft")] == [True]


def test_the_values_of_a_column_are_asked_for_in_chinese_and_can_be_read(page: Page) -> None:
    open_editor(page)
    page.locator("th.input-cell", has_text="类别").dblclick()
    values = page.locator(".allowed-values-edit")
    expect(values.get_by_placeholder('例如 "甲", "乙"')).to_be_visible()
    values.get_by_placeholder('例如 "甲", "乙"').fill("甲")
    expect(values).to_contain_text("文字要写在英文双引号里")
