"""A district in small: the flagship procedure, a cast with every role, a round with nominees whose numbers could leak."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, Select, create_engine, func, inspect, select
from sqlalchemy.orm import Session, sessionmaker

from app.catalog.archive import read_folder, write_zip
from app.catalog.manifest import read_procedure
from app.domain.actors import Actor, Grant, Role
from app.domain.calendar_data import ARRANGEMENTS, calendar_days
from app.domain.document_numbers import check_code
from app.domain.rounds import RoundSettings, settings_to_json
from app.files.store import FileStore
from app.persistence import models as m
from app.persistence.crypto import Cipher, set_cipher
from app.services.calendar_cache import CalendarCache
from app.services.context import Context, Transaction
from app.services.issuing.serials import code_key
from app.services.packages.procedure_cache import ProcedureCache
from app.services.registry_table import build_registry
from tests.applications import enter, lent_application, settings
from tests.databases import begins_with, for_all_processes, with_schema
from tests.passwords import CHEAP
from tests.web.house import PASSWORD, log_in

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "linkonggang-artisan"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, 9:00 in Shanghai
ENDS = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # 24:00 on 30 November in Shanghai
CIPHER = Cipher(b"test")

UNITS = {
    1: ("bureau", "区人力资源和社会保障局"), 2: ("street", "慈惠街道办事处"), 3: ("street", "走马岭街道办事处"),
    4: ("union", "区总工会"), 5: ("employer", "长江机电公司"), 6: ("employer", "吴家山纺织厂"),
}  # fmt: skip
CAST: dict[str, tuple[int, Role]] = {
    **{role.value: (1, role) for role in Role if role.value not in ("nominating_unit", "candidate", "office_clerk", "office_leader")},
    "nominating_unit": (5, Role.NOMINATING_UNIT), "candidate": (5, Role.CANDIDATE), "office_clerk": (2, Role.OFFICE_CLERK),
    "office_leader": (2, Role.OFFICE_LEADER), "neighbour": (6, Role.NOMINATING_UNIT), "winner": (5, Role.CANDIDATE),
    **{f"expert{number}": (1, Role.EXPERT) for number in range(2, 8)},
}  # fmt: skip
IDS = {name: number for number, name in enumerate(CAST, 1)}
SURNAMES = "陈王李赵孙周吴郑冯褚卫蒋沈韩杨朱秦尤许何"
ID_NUMBER, MOBILE = "420112198001019997", "13900000042"
DEED = "在一线从事焊接工作二十二年，主持解决薄板变形难题，带出技师六名。"


def person_name(number: int) -> str:
    """Return the name of a member of the cast or of a nominee."""
    return f"{SURNAMES[number % len(SURNAMES)]}{'建明志远国强文静秀英'[number % 10]}{'一二三四五六七八九十'[number // 10 % 10]}"


@for_all_processes
@begins_with(with_schema)
def build(url: str) -> None:
    """Fill a database with units, cast, calendar and the flagship procedure."""
    set_cipher(CIPHER)
    engine = create_engine(url)
    with Session(engine) as session:
        session.add_all(m.OrgUnit(id=key, kind=kind, name=name, short_name="", address="") for key, (kind, name) in UNITS.items())
        session.flush()
        hashed = CHEAP.hash(PASSWORD)
        for name, (unit, role) in CAST.items():
            session.add(_user(name, IDS[name], unit, hashed))
            session.flush()
            session.add(m.RoleGrant(user_id=IDS[name], role=role.value, unit_id=unit))
        files = read_folder(ROOT / "bpmn" / PACKAGE, forms_folder=ROOT / "forms" / PACKAGE)
        procedure = read_procedure(files)
        session.add(
            m.ProcedureVersion(
                id=1, procedure=PACKAGE, number=1, title=procedure.title, content_hash=procedure.content_hash,
                package=write_zip(files), reason="首次部署", deployed_at=START,
            )
        )  # fmt: skip
        for arrangement in ARRANGEMENTS:
            session.add(m.CalendarYear(year=arrangement.year, status="published", source=arrangement.source))
            session.add_all(
                m.CalendarDay(day=day.date.isoformat(), kind=day.kind, name=day.name) for day in calendar_days(arrangement)
            )
        session.commit()
        if engine.dialect.name == "postgresql":  # ids were given, so that the sequences do not know of them
            for table in ("org_unit", "user_account", "procedure_version"):
                session.connection().exec_driver_sql(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")  # noqa: S608
            session.commit()
    engine.dispose()


def _user(name: str, number: int, unit: int, hashed: str) -> m.User:
    return m.User(
        id=number, username=name, name=person_name(number), password_hash=hashed, unit_id=unit, active=True, created_at=START
    )


@dataclass
class World:
    """An application on a database of its own, with a clock that tests move, and rows to add."""

    app: Flask
    context: Context
    engine: Any
    clock: dict[str, datetime] = field(default_factory=dict)

    def pass_time(self, **span: float) -> None:
        """Let time go by."""
        self.clock["now"] += timedelta(**span)

    def actor(self, name: str) -> Actor:
        """Return one of the cast."""
        unit, role = CAST[name]
        return Actor(IDS[name], person_name(IDS[name]), unit, UNITS[unit][1], frozenset({Grant(role, unit)}))

    def client(self, name: str | None = None) -> FlaskClient:
        """Return a browser with a session of one of the cast, as a login leaves it behind."""
        browser = self.app.test_client()
        if name is not None:
            enter(browser, self.context, IDS[name])
        return browser

    def log_in(self, name: str) -> FlaskClient:
        """Return a browser that went through the login page, which the audit log then knows of."""
        browser = self.app.test_client()
        assert log_in(browser, name).status_code == 302
        return browser

    def add(self, *rows: Any) -> Any:
        """Put rows into the database; return the first."""
        with self.context.transaction() as tx:
            for row in rows:
                _put(tx, row)
            return rows[0]

    def all(self, model: type[Any], **filters: object) -> list[Any]:
        """Return rows as they are in the database now, in the order of their keys."""
        with self.context.reading() as tx:
            rows = list(tx.session.query(model).filter_by(**filters).order_by(*inspect(model).primary_key))
            tx.session.expunge_all()  # they stay as they are when the transaction ends
            return rows

    def round(self, *, stage: str = "nominating", number: int = 1, **settings: Any) -> m.SelectionRound:
        """Add a round with its case in a stage; nominations are open."""
        kept = settings_to_json(RoundSettings(**{"nomination_open": "2026-11-01", "nomination_close": "2026-12-11", **settings}))
        deadlines = {"nomination_close": "2026-12-11T16:00:00+00:00", "notice_end": ENDS.isoformat()}
        row = m.SelectionRound(
            procedure=PACKAGE, procedure_version_id=1, title=f"第{number}届“临空港工匠”评选", round_no=number, year=2026,
            settings_json=json.dumps(kept, ensure_ascii=False), deadlines_json=json.dumps(deadlines), nominations_open=True,
            created_at=START,
        )  # fmt: skip
        with self.context.transaction() as tx:
            _put(tx, row)
            row.case_id = _put(tx, _case(tx, kind="round", title=row.title, stage=stage, round_id=row.id)).id
        return row

    def case(self, **given: Any) -> m.Case:
        """Add a case of a kind with a title, in a stage of a round, with a state that no engine reads."""
        with self.context.transaction() as tx:
            return _put(tx, _case(tx, **given))

    def nominee(self, round_: m.SelectionRound, number: int = 1, *, stage: str = "street_review", **more: Any) -> m.Nomination:
        """Add a nominee, with an identity number and a mobile that no page may show."""
        case_more = {key: more.pop(key) for key in ("outcome", "ended_at", "subject_id") if key in more}
        name = more.pop("name", person_name(number + 40))
        office, employer = (2, 5) if number % 2 else (3, 6)
        values = {
            "post": "焊接班组长",
            "occupation": "焊工",
            "skill_level": "L1",
            "frontline_years": 22,
            "deed_brief": DEED,
            "channel": "employer",
        }
        person = m.Person(
            name=name, id_hash=f"hash{number}", id_number=ID_NUMBER, mobile=MOBILE, sex="male", birth=date(1980, 1, 1)
        )
        with self.context.transaction() as tx:
            case = _case(tx, kind="nomination", title=f"推荐：{name}", stage=stage, round_id=round_.id, owner_unit_id=employer,
                         office_unit_id=office, **case_more)  # fmt: skip
            return _put(
                tx,
                m.Nomination(
                    case_id=_put(tx, case).id, round_id=round_.id, person_id=_put(tx, person).id, employer_id=employer, name=name,
                    **{**values, **more},
                ),
            )  # fmt: skip

    def item(self, case_id: int, *, round_id: int, role: Role, title: str = "初审", **more: Any) -> m.WorkItem:
        """Add an open work item."""
        values = {"node_id": "preliminary_review", "state": "open", "created_at": START - timedelta(days=10), **more}
        with self.context.transaction() as tx:
            task = f"t{_next(tx, m.WorkItem)}"
            return _put(tx, m.WorkItem(case_id=case_id, round_id=round_id, task_id=task, title=title, role=role.value, **values))

    def notice(self, round_: m.SelectionRound, nominees: list[m.Nomination], *, state: str = "published") -> m.PublicNotice:
        """Add a notice with its frozen entries."""
        entries = [
            {
                "case_id": row.case_id,
                "name": row.name,
                "employer": "长江机电公司",
                "post": row.post,
                "skill_level": "高级技师",
                "deed": DEED,
            }
            for row in nominees
        ]
        contact = {
            "contact": "区人社局职业能力建设科",
            "phone": "027-83210000",
            "address": "东西湖区东吴大道",
            "email": "",
            "days": 5,
        }
        return self.add(
            m.PublicNotice(
                round_id=round_.id, number=len(self.all(m.PublicNotice)) + 1, title="关于第一届“临空港工匠”拟入选人员的公示",
                body="根据《实施意见》，经基层推荐、资格审查、专家评审、实地考察，拟定下列人选。\n现予公示，接受社会监督。",
                contact_json=json.dumps(contact, ensure_ascii=False), entries_json=json.dumps(entries, ensure_ascii=False),
                sort_note="按工作单位排序", state=state, drafted_by=IDS["bureau_handler"],
                published_at=None if state == "draft" else START, ends_at=None if state == "draft" else ENDS, end_date="2026-11-30",
            )
        )  # fmt: skip

    def certificate(
        self, nomination: m.Nomination, *, state: str = "valid", number: int = 1, holder: str = "winner"
    ) -> m.Certificate:
        """Add a certificate of a nominee, with a paper in the store."""
        serial = f"LKGGJ-2026-{number:03d}"
        with (ROOT / "tests" / "web_rounds" / "paper.pdf").open("rb") as stream:
            sha256 = self.context.files.put(stream, name="证书.pdf").sha256
        return self.add(
            m.Certificate(
                case_id=nomination.case_id, round_id=nomination.round_id, holder_id=IDS[holder], serial=serial,
                check_code=check_code(serial, key=code_key(self.context)), name=nomination.name, title="临空港工匠",
                issuers="中共武汉市东西湖区委、武汉市东西湖区人民政府", issued_on="2026-12-20", values_json="{}",
                state=state, pdf_sha256=sha256,
            )
        )  # fmt: skip


def _put(tx: Transaction, row: Any) -> Any:
    tx.session.add(row)
    tx.session.flush()
    return row


def _next(tx: Transaction, model: type[Any]) -> int:
    return tx.session.scalars(_number(model)).one() + 1


@cache
def _number(model: type[Any]) -> Select[tuple[int]]:
    return select(func.count()).select_from(model)


def _case(tx: Transaction, *, kind: str, title: str, stage: str, round_id: int, **more: Any) -> m.Case:
    order = tx.context.procedures.get(tx.session, 1).procedure.case_kinds[kind].order_of(stage)
    return m.Case(
        number=f"{kind[:1].upper()}2026-{_next(tx, m.Case):04d}", kind=kind, title=title, procedure_version_id=1, round_id=round_id,
        stage=stage, stage_order=order, stage_since=START - timedelta(days=3), waiting="{}", created_at=START, state=b"-", **more,
    )  # fmt: skip


_PROCEDURES = ProcedureCache()
"""Version 1 is the same in every copy of the database, so that it is parsed once."""


def make_world(engine: Engine, folder: Path) -> World:
    """Put the application around a database that `build` has filled."""
    set_cipher(CIPHER)
    clock, config = {"now": START}, settings(folder)
    context = Context(
        sessions=sessionmaker(bind=engine, expire_on_commit=False), clock=lambda: clock["now"],
        files=FileStore(str(folder / "files"), limit_bytes=config.upload_limit_bytes), cipher=CIPHER, audit_key=b"k" * 32,
        procedures=_PROCEDURES, calendars=CalendarCache(), registry=build_registry(), public_base_url="http://localhost",
        certificates_folder=str(ROOT / "certificates"), synthetic=True, wake=lambda: None,
    )  # fmt: skip
    return World(lent_application(config, context), context, engine, clock)
