"""Ending a case from outside: nobody has to wait for a step that will not come any more."""

from app.domain.actors import Actor
from app.engine import runtime
from app.engine.types import Advance, Functions, OperationCaller
from app.services.casework import cases
from app.services.casework.case_work import CaseWork
from app.services.context import Transaction

CANCELLED, REVOKED = "cancelled", "revoked"
ENDS = {CANCELLED: "评选已取消", REVOKED: "称号已撤销"}
"""The outcomes of cases that were ended from outside, and what they are called; no diagram draws these ends."""


def cancel(tx: Transaction, *, actor: Actor, case_id: int, reason: str, outcome: str = CANCELLED) -> CaseWork:
    """End an open case with an outcome of `ENDS`: its work items and timers are taken away, its ending is run.

    Side effects: those of `cases.advance`. Raises `NotWaiting` for a case that has ended.
    """
    work, state = cases.lock(tx, case_id, actor=actor)
    work.note("revoked" if outcome == REVOKED else "cancelled", subject=work.case.title, detail={"reason": reason})

    def step(call: OperationCaller, functions: Functions) -> Advance:
        return runtime.cancel(work.loaded.spec, state.state, outcome=outcome)

    cases.advance(work, step=step, state=state)
    cases.flush(tx)
    return work
