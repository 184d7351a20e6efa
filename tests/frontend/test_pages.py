"""The bundles as a whole: diagram, htmx, policy, licences."""

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.pages import VENDOR, Site
from tests.waiting import settled

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" targetNamespace="t">
<process id="p"><startEvent id="begin"/><userTask id="review" name="专家评审"/>
<sequenceFlow id="f" sourceRef="begin" targetRef="review"/></process>
<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
<bpmndi:BPMNShape bpmnElement="begin"><dc:Bounds x="100" y="122" width="36" height="36"/></bpmndi:BPMNShape>
<bpmndi:BPMNShape bpmnElement="review"><dc:Bounds x="200" y="100" width="100" height="80"/></bpmndi:BPMNShape>
<bpmndi:BPMNEdge bpmnElement="f"><di:waypoint x="136" y="140"/><di:waypoint x="200" y="140"/></bpmndi:BPMNEdge>
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"""

PLACE = """<div class="diagram" data-diagram-url="/d.bpmn" data-diagram-label="流程图"
data-current="review" data-done="begin f gone"></div>"""


@pytest.mark.browser
def test_the_diagram_shows_where_a_case_stands_and_keeps_the_mark_of_its_maker(page: Page, site: Site) -> None:
    site.answers["/d.bpmn"] = (200, "application/xml", DIAGRAM)
    site.show(PLACE)
    page.goto("/")
    expect(page.locator("[data-diagram-shown]")).to_be_visible()
    expect(page.locator("[data-element-id=review].diagram-current")).to_be_visible()
    expect(page.locator("[data-element-id=begin].diagram-done")).to_be_visible()
    expect(page.locator(".diagram-word")).to_have_text(["已完成", "办理中"])
    expect(page.locator(".bjs-powered-by")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("img", name="流程图")).to_be_visible()


def long_diagram() -> str:
    """Two lanes that are longer than a screen, with the step that waits at their far end."""
    lanes = """<laneSet id="lanes"><lane id="panel" name="评审专家"><flowNodeRef>review</flowNodeRef></lane>
