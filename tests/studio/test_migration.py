"""Moving cases to another version: mapping, dry run, batch, interruption, refusal, undo."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.errors import DomainError, NotAllowed, NotFound
from app.persistence.models import Timer, WorkItem
from app.services import audit_check
from app.services.studio import migration, migration_plan
from tests.studio.house import House
from tests.studio.small import WAYS, diagram, person, small

INSERTED = diagram(
    more=person("party", "党组会前置审核", form="request", stage="checking", due="workdays(2)"),
    ways=WAYS.replace("fill > check", "fill > party > check"),
    leader="check party",
)
SCENARIOS: dict[str, Any] = {"scenarios_passed__json": None, "scenarios_returned__json": None}
RENAMED = diagram(check="review")


def two_versions(house: House, newer: bytes = INSERTED) -> tuple[int, int]:
    return house.deploy_small(), house.deploy_small(flow__bpmn=newer, **SCENARIOS)


def begin(house: House, ids: tuple[int, int], case_ids: list[int], **more: Any) -> int:
    return migration.begin(
        house.context,
        actor=house.actor("admin"),
        from_version_id=ids[0],
        to_version_id=ids[1],
        case_ids=case_ids,
        reason="改版",
        **more,
    )


def run(house: House, batch_id: int, **more: Any) -> migration.Progress:
    migration.run(house.context, actor=house.actor("admin"), batch_id=batch_id, **more)
    return migration.progress(house.context, actor=house.actor("admin"), batch_id=batch_id)


def checking(house: House, version_id: int) -> int:
    """A case whose application has been filled in."""
    case_id = house.start(version_id)
    house.finish("handler", "fill", case_id, name="甲")
    return case_id


def lines(house: House, ids: tuple[int, int], **given: str) -> dict[str, migration_plan.MappingLine]:
    plan = migration_plan.plan(
        house.context, actor=house.actor("admin"), from_version_id=ids[0], to_version_id=ids[1], given=given
    )
    return {line.node_id: line for line in plan.mapping}


def forecast(house: House, ids: tuple[int, int], case_ids: list[int], **given: str) -> list[migration_plan.Forecast]:
    return migration_plan.dry_run(
        house.context, actor=house.actor("admin"), from_version_id=ids[0], to_version_id=ids[1], case_ids=case_ids, given=given
    )


def test_a_case_goes_on_in_the_new_version_and_meets_the_new_task(house: House) -> None:
    ids = two_versions(house)
    case_id, other = house.start(ids[0]), house.start(ids[0])
    assert run(house, begin(house, ids, [case_id])).moved == 1
    assert house.versions_of_cases() == {case_id: ids[1], other: ids[0]}
    house.finish("handler", "fill", case_id, name="甲")
    assert house.open_nodes(case_id) == ["party"]
    house.finish("leader", "party", case_id)
    house.finish("leader", "check", case_id, decision="pass")
    assert house.case(case_id).outcome == "passed"
    house.finish("handler", "fill", other, name="乙")
    assert house.open_nodes(other) == ["check"]


def test_nodes_are_found_by_id_then_by_name_and_kind_or_not_at_all(house: House) -> None:
    ids = two_versions(house, RENAMED)
    checking(house, ids[0])
    found = lines(house, ids)
    assert (found["fill"].target, found["fill"].how) == ("fill", "id")
    assert (found["check"].target, found["check"].how, found["check"].open_cases) == ("review", "name", 1)
    nameless = two_versions(house, RENAMED.replace("审核申请".encode(), "复审".encode()))[1]
    assert (lines(house, (ids[0], nameless))["check"].target, lines(house, (ids[0], nameless))["check"].how) == (None, "none")
    assert lines(house, (ids[0], nameless), check="review")["check"].how == "given"


def test_as_many_cases_are_offered_as_were_asked_for_and_all_are_counted(house: House) -> None:
    ids = two_versions(house)
    first, _, waiting = house.start(ids[0]), house.start(ids[0]), checking(house, ids[0])
    ways = {"from_version_id": ids[0], "to_version_id": ids[1]}
    plan = migration_plan.plan(house.context, actor=house.actor("admin"), limit=1, **ways)
    assert [(one.case_id, one.nodes) for one in plan.cases] == [(first, ("fill",))]
    assert plan.open_cases == 3
    standing = {line.node_id: line.open_cases for line in plan.mapping if line.open_cases}
    assert standing == {"fill": 2, "check": 1, "remind": 1}
    everything = migration_plan.plan(house.context, actor=house.actor("admin"), **ways)
    assert [one.case_id for one in everything.cases][-1] == waiting and len(everything.cases) == 3


def test_a_dry_run_says_what_would_become_of_each_case_and_writes_nothing(house: House) -> None:
    ids = two_versions(house, RENAMED.replace("审核申请".encode(), "复审".encode()))
    filling, waiting = house.start(ids[0]), checking(house, ids[0])
    stays = forecast(house, ids, [filling, waiting])
    assert [(one.case_id, one.moves, one.nodes) for one in stays] == [(filling, True, ("fill",)), (waiting, False, ())]
    assert "check" in stays[1].message
    goes = forecast(house, ids, [waiting], check="review")
    assert goes[0].moves and set(goes[0].nodes) == {"review", "cancel", "remind"}
    assert "复审" in goes[0].places and stays[1].places == ()
    assert set(house.versions_of_cases().values()) == {ids[0]}


def test_open_items_and_timers_are_carried_along_with_whose_they_are_and_until_when(house: House) -> None:
    ids = two_versions(house, RENAMED)
    case_id = checking(house, ids[0])
    before = house.all(select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.state == "open"))[0]
    due = house.all(select(Timer).where(Timer.case_id == case_id))[0].due_at
    assert run(house, begin(house, ids, [case_id])).moved == 1
    after = house.all(select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.state == "open"))[0]
    assert (after.id, after.node_id, after.created_at) == (before.id, "review", before.created_at)
    assert [(row.node_id, row.due_at, row.state) for row in house.all(select(Timer))] == [("remind", due, "open")]
    house.let_timers_fire()
    house.finish("leader", "review", case_id, decision="pass")
    assert house.case(case_id).outcome == "passed"


def test_what_cannot_be_moved_stays_where_it_was_with_the_reason(house: House) -> None:
    ids = two_versions(house, RENAMED.replace("审核申请".encode(), "复审".encode()))
    stuck, fine, done = checking(house, ids[0]), house.start(ids[0]), checking(house, ids[0])
    house.finish("leader", "check", done, decision="pass")
    result = run(house, begin(house, ids, [stuck, fine, done]))
    assert [(item.case_id, item.state) for item in result.items] == [(stuck, "stays"), (fine, "moved"), (done, "stays")]
    assert "check" in result.items[0].message and "办结" in result.items[2].message
    assert house.versions_of_cases()[stuck] == ids[0]
    house.finish("leader", "check", stuck, decision="pass")
    assert house.case(stuck).outcome == "passed"


class Failing:
    """A clock that breaks down after some calls, as a machine does in the middle of a batch."""

    def __init__(self, house: House, calls: int) -> None:
        self.house, self.left = house, calls

    def __call__(self) -> datetime:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return self.house.clock()


def test_a_batch_that_was_interrupted_goes_on_where_it_stopped(house: House) -> None:
    ids = two_versions(house)
    case_ids = [house.start(ids[0]) for _ in range(5)]
    batch_id = begin(house, ids, case_ids)
    broken = replace(house.context, clock=Failing(house, 5))
    with pytest.raises(KeyboardInterrupt):
        migration.run(broken, actor=house.actor("admin"), batch_id=batch_id)
    half = migration.progress(house.context, actor=house.actor("admin"), batch_id=batch_id)
    assert (half.moved, half.finished_at) == (2, None)
    assert migration.unfinished(house.context) == [batch_id]
    whole = run(house, batch_id)
    assert (whole.moved, whole.total) == (5, 5) and whole.finished_at is not None
    assert migration.unfinished(house.context) == []
    assert len(house.events("migrated")) == 5  # nobody was moved twice


def test_the_clock_goes_on_with_what_nobody_finished(house: House) -> None:
    ids = two_versions(house)
    case_ids = [house.start(ids[0]) for _ in range(3)]
    batch_id = begin(house, ids, case_ids)
    assert migration.run_unfinished(house.context, limit=2) == 2
    assert migration.unfinished(house.context) == [batch_id]
    assert migration.run_unfinished(house.context) == 1
    assert migration.unfinished(house.context) == []
    assert set(house.versions_of_cases().values()) == {ids[1]}


def test_history_stays_and_names_the_migration(house: House) -> None:
    ids = two_versions(house)
    case_id = checking(house, ids[0])
    before = len(house.events("completed"))
    run(house, begin(house, ids, [case_id]))
    assert len(house.events("completed")) == before
    event = house.events("migrated")[0]
    assert '"from":1,"to":2' in event.detail and "改版" in event.detail
    assert list(audit_check.verify(house.context)) == []


def test_undo_is_a_migration_back(house: House) -> None:
    ids = two_versions(house, RENAMED)
    case_id, admin = checking(house, ids[0]), house.actor("admin")
    batch_id = begin(house, ids, [case_id])
    run(house, batch_id)
    back = migration.undo(house.context, actor=admin, batch_id=batch_id, reason="改错了")
    result = run(house, back)
    assert (result.moved, result.undo_of_id) == (1, batch_id)
    assert house.versions_of_cases()[case_id] == ids[0]
    assert house.open_nodes(case_id) == ["check"]


def test_a_case_that_went_on_to_a_new_task_cannot_go_back_and_stays(house: House) -> None:
    ids = two_versions(house)
    case_id = house.start(ids[0])
    batch_id = begin(house, ids, [case_id])
    run(house, batch_id)
    house.finish("handler", "fill", case_id, name="甲")
    result = run(house, migration.undo(house.context, actor=house.actor("admin"), batch_id=batch_id, reason="改错了"))
    assert (result.moved, result.stays) == (0, 1) and "party" in result.items[0].message
    assert house.open_nodes(case_id) == ["party"]


def test_a_reminder_that_is_new_waits_from_now_on(house: House) -> None:
    bare = diagram(ways=WAYS.replace("remind > reminded", "")).replace(b'<bpmn:endEvent id="reminded"></bpmn:endEvent>', b"")
    start, stop = bare.index(b'<bpmn:boundaryEvent id="remind"'), bare.index(b"</bpmn:boundaryEvent>", bare.index(b'id="remind"'))
    older = house.deploy_small(flow__bpmn=bare[:start] + bare[stop + len(b"</bpmn:boundaryEvent>") :], **SCENARIOS)
    case_id = checking(house, older)
    assert house.all(select(Timer)) == []
    newer = house.deploy_small()
    run(house, begin(house, (older, newer), [case_id]))
    assert [row.node_id for row in house.all(select(Timer).where(Timer.state == "open"))] == ["remind"]
    run(house, begin(house, (newer, older), [case_id]))
    assert [row.state for row in house.all(select(Timer))] == ["cancelled"]


def test_only_administrators_migrate_and_only_with_a_reason_and_within_a_procedure(house: House) -> None:
    ids, admin = two_versions(house), house.actor("admin")
    case_id = house.start(ids[0])
    with pytest.raises(NotAllowed):
        migration_plan.plan(house.context, actor=house.actor("leader"), from_version_id=ids[0], to_version_id=ids[1])
    with pytest.raises(NotAllowed):
        migration.run(house.context, actor=house.actor("handler"), batch_id=1)
    with pytest.raises(DomainError, match="原因"):
        migration.begin(house.context, actor=admin, from_version_id=ids[0], to_version_id=ids[1], case_ids=[case_id], reason="")
    with pytest.raises(DomainError, match="不同版本"):
        begin(house, (ids[0], ids[0]), [case_id])
    manifest = small()["procedure.toml"].replace(b"small-service", b"other-service")
    other = house.deploy_small(procedure__toml=manifest)
    with pytest.raises(DomainError, match="同一流程"):
        begin(house, (ids[0], other), [case_id])
    with pytest.raises(NotFound):
        migration.progress(house.context, actor=admin, batch_id=99)


def test_a_way_back_is_asked_for_where_one_of_the_joined_nodes_kept_its_name(house: House) -> None:
    older, newer = house.deploy_small(flow__bpmn=INSERTED, **SCENARIOS), house.deploy_small()
    cases, admin = [checking(house, older) for _ in range(2)], house.actor("admin")
    house.finish("leader", "party", cases[1], name="甲")  # one stands at the step that goes, one at the check that stays
    batch_id = begin(house, (older, newer), cases, given={"party": "check"})
    assert run(house, batch_id).moved == 2
    with pytest.raises(DomainError, match="曾合并为“check”"):
        migration.undo(house.context, actor=admin, batch_id=batch_id, reason="恢复")
    back = migration.undo(house.context, actor=admin, batch_id=batch_id, reason="恢复", given={"check": "check"})
    assert run(house, back).moved == 2
    assert [house.open_nodes(case_id) for case_id in cases] == [["check"], ["check"]]
