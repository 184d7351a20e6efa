"""The audit log and its chain; work that nobody can do; incidents; versions."""

import json
import re

import pytest
from sqlalchemy import text

from app.domain.actors import Role
from app.persistence import models as m
from app.services.audit_check import check_slice
from app.web.admin.words import ACTIONS, detail_lines
from tests.web.house import post
from tests.web_rounds.conftest import Counting
from tests.web_rounds.world import IDS, ROOT, START, World


def test_the_log_is_found_by_person_action_and_day(world: World) -> None:
    world.log_in("expert")
    world.pass_time(days=2)
    world.log_in("archivist")
    browser = world.log_in("audit_admin")

    def lines(query: str) -> int:
        return browser.get(f"/admin/audit?{query}").get_data(as_text=True).count('data-label="人员"')

    assert lines("action=login") == 3
    assert lines("who=archivist") == 1
    assert lines("since=2026-11-25") == 2
    assert lines("until=2026-11-24") == 1
    assert lines("action=login&until=2026-11-01") == 0


def test_the_detail_of_an_event_is_read_in_words(world: World) -> None:
    kept = {"item": 7, "files": {"9": "ab"}, "on": True, "reason": "一、核实\n二、补正", "unknown": ["a", 1]}
    lines = [("待办编号", "7"), ("材料校验值", "9：ab"), ("开启", "是"), ("原因", "一、核实\n二、补正"), ("unknown", "a、1")]
    assert detail_lines(json.dumps(kept, ensure_ascii=False)) == lines
    assert detail_lines("") == []
    world.log_in("expert")
    page = world.client("audit_admin").get("/admin/audit").get_data(as_text=True)
    assert "<dt>来源地址</dt><dd>127.0.0.1</dd>" in page and "{&#34;" not in page


def test_an_untouched_chain_is_found_whole_in_any_slices(world: World) -> None:
    for name in ("expert", "archivist", "supervisor"):
        world.log_in(name)
    actor, after, done = world.actor("audit_admin"), None, []
    while True:
        found = check_slice(world.context, actor=actor, after=after, limit=2)
        assert found.broken == ()
        done.append(found.done)
        after = found.after
        if after is None:
            break
    assert done == [2, 3]
    assert "全部完整" in world.client("audit_admin").get("/admin/audit/verify").get_data(as_text=True)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE audit_event SET subject = 'nobody' WHERE seq = 2", "这一条记录与校验值不符"),
        ("DELETE FROM audit_event WHERE seq = 2", "这一条记录缺失"),
        ("DELETE FROM audit_event WHERE seq = 3", "记录的末尾与登记的末尾不符"),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_a_changed_chain_is_noticed_wherever_the_slices_end(world: World, statement: str, sentence: str, limit: int) -> None:
    for name in ("expert", "archivist", "supervisor"):
        world.log_in(name)
    _break(world, statement)
    actor, after, sentences = world.actor("audit_admin"), None, []
    for _ in range(10):
        found = check_slice(world.context, actor=actor, after=after, limit=limit)
        sentences += [link.sentence for link in found.broken]
        after = found.after
        if after is None:
            break
    assert sentence in sentences


def _break(world: World, statement: str) -> None:
    """Do what the triggers forbid, as somebody who owns the database could."""
    with world.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
        else:
            rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"))
            for (name,) in rows.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement))


