"""The person behind a nomination and the account that the person confirms with."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain.actors import Role
from app.domain.errors import InvalidValues
from app.domain.fields import Values
from app.domain.identifiers import IdNumber, parse_id_number, parse_mobile
from app.domain.names import clean_name
from app.persistence.models import OrgUnit, Person, RoleGrant, User
from app.services.casework.form_values import refusal, text
from app.services.context import Transaction

UNUSABLE = "$argon2id$v=19$m=65536,t=3,p=4$YWN0aXZhdGlvbi1vbmx5$c2VlIGFwcC5zZXJ2aWNlcy5hY3RpdmF0aW9uLi4uLi4"
"""In place of a password hash: no password fits it. The account is opened by `activation`."""
Found = TypeVar("Found")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Identity:
    """What the form says of a person, checked."""

    name: str
    number: IdNumber
    mobile: str
    sex: str


def read_identity(values: Values, *, today: date) -> Identity:
    """Return name, identity number and mobile of a form, checked. Raises `InvalidValues` at the field concerned."""
    name = _at("name", lambda: clean_name(text(values, "name")))
    number = _at("id_number", lambda: parse_id_number(text(values, "id_number"), today=today))
    mobile = _at("mobile", lambda: parse_mobile(text(values, "mobile")))
    if text(values, "sex") and text(values, "sex") != number.sex.value:
        raise refusal("sex", "性别与身份证号码显示的不一致，请核对性别和身份证号码。")
    return Identity(name=name, number=number, mobile=mobile, sex=number.sex.value)


def _at(key: str, parse: Callable[[], Found]) -> Found:
    try:
        return parse()
    except InvalidValues as error:
        raise refusal(key, error.message, code=error.code) from None


def keep_person(tx: Transaction, identity: Identity, *, person: Person | None, may_rename: bool) -> Person:
    """Insert or update the person, recognised by the keyed hash of the number.

    A person whom the system knows under another name is not renamed by a stranger: `InvalidValues` asks to look again.
    """
    if person is None:
        person = Person(
            name=identity.name,
            id_hash=tx.context.cipher.look_up(identity.number.number),
            id_number=identity.number.number,
            mobile=identity.mobile,
            sex=identity.sex,
            birth=identity.number.birth,
        )
        tx.session.add(person)
        tx.session.flush()  # account and nomination refer to the person
        return person
    if person.name != identity.name:
        if not may_rename:
            raise refusal(
                "name", "这个身份证号码在系统中登记的是另一个姓名。请对照身份证核对姓名和号码；确实改过名的请联系区人社局。"
            )
        person.name = identity.name
    if person.mobile != identity.mobile:
        person.mobile = identity.mobile
    return person


def keep_account(tx: Transaction, person: Person, *, user: User | None, employer: OrgUnit) -> User:
    """Return the person's account with the role of a candidate.

    A new one has a random name that says nothing about the person and no password: the candidate opens it by `activation`.
    """
    if user is None:
        user = User(
            username="c" + "".join(secrets.choice(_ALPHABET) for _ in range(9)),
            name=person.name,
            password_hash=UNUSABLE,
            unit_id=employer.id,
            person_id=person.id,
            active=True,
            must_change_password=True,
            created_at=tx.now,
            grants=[RoleGrant(role=Role.CANDIDATE.value, unit_id=employer.id)],
        )
        tx.session.add(user)
        tx.session.flush()  # the case refers to the account
        return user
    if user.name != person.name:
        user.name = person.name
    held = tx.session.scalars(select(User).options(selectinload(User.grants)).where(User.id == user.id)).one().grants
    if not any(grant.role == Role.CANDIDATE for grant in held):
        tx.session.add(RoleGrant(user_id=user.id, role=Role.CANDIDATE.value, unit_id=employer.id))
    return user
