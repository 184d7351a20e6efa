"""What every completion of a whole round costs the database, over HTTP: permission, work items, timers, outbox and audit included."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from werkzeug.datastructures import MultiDict

from app.domain.actors import Role
from app.persistence.models import (
    Attachment,
    Certificate,
    Draft,
    OfficialDocument,
    OutboxEntry,
    PanelMember,
    PaymentBatch,
    PublicNotice,
    User,
)
from app.services.casework import work_items
from app.services.casework.work_items import OpenItem
from app.services.issuing.file_papers import PAPER
from app.services.packages.procedure_cache import ProcedureCache
from app.services.selection import objections
from app.web.tasks.sheet import token_of
from tests.applications import lent_application, settings
from tests.databases import Databases
from tests.services import filled
from tests.services.conftest import build, context_on, without_papers
from tests.services.steps import (
    NAMES,
    SCORES,
    approve,
    draw_and_declare,
    nominate,
    open_round,
    pay,
    propose,
    publish,
    score,
    settle_objection,
    to_the_draw,
)
from tests.services.test_panels import DRAW
from tests.services.world import FakeClock, World, flat

MOST = 15
"""Statements of a whole request: who asks, the item, what the form needs, everything that is written, and the sentence at the end."""
DETOURS = {"union_review", "supplement", "decide_flagged", "countersign_opinion"}
WAYS_OUT = {"settle_absent", "archive_without_award"}


@dataclass
class Cost:
    """The statements of one request, and its commits."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0


@dataclass
class Browsers(World):
    """The same district, whose people send their forms over HTTP; what each completion costs is written down."""

    app: Flask = field(default_factory=lambda: Flask("app.web"))
    costs: dict[str, list[Cost]] = field(default_factory=lambda: defaultdict(list))

    def do(self, who: str | int, node: str, values: dict[str, Any], **which: Any) -> None:
        """Send the form of a node's open work item as its page would, and deliver what leaves."""
        item_id, actor = self.item(node, **which), self.actor(who)
        with self.context.transaction() as tx:
            opened = work_items.take(tx, actor=actor, item_id=item_id)
            sent = self._filled_in(opened, values)
            tx.session.add(Draft(work_item_id=item_id, user_id=actor.user_id, values_json="{}", saved_at=tx.now))
            tx.session.get_one(User, actor.user_id).must_change_password = False  # a candidate's account is new
        browser = self.app.test_client()
        with browser.session_transaction() as session:
            session.update(_user_id=str(actor.user_id), epoch=0, seen=int(self.clock().timestamp()))
        with self._counted(node):
            answer = browser.post(f"/work-items/{item_id}", data=sent)
        assert answer.status_code == 303, f"{node}: {answer.get_data(as_text=True)}"
        self.deliver()

    def _filled_in(self, opened: OpenItem, values: dict[str, Any]) -> MultiDict[str, str]:
        """Return what the browser sends: prefill, values, the token, and for every file one that was uploaded for the item."""
        assert opened.form is not None
        session, prefills = opened.work.tx.session, self.context.registry.prefills
        known = dict(prefills[opened.form.key].run(opened.work)) if opened.form.key in prefills else {}
        file = Attachment(case_id=opened.item.case_id, work_item_id=opened.item.id, field_key="file", name="a.pdf", size=1,
                          media_type="application/pdf", sha256="0", uploaded_by=opened.work.actor.user_id, uploaded_at=self.clock())  # fmt: skip
        session.add(file)
        session.flush()
        files = {each.key for each in opened.form.every if each.kind == "file"}
        pairs = flat({**known, **values})
        return MultiDict([("token", token_of(opened)), *((key, str(file.id) if key in files else text) for key, text in pairs)])

    @contextmanager
    def _counted(self, node: str) -> Iterator[None]:
        engine, cost = self.context.sessions.kw["bind"], Cost()

        def statement(connection: object, cursor: object, sql: str, *rest: object) -> None:
            cost.statements += [] if sql.startswith("BEGIN") else [sql]

        def commit(connection: object) -> None:
            cost.commits += 1

        listeners = (("before_cursor_execute", statement), ("commit", commit))
        for name, listener in listeners:
            event.listen(engine, name, listener)
        yield
        for name, listener in listeners:
            event.remove(engine, name, listener)
        self.costs[node].append(cost)


