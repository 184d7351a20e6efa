"""Rounds: who may begin one, what a plan may say, when nominations close."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed
from app.persistence.models import Notification, OrgUnit, QuotaAllocation, SelectionRound
from app.services.casework import work_items
from app.services.casework.forms import open_form
from app.services.selection import nominations, rounds
from tests.services import filled
from tests.services.steps import nominate, open_round, qualify
from tests.services.world import PROCEDURE, World


def begin(world: World) -> int:
    """Bring a round to its plan."""
    case_id = rounds.start_round(world.context, actor=world.actor("handler"), procedure=PROCEDURE, title="第一届评选")
    world.do("handler", "enter_basis", filled.basis())
    return case_id


def refusal_of_plan(world: World, **changes: object) -> dict[str, str]:
    """Return the sentences with which a plan is refused, by field."""
    item_id = world.item("draft_plan")
    with pytest.raises(InvalidValues) as refused:
        work_items.complete(world.context, actor=world.actor("handler"), item_id=item_id, values=filled.plan(world, **changes))
    return refused.value.fields


def test_only_the_bureau_begins_a_round(quick: World) -> None:
    with pytest.raises(NotAllowed):
        rounds.start_round(quick.context, actor=quick.actor("nominator"), procedure=PROCEDURE, title="第一届")


def test_rounds_are_numbered_and_a_number_is_not_given_twice(quick: World) -> None:
    handler = quick.actor("handler")
    rounds.start_round(quick.context, actor=handler, procedure=PROCEDURE, title="第一届")
    rounds.start_round(quick.context, actor=handler, procedure=PROCEDURE, title="第二届")
    assert sorted(quick.all(select(SelectionRound.round_no))) == [1, 2]
    with pytest.raises(InvalidValues):
        rounds.start_round(quick.context, actor=handler, procedure=PROCEDURE, title="又一届", round_no=2)


def test_the_number_of_a_round_is_that_of_its_name(quick: World) -> None:
    handler = quick.actor("handler")
    rounds.start_round(quick.context, actor=handler, procedure=PROCEDURE, title="第十二届“临空港工匠”评选")
    assert quick.all(select(SelectionRound.round_no)) == [12]
    for wrong in ({"round_no": 3}, {"year": 20}, {"year": 20260}):
        with pytest.raises(InvalidValues) as refused:
            rounds.start_round(quick.context, actor=handler, procedure=PROCEDURE, title="第十三届", **wrong)
        assert set(refused.value.fields) == set(wrong)
    rounds.start_round(quick.context, actor=handler, procedure=PROCEDURE, title="工匠评选")
    assert sorted(quick.all(select(SelectionRound.round_no))) == [12, 13]


def test_a_plan_whose_name_contradicts_its_number_is_refused(quick: World) -> None:
    begin(quick)
    assert "印制" in refusal_of_plan(quick, title="第五届“临空港工匠”评选")["round_no"]


def test_a_plan_proposes_places_for_every_unit_that_may_nominate(quick: World) -> None:
    begin(quick)
    with quick.context.transaction() as tx:
        tx.session.add(OrgUnit(kind="union", name="行业工会联合会", short_name="", parent_id=quick.units["union"]))
    item_id = quick.item("draft_plan")
    with quick.context.reading() as tx:
        quotas = open_form(tx, work_items.take(tx, actor=quick.actor("handler"), item_id=item_id)).initial["quotas"]
    offered = {row["unit"] for row in quotas}
    [branch] = quick.all(select(OrgUnit.id).where(OrgUnit.name == "行业工会联合会"))
    assert {str(quick.units["street"]), str(quick.units["union"])} <= offered and str(branch) not in offered
    winners = int(filled.basis()["approved_winners"])
    assert sum(row["quota"] for row in quotas) >= 2 * winners


def test_an_approval_of_tomorrow_is_refused(quick: World) -> None:
    rounds.start_round(quick.context, actor=quick.actor("handler"), procedure=PROCEDURE, title="第一届评选")
    with pytest.raises(InvalidValues, match="批准日期"):
        quick.do("handler", "enter_basis", filled.basis(approved_on="2026-03-03"))


def test_a_plan_chooses_the_design_of_its_certificates_among_those_that_there_are(quick: World) -> None:
    begin(quick)
    assert "certificate_template" in refusal_of_plan(quick, certificate_template="certificate-gold")
    quick.do("handler", "draft_plan", filled.plan(quick, certificate_template="certificate-plain"))
    [kept] = quick.all(select(SelectionRound.settings_json))
    assert json.loads(kept)["certificate_template"] == "certificate-plain"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"winners": 2}, "winners"),
        ({"prize_yuan": "30000.01"}, "prize_yuan"),
        ({"panel_size": 6}, "panel_size"),
        ({"nomination_open": "2026-02-01", "nomination_close": "2026-03-01"}, "nomination_close"),
        ({"minimum_sheets": 7}, "minimum_sheets"),
        ({"quotas": []}, "quotas"),
        ({"certificate_prefix": "ABCDEFGHIJK"}, "certificate_prefix"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused_at_its_field(quick: World, changes: dict[str, object], field: str) -> None:
    begin(quick)
    assert field in refusal_of_plan(quick, **changes)


def test_a_unit_stands_in_the_quotas_once(quick: World) -> None:
    begin(quick)
    street = str(quick.units["street"])
    assert "quotas" in refusal_of_plan(quick, quotas=[{"unit": street, "quota": 1}, {"unit": street, "quota": 2}])


def test_the_plan_becomes_settings_quotas_and_a_deadline(quick: World) -> None:
    open_round(quick)
    [round_] = quick.all(select(SelectionRound))
    settings = json.loads(round_.settings_json)
    assert (settings["winners"], settings["prize_cents"], settings["authorization"]["approved_winners"]) == (1, 3_000_000, 1)
    assert json.loads(round_.deadlines_json)["nomination_close"] == "2026-04-10T16:00:00+00:00"
    assert {each.unit_id: each.quota for each in quick.all(select(QuotaAllocation))}[quick.units["street"]] == 3


def test_a_plan_that_lay_too_long_is_not_opened(quick: World) -> None:
    begin(quick)
    quick.do("handler", "draft_plan", filled.plan(quick))
    quick.clock.turn(days=60)
    with pytest.raises(DomainError, match="退回修改方案"):
        quick.do("leader", "approve_plan", {"opinion": "同意", "plan_decision": "approve"})


def test_what_no_office_has_seen_lapses_at_the_close(quick: World) -> None:
    _, round_id = open_round(quick)
    seen, unseen = nominate(quick, round_id, "王建国", 1), nominate(quick, round_id, "李小明", 2)
    quick.clock.turn(days=8)
    qualify(quick, seen, place=1)
    quick.let_timers_fire()
    assert (quick.case(unseen).outcome, quick.case(seen).ended_at) == ("lapsed", None)
    with pytest.raises(Conflict):
        nominations.start_nomination(
            quick.context, actor=quick.actor("nominator"), round_id=round_id, channel="employer", unit_id=quick.units["factory"]
        )


def test_a_supplement_of_quota_needs_the_right_and_a_reason(quick: World) -> None:
    _, round_id = open_round(quick)
    street = quick.units["street"]
    with pytest.raises(NotAllowed):
        rounds.grant_supplement(
            quick.context, actor=quick.actor("handler"), round_id=round_id, unit_id=street, places=1, reason="人多"
        )
    with pytest.raises(InvalidValues):
        rounds.grant_supplement(
            quick.context, actor=quick.actor("leader"), round_id=round_id, unit_id=street, places=1, reason=" "
        )
    rounds.grant_supplement(
        quick.context, actor=quick.actor("leader"), round_id=round_id, unit_id=street, places=2, reason="企业集中"
    )
    [quota] = quick.all(select(QuotaAllocation).where(QuotaAllocation.unit_id == street))
    assert (quota.supplement, quota.reason) == (2, "企业集中")


def test_nothing_is_handed_in_after_the_last_minute_though_the_close_has_not_been_noticed(quick: World) -> None:
    _, round_id = open_round(quick)
    early, late = nominate(quick, round_id, "王建国", 1), nominate(quick, round_id, "李小明", 2)
    [round_] = quick.all(select(SelectionRound))
    closes_at = datetime.fromisoformat(json.loads(round_.deadlines_json)["nomination_close"])
    quick.clock.turn(to=closes_at - timedelta(seconds=1))
    quick.do("nominator", "employer_notice", filled.NOTICE, case_id=early)
    quick.clock.turn(to=closes_at)
    with pytest.raises(Conflict, match="已经截止"):
        quick.do("nominator", "employer_notice", filled.NOTICE, case_id=late)
    quick.let_timers_fire()
    assert (quick.case(early).stage, quick.case(late).outcome) == ("street_review", "lapsed")


def test_places_that_were_granted_stay_when_the_plan_is_drawn_up_anew(quick: World) -> None:
    case_id = begin(quick)
    quick.do("handler", "draft_plan", filled.plan(quick))
    round_id, street, union = quick.case(case_id).round_id or 0, quick.units["street"], quick.units["union"]
    leader = quick.actor("leader")
    for unit in (street, union):
        rounds.grant_supplement(quick.context, actor=leader, round_id=round_id, unit_id=unit, places=2, reason="企业集中")
    quick.do("leader", "approve_plan", {"opinion": "请重报", "plan_decision": "return"})
    quick.do("handler", "draft_plan", filled.plan(quick, quotas=[{"unit": str(street), "quota": 1}]))
    found = {each.unit_id: each for each in quick.all(select(QuotaAllocation))}
    assert {unit: (each.quota, each.supplement) for unit, each in found.items()} == {street: (1, 2), union: (0, 2)}
    assert {each.reason for each in found.values()} == {"企业集中"}


def test_those_who_nominate_and_review_hear_that_a_round_is_open(quick: World) -> None:
    open_round(quick)
    told = quick.all(select(Notification).where(Notification.subject.endswith("开始申报")))
    assert {each.user_id for each in told} == {
        quick.users[key] for key in ("nominator", "nominator2", "clerk", "street_leader", "union_clerk")
    }
    assert "自2026年3月2日起接受推荐，2026年4月10日24时截止" in told[0].body and told[0].link == "/desk"


def test_a_short_window_needs_its_reason(quick: World) -> None:
    quick.keeper = None  # what is refused on the way stays in this district
    with pytest.raises(InvalidValues) as refused:
        open_round(quick, nomination_close="2026-03-20")
    assert "只有15个工作日，少于20个" in refused.value.fields["window_reason"]
    quick.do("handler", "draft_plan", filled.plan(quick, nomination_close="2026-03-20", window_reason="批准文件要求4月办结"))
    assert quick.item("approve_plan")


def test_texts_of_forms_say_the_numbers_of_the_round(quick: World) -> None:
    _, round_id = open_round(quick, employer_notice_days=7)
    case_id = nominate(quick, round_id, "王建国", 1)
    with quick.context.reading() as tx:
        opened = work_items.take(tx, actor=quick.actor("nominator"), item_id=quick.item("employer_notice", case_id=case_id))
        spec = open_form(tx, opened).spec
    words = " ".join(field.text + field.description for field in spec.every)
    assert "不少于7个工作日" in words and "{" not in words
