"""Organisational units, the people who work in the system, and the persons whom a selection is about."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.persistence.base import Base, Encrypted, UtcDateTime


class OrgUnit(Base):
    """A body of the district, a street, an industry office, a department, a union or an employer. Renamed and merged by date."""

    __tablename__ = "org_unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    # One of district, bureau, street, industry_office, department, union, employer, outside (where experts may come from).
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(40), default="")
    code: Mapped[str | None] = mapped_column(String(30), unique=True)
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    address: Mapped[str] = mapped_column(String(200), default="")
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (Index(None, "kind"), Index(None, "parent_id"))


class Person(Base):
    """A natural person, recognised by the keyed hash of the ID number; the number itself is stored encrypted."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    id_hash: Mapped[str] = mapped_column(String(64), unique=True)
    id_number: Mapped[str] = mapped_column(Encrypted)
    mobile: Mapped[str | None] = mapped_column(Encrypted)
    sex: Mapped[str] = mapped_column(String(10), default="")
    birth: Mapped[date] = mapped_column(Date)


class User(Base):
    """An account: one person, one password, any number of roles."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    email: Mapped[str | None] = mapped_column(Encrypted)  # where reminders go; None: the bell only
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    session_epoch: Mapped[int] = mapped_column(default=0)  # raised to end every session of the account
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    unit: Mapped[OrgUnit | None] = relationship()
    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="user", cascade="all, delete-orphan")


class PasswordReset(Base):
    """A new password that the system administrator has asked for and the security administrator has not decided about."""

    __tablename__ = "password_reset"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PasswordHistory(Base):
    """Earlier password hashes of an account, so that the last five are not taken again."""

    __tablename__ = "password_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RoleGrant(Base):
    """A role that an account holds in a unit."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))

    user: Mapped[User] = relationship(back_populates="grants")

    __table_args__ = (UniqueConstraint("user_id", "role", "unit_id"), Index(None, "role", "unit_id"))
