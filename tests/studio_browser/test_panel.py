"""The properties panel: what is filled in stands in the diagram that is saved, as the engine reads it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.studio_browser.helpers import choice, field, open_editor, saved, select
from tests.studio_browser.sample import context, diagram
from tests.studio_browser.site import Site

pytestmark = pytest.mark.browser


def node(xml: str, element: str) -> str:
    """Return one element of a saved diagram."""
    found = re.search(rf'<bpmn:(\w+) id="{element}"[^>]*?(/>|>.*?</bpmn:\1>)', xml)
    assert found is not None
    return found.group()


def test_a_user_task_gets_form_exports_due_and_the_rest(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "hear_nominee")
    field(page, "form", "表单").select_option("investigation")
    field(page, "form", "核查结论").check()
    field(page, "form", "提交按钮").fill("提交核查报告")
    field(page, "people", "指定办理人").fill("nominee")
    field(page, "people", "核查").check()
    choice(page, "time", "办理期限").select_option("workdays")
    field(page, "time", "办理期限：数量").fill("7")
    field(page, "time", "退回").check()
    xml = node(saved(page, site), "hear_nominee")
    for name, value in {"form": "investigation", "exports": "finding", "submit": "提交核查报告", "assignee": "nominee"}.items():
        assert f'<spiffworkflow:property name="{name}" value="{value}" />' in xml
    assert 'name="due" value="workdays(7)"' in xml
    assert 'name="not_same_as" value="investigate"' in xml
    assert 'name="actions" value="return_to"' in xml


def test_a_setting_of_the_plan_is_a_due_date(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "hear_nominee")
    choice(page, "time", "办理期限").select_option("setting")
    field(page, "time", "办理期限：名称").select_option("review_days")
    assert 'value="workdays(setting(&#34;review_days&#34;))"' in node(saved(page, site), "hear_nominee").replace(
        "&quot;", "&#34;"
    )


def test_choosing_a_role_moves_the_task_into_its_lane_and_draws_a_missing_one(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "hear_nominee")
    field(page, "people", "办理角色").select_option("异议核查员")
    assert "<bpmn:flowNodeRef>hear_nominee</bpmn:flowNodeRef>" in node(saved(page, site), "lane_objection_investigator")
    field(page, "people", "办理角色").select_option("监督员")
    xml = saved(page, site)
    lane = re.search(r'<bpmn:lane id="\w+" name="监督员">.*?</bpmn:lane>', xml)
    assert lane is not None and "hear_nominee" in lane.group()
    page.get_by_role("button", name="撤销").click()
    expect(field(page, "people", "办理角色")).to_have_value("异议核查员")
    assert "监督员" not in saved(page, site)


def test_an_operation_shows_its_typed_parameters(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "disqualify")
    field(page, "operation", "操作").select_option("assign_panel")
    field(page, "operation", "人数（整数，必填）").fill("7")
    field(page, "operation", "结果存入变量").fill("panel")
    xml = node(saved(page, site), "disqualify")
    assert '<spiffworkflow:serviceTaskOperator id="assign_panel" resultVariable="panel">' in xml
    assert '<spiffworkflow:parameter id="count" type="integer" value="7" />' in xml
    expect(page.locator("[data-group=operation]")).to_contain_text("把专家组分给各办件")


def test_a_condition_is_built_from_what_the_form_before_gives(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "flow_gw_upheld__disqualify")
    field(page, "flow", "条件1：变量").select_option("finding")
    field(page, "flow", "条件1：值").select_option(index=1)
    xml = node(saved(page, site), "flow_gw_upheld__disqualify")
    assert re.search(r">finding == \"\w+\"</bpmn:conditionExpression>", xml)


def test_an_expression_completes_the_variables_of_this_place(page: Page) -> None:
    open_editor(page)
    select(page, "hear_nominee")
    assignee = field(page, "people", "指定办理人")
    assignee.fill("")
    assignee.press_sequentially("acc")
    expect(page.locator(".studio-complete:visible li").first).to_contain_text("accepted")
    expect(page.locator(".studio-complete:visible")).not_to_contain_text("upheld")
    page.keyboard.press("Enter")
    expect(assignee).to_have_value("accepted")


def test_countersigning_keeps_its_variables_and_gets_a_quorum(page: Page, site: Site) -> None:
    lists = context()
    lists["variables"]["objection"].append({"name": "panel", "title": "核查组", "kind": "list"})
    site.answers["GET", "/context"] = (200, lists)
    open_editor(page)
    select(page, "investigate")
    page.locator("[data-group=loop] summary").click()
    field(page, "loop", "方式").select_option("parallel")
    field(page, "loop", "名单（集合变量）").select_option(label="核查组（panel）")
    for label, text in {"每一次的元素变量": "member", "结果存入（列表变量）": "votes", "每一次的结果变量": "vote"}.items():
        field(page, "loop", label).fill(text)
    choice(page, "loop", "多少人办完算完成").select_option("count")
    field(page, "loop", "法定人数或比例").fill("3")
    xml = node(saved(page, site), "investigate")
    assert "<bpmn:loopDataInputRef>panel</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>votes</bpmn:loopDataOutputRef>" in xml
    assert '<bpmn:inputDataItem id="investigate_item" name="member" />' in xml
    assert ">nrOfCompletedInstances &gt;= 3</bpmn:completionCondition>" in xml


def test_votes_for_an_opinion_are_counted_without_writing_an_expression(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "investigate")
    page.locator("[data-group=loop] summary").click()
    field(page, "loop", "方式").select_option("parallel")
    choice(page, "loop", "多少人办完算完成").select_option(label="某个意见达到若干票")
    field(page, "loop", "哪个意见").select_option(index=1)
    field(page, "loop", "法定人数或比例").fill("4")
    found = node(saved(page, site), "investigate").replace("&#34;", '"').replace("&quot;", '"').replace("&gt;", ">")
    assert re.search(r'len\(\[o for o in outputs if o\["finding"\] == "\w+"\]\) >= 4</bpmn:completionCondition>', found)
    choice(page, "loop", "多少人办完算完成").select_option(label="某个意见达到一定比例（百分数）")
    assert "* 100 >= nrOfInstances * 50<" in node(saved(page, site), "investigate").replace("&gt;", ">")
    field(page, "form", "核查结论").uncheck()
    choice(page, "loop", "多少人办完算完成").select_option(label="全部办完")
    choice(page, "loop", "多少人办完算完成").select_option(label="某个意见达到若干票")
    expect(page.locator("[data-group=loop]")).to_contain_text("请先在“填什么”中勾选要计票的字段")


def test_a_default_flow_and_the_outcome_of_an_end(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "gw_upheld")
    field(page, "gateway", "默认流向").select_option("flow_gw_upheld__disqualify")
    select(page, "end_upheld")
    field(page, "ending", "办理结果").fill("disqualified")
    xml = saved(page, site)
    assert 'default="flow_gw_upheld__disqualify"' in node(xml, "gw_upheld")
    assert 'name="outcome" value="disqualified"' in node(xml, "end_upheld")


def test_timers_and_messages_are_chosen(page: Page, site: Site) -> None:
    site.answers[("GET", "/diagram")] = (200, diagram("artisan.bpmn"))
    open_editor(page)
    select(page, "nomination_window")
    expect(field(page, "timer", "到什么时候：名称")).to_have_value("nomination_close")
    choice(page, "timer", "到什么时候").select_option("duration")
    select(page, "await_qualified")
    field(page, "message", "等待的消息").select_option("all_inspected")
    xml = saved(page, site)
    assert 'duration("P5D")</bpmn:timeDate>' in node(xml, "nomination_window")
    assert 'messageRef="msg_all_inspected"' in node(xml, "await_qualified")


def test_what_was_typed_last_is_saved_and_undo_takes_back_one_field(page: Page, site: Site) -> None:
    open_editor(page)
    select(page, "investigate")
    field(page, "general", "名称").press("End")
    page.keyboard.insert_text("（复核）")  # at once: who pauses while typing has written two things
    assert 'name="核查（复核）"' in saved(page, site)
    page.get_by_role("button", name="撤销").click()
    expect(field(page, "general", "名称")).to_have_value("核查")
    expect(page.get_by_role("button", name="撤销")).to_be_disabled()


@pytest.mark.parametrize(
    ("given", "said"), [("Start", "引擎保留"), ("accept_objection", "已经有别的元素"), ("1 a", "以字母开头")]
)
def test_an_id_that_cannot_be_is_refused_at_once(page: Page, given: str, said: str) -> None:
    open_editor(page)
    select(page, "investigate")
    field(page, "about", "编号").fill(given)
    field(page, "about", "编号").blur()
    expect(page.locator("[data-group=about] [role=alert]")).to_contain_text(said)


@pytest.mark.parametrize("name", ["objection.bpmn", "artisan.bpmn"])
def test_a_round_trip_loses_nothing(page: Page, site: Site, name: str) -> None:
    site.answers[("GET", "/diagram")] = (200, diagram(name))
    open_editor(page)
    select(page, "investigate" if name == "objection.bpmn" else "draw_panel")
    field(page, "general", "名称").press_sequentially("一")
    xml = saved(page, site)
    before = re.sub(r">\s+<", "><", diagram(name))
    for tag in (
        "spiffworkflow:property ",
        "bpmn:loopDataInputRef",
        "bpmn:inputDataItem",
        "bpmn:conditionExpression",
        "bpmn:flowNodeRef",
        "bpmn:documentation",
    ):
        assert xml.count(f"<{tag}") == before.count(f"<{tag}")


def test_a_parameter_of_the_wrong_kind_is_told_while_it_is_typed(page: Page) -> None:
    open_editor(page)
    select(page, "disqualify")
    field(page, "operation", "操作").select_option("assign_panel")
    number = field(page, "operation", "人数（整数，必填）")
    said = page.locator("[data-group=operation] .studio-problem:visible")
    expect(said).to_have_text("请填写，这个参数不能空着。")
    for value, words in (('"三"', "应当是整数，例如 3。"), ("panel_size", "到这一步还没有叫“panel_size”的变量。")):
        number.fill(value)
        expect(said).to_have_text(words)
    number.fill("3")
    expect(said).to_have_count(0)


def test_what_the_gate_says_of_an_element_stands_above_its_fields_and_at_the_one_it_names(page: Page, site: Site) -> None:
    message = "业务操作的参数种类不对：“取消资格”的“人数”应当是整数"
    finding = {"rule": "operation.parameter_type", "element": "disqualify", "message": message, "cure": "请按说明填写。"}
    site.answers[("POST", "/check")] = (200, {"findings": [{**finding, "severity": "error", "file": "objection.bpmn"}]})
    open_editor(page)
    select(page, "disqualify")
    expect(page.locator(".studio-panel-findings li")).to_have_text([f"错误{message}请按说明填写。"])
    field(page, "operation", "操作").select_option("assign_panel")
    field(page, "operation", "人数（整数，必填）").fill("3 + 4")
    expect(page.locator("[data-group=operation] .studio-problem:visible")).to_have_text(message)
    select(page, "hear_nominee")
    expect(page.locator(".studio-panel-findings")).to_be_hidden()
