"""Misprinted certificates are replaced in two hands: one asks and says what is wrong, another compares and confirms.

Until then the certificate holds as it is. The old one stays in the register as 已补发 (handbook 1.16).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Conflict, InvalidValues, NotAllowed, NotFound
from app.domain.permissions import PERMITTED_ROLES, Permission
from app.domain.rounds import settings_from_json
from app.persistence.models import Certificate, ReissueRequest, SelectionRound, User
from app.services.context import Context, Transaction
from app.services.issuing import batches
from app.services.issuing.register import (
    change_state,
    enter_event,
    lock_valid,
    refuse_proposed,
    require,
    sound_reason,
    tell_holder,
)
from app.services.issuing.second_hands import mark_of, require_seen, tell_second_hands
from app.services.issuing.serials import next_serial

CORRECTABLE = ("name", "employer")
"""What a misprint may have got wrong; a wrong title or date is the decision's fault, and is mended by a decision."""


@dataclass(frozen=True)
class Correction:
    """One value of a certificate that is to be corrected."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Asked:
    """A request that waits for its second hand."""

    corrections: tuple[Correction, ...]
    reason: str
    asked_by: int
    asker: str
    asked_at: datetime
    mark: str


def ask(context: Context, *, actor: Actor, certificate_id: int, corrections: Mapping[str, str], reason: str) -> None:
    """Ask for a certificate with corrected values; somebody else has to confirm it.

    `InvalidValues` when nothing is corrected, `Conflict` when somebody has asked already or the certificate does not hold any more,
    `NotAllowed`, `NotFound`. Writes the request, register and history.
    """
    require(actor, Permission.ISSUE_CERTIFICATES)
    with context.transaction() as tx:
        row = lock_valid(tx, actor, certificate_id)
        kept, changed = sound_reason(reason), _changes(row, corrections)
        if tx.session.get(ReissueRequest, row.id) is not None:
            raise Conflict("reissue.waiting", "这份证书已经有人申请补发，等待另一人确认。请刷新页面查看。")
        refuse_proposed(tx, row)
        asked = {"certificate_id": row.id, "corrections_json": json.dumps(changed, ensure_ascii=False), "reason": kept}
        tx.session.add(ReissueRequest(**asked, asked_by=actor.user_id, asked_at=tx.now))
        enter_event(tx, row, actor=actor, kind="asked", reason=kept, basis="")
        tell_second_hands(tx, row, "reissue_asked", roles=PERMITTED_ROLES[Permission.ISSUE_CERTIFICATES], actor=actor)


def confirm(context: Context, *, actor: Actor, certificate_id: int, seen: str) -> int:
    """Replace a certificate as it was asked for by somebody else; return the new one, which has a serial of its own.

    `seen` is the mark of the request that was compared. The file of the new one is made by the batch of the round, and the holder
    gets a letter. `NotAllowed` for who asked, `Conflict` for another request; other errors as for `ask`. Writes register and history.
    """
    require(actor, Permission.ISSUE_CERTIFICATES)
    with context.transaction() as tx:
        row = lock_valid(tx, actor, certificate_id)
        request = _request(tx, row)
        if request.asked_by == actor.user_id:
            raise NotAllowed("reissue.two_hands", "补发由两个人办理：申请的人不能自己确认。请另一位经办人核对后确认。")
        require_seen(_mark(request), seen=seen)
        refuse_proposed(tx, row)
        new, reason = _replacement(tx, row, _changes(row, json.loads(request.corrections_json))), request.reason
        change_state(tx, row, actor=actor, kind="reissued", reason=reason, basis=new.serial)
        tell_holder(tx, row, "certificate_reissued", replacement=new.serial)
        batches.gather(tx, round_id=row.round_id, certificate_ids=[new.id], by=actor.user_id)
        return new.id


def decline(context: Context, *, actor: Actor, certificate_id: int, reason: str) -> None:
    """Take a request off the table: somebody else declines it, or who asked takes it back. Writes register and history."""
    require(actor, Permission.ISSUE_CERTIFICATES)
    with context.transaction() as tx:
        row = lock_valid(tx, actor, certificate_id)
        request = _request(tx, row)
        enter_event(tx, row, actor=actor, kind="declined", reason=sound_reason(reason), basis="")
        tx.session.delete(request)


def waiting(tx: Transaction, *, certificate_id: int) -> Asked | None:
    """Return what was asked for a certificate, None when nothing waits (one statement)."""
    query = (
        select(ReissueRequest, Certificate, User.name)
        .join(Certificate, Certificate.id == ReissueRequest.certificate_id)
        .join(User, User.id == ReissueRequest.asked_by)
        .where(ReissueRequest.certificate_id == certificate_id)
    )
    found = tx.session.execute(query).one_or_none()
    if found is None:
        return None
    request, row, asker = found
    old, new = _printed(row), json.loads(request.corrections_json)
    corrections = tuple(Correction(field, str(old.get(field) or ""), new[field]) for field in CORRECTABLE if field in new)
    return Asked(corrections, request.reason, request.asked_by, asker, request.asked_at, _mark(request))


def _mark(request: ReissueRequest) -> str:
    return mark_of(request.corrections_json, request.reason)


def _request(tx: Transaction, row: Certificate) -> ReissueRequest:
    found = tx.session.get(ReissueRequest, row.id)
    if found is None:
        raise NotFound("reissue.none", "没有等待确认的补发申请，可能刚刚办理完。请刷新页面查看。")
    return found


def _printed(row: Certificate) -> dict[str, Any]:
    return {"name": row.name, **json.loads(row.values_json)}


def _changes(row: Certificate, corrections: Mapping[str, str]) -> dict[str, str]:
    old = _printed(row)
    given = {key: " ".join(value.split()) for key, value in corrections.items() if key in CORRECTABLE and value.strip()}
    changed = {key: value for key, value in given.items() if value != old.get(key)}
    if not changed:
        raise InvalidValues("register.same", "没有需要更正的内容。请改正印错的姓名或单位后再申请补发。")
    return changed


def _replacement(tx: Transaction, row: Certificate, changed: Mapping[str, str]) -> Certificate:
    round_ = tx.session.get_one(SelectionRound, row.round_id)
    serial, code = next_serial(tx, settings_from_json(json.loads(round_.settings_json)).certificate_prefix)
    kept = ("case_id", "round_id", "holder_id", "title", "issuers", "issued_on", "template_version_id")
    new = Certificate(
        **{key: getattr(row, key) for key in kept},
        serial=serial,
        check_code=code,
        name=changed.get("name", row.name),
        values_json=json.dumps({**json.loads(row.values_json), **changed}, ensure_ascii=False),
        state="valid",
        replaces_id=row.id,
    )
    tx.session.add(new)
    tx.session.flush()
    return new
