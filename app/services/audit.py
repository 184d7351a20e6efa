"""Writing down what happened: append-only events, chained by a keyed hash within their stream."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.audit import GENESIS, chain_hash
from app.persistence.models import AuditEvent, AuditHead, Case
from app.services.context import Transaction

SYSTEM_STREAM = "system"
_HEAD_LOCKED = select(AuditHead).where(AuditHead.stream == SYSTEM_STREAM).with_for_update()
_LONGEST_ACTOR, _LONGEST_SUBJECT = 160, 120
"""What the columns have room for."""


def lock_case(tx: Transaction, case_id: int) -> Case:
    """Return a case with its row locked, as it is behind the lock, and not as it was when somebody's right to it was judged."""
    locked = select(Case).where(Case.id == case_id).with_for_update().execution_options(populate_existing=True)
    return tx.session.scalars(locked).one()


def record_on_case(
    tx: Transaction, case: Case, *, actor: Actor, action: str, subject: str = "", detail: Mapping[str, Any] | None = None
) -> None:
    """Append an event to the stream of a case; the head of the chain is kept in the case's row, which the caller has locked.

    The row is written once, when the history is: a step that asks the database for something does not write it before.
    """
    event = _event(tx, f"case:{case.id}", case.audit_seq + 1, actor=actor, action=action, subject=subject, detail=detail)
    tx.change(case, audit_hash=_chain(tx, event, previous=case.audit_hash), audit_seq=event["seq"])


def record(tx: Transaction, *, actor: Actor, action: str, subject: str = "", detail: Mapping[str, Any] | None = None) -> None:
    """Append an event that belongs to no case, e.g. a login or a deployment. Locks the head of the system's stream."""
    head = tx.session.scalars(_HEAD_LOCKED).one()
    head.seq += 1
    event = _event(tx, SYSTEM_STREAM, head.seq, actor=actor, action=action, subject=subject, detail=detail)
    head.hash = _chain(tx, event, previous=head.hash)


def signature(actor: Actor) -> str:
    """Return how an actor is written down: unit and name as they are now, a unit that leaves no room for the name cut short."""
    if not actor.unit_name or actor.unit_name == actor.name:
        return actor.name
    between = " · "
    return f"{actor.unit_name[: _LONGEST_ACTOR - len(between) - len(actor.name)]}{between}{actor.name}"


def _event(
    tx: Transaction, stream: str, seq: int, *, actor: Actor, action: str, subject: str, detail: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return a new event as the chain protects it: what `content` gives for its row. Nobody needs an object of it."""
    return {
        "stream": stream,
        "seq": seq,
        "at": tx.now.isoformat(),
        "actor_id": actor.user_id,
        "actor": signature(actor),
        "action": action,
        "subject": subject[:_LONGEST_SUBJECT],
        "detail": json.dumps(detail, ensure_ascii=False, separators=(",", ":")) if detail else "",
    }


def _chain(tx: Transaction, event: dict[str, Any], *, previous: str) -> str:
    """Return the event's hash; the event is written with the commit, all of a transaction in one statement."""
    digest = chain_hash(previous or GENESIS, event=event, key=tx.context.audit_key)
    tx.events.append({**event, "at": tx.now, "hash": digest})
    return digest


def digest(text: str) -> str:
    """Return by what an event holds fast what is kept elsewhere, e.g. a submission (BLAKE2b of 128 bits, hexadecimal)."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def content(event: AuditEvent) -> dict[str, Any]:
    """Return what of an event the chain protects."""
    return {
        "stream": event.stream,
        "seq": event.seq,
        "at": event.at.isoformat(),
        "actor_id": event.actor_id,
        "actor": event.actor,
        "action": event.action,
        "subject": event.subject,
        "detail": event.detail,
    }
