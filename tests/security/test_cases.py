"""Reading and doing what is somebody else's, by its address or by a second role."""

import json

from app.domain.actors import Role
from app.persistence import models as m
from app.services import audit
from tests.web.house import post
from tests.web_rounds.world import IDS, ROOT, START, World

SECRET = "近亲属：被推荐人是本人的外甥"


def done(world: World, case_id: int, round_id: int, node: str, *, by: str, role: Role, title: str) -> m.WorkItem:
    """Add a completed item whose submission holds the secret."""
    item = world.item(
        case_id, round_id=round_id, role=role, title=title, node_id=node, state="done", assignee_id=IDS[by],
        completed_by=IDS[by], completed_at=START, completer=f"专家库 · {world.actor(by).name}",
    )  # fmt: skip
    world.add(
        m.Submission(
            case_id=case_id, work_item_id=item.id, node_id=node, form_key="none",
            values_json=json.dumps({"materials": ["1"], "opinion": SECRET}), submitted_by=IDS[by], submitted_at=START,
        )
    )  # fmt: skip
    return item


def file_of(world: World, item: m.WorkItem, *, by: str) -> m.Attachment:
    """Add a file that was uploaded for an item."""
    with (ROOT / "tests" / "web_rounds" / "paper.pdf").open("rb") as stream:
        stored = world.context.files.put(stream, name="材料.pdf")
    return world.add(
        m.Attachment(
            case_id=item.case_id, work_item_id=item.id, field_key="materials", name=stored.name, media_type=stored.media_type,
            size=stored.size, sha256=stored.sha256, uploaded_by=IDS[by], uploaded_at=START,
        )
    )  # fmt: skip


def grant(world: World, name: str, role: Role, unit: int) -> None:
    """Give one of the cast a further role."""
    world.add(m.RoleGrant(user_id=IDS[name], role=role.value, unit_id=unit))


def test_a_nominee_does_not_review_their_own_nomination(world: World) -> None:
    round_ = world.round()
    case_id = world.nominee(round_, 1, subject_id=IDS["office_clerk"]).case_id
    item = world.item(case_id, round_id=round_.id, role=Role.OFFICE_CLERK, scope_unit_id=2)
    browser = world.client("office_clerk")
    assert browser.get(f"/work-items/{item.id}").status_code == 403
    assert post(browser, f"/work-items/{item.id}/claim").status_code == 403


def test_a_nominee_does_not_read_what_colleagues_have_uploaded_for_their_review_so_far(world: World) -> None:
    round_ = world.round()
    case_id = world.nominee(round_, 1, subject_id=IDS["office_clerk"]).case_id
    item = world.item(case_id, round_id=round_.id, role=Role.OFFICE_CLERK, scope_unit_id=2)
    file = file_of(world, item, by="office_leader")
    grant(world, "office_leader", Role.OFFICE_CLERK, 2)
    assert world.client("office_clerk").get(f"/attachments/{file.id}").status_code == 404
    assert world.client("office_leader").get(f"/attachments/{file.id}").status_code == 200


def test_a_nominee_reads_their_case_as_a_nominee_whatever_else_they_are(world: World) -> None:
    round_ = world.round()
    case_id = world.nominee(round_, 1, subject_id=IDS["bureau_handler"]).case_id
    done(world, case_id, round_.id, "joint_check", by="department_checker", role=Role.DEPARTMENT_CHECKER, title="部门联审")
    browser = world.client("bureau_handler")
    page = browser.get(f"/cases/{case_id}").get_data(as_text=True)
    assert SECRET not in page
    assert world.actor("department_checker").name not in page
    assert browser.get(f"/cases/{case_id}/diagram.bpmn").status_code == 404


def test_a_nominating_unit_with_a_second_role_does_not_read_what_offices_say_of_its_nominee(world: World) -> None:
    round_ = world.round()
    case_id = world.nominee(round_, 1).case_id
    item = done(world, case_id, round_.id, "rank_nominee", by="office_leader", role=Role.OFFICE_LEADER, title="审核排序")
    file = file_of(world, item, by="office_leader")
    grant(world, "nominating_unit", Role.OFFICE_CLERK, 3)  # of another street
    browser = world.client("nominating_unit")
    assert SECRET not in browser.get(f"/cases/{case_id}").get_data(as_text=True)
    assert browser.get(f"/attachments/{file.id}").status_code == 404
    assert world.client("office_clerk").get(f"/attachments/{file.id}").status_code == 200


def test_an_expert_reads_of_the_round_only_what_they_did(world: World) -> None:
    round_ = world.round()
    for name in ("expert2", "expert3"):
        done(world, round_.case_id, round_.id, "declare", by=name, role=Role.EXPERT, title="承诺与回避")
    world.item(
        round_.case_id, round_id=round_.id, role=Role.EXPERT, title="承诺与回避", node_id="declare", assignee_id=IDS["expert"]
    )
    listed = done(
        world, round_.case_id, round_.id, "propose_list", by="bureau_handler", role=Role.BUREAU_HANDLER, title="拟定名单"
    )
    file = file_of(world, listed, by="bureau_handler")
    browser = world.client("expert")
    page = browser.get(f"/cases/{round_.case_id}").get_data(as_text=True)
    assert "承诺与回避" in page
    assert SECRET not in page
    assert not any(world.actor(name).name in page for name in ("expert2", "expert3"))
    assert browser.get(f"/attachments/{file.id}").status_code == 404


