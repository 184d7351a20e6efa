"""Filling an installation with its organisation in one go: units, accounts, experts, working days. Nothing is changed twice."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from app.domain.actors import SYSTEM, Role
from app.domain.calendar_data import ARRANGEMENTS, calendar_days
from app.domain.errors import DomainError
from app.domain.names import clean_name
from app.domain.passwords import check_password
from app.persistence.models import AuditEvent, CalendarDay, CalendarYear, Expert, OrgUnit, PasswordHistory, RoleGrant, User
from app.persistence.schema import empty_schema, holds_tables
from app.services import audit
from app.services.accounts import accounts
from app.services.context import Context, Transaction

BEGUN, PREPARED = "demo_begun", "demo_prepared"
"""The audit events that say that an installation is a demonstration, and which samples it was filled with."""


@dataclass(frozen=True)
class UnitFacts:
    """A unit to be there; `parent` is the code of another, `uscc` a credit code."""

    code: str
    kind: str
    name: str
    short_name: str
    parent: str | None = None
    uscc: str | None = None
    address: str = ""


@dataclass(frozen=True)
class AccountFacts:
    """An account to be there, with its roles in its unit."""

    username: str
    name: str
    unit: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class ExpertFacts:
    """An expert to be in the pool. `relations` name identity numbers, which are kept as hashes only."""

    username: str
    trades: str
    title: str
    region: str
    employer: str | None = None
    relations: tuple[tuple[str, str], ...] = ()


@dataclass
class Added:
    """How many rows were new."""

    units: int = 0
    accounts: int = 0
    experts: int = 0
    years: int = 0
    codes: dict[str, int] = field(default_factory=dict)


def provision(
    context: Context,
    *,
    units: Sequence[UnitFacts],
    accounts_: Sequence[AccountFacts],
    experts: Sequence[ExpertFacts],
    password: str,
) -> Added:
    """Add what is missing, all or nothing: units by code, accounts by user name, experts by account, years of the calendar.

    Side effects: rows and one audit event when anything was added. What is there already is left as it is, passwords too.
    """
    added, password_hash = Added(), _hash_if_needed(context, accounts_, password=password)
    with context.transaction() as tx:
        added.codes = _add_units(tx, units, added)
        users = _add_accounts(tx, accounts_, added, password_hash=password_hash)
        _add_experts(tx, experts, added, users=users)
        _add_years(tx, added)
        counts = {"units": added.units, "accounts": added.accounts, "experts": added.experts, "years": added.years}
        if any(counts.values()):
            audit.record(tx, actor=SYSTEM, action="provisioned", subject="单位、账号、专家和工作日历", detail=counts)
    context.calendars.forget()
    return added


def _add_units(tx: Transaction, units: Iterable[UnitFacts], added: Added) -> dict[str, int]:
    known = {code: unit_id for code, unit_id in tx.session.execute(select(OrgUnit.code, OrgUnit.id)) if code is not None}
    for unit in units:
        if unit.code in known:
            continue
        row = OrgUnit(
            code=unit.code,
            kind=unit.kind,
            name=unit.name,
            short_name=unit.short_name,
            uscc=unit.uscc,
            address=unit.address,
            parent_id=known[unit.parent] if unit.parent else None,
        )
        tx.session.add(row)
        tx.session.flush()  # later units refer to this one
        known[unit.code] = row.id
        added.units += 1
    return known


def _hash_if_needed(context: Context, facts: Iterable[AccountFacts], *, password: str) -> str:
    """Return the hash of the password of new accounts; slow on purpose, and therefore made before the transaction."""
    with context.reading() as tx:
        known = set(tx.session.scalars(select(User.username)))
    missing = [account for account in facts if account.username not in known]
    for account in missing:
        check_password(password, username=account.username)
    # Hashed once: who knows the password of one of these accounts knows them all, and a hundred hashes take ten seconds.
    return accounts.hash_password(password) if missing else ""


def _add_accounts(tx: Transaction, facts: Iterable[AccountFacts], added: Added, *, password_hash: str) -> dict[str, int]:
    known = {row.username: row.id for row in tx.session.execute(select(User.username, User.id))}
    for account in (one for one in facts if one.username not in known):
        unit_id = added.codes[account.unit]
        user = User(
            username=account.username,
            name=clean_name(account.name),
            unit_id=unit_id,
            active=True,
            password_hash=password_hash,
            password_changed_at=tx.now,
            session_epoch=0,
            created_at=tx.now,
            grants=[RoleGrant(role=role.value, unit_id=unit_id) for role in account.roles],
        )
        tx.session.add(user)
        tx.session.flush()
        tx.session.add(PasswordHistory(user_id=user.id, password_hash=password_hash, changed_at=tx.now))
        known[account.username] = user.id
        added.accounts += 1
    return known


def _add_experts(tx: Transaction, facts: Iterable[ExpertFacts], added: Added, *, users: Mapping[str, int]) -> None:
    known = set(tx.session.scalars(select(Expert.user_id)))
    for expert in facts:
        user_id = users[expert.username]
        if user_id in known:
            continue
        relations = [{"kind": kind, "id_hash": tx.context.cipher.look_up(number)} for kind, number in expert.relations]
        tx.session.add(
            Expert(
                user_id=user_id,
                employer_id=added.codes[expert.employer] if expert.employer else None,
                trades=expert.trades,
                title=expert.title,
                region=expert.region,
                relations_json=json.dumps(relations),
                available=True,
            )
        )
        added.experts += 1


def _add_years(tx: Transaction, added: Added) -> None:
    known = set(tx.session.scalars(select(CalendarYear.year)))
    for arrangement in ARRANGEMENTS:
        if arrangement.year in known:
            continue
        tx.session.add(CalendarYear(year=arrangement.year, status="published", source=arrangement.source))
        tx.session.add_all(
            CalendarDay(day=day.date.isoformat(), kind=day.kind, name=day.name) for day in calendar_days(arrangement)
        )
        added.years += 1


def content_mark(content: Any) -> str:
    """Return a short hash of JSON-like content, the same on every machine."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def mark_begun(context: Context) -> None:
    """Write down that what this installation holds from now on is a demonstration: nothing else may ever be reset."""
    with context.transaction() as tx:
        audit.record(tx, actor=SYSTEM, action=BEGUN, subject="演示数据")


