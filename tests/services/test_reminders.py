"""Letters about work: to whom, when, once, with what text; and the urging of those who let a case lie."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.domain.errors import Conflict, DomainError, NotFound
from app.files.store import FileStore
from app.jobs.queue import work_off
from app.persistence.models import ItemLetter, Notification, WorkItem
from app.services import reminders
from app.services.casework import urging, work_items
from app.services.selection import rounds
from tests.services import filled
from tests.services.test_concurrency import at_once
from tests.services.test_cost import counted
from tests.services.test_item_actions import (  # noqa: F401  # fixtures are imported to be shared
    check,
    flagged,
    history,
    pass_on,
    return_to,
    review,
)
from tests.services.test_item_signers import case_of
from tests.services.world import PROCEDURE, World

MORNING = datetime(2026, 3, 12, 1, 30, tzinfo=UTC)  # Thursday, 9:30 in Shanghai


def bell(world: World, who: str | int) -> list[tuple[str, str, str]]:
    """Return subject, body and link of what somebody was told of work, oldest first."""
    user_id = who if isinstance(who, int) else world.users[who]
    of_work = (Notification.user_id == user_id, Notification.subject.not_like("%评选开始申报"))
    rows = world.all(select(Notification).where(*of_work).order_by(Notification.id))
    return [(row.subject, row.body, row.link) for row in rows]


def tell(world: World, at: datetime | None = None) -> None:
    """Let the clock's jobs run, now or at a moment to come."""
    if at is not None:
        world.clock.turn(to=at)
    reminders.tell_new(world.context)
    reminders.tell_due(world.context)
    world.deliver()


def due(world: World, node: str, moment: datetime) -> int:
    """Give the open item of a node a term; return the item."""
    item_id = world.item(node)
    with world.context.transaction() as tx:
        long_ago = {"due_at": moment, "created_at": moment - timedelta(days=10)}
        tx.session.execute(update(WorkItem).where(WorkItem.id == item_id).values(**long_ago))
    return item_id


def test_a_group_hears_at_its_time_in_one_letter_and_who_is_barred_hears_nothing(review: World) -> None:  # noqa: F811
    review.clock.turn(to=MORNING)
    with review.context.transaction() as tx:
        tx.session.execute(update(WorkItem).where(WorkItem.state == "open").values(created_at=MORNING))
        tx.session.execute(ItemLetter.__table__.delete())
    tell(review, MORNING + timedelta(hours=1))
    assert bell(review, "clerk") == []
    tell(review, datetime(2026, 3, 12, 6, 0, 30, tzinfo=UTC))
    [(subject, body, link)] = bell(review, "clerk")
    assert subject == "您有一项待办：初审（王建国）"
    assert "2026年" in body
    assert link == f"/work-items/{review.item('preliminary_review')}"
    assert [bell(review, who) for who in ("torn_clerk", "far_clerk")] == [[], []]
    tell(review, datetime(2026, 3, 13, 6, 0, 30, tzinfo=UTC))
    assert len([one for one in bell(review, "clerk") if "您有一项待办" in one[0]]) == 1


def test_many_items_make_one_letter_at_a_fixed_cost(review: World) -> None:  # noqa: F811
    item_id, costs = review.item("preliminary_review"), []
    for _ in range(2):
        with review.context.transaction() as tx:
            source = tx.session.get_one(WorkItem, item_id)
            for number in range(3):
                copy = {key: getattr(source, key) for key in ("case_id", "node_id", "title", "role", "scope_unit_id", "stage")}
                tx.session.add(WorkItem(**copy, task_id=f"{tx.now:%d}-{number}", state="open", created_at=tx.now))
        review.clock.turn(days=1)
        with counted(review) as seen:
            reminders.tell_new(review.context)
        costs.append(len(seen))
    review.deliver()
    assert [subject for subject, _, _ in bell(review, "clerk")][-1].endswith("项新待办")
    assert costs[1] <= costs[0]


