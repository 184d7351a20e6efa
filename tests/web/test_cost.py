"""What every completion of a whole round costs the database, over HTTP: permission, work items, timers, outbox and audit included."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.datastructures import MultiDict

from app.formkit.schema import fields_of
from app.persistence.models import Attachment, Draft, User
from app.persistence.unit_of_work import make_engine
from app.services.casework import work_items
from app.services.casework.work_items import OpenItem
from app.services.packages.procedure_cache import ProcedureCache
from app.web.application import build_web
from app.web.tasks.sheet import token_of
from config import Config
from tests.databases import Databases
from tests.services.conftest import build, context_on
from tests.services.steps import approve, pay, propose, publish, to_the_list
from tests.services.world import ROOT, FakeClock, World, flat

MOST = 15
AROUND = 0
"""Who asks, the item as its page shows it with the lists of its form, and after the commit who has the case now."""


@dataclass
class Cost:
    """The statements of one request, those of them in its write transaction, and its commits."""

    request: list[str] = field(default_factory=list)
    transaction: list[str] = field(default_factory=list)
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
        files = {each.key for each in fields_of(opened.form) if each.kind == "file"}
        pairs = flat({**known, **values})
        return MultiDict([("token", token_of(opened)), *((key, str(file.id) if key in files else text) for key, text in pairs)])

    @contextmanager
    def _counted(self, node: str) -> Iterator[None]:
        engine, cost, writing = self.context.sessions.kw["bind"], Cost(), list[object]()

        def begin(connection: Any) -> None:
            if connection.get_execution_options().get("immediate"):
                writing.append(connection)

        def statement(connection: object, cursor: object, sql: str, *rest: object) -> None:
            if not sql.startswith("BEGIN"):
                cost.request.append(sql)
                cost.transaction += [sql] if writing else []

        def commit(connection: object) -> None:
            writing.clear()
            cost.commits += 1

        listeners = (("begin", begin), ("before_cursor_execute", statement), ("commit", commit))
        for name, listener in listeners:
            event.listen(engine, name, listener)
        yield
        for name, listener in listeners:
            event.remove(engine, name, listener)
        self.costs[node].append(cost)


@pytest.fixture
def browsers(databases: Databases, tmp_path: Path) -> Iterator[Browsers]:
    """Return a settled district behind the real pages."""
    engine, clock = make_engine(databases.create(build)), FakeClock()
    context = context_on(engine, files=str(tmp_path / "files"), procedures=ProcedureCache())
    context = replace(context, clock=clock)
    config = Config.from_environment(tmp_path / "instance", {"GONGJIANG_ENVIRONMENT": "test"})
    app = build_web(Flask("app.web", root_path=str(ROOT / "app" / "web")), config=config, context=context)
    app.config["WTF_CSRF_ENABLED"] = False
    made = Browsers(context, clock, app=app)
    made.remember()
    yield made
    engine.dispose()


def test_no_completion_of_a_round_takes_more_than_15_statements_and_one_commit(browsers: Browsers) -> None:
    _, _, cases = to_the_list(browsers)
    propose(browsers, cases[1])
    publish(browsers)
    browsers.let_timers_fire()
    approve(browsers)
    pay(browsers, cases[1])
    archive = {"archive_no": "2026-1", "retention": "permanent", "items": ["basis"], "volumes": 3, "place": "档案室"}
    browsers.do("archivist", "archive_round", archive)
    every = {node: (cost.transaction, cost.request) for node, costs in browsers.costs.items() for cost in costs}
    assert {node: inside for node, (inside, _) in every.items() if len(inside) > MOST} == {}
    assert {node: whole for node, (_, whole) in every.items() if len(whole) > MOST + AROUND} == {}
    assert {cost.commits for costs in browsers.costs.values() for cost in costs} == {1}
