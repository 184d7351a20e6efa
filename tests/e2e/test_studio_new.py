"""A complete new procedure of five steps, made from nothing in the studio without touching a file, deployed, and walked to its end."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.persistence.models import Case
from tests.e2e.pages import open_item, press
from tests.e2e.site import Site
from tests.e2e.studio import Board, Sheet, second_administrator

pytestmark = pytest.mark.browser
TITLE = "技能竞赛补贴"
ROLES = {
    "推荐单位": "推荐单位经办人",
    "街道经办人": "街道（产业办）经办人",
    "负责人": "区人社局负责人",
    "资金经办人": "资金经办人",
}
STEPS = (
    ("街道初审", "街道经办人", 590),
    ("区局复核", "经办人", 810),
    ("领导审批", "负责人", 960),
    ("发放登记", "资金经办人", 1110),
)


def begin_draft(page: Page) -> None:
    """Ask for a new procedure by its name alone, and say who its roles are and what its stages are called."""
    page.goto("/procedures")
    page.get_by_role("link", name="新建流程").click()
    page.get_by_label("流程名称").fill(TITLE)
    press(page, "建立草稿")
    page.get_by_role("link", name="流程设置").first.click()
    for number, (lane, role) in enumerate(ROLES.items(), start=1):
        page.get_by_role("button", name="添加一个角色").click()
        row = page.locator("[data-row]").nth(number)
        row.get_by_label("泳道名称").fill(lane)
        row.get_by_label("由谁办理").select_option(label=role)
    page.get_by_role("button", name="添加一个阶段").click()
    page.get_by_label("阶段名称").last.fill("审核")
    press(page, "保存设置")


def make_form(page: Page, title: str, number: str) -> None:
    """Make a form in which somebody decides: a remark, and two buttons."""
    box = page.locator("#new-file")
    box.get_by_label("名称", exact=True).fill(title)
    box.get_by_label("编号").fill(number)
    press(page, "新建并编辑")
    sheet = Sheet(page)
    sheet.ready()
    sheet.add("radio", "初审结论", key="review_decision")
    sheet.options(("通过", "pass"), ("退回补正", "return"))
    page.get_by_label("各选项显示为办理按钮").check()
    sheet.saved()
    page.get_by_role("button", name="预览（电脑）").click()
    expect(page.locator(".decision-bar").get_by_role("button", name="退回补正")).to_be_visible()


def draw(page: Page) -> Board:
    """Put four more steps and a choice on the line between the step that is there and the end."""
    page.get_by_role("link", name="草稿）").click()
    page.get_by_role("link", name=TITLE, exact=True).click()
    board = Board(page)
    board.ready()
    board.select("办理")
    board.field("general", "名称").fill("填写申请")
    board.field("general", "名称").blur()
    for name, _, x in STEPS:
        board.drop("用户任务", x, 180, name=name)
    board.drop("排他网关", 695, 180, name="初审通过？")
    expect(board.finding("还没有选择表单")).to_have_count(4)
    return board


def hand_out(board: Board) -> None:
    """Give each step its role, which draws the lanes, its form, its stage and its days."""
    board.page.get_by_role("button", name="收起").click()
    for name, lane in {"填写申请": "推荐单位", **{name: lane for name, lane, _ in STEPS}}.items():
        board.page.get_by_role("button", name="适合窗口").click()
        board.select(name)
        board.choose("people", "办理角色", lane)
        board.choose("form", "表单", "初审意见" if name == "街道初审" else "办理")
        if name == "街道初审":
            board.page.locator("[data-group=form]").get_by_label("初审结论").check()
            board.choose("stage", "办件进入阶段", "审核")
        board.due(5)


def branch(board: Board) -> None:
    """Let the first review send an application back: a condition on the way back, and the other way for all the rest."""
    board.page.get_by_role("button", name="适合窗口").click()
    board.connect("初审通过？", "填写申请")
    board.page.locator("[data-group=flow]").get_by_role("button", name="添加一个条件").click()
    board.page.get_by_label("条件1：变量").select_option(label="初审结论（review_decision）")
    board.page.get_by_label("条件1：值").select_option(label="退回补正")
    board.select("初审通过？")
    board.choose("gateway", "默认流向", "到“区局复核”")
    board.page.get_by_role("button", name="展开").click()
    expect(board.finding("场景没有走到结束")).to_be_visible()
    board.saved()


def walk_the_scenario(page: Page) -> None:
    """Bring the scenario up to date: what it knows is done for us, the new steps we do as each of their roles."""
    page.get_by_role("link", name="照场景演练并更新").first.click()
    press(page, "开始演练")
    for name, _, _ in STEPS:
        step = page.locator("form.step", has_text="由").filter(has=page.get_by_role("heading", name=name))
        step.get_by_role("link", name="必填项填入示例").click()
        expect(step.get_by_label("意见")).not_to_have_value("")
        step.get_by_role("button", name="通过" if name == "街道初审" else "代为办理").click()
    page.get_by_role("button", name="更新场景").click()
    expect(page.get_by_text("走通场景 1 个，共 1 个")).to_be_visible()


def deploy(site: Site, page: Page) -> None:
    """Ask for the deployment with a reason; a second administrator looks at it and agrees."""
    page.get_by_label("为什么修改").fill("今年起发放技能竞赛补贴")
    press(page, "提交部署")
    second = site.browse("process2")
    second.goto("/procedures")
    second.get_by_role("link", name="查看并确认").click()
    press(second, "确认部署")
    expect(second.get_by_text("已确认部署")).to_be_visible()


def do(site: Site, who: str, step: str, *, button: str = "提交") -> None:
    """Do what lies on somebody's desk."""
    page = site.browse(who)
    open_item(page, step)
    page.locator("textarea").first.fill("同意，材料齐全。")
    press(page, button)
    expect(page.locator(".work-form")).to_have_count(0)


@pytest.fixture
def site(at: Callable[[str], Site]) -> Site:
    """Serve a district with two administrators of procedures."""
    made = at("reviewing")
    second_administrator(made.world)
    return made


def test_a_procedure_of_five_steps_is_made_from_nothing_and_run_to_its_end(site: Site) -> None:
    page = site.browse("process")
    begin_draft(page)
    make_form(page, "初审意见", "street_review")
    board = draw(page)
    hand_out(board)
    branch(board)
    walk_the_scenario(page)
    deploy(site, page)
    applicant = site.browse("nominator")
    applicant.get_by_role("link", name="发起办件").first.click()
    applicant.get_by_label("办件名称").fill("焊工王某某的竞赛补贴")
    press(applicant, f"发起{TITLE}")
    applicant.locator("textarea").first.fill("在市级竞赛中获一等奖。")
    press(applicant, "提交")
    for who, step in (("clerk", "街道初审"), ("handler", "区局复核"), ("leader", "领导审批"), ("maker", "发放登记")):
        do(site, who, step, button="通过" if step == "街道初审" else "提交")
    assert site.world.all(select(Case.outcome).where(Case.title == "焊工王某某的竞赛补贴")) == ["finished"]