<lane id="office" name="街道经办人"><flowNodeRef>begin</flowNodeRef></lane></laneSet>"""
    shapes = "".join(
        f'<bpmndi:BPMNShape bpmnElement="{lane}" isHorizontal="true"><dc:Bounds x="50" y="{top}" width="6000" height="120"/></bpmndi:BPMNShape>'
        for lane, top in (("panel", 80), ("office", 200))
    )
    apart = DIAGRAM.replace('<process id="p">', f'<process id="p">{lanes}').replace('bpmnElement="p">', f'bpmnElement="p">{shapes}')
    return apart.replace('x="200" y="100"', 'x="5800" y="100"').replace('x="200" y="140"', 'x="5800" y="140"')


@pytest.mark.browser
def test_whose_lane_it_is_stands_at_the_edge_when_its_own_name_is_out_of_sight(page: Page, site: Site) -> None:
    site.answers["/d.bpmn"] = (200, "application/xml", long_diagram())
    site.show(PLACE)
    page.goto("/")
    expect(page.locator("[data-element-id=review].diagram-current")).to_be_in_viewport()
    expect(page.locator(".diagram-lane")).to_have_text(["评审专家", "街道经办人"])
    page.get_by_role("button", name="全图").click()
    expect(page.locator(".diagram-lane")).to_have_count(0)
    page.get_by_role("button", name="当前环节").click()
    expect(page.locator(".diagram-lane")).to_have_count(2)


@pytest.mark.browser
def test_a_form_refused_with_422_is_shown_and_no_script_in_an_answer_runs(page: Page, site: Site) -> None:
    site.answers["/send"] = (422, "text/html", "<p>请填写姓名</p><script>document.title = 2</script>")
    site.show('<form hx-post="/send" hx-target="this"><button>提交推荐</button></form>')
    page.goto("/")
    page.click("text=提交推荐")
    expect(page.get_by_text("请填写姓名")).to_be_visible()
    expect(page.locator(".htmx-settling, .htmx-added")).to_have_count(0)  # scripts would run by now
    assert page.title() == "测试页"


@pytest.mark.browser
def test_other_failures_are_told_and_leave_the_form(page: Page, site: Site) -> None:
    site.answers["/send"] = (500, "text/html", "<p>broken</p>")
    form = '<form hx-post="/send" hx-target="this"><button>提交推荐</button></form>'
    site.show(f'<p data-request-error role="alert" hidden></p>{form}')
    page.goto("/")
    page.click("text=提交推荐")
    expect(page.get_by_role("alert")).to_contain_text("已填写的内容没有丢失")
    expect(page.get_by_role("button")).to_be_enabled()


@pytest.mark.browser
def test_the_servers_own_word_is_shown_where_it_has_one(page: Page, site: Site) -> None:
    site.answers["/send"] = (409, "text/html", '<div role="alert">这项待办已由李四办理完毕。</div>')
    site.show('<p data-request-error role="alert" hidden></p><form hx-post="/send" hx-target="this"><button>认领</button></form>')
    page.goto("/")
    page.click("text=认领")
    expect(page.get_by_role("alert")).to_have_text("这项待办已由李四办理完毕。")


@pytest.mark.browser
def test_the_styles_have_our_colours_and_enough_contrast(page: Page, site: Site) -> None:
    buttons = [f'<button class="btn btn-{kind}">提交</button>' for kind in ("primary", "danger", "success", "outline-secondary")]
    site.show(f'<h1>待办</h1>{" ".join(buttons)} <a href="/">办件</a> <p class="text-secondary">说明</p>')
    page.goto("/")
    expect(page.locator(".btn-primary")).to_have_css("background-color", "rgb(26, 79, 149)")
    settled(page)
    page.add_script_tag(url="/vendor/axe.min.js")
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa']}).then(r => r.violations.map(v => v.id + ' ' + v.nodes.map(n => n.html)))"
    )
    assert found == []


def test_every_bundled_package_brings_its_licence() -> None:
    names = {path.name.split("-LICENSE")[0].split("-license")[0] for path in (VENDOR / "licenses").iterdir()}
    assert {"bootstrap", "htmx.org", "bpmn-js", "diagram-js", "popperjs-core", "axe-core"} <= names


@pytest.mark.browser
def test_a_form_that_would_come_back_is_sent_without_the_question(page: Page, site: Site) -> None:
    button = '<button name="decision" value="reject" data-confirm="确定？">驳回</button>'
    site.show(f'<form method="post" action="/go" data-check="/check" novalidate>{button}</form>')
    site.answers["/check"] = (200, "application/json", '{"fits": false}')
    page.goto("/")
    page.get_by_role("button", name="驳回").click()
    page.wait_for_url("**/go")
    assert [path for path, _ in site.posts] == ["/check", "/go"]
    assert "decision" in site.posts[0][1]
    site.answers["/check"] = (200, "application/json", '{"fits": true}')
    page.goto("/")
    page.get_by_role("button", name="驳回").click()
    expect(page.get_by_role("dialog")).to_contain_text("确定？")


DIALOG = """<section class="sheet"><h1>转办“初审”</h1><form method="post" action="/transfer" novalidate>
<label for="reason">原因</label><textarea id="reason" name="reason"></textarea><button>转办</button>
<a href="/elsewhere" data-dialog-close>返回，不转办</a></form></section>"""


@pytest.mark.browser
def test_a_page_of_one_form_opens_in_a_dialog_and_comes_back_with_its_sentences(page: Page, site: Site) -> None:
    site.show('<a href="/transfer" data-dialog>转办</a>')
    wrong = DIALOG.replace("<form", '<div class="error-summary" role="alert" tabindex="-1">请写明原因。</div><form')
    site.answers["/transfer"] = (200, "text/html", DIALOG)
    page.goto("/")
    page.get_by_role("link", name="转办").click()
    dialog = page.get_by_role("dialog", name="转办“初审”")
    expect(dialog.get_by_label("原因")).to_be_focused()
    site.answers["/transfer"] = (422, "text/html", wrong)
    dialog.get_by_role("button", name="转办").click()
    expect(dialog.get_by_role("alert")).to_be_focused()
    assert [path for path, _ in site.posts] == ["/transfer"]
    dialog.get_by_role("link", name="返回，不转办").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="转办")).to_be_focused()
