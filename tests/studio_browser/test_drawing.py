"""Drawing by hand: a procedure from nothing, a task put into a line, and what the gate says of what was drawn."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.engine.gate.run import check
from tests.studio_browser.helpers import choice, field, open_editor, saved, select
from tests.studio_browser.sample import diagram, gate_context
from tests.studio_browser.site import Site

pytestmark = pytest.mark.browser

BLANK = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
id="definitions_subsidy" targetNamespace="http://bpmn.io/schema/bpmn"><bpmn:process id="subsidy" name="补贴申请" isExecutable="true" />
<bpmndi:BPMNDiagram id="diagram_1"><bpmndi:BPMNPlane id="plane_1" bpmnElement="subsidy" /></bpmndi:BPMNDiagram></bpmn:definitions>"""

FIND = """name => document.querySelector('[data-studio-editor]').studio.modeler.get('elementRegistry')
.find(one => one.businessObject.$type === 'bpmn:' + name && one.parent && !one.labelTarget).id"""


ON_THE_LINE = """() => { const line = document.querySelector('[data-element-id=flow_hear_nominee__investigate] .djs-visual > path');
const at = line.getPointAtLength(45).matrixTransform(line.getScreenCTM()); return [at.x, at.y]; }"""


def drawn(page: Page, kind: str) -> str:
    """Return the id of the element of a kind that was drawn."""
    return str(page.evaluate(FIND, kind))


def append(page: Page, title: str) -> None:
    """Append an element with the pad beside the selected one."""
    page.locator(f".djs-context-pad [aria-label='{title}'], .djs-context-pad [title='{title}']").first.click()
    page.keyboard.press("Escape")


def test_a_procedure_is_drawn_from_nothing_and_the_gate_accepts_it(page: Page, site: Site) -> None:
    site.answers[("GET", "/diagram")] = (200, BLANK)
    open_editor(page)
    page.get_by_role("button", name="画一个泳道池").click()
    page.locator(".djs-palette [data-action='create.start-event']").click()
    page.mouse.move(400, 250)
    page.mouse.click(400, 250)
    append(page, "在后面添加：用户任务")
    select(page, drawn(page, "UserTask"))
    field(page, "general", "名称").fill("填写申请")
    field(page, "people", "办理角色").select_option("候选人")
    field(page, "form", "表单").select_option("hearing_statement")
    choice(page, "time", "办理期限").select_option("workdays")
    append(page, "添加结束事件")
    xml = saved(page, site)
    assert [finding.message for finding in check({"a.bpmn": xml.encode()}, context=gate_context())] == []
    assert 'processRef="subsidy"' in xml and 'name="due" value="workdays(5)"' in xml


def test_a_task_dropped_on_a_line_is_put_into_it(page: Page, site: Site) -> None:
    open_editor(page)
    page.locator(".djs-palette [data-action='create.user-task']").click()
    x, y = page.evaluate(ON_THE_LINE)
    page.mouse.move(x - 3, y)
    page.mouse.click(x, y)
    xml = saved(page, site)
    task = re.search(
        r'<bpmn:userTask id="(Activity_\w+)"><bpmn:incoming>(\w+)</bpmn:incoming><bpmn:outgoing>(\w+)</bpmn:outgoing>', xml
    )
    assert task is not None
    assert "flow_hear_nominee__investigate" in task.groups()


def test_a_timer_dropped_on_the_edge_of_a_task_guards_it(page: Page, site: Site) -> None:
    open_editor(page)
    page.locator(".djs-palette [data-action='create.timer-event']").click()
    box = page.locator("[data-element-id=investigate] .djs-visual").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + box["height"] - 3)
    page.mouse.click(box["x"] + 30, box["y"] + box["height"])
    choice(page, "timer", "到什么时候").select_option("workdays")
    page.get_by_label("发生时中断所在的任务").uncheck()
    xml = saved(page, site)
    assert re.search(
        r'<bpmn:boundaryEvent id="\w+" cancelActivity="false" attachedToRef="investigate">.*?workdays\(5\)</bpmn:timeDate>', xml
    )


@pytest.mark.parametrize("name", ["objection.bpmn", "artisan.bpmn"])
def test_the_gate_says_the_same_of_a_diagram_that_went_through_the_editor(page: Page, site: Site, name: str) -> None:
    site.answers[("GET", "/diagram")] = (200, diagram(name))
    open_editor(page)
    page.evaluate("document.querySelector('[data-studio-editor]').studio.draft.changed()")
    after = check({name: saved(page, site).encode()}, context=gate_context())
    before = check({name: diagram(name).encode()}, context=gate_context())
    assert after == before


def test_the_search_finds_a_step_and_shows_it(page: Page) -> None:
    open_editor(page)
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".djs-search-input input")).to_be_focused()
    page.keyboard.type("作出决定")
    page.keyboard.press("Enter")
    expect(page.locator(".studio-panel-head")).to_have_text("用户任务作出决定")
