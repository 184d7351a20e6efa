"""A small house to test the pages in: a procedure of four tasks, a cast of people, and clients that are logged in as them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.orm import Session, sessionmaker

from app.catalog.archive import read_folder, write_zip
from app.catalog.manifest import read_procedure
from app.domain.actors import Actor, Grant, Role
from app.domain.errors import InvalidValues
from app.files.store import FileStore
from app.formkit.sources import SourceItem
from app.persistence.crypto import Cipher, set_cipher
from app.persistence.models import Case, OrgUnit, ProcedureVersion, RoleGrant, User, WorkItem
from app.services.calendar_cache import CalendarCache
from app.services.casework import cases
from app.services.context import Context
from app.services.packages.procedure_cache import ProcedureCache
from app.services.registry import Recorder, Registry, Source
from tests.applications import Application, csrf, enter, lent_application, settings
from tests.databases import begins_with, for_all_processes, with_schema
from tests.passwords import CHEAP

PACKAGE = Path(__file__).parent / "packages" / "award"
PASSWORD = "Steel-lathe-2026"  # no real account has it
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, 9:00 in Shanghai

UNITS = {
    1: ("employer", "长江机电公司"),
    2: ("employer", "吴家山纺织厂"),
    3: ("street", "慈惠街道办事处"),
    4: ("bureau", "区人力资源和社会保障局"),
}
PEOPLE = {
    "applicant": (1, Role.NOMINATING_UNIT), "colleague": (1, Role.NOMINATING_UNIT), "rival": (2, Role.NOMINATING_UNIT),
    "clerk": (3, Role.OFFICE_CLERK), "other_clerk": (3, Role.OFFICE_CLERK), "handler": (4, Role.BUREAU_HANDLER),
    "expert": (4, Role.EXPERT), "admin": (4, Role.SYSTEM_ADMIN),
}  # fmt: skip
NAMES = dict(zip(PEOPLE, ("王申报", "刘同事", "赵对手", "李经办", "周经办", "陈复核", "孙专家", "吴管理"), strict=True))


@for_all_processes
@begins_with(with_schema)
def build(url: str) -> None:
    """Fill a database with the cast and the procedure."""
    set_cipher(Cipher(b"test"))
    engine = create_engine(url)
    with Session(engine) as session:
        session.add_all(OrgUnit(id=id_, kind=kind, name=name, short_name="", address="") for id_, (kind, name) in UNITS.items())
        session.flush()
        hashed = CHEAP.hash(PASSWORD)
        for id_, (name, (unit, role)) in enumerate(PEOPLE.items(), start=1):
            user = User(
                id=id_, username=name, name=NAMES[name], password_hash=hashed, unit_id=unit, active=True, created_at=START
            )
            session.add(user)
            session.flush()
            session.add(RoleGrant(user_id=id_, role=role.value, unit_id=unit))
        files = read_folder(PACKAGE / "bpmn", forms_folder=PACKAGE / "forms")
        procedure = read_procedure(files)
        session.add(
            ProcedureVersion(
                id=1, procedure="award", number=1, title=procedure.title, content_hash=procedure.content_hash,
                package=write_zip(files), reason="测试", deployed_at=START,
            )
        )  # fmt: skip
        session.commit()
        if engine.dialect.name == "postgresql":  # ids were given, so that the sequences do not know of them
            for table in ("org_unit", "user_account", "procedure_version"):
                session.connection().exec_driver_sql(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")  # noqa: S608
            session.commit()
    engine.dispose()


def _check_second(work: Any, values: Any) -> dict[str, Any]:
    if values.get("rank") == 13:
        raise InvalidValues("second.rank", "排序有误。", fields={"rank": "第13位已经有人，请换一个位次。"})
    return {}


def registry() -> Registry:
    """Return the few functions that the test procedure names."""
    places = Source("places", "地点", lambda work: [SourceItem("hall", "服务大厅"), SourceItem("site", "现场")])
    check = Recorder("check_second", "核对", "核对位次", _check_second, ())
    return Registry({}, {"check_second": check}, {}, {"places": places}, {}, {}, {})


@dataclass
class House:
    """An application on a database of its own, with a clock that tests move."""

    app: Flask
    context: Context
    engine: Any
    clock: dict[str, datetime] = field(default_factory=dict)

    def pass_time(self, **span: float) -> None:
        """Let time go by."""
        self.clock["now"] += timedelta(**span)

    def actor(self, name: str) -> Actor:
        """Return one of the cast."""
        unit, role = PEOPLE[name]
        return Actor(list(PEOPLE).index(name) + 1, NAMES[name], unit, UNITS[unit][1], frozenset({Grant(role, unit)}))

    def client(self, name: str | None = None) -> FlaskClient:
        """Return a browser with a session of one of the cast, as a login leaves it behind."""
        browser = self.app.test_client()
        if name is not None:
            enter(browser, self.context, list(PEOPLE).index(name) + 1)
        return browser

    def log_in(self, name: str) -> FlaskClient:
        """Return a browser that went through the login page, which may end other sessions."""
        browser = self.app.test_client()
        assert log_in(browser, name).status_code == 302
        return browser

    def start(self, title: str = "申报：精工班组") -> Case:
        """Open a case of the applicant's unit."""
        with self.context.transaction() as tx:
            return cases.start(
                tx, actor=self.actor("applicant"), version_id=1, kind="nomination", title=title,
                variables={"unit": 1, "office": 3}, owner_unit_id=1, office_unit_id=3,
            ).case  # fmt: skip

    def item(self, case_id: int) -> WorkItem:
        """Return the open work item of a case."""
        with self.context.reading() as tx:
            found = tx.session.query(WorkItem).filter_by(case_id=case_id, state="open").one()
            tx.session.expunge_all()
            return found

    def all(self, model: type[Any], **filters: object) -> list[Any]:
        """Return rows as they are in the database now, in the order of their keys."""
        with self.context.reading() as tx:
            found = list(tx.session.query(model).filter_by(**filters).order_by(*inspect(model).primary_key))
            tx.session.expunge_all()
            return found

    def send(self, browser: FlaskClient, item_id: int, **values: object) -> Any:
        """Fill in and submit a work item as its page would."""
        return post(browser, f"/work-items/{item_id}", token=token(browser, item_id), **values)


