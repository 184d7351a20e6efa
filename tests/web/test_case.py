"""The case and its files: who reads what."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.persistence.models import Attachment, AuditEvent, Case, Notification, Recusal
from app.persistence.queries import access, search
from app.services.casework.case_file import open_case
from tests.web.house import House, post
from tests.web.test_work_item import GOOD, reviewed

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def upload(browser: FlaskClient, item_id: int, content: bytes = PDF, name: str = "证明 1.pdf", field: str = "proof") -> Any:
    """Send a file as the page's script does."""
    file = (io.BytesIO(content), name)
    return post(browser, f"/work-items/{item_id}/attachments", headers={"Accept": "application/json"}, field=field, file=file)


@pytest.mark.parametrize(("name", "status"), [("applicant", 200), ("colleague", 200), ("clerk", 200), ("handler", 200)])
def test_those_concerned_see_the_case(house: House, name: str, status: int) -> None:
    house.start()
    assert house.client(name).get("/cases/1").status_code == status


@pytest.mark.parametrize("name", ["rival", "expert", "admin"])
def test_strangers_get_404_and_find_nothing(house: House, name: str) -> None:
    house.start("申报：秘密班组")
    browser = house.client(name)
    for path in ("/cases/1", "/cases/1/diagram", "/cases/1/diagram.bpmn", "/cases/1/actions/withdraw"):
        answer = browser.get(path)
        assert answer.status_code == 404, path
        assert "秘密班组" not in answer.get_data(as_text=True)
    assert "秘密班组" not in browser.get("/search?q=班组").get_data(as_text=True)


def test_lists_and_single_cases_follow_the_same_rule(house: House) -> None:
    for _ in range(2):
        house.start()
    with house.context.transaction() as tx:
        tx.session.add(Recusal(case_id=2, user_id=house.actor("handler").user_id, origin="found", reason="x", recorded_at=tx.now))
    for name in ("applicant", "rival", "clerk", "handler", "expert", "admin"):
        with house.context.reading() as tx:
            listed = {row.case_id for row in search.cases(tx.session, actor=house.actor(name), q="", page=1).rows}
            seen = {id_ for id_ in (1, 2) if access.see_case(tx.session, actor=house.actor(name), case_id=id_)}
        assert listed == seen, name


def test_a_recused_person_sees_nothing_of_it(house: House) -> None:
    house.start()
    with house.context.transaction() as tx:
        tx.session.add(Recusal(case_id=1, user_id=house.actor("handler").user_id, origin="found", reason="x", recorded_at=tx.now))
    assert house.client("handler").get("/cases/1").status_code == 404


def test_what_a_task_keeps_to_its_readers_reaches_nobody_else(house: House) -> None:
    item = reviewed(house)
    house.send(house.client("handler"), item, opinion="内部意见甲", second_decision="accept")
    assert "内部意见甲" in house.client("handler").get("/cases/1").get_data(as_text=True)
    for name in ("applicant", "clerk"):
        page = house.client(name).get("/cases/1").get_data(as_text=True)
        assert "已入选" in page
        assert "内部意见甲" not in page
        assert "陈复核" not in page


def test_outsiders_read_bodies_and_staff_read_names(house: House) -> None:
    reviewed(house)
    assert "李经办" in house.client("handler").get("/cases/1").get_data(as_text=True)
    page = house.client("applicant").get("/cases/1").get_data(as_text=True)
    assert "慈惠街道办事处" in page
    assert "李经办" not in page
    assert "流程图" not in page


def test_sensitive_numbers_are_masked(house: House) -> None:
    case = house.start()
    house.send(house.client("applicant"), house.item(case.id).id, **GOOD)
    page = house.client("clerk").get("/cases/1").get_data(as_text=True)
    assert "138****8000" in page
    assert "13800138000" not in page


def test_the_page_costs_the_same_however_much_happened(house: House, statements: Any) -> None:
    costs, browser = [], house.client("handler")
    reviewed(house)
    for path in ("/cases/1", f"/cases/{house.start().id}"):
        browser.get(path)
        with statements() as seen:
            browser.get(path)
        costs.append(len(seen.sql))
    assert costs == [9, 9]


def test_withdrawing_asks_for_a_reason_and_ends_the_case(house: House) -> None:
    house.start()
    browser = house.client("applicant")
    assert "撤回后本轮不能再次申报" in browser.get("/cases/1/actions/withdraw").get_data(as_text=True)
    assert post(browser, "/cases/1/actions/withdraw", reason=" ").status_code == 422
    assert post(browser, "/cases/1/actions/withdraw", reason="人员调离").status_code == 303
    page = browser.get("/cases/1").get_data(as_text=True)
    assert "已撤回" in page
    assert "人员调离" in page
    assert browser.get("/cases/1/actions/withdraw").status_code == 404


