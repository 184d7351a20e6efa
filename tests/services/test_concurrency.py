"""Several people at once: one wins where only one may, nobody loses where all may."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import event, func, select, update

from app.domain.actors import SYSTEM, Grant, Role
from app.domain.errors import Conflict, DomainError
from app.persistence.models import OutboxEntry, SelectionRound, Submission, WorkItem
from app.services import audit, audit_check, outbox
from app.services.casework import work_items
from app.services.issuing.file_papers import PAPER
from app.services.selection import nominations
from tests.services import filled
from tests.services.steps import draw_and_declare, nominate, nominees, open_round
from tests.services.world import World


def at_once(*actions: Callable[[], object]) -> list[object]:
    """Run actions in threads that start in the same instant; return what each gave, or the refusal that it met."""
    gate, results = threading.Barrier(len(actions)), [None] * len(actions)

    def run(place: int) -> None:
        gate.wait()
        try:
            results[place] = actions[place]()
        except DomainError as refusal:
            results[place] = refusal

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def complete(world: World, who: str | int, item_id: int, values: dict[str, object]) -> Callable[[], object]:
    """Return the completion of a work item as somebody would send it now."""
    actor = world.actor(who)
    sent = world.through_form(actor, item_id, values)
    return lambda: work_items.complete(world.context, actor=actor, item_id=item_id, values=sent)


def test_of_two_who_complete_one_item_at_once_one_wins(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1)
    quick.clock.turn(days=8)
    item_id = quick.item("employer_notice", case_id=case_id)
    both = [complete(quick, "nominator", item_id, filled.NOTICE) for _ in range(2)]
    refused = [result for result in at_once(*both) if isinstance(result, DomainError)]
    assert [type(refusal) for refusal in refused] == [Conflict]
    assert quick.all(select(func.count()).select_from(Submission).where(Submission.work_item_id == item_id)) == [1]
    assert quick.all(select(func.count()).where(WorkItem.case_id == case_id, WorkItem.state == "open")) == [1]
    assert list(audit_check.verify(quick.context)) == []


def test_experts_who_score_one_case_at_once_all_count(drawn: World) -> None:
    cases = nominees(drawn)
    members = draw_and_declare(drawn)
    items = [drawn.item("expert_scoring", case_id=cases[0], assignee=member) for member in members]
    sheets = [
        complete(drawn, member, item, filled.sheet("20", "20", "15", "10", "8", "4"))
        for member, item in zip(members, items, strict=True)
    ]
    assert [result for result in at_once(*sheets) if isinstance(result, DomainError)] == []
    drawn.deliver()
    assert drawn.case(cases[0]).stage == "scored"


def test_the_last_two_cases_of_a_barrier_tell_the_round_once(drawn: World) -> None:
    [round_case] = drawn.all(select(SelectionRound.case_id))
    told = select(OutboxEntry).where(OutboxEntry.case_id == round_case, OutboxEntry.key.like("barrier:%"))
    assert len(drawn.all(told)) == 1
    assert drawn.case(round_case).stage == "panel"


def test_two_workers_deliver_each_entry_once(quick: World) -> None:
    _, round_id = open_round(quick)
    nominate(quick, round_id, "王建国", 1)
    with quick.context.transaction() as tx:
        for entry in tx.session.scalars(
            select(OutboxEntry).where(OutboxEntry.kind != PAPER)
        ):  # papers wait for who asks for them
            entry.state = "pending"
    counts = at_once(*[lambda: outbox.deliver_pending(quick.context)] * 2)
    assert quick.all(select(OutboxEntry.state).where(OutboxEntry.state != "done", OutboxEntry.kind != PAPER)) == []
    assert sum(int(str(count)) for count in counts) == len(quick.all(select(OutboxEntry).where(OutboxEntry.kind != PAPER)))
    assert list(audit_check.verify(quick.context)) == []


def test_a_worker_passes_by_what_another_has_in_hand(quick: World) -> None:
    if quick.context.sessions.kw["bind"].dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    _, round_id = open_round(quick)
    nominate(quick, round_id, "王建国", 1)
    with quick.context.transaction() as tx:
        due = OutboxEntry.next_at <= tx.now  # papers that take long are put off in these tests
        ids = list(tx.session.scalars(select(OutboxEntry.id).where(due).order_by(OutboxEntry.next_at, OutboxEntry.id)))
        tx.session.execute(update(OutboxEntry).where(due).values(state="pending"))
    with quick.context.transaction() as tx:
        tx.session.execute(select(OutboxEntry).where(OutboxEntry.id == ids[0]).with_for_update())
        outbox.deliver_pending(quick.context)
        assert quick.all(select(OutboxEntry.id).where(OutboxEntry.state != "done", due)) == ids[:1]


def verified(world: World) -> list[audit_check.BrokenLink]:
    """Walk the whole chain, as the command line does."""
    return list(audit_check.verify(world.context))


def checked(world: World) -> list[audit_check.BrokenLink]:
    """Check the only slice, as the page does."""
    reader = replace(world.actor("handler"), grants=frozenset({Grant(Role.AUDIT_ADMIN, world.units["bureau"])}))
    return list(audit_check.check_slice(world.context, actor=reader, after=None).broken)


@pytest.mark.parametrize("check", [verified, checked])
def test_a_log_that_grows_while_it_is_checked_is_found_whole(quick: World, check: Callable[[World], object]) -> None:
    engine, coming = quick.context.sessions.kw["bind"], ["logout"]

    def write(connection: object, cursor: object, sql: str, *_: object) -> None:
        if "FROM audit_head" in sql and coming:  # the events have been read, their end has not
            with quick.context.transaction() as tx:
                audit.record(tx, actor=SYSTEM, action=coming.pop())

    event.listen(engine, "before_cursor_execute", write)
    try:
        assert check(quick) == []
    finally:
        event.remove(engine, "before_cursor_execute", write)
    assert coming == []


def test_nobody_begins_a_nomination_while_the_round_is_being_closed(quick: World) -> None:
    _, round_id = open_round(quick)
    who = {"actor": quick.actor("nominator"), "unit_id": quick.units["factory"]}
    results: list[object] = []

    def begin_one() -> object:
        return nominations.start_nomination(quick.context, round_id=round_id, channel="employer", **who)

    begin = threading.Thread(target=lambda: results.extend(at_once(begin_one)))
    with quick.context.transaction() as tx:
        tx.session.get_one(SelectionRound, round_id).nominations_open = False
        tx.session.flush()
        begin.start()
        begin.join(timeout=0.5)
        assert results == []  # it waits for the closing
    begin.join()
    assert [type(result) for result in results] == [Conflict]
