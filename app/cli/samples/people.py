"""Reads the sample data: units, staff, experts, nominees, with numbers that are valid and visibly not real."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.cli.samples import deeds
from app.domain.actors import Role
from app.domain.identifiers import id_check_character, luhn_ok, organisation_check_character, uscc_check_character
from app.services.accounts.provisioning import AccountFacts, ExpertFacts, UnitFacts

FOLDER = Path(__file__).parent
PRIORITY = (
    "xu_wa", "liang_qiushi", "maimaiti", "tang_xue", "ma_xiaodong", "song_wenbo", "han_bing", "wu_peng", "luo_xiaojun", "lv_xun",
    "xu_wei", "zhang_zhao", "guo_dayong", "sun_lijun", "ouyang_jianguo", "sima_yun", "wang_wei_xinmai", "wang_wei_lanchi",
    "zhou_min", "liu_yang",
)  # fmt: skip
"""Who comes first when a rehearsal has fewer nominees: whoever carries an incident or a name that tests the papers."""


@dataclass(frozen=True)
class Account:
    """Somebody who works in the demonstration; `show` says what one can try with the account."""

    username: str
    name: str
    unit: str
    roles: tuple[Role, ...]
    show: str


@dataclass(frozen=True)
class Nominee:
    """A nominee with everything that the nomination form asks for."""

    key: str
    name: str
    sex: str
    birth: date
    id_number: str
    mobile: str
    bank_account: str
    employer: str
    channel: str
    quality: float
    part: str
    later: bool
    facts: dict[str, Any]

    @property
    def certificate_number(self) -> str:
        """The number of the skill certificate in the form of the newer ones, its level in place 16."""
        level = self.facts.get("certificate_level", 1)
        return f"S000042011200{self.facts['certificate_year']:02d}{level}{self.id_number[8:14]}"


@lru_cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


def id_number(area: str, birth: date, sex: str, turn: int) -> str:
    """Return a valid identity number whose sequence (979 and more for men, 978 and less for women) no young person has."""
    sequence = 999 - 2 * turn if sex == "male" else 998 - 2 * turn
    first = f"{area}{birth:%Y%m%d}{sequence:03d}"
    return first + id_check_character(first)


def credit_code(serial: int) -> str:
    """Return a valid unified social credit code with an organisation code that is not given out."""
    body = f"X{serial:07d}"
    first = f"91420112{body}{organisation_check_character(body)}"
    return first + uscc_check_character(first)


def bank_card(place: int) -> str:
    """Return an account number that passes the Luhn check, of a bank that does not exist."""
    first = f"990000{place:012d}"
    return next(first + str(digit) for digit in range(10) if luhn_ok(first + str(digit)))


@lru_cache
def units() -> tuple[UnitFacts, ...]:
    """Return all units, parents before children."""
    return tuple(
        UnitFacts(
            code=row["code"],
            kind=row["kind"],
            name=row["name"],
            short_name=row["short"],
            parent=row.get("parent"),
            uscc=credit_code(row["uscc"]) if "uscc" in row else None,
            address=row.get("address", ""),
        )
        for row in _read("units.toml")["unit"]
    )


@lru_cache
def unit_names() -> Mapping[str, str]:
    """Return the names of all units by code."""
    return {unit.code: unit.name for unit in units()}


@lru_cache
def staff() -> tuple[Account, ...]:
    """Return who works in the demonstration, without the experts."""
    return tuple(
        Account(row["username"], row["name"], row["unit"], tuple(Role(role) for role in row["roles"]), row.get("show", ""))
        for row in _read("staff.toml")["account"]
    )


def experts() -> list[ExpertFacts]:
    """Return the pool of experts, relations as identity numbers."""
    numbers = {nominee.key: nominee.id_number for nominee in nominees()}
    found = []
    for row in _read("experts.toml")["expert"]:
        relations = [("relative", numbers[key]) for key in row.get("relatives", [])]
        relations += [("mentorship", numbers[key]) for key in row.get("mentorships", [])]
        facts = ExpertFacts(row["username"], row["trades"], row["title"], row["region"], row["employer"], tuple(relations))
        found.append(facts)
    return found


def expert_accounts() -> list[Account]:
    """Return the accounts of the experts, each at the place of work."""
    return [Account(row["username"], row["name"], row["employer"], (Role.EXPERT,), "") for row in _read("experts.toml")["expert"]]


def account_facts() -> list[AccountFacts]:
    """Return every account that works from the first day on."""
    return [AccountFacts(one.username, one.name, one.unit, one.roles) for one in (*staff(), *expert_accounts())]


@lru_cache
def nominees() -> tuple[Nominee, ...]:
    """Return all nominees, those who matter most for a small rehearsal first."""
    rows = [row for path in sorted((FOLDER / "nominees").glob("*.toml")) for row in _read(f"nominees/{path.name}")["nominee"]]
    order = {key: place for place, key in enumerate(PRIORITY)}
    rows.sort(key=lambda row: (row.get("later", False), order.get(row["key"], len(order)), row["key"]))
    return tuple(_nominee(row, place) for place, row in enumerate(rows, start=1))


def _nominee(row: dict[str, Any], place: int) -> Nominee:
    unit = unit_names()[row["employer"]]
    told = {"brief": deeds.brief(row, place=place), "full": deeds.full(row, place=place, unit=unit)}
    return Nominee(
        key=row["key"],
        name=row["name"],
        sex=row["sex"],
        birth=row["birth"],
        id_number=id_number(row["area"], row["birth"], row["sex"], 0),
        mobile=f"1540000{place:04d}",  # 154 has never been given to any network
        bank_account=bank_card(place),
        employer=row["employer"],
        channel=row.get("channel", "employer"),
        quality=float(row["quality"]),
        part=row.get("part", ""),
        later=row.get("later", False),
        facts={**row, **told},
    )