def test_the_chain_is_walked_piece_by_piece_by_htmx(world: World) -> None:
    browser = world.client("audit_admin")
    page = browser.get("/admin/audit/verify?after=system@1", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in page
    assert "核对完毕" in page


def stranded(world: World) -> m.WorkItem:
    """Add a work item of a street where nobody is clerk."""
    round_ = world.round()
    row = world.nominee(round_)
    return world.item(row.case_id, round_id=round_.id, role=Role.OFFICE_CLERK, scope_unit_id=3)


def test_work_that_nobody_can_do_is_given_to_somebody_who_holds_the_role(world: World) -> None:
    item, browser = stranded(world), world.client("process_admin")
    assert "走马岭街道办事处" in browser.get("/admin/unassigned").get_data(as_text=True)
    path = f"/admin/unassigned/{item.id}"
    assert post(browser, path, user=str(IDS["office_clerk"]), reason="").status_code == 422
    assert post(browser, path, user=str(IDS["expert"]), reason="街道缺人").status_code == 422
    assert post(browser, path, user=str(IDS["office_clerk"]), reason="街道缺人").status_code == 302
    assert world.all(m.WorkItem)[0].assignee_id == IDS["office_clerk"]
    assert [row.action for row in world.all(m.AuditEvent, action="reassigned")] == ["reassigned"]
    assert "每项待办都有人可以办理" in browser.get("/admin/unassigned").get_data(as_text=True)
    assert [json.loads(entry.payload)["text"] for entry in world.all(m.OutboxEntry, kind="letter")] == ["transferred"]


def test_work_that_somebody_can_do_is_not_listed_and_not_given_away(world: World) -> None:
    round_ = world.round()
    row = world.nominee(round_)
    item = world.item(row.case_id, round_id=round_.id, role=Role.OFFICE_CLERK, scope_unit_id=2)
    browser = world.client("process_admin")
    assert "每项待办都有人可以办理" in browser.get("/admin/unassigned").get_data(as_text=True)
    assert post(browser, f"/admin/unassigned/{item.id}", user=str(IDS["office_clerk"]), reason="x").status_code == 409


def test_work_of_a_disabled_person_is_stranded(world: World) -> None:
    round_ = world.round()
    row = world.nominee(round_)
    world.item(row.case_id, round_id=round_.id, role=Role.EXPERT, assignee_id=IDS["expert"])
    with world.context.transaction() as tx:
        tx.session.get_one(m.User, IDS["expert"]).active = False
    page = world.client("process_admin").get("/admin/unassigned").get_data(as_text=True)
    assert "已停用" in page


@pytest.mark.parametrize("given", [True, False])
def test_work_of_which_the_only_one_able_must_keep_away_is_stranded(world: World, given: bool) -> None:
    round_ = world.round()
    row = world.nominee(round_)
    clerk = IDS["office_clerk"]
    world.item(row.case_id, round_id=round_.id, role=Role.OFFICE_CLERK, scope_unit_id=2, assignee_id=clerk if given else None)
    browser = world.client("process_admin")
    assert "每项待办都有人可以办理" in browser.get("/admin/unassigned").get_data(as_text=True)
    world.add(m.Recusal(case_id=row.case_id, user_id=clerk, origin="declared", reason="亲属", recorded_at=START))
    assert "每项待办都有人可以办理" not in browser.get("/admin/unassigned").get_data(as_text=True)
    [item] = world.all(m.WorkItem)
    assert post(browser, f"/admin/unassigned/{item.id}", user=str(clerk), reason="街道缺人").status_code == 422


def test_stranded_work_is_not_given_to_whom_it_is_about(world: World) -> None:
    round_, clerk = world.round(), IDS["office_clerk"]
    row = world.nominee(round_, subject_id=clerk)
    item = world.item(row.case_id, round_id=round_.id, role=Role.OFFICE_CLERK, scope_unit_id=3)
    browser, path = world.client("process_admin"), f"/admin/unassigned/{item.id}"
    assert "都应当回避" in browser.get(path).get_data(as_text=True)
    assert post(browser, path, user=str(clerk), reason="街道缺人").status_code == 422
    assert "走马岭街道办事处" in browser.get("/admin/unassigned").get_data(as_text=True)
    world.add(m.RoleGrant(user_id=IDS["archivist"], role=Role.OFFICE_CLERK.value, unit_id=2))
    page = browser.get(path).get_data(as_text=True)
    assert f'value="{IDS["archivist"]}"' in page and f'value="{clerk}"' not in page
    assert post(browser, path, user=str(IDS["archivist"]), reason="街道缺人").status_code == 302
    assert [row.assignee_id for row in world.all(m.WorkItem)] == [IDS["archivist"]]


@pytest.mark.parametrize("count", [1, 3])
def test_stranded_work_costs_the_same_for_one_and_three(world: World, statements: Counting, count: int) -> None:
    round_ = world.round()
    for number in range(1, count + 1):
        row = world.nominee(round_, number)
        world.item(row.case_id, round_id=round_.id, role=Role.OFFICE_CLERK, scope_unit_id=3)
    browser = world.client("process_admin")
    with statements() as seen:
        assert browser.get("/admin/unassigned").get_data(as_text=True).count("row-title") == count
    assert len(seen) == 3  # who asks, the bell, the lines


def broken(world: World) -> m.Incident:
    """Add an outbox entry that was given up, with its incident."""
    round_ = world.round()
    entry = world.add(
        m.OutboxEntry(
            kind="message",
            key="k",
            case_id=round_.case_id,
            payload="{}",
            state="failed",
            attempts=8,
            next_at=START,
            created_at=START,
        )
    )
    return world.add(
        m.Incident(case_id=round_.case_id, code="outbox.failed", message="没有送达", source=f"outbox:{entry.id}", opened_at=START)
    )


def test_an_incident_is_tried_again_once(world: World) -> None:
    incident, browser = broken(world), world.client("process_admin")
    assert "没有送达" in browser.get("/admin/incidents").get_data(as_text=True)
    assert post(browser, f"/admin/incidents/{incident.id}/retry").status_code == 302
    assert [(row.state, row.attempts) for row in world.all(m.OutboxEntry)] == [("pending", 0)]
    assert "没有待处理的异常" in browser.get("/admin/incidents").get_data(as_text=True)
    assert "没有送达" in browser.get("/admin/incidents?closed=1").get_data(as_text=True)
    assert post(browser, f"/admin/incidents/{incident.id}/retry").status_code == 409


def test_mail_that_fails_for_good_stands_there_with_its_cure(world: World) -> None:
    entry = {"kind": "mail", "payload": "{}", "state": "failed", "attempts": 8, "next_at": START, "created_at": START}
    for key in ("mail:1", "mail:2"):
        world.add(m.OutboxEntry(key=key, **entry))
    incident = world.add(m.Incident(code="mail.failed", message="邮件没有发出", source="outbox:mail", opened_at=START))
    browser = world.client("process_admin")
    page = browser.get("/admin/incidents").get_data(as_text=True)
    assert all(words in page for words in ("2 件没有发出", "核对邮件服务器设置"))
    assert post(browser, f"/admin/incidents/{incident.id}/retry").status_code == 302
    assert [(row.state, row.attempts) for row in world.all(m.OutboxEntry)] == [("pending", 0), ("pending", 0)]
    assert [row.stream for row in world.all(m.AuditEvent, action="incident_retried")] == ["system"]


@pytest.mark.parametrize("count", [1, 3])
def test_incidents_cost_the_same_for_one_and_three(world: World, statements: Counting, count: int) -> None:
    first = broken(world)
    for _ in range(count - 1):
        world.add(m.Incident(case_id=first.case_id, code="x", message="没有送达", source="timer:1", opened_at=START))
    browser = world.client("process_admin")
    with statements() as seen:
        assert browser.get("/admin/incidents").get_data(as_text=True).count("row-title") == count
    assert len(seen) == 3  # who asks, the bell, the lines


@pytest.mark.parametrize("count", [1, 3])
def test_versions_cost_the_same_for_one_and_three(world: World, statements: Counting, count: int) -> None:
    for number in range(2, count + 1):
        world.add(
            m.ProcedureVersion(
                procedure="linkonggang-artisan", number=number, title="临空港工匠评选", content_hash="h", package=b"", reason="x",
                deployed_at=START,
            )
        )  # fmt: skip
    browser = world.client("bureau_handler")
    with statements() as seen:
        assert browser.get("/procedures").get_data(as_text=True).count("row-title") == count
    assert len(seen) == 4  # who asks, the bell, versions and drafts


@pytest.mark.parametrize("count", [1, 3])
def test_the_log_costs_the_same_for_one_and_three(world: World, statements: Counting, count: int) -> None:
    for _ in range(count):
        world.log_in("expert")
    browser = world.client("audit_admin")
    with statements() as seen:
        assert browser.get("/admin/audit?who=expert").get_data(as_text=True).count('data-label="人员"') == count
    assert len(seen) == 4  # who asks, the bell, the lines, kinds of events


def test_every_kind_of_event_has_words() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "app" / "services").rglob("*.py"))
    used = set(re.findall(r'action="([a-z_]+)"', sources)) | set(re.findall(r'\.note\(\s*"([a-z_]+)"', sources))
    assert len(used) > 20
    assert used - set(ACTIONS) == set()