def log_in(browser: FlaskClient, name: str, password: str = PASSWORD, target: str = "/") -> Any:
    """Send the login form as the page would."""
    return post(browser, "/account/login", username=name, password=password, next=target)


def post(browser: FlaskClient, path: str, headers: dict[str, str] | None = None, **values: Any) -> Any:
    """Send a form with the token of the session."""
    return browser.post(path, data={"csrf_token": csrf(browser), **values}, headers=headers)


def token(browser: FlaskClient, item_id: int) -> str:
    """Return the hidden token of a work item's page."""
    page = browser.get(f"/work-items/{item_id}").get_data(as_text=True)
    return page.split('name="token" value="')[1].split('"')[0]


def make_house(engine: Engine, folder: Path, *, application: Application = lent_application) -> House:
    """Put the application around a database that `build` has filled."""
    set_cipher(Cipher(b"test"))
    clock = {"now": START}
    context = Context(
        sessions=sessionmaker(bind=engine, expire_on_commit=False), clock=lambda: clock["now"],
        files=FileStore(str(folder / "files"), limit_bytes=200_000), cipher=Cipher(b"test"), audit_key=b"k" * 32,
        procedures=ProcedureCache(), calendars=CalendarCache(), registry=registry(), public_base_url="http://localhost",
        certificates_folder="", synthetic=True, wake=lambda: None,
    )  # fmt: skip
    return House(application(settings(folder, GONGJIANG_UPLOAD_LIMIT_MB="1"), context), context, engine, clock)
