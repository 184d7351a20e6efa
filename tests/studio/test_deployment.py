"""From draft to version: the gate, the reason, the second person; handing versions out and taking them in; retiring them."""

import io
import zipfile

import pytest
from sqlalchemy import select

from app.domain.errors import Conflict, DomainError, NotAllowed, NotFound
from app.persistence.models import ProcedureVersion
from app.services import house_settings
from app.services.packages import procedures
from app.services.studio import deployment, drafts, procedure_overview
from app.services.versions import draft_view, in_use
from tests.studio.house import House
from tests.studio.small import diagram, small

LONGER = diagram().replace(b"workdays(3)", b"workdays(5)")


def changed(house: House, content: bytes = LONGER, *, base: int | None = None) -> int:
    """A draft by the first administrator, one file changed."""
    admin = house.actor("admin")
    draft_id = drafts.start_from_version(house.context, actor=admin, version_id=base or house.deploy_small())
    drafts.save(house.context, actor=admin, draft_id=draft_id, expected=1, changes={"flow.bpmn": content})
    return draft_id


def submit(house: House, draft_id: int, *, who: str = "admin", expected: int = 2, reason: str = "延长时限") -> int | None:
    return deployment.submit(house.context, actor=house.actor(who), draft_id=draft_id, expected=expected, reason=reason)


def test_a_deployment_takes_two_people_and_leaves_both_names(house: House) -> None:
    draft_id = changed(house)
    assert submit(house, draft_id) is None
    version_id = deployment.confirm(house.context, actor=house.actor("admin2"), draft_id=draft_id)
    version = house.all(select(ProcedureVersion).where(ProcedureVersion.id == version_id))[0]
    assert (version.number, version.reason, version.deployed_by) == (2, "延长时限", house.users["admin"])
    assert [event.actor_id for event in house.events("deployment_confirmed")] == [house.users["admin2"]]
    with house.context.reading() as tx:
        assert procedures.current_version(tx, "small-service") == version_id


def test_nobody_confirms_what_they_asked_for_or_saved_last(house: House) -> None:
    draft_id = changed(house)
    submit(house, draft_id, who="admin2")
    for who in ("admin", "admin2"):
        with pytest.raises(NotAllowed, match="另一位流程管理员"):
            deployment.confirm(house.context, actor=house.actor(who), draft_id=draft_id)
    assert len(house.all(select(ProcedureVersion))) == 1


def test_with_the_switch_off_one_person_is_enough(house: House) -> None:
    with pytest.raises(NotAllowed):
        house_settings.turn(house.context, actor=house.actor("admin"), name=house_settings.SECOND_PERSON, on=False)
    house_settings.turn(house.context, actor=house.actor("security"), name=house_settings.SECOND_PERSON, on=False)
    assert submit(house, changed(house)) is not None


def test_what_the_gate_refuses_cannot_be_asked_for(house: House) -> None:
    draft_id = changed(house, LONGER.replace(b'default="G_done"', b""))
    report = deployment.check_draft(house.context, actor=house.actor("admin"), draft_id=draft_id)
    assert [finding.element for finding in report.findings if finding.rule == "flow.no_default"] == ["G"]
    with pytest.raises(DomainError, match="没有通过检查"):
        submit(house, draft_id)


def test_the_editor_may_ask_about_what_is_not_saved_yet(house: House) -> None:
    draft_id, admin = changed(house), house.actor("admin")
    assert deployment.check_draft(house.context, actor=admin, draft_id=draft_id).accepted
    unsaved = {"flow.bpmn": LONGER.replace(b"workdays(5)", b"workday(5)")}
    report = deployment.check_draft(house.context, actor=admin, draft_id=draft_id, changes=unsaved)
    assert [finding.rule for finding in report.findings] == ["expression.function"]
    assert draft_view.open_draft(house.context, actor=admin, draft_id=draft_id).revision == 2


def test_a_reason_is_needed_and_a_draft_that_was_saved_meanwhile_is_not_deployed(house: House) -> None:
    draft_id = changed(house)
    with pytest.raises(DomainError, match="原因"):
        submit(house, draft_id, reason="  ")
    drafts.save(house.context, actor=house.actor("admin2"), draft_id=draft_id, expected=2, changes={"flow.bpmn": diagram()})
    with pytest.raises(Conflict, match="没有提交"):
        submit(house, draft_id)


def test_what_waits_cannot_be_changed_until_it_is_sent_back(house: House) -> None:
    draft_id, admin = changed(house), house.actor("admin")
    submit(house, draft_id)
    with pytest.raises(Conflict, match="等待另一位管理员确认"):
        drafts.save(house.context, actor=admin, draft_id=draft_id, expected=2, changes={"flow.bpmn": diagram()})
    deployment.send_back(house.context, actor=house.actor("admin2"), draft_id=draft_id, reply="时限应为四天")
    opened = draft_view.open_draft(house.context, actor=admin, draft_id=draft_id)
    assert (opened.state, opened.reply) == ("draft", "时限应为四天")
    with pytest.raises(Conflict, match="还没有提交"):
        deployment.confirm(house.context, actor=house.actor("admin2"), draft_id=draft_id)


