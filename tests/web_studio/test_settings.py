"""The pages of settings: of a procedure, without opening its manifest; and of the house, the switch of the second person."""

import io
import json
import zipfile

from app.catalog.archive import read_zip
from app.services.house_settings import SECOND_PERSON, is_on
from app.services.packages.package_manifest import read_manifest
from app.services.studio import drafts
from tests.studio.small import MANIFEST
from tests.web.house import post
from tests.web_studio.studio import Studio

HERE = "/procedures/drafts/1/settings"
SENT = {
    "title": "新名称", "summary": "一句话", "legal_basis": "", "kind-request-title": "申请", "kind-request-number": "SQ{year}-{n:04d}",
    "lane-0-name": "经办人", "lane-0-role": "bureau_handler", "lane-1-name": "负责人", "lane-1-role": "bureau_leader",
    "lane-7-name": "复核人", "lane-7-role": "second_reviewer", "lane-9-name": "", "lane-9-role": "expert",
    "stage-request-0-id": "filling", "stage-request-0-title": "填写", "stage-request-0-public": "正在填写",
    "stage-request-1-id": "checking", "stage-request-1-title": "审核", "stage-request-1-public": "正在审核",
    "stage-request-5-title": "前置审核", "variable-request-0-name": "decision", "variable-request-0-value": "",
    "variable-request-3-name": "score", "variable-request-3-value": "3",
}  # fmt: skip


def manifest(studio: Studio) -> str:
    return studio.opened(1).files["procedure.toml"].decode()


def test_roles_stages_and_variables_are_added_and_comments_stay(studio: Studio) -> None:
    studio.draft(procedure__toml="# 手写的说明\n" + MANIFEST)
    page = studio.client().get(HERE).get_data(as_text=True)
    assert 'value="小事项"' in page
    assert "流程管理员" in page and "审计管理员" not in page
    assert post(studio.client(), HERE, revision="1", **SENT).headers["Location"] == "/procedures/drafts/1"
    written = manifest(studio)
    assert written.startswith("# 手写的说明")
    for line in ('title = "新名称"', '"复核人" = "second_reviewer"', 'id = "stage_1"', 'public = "正在前置审核"', "score = 3"):
        assert line in written


def test_messages_and_actions_are_written_without_opening_the_manifest(studio: Studio) -> None:
    studio.draft()
    page = studio.client().get(HERE).get_data(as_text=True)
    assert 'name="message-0-title" value="撤回"' in page and 'name="action-0-title" value="撤回"' in page
    more = {
        "message-0-name": "cancelled", "message-0-title": "撤回申请", "message-0-from": "request", "message-0-to": "request",
        "action-0-id": "cancel", "action-0-title": "撤回申请", "action-0-case": "request", "action-0-message": "cancelled",
        "action-0-roles": ["bureau_handler", "bureau_leader"], "action-0-reason": "yes", "action-0-until": "checking",
        "action-4-title": "加急", "action-4-case": "request", "action-4-roles": "bureau_leader", "action-4-confirm": "确定？",
        "variable-request-4-name": "urgent", "variable-request-4-kind": "yes", "variable-request-4-value": "是",
        "variable-request-5-name": "names", "variable-request-5-kind": "list", "variable-request-5-value": "甲、乙",
    }  # fmt: skip
    assert post(studio.client(), HERE, revision="1", **SENT, **more).status_code == 303
    package = read_manifest(studio.opened(1).files)
    assert {name: one.title for name, one in package.messages.items()} == {"cancelled": "撤回申请", "action_1": "加急"}
    assert (package.actions["cancel"].needs_reason, package.actions["cancel"].until_stage) == (True, "checking")
    assert (package.actions["action_1"].message, package.actions["action_1"].confirm) == ("action_1", "确定？")
    assert package.case_kinds["request"].variables == {"decision": "", "score": 3, "urgent": True, "names": ["甲", "乙"]}


