"""Rehearsals: a draft is run for real, nothing real happens, and what was done becomes a scenario."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.errors import Conflict, DomainError, NotAllowed, NotFound
from app.persistence.models import AuditEvent, Case, Notification, NumberSeries, OutboxEntry, Submission, Timer, WorkItem
from app.services.packages.package_check import examine
from app.services.packages.scenario_player import StepError
from app.services.studio import deployment, drafts, sandbox
from app.services.studio.sandbox_player import NeedsAnswer
from app.services.versions import draft_view
from tests.engine.diagrams import service
from tests.studio.house import House
from tests.studio.small import RETURNED, WAYS, diagram, person, small

CALLING = diagram(
    more=service("count", "panel_members", result="members") + service("open", "open_nominations"),
    ways=WAYS.replace("S > fill", "S > open > fill").replace("fill > check", "fill > count > check"),
)


def begin(house: House, **changes: Any) -> sandbox.RehearsalView:
    admin = house.actor("admin")
    draft_id = drafts.start_from_files(house.context, actor=admin, files=small(**changes))
    return sandbox.start(house.context, actor=admin, draft_id=draft_id, kind="request")


def step(house: House, view: sandbox.RehearsalView, answers: Any = None, **what: Any) -> sandbox.RehearsalView:
    return sandbox.step(house.context, actor=house.actor("admin"), rehearsal_id=view.id, what=what, answers=answers)


def real_rows(house: House) -> dict[str, int]:
    models = (Case, WorkItem, Timer, Submission, OutboxEntry, Notification, NumberSeries)
    with house.context.reading() as tx:
        return {model.__tablename__: tx.session.scalar(select(func.count()).select_from(model)) or 0 for model in models}


def test_a_draft_is_stepped_through_as_any_role_and_nothing_real_is_written(house: House) -> None:
    before = real_rows(house)
    view = begin(house)
    assert [(one.verb, one.name, one.role) for one in view.open] == [("complete", "fill", "区人社局经办人")]
    view = step(house, view, complete="fill")
    shown = [(one.verb, one.name, one.exports) for one in view.open]
    assert shown == [
        ("complete", "check", ("decision",)),
        ("fire", "remind", ()),
        ("deliver", "cancelled", ()),
        ("act", "cancel", ()),
    ]
    view = step(house, view, fire="remind")
    view = step(house, view, complete="check", values={"decision": "pass"})
    assert (view.ended, view.outcome, view.path) == (True, "passed", ("fill", "reminded", "check", "done"))
    assert real_rows(house) == before
    assert house.all(select(AuditEvent).where(AuditEvent.stream != "system")) == []


def test_time_jumps_to_what_falls_due(house: House) -> None:
    view = step(house, begin(house), complete="fill")
    later = step(house, view, wait="P4D")
    assert (later.clock - view.clock).days == 4
    assert later.path == ("fill", "reminded")


def test_an_operation_whose_answer_decides_asks_for_it_first(house: House) -> None:
    view = begin(house, flow__bpmn=CALLING)  # `open_nominations` gives nothing back, so nobody is asked
    with pytest.raises(NeedsAnswer, match="members") as caught:
        step(house, view, complete="fill")
    assert (caught.value.call.operation, caught.value.code) == ("panel_members", "rehearsal.answer")
    assert sandbox.look(house.context, actor=house.actor("admin"), rehearsal_id=view.id).steps == ()
    view = step(house, view, {"panel_members": [[1, 2]]}, complete="fill")
    assert view.variables["members"] == [1, 2]


def test_a_step_that_cannot_be_done_changes_nothing(house: House) -> None:
    view = begin(house)
    for what in (
        {"complete": "check"},
        {"fire": "remind"},
        {"deliver": "other"},
        {"act": "none"},
        {"wait": "3 days"},
        {"dance": 1},
    ):
        with pytest.raises(StepError):
            step(house, view, **what)
    view = step(house, view, complete="fill")
    with pytest.raises(StepError, match="没有填写：decision"):
        step(house, view, complete="check")
    assert len(sandbox.look(house.context, actor=house.actor("admin"), rehearsal_id=view.id).steps) == 1


def test_the_last_step_can_be_taken_back(house: House) -> None:
    view = step(house, begin(house, flow__bpmn=CALLING), {"panel_members": [[7]]}, complete="fill")
    view = step(house, view, complete="check", values={"decision": "return"})
    back = sandbox.rewind(house.context, actor=house.actor("admin"), rehearsal_id=view.id)
    assert [one.name for one in back.open if one.verb == "complete"] == ["check"]
    assert back.path == ("open", "fill", "count") and back.variables["members"] == [7]
    first = sandbox.rewind(house.context, actor=house.actor("admin"), rehearsal_id=view.id)
    assert first.steps == () and first.path == ("open",)


def test_a_rehearsal_becomes_a_scenario_that_the_gate_plays(house: House) -> None:
    admin = house.actor("admin")
    view = begin(house, flow__bpmn=CALLING, scenarios_passed__json=None, scenarios_returned__json=None)
    with pytest.raises(DomainError, match="还没有走到结束"):
        sandbox.record(house.context, actor=admin, rehearsal_id=view.id, name="again", title="退回一次")
    for answers, what in (
        ({"panel_members": [[1]]}, {"complete": "fill"}),
        (None, {"complete": "check", "values": {"decision": "return"}}),
        ({"panel_members": [[1, 2]]}, {"complete": "fill"}),
        (None, {"complete": "check", "values": {"decision": "pass"}}),
    ):
        view = step(house, view, answers, **what)
    revision = sandbox.record(house.context, actor=admin, rehearsal_id=view.id, name="again", title="退回一次")
    files = draft_view.open_draft(house.context, actor=admin, draft_id=view.draft_id).files
    written = json.loads(files["scenarios/again.json"])
    assert (revision, written["operations"]) == (2, {"panel_members": {"each": [[1], [1, 2]]}})
    report = examine(files, registry=house.context.registry)
    assert [result.passed for result in report.scenarios] == [True] and report.accepted


def test_a_scenario_is_not_written_over_another_nor_into_a_draft_that_waits(house: House) -> None:
    admin = house.actor("admin")
    view = step(house, step(house, begin(house), complete="fill"), act="cancel")
    with pytest.raises(DomainError, match="已经有"):
        sandbox.record(house.context, actor=admin, rehearsal_id=view.id, name="passed", title="x")
    with pytest.raises(DomainError, match="编号"):
        sandbox.record(house.context, actor=admin, rehearsal_id=view.id, name="../x", title="x")
    deployment.submit(house.context, actor=admin, draft_id=view.draft_id, expected=1, reason="改版")
    with pytest.raises(Conflict):
        sandbox.record(house.context, actor=admin, rehearsal_id=view.id, name="cancelled", title="撤回")


def test_a_rehearsal_keeps_the_files_that_it_began_with(house: House) -> None:
    view, admin = begin(house), house.actor("admin")
    changes = {"flow.bpmn": b"<broken"}
    drafts.save(house.context, actor=admin, draft_id=view.draft_id, expected=1, changes=changes)
    assert step(house, view, complete="fill").open[0].name == "check"
    assert [line.is_stale for line in sandbox.of_draft(house.context, actor=admin, draft_id=view.draft_id)] == [True]
    with pytest.raises(DomainError, match="还不能演练"):
        sandbox.start(house.context, actor=admin, draft_id=view.draft_id, kind="request")


def test_a_failing_scenario_does_not_keep_anybody_from_rehearsing(house: House) -> None:
    failing = {"title": "x", "case": "request", "steps": [{"complete": "none"}]}
    assert begin(house, scenarios_passed__json=failing).open[0].name == "fill"


def test_rehearsals_are_removed_and_leave_nothing(house: House) -> None:
    view, admin = begin(house), house.actor("admin")
    sandbox.remove(house.context, actor=admin, rehearsal_id=view.id)
    with pytest.raises(NotFound):
        sandbox.look(house.context, actor=admin, rehearsal_id=view.id)
    second = sandbox.start(house.context, actor=admin, draft_id=view.draft_id, kind="request")
    drafts.discard(house.context, actor=admin, draft_id=view.draft_id)
    with pytest.raises(NotFound):
        sandbox.look(house.context, actor=admin, rehearsal_id=second.id)


def test_only_administrators_rehearse(house: House) -> None:
    view = begin(house)
    for who in ("handler", "leader", "security"):
        with pytest.raises(NotAllowed):
            sandbox.look(house.context, actor=house.actor(who), rehearsal_id=view.id)
        with pytest.raises(NotAllowed):
            sandbox.step(house.context, actor=house.actor(who), rehearsal_id=view.id, what={"complete": "fill"})


def test_a_rehearsal_follows_a_scenario_up_to_what_is_new_and_brings_it_up_to_date(house: House) -> None:
    admin, ways = house.actor("admin"), WAYS.replace("fill > check", "fill > read > check")
    longer = diagram(more=person("read", "阅示", form="request"), ways=ways, clerk="fill read")
    draft_id = drafts.start_from_files(house.context, actor=admin, files=small(flow__bpmn=longer))
    view = sandbox.start(house.context, actor=admin, draft_id=draft_id, kind="", scenario="passed")
    assert view.script is not None
    assert (view.path, view.script.left, "“审核申请”不在待办中" in view.script.stopped) == (("fill",), 1, True)
    view = step(house, view, complete="read")
    view = sandbox.follow(house.context, actor=admin, rehearsal_id=view.id)
    assert (view.ended, view.path) == (True, ("fill", "read", "check", "done"))
    sandbox.record(house.context, actor=admin, rehearsal_id=view.id, name="passed", title="一次通过")
    files = draft_view.open_draft(house.context, actor=admin, draft_id=draft_id).files
    assert "script" not in json.loads(files["scenarios/passed.json"])
    results = {one.name: one.passed for one in examine(files, registry=house.context.registry).scenarios}
    assert results == {"passed": True, "returned": False}


def test_what_is_taken_back_of_a_script_is_its_next_step_again(house: House) -> None:
    admin = house.actor("admin")
    draft_id = drafts.start_from_files(house.context, actor=admin, files=small())
    view = sandbox.start(house.context, actor=admin, draft_id=draft_id, kind="", scenario="passed")
    assert view.ended
    view = sandbox.rewind(house.context, actor=admin, rehearsal_id=view.id)
    assert view.script is not None and (view.ended, view.script.left) == (False, 1)
    view = step(house, view, complete="check", values={"decision": "return"})  # by hand, and otherwise
    assert view.script is not None and (view.script.left, view.ended) == (0, False)


def test_operations_answer_as_the_scenario_says(house: House) -> None:
    admin, answers = house.actor("admin"), {"panel_members": {"each": [[1], [1, 2]]}}
    again = {**RETURNED, "operations": answers}
    draft_id = drafts.start_from_files(
        house.context, actor=admin, files=small(flow__bpmn=CALLING, scenarios_returned__json=again)
    )
    view = sandbox.start(house.context, actor=admin, draft_id=draft_id, kind="", scenario="returned")
    assert (view.ended, view.variables["members"]) == (True, [1, 2])


def test_what_a_real_case_would_do_beside_is_named_and_no_part_of_a_scenario(house: House) -> None:
    recorded = CALLING.replace(
        b'name="form" value="request"',
        b'name="form" value="request" /><spiffworkflow:property name="records" value="record_plan_approval"',
    )
    view = begin(house, flow__bpmn=recorded)
    (beside,) = view.beside.values()
    assert beside == ("提交时审批方案",)
    view = step(house, view, {"panel_members": [[1, 2]]}, complete="fill")
    named = [(one.step, one.title, one.papers) for one in view.left_out]
    assert named == [("count", "专家名单", ("抽取记录",)), ("填写申请", "审批方案", ("评选通知",)), ("open", "开放申报", ())]
    assert view.beside == {"check": ("核对是否由同一人办过前面的环节",)}
    back = sandbox.rewind(house.context, actor=house.actor("admin"), rehearsal_id=view.id)
    assert [one.title for one in back.left_out] == ["开放申报"]
    view = step(
        house, step(house, back, {"panel_members": [[1, 2]]}, complete="fill"), complete="check", values={"decision": "pass"}
    )
    sandbox.record(house.context, actor=house.actor("admin"), rehearsal_id=view.id, name="walked", title="走通")
    opened = draft_view.open_draft(house.context, actor=house.actor("admin"), draft_id=view.draft_id)
    assert set(json.loads(opened.files["scenarios/walked.json"])) == {
        "title",
        "case",
        "variables",
        "operations",
        "steps",
        "expect",
    }
