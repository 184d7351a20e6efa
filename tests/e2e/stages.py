"""Databases at the stages of a round, each built once through the services; every test works on a copy."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from app.domain.actors import Role
from app.persistence.models import PanelMember, RoleGrant, User, WorkItem
from app.persistence.schema import upgrade_schema
from app.services.casework import attachments
from app.services.context import Context
from app.services.selection import nominations
from app.web.house import CONTEXT
from app.wiring import build_app, db
from config import Config
from tests.files import samples
from tests.passwords import CHEAP
from tests.services import filled, steps
from tests.services.world import FakeClock, World, id_number
from tests.web.house import PASSWORD

OTHER_KEY = base64.urlsafe_b64encode(b"browser tests: the audit's bytes").decode()
KEY = base64.urlsafe_b64encode(b"browser tests, 32 bytes of keys.").decode()
NAMES = {
    "handler": "陈志远", "leader": "周国强", "second": "李文静", "supervisor": "何正清", "convener": "孙立人", "publisher": "郑书敏",
    "secretary": "吴晓岚", "documents": "冯建业", "maker": "蒋秀英", "checker": "沈一帆", "archivist": "韩守诚", "investigator": "杨明志",
    "inspector": "朱大勇", "inspector2": "秦卫东", "clerk": "刘春燕", "clerk2": "赵海波", "street_leader": "许长江", "union_clerk": "尤小红",
    "police": "张铁军", "tax": "曹瑞", "nominator": "王佳慧", "nominator2": "马骁", "nominator3": "丁雪梅", "process": "钱程",
    "system": "罗维", "security": "安然", "auditor": "严肃",
    **{f"expert{number}": name for number, name in enumerate(("高峰", "梁栋", "石磊", "江海洋", "白玉", "夏禹", "金鑫", "黎明"))},
}  # fmt: skip
PAPERS = {
    "photo": ("证件照.jpg", samples.picture("JPEG", size=(295, 413))), "certificate_file": ("高级技师证书.pdf", samples.pdf()),
    "id_copy": ("身份证正反面.jpg", samples.picture("JPEG", size=(640, 400))), "labor_contract": ("劳动合同.pdf", samples.pdf()),
    "insurance_record": ("参保缴费记录.pdf", samples.pdf()), "statement_file": ("单位推荐意见（盖章）.pdf", samples.pdf()),
}  # fmt: skip
MORE = {
    "nominator3": (Role.NOMINATING_UNIT, "factory"),
    "clerk2": (Role.OFFICE_CLERK, "street"), "process": (Role.PROCESS_ADMIN, "bureau"), "system": (Role.SYSTEM_ADMIN, "bureau"),
    "security": (Role.SECURITY_ADMIN, "bureau"), "auditor": (Role.AUDIT_ADMIN, "bureau"),
}  # fmt: skip


def settings(url: str, instance: Path, files: Path) -> Config:
    """Return the configuration of an installation on a database."""
    given = {"ENVIRONMENT": "test", "DATABASE_URL": url, "FILES_URL": str(files), "DATA_KEY": KEY, "AUDIT_KEY": OTHER_KEY}
    return Config.from_environment(instance, {f"GONGJIANG_{name}": value for name, value in given.items()})


@dataclass(frozen=True)
class Stages:
    """Fills databases; files are named by their content, so that all copies share one folder."""

    folder: Path

    @property
    def files(self) -> Path:
        """Folder of uploads and papers."""
        return self.folder / "files"

    @contextmanager
    def world(self, url: str, *, candidates: bool = True) -> Iterator[World]:
        """Settle a district in an empty database; afterwards everybody has the one password, candidates only if so wanted."""
        clock = FakeClock()
        app = build_app(settings(url, self.folder, self.files), clock=clock)
        with app.app_context():
            upgrade_schema(db.engine)
            world = World(without_papers(context_of(app)), clock)
            world.settle()
            world.deploy()
            engage(world)
            yield world
            with world.context.transaction() as tx:
                opened = update(User) if candidates else update(User).where(User.username.in_(NAMES))
                tx.session.execute(opened.values(password_hash=CHEAP.hash(PASSWORD), must_change_password=False))
            db.engine.dispose()

    def nominating(self, url: str) -> None:
        """A round takes nominations."""
        with self.world(url) as world:
            steps.open_round(world)

    def crowded(self, url: str) -> None:
        """One unit has begun 23 nominations."""
        with self.world(url) as world:
            _, round_id = steps.open_round(world)
            for _ in range(23):
                begin(world, round_id)

    def consenting(self, url: str) -> None:
        """A nomination waits for its candidate, who has no password yet."""
        with self.world(url, candidates=False) as world:
            _, round_id = steps.open_round(world)
            recommend(world, round_id, steps.NAMES[0], 1)

    def reviewing(self, url: str) -> None:
        """The street has one nomination before it."""
        with self.world(url) as world:
            noticed_at_work(world)

    def recommending(self, url: str) -> None:
        """The street's clerk accepted one nomination; its leader ranks it."""
        with self.world(url) as world:
            case_id = noticed_at_work(world)
            world.do("clerk", "preliminary_review", filled.PRELIMINARY, case_id=case_id)

    def scoring(self, url: str) -> None:
        """The experts have three sheets each before them."""
        with self.world(url) as world:
            qualified(world)
            steps.draw_and_declare(world)

    def declaring(self, url: str) -> None:
        """The experts are drawn, and one of them has not promised yet; the others have nothing to declare."""
        with self.world(url) as world:
            qualified(world)
            world.do("handler", "draw_panel", {"seed": "20260413-001", "seed_source": "监督员给出", "witnesses": "赵、钱"})
            world.do("supervisor", "confirm_draw", filled.DRAWN)
            query = select(PanelMember.user_id).where(PanelMember.state == "drawn").order_by(PanelMember.place)
            for member in world.all(query)[1:]:
                world.do(member, "declare", {"accepted": True, "recusals": []}, assignee=member)

    def noticed(self, url: str) -> None:
        """The notice of one nominee with a rare name is open."""
        with self.world(url) as world:
            _, _, cases = steps.to_the_list(world)
            steps.propose(world, cases[1])
            steps.publish(world)

    def signing(self, url: str) -> None:
        """The decision is drafted; the leader is to sign it."""
        with self.world(url) as world:
            _, _, cases = steps.to_the_list(world)
            steps.propose(world, cases[1])
            steps.publish(world)
            world.let_timers_fire()
            world.do("handler", "request_approval", {})
            world.do("secretary", "executive_meeting", filled.meeting("executive_decision"))
            world.do("secretary", "standing_committee", filled.meeting("standing_decision"))
            confirmed = {"executive_matches": True, "standing_matches": True, "opinion": "一致", "minutes_decision": "confirm"}
            world.do("leader", "verify_minutes", confirmed)
            world.do("documents", "draft_decision", {"disclosure": "active"})

    def won(self, url: str) -> None:
        """The title is given, the certificate made, the money not yet paid."""
        with self.world(url) as world:
            _, _, cases = steps.to_the_list(world)
            steps.propose(world, cases[1])
            steps.publish(world)
            world.let_timers_fire()
            steps.approve(world)
            assert world.undelivered() == []