ARCHIVE = {"archive_no": "2026-1", "retention": "permanent", "items": ["basis"], "volumes": 3, "place": "档案室"}
UNION = {"material_complete": "yes", "frontline_verified": "yes", "labor_relations": "yes", "opinion": "同意",
         "recommendation_rank": 1, "union_decision": "accept"}  # fmt: skip
OBJECTOR = objections.Identity("person", "赵某某", "027-83210001")
FACTS = "材料中的专利不是本人完成，登记簿上另有其人，可以查证。"


def tasks(browsers: Browsers) -> set[str]:
    """Return every user task of the flagship."""
    with browsers.context.reading() as tx:
        loaded = browsers.context.procedures.get(tx.session, 1)
    return {node.node_id for nodes in loaded.nodes.values() for node in nodes.values() if node.kind == "userTask"}


def object_in_vain(browsers: Browsers, case_id: int) -> None:
    """Hand in an objection and take it to its end: it is not upheld."""
    [notice_id] = browsers.all(select(PublicNotice.id))
    objections.submit_objection(browsers.context, notice_id=notice_id, nominee_case_id=case_id, identity=OBJECTOR, facts=FACTS)
    browsers.deliver()
    settle_objection(browsers, case_id, upheld="no")


def play(browsers: Browsers, count: int) -> None:
    """Play a round of so many nominees, of whom one wins although somebody objects, until it is in the archive."""
    cases = to_the_draw(browsers, *NAMES[:count])
    draw_and_declare(browsers)
    for case_id, points in zip(cases, SCORES, strict=False):
        score(browsers, case_id, points)
    browsers.do("convener", "confirm_ranking", filled.OPINION)
    browsers.clock.turn(days=26)
    for case_id in cases[:2]:
        browsers.do("inspector", "site_inspection", filled.inspection(browsers, "88"), case_id=case_id)
    propose(browsers, cases[1])
    publish(browsers)
    object_in_vain(browsers, cases[1])
    browsers.let_timers_fire()
    approve(browsers)
    pay(browsers, cases[1])
    pretend_papers(browsers)
    browsers.do("archivist", "archive_round", ARCHIVE)


def pretend_papers(browsers: Browsers) -> None:
    """Let all papers be made, without making them: a PDF takes longer than all the rest of a round."""
    with browsers.context.transaction() as tx:
        for model in (PublicNotice, OfficialDocument, Certificate, PaymentBatch):
            tx.session.execute(update(model).values(pdf_sha256="0" * 64))
        tx.session.execute(update(OutboxEntry).where(OutboxEntry.kind == PAPER).values(state="done"))


@contextmanager
def settled(databases: Databases, tmp_path: Path) -> Iterator[Browsers]:
    """Give a settled district behind the real pages."""
    clock = FakeClock()
    with databases.engine(build) as engine:
        context = context_on(engine, files=str(tmp_path / "files"), procedures=ProcedureCache())
        context = without_papers(replace(context, clock=clock))
        app = lent_application(settings(tmp_path), context)
        app.config["WTF_CSRF_ENABLED"] = False
        made = Browsers(context, clock, app=app)
        made.remember()
        yield made


@pytest.fixture(scope="module")
def played(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, list[Cost]]]:
    """Return what the completions of a round of two nominees cost, and of one of three."""
    found = {}
    for count in (2, 3):
        with settled(databases, tmp_path_factory.mktemp("played")) as browsers:
            play(browsers, count)
        found[count] = browsers.costs
    return found


@pytest.fixture
def browsers(databases: Databases, tmp_path: Path) -> Iterator[Browsers]:
    """Return one district."""
    with settled(databases, tmp_path) as made:
        yield made


