"""Who plays: the staff of the samples, the nominees with the part that each has, and the clients that they sit at."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask

from app.cli.rehearsal.browser import Person
from app.cli.rehearsal.clock import SteppingClock
from app.cli.rehearsal.values import CHECKED
from app.cli.samples import people
from app.cli.samples.loading import DEMO_PASSWORD
from app.cli.samples.people import Nominee
from app.domain.actors import Role
from app.persistence.queries import admin
from app.services.context import Context


@dataclass
class Entry:
    """A nominee on the way: the case, the candidate's browser, what became of it."""

    nominee: Nominee
    number: str = ""
    case_id: int = 0
    item_id: int = 0
    candidate: Person | None = None
    out: str = ""
    inspection: str = ""
    rank: int = 0

    @property
    def name(self) -> str:
        """The name."""
        return self.nominee.name

    @property
    def person(self) -> Person:
        """The candidate's browser, once the account is open."""
        assert self.candidate is not None
        return self.candidate


@dataclass
class Cast:
    """Everybody who plays a round, and what the play has to remember."""

    app: Flask
    context: Context
    clock: SteppingClock
    seed: int
    winners: int
    title: str
    entries: list[Entry]
    round_id: int = 0
    published: int = 0
    panel: list[str] = field(default_factory=list)
    sheets: list[dict[str, Any]] = field(default_factory=list)
    incidents: list[dict[str, str]] = field(default_factory=list)
    notices: list[int] = field(default_factory=list)
    proposed: list[Entry] = field(default_factory=list)
    _persons: dict[str, Person] = field(default_factory=dict)

    def staff(self, username: str) -> Person:
        """Return somebody by user name."""
        if username not in self._persons:
            account = next(one for one in (*people.staff(), *people.expert_accounts()) if one.username == username)
            self._persons[username] = Person(self.app, self.clock, name=account.name, username=username, password=DEMO_PASSWORD)
        return self._persons[username]

    def role(self, role: Role, unit: str = "") -> Person:
        """Return the first of the staff who holds a role, in a unit where one is named."""
        found = next(one for one in people.staff() if role in one.roles and unit in ("", one.unit))
        return self.staff(found.username)

    def nominator(self, nominee: Nominee) -> Person:
        """Return who nominates: the personnel office of the employer, or the union of the trade."""
        return self.role(Role.NOMINATING_UNIT, "DXH-JXGH" if nominee.channel == "union" else nominee.employer)

    def office(self, nominee: Nominee, role: Role) -> Person:
        """Return somebody of the street or industry office to which the employer belongs."""
        parent = next(unit.parent for unit in people.units() if unit.code == nominee.employer)
        return self.role(role, parent or "")

    def public(self, name: str) -> Person:
        """Return somebody without an account."""
        return Person(self.app, self.clock, name=name)

    def with_part(self, part: str) -> Entry | None:
        """Return the nominee of a part, None when the cast is too small for it."""
        return next((entry for entry in self.entries if entry.nominee.part == part), None)

    @property
    def departments(self) -> int:
        """How many departments are asked: all where many are nominated."""
        return len(CHECKED) if len(self.entries) > 8 else 3

    @property
    def running(self) -> list[Entry]:
        """The nominees who are still in the race."""
        return [entry for entry in self.entries if not entry.out]

    def note(self, kind: str, entry: Entry | None, sentence: str) -> None:
        """Remember an incident for the summary."""
        self.incidents.append({"kind": kind, "nominee": entry.name if entry else "", "what": sentence})

    def accounts_of_candidates(self) -> dict[str, str]:
        """Return the user names of candidates whose accounts were opened in an earlier round, by name and employer."""
        with self.context.reading() as tx:
            first = admin.accounts(tx.session, q="", page=1, role=Role.CANDIDATE.value)
            rows = [
                row
                for page in range(1, first.pages + 1)
                for row in admin.accounts(tx.session, q="", page=page, role="candidate").rows
            ]
        return {f"{row.name}|{row.unit}": row.username for row in rows}

    @property
    def requests(self) -> int:
        """How many requests were made so far."""
        candidates = [entry.candidate for entry in self.entries if entry.candidate]
        return sum(person.requests for person in (*self._persons.values(), *candidates))


def choose(count: int, *, only: tuple[str, ...] = ()) -> list[Entry]:
    """Return so many nominees of the samples, those with a part first; those of `only` in its order, where it names any."""
    nominees = {nominee.key: nominee for nominee in people.nominees()}
    return [Entry(nominees[key]) for key in only or nominees][:count]


def is_over_age(nominee: Nominee, on: date) -> bool:
    """Tell whether a nominee is past the age limit of the plan."""
    limit = 60 if nominee.sex == "male" else 55
    return (on.year - nominee.birth.year - ((on.month, on.day) < (nominee.birth.month, nominee.birth.day))) >= limit
