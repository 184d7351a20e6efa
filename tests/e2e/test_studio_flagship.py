"""The flagship is changed this afternoon: a step more, checked, rehearsed, deployed by two, and a running round follows by migration."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.persistence.models import Case
from tests.e2e.pages import press
from tests.e2e.site import Site
from tests.e2e.studio import Board, Sheet, second_administrator

pytestmark = pytest.mark.browser
STEP, BEFORE, AFTER = "党组会前置审核", "拟定名单", "党组会审议"
FORM = "党组会前置审核意见"


@pytest.fixture
def site(at: Callable[[str], Site]) -> Site:
    """Serve a district in which a round runs, with two administrators of procedures."""
    made = at("reviewing")
    second_administrator(made.world)
    return made


def open_the_diagram(page: Page) -> Board:
    """Begin a draft of the version in use, and open the round's diagram where the list is drawn up."""
    page.goto("/procedures")
    page.get_by_role("button", name="从此版本起草").first.click()
    page.get_by_role("link", name="评选轮次", exact=True).click()
    board = Board(page)
    board.ready()
    page.get_by_role("button", name="收起").click()
    board.find(BEFORE)
    for _ in range(2):
        page.get_by_role("button", name="缩小").click()
    board.scroll_to(AFTER)
    return board


def insert(board: Board) -> None:
    """Put the step beside the way from one to the other, see what it lacks, and connect it in the place of the old arrow."""
    above, below = board.shape(BEFORE), board.shape(AFTER)
    middle = above["x"] + above["width"] / 2
    board.drop("用户任务", middle + 130, (above["y"] + below["y"]) / 2, name=STEP)
    for words in ("从开始事件到不了", "没有流出的顺序流", "还没有选择表单"):
        expect(board.finding(words)).to_have_count(1)
    board.click(middle, (above["y"] + above["height"] + below["y"]) / 2 + 20)
    expect(board.page.locator(".studio-panel-head")).to_contain_text("顺序流")
    board.page.keyboard.press("Delete")
    board.connect(BEFORE, STEP)
    board.connect(STEP, AFTER)
    expect(board.finding("从开始事件到不了")).to_have_count(0)


def give_it_role_form_and_days(board: Board) -> None:
    """Choose who does it, make a form for it in another window, and set how many days there are."""
    page = board.page
    board.find(STEP)
    board.choose("people", "办理角色", "区人社局负责人")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="新建表单").click()
    made = opened.value
    made.locator("#new-file").get_by_label("名称", exact=True).fill(FORM)
    press(made, "新建并编辑")
    sheet = Sheet(made)
    sheet.ready()
    sheet.add("datetime", "审核日期", key="checked_on")
    sheet.saved()
    made.close()
    board.choose("form", "表单", FORM)
    board.due(3)
    expect(board.finding("还没有选择表单")).to_have_count(0)
    expect(board.finding("场景的步骤做不下去").first).to_be_attached()
    board.saved()


def walk(page: Page, title: str) -> None:
    """Walk a scenario of before again: the new step is done by hand each time that it comes, the rest by the scenario."""
    page.get_by_role("combobox", name="照已有的场景走（可不选）").select_option(label=title)
    with page.expect_navigation():
        press(page, "开始演练")
    while page.get_by_text("演练进行中").count():
        step = page.locator("form.step").filter(has=page.get_by_role("heading", name=STEP))
        step.get_by_role("link", name="必填项填入示例").click()
        expect(step.get_by_label("意见")).to_have_value("意见（示例）")
        for button in (step.get_by_role("button", name="代为办理"), page.get_by_role("button", name="照场景继续走")):
            with page.expect_navigation():
                button.click()
    expect(page.locator(".path")).to_contain_text(STEP)


def bring_scenarios_up_to_date(page: Page) -> None:
    """Mend what the change broke, and record one more scenario of one's own."""
    page.get_by_role("link", name="草稿）").click()
    page.locator("ol.findings").wait_for()
    page.get_by_role("link", name="照它演练并更新").first.click()
    walk(page, page.locator("#scenario option:checked").inner_text())
    page.get_by_role("button", name="更新场景").click()
    page.get_by_role("button", name="更新能走通的场景").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.get_by_text("没有错误，可以部署")).to_be_visible()
    page.get_by_role("link", name="演练", exact=True).click()
    walk(page, "一届评选顺利完成")
    page.get_by_label("场景名称").fill("党组会前置审核走通")
    press(page, "存为场景")
    expect(page.get_by_text("走通场景 ")).to_be_visible()


def deploy(site: Site, page: Page) -> None:
    """Ask with a reason; the second administrator sees both diagrams side by side, and agrees."""
    page.get_by_label("为什么修改").fill("区委要求：提交党组会之前先行审核")
    press(page, "提交部署")
    second = site.browse("process2")
    second.goto("/procedures")
    second.get_by_role("link", name="查看并确认").click()
    second.wait_for_selector("[data-studio-compare][data-ready]")
    expect(second.locator(".compare-summary")).to_contain_text("新增")
    press(second, "确认部署")
    expect(second.get_by_text("已确认部署")).to_be_visible()


def begin_a_second_round(site: Site) -> None:
    """Begin a round, which takes the version in use."""
    page = site.browse("handler")
    page.goto("/rounds")
    page.get_by_label("名称", exact=True).fill("第二届“临空港工匠”评选")
    press(page, "新建评选轮次")
    expect(page.get_by_role("heading", name="第二届")).to_be_visible()


def migrate_the_first(page: Page) -> None:
    """Take the round that runs to the new version, and nothing else."""
    page.goto("/procedures")
    page.get_by_role("link", name="第 1 版", exact=True).click()
    page.get_by_role("link", name="迁移办件").click()
    expect(page.locator("input[name=case]").first).to_be_visible()
    page.wait_for_load_state()
    for box in page.locator("input[name=case]").all():
        row = box.locator("xpath=ancestor::tr")
        box.set_checked("LC" in row.inner_text())
    page.get_by_label("迁移原因").fill("按新要求办理")
    press(page, "试算")
    page.get_by_text("可以迁移 1 件").wait_for()
    press(page, "开始迁移")
    page.get_by_text("已完成：迁移成功 1 件").wait_for()


def versions_of_rounds(site: Site) -> list[int]:
    """Return the version on which each round runs, oldest first."""
    found: list[int] = site.world.all(select(Case.procedure_version_id).where(Case.kind == "round").order_by(Case.id))
    return found


def test_a_step_is_added_to_the_flagship_and_a_running_round_follows(site: Site) -> None:
    page = site.browse("process")
    board = open_the_diagram(page)
    insert(board)
    give_it_role_form_and_days(board)
    bring_scenarios_up_to_date(page)
    deploy(site, page)
    begin_a_second_round(site)
    assert versions_of_rounds(site) == [1, 2]
    migrate_the_first(page)
    assert versions_of_rounds(site) == [2, 2]
    page.goto("/procedures/versions/2/live")
    page.wait_for_selector("[data-studio-live][data-ready]")
    expect(page.locator(".live-mark")).to_have_count(2)
    for step, number in (("登记批准依据", "LC2026-02"), ("申报截止", "LC2026-01")):
        expect(page.get_by_role("row", name=step)).to_contain_text("1")
        page.locator(".live-table").get_by_role("link", name=step).click()
        expect(page.get_by_text(number)).to_be_visible()
        page.go_back()
