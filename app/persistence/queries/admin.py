"""Lists of the administrators: units, accounts, the calendar, incidents. Filtered and paged by the database."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from app.persistence.models import (
    CalendarDay,
    CalendarYear,
    Case,
    Incident,
    OrgUnit,
    OutboxEntry,
    PasswordReset,
    RoleGrant,
    User,
)
from app.persistence.queries.paging import Page, matches, paged


@dataclass(frozen=True)
class UnitRow:
    """An organisational unit."""

    id: int
    kind: str
    name: str
    short_name: str
    code: str
    uscc: str
    parent: str
    address: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class AccountRow:
    """An account without anything secret; roles as (role, unit's name, grant's id)."""

    id: int
    username: str
    name: str
    unit_id: int | None
    unit: str
    active: bool
    must_change_password: bool
    locked_until: datetime | None
    created_at: datetime
    grants: list[tuple[str, str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class ResetRow:
    """A new password that waits for the security administrator."""

    user_id: int
    username: str
    name: str
    asked_by: str
    asked_at: datetime


@dataclass(frozen=True)
class YearRow:
    """A year of the calendar."""

    year: int
    status: str
    source: str
    days_off: int
    worked: int


@dataclass(frozen=True)
class IncidentRow:
    """Something that went wrong with a case, or with `count` entries of the outbox that belong to none (without number and title).

    `kind` is that of the entry of a case, empty for everything else.
    """

    id: int
    case_id: int | None
    number: str
    title: str
    code: str
    message: str
    source: str
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    count: int
    kind: str


def units(session: Session, *, q: str, kind: str, page: int) -> Page[UnitRow]:
    """Return one page of units by kind and name (two statements)."""
    parent = aliased(OrgUnit)
    query = select(OrgUnit, parent.name.label("parent")).outerjoin(parent, parent.id == OrgUnit.parent_id)
    if q:
        query = query.where(or_(matches(OrgUnit.name, q), matches(OrgUnit.short_name, q), matches(OrgUnit.uscc, q)))
    if kind:
        query = query.where(OrgUnit.kind == kind)
    return paged(session, query.order_by(OrgUnit.kind, OrgUnit.id), page, line=lambda row: _unit(*row))


def unit(session: Session, *, unit_id: int) -> UnitRow | None:
    """Return a unit (one statement)."""
    row = session.get(OrgUnit, unit_id)
    return None if row is None else _unit(row, "")


def unit_choices(session: Session) -> list[tuple[int, str]]:
    """Return all units that exist now, for a choice (one statement)."""
    query = select(OrgUnit.id, OrgUnit.name).where(OrgUnit.valid_to.is_(None)).order_by(OrgUnit.kind, OrgUnit.name)
    return [(unit_id, name) for unit_id, name in session.execute(query)]


def accounts(session: Session, *, q: str, page: int, role: str = "") -> Page[AccountRow]:
    """Return one page of accounts with their roles (three statements)."""
    query = select(User, OrgUnit.name.label("unit")).outerjoin(OrgUnit, OrgUnit.id == User.unit_id)
    if q:
        query = query.where(or_(matches(User.name, q), matches(User.username, q), matches(OrgUnit.name, q)))
    if role:
        holds = select(RoleGrant.id).where(RoleGrant.user_id == User.id, RoleGrant.role == role).correlate(User)
        query = query.where(holds.exists())
    found = paged(session, query.order_by(User.username), page, line=lambda row: _account(*row))
    by_id = {row.id: row for row in found.rows}
    held = select(RoleGrant, OrgUnit.name).join(OrgUnit, OrgUnit.id == RoleGrant.unit_id).where(RoleGrant.user_id.in_(by_id))
    for grant, name in session.execute(held.order_by(RoleGrant.id)):
        by_id[grant.user_id].grants.append((grant.role, name, grant.id))
    return found


def resets(session: Session, *, since: datetime) -> list[ResetRow]:
    """Return the new passwords that were asked for since a moment and wait for confirmation (one statement)."""
    asker = aliased(User)
    query = (
        select(PasswordReset, User.username, User.name, asker.name)
        .join(User, User.id == PasswordReset.user_id)
        .join(asker, asker.id == PasswordReset.asked_by)
        .where(PasswordReset.asked_at > since)
        .order_by(PasswordReset.asked_at)
    )
    found = session.execute(query)
    return [ResetRow(row.user_id, username, name, asked_by, row.asked_at) for row, username, name, asked_by in found]


def account(session: Session, *, user_id: int) -> AccountRow | None:
    """Return an account without its roles (one statement)."""
    query = select(User, OrgUnit.name.label("unit")).outerjoin(OrgUnit, OrgUnit.id == User.unit_id).where(User.id == user_id)
    found = session.execute(query).one_or_none()
    return None if found is None else _account(*found)


def years(session: Session) -> list[YearRow]:
    """Return the years of the calendar, newest first (two statements)."""
    off: dict[int, int] = {}
    worked: dict[int, int] = {}
    year = func.substr(CalendarDay.day, 1, 4)
    for text, kind, count in session.execute(select(year, CalendarDay.kind, func.count()).group_by(year, CalendarDay.kind)):
        (off if kind == "off" else worked)[int(text)] = count
    rows = session.scalars(select(CalendarYear).order_by(CalendarYear.year.desc()))
    return [YearRow(row.year, row.status, row.source, off.get(row.year, 0), worked.get(row.year, 0)) for row in rows]


def days_of(session: Session, *, year: int) -> dict[str, tuple[str, str]]:
    """Return day -> (kind, name) of a year (one statement)."""
    query = select(CalendarDay).where(CalendarDay.day.startswith(f"{year:04d}-")).order_by(CalendarDay.day)
    return {row.day: (row.kind, row.name) for row in session.scalars(query)}


def incidents(session: Session, *, closed: bool, page: int) -> Page[IncidentRow]:
    """Return one page of incidents that are open, or of those that are closed, newest first (two statements)."""
    entry = literal("outbox:") + cast(OutboxEntry.id, String)
    kind = select(OutboxEntry.kind).where(OutboxEntry.case_id == Incident.case_id, entry == Incident.source)
    given_up = (OutboxEntry.state == "failed", OutboxEntry.case_id.is_(None), Incident.source == "outbox:" + OutboxEntry.kind)
    count = select(func.count()).select_from(OutboxEntry).where(*given_up).correlate(Incident).scalar_subquery()
    query = select(Incident, Case, User.name, count, kind.correlate(Incident).scalar_subquery()).outerjoin(
        Case, Case.id == Incident.case_id
    )
    query = query.outerjoin(User, User.id == Incident.closed_by)
    query = query.where(Incident.closed_at.is_not(None) if closed else Incident.closed_at.is_(None))
    return paged(session, query.order_by(Incident.opened_at.desc(), Incident.id.desc()), page, line=_incident)


def _incident(found: Row[Any]) -> IncidentRow:
    row, case, name, count, kind = found
    return IncidentRow(
        id=row.id,
        case_id=row.case_id,
        number=case.number if case else "",
        title=case.title if case else "",
        code=row.code,
        message=row.message,
        source=row.source,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        closed_by=name or "",
        count=count,
        kind=kind or "",
    )


def _unit(row: OrgUnit, parent: str | None) -> UnitRow:
    return UnitRow(
        id=row.id,
        kind=row.kind,
        name=row.name,
        short_name=row.short_name,
        code=row.code or "",
        uscc=row.uscc or "",
        parent=parent or "",
        address=row.address,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _account(row: User, unit: str | None) -> AccountRow:
    return AccountRow(
        id=row.id,
        username=row.username,
        name=row.name,
        unit_id=row.unit_id,
        unit=unit or "",
        active=row.active,
        must_change_password=row.must_change_password,
        locked_until=row.locked_until,
        created_at=row.created_at,
    )