@pytest.mark.parametrize("who", ["handler", "leader", "security", "nominator"])
def test_nobody_else_deploys_confirms_or_retires(house: House, who: str) -> None:
    version_id, stranger = house.deploy_small(), house.actor(who)
    draft_id = changed(house, base=version_id)
    for act in (
        lambda: submit(house, draft_id, who=who),
        lambda: deployment.confirm(house.context, actor=stranger, draft_id=draft_id),
        lambda: deployment.send_back(house.context, actor=stranger, draft_id=draft_id, reply="x"),
        lambda: in_use.retire(house.context, deployment.PROCEDURES, actor=stranger, version_id=version_id, reason="x"),
        lambda: deployment.check_draft(house.context, actor=stranger, draft_id=draft_id),
        lambda: procedures.deploy(house.context, actor=stranger, files=small(), reason="x"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_version_goes_out_as_a_zip_and_comes_in_as_the_same(house: House) -> None:
    version_id = house.deploy_small()
    name, data = in_use.package_of(house.context, deployment.PROCEDURES, actor=house.actor("admin"), version_id=version_id)
    assert name == "small-service-1.zip"
    assert deployment.import_zip(data) == small()
    assert house.deploy_files(deployment.import_zip(data)) == version_id  # the same content is the same version


def test_a_folder_around_a_package_is_passed_over() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in small().items():
            archive.writestr(f"my package/{path}", content)
    assert deployment.import_zip(buffer.getvalue()) == small()


@pytest.mark.parametrize("name", ["../procedure.toml", "/procedure.toml", "a/../../procedure.toml", "c:\\procedure.toml"])
def test_names_that_leave_the_package_are_refused(name: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, b"id = 1")
    with pytest.raises(DomainError, match="不在流程包之内"):
        deployment.import_zip(buffer.getvalue())


def test_a_retired_version_serves_no_new_case_and_its_running_ones_go_on(house: House) -> None:
    first = house.deploy_small()
    second = house.deploy_small(flow__bpmn=LONGER)
    case_id, admin = house.start(second), house.actor("admin")
    in_use.retire(house.context, deployment.PROCEDURES, actor=admin, version_id=second, reason="写错了")
    with house.context.reading() as tx:
        assert procedures.current_version(tx, "small-service") == first
    house.finish("handler", "fill", case_id, name="甲")
    assert house.open_nodes(case_id) == ["check"]
    with pytest.raises(Conflict):
        in_use.retire(house.context, deployment.PROCEDURES, actor=admin, version_id=second, reason="再来")
    in_use.reinstate(house.context, deployment.PROCEDURES, actor=admin, version_id=second, reason="改好了")
    with house.context.reading() as tx:
        assert procedures.current_version(tx, "small-service") == second


def test_the_last_version_may_go_nothing_begins_any_more_and_what_runs_goes_on(house: House) -> None:
    only, admin = house.deploy_small(), house.actor("admin")
    case_id = house.start(only)
    in_use.retire(house.context, deployment.PROCEDURES, actor=admin, version_id=only, reason="今年不再办理")
    with house.context.reading() as tx, pytest.raises(NotFound, match="还没有部署流程"):
        procedures.current_version(tx, "small-service")
    house.finish("handler", "fill", case_id, name="甲")
    assert house.open_nodes(case_id) == ["check"]
    in_use.reinstate(house.context, deployment.PROCEDURES, actor=admin, version_id=only, reason="恢复办理")
    with pytest.raises(Conflict, match="不需要恢复"):
        in_use.reinstate(house.context, deployment.PROCEDURES, actor=admin, version_id=only, reason="再来")


def test_nothing_goes_out_of_use_without_a_reason_or_without_being_there(house: House) -> None:
    only, admin = house.deploy_small(), house.actor("admin")
    with pytest.raises(DomainError, match="请写明原因"):
        in_use.retire(house.context, deployment.PROCEDURES, actor=admin, version_id=only, reason=" ")
    with pytest.raises(NotFound):
        in_use.retire(house.context, deployment.PROCEDURES, actor=admin, version_id=99, reason="x")
    assert house.events("procedure_retired") == []


def test_numbers_are_never_given_twice_even_when_the_newest_version_is_retired(house: House) -> None:
    house.deploy_small()
    second = house.deploy_small(flow__bpmn=LONGER)
    in_use.retire(house.context, deployment.PROCEDURES, actor=house.actor("admin"), version_id=second, reason="写错了")
    house.deploy_small(flow__bpmn=LONGER.replace(b"workdays(5)", b"workdays(6)"))
    assert sorted(version.number for version in house.all(select(ProcedureVersion))) == [1, 2, 3]


def test_the_list_shows_states_cases_reasons_and_drafts(house: House) -> None:
    first = house.deploy_small()
    house.start(first)
    draft_id = changed(house, base=first)
    submit(house, draft_id)
    deployment.confirm(house.context, actor=house.actor("admin2"), draft_id=draft_id)
    changed(house, base=first)
    line = procedure_overview.overview(house.context, actor=house.actor("admin"))[0]
    shown = [(one.number, one.state, one.open_cases, one.deployed_by, one.reason) for one in line.versions]
    assert shown == [(2, "current", 0, "admin甲", "延长时限"), (1, "earlier", 1, "系统", "测试")]
    assert [(draft.state, draft.revision) for draft in line.drafts] == [("draft", 2)]
    with pytest.raises(NotAllowed):
        procedure_overview.overview(house.context, actor=house.actor("nominator"))


def test_what_is_not_there_is_not_found(house: House) -> None:
    admin = house.actor("admin")
    with pytest.raises(NotFound):
        drafts.start_from_version(house.context, actor=admin, version_id=99)
    with pytest.raises(NotFound):
        in_use.package_of(house.context, deployment.PROCEDURES, actor=admin, version_id=99)