def test_the_clerk_may_not_withdraw(house: House) -> None:
    house.start()
    assert post(house.client("clerk"), "/cases/1/actions/withdraw", reason="x").status_code == 404


def test_the_diagram_is_for_those_who_work_on_it(house: House) -> None:
    house.start()
    answer = house.client("clerk").get("/cases/1/diagram.bpmn")
    assert answer.data.startswith(b"<?xml")
    assert b'id="fill_in"' in answer.data
    assert 'data-current="fill_in"' in house.client("clerk").get("/cases/1/diagram").get_data(as_text=True)
    assert house.client("applicant").get("/cases/1/diagram.bpmn").status_code == 404


def test_an_upload_is_held_by_its_field_and_handed_in(house: House) -> None:
    item, browser = house.item(house.start().id), house.client("applicant")
    answer = upload(browser, item.id)
    assert answer.status_code == 201
    assert answer.json["name"] == "证明 1.pdf"
    assert 'name="proof" value="1"' in browser.get(f"/work-items/{item.id}").get_data(as_text=True)
    house.send(browser, item.id, **GOOD, proof="1")
    assert "证明 1.pdf" in house.client("clerk").get("/cases/1").get_data(as_text=True)


def test_a_file_that_was_taken_out_of_the_form_is_not_handed_in(house: House) -> None:
    item, browser = house.item(house.start().id), house.client("applicant")
    for name in ("留下.pdf", "拿掉.pdf"):
        upload(browser, item.id, name=name)
    house.send(browser, item.id, **GOOD, proof="1")
    page = house.client("clerk").get("/cases/1").get_data(as_text=True)
    assert "留下.pdf" in page
    assert "拿掉.pdf" not in page


@pytest.mark.parametrize(
    ("content", "name", "field", "status", "sentence"),
    [
        (b"MZ\x90\x00 program", "证明.pdf", "proof", 400, "只能上传 PDF"),
        (b"%PDF-1.7 cut off", "证明.pdf", "proof", 400, "文件不完整"),
        (PDF, "证明.exe", "proof", 400, "只接受 .pdf"),
        (b"", "证明.pdf", "proof", 400, "文件是空的"),
        (PDF, "证明.pdf", "__class__", 404, "没有这一项材料"),
        (b"%PDF-1.7\n" + b"0" * 200_000 + b"\n%%EOF", "大.pdf", "proof", 400, "文件超过"),
    ],
)
def test_bad_uploads_are_refused_in_a_sentence(
    house: House, content: bytes, name: str, field: str, status: int, sentence: str
) -> None:
    answer = upload(house.client("applicant"), house.item(house.start().id).id, content, name, field)
    assert answer.status_code == status
    assert sentence in answer.json["message"]
    assert house.all(Attachment) == []


def test_an_upload_can_be_taken_back_before_it_is_handed_in(house: House) -> None:
    item, browser = house.item(house.start().id), house.client("applicant")
    upload(browser, item.id)
    assert "证明 1.pdf" in browser.get(f"/work-items/{item.id}/attachments?field=proof").get_data(as_text=True)
    assert post(house.client("colleague"), f"/work-items/{item.id}/attachments/1/delete").status_code == 403
    assert post(browser, f"/work-items/{item.id}/attachments/1/delete", field="proof").status_code == 303
    assert house.all(Attachment) == []


def test_files_are_for_those_who_may_read_the_submission(house: House) -> None:
    item, browser = house.item(house.start().id), house.client("applicant")
    upload(browser, item.id)
    assert house.client("handler").get("/attachments/1").status_code == 404, "not handed in yet"
    house.send(browser, item.id, **GOOD, proof="1")
    for name in ("applicant", "clerk", "handler"):
        assert house.client(name).get("/attachments/1").data == PDF
    for name in ("rival", "expert", "admin"):
        assert house.client(name).get("/attachments/1").status_code == 404
    assert len(house.all(AuditEvent, action="downloaded")) == 3


def test_files_of_a_task_with_readers_are_for_those(house: House) -> None:
    item, handler = reviewed(house), house.client("handler")
    upload(handler, item, field="minutes")
    house.send(handler, item, opinion="同意", second_decision="accept", minutes="1")
    assert handler.get("/attachments/1").status_code == 200
    assert house.client("clerk").get("/attachments/1").status_code == 404
    assert house.client("applicant").get("/attachments/1").status_code == 404


