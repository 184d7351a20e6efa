"""Scenarios that a change broke: those that go by themselves are brought up to date, the others are left to a person."""

import json
from typing import Any

import pytest

from app.domain.errors import NotAllowed
from app.services.packages.package_check import examine
from app.services.studio import drafts
from app.services.studio.scenario_update import Updated, update_scenarios
from app.services.versions import draft_view
from tests.studio.house import House
from tests.studio.small import PASSED, WAYS, diagram, person, small

READ = WAYS.replace("fill > check", "fill > read > check")


def updated(house: House, **changes: Any) -> tuple[Updated, dict[str, bytes], int]:
    admin = house.actor("admin")
    draft_id = drafts.start_from_files(house.context, actor=admin, files=small(**changes))
    found = update_scenarios(house.context, actor=admin, draft_id=draft_id)
    opened = draft_view.open_draft(house.context, actor=admin, draft_id=draft_id)
    return found, dict(opened.files), opened.revision


def test_a_new_step_is_done_by_itself_wherever_a_scenario_comes_to_it(house: House) -> None:
    longer = diagram(more=person("read", "阅示", form="request"), ways=READ, clerk="fill read")
    found, files, revision = updated(house, flow__bpmn=longer)
    assert (set(found.done), found.left, revision) == ({"一次通过", "催办、退回一次后撤回"}, (), 2)
    report = examine(files, registry=house.context.registry)
    assert report.accepted and all(result.passed for result in report.scenarios)
    written = json.loads(files["scenarios/passed.json"])
    assert written["expect"] == {**PASSED["expect"], "path": ["fill", "read", "check", "done"]}
    assert "script" not in written


def test_a_step_in_which_something_is_chosen_is_left_to_a_person(house: House) -> None:
    choosing = diagram(more=person("read", "阅示", form="request", exports="name"), ways=READ, clerk="fill read")
    found, files, revision = updated(house, flow__bpmn=choosing)
    assert (found.done, len(found.left), revision) == ((), 2, 1)
    assert files["scenarios/passed.json"] == small()["scenarios/passed.json"]


def test_nothing_is_touched_where_nothing_failed_or_nothing_can_be_played(house: House) -> None:
    assert updated(house)[::2] == (Updated((), ()), 1)
    assert updated(house, forms_check__json="{")[::2] == (Updated((), ()), 1)


def test_only_administrators_do(house: House) -> None:
    draft_id = drafts.start_from_files(house.context, actor=house.actor("admin"), files=small())
    with pytest.raises(NotAllowed):
        update_scenarios(house.context, actor=house.actor("leader"), draft_id=draft_id)
