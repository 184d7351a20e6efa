"""Reviews before the experts: quotas and ranks, clauses, departments."""

import pytest
from sqlalchemy import select

from app.domain.actors import Role
from app.domain.errors import DomainError, InvalidValues, NotAllowed
from app.persistence.models import Certificate, Nomination, Notification, WorkItem
from app.persistence.queries.round_progress import quotas
from app.services.casework import work_items
from app.services.casework.case_file import open_case
from app.services.selection import eligibility_checks, reviews, rounds
from tests.services import filled
from tests.services.steps import nominate, open_round
from tests.services.world import PROCEDURE, World

RANK = {"opinion": "同意", "rank_decision": "accept"}


def to_rank(world: World, round_id: int, name: str, serial: int) -> int:
    """Bring a nomination to the ranking of the street."""
    case_id = nominate(world, round_id, name, serial)
    world.clock.turn(to=world.clock.now.replace(day=12))
    world.do("nominator", "employer_notice", filled.NOTICE, case_id=case_id)
    world.do("clerk", "preliminary_review", filled.PRELIMINARY, case_id=case_id)
    return case_id


def rank(world: World, case_id: int, place: int) -> None:
    """Rank a nominee in the street's list."""
    world.do("street_leader", "rank_nominee", {**RANK, "recommendation_rank": place}, case_id=case_id)


def refuse(world: World, case_id: int) -> None:
    """Let the bureau reject a nominee, both reviewers of one mind."""
    failed = filled.eligibility(clause_E3={"result": "fail", "note": "参保不足"}, first_review_decision="reject")
    world.do("handler", "re_review_first", failed, case_id=case_id)
    world.do("second", "re_review_second", {"opinion": "参保不足", "re_review_decision": "reject"}, case_id=case_id)


def test_who_sends_a_nomination_back_gives_it_no_rank_and_who_recommends_must(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = to_rank(quick, round_id, "王建国", 1)
    with pytest.raises(InvalidValues, match="请填写推荐顺序"):
        quick.do("street_leader", "rank_nominee", RANK, case_id=case_id)
    quick.do("street_leader", "rank_nominee", {"opinion": "请到岗位核实", "rank_decision": "return"}, case_id=case_id)
    assert quick.item("preliminary_review")


def test_a_rank_is_given_once(quick: World) -> None:
    _, round_id = open_round(quick)
    first, second = (to_rank(quick, round_id, name, serial) for serial, name in enumerate(("王建国", "李小明"), start=1))
    rank(quick, first, 1)
    with pytest.raises(InvalidValues, match="已用：1"):
        rank(quick, second, 1)
    rank(quick, second, 2)
    assert sorted(row.recommendation_rank for row in quick.all(select(Nomination))) == [1, 2]


def test_the_quota_of_the_street_holds_until_a_supplement_is_granted(quick: World) -> None:
    _, round_id = open_round(quick)
    cases = [to_rank(quick, round_id, name, serial) for serial, name in enumerate(("甲", "乙", "丙", "丁"), start=1)]
    for place, case_id in enumerate(cases[:3], start=1):
        rank(quick, case_id, place)
    with pytest.raises(DomainError, match="3/3"):
        rank(quick, cases[3], 4)
    refuse(quick, cases[0])
    with pytest.raises(DomainError, match="名额不自动恢复"):
        rank(quick, cases[3], 4)
    with quick.context.reading() as tx:
        assert [(row.used, row.gone) for row in quotas(tx.session, round_id=round_id) if row.quota == 3] == [(3, 1)]
    street, leader = quick.units["street"], quick.actor("leader")
    rounds.grant_supplement(quick.context, actor=leader, round_id=round_id, unit_id=street, places=1, reason="企业集中")
    rank(quick, cases[3], 4)
    assert quick.case(cases[3]).stage == "bureau_review"


def test_who_ranks_sees_the_places_that_are_left(quick: World) -> None:
    _, round_id = open_round(quick)
    first, second = (to_rank(quick, round_id, name, serial) for serial, name in enumerate(("甲", "乙"), start=1))
    assert seen_quota(quick, first) == "名额3个；还没有人选用过"
    with pytest.raises(InvalidValues, match="应在1到3之间"):
        rank(quick, first, 99)
    rank(quick, first, 2)
    assert seen_quota(quick, second) == "名额3个；已用：第2位甲"


def seen_quota(world: World, case_id: int) -> str:
    """Return what the leader of the street reads above the rank."""
    with world.context.reading() as tx:
        items = tx.session.scalars(select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.state == "open"))
        opened = work_items.take(tx, actor=world.actor("street_leader"), item_id=items.one().id)
        return str(reviews.quota_state(opened.work)["quota_state"])