def check(costs: dict[str, list[Cost]]) -> None:
    """Refuse a completion that cost more than it may."""
    every = [(node, cost) for node, found in costs.items() for cost in found]
    assert {node: cost.statements for node, cost in every if len(cost.statements) > MOST} == {}
    assert {cost.commits for _, cost in every} == {1}


def test_no_completion_of_a_round_takes_more_than_15_statements_and_one_commit(
    browsers: Browsers, played: dict[int, dict[str, list[Cost]]]
) -> None:
    for costs in played.values():
        check(costs)
        assert costs.keys() == tasks(browsers) - DETOURS - WAYS_OUT


def test_no_completion_beside_the_straight_way_takes_more(browsers: Browsers) -> None:
    police = str(browsers.units["police"])
    _, round_id = open_round(browsers, department_countersign=True, departments=[police])
    with browsers.context.transaction() as tx:
        browsers.users["police_leader"] = browsers._user(tx, "police_leader", Role.DEPARTMENT_CHECKER, "police")
    street, union = nominate(browsers, round_id, "王建国", 1), nominate(browsers, round_id, "李小明", 2, nominee_channel="union")
    browsers.clock.turn(days=8)
    for case_id in (street, union):
        browsers.do("nominator", "employer_notice", filled.NOTICE, case_id=case_id)
    browsers.do("union_clerk", "union_review", UNION, case_id=union)
    browsers.do("clerk", "preliminary_review", {**filled.PRELIMINARY, "preliminary_decision": "return"}, case_id=street)
    browsers.do("nominator", "supplement", {"name": "王建国", "post": "数控铣工"}, case_id=street)
    browsers.do("handler", "re_review_first", filled.eligibility(), case_id=union)
    browsers.do("second", "re_review_second", {"opinion": "同意", "re_review_decision": "pass"}, case_id=union)
    browsers.do("police", "joint_check", {"opinion": "objection", "reply_note": "2025年受过处罚"}, case_id=union, item=police)
    browsers.do("police_leader", "countersign_opinion", {"countersign_decision": "agree"}, case_id=union)
    browsers.do("leader", "decide_flagged", {"opinion": "属实", "flagged_decision": "reject"}, case_id=union)
    check(browsers.costs)
    assert browsers.costs.keys() >= DETOURS


def test_no_way_out_of_a_round_takes_more(browsers: Browsers) -> None:
    [case_id] = to_the_draw(browsers, "王建国")
    browsers.do("handler", "draw_panel", DRAW)
    browsers.do("supervisor", "confirm_draw", filled.DRAWN)
    members = browsers.all(select(PanelMember.user_id).where(PanelMember.state == "drawn").order_by(PanelMember.place))
    for member in members:
        browsers.do(member, "declare", {"declined": True} if member == members[0] else {"accepted": True}, assignee=member)
    browsers.do("handler", "settle_absent", {"opinion": "不能参加", "absent_decision": "substitute"})
    [called] = browsers.all(select(PanelMember.user_id).where(PanelMember.state == "drawn"))
    browsers.do(called, "declare", {"accepted": True}, assignee=called)
    score(browsers, case_id, ("24", "20", "15", "10", "8", "4"))
    browsers.do("convener", "confirm_ranking", filled.OPINION)
    browsers.clock.turn(days=26)
    browsers.do("inspector", "site_inspection", filled.inspection(browsers, "60", inspection_conclusion="drop"), case_id=case_id)
    browsers.do("handler", "propose_list", {"opinion": "没有合适人选", "listing": "no_award"})
    browsers.do("secretary", "party_group_meeting", filled.meeting("party_group_decision"))
    pretend_papers(browsers)
    browsers.do("archivist", "archive_without_award", ARCHIVE)
    check(browsers.costs)
    assert browsers.costs.keys() >= WAYS_OUT


def test_a_completion_costs_the_same_with_two_and_with_three_nominees(played: dict[int, dict[str, list[Cost]]]) -> None:
    two, three = ({node: {len(cost.statements) for cost in found} for node, found in costs.items()} for costs in played.values())
    assert len(two) > 25
    assert two == three