def without_papers(context: Context) -> Context:
    """Return the context with the certificate as its only paper: making the others takes longer than all the rest of a round."""
    deliveries = {
        kind: replace(each, run=lambda tx, payload: None) if kind.endswith("_pdf") and kind != "certificate_pdf" else each
        for kind, each in context.registry.deliveries.items()
    }
    return replace(context, registry=replace(context.registry, deliveries=deliveries))


def context_of(app: Flask) -> Context:
    """Return the services' context of an application."""
    context: Context = app.extensions[CONTEXT]
    return context


def qualified(world: World) -> None:
    """Bring three nominees to the drawing of the panel."""
    _, round_id = steps.open_round(world)
    cases = [recommend(world, round_id, name, serial) for serial, name in enumerate(steps.NAMES, start=1)]
    world.clock.turn(days=8)
    for place, case_id in enumerate(cases, start=1):
        consent(world, case_id)
        steps.qualify(world, case_id, place=place)
    world.let_timers_fire()


def begin(world: World, round_id: int) -> int:
    """Begin a nomination; return the work item in which its form is filled in."""
    return nominations.start_nomination(
        world.context, actor=world.actor("nominator"), round_id=round_id, channel="employer", unit_id=world.units["factory"]
    )


def recommend(world: World, round_id: int, name: str, serial: int) -> int:
    """Nominate somebody with real files; return the case id."""
    item_id, held = begin(world, round_id), {}
    for field, (title, content) in PAPERS.items():
        stored = attachments.store_upload(
            world.context,
            actor=world.actor("nominator"),
            item_id=item_id,
            field_key=field,
            stream=io.BytesIO(content),
            name=title,
        )
        held[field] = [str(stored.id)]
    [case_id] = world.all(select(WorkItem.case_id).where(WorkItem.id == item_id))
    world.do("nominator", "fill_nomination", filled.nomination(world, name, serial, **held), case_id=case_id)
    return int(case_id)


def noticed_at_work(world: World) -> int:
    """Bring one nomination to the desk of its street; return its case."""
    _, round_id = steps.open_round(world)
    case_id = recommend(world, round_id, steps.NAMES[0], 1)
    consent(world, case_id)
    world.clock.turn(days=8)
    world.do("nominator", "employer_notice", filled.NOTICE, case_id=case_id)
    return case_id


def consent(world: World, case_id: int) -> None:
    """Let the candidate of a case agree."""
    candidate = world.case(case_id).subject_id
    assert candidate is not None
    world.do(candidate, "confirm_candidate", {"consented": "yes"}, case_id=case_id)


def engage(world: World) -> None:
    """Give the people names as on a page, and add those whom the services' tests do without."""
    with world.context.transaction() as tx:
        for key, (role, unit) in MORE.items():
            unit_id = world.units[unit]
            grants = [RoleGrant(role=role.value, unit_id=unit_id)]
            tx.session.add(
                User(username=key, name=key, password_hash="", unit_id=unit_id, active=True, created_at=tx.now, grants=grants)
            )
        tx.session.flush()
        for key, name in NAMES.items():
            tx.session.execute(update(User).where(User.username == key).values(name=name))


WINNER, WINNER_ID, WINNER_MOBILE = steps.NAMES[1], id_number(2), "13800000002"
