"""Messages between a round and its nominations: thrown ones are addressed, and barriers tell the round that all have come.

All that a step sends gathers in `CaseWork.outgoing` and is put into the outbox at its end.
"""

import json

from sqlalchemy import bindparam, func, select

from app.domain.errors import DomainError
from app.domain.procedure import Barrier, Message
from app.engine.types import ThrownMessage
from app.persistence.models import Case, OutboxEntry
from app.persistence.upsert import insert_once
from app.services.casework.case_work import CaseWork

_HINDMOST = select(func.min(Case.stage_order)).where(
    Case.round_id == bindparam("round_id"),
    Case.kind == bindparam("kind"),
    Case.ended_at.is_(None),
    Case.id != bindparam("case_id"),
)
"""How far behind the hindmost open case of a kind is, but for one case."""


def address(work: CaseWork, thrown: ThrownMessage) -> None:
    """Send a thrown message to every case that its addresser finds."""
    message = message_of(work, thrown.message)
    addresser = work.tx.context.registry.addressers.get(message.addressed_by or "")
    if addresser is None:
        raise DomainError("message.address", f"消息“{message.title}”没有写明发给哪些办件。请联系流程管理员。")
    for target in addresser.run(work):
        # The sequence number of the history tells apart the throws of one event that is passed more than once.
        key = f"{work.case.id}:{work.case.audit_seq}:{message.name}:{target.case_id}"
        work.send(message.name, case_id=target.case_id, payload={**thrown.payload, **target.payload}, key=key)


def message_of(work: CaseWork, name: str) -> Message:
    """Return what the manifest says of a message."""
    message = work.loaded.procedure.messages.get(name)
    if message is None:
        raise DomainError("message.unknown", f"流程包里没有消息“{name}”。请联系流程管理员。")
    return message


def reach_barriers(work: CaseWork) -> None:
    """Tell the round when this case was the last of its kind to reach a stage that the round waits for (one statement then)."""
    case, round_ = work.case, work.round
    if round_ is None or round_.case_id in (None, case.id):
        return
    for name, task_id in json.loads(round_.waiting or "{}").items():
        barrier = message_of(work, name).barrier
        if barrier is None or barrier.of != case.kind:
            continue
        if case.ended_at is not None or case.stage_order >= _order_of(work, barrier):
            least = work.once("hindmost", lambda: _hindmost(work))
            _tell(work, name, task_id, round_case_id=round_.case_id, least=least)


def _hindmost(work: CaseWork) -> int | None:
    case = work.case
    with work.tx.session.no_autoflush:  # what is not written yet is this case's
        return work.tx.session.scalar(_HINDMOST, {"round_id": case.round_id, "kind": case.kind, "case_id": case.id})


def _order_of(work: CaseWork, barrier: Barrier) -> int:
    return work.loaded.procedure.case_kinds[barrier.of].order_of(barrier.stage)


def look_at_barriers(work: CaseWork) -> None:
    """Tell a round again which of the barriers that it waits for have been reached; nothing is told twice."""
    check_own_barriers(work)
    post(work)


def check_own_barriers(work: CaseWork) -> None:
    """Tell a round which of the barriers that it waits for have been reached already, e.g. before it came to wait."""
    for name, task_id in json.loads(work.case.waiting).items() if work.case.ended_at is None else ():
        barrier = message_of(work, name).barrier
        if barrier is not None:
            _tell(work, name, task_id, round_case_id=work.case.id, least=work.around.hindmost.get(barrier.of))


def _tell(work: CaseWork, name: str, task_id: str, *, round_case_id: int, least: int | None) -> None:
    """Send a barrier's message when the case that is furthest behind has reached its stage; None when all have ended."""
    barrier = message_of(work, name).barrier
    assert barrier is not None
    if least is None or least >= _order_of(work, barrier):
        # The engine's task is in the key: each time the round waits anew it is told anew, and only once.
        work.send(name, case_id=round_case_id, key=f"barrier:{round_case_id}:{task_id}")


def post(work: CaseWork) -> None:
    """Put what has gathered into the outbox; what is there already under the same key is left as it is."""
    if work.outgoing:
        insert_once(work.tx.session, OutboxEntry, work.outgoing)
        work.tx.leaving = True
        work.outgoing.clear()