def test_the_union_has_a_quota_of_its_own(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1, nominee_channel="union")
    quick.clock.turn(days=8)
    quick.do("nominator", "employer_notice", filled.NOTICE, case_id=case_id)
    review = {"material_complete": "yes", "frontline_verified": "yes", "labor_relations": "yes", "opinion": "同意"}
    with pytest.raises(InvalidValues, match="推荐顺序"):
        quick.do("union_clerk", "union_review", {**review, "union_decision": "accept"}, case_id=case_id)
    quick.do("union_clerk", "union_review", {**review, "recommendation_rank": 1, "union_decision": "accept"}, case_id=case_id)
    assert [row.quota_unit_id for row in quick.all(select(Nomination))] == [quick.units["union"]]
    assert quick.case(case_id).office_unit_id is None


def test_clauses_that_are_not_met_let_nobody_pass_and_need_their_reason(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = to_rank(quick, round_id, "王建国", 1)
    rank(quick, case_id, 1)
    with pytest.raises(InvalidValues) as silent:
        quick.do("handler", "re_review_first", filled.eligibility(clause_E3={"result": "fail", "note": ""}), case_id=case_id)
    assert "clause_E3-note" in silent.value.fields
    failed = filled.eligibility(clause_E3={"result": "fail", "note": "参保不足"})
    with pytest.raises(InvalidValues, match="E3"):
        quick.do("handler", "re_review_first", failed, case_id=case_id)
    quick.do("handler", "re_review_first", {**failed, "first_review_decision": "reject"}, case_id=case_id)
    assert quick.item("re_review_second")


def test_the_machine_says_what_it_sees_beside_each_clause(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1, frontline_years=3)
    quick.clock.turn(days=8)
    quick.do("nominator", "employer_notice", filled.NOTICE, case_id=case_id)
    quick.do("clerk", "preliminary_review", filled.PRELIMINARY, case_id=case_id)
    rank(quick, case_id, 1)
    with quick.context.reading() as tx:
        opened = work_items.take(tx, actor=quick.actor("handler"), item_id=quick.item("re_review_first"))
        helps = {item.key: item.help for item in eligibility_checks.clause_items(opened.work)}
    assert "不满5年" in helps["E6"]
    assert "【系统核对：符合】" in helps["E7"]
    assert "核对材料：身份证件。依据：本轮评选方案。" in helps["E7"]


def clause(world: World, key: str) -> str:
    """Return what the machine says to a clause of the review that is open."""
    with world.context.reading() as tx:
        opened = work_items.take(tx, actor=world.actor("handler"), item_id=world.item("re_review_first"))
        return next(item.help for item in eligibility_checks.clause_items(opened.work) if item.key == key)


@pytest.mark.parametrize(
    ("state", "said"),
    [("valid", "以前已获得同一称号"), ("revoked", "【需人工核对】以前获得的同一称号已被撤销"), ("void", "未获得过")],
)
def test_the_machine_tells_of_a_title_of_an_earlier_round_and_of_one_that_was_revoked(
    quick: World, state: str, said: str
) -> None:
    _, round_id = open_round(quick)
    case_id = to_rank(quick, round_id, "王建国", 1)
    rank(quick, case_id, 1)
    assert "未获得过同一称号" in clause(quick, "E12")
    earlier = rounds.start_round(quick.context, actor=quick.actor("handler"), procedure=PROCEDURE, title="第三届", round_no=3)
    case, other = quick.case(case_id), quick.case(earlier).round_id
    known = {"case_id": case_id, "round_id": other, "holder_id": case.subject_id, "state": state, "values_json": "{}"}
    with quick.context.transaction() as tx:
        shown = {
            "serial": "X-1",
            "check_code": "x",
            "name": "王建国",
            "title": "临空港工匠",
            "issuers": "",
            "issued_on": "2020-01-01",
        }
        tx.session.add(Certificate(**known, **shown))
    assert said in clause(quick, "E12")


def test_the_objection_of_one_department_goes_to_the_leader(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = to_rank(quick, round_id, "王建国", 1)
    rank(quick, case_id, 1)
    quick.do("handler", "re_review_first", filled.eligibility(), case_id=case_id)
    quick.do("second", "re_review_second", {"opinion": "同意", "re_review_decision": "pass"}, case_id=case_id)
    quick.do("police", "joint_check", {"opinion": "no_record"}, case_id=case_id, item=str(quick.units["police"]))
    tax = str(quick.units["tax"])
    with pytest.raises(InvalidValues, match="依据"):
        quick.do("tax", "joint_check", {"opinion": "objection"}, case_id=case_id, item=tax)
    quick.do("tax", "joint_check", {"opinion": "objection", "reply_note": "2025年欠税未缴"}, case_id=case_id, item=tax)
    quick.do("leader", "decide_flagged", {"opinion": "属实", "flagged_decision": "reject"}, case_id=case_id)
    assert quick.case(case_id).outcome == "rejected_by_departments"
    quick.deliver()
    [told] = quick.all(select(Notification.body).where(Notification.subject.startswith("推荐未通过审核")))
    assert "理由：\n属实" in told and "人力资源和社会保障局" in told
    assert [row.active for row in quick.all(select(Nomination))] == [None]


def to_departments(world: World, *departments: str) -> int:
    """Bring a nomination to departments whose leaders countersign; those of the police have one."""
    _, round_id = open_round(world, department_countersign=True, departments=list(departments))
    with world.context.transaction() as tx:
        world.users["police_leader"] = world._user(tx, "police_leader", Role.DEPARTMENT_CHECKER, "police")
    case_id = to_rank(world, round_id, "王建国", 1)
    rank(world, case_id, 1)
    world.do("handler", "re_review_first", filled.eligibility(), case_id=case_id)
    world.do("second", "re_review_second", {"opinion": "同意", "re_review_decision": "pass"}, case_id=case_id)
    return case_id


def test_a_department_s_leader_reads_what_the_own_department_said_and_no_other(quick: World) -> None:
    departments = {key: str(quick.units[key]) for key in ("police", "tax")}
    case_id = to_departments(quick, *departments.values())
    for key, unit in departments.items():
        said = {"opinion": "objection", "reply_note": f"{key}查到一项处罚。"}
        quick.do(key, "joint_check", said, case_id=case_id, item=unit)
    with quick.context.reading() as tx:
        file = open_case(tx, actor=quick.actor("police_leader"), case_id=case_id)
    [reading] = [each for each in file.readings if each.title == "部门联审"]
    assert "police查到一项处罚。" in str(reading.shown)
    assert "tax查到一项处罚。" not in str(file)


def test_a_department_s_leader_countersigns_where_the_plan_wants_it(quick: World) -> None:
    police = str(quick.units["police"])
    case_id = to_departments(quick, police)
    quick.do("police", "joint_check", {"opinion": "no_record"}, case_id=case_id, item=police)
    objects = {"opinion": "2025年11月受过行政处罚。", "countersign_decision": "objection"}
    with pytest.raises(NotAllowed):
        quick.do("police", "countersign_opinion", objects, case_id=case_id)
    quick.do("police_leader", "countersign_opinion", objects, case_id=case_id)
    assert quick.item("decide_flagged", case_id=case_id)