def test_who_begins_a_case_is_not_told_of_its_first_step(quick: World) -> None:
    rounds.start_round(quick.context, actor=quick.actor("handler"), procedure=PROCEDURE, title="第一届“临空港工匠”评选")
    tell(quick, MORNING + timedelta(days=1))
    assert [subject for subject, _, _ in bell(quick, "handler") if "一项待办" in subject] == []
    quick.do("handler", "enter_basis", filled.basis())
    tell(quick, MORNING + timedelta(days=2))
    assert [subject for subject, _, _ in bell(quick, "handler") if "一项待办" in subject] == ["您有一项待办：编制评选方案"]


def test_what_the_step_itself_wrote_is_not_told_twice(check: World) -> None:  # noqa: F811
    candidate = check.case(case_of(check)).subject_id
    assert candidate is not None
    tell(check)
    assert [subject for subject, _, _ in bell(check, candidate)] == ["请确认是否参加“临空港工匠”评选"]


def test_a_second_task_within_the_hour_is_told_as_the_first_was(review: World) -> None:  # noqa: F811
    case_id = case_of(review)
    candidate = review.case(case_id).subject_id
    assert candidate is not None
    for title in ("填写收款账户", "更正收款账户"):
        kept = {"case_id": case_id, "node_id": "fill_account", "title": title, "role": "candidate", "assignee_id": candidate}
        with review.context.transaction() as tx:
            tx.session.add(WorkItem(**kept, task_id=title, state="open", stage="", created_at=tx.now))
        tell(review)
        review.clock.turn(minutes=30)
    told = [subject for subject, _, _ in bell(review, candidate)][-2:]
    assert told == ["您有一项待办：填写收款账户（王建国）", "您有一项待办：更正收款账户（王建国）"]


def test_a_step_with_a_text_of_its_own_is_told_by_that(check: World) -> None:  # noqa: F811
    tell(check, check.clock() + timedelta(days=2))
    assert "请反馈联审意见（1人）" in [subject for subject, _, _ in bell(check, "police")]


def test_a_case_that_came_back_says_by_whom_and_why(check: World) -> None:  # noqa: F811
    item_id = flagged(check)
    return_to(check, item_id, "re_review_first")
    tell(check, check.clock() + timedelta(days=2))
    [body] = [body for subject, body, _ in bell(check, "handler") if "已退回，请重新办理" in subject]
    assert "请核实处罚是否在期限内" in body
    assert "区人力资源和社会保障局" in body


def test_terms_are_told_ahead_and_once_more_when_over(review: World) -> None:  # noqa: F811
    due(review, "preliminary_review", datetime(2026, 3, 13, 16, 0, tzinfo=UTC))  # 24:00 of Friday
    tell(review, datetime(2026, 3, 11, 16, 30, tzinfo=UTC))  # at night
    assert not any("到期" in subject for subject, _, _ in bell(review, "clerk"))
    tell(review, MORNING)
    tell(review, MORNING + timedelta(hours=1))
    assert [subject for subject, _, _ in bell(review, "clerk") if "到期" in subject] == ["即将到期：初审（王建国）"]
    tell(review, datetime(2026, 3, 16, 2, 0, tzinfo=UTC))
    tell(review, datetime(2026, 3, 17, 2, 0, tzinfo=UTC))
    assert [subject for subject, _, _ in bell(review, "clerk") if "超期" in subject] == ["已超期1天：初审（王建国）"]


def test_what_is_done_or_claimed_is_not_told(review: World) -> None:  # noqa: F811
    item_id = due(review, "preliminary_review", datetime(2026, 3, 13, 16, 0, tzinfo=UTC))
    work_items.claim(review.context, actor=review.actor("clerk2"), item_id=item_id)
    tell(review, MORNING)
    assert [bell(review, who) for who in ("clerk", "clerk3")] == [[], []]
    assert [subject for subject, _, _ in bell(review, "clerk2")] == ["即将到期：初审（王建国）"]
    review.do("clerk2", "preliminary_review", filled.PRELIMINARY)
    tell(review, datetime(2026, 3, 16, 2, 0, tzinfo=UTC))
    assert not any("超期" in subject for subject, _, _ in bell(review, "clerk2"))