def test_names_of_experts_do_not_stand_on_the_round_of_those_who_may_not_know_them(world: World) -> None:
    round_ = world.round()
    case_id = world.nominee(round_, 1).case_id
    late = {"title": "专家评分", "node_id": "expert_scoring", "assignee_id": IDS["expert4"], "due_at": START}
    world.item(case_id, round_id=round_.id, role=Role.EXPERT, **late)
    world.pass_time(days=3)
    name = world.actor("expert4").name
    world.nominee(round_, 2, subject_id=IDS["bureau_leader"])
    for stranger in ("finance_maker", "bureau_leader"):  # the second has a nomination of their own in the round
        assert name not in world.client(stranger).get(f"/rounds/{round_.id}").get_data(as_text=True), stranger
    assert name in world.client("bureau_handler").get(f"/rounds/{round_.id}").get_data(as_text=True)


def test_a_file_that_was_never_handed_in_is_not_read_by_its_address(world: World) -> None:
    round_ = world.round()
    case_id = world.nominee(round_, 1).case_id
    taken_out = done(
        world, case_id, round_.id, "fill_nomination", by="nominating_unit", role=Role.NOMINATING_UNIT, title="填写推荐表"
    )
    world.add(m.Attachment(**_values(world, taken_out)))  # number 1 was handed in
    other = file_of(world, taken_out, by="nominating_unit")
    cancelled = world.item(case_id, round_id=round_.id, role=Role.NOMINATING_UNIT, state="cancelled", node_id="supplement")
    third = file_of(world, cancelled, by="nominating_unit")
    browser = world.client("office_clerk")
    codes = [browser.get(f"/attachments/{number}").status_code for number in (1, other.id, third.id)]
    assert codes == [200, 404, 404]


def _values(world: World, item: m.WorkItem) -> dict[str, object]:
    row = file_of(world, item, by="nominating_unit")
    names = ("case_id", "work_item_id", "field_key", "name", "media_type", "size", "sha256", "uploaded_by", "uploaded_at")
    return {name: getattr(row, name) for name in names}


def test_who_has_to_do_with_the_nominee_does_not_learn_who_objected(world: World) -> None:
    round_ = world.round()
    nominee = world.nominee(round_, 1, subject_id=IDS["bureau_handler"])
    case = world.case(kind="objection", title="异议", stage="received", round_id=round_.id)
    notice = world.notice(round_, [nominee])
    identity = json.dumps({"kind": "person", "name": "举报人甲", "phone": "1", "address": ""})
    world.add(
        m.Objection(
            case_id=case.id, round_id=round_.id, notice_id=notice.id, nomination_case_id=nominee.case_id, receipt="ABCDEFGH2345",
            identity=identity, facts="事实", reply="",
        )
    )  # fmt: skip
    answer = post(world.client("bureau_handler"), f"/objections/{case.id}/identity")
    assert answer.status_code == 403
    assert "举报人甲" not in answer.get_data(as_text=True)


def objection_to(world: World, nominee: m.Nomination, round_: m.SelectionRound) -> int:
    """Add an objection to a nominee; return its case."""
    case = world.case(kind="objection", title="异议", stage="received", round_id=round_.id)
    notice = world.notice(round_, [nominee])
    world.add(
        m.Objection(
            case_id=case.id, round_id=round_.id, notice_id=notice.id, nomination_case_id=nominee.case_id, receipt="ABCDEFGH2345",
            identity="{}", facts="事实", reply="",
        )
    )  # fmt: skip
    return case.id


def test_who_is_objected_to_does_not_handle_the_objection_by_a_second_role(world: World) -> None:
    round_ = world.round()
    case_id = objection_to(world, world.nominee(round_, 1, subject_id=IDS["bureau_handler"]), round_)
    item = world.item(case_id, round_id=round_.id, role=Role.BUREAU_HANDLER, title="受理异议", node_id="accept_objection")
    grant(world, "nominating_unit", Role.BUREAU_HANDLER, 1)
    for name in ("bureau_handler", "nominating_unit"):
        assert world.client(name).get(f"/work-items/{item.id}").status_code == 403, name
        assert post(world.client(name), f"/work-items/{item.id}/claim").status_code == 403, name
    grant(world, "second_reviewer", Role.BUREAU_HANDLER, 1)
    assert post(world.client("second_reviewer"), f"/work-items/{item.id}/claim").status_code == 302


def test_who_is_objected_to_does_not_read_the_investigation_by_a_second_role(world: World) -> None:
    round_ = world.round()
    case_id = objection_to(world, world.nominee(round_, 1, subject_id=IDS["bureau_leader"]), round_)
    done(world, case_id, round_.id, "investigate", by="investigator", role=Role.INVESTIGATOR, title="核查")
    for name, reads in (("bureau_leader", False), ("bureau_handler", True)):
        assert (SECRET in world.client(name).get(f"/cases/{case_id}").get_data(as_text=True)) == reads, name


def test_a_nominee_who_is_heard_on_an_objection_reads_bodies_and_no_names_of_staff(world: World) -> None:
    round_ = world.round()
    case = world.case(kind="objection", title="异议", stage="received", round_id=round_.id)
    world.item(case.id, round_id=round_.id, role=Role.CANDIDATE, node_id="hear_nominee", assignee_id=IDS["candidate"])
    clerk = world.actor("bureau_handler")
    with world.context.transaction() as tx:
        audit.record_on_case(tx, tx.session.get_one(m.Case, case.id), actor=clerk, action="started", subject="异议")
    page = world.client("candidate").get(f"/cases/{case.id}").get_data(as_text=True)
    assert "发起异议" in page
    assert clerk.name not in page
    assert clerk.name in world.client("bureau_leader").get(f"/cases/{case.id}").get_data(as_text=True)
