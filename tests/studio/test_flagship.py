"""The change of an afternoon on the real selection: a task inserted, a running round moved to it, another left where it was."""

from sqlalchemy import select

from app.catalog.archive import read_folder
from app.catalog.manifest import read_procedure
from app.domain.actors import SYSTEM
from app.persistence.models import WorkItem
from app.services.issuing import templates
from app.services.packages import procedures
from app.services.packages.package_check import examine
from app.services.packages.scenarios import read_scenarios
from app.services.registry import Registry
from app.services.selection import rounds
from app.services.studio import live_view, migration
from app.services.studio.version_diff import compare_versions
from tests.catalog.packages import ROOT
from tests.services import filled
from tests.services.world import PROCEDURE
from tests.studio.house import House

TASK = """<bpmn:userTask id="party_precheck" name="党组会前置审核"><bpmn:extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="form" value="minutes_check" /><spiffworkflow:property name="stage" value="planning" />
<spiffworkflow:property name="due" value="workdays(2)" /></spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>
<bpmn:sequenceFlow id="flow_precheck" sourceRef="party_precheck" targetRef="approve_plan" />"""


def package() -> dict[str, bytes]:
    return read_folder(ROOT / "bpmn" / PROCEDURE, forms_folder=ROOT / "forms" / PROCEDURE)


def inserted() -> dict[str, bytes]:
    """The package with a task before the approval of the plan."""
    files = package()
    text = files["artisan.bpmn"].decode()
    text = text.replace('sourceRef="draft_plan" targetRef="approve_plan"', 'sourceRef="draft_plan" targetRef="party_precheck"')
    text = text.replace("<bpmn:flowNodeRef>approve_plan</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>approve_plan</bpmn:flowNodeRef>"
                        "<bpmn:flowNodeRef>party_precheck</bpmn:flowNodeRef>", 1)  # fmt: skip
    text = text.replace('<bpmn:userTask id="approve_plan"', f'{TASK}<bpmn:userTask id="approve_plan"', 1)
    return {**files, "artisan.bpmn": text.encode()}


def version(house: House, files: dict[str, bytes]) -> int:
    with house.context.transaction() as tx:
        return procedures.write_version(tx, actor=SYSTEM, procedure=read_procedure(files), reason="前置审核")


def start(house: House, title: str) -> int:
    case_id = rounds.start_round(house.context, actor=house.actor("handler"), procedure=PROCEDURE, title=title)
    house.do("handler", "enter_basis", filled.basis(), case_id=case_id)
    return case_id


def test_the_scenarios_tell_that_the_way_has_changed(registry: Registry) -> None:
    findings = examine(inserted(), registry=registry).findings
    assert {finding.rule for finding in findings if finding.severity == "error"} == {"scenario.step"}


def with_papers(house: House) -> None:
    """Bring in the templates that the plan of a round chooses from."""
    with house.context.transaction() as tx:
        templates.load_folder(tx, actor=SYSTEM, folder=ROOT / "certificates", procedure=PROCEDURE, reason="首次部署")


def test_a_running_round_is_moved_and_meets_the_new_task_another_goes_on_as_before(house: House) -> None:
    with_papers(house)
    first = version(house, package())
    moved, stayed = start(house, "第一届"), start(house, "第二届")
    second, admin = version(house, inserted()), house.actor("admin")
    batch_id = migration.begin(
        house.context, actor=admin, from_version_id=first, to_version_id=second, case_ids=[moved], reason="增加前置审核"
    )
    migration.run(house.context, actor=admin, batch_id=batch_id)
    for number, case_id in enumerate((moved, stayed), start=1):
        house.do("handler", "draft_plan", filled.plan(house, round_no=number, title=f"第{number}届评选"), case_id=case_id)
    assert (house.open_nodes(moved), house.open_nodes(stayed)) == (["party_precheck"], ["approve_plan"])
    due = house.all(select(WorkItem).where(WorkItem.node_id == "party_precheck"))[0].due_at
    assert due is not None
    for version_id, node in ((second, "party_precheck"), (first, "approve_plan")):
        view = live_view.live_view(house.context, actor=admin, version_id=version_id)
        assert {one.node_id: one.waiting for one in view.nodes if one.waiting} == {node: 1}
    changes = compare_versions(house.context, actor=admin, before_id=first, after_id=second).diagrams
    assert {change.element for change in changes if change.change == "added"} == {"party_precheck", "flow_precheck"}


def test_every_step_of_a_person_says_whose_it_is(registry: Registry) -> None:
    scenarios = read_scenarios(package()).values()
    steps = [step for one in scenarios for step in one["steps"] if "complete" in step]
    assert len(steps) > 200
    assert [step["complete"] for step in steps if "role" not in step] == []


def test_a_step_of_a_scenario_that_another_role_does_is_refused(registry: Registry) -> None:
    files = package()
    name = "scenarios/nomination_paid.json"
    files[name] = files[name].replace(b'"rank_nominee", "role": "office_leader"', b'"rank_nominee", "role": "office_clerk"')
    (finding,) = [one for one in examine(files, registry=registry).findings if one.severity == "error"]
    assert (finding.rule, finding.element) == ("scenario.step", "rank_nominee")