def test_an_action_that_nobody_may_use_is_refused(studio: Studio) -> None:
    studio.draft()
    answer = post(studio.client(), HERE, revision="1", **SENT, **{"action-0-title": "加急", "action-0-case": "request"})
    assert (answer.status_code, "至少选择一个可以使用它的角色" in answer.get_data(as_text=True)) == (422, True)
    assert manifest(studio) == MANIFEST


def test_what_cannot_be_saved_is_said_and_what_was_typed_stays(studio: Studio) -> None:
    studio.draft()
    answer = post(studio.client(), HERE, revision="1", **{**SENT, "stage-request-1-id": "filling"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "两个阶段的编号相同" in page, 'value="前置审核"' in page) == (422, True, True)
    assert manifest(studio) == MANIFEST


def test_the_second_who_saves_the_manifest_is_told(studio: Studio) -> None:
    studio.draft()
    theirs = {"procedure.toml": MANIFEST.replace("小事项", "别人改的").encode()}
    drafts.save(studio.house.context, actor=studio.house.actor("admin2"), draft_id=1, expected=1, changes=theirs)
    answer = post(studio.client(), HERE, revision="1", **SENT)
    assert (answer.status_code, "刚刚保存过" in answer.get_data(as_text=True)) == (409, True)
    assert "别人改的" in manifest(studio)


def test_a_manifest_that_cannot_be_read_is_mended_as_text(studio: Studio) -> None:
    studio.draft()
    broken = {"procedure.toml": b"id ="}
    drafts.save(studio.house.context, actor=studio.house.actor("admin"), draft_id=1, expected=1, changes=broken)
    assert studio.client().get(HERE).headers["Location"] == "/procedures/drafts/1/edit/procedure.toml"


def test_a_second_diagram_comes_with_its_kind_of_case(studio: Studio) -> None:
    studio.draft()
    made = post(studio.client(), "/procedures/drafts/1/files", kind="diagram", title="申诉")
    assert made.headers["Location"] == "/procedures/drafts/1/edit/diagram_1.bpmn"
    assert {"diagram_1.bpmn", "forms/diagram_1.json", "scenarios/diagram_1_finished.json"} <= set(studio.opened(1).files)
    taken = post(studio.client(), "/procedures/drafts/1/files", kind="diagram", title="又一个", name="diagram_1")
    assert (taken.status_code, "请换一个编号" in taken.get_data(as_text=True)) == (422, True)


def test_a_draft_goes_out_as_a_package_that_comes_in_again(studio: Studio) -> None:
    studio.draft()
    answer = studio.client().get("/procedures/drafts/1/package.zip")
    assert "small-service-draft-1.zip" in answer.headers["Content-Disposition"]
    assert read_zip(answer.data) == dict(studio.opened(1).files)
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None


def test_what_is_new_gets_a_number_by_itself(studio: Studio) -> None:
    post(studio.client(), "/procedures/new", title="技能竞赛")
    post(studio.client(), "/procedures/new", title="又一个")
    assert [studio.opened(number).procedure for number in (1, 2)] == ["procedure-1", "procedure-2"]
    made = post(studio.client(), "/procedures/drafts/1/files", kind="form", title="意见")
    assert made.headers["Location"] == "/procedures/drafts/1/edit/forms/form_1.json"


def test_the_second_person_is_switched_by_the_security_administrator_and_it_is_written_down(studio: Studio) -> None:
    browser = studio.client("security")
    assert "关闭第二人确认" in browser.get("/procedures/rules").get_data(as_text=True)
    assert post(browser, "/procedures/rules", second_person="off").status_code == 303
    with studio.house.context.reading() as tx:
        assert not is_on(tx, SECOND_PERSON)
    assert "不需要第二人确认" in browser.get("/procedures/rules").get_data(as_text=True)
    [event] = studio.house.events("setting_turned")
    assert (event.subject, json.loads(event.detail)) == (SECOND_PERSON, {"on": False})
