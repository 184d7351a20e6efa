"""What is only looked at: two versions side by side, and the live view."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.studio_browser.sample import diagram
from tests.studio_browser.site import Site
from tests.waiting import fits

pytestmark = pytest.mark.browser

COMPARE = """<div data-studio-compare data-before-url="/before" data-after-url="/after" data-before-title="第2版"
data-after-title="草稿"></div>"""
LIVE = '<div data-studio-live data-diagram-url="/diagram" data-live-url="/live"></div>'
NODES = {
    "accept_objection": {
        "open": 3, "overdue": 1, "median_hours": 20, "longest_hours": 72, "done": 12, "spent_hours": 96,
        "spent_median_hours": 9, "url": "/cases?node=a",
    },
    "investigate": {
        "open": 8, "items": 24, "overdue": 0, "median_hours": 120, "longest_hours": 300, "done": 0, "spent_hours": 480,
    },
}  # fmt: skip


def changed() -> str:
    """Return the objection diagram with one task changed, one moved, one added and one taken away."""
    xml = re.sub(r'name="due" value="[^"]*"', 'name="due" value="workdays(9)"', diagram("objection.bpmn"), count=1)
    xml = xml.replace('<dc:Bounds x="232" y="127" ', '<dc:Bounds x="232" y="137" ', 1)
    flow = r'<bpmn:sequenceFlow id="flow_disqualify__end_upheld"[^>]*/>'
    xml = re.sub(flow, '<bpmn:userTask id="notify" name="告知单位" />', xml)
    edge = r'<bpmndi:BPMNEdge id="[^"]*" bpmnElement="flow_disqualify__end_upheld">.*?</bpmndi:BPMNEdge>'
    shape = '<bpmndi:BPMNShape id="notify_di" bpmnElement="notify"><dc:Bounds x="1600" y="220" width="100" height="80" /></bpmndi:BPMNShape>'
    xml = re.sub(edge, shape, xml, flags=re.DOTALL)
    return re.sub(r"<bpmn:(incoming|outgoing)>flow_disqualify__end_upheld</bpmn:\1>", "", xml)


def show_comparison(page: Page, site: Site) -> None:
    """Open the comparison and wait until it stands."""
    site.answers |= {("GET", "/before"): (200, diagram("objection.bpmn")), ("GET", "/after"): (200, changed())}
    site.show("studio-views", COMPARE)
    page.goto("/")
    page.wait_for_selector("[data-studio-compare][data-ready]")


def test_differences_are_counted_marked_and_named(page: Page, site: Site) -> None:
    show_comparison(page, site)
    expect(page.locator(".compare-summary")).to_have_text("新增 1 处，删除 1 处，修改 1 处，移动 1 处")
    expect(page.locator("[data-kind=added]")).to_contain_text("告知单位")
    expect(page.locator("[data-kind=changed] tbody")).to_contain_text(re.compile(r"办理期限workdays\(.+workdays\(9\)"))
    expect(page.locator("[data-kind=removed]")).to_contain_text("从“取消资格”到“异议成立”")
    expect(page.locator(".compare-picture").nth(1).locator(".compare-word")).to_have_text(["新增", "修改", "移动"])


def test_the_list_jumps_to_the_element_in_both_pictures(page: Page, site: Site) -> None:
    show_comparison(page, site)
    page.get_by_role("button", name="受理异议").click()
    expect(page.locator("[data-element-id=accept_objection].compare-focus")).to_have_count(2)


def test_equal_versions_say_so(page: Page, site: Site) -> None:
    site.answers |= {("GET", "/before"): (200, diagram("artisan.bpmn")), ("GET", "/after"): (200, diagram("artisan.bpmn"))}
    site.show("studio-views", COMPARE)
    page.goto("/")
    expect(page.locator(".compare-summary")).to_have_text("两个版本的流程图没有差别。")


def test_the_live_view_counts_waits_and_links(page: Page, site: Site) -> None:
    site.answers[("GET", "/live")] = (200, {"period": "30d", "periods": [{"id": "30d", "title": "近30天"}], "nodes": NODES})
    site.show("studio-views", LIVE)
    page.goto("/")
    page.wait_for_selector("[data-studio-live][data-ready]")
    expect(page.locator(".live-mark")).to_have_text(["3 件超期 1", "8 件（24 项待办）"])
    expect(page.locator("[data-element-id=investigate].live-shade-5")).to_be_visible()
    expect(page.locator("a.live-mark")).to_have_attribute("href", "/cases?node=a")
    page.get_by_role("button", name="已等待").click()
    expect(page.locator("[data-node=investigate]")).to_have_text("中位 5天，最长 12.5天")
    page.get_by_role("button", name="办理用时").click()
    expect(page.locator("[data-node=accept_objection]")).to_have_text("合计 4天（办结 12 件，中位 9小时）")
    expect(page.locator("[data-node=investigate]")).to_have_text(
        "合计 20天"
    )  # nothing of it is done, and it is where the time goes
    expect(page.locator("[data-element-id=investigate].live-shade-5")).to_be_visible()
    expect(page.get_by_role("row", name="核查")).to_contain_text("8")


def test_the_live_view_fits_a_phone(page: Page, site: Site) -> None:
    site.answers[("GET", "/live")] = (200, {"nodes": NODES})
    site.show("studio-views", LIVE)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    page.wait_for_selector("[data-studio-live][data-ready]")
    fits(page)
    expect(page.locator(".bjs-powered-by")).to_be_in_viewport(ratio=1)


def test_on_a_phone_a_large_diagram_stands_where_most_is_going_on(page: Page, site: Site) -> None:
    site.answers |= {("GET", "/live"): (200, {"nodes": {"expert_scoring": {"open": 3}, "preliminary_review": {"open": 9}}}),
                     ("GET", "/diagram"): (200, diagram("artisan.bpmn"))}  # fmt: skip
    site.show("studio-views", LIVE)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    page.wait_for_selector("[data-studio-live][data-ready]")
    expect(page.locator("[data-node=preliminary_review]")).to_be_in_viewport()
    expect(page.locator("[data-element-id=preliminary_review] text").first).to_be_visible()
    page.get_by_role("button", name="适合窗口").click()
    expect(page.locator("[data-element-id=preliminary_review] text").first).to_be_hidden()
