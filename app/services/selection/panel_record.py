"""How the panel of a round came about, so that somebody who doubts it can check: draws, members, recusals."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.draw import DrawResult, DrawStep, PoolMember, reproduces
from app.persistence.models import Nomination, PanelDraw, PanelMember, Recusal, User
from app.services.context import Transaction


@dataclass(frozen=True)
class DrawRecord:
    """A draw with all that it takes to repeat it. `is_reproduced`: drawing again from the recorded pool gave the same."""

    seed: str
    seed_source: str
    witnesses: str
    pool_hash: str
    pool: tuple[str, ...]
    steps: tuple[DrawStep, ...]
    drawn_by: str
    drawn_at: datetime
    is_reproduced: bool


@dataclass(frozen=True)
class MemberLine:
    """An expert of the panel; `state` is drawn, accepted, declined, reserve or called."""

    key: str
    name: str
    state: str
    accepted_at: datetime | None


@dataclass(frozen=True)
class RecusalLine:
    """Who does not judge whom, and why; `origin` is found, declared, requested or ordered."""

    case_id: int
    nominee: str
    expert: str
    origin: str
    reason: str
    recorded_at: datetime


@dataclass(frozen=True)
class PanelRecord:
    """Everything about a round's panel; `names` maps the keys of the draws to the experts behind them."""

    draws: tuple[DrawRecord, ...]
    members: tuple[MemberLine, ...]
    recusals: tuple[RecusalLine, ...]
    names: Mapping[str, str]


def member_key(user_id: int) -> str:
    """Return under which key an expert stands in a draw: stable, and not a name."""
    return f"E{user_id:06d}"


def panel_record(tx: Transaction, *, round_id: int) -> PanelRecord:
    """Return how the panel came about, the newest draw first. Reads only, four statements."""
    draws = tuple(_draws(tx.session, round_id))
    members = tuple(_members(tx.session, round_id))
    keys = {key for each in draws for key in each.pool}
    ids = {int(key.removeprefix("E")) for key in keys}
    names = {member_key(row.id): row.name for row in tx.session.execute(select(User.id, User.name).where(User.id.in_(ids)))}
    return PanelRecord(draws, members, tuple(_recusals(tx.session, round_id)), names)


def _draws(session: Session, round_id: int) -> list[DrawRecord]:
    query = select(PanelDraw, User.name).join(User, User.id == PanelDraw.drawn_by).where(PanelDraw.round_id == round_id)
    return [_draw(row, name) for row, name in session.execute(query.order_by(PanelDraw.id.desc()))]


def _draw(row: PanelDraw, drawn_by: str) -> DrawRecord:
    record: dict[str, Any] = json.loads(row.record_json)
    steps = tuple(DrawStep(**step) for step in record["steps"])
    selected, reserves = tuple(record["selected"]), tuple(record["reserves"])
    result = DrawResult(selected, reserves, row.pool_hash, row.seed, (), steps)
    pool = [PoolMember(int(key.removeprefix("E")), key) for key in record["pool"]]
    return DrawRecord(
        seed=row.seed,
        seed_source=record["seed_source"],
        witnesses=record["witnesses"],
        pool_hash=row.pool_hash,
        pool=tuple(record["pool"]),
        steps=steps,
        drawn_by=drawn_by,
        drawn_at=row.drawn_at,
        is_reproduced=reproduces(result, pool=pool),
    )


def _members(session: Session, round_id: int) -> list[MemberLine]:
    query = select(PanelMember, User.name).join(User, User.id == PanelMember.user_id).where(PanelMember.round_id == round_id)
    found = session.execute(query.order_by(PanelMember.place))
    return [MemberLine(member_key(row.user_id), name, row.state, row.accepted_at) for row, name in found]


def _recusals(session: Session, round_id: int) -> list[RecusalLine]:
    query = (
        select(Recusal, Nomination.name, User.name)
        .join(Nomination, Nomination.case_id == Recusal.case_id)
        .join(User, User.id == Recusal.user_id)
        .where(Nomination.round_id == round_id)
        .order_by(Recusal.recorded_at, Recusal.case_id)
    )
    return [
        RecusalLine(row.case_id, nominee, expert, row.origin, row.reason, row.recorded_at)
        for row, nominee, expert in session.execute(query)
    ]
