"""The dialogs of 转办, 退回, 加签 and 减签: for whom, with and without scripts, refused with what was typed, sent once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.persistence.models import Case, User, WorkItem
from app.services.casework import work_items
from app.services.casework.case_next import what_next
from app.services.packages.procedure_cache import ProcedureCache
from tests.applications import lent_application, settings
from tests.databases import Databases
from tests.services import filled
from tests.services.item_actions_world import build_check, build_review
from tests.services.test_item_actions import flagged, on, return_to
from tests.services.world import World

HTMX = {"HX-Request": "true"}


class Site:
    """The pages on a district of its own."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.app = lent_application(settings(folder), world.context)
        self.app.config["WTF_CSRF_ENABLED"] = False

    def client(self, who: str) -> FlaskClient:
        """Return a browser in which somebody has logged in."""
        browser = self.app.test_client()
        with browser.session_transaction() as session:
            session.update(_user_id=str(self.world.users[who]), epoch=0, seen=int(self.world.clock().timestamp()))
        return browser

    def page(self, who: str, path: str, status: int = 200, headers: dict[str, str] | None = None) -> str:
        """Return a page as text."""
        answer = self.client(who).get(path, headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    @property
    def case_id(self) -> int:
        """The case of the nominee."""
        return int(self.world.all(select(Case.id).where(Case.kind == "nomination"))[0])


@pytest.fixture(scope="module")
def parsed() -> ProcedureCache:
    """Return one cache for all databases of this module: they are copies."""
    return ProcedureCache()


@pytest.fixture
def review(databases: Databases, parsed: ProcedureCache, tmp_path: Path) -> Iterator[Site]:
    """Return pages on a district whose nominee waits for the first review."""
    with databases.engine(build_review) as engine:
        yield Site(on(engine, parsed), tmp_path)


@pytest.fixture
def check(databases: Databases, parsed: ProcedureCache, tmp_path: Path) -> Iterator[Site]:
    """Return pages on a district whose nominee waits for the departments."""
    with databases.engine(build_check) as engine:
        yield Site(on(engine, parsed), tmp_path)


def test_the_dialog_is_a_page_without_scripts_and_a_fragment_with_them(review: Site) -> None:
    path = f"/work-items/{review.world.item('preliminary_review')}/transfer"
    whole, part = review.page("clerk", path), review.page("clerk", path, headers=HTMX)
    assert "<html" in whole
    assert "<html" not in part
    assert "clerk2乙" in part
    assert "torn_clerk乙" not in part  # who nominated for the unit is barred
    assert "far_clerk乙" not in part


def test_an_item_is_passed_on_by_its_page(review: Site) -> None:
    item_id, sent = review.world.item("preliminary_review"), {"user": review.world.users["clerk2"], "reason": "出差"}
    assert f"/work-items/{item_id}/transfer" in review.page("clerk", f"/work-items/{item_id}")
    answer = review.client("clerk").post(f"/work-items/{item_id}/transfer", data=sent, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/desk")
    again = review.client("clerk").post(f"/work-items/{item_id}/transfer", data=sent)
    assert again.status_code == 409
    assert "clerk2乙" in again.get_data(as_text=True)
    assert review.page("clerk2", f"/work-items/{item_id}")


def test_a_reason_of_several_lines_keeps_them(review: Site) -> None:
    item_id = review.world.item("preliminary_review")
    sent = {"user": review.world.users["clerk2"], "reason": "一、本人出差\r\n二、月底回来"}
    assert review.client("clerk").post(f"/work-items/{item_id}/transfer", data=sent).status_code == 303
    assert '<p class="opinion">一、本人出差\n二、月底回来</p>' in review.page("clerk2", f"/cases/{review.case_id}")


def test_who_was_given_an_item_reads_why_and_may_give_it_to_the_group(review: Site) -> None:
    item_id = review.world.item("preliminary_review")
    path, sent = f"/work-items/{item_id}", {"user": review.world.users["clerk2"], "reason": "本人出差"}
    assert "退回小组" not in review.page("clerk", path)
    review.client("clerk").post(f"{path}/transfer", data=sent)
    page = review.page("clerk2", path)
    assert '<span class="notice-word">转办说明</span><span class="keep-lines">本人出差</span>' in page and "退回小组" in page
    browser = review.client("clerk2")
    browser.post(f"{path}/release")
    assert "已退回小组，同组的人都可以认领。" in browser.get("/desk").get_data(as_text=True)
    assert "转办说明" not in review.page("clerk", path)


def test_who_has_work_in_a_case_finds_it_on_its_page_and_urges_nobody(review: Site) -> None:
    item_id, path = review.world.item("preliminary_review"), f"/cases/{review.case_id}"
    button = f'href="/work-items/{item_id}">办理“初审”</a>'
    assert button in review.page("clerk", path) and button in review.page("clerk2", path)
    assert button not in review.page("handler", path) and "催办</button>" in review.page("handler", path)
    review.client("clerk").post(f"/work-items/{item_id}/claim")
    assert button in review.page("clerk", path) and button not in review.page("clerk2", path)
    assert "办理“初审”" not in review.page("torn_clerk", path)  # who nominated for the unit is barred


def test_who_hands_a_case_on_to_work_that_is_not_told_them_reads_that_others_have_it(review: Site) -> None:
    world = review.world
    world.do("clerk", "preliminary_review", filled.PRELIMINARY)
    actor, item_id = world.actor("street_leader"), world.item("rank_nominee")
    values = world.through_form(actor, item_id, {"recommendation_rank": 1, "opinion": "同意", "rank_decision": "accept"})
    work = work_items.complete(world.context, actor=actor, item_id=item_id, values=values)
    said = what_next(world.context, work, actor=actor)
    assert said == "“审核排序”已办理：同意推荐。办件现在处于“复核”，由其他人员办理，您不用再做什么。"


def test_passing_on_is_not_offered_where_nobody_else_could_take_it(review: Site) -> None:
    path = f"/work-items/{review.world.item('preliminary_review')}"
    assert "现在不能转办" not in review.page("clerk", path)
    with review.world.context.transaction() as tx:
        others = [review.world.users[name] for name in ("clerk2", "clerk3")]
        tx.session.execute(update(User).where(User.id.in_(others)).values(active=False))
    page = review.page("clerk", path)
    assert "现在不能转办" in page
    assert f"{path}/transfer" not in page


def test_a_transfer_without_reason_comes_back_with_what_was_chosen(review: Site) -> None:
    item_id, user_id = review.world.item("preliminary_review"), review.world.users["clerk2"]
    answer = review.client("clerk").post(f"/work-items/{item_id}/transfer", data={"user": user_id, "reason": " "}, headers=HTMX)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'<option value="{user_id}" selected' in page
    assert 'href="#reason"' in page
    bare = review.client("clerk").post(f"/work-items/{item_id}/transfer", data={}).get_data(as_text=True)
    assert 'href="#user"' in bare
    assert 'href="#reason"' in bare


def test_a_decision_is_taken_back_from_the_page_of_the_case(review: Site) -> None:
    item_id, path = review.world.item("preliminary_review"), f"/cases/{review.case_id}"
    review.world.clock.turn(hours=1)
    review.world.do("clerk", "preliminary_review", filled.PRELIMINARY)
    assert "撤回“初审”" in review.page("clerk", path)
    assert "撤回“初审”" not in review.page("clerk2", path)
    assert review.client("clerk").post(f"/work-items/{item_id}/take-back", data={}, headers=HTMX).status_code == 422
    answer = review.client("clerk").post(f"/work-items/{item_id}/take-back", data={"reason": "误点"}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == f"/work-items/{review.world.item('preliminary_review')}"
    assert review.client("clerk").post(f"/work-items/{item_id}/take-back", data={"reason": "误点"}).status_code == 409
    review.page("clerk2", f"/work-items/{item_id}/take-back", 404)


def test_strangers_do_not_reach_the_dialogs(review: Site) -> None:
    item_id = review.world.item("preliminary_review")
    for action in ("transfer", "return"):
        review.page("police", f"/work-items/{item_id}/{action}", 404)
    review.page("clerk", f"/work-items/{item_id}/return", 403)  # the diagram does not allow it here


def test_a_case_is_sent_back_by_its_page(check: Site) -> None:
    item_id = flagged(check.world)
    page = check.page("leader", f"/work-items/{item_id}/return", headers=HTMX)
    assert "复核（经办）" in page
    sent = {"node": "re_review_first", "reason": "请核实"}
    refused = check.client("leader").post(f"/work-items/{item_id}/return", data={**sent, "reason": ""})
    assert refused.status_code == 422
    assert check.client("leader").post(f"/work-items/{item_id}/return", data=sent).status_code == 303
    assert check.client("leader").post(f"/work-items/{item_id}/return", data=sent).status_code == 409
    again = check.page("handler", f"/work-items/{check.world.item('re_review_first')}")
    assert '<span class="notice-word">退回意见</span><span class="keep-lines">请核实</span>' in again
    assert "退回" in check.page("leader", "/desk?tab=handled")


def test_a_case_that_was_sent_back_says_what_is_done_anew_and_by_whom(check: Site) -> None:
    return_to(check.world, flagged(check.world), "re_review_first")
    page = check.page("handler", f"/cases/{check.case_id}")
    track = re.findall(r'track-word">([^<]+)</span>\s*<span class="track-title">([^<]+)<', page)
    assert track[-3:] == [("正在办理", "复核"), ("下一步", "部门联审"), ("随后", "资格审查通过")]
    assert "办理“复核（经办）”" in page


def test_a_second_reviewer_who_differs_is_read_by_the_first(check: Site) -> None:
    return_to(check.world, flagged(check.world), "re_review_first")
    check.world.do("handler", "re_review_first", filled.eligibility())
    second = f"/work-items/{check.world.item('re_review_second')}"
    assert "notice-word" not in check.page("second", second)  # it came to them in the ordinary way
    check.world.do("second", "re_review_second", {"opinion": "年限只有四年", "re_review_decision": "dissent"})
    page = check.page("handler", f"/work-items/{check.world.item('re_review_first')}")
    assert '<span class="notice-word">意见不一致，重新复核</span><span class="keep-lines">年限只有四年</span>' in page


def test_of_many_departments_the_one_that_objects_is_read_first(check: Site) -> None:
    page = check.page("leader", f"/work-items/{flagged(check.world)}")
    first, other = page.index("有异议</span>"), page.index("无异议</span>")
    assert first < other and 'class="decision decision-grave">有异议' in page
    assert page[page.rindex("<details", 0, first) :].startswith('<details class="reading" open>')


def opened(page: str) -> list[str]:
    """Return the titles of what stands open among the earlier submissions."""
    return [
        part.split("</span>")[0]
        for part in page.split('<details class="reading" open>\n  <summary><span class="reading-title">')[1:]
    ]


def test_who_judges_beside_others_reads_the_application_as_it_was_last_handed_in(check: Site) -> None:
    item_id = check.world.item("joint_check", item=str(check.world.units["tax"]))
    assert opened(check.page("tax", f"/work-items/{item_id}"))[0] == "填写推荐表"
    return_to(check.world, flagged(check.world), "re_review_first")
    one_after_another = check.page("handler", f"/work-items/{check.world.item('re_review_first')}")
    assert opened(one_after_another)[0] != "填写推荐表"


def test_who_has_little_to_write_reads_what_was_done_in_the_wide_column(check: Site) -> None:
    page = check.page("leader", f"/work-items/{flagged(check.world)}")
    assert page.index('class="decision-bar"') < page.index('id="before"') < page.index('class="work-side"')
    assert 'href="#before">先看前面的办理' in page and page.count("<h2>前面的办理</h2>") == 1
    return_to(check.world, check.world.item("decide_flagged"), "re_review_first")
    long = check.page("handler", f"/work-items/{check.world.item('re_review_first')}")
    assert 'id="before"' not in long and long.index('class="work-side"') < long.index("<h2>前面的办理</h2>")


def test_a_point_that_was_checked_takes_one_line(check: Site) -> None:
    page = check.page("leader", f"/cases/{check.case_id}")
    points = page.count('<div class="answers-brief">')
    assert points >= 14 and page.count("未填写") < points
    briefs = [part.split("</div>")[0] for part in page.split('<div class="answers-brief">')[1:]]
    assert "符合" in briefs[0] and [brief for brief in briefs if "依据或说明" in brief] == []  # of which nothing was said


def test_a_department_finds_its_work_in_a_step_that_others_do_not_read(check: Site) -> None:
    item_id, path = check.world.item("joint_check", item=str(check.world.units["tax"])), f"/cases/{check.case_id}"
    page = check.page("tax", path)
    assert f'href="/work-items/{item_id}">办理“部门联审”</a>' in page and page.count('<p class="track-holder">') == 1
    return_to(check.world, flagged(check.world), "re_review_first")
    assert "办理“" not in check.page("tax", path)
    over = check.page("tax", f"/work-items/{item_id}", 409)
    assert f'href="{path}">查看办件进展</a>' in over and "<dt>现在</dt><dd>复核</dd>" in over


def test_units_with_the_same_step_stand_in_one_line(check: Site) -> None:
    page = check.page("handler", f"/cases/{check.case_id}")
    assert page.count('<p class="track-holder">') == 1


def test_who_was_taken_out_is_not_led_in_a_circle(check: Site) -> None:
    item_id = check.world.item("joint_check", item=str(check.world.units["tax"]))
    path = f"/cases/{check.case_id}/signers/joint_check/remove/{item_id}"
    assert check.client("handler").post(path, data={"reason": "不涉及"}).status_code == 303
    page = check.page("tax", f"/work-items/{item_id}", 409)
    assert "已经取消，无需再办理" in page and "打开最新的页面" not in page
    assert "<dt>现在</dt>" not in page


def test_signers_are_changed_from_the_page_of_the_case(check: Site) -> None:
    path, unit = f"/cases/{check.case_id}", check.world.units["institute"]
    assert "加签" in check.page("handler", path)
    assert "加签" not in check.page("second", path)
    sent = {"member": unit, "reason": "需查询"}
    assert check.client("handler").post(f"{path}/signers/joint_check", data=sent, headers=HTMX).status_code == 204
    assert check.client("handler").post(f"{path}/signers/joint_check", data=sent).status_code == 409
    assert "临空港职业学院" in check.page("handler", path)
    item_id = check.world.item("joint_check", item=str(unit))
    assert "没有意见不等于同意" in check.page("handler", f"{path}/signers/joint_check/remove/{item_id}", headers=HTMX)
    answer = check.client("handler").post(f"{path}/signers/joint_check/remove/{item_id}", data={"reason": "不需要了"})
    assert answer.status_code == 303
    assert check.world.all(select(WorkItem.state).where(WorkItem.id == item_id)) == ["cancelled"]
    check.page("handler", f"{path}/signers/joint_check/remove/{item_id}", 404)


@pytest.mark.parametrize("who", ["second", "police", "nominator"])
def test_only_who_leads_reaches_the_signers(check: Site, who: str) -> None:
    check.page(who, f"/cases/{check.case_id}/signers/joint_check", 403)
    assert check.client(who).post(f"/cases/{check.case_id}/signers/joint_check", data={}).status_code == 403


def test_a_countersigning_that_is_over_says_so(check: Site) -> None:
    for who in ("police", "tax"):
        check.world.do(who, "joint_check", {"opinion": "no_objection"}, item=str(check.world.units[who]))
    check.page("handler", f"/cases/{check.case_id}/signers/joint_check", 409)
    check.page("handler", f"/cases/{check.case_id}/signers/draft_plan", 403)
