"""撤回: one's own decision, while it is the last thing that happened and nothing came of it."""

import pytest
from sqlalchemy import select

from app.domain.errors import Conflict, DomainError, InvalidValues, NotFound
from app.persistence.models import Case, Submission, WorkItem
from app.services import audit, audit_check
from app.services.casework import item_taking_back, urging, work_items
from tests.services import filled
from tests.services.test_concurrency import at_once
from tests.services.test_cost import counted
from tests.services.test_item_actions import check, halt, history, review  # noqa: F401  # fixtures are imported to be shared
from tests.services.test_item_signers import case_of
from tests.services.world import World


def decided(world: World) -> int:
    """Let the clerk pass the nominee, an hour after what was before; return the item."""
    world.clock.turn(hours=1)
    item_id = world.item("preliminary_review")
    world.do("clerk", "preliminary_review", filled.PRELIMINARY)
    return item_id


def take_back(world: World, item_id: int, who: str = "clerk", reason: str = "误点了通过") -> int:
    """Take the decision back."""
    return item_taking_back.take_back(world.context, actor=world.actor(who), item_id=item_id, reason=reason)


def test_who_decided_decides_anew_and_the_record_stays(review: World) -> None:  # noqa: F811
    item_id, clerk = decided(review), review.actor("clerk")
    with counted(review) as seen:
        anew = item_taking_back.take_back(review.context, actor=clerk, item_id=item_id, reason="误点了通过")
    assert len(seen) <= 15
    mine = review.all(select(WorkItem).where(WorkItem.case_id == case_of(review), WorkItem.state == "open"))
    assert [(item.id, item.node_id, item.assignee_id) for item in mine] == [(anew, "preliminary_review", review.users["clerk"])]
    assert len(review.all(select(Submission).where(Submission.work_item_id == item_id))) == 1
    assert ("撤回“初审”的办理", "误点了通过") in history(review, "handler")
    review.do("clerk", "preliminary_review", filled.PRELIMINARY)
    assert review.item("rank_nominee")
    assert list(audit_check.verify(review.context)) == []


def test_nothing_is_taken_back_once_somebody_has_acted(review: World) -> None:  # noqa: F811
    item_id = decided(review)
    work_items.claim(review.context, actor=review.actor("street_leader"), item_id=review.item("rank_nominee"))
    with pytest.raises(Conflict, match="不能撤回"):
        take_back(review, item_id)
    assert review.item("rank_nominee")


def test_what_somebody_has_begun_to_type_counts_as_acting(review: World) -> None:  # noqa: F811
    item_id, leader = decided(review), review.actor("street_leader")
    work_items.save_draft(review.context, actor=leader, item_id=review.item("rank_nominee"), values={"opinion": "同"})
    with pytest.raises(Conflict):
        take_back(review, item_id)


def test_reading_is_no_acting(review: World) -> None:  # noqa: F811
    item_id = decided(review)
    with review.context.transaction() as tx:
        case = tx.session.get_one(Case, case_of(review), with_for_update=True)
        audit.record_on_case(tx, case, actor=review.actor("street_leader"), action="downloaded", subject="劳动合同.pdf")
    assert take_back(review, item_id)


def test_urging_is_no_acting(review: World) -> None:  # noqa: F811
    item_id = decided(review)
    review.clock.turn(minutes=1)
    urging.urge(review.context, actor=review.actor("handler"), case_id=case_of(review))
    assert take_back(review, item_id)


@pytest.mark.parametrize("who", ["clerk2", "street_leader", "nominator", "handler"])
def test_only_who_decided_may(review: World, who: str) -> None:  # noqa: F811
    item_id = decided(review)
    with pytest.raises(NotFound):
        take_back(review, item_id, who)


def test_a_reason_is_needed_and_twice_takes_effect_once(review: World) -> None:  # noqa: F811
    item_id = decided(review)
    with pytest.raises(InvalidValues):
        take_back(review, item_id, reason=" ")
    results = at_once(lambda: take_back(review, item_id), lambda: take_back(review, item_id))
    assert [type(result) for result in results if isinstance(result, DomainError)] == [Conflict]


def test_a_step_with_operations_or_rows_behind_it_is_not_taken_back(check: World) -> None:  # noqa: F811
    steps = ("re_review_second", "re_review_first", "rank_nominee")
    done = {node: check.all(select(WorkItem.id).where(WorkItem.node_id == node))[0] for node in steps}
    for node, who in (("re_review_second", "second"), ("re_review_first", "handler"), ("rank_nominee", "street_leader")):
        with pytest.raises(Conflict):
            take_back(check, done[node], who)


def test_of_taking_back_and_going_on_at_once_one_wins(review: World) -> None:  # noqa: F811
    item_id, leader, clerk = decided(review), review.actor("street_leader"), review.actor("clerk")
    values = {"recommendation_rank": 1, "opinion": "同意", "rank_decision": "accept"}
    next_id = review.item("rank_nominee")
    results = at_once(
        lambda: item_taking_back.take_back(review.context, actor=clerk, item_id=item_id, reason="误点"),
        lambda: work_items.complete(review.context, actor=leader, item_id=next_id, values=values),
    )
    assert [type(result) for result in results if isinstance(result, DomainError)] == [Conflict]
    assert list(audit_check.verify(review.context)) == []


def test_nothing_is_taken_back_in_a_suspended_round(review: World) -> None:  # noqa: F811
    item_id = decided(review)
    halt(review, begin=True)
    with pytest.raises(Conflict, match="已经暂停"):
        take_back(review, item_id)
    assert review.item("rank_nominee")
    halt(review, begin=False)
    assert take_back(review, item_id) == review.item("preliminary_review")


def read_a_paper(world: World) -> bool:
    """Write down, as a download does, that somebody has read a paper of the case."""
    with world.context.transaction() as tx:
        case = tx.session.get_one(Case, case_of(world), with_for_update=True)
        audit.record_on_case(tx, case, actor=world.actor("street_leader"), action="downloaded", subject="劳动合同.pdf")
    return True


def test_urging_and_taking_back_go_well_while_others_read(review: World) -> None:  # noqa: F811
    item_id, handler, case_id = decided(review), review.actor("handler"), case_of(review)
    review.clock.turn(minutes=1)
    urged = at_once(lambda: urging.urge(review.context, actor=handler, case_id=case_id), lambda: read_a_paper(review))
    assert urged == ["审核排序", True]
    taken = at_once(lambda: take_back(review, item_id), lambda: read_a_paper(review))
    assert taken == [review.item("preliminary_review"), True]
    assert list(audit_check.verify(review.context)) == []
