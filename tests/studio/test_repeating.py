"""A reminder that is drawn as repeating goes off again and again, until its step is done."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.persistence.models import Timer
from app.services import audit_check
from app.services.casework import deadlines
from tests.studio.house import House
from tests.studio.small import diagram

ONCE, REPEATING = diagram(), diagram().replace(b"timeDuration", b"timeCycle")
OPEN = select(Timer.due_at).where(Timer.state == "open")


def checking(house: House, flow: bytes) -> int:
    """Bring a request on a diagram to its check; return its case."""
    case_id = house.start(house.deploy_small(flow__bpmn=flow))
    house.finish("handler", "fill", case_id, name="甲")
    return case_id


def pass_days(house: House, days: int) -> tuple[int, list[datetime]]:
    """Let the clock look after some days; return how many timers went off and when the next are due."""
    house.clock.turn(days=days)
    return deadlines.fire_due(house.context), house.all(OPEN)


@pytest.mark.parametrize(("flow", "times"), [(ONCE, 1), (REPEATING, 3)], ids=["once", "repeating"])
def test_a_reminder_goes_off_as_often_as_it_is_drawn(house: House, flow: bytes, times: int) -> None:
    case_id = checking(house, flow)
    assert sum(pass_days(house, 4)[0] for _ in range(3)) == times
    house.finish("leader", "check", case_id, decision="pass")
    assert pass_days(house, 4) == (0, [])
    assert len(house.events("timer")) == times
    assert list(audit_check.verify(house.context)) == []


def test_a_reminder_that_was_missed_goes_off_once_and_is_due_from_then_on(house: House) -> None:
    checking(house, REPEATING)
    fired, [due] = pass_days(house, 30)
    assert (fired, due) == (1, house.clock() + timedelta(days=3))
    assert pass_days(house, 2)[0] == 0