def is_demonstration(context: Context) -> bool:
    """Tell whether the installation was begun as a demonstration, or prepared as one."""
    with context.reading() as tx:
        marks = select(AuditEvent.id).where(AuditEvent.stream == audit.SYSTEM_STREAM, AuditEvent.action.in_((BEGUN, PREPARED)))
        return tx.session.scalar(marks.limit(1)) is not None


def clear_demonstration(context: Context) -> bool:
    """Empty the database of a demonstration; tell whether there was one. The file of an embedded one is only looked at: it goes whole.

    Refuses what was not begun as a demonstration, and a database that cannot be reached or is in use.
    """
    engine: Engine = context.sessions.kw["bind"]
    try:
        if not holds_tables(engine):
            return False
        if not is_demonstration(context):
            raise DomainError(
                "demo.reset_real",
                "数据库里的内容不是演示数据，不会删除。请检查 GONGJIANG_DATABASE_URL，或换一个数据库、文件夹来试用。",
            )
        if engine.dialect.name != "sqlite":
            empty_schema(engine)
        return True
    except OperationalError as error:
        sentence = "不能清空数据库：连接不上，或者正在使用。请先停止网站和后台进程，核对数据库地址后再试。"
        raise DomainError("demo.reset_busy", sentence) from error


def prepared_mark(context: Context) -> tuple[str, dict[str, Any]] | None:
    """Return the mark and the notes of the newest preparation, None when the installation was never prepared."""
    with context.reading() as tx:
        row = tx.session.execute(
            select(AuditEvent.subject, AuditEvent.detail)
            .where(AuditEvent.stream == audit.SYSTEM_STREAM, AuditEvent.action == PREPARED)
            .order_by(AuditEvent.seq.desc())
            .limit(1)
        ).one_or_none()
    return (row[0], json.loads(row[1] or "{}")) if row else None


def mark_prepared(context: Context, *, mark: str, notes: Mapping[str, Any]) -> None:
    """Write down that an installation was filled with these samples."""
    with context.transaction() as tx:
        audit.record(tx, actor=SYSTEM, action=PREPARED, subject=mark, detail=notes)
