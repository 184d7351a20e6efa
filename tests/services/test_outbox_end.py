"""What becomes of the outbox: a message that nobody waits for, and what has gone out for a case that has ended."""

from sqlalchemy import func, select, update

from app.persistence.models import Case, Incident, OutboxEntry
from app.services import outbox
from app.services.casework import cases
from tests.services.steps import nominate, open_round
from tests.services.world import World


def waiting_in_vain(world: World) -> int:
    """Send a message to a nomination that does not wait for it; return the case."""
    _, round_id = open_round(world)
    case_id = nominate(world, round_id, "王建国", 1)
    with world.context.transaction() as tx:
        work, _ = cases.lock(tx, case_id, actor=world.actor("handler"))
        work.send("decision_issued", case_id=case_id, key="in vain")
        cases.case_messages.post(work)
    return case_id


def test_a_message_that_nobody_waits_for_is_tried_for_days_and_then_an_incident(quick: World) -> None:
    case_id = waiting_in_vain(quick)
    for _ in range(outbox.MOST_WAITS):
        assert quick.all(select(Incident.code)) == []
        quick.clock.turn(minutes=31)
        outbox.deliver_pending(quick.context)
    assert quick.all(select(Incident.case_id)) == [case_id]
    assert quick.all(select(OutboxEntry.state).where(OutboxEntry.key == "in vain")) == ["failed"]


def test_entries_go_with_the_end_of_their_case_and_not_before(quick: World) -> None:
    case_id = waiting_in_vain(quick)
    assert quick.all(select(func.count()).where(OutboxEntry.state == "done", OutboxEntry.case_id == case_id)) > [0]
    outbox.sweep(quick.context)
    assert quick.all(select(func.count()).where(OutboxEntry.state == "done", OutboxEntry.case_id == case_id)) > [0]
    with quick.context.transaction() as tx:
        tx.session.execute(update(Case).where(Case.id == case_id).values(ended_at=tx.now))
    outbox.sweep(quick.context)
    assert quick.all(select(OutboxEntry.key).where(OutboxEntry.case_id == case_id)) == ["in vain"]
