"""A round may end without a title (宁缺毋滥), and none is stuck because nobody is left."""

import pytest
from sqlalchemy import select, update

from app.domain.errors import InvalidValues
from app.persistence.models import Case, Nomination, Notification, OutboxEntry, PublicNotice
from app.services.issuing.file_papers import PAPER
from tests.services import filled
from tests.services.steps import propose, publish, to_the_list
from tests.services.test_notices import submit, uphold
from tests.services.world import World

NONE = {"opinion": "没有符合条件的人选", "listing": "no_award"}


def give_none(world: World) -> None:
    """Propose that no title is given; the party group agrees."""
    world.do("handler", "propose_list", NONE)
    world.do("secretary", "party_group_meeting", filled.meeting("party_group_decision"))
    world.deliver()


def outcomes(world: World, cases: list[int]) -> list[str | None]:
    """Return how the cases ended."""
    return [world.case(case_id).outcome for case_id in cases]


def test_a_round_ends_without_a_title_and_everybody_hears_of_it(listed: World) -> None:
    round_case, _, cases = to_the_list(listed)
    give_none(listed)
    assert outcomes(listed, cases) == ["not_selected_for_list", "not_selected_for_list", "not_selected_by_score"]
    with listed.context.transaction() as tx:  # as if the papers had been made
        tx.session.execute(update(OutboxEntry).where(OutboxEntry.kind == PAPER).values(state="done"))
    listed.do("archivist", "archive_without_award", filled.ARCHIVE)
    assert (listed.case(round_case).outcome, listed.case(round_case).stage) == ("no_award", "archived")
    told = listed.all(select(Notification.user_id).where(Notification.subject.startswith("本届评选结果")))
    assert sorted(told) == sorted(listed.case(case_id).subject_id or 0 for case_id in cases)


def test_nobody_is_chosen_beside_giving_no_title(listed: World) -> None:
    _, _, cases = to_the_list(listed)
    listed.do("handler", "propose_list", {**NONE, "nominees": [str(cases[1])]})
    assert listed.all(select(Nomination.case_id).where(Nomination.proposed)) == []


def test_a_list_on_which_nobody_is_left_may_end_the_round(listed: World) -> None:
    round_case, _, cases = to_the_list(listed)
    propose(listed, cases[1])
    publish(listed)
    with listed.context.transaction() as tx:
        tx.session.execute(update(Nomination).where(Nomination.case_id == cases[0]).values(final_score=None))
    [notice] = listed.all(select(PublicNotice))
    submit(listed, notice, cases[1])
    uphold(listed, cases[1])
    listed.let_timers_fire()
    give_none(listed)
    assert listed.case(round_case).stage == "archiving" and listed.case(cases[0]).outcome == "not_selected_for_list"


def test_an_empty_place_may_stay_empty(listed: World) -> None:
    _, _, cases = to_the_list(listed)
    propose(listed, cases[1])
    publish(listed)
    listed.let_timers_fire()
    listed.do("handler", "request_approval", {})
    listed.do("secretary", "executive_meeting", filled.meeting("executive_decision", "disagree"))
    listed.do("secretary", "standing_committee", filled.meeting("standing_decision"))
    listed.do("leader", "verify_minutes", filled.MINUTES)
    listed.do("handler", "propose_list", {"opinion": "研究后仍按原名单", "listing": "keep"})
    listed.do("secretary", "party_group_meeting", filled.meeting("party_group_decision"))
    assert listed.item("request_approval")


def test_a_refusal_by_the_meetings_may_end_the_round(listed: World) -> None:
    round_case, _, cases = to_the_list(listed)
    propose(listed, cases[1])
    publish(listed)
    listed.let_timers_fire()
    listed.do("handler", "request_approval", {})
    listed.do("secretary", "executive_meeting", filled.meeting("executive_decision"))
    listed.do("secretary", "standing_committee", filled.meeting("standing_decision", "disagree"))
    listed.do("leader", "verify_minutes", filled.MINUTES)
    give_none(listed)
    assert (
        outcomes(listed, cases[:2]) == ["not_selected_for_list", "not_selected_by_approval"]
        and listed.case(round_case).stage == "archiving"
    )


def test_without_anybody_chosen_a_decision_is_asked_for(listed: World) -> None:
    to_the_list(listed)
    with pytest.raises(InvalidValues, match="提请本届不授予"):
        listed.do("handler", "propose_list", {"opinion": "待定", "listing": "propose"})
    assert listed.all(select(Case.id).where(Case.kind == "round", Case.ended_at.is_(None)))
