"""A small district for the services: units, people with roles, experts, and the clock that the tests turn."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, func, select, update
from werkzeug.datastructures import MultiDict

from app.catalog.archive import read_folder
from app.domain.actors import SYSTEM, Actor, Role
from app.domain.calendar_data import ARRANGEMENTS, calendar_days
from app.domain.clock import local
from app.domain.identifiers import id_check_character
from app.formkit.build import bind
from app.formkit.sources import expand
from app.formkit.values import collect
from app.persistence.base import Base
from app.persistence.models import (
    CalendarDay,
    CalendarYear,
    Case,
    Expert,
    IssuingBatch,
    OrgUnit,
    OutboxEntry,
    Person,
    RoleGrant,
    Timer,
    User,
    WorkItem,
)
from app.persistence.queries import people
from app.persistence.unit_of_work import connection_of
from app.services import outbox
from app.services.casework import deadlines, work_items
from app.services.context import Context
from app.services.issuing import batches
from app.services.issuing.file_papers import PAPER
from app.services.packages import procedures
from app.services.selection.people import UNUSABLE

Steps = TypeVar("Steps")
_ENTRY = Base.metadata.tables[OutboxEntry.__tablename__]
_OPEN = select(WorkItem.id).where(WorkItem.node_id == bindparam("node_id"), WorkItem.state == "open")
_DUE = (OutboxEntry.state == "pending", OutboxEntry.next_at <= bindparam("now"))
_IS_DUE = select(
    select(OutboxEntry.id).where(*_DUE).exists() | select(IssuingBatch.id).where(IssuingBatch.state.in_(batches.OPEN)).exists()
)
_COUNT = select(func.count()).select_from(OutboxEntry).where(*_DUE)
_UNIT_IDS, _USER_IDS = select(OrgUnit.name, OrgUnit.id), select(User.username, User.id)
_PAPER_WAITS = update(_ENTRY).where(_ENTRY.c.kind == PAPER, _ENTRY.c.state == "pending")
_PUT_OFF = _PAPER_WAITS.values(next_at=bindparam("moment"))
_WANTED = _PUT_OFF.where(_ENTRY.c.key.startswith(bindparam("paper")))
"""Built once: a run of the tests takes thousands of steps, and building these took longer than running them."""
ROOT = Path(__file__).resolve().parents[2]
PROCEDURE = "linkonggang-artisan"
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
STAFF = {
    "handler": (Role.BUREAU_HANDLER, "bureau"),
    "leader": (Role.BUREAU_LEADER, "bureau"),
    "second": (Role.SECOND_REVIEWER, "bureau"),
    "supervisor": (Role.SUPERVISOR, "bureau"),
    "convener": (Role.CONVENER, "bureau"),
    "publisher": (Role.PUBLICATION_REVIEWER, "bureau"),
    "secretary": (Role.MEETING_SECRETARY, "bureau"),
    "documents": (Role.DOCUMENT_OFFICER, "bureau"),
    "maker": (Role.FINANCE_MAKER, "bureau"),
    "checker": (Role.FINANCE_CHECKER, "bureau"),
    "archivist": (Role.ARCHIVIST, "bureau"),
    "investigator": (Role.INVESTIGATOR, "bureau"),
    "inspector": (Role.INSPECTOR, "bureau"),
    "inspector2": (Role.INSPECTOR, "bureau"),
    "clerk": (Role.OFFICE_CLERK, "street"),
    "street_leader": (Role.OFFICE_LEADER, "street"),
    "union_clerk": (Role.UNION_CLERK, "union"),
    "police": (Role.DEPARTMENT_CHECKER, "police"),
    "tax": (Role.DEPARTMENT_CHECKER, "tax"),
    "nominator": (Role.NOMINATING_UNIT, "factory"),
    "nominator2": (Role.NOMINATING_UNIT, "mill"),
}
UNITS = {
    "district": ("district", "东西湖区", None),
    "bureau": ("bureau", "区人力资源和社会保障局", "district"),
    "street": ("street", "吴家山街道办事处", "district"),
    "union": ("union", "区总工会", "district"),
    "police": ("department", "区公安分局", "district"),
    "tax": ("department", "区税务局", "district"),
    "factory": ("employer", "临空港精密机械有限公司", "street"),
    "mill": ("employer", "临空港食品有限公司", "street"),
    "institute": ("employer", "临空港职业学院", "street"),
}


@cache
def _open_items(*told: str) -> Select[tuple[int]]:
    return _OPEN.where(*(getattr(WorkItem, column) == bindparam(column) for column in told))


class FakeClock:
    """A clock that stands still until it is turned."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def turn(self, *, to: datetime | None = None, **delta: float) -> None:
        """Go to a moment, or on by some time; never back."""
        self.now = max(self.now, to) if to is not None else self.now + timedelta(**delta)