def test_two_workers_tell_once(review: World) -> None:  # noqa: F811
    with review.context.transaction() as tx:
        tx.session.execute(ItemLetter.__table__.delete())
    review.clock.turn(hours=6)
    at_once(*[lambda: reminders.tell_new(review.context)] * 2)
    review.deliver()
    assert len(bell(review, "clerk2")) == 1


def test_the_tick_tells_and_delivers(review: World) -> None:  # noqa: F811
    review.clock.turn(hours=6)
    work_off(review.context)
    assert [subject for subject, _, _ in bell(review, "clerk3")] == ["您有一项待办：初审（王建国）"]


def test_a_job_that_fails_holds_up_no_other_and_is_not_passed_over(review: World) -> None:  # noqa: F811
    class Away(FileStore):
        def remove_leftovers(self, *, before: datetime) -> int:
            raise OSError("the store is away")

    review.clock.turn(hours=6)
    with pytest.raises(OSError, match="the store is away"):
        work_off(replace(review.context, files=Away("memory://")))
    assert [subject for subject, _, _ in bell(review, "clerk3")] == ["您有一项待办：初审（王建国）"]


def test_the_receiver_of_a_transfer_hears_at_once_who_and_why(review: World) -> None:  # noqa: F811
    item_id = review.item("preliminary_review")
    pass_on(review, "clerk", item_id, "clerk2")
    review.deliver()
    [(subject, body, link)] = bell(review, "clerk2")
    assert subject == "转给您办理：初审（王建国）"
    assert "clerk甲" in body
    assert "出差" in body
    assert link == f"/work-items/{item_id}"
    assert bell(review, "clerk3") == []


def test_who_waits_urges_once_a_day(review: World) -> None:  # noqa: F811
    case_id, nominator = case_of(review), review.actor("nominator")
    assert urging.urge(review.context, actor=nominator, case_id=case_id) == "初审"
    review.deliver()
    assert [subject for subject, _, _ in bell(review, "clerk")] == ["请尽快办理：初审（王建国）"]
    assert bell(review, "torn_clerk") == []
    for who in ("nominator", "handler"):
        with pytest.raises(Conflict, match="今天已经催办"):
            urging.urge(review.context, actor=review.actor(who), case_id=case_id)
    review.clock.turn(days=1)
    urging.urge(review.context, actor=nominator, case_id=case_id)
    assert [what for what, _ in history(review, "nominator")].count("催办“初审”") == 2


def test_of_two_who_urge_at_once_one_does(review: World) -> None:  # noqa: F811
    case_id = case_of(review)
    results = at_once(
        *[
            lambda who=who: urging.urge(review.context, actor=review.actor(who), case_id=case_id)
            for who in ("nominator", "handler")
        ]
    )
    assert sum(isinstance(result, Conflict) for result in results) == 1
    review.deliver()
    assert len(bell(review, "clerk")) == 1


@pytest.mark.parametrize("who", ["nominator2", "clerk", "police"])
def test_strangers_and_colleagues_do_not_urge(review: World, who: str) -> None:  # noqa: F811
    with pytest.raises(NotFound):
        urging.urge(review.context, actor=review.actor(who), case_id=case_of(review))


def test_nobody_urges_a_step_that_they_may_not_know_of_or_that_is_their_own(check: World) -> None:  # noqa: F811
    with pytest.raises(DomainError, match="不需要催办"):
        urging.urge(check.context, actor=check.actor("nominator"), case_id=case_of(check))
    assert urging.urge(check.context, actor=check.actor("handler"), case_id=case_of(check)) == "部门联审"
    assert not any("催办" in what for what, _ in history(check, "nominator"))
