"""What is open in a case, as plain values."""

from datetime import datetime

from SpiffWorkflow.util.task import TaskState

from app.engine import state as states
from app.engine.case import Case, Token
from app.engine.firing import due_of, message_of
from app.engine.tasks import PersonTask
from app.engine.types import Advance, ReadyTask, Variable, WaitingMessage, WaitingTimer


def advance_of(case: Case) -> Advance:
    """Return the new state of a case, all that is open, and what happened since it was loaded."""
    ready: list[ReadyTask] = []
    timers: list[WaitingTimer] = []
    waiting: list[WaitingMessage] = []
    for token in case.tokens():
        if token.node is None:
            continue
        if token.state == TaskState.READY and isinstance(token.task_spec, PersonTask):
            ready.append(_ready(token))
        due, message = due_of(token), message_of(token)
        if due is not None:
            timers.append(WaitingTimer(token.id, token.node, due))
        if message is not None:
            waiting.append(WaitingMessage(token.id, token.node, message))
    return Advance(
        state=states.dump(case),
        ready=tuple(ready),
        timers=tuple(timers),
        waiting=tuple(waiting),
        thrown=tuple(case.thrown),
        passed=tuple(case.passed),
        ended=case.ended,
        outcome=case.outcome if case.ended else None,
        variables=dict(case.variables),
        taken=tuple(case.taken),
    )


def _ready(token: Token) -> ReadyTask:
    internal = token.internal_data
    node = token.node
    assert node is not None
    return ReadyTask(
        task_id=token.id,
        node=node,
        item=_item(token),
        assignee=internal.get("assignee"),
        scope=internal.get("scope"),
        due=datetime.fromisoformat(internal["due"]) if "due" in internal else None,
    )


def _item(token: Token) -> Variable:
    """Return the item of the innermost multi-instance that the token belongs to."""
    run = token.instance
    if run is None:
        return None
    item: Variable = run.parent.internal_data["items"][run.internal_data["index"]]
    return item
