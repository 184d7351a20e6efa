"""Ending a case from outside: nobody has to wait for a step that will not come any more."""

from app.domain.actors import Actor
from app.engine import runtime
from app.engine.types import Advance, Functions, OperationCaller
from app.services.casework import cases
from app.services.casework.case_work import CaseWork
from app.services.context import Transaction

CANCELLED = "cancelled"
"""The outcome of a case that was ended from outside; no diagram draws this end."""


def cancel(tx: Transaction, *, actor: Actor, case_id: int, reason: str) -> CaseWork:
    """End an open case with the outcome `cancelled`: its work items and timers are taken away, its ending is run.

    Side effects: those of `cases.advance`. Raises `NotWaiting` for a case that has ended.
    """
    work, state = cases.lock(tx, case_id, actor=actor)
    work.note("cancelled", subject=work.case.title, detail={"reason": reason})

    def step(call: OperationCaller, functions: Functions) -> Advance:
        return runtime.cancel(work.loaded.spec, state.state, outcome=CANCELLED)

    cases.advance(work, step=step, state=state)
    cases.flush(tx)
    return work