def id_number(serial: int, *, birth: date = date(1985, 4, 12), male: bool = True) -> str:
    """Return a valid identity number of nobody."""
    first = f"420112{birth:%Y%m%d}{serial:02d}{1 if male else 2}"
    return first + id_check_character(first)


def flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield names and texts as a browser posts them."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}-")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for place, row in enumerate(value):
                yield from flat(row, f"{prefix}{key}-{place}-")
        elif value is None:
            continue
        elif isinstance(value, bool):
            yield from ([(f"{prefix}{key}", "true")] if value else [])
        else:
            yield from ((f"{prefix}{key}", str(each)) for each in (value if isinstance(value, list) else [value]))


@dataclass
class World:
    """The district and how its people do their work items."""

    context: Context
    clock: FakeClock
    units: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    keeper: Callable[["World", str, Callable[["World"], Any]], Any] | None = None
    """Makes a state of the district once and hands out copies of it; without one every district walks all the way by itself."""

    def kept(self, key: str, steps: Callable[["World"], Steps]) -> Steps:
        """Return what some steps return, taken here or in a district of which this one becomes a copy; `key` says which they are.

        A test that changes the code under these steps takes a district without a keeper: what others took would hide the change.
        """
        found: Steps = self.keeper(self, key, steps) if self.keeper else steps(self)
        return found

    def settle(self, *, experts: int = 8) -> None:
        """Fill the calendar, the units, the staff and the pool of experts."""
        with self.context.transaction() as tx:
            for arrangement in ARRANGEMENTS:
                tx.session.add(CalendarYear(year=arrangement.year, status="published", source=arrangement.source))
                for day in calendar_days(arrangement):
                    tx.session.add(CalendarDay(day=day.date.isoformat(), kind=day.kind, name=day.name))
            for key, (kind, name, parent) in UNITS.items():
                unit = OrgUnit(kind=kind, name=name, short_name="", parent_id=self.units.get(parent or ""), address="")
                tx.session.add(unit)
                tx.session.flush()
                self.units[key] = unit.id
            for key, (role, unit_key) in STAFF.items():
                self.users[key] = self._user(tx, key, role, unit_key)
            for number in range(experts):
                self._expert(tx, number)

    def remember(self) -> None:
        """Find the units and people of a district that was settled before."""
        names = {name: key for key, (_, name, _) in UNITS.items()}
        with self.context.reading() as tx:
            self.units = {names[name]: unit_id for name, unit_id in tx.session.execute(_UNIT_IDS)}
            self.users = dict(tx.session.execute(_USER_IDS).all())

    def _user(self, tx: Any, key: str, role: Role, unit_key: str, person_id: int | None = None) -> int:
        user = User(username=key, name=f"{key}甲", password_hash=UNUSABLE, unit_id=self.units[unit_key], person_id=person_id,
                    active=True, created_at=tx.now, grants=[RoleGrant(role=role.value, unit_id=self.units[unit_key])])  # fmt: skip
        tx.session.add(user)
        tx.session.flush()
        return user.id

    def _expert(self, tx: Any, number: int) -> None:
        key, identity = f"expert{number}", id_number(50 + number)
        person = Person(name=f"专家{number}", id_hash=self.context.cipher.look_up(identity), id_number=identity, sex="male",
                        birth=date(1970, 1, 1))  # fmt: skip
        tx.session.add(person)
        tx.session.flush()
        self.users[key] = self._user(tx, key, Role.EXPERT, "institute", person.id)
        tx.session.add(Expert(user_id=self.users[key], employer_id=self.units["institute"], relations_json="[]", available=True))

    def deploy(self) -> int:
        """Deploy the package of the repository."""
        files = read_folder(ROOT / "bpmn" / PROCEDURE, forms_folder=ROOT / "forms" / PROCEDURE)
        return procedures.deploy(self.context, actor=SYSTEM, files=files, reason="测试")

    def actor(self, key: str | int) -> Actor:
        """Return who acts, by key or account id, as every request finds out."""
        user_id = key if isinstance(key, int) else self.users[key]
        with self.context.reading() as tx:
            found = people.account(tx.session, user_id)
        assert found is not None, f"{key} may not act"
        return found.actor

    def item(self, node: str, *, case_id: int | None = None, assignee: int | None = None, item: str | None = None) -> int:
        """Return the id of the open work item of a node; there must be exactly one that fits."""
        which = {"case_id": case_id, "assignee_id": assignee, "item": item}
        told = {column: value for column, value in which.items() if value is not None}
        with self.context.reading() as tx:
            found = tx.session.scalars(_open_items(*told), {"node_id": node, **told}).all()
        assert len(found) == 1, f"{len(found)} open items of {node}"
        return found[0]

    def do(self, who: str | int, node: str, values: dict[str, Any], **which: Any) -> None:
        """Complete the open work item of a node (`which` tells it from others) and deliver what leaves."""
        item_id, actor = self.item(node, **which), self.actor(who)
        work_items.complete(self.context, actor=actor, item_id=item_id, values=self.through_form(actor, item_id, values))
        self.deliver()

    def through_form(self, actor: Actor, item_id: int, values: dict[str, Any]) -> dict[str, Any]:
        """Return what the form of a work item makes of typed values over its prefill; it must accept all of them."""
        with self.context.reading() as tx:
            opened = work_items.take(tx, actor=actor, item_id=item_id)
            registry, form = self.context.registry, opened.form
            assert form is not None
            names = {name for each in form.every for name in (each.options_source, each.repeat_for) if name}
            sources = {name: registry.sources[name].run(opened.work) for name in names}
            prefill = dict(registry.prefills[form.key].run(opened.work)) if form.key in registry.prefills else {}
        known = {each.key for each in expand(form, sources=sources).every}
        assert prefill.keys() | values.keys() <= known, f"{form.key}: {sorted((prefill.keys() | values.keys()) - known)}"
        bound = bind(form, sources=sources, today=local(self.clock()).date(), formdata=MultiDict(flat({**prefill, **values})))
        assert bound.validate(), f"{form.key}: {bound.refusal().fields}"
        return collect(bound)

    def deliver(self, *, papers: Sequence[str] = ()) -> None:
        """Deliver everything that is due, until nothing is left; of the papers of the file, which take long, only these kinds."""
        if not papers and not self._is_anything_due():
            return
        while self._deliver_due(papers) or batches.run_unfinished(self.context):
            pass

    def _is_anything_due(self) -> bool:
        with self.context.reading() as tx:
            return bool(tx.session.scalar(_IS_DUE, {"now": tx.now}))

    def _deliver_due(self, papers: Sequence[str]) -> int:
        """Deliver what is due by now; what arises from it is for the next time, when its papers have been put off too."""
        with self.context.transaction() as tx:
            connection = connection_of(tx.session)
            connection.execute(_PUT_OFF, {"moment": tx.now + timedelta(days=3650)})
            for kind in papers:
                connection.execute(_WANTED, {"moment": tx.now, "paper": f"{kind}:"})
            due = connection.execute(_COUNT, {"now": tx.now}).scalar_one()
        return outbox.deliver_pending(self.context, limit=due)

    def let_timers_fire(self) -> None:
        """Turn the clock to the next timer and let it go off."""
        self.kept("timers", World._let_timers_fire)

    def _let_timers_fire(self) -> None:
        with self.context.reading() as tx:
            due = tx.session.scalars(select(Timer.due_at).where(Timer.state == "open").order_by(Timer.due_at)).first()
        assert due is not None, "no timer waits"
        self.clock.turn(to=due)
        assert deadlines.fire_due(self.context), "the timer did not go off"
        self.deliver()

    def all(self, query: Any) -> list[Any]:
        """Return what a query finds, free of its session."""
        with self.context.reading() as tx:
            found = list(tx.session.scalars(query))
            tx.session.expunge_all()
            return found

    def case(self, case_id: int) -> Case:
        """Return a case as it is now."""
        found: Case = self.all(select(Case).where(Case.id == case_id))[0]
        return found

    def undelivered(self) -> list[str]:
        """Return what did not leave, with the reason; papers of the file are made when a test asks for them."""
        rows = self.all(select(OutboxEntry).where(OutboxEntry.state != "done", OutboxEntry.kind != PAPER))
        return [f"{row.kind} {row.key}: {row.error}" for row in rows]
