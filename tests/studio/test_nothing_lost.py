"""What a defect of the engine could take away: drafts when a case is moved, and the answer when a table cannot be reckoned."""

import pytest
from sqlalchemy import select

from app.domain.errors import DomainError
from app.persistence.models import Draft, Incident
from app.services.casework import work_items
from app.services.studio import migration, migration_plan
from tests.engine.diagrams import boundary, message, timer
from tests.gate.package_cases import ASK, decision
from tests.studio.house import House
from tests.studio.small import WAYS, diagram

TIMED = diagram().replace(
    boundary("cancel", "check", message("cancelled")).encode(), boundary("cancel", "check", timer('duration("P9D")')).encode()
)


def checking(house: House, version_id: int) -> int:
    """A case whose application has been filled in."""
    case_id = house.start(version_id)
    house.finish("handler", "fill", case_id, name="甲")
    return case_id


def test_h1_what_somebody_has_typed_survives_a_migration(house: House) -> None:
    old, new = house.deploy_small(), house.deploy_small(flow__bpmn=diagram().replace("审核申请".encode(), "再审".encode()))
    case_id = checking(house, old)
    item_id = house.item("check", case_id=case_id)
    work_items.claim(house.context, actor=house.actor("leader"), item_id=item_id)
    work_items.save_draft(house.context, actor=house.actor("leader"), item_id=item_id, values={"decision": "pass"})
    way = {"from_version_id": old, "to_version_id": new, "case_ids": [case_id]}
    batch = migration.begin(house.context, actor=house.actor("admin"), reason="改名", **way)
    migration.run(house.context, actor=house.actor("admin"), batch_id=batch)
    assert house.versions_of_cases() == {case_id: new}
    work_items.sweep_drafts(house.context)
    assert [draft.work_item_id for draft in house.all(select(Draft))] == [house.item("check", case_id=case_id)]


def test_an_armed_event_of_another_kind_is_a_line_of_the_dry_run(house: House) -> None:
    old, new = house.deploy_small(), house.deploy_small(flow__bpmn=TIMED)
    case_id = checking(house, old)
    way = {"from_version_id": old, "to_version_id": new, "case_ids": [case_id]}
    (told,) = migration_plan.dry_run(house.context, actor=house.actor("admin"), **way)
    assert (told.moves, "种类不同" in told.message) == (False, True)
    batch = migration.begin(house.context, actor=house.actor("admin"), reason="改", **way)
    migration.run(house.context, actor=house.actor("admin"), batch_id=batch)
    assert house.versions_of_cases() == {case_id: old}


def test_a_table_that_cannot_be_reckoned_is_told_to_whoever_came_to_it_and_nothing_has_happened(house: House) -> None:
    asking = diagram(more=ASK.format("rt"), ways=WAYS.replace("fill > check", "fill > rt > check"))
    case_id = house.start(house.deploy_small(flow__bpmn=asking, grade__dmn=decision(cell="ghost", reads="decision")))
    for _ in range(2):
        with pytest.raises(DomainError, match="ghost"):
            house.finish("handler", "fill", case_id, name="甲")
    assert house.open_nodes(case_id) == ["fill"]
    [incident] = house.all(select(Incident))
    assert (incident.case_id, incident.source) == (case_id, f"item:{house.item('fill', case_id=case_id)}")
    assert "ghost" in incident.message


def test_what_a_person_gets_wrong_is_no_incident(house: House) -> None:
    case_id = house.start(house.deploy_small())
    item_id = house.item("fill", case_id=case_id)
    house.finish("handler", "fill", case_id, name="甲")
    with pytest.raises(DomainError):
        work_items.complete(house.context, actor=house.actor("handler"), item_id=item_id, values={"name": "乙"})
    assert house.all(select(Incident)) == []