def test_somebody_elses_file_cannot_be_handed_in(house: House) -> None:
    one, other, browser = house.start(), house.start(), house.client("applicant")
    upload(browser, house.item(one.id).id)
    for forged in ("1", "999", "99999999999999999999"):
        answer = house.send(browser, house.item(other.id).id, **GOOD, proof=forged)
        assert answer.status_code == 404
    assert house.item(other.id).node_id == "fill_in"


def test_downloads_carry_the_chinese_name_and_run_nothing(house: House) -> None:
    item, browser = house.item(house.start().id), house.client("applicant")
    upload(browser, item.id)
    kept, looked = browser.get("/attachments/1"), browser.get("/attachments/1?inline=1")
    assert kept.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%E8%AF%81%E6%98%8E%201.pdf" in kept.headers["Content-Disposition"]
    assert looked.headers["Content-Disposition"].startswith("inline")
    assert looked.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert kept.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in kept.headers["Cache-Control"]


def test_the_bell_counts_and_forgets_what_was_read(house: House) -> None:
    with house.context.transaction() as tx:
        for user in (1, 3):
            tx.session.add(Notification(user_id=user, subject=f"消息{user}", body="正文", link="/desk", created_at=tx.now))
    browser = house.client("applicant")
    assert "条未读" in browser.get("/desk").get_data(as_text=True)
    page = browser.get("/notifications").get_data(as_text=True)
    assert "消息1" in page
    assert "消息3" not in page
    assert "条未读" not in browser.get("/desk").get_data(as_text=True)
    assert house.all(Notification, user_id=3)[0].read_at is None


def words(page: str) -> list[str]:
    """Return the tracker of a case page as "state title"."""
    parts = page.split('<span class="track-word">')[1:]
    return [part.split("<")[0] + " " + part.split('track-title">')[1].split("<")[0] for part in parts]


def test_the_tracker_shows_done_now_and_next(house: House) -> None:
    case = house.start()
    browser = house.client("applicant")
    assert words(browser.get("/cases/1").get_data(as_text=True)) == ["正在办理 填写申报", "下一步 初审", "随后 复核"]
    house.send(browser, house.item(case.id).id, **GOOD)
    house.send(house.client("clerk"), house.item(case.id).id, opinion="请补充", decision="return")
    back = words(browser.get("/cases/1").get_data(as_text=True))
    assert back == ["已完成 填写申报", "正在办理 退回补正", "下一步 初审", "随后 复核"]
    house.send(browser, house.item(case.id).id, **GOOD)
    house.send(house.client("clerk"), house.item(case.id).id, opinion="不符合", decision="reject")
    over = words(browser.get("/cases/1").get_data(as_text=True))
    assert over == ["已完成 填写申报", "已完成 退回补正", "已完成 初审", "办结 未通过"]


def test_the_application_is_what_was_handed_in_last(house: House) -> None:
    case, browser = house.start(), house.client("applicant")
    house.send(browser, house.item(case.id).id, **GOOD)
    house.send(house.client("clerk"), house.item(case.id).id, opinion="请补充", decision="return")
    house.send(browser, house.item(case.id).id, **GOOD)
    with house.context.reading() as tx:
        readings = open_case(tx, actor=house.actor("clerk"), case_id=case.id).readings
    assert [(each.title, each.is_application) for each in readings] == [
        ("补正材料", True),
        ("初审", False),
        ("填写申报表", False),
    ]


def test_a_stage_that_was_cut_off_is_not_called_done(house: House) -> None:
    case = house.start()
    browser = house.client("applicant")
    house.send(browser, house.item(case.id).id, **GOOD)
    post(browser, "/cases/1/actions/withdraw", reason="人员调离")
    assert words(browser.get("/cases/1").get_data(as_text=True)) == ["已完成 填写申报", "止于 初审", "办结 已撤回"]


def test_the_sentence_to_the_candidate_is_said_to_the_candidate_only(house: House) -> None:
    case = house.start()
    with house.context.transaction() as tx:
        tx.session.get_one(Case, case.id).subject_id = house.actor("applicant").user_id
    said = '<p class="track-public">'
    assert said in house.client("applicant").get(f"/cases/{case.id}").get_data(as_text=True)
    assert said not in house.client("colleague").get(f"/cases/{case.id}").get_data(as_text=True)
