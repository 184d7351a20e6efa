"""Objecting from the public page; asking with the receipt; reading who objected."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.persistence import models as m
from app.services.outbox import deliver_pending
from tests.web.house import post
from tests.web_rounds.test_public import published
from tests.web_rounds.world import IDS, World

OBJECTOR, PHONE = "诸葛实名", "027-65432100"
FACTS = "2025年3月，该候选人所报专利并非本人完成，发明人名单中没有他的名字，可向专利局查证。"
SENT = {"entry": "1", "kind": "person", "name": OBJECTOR, "phone": PHONE, "address": "", "facts": FACTS}


def send(world: World, notice: m.PublicNotice, **changed: str) -> Any:
    """Send the form as somebody without an account would."""
    return world.client().post(f"/public/notices/{notice.id}/object", data={**SENT, **changed})


def test_somebody_objects_and_asks_with_the_receipt(world: World) -> None:
    answer = send(world, published(world))
    receipt = world.all(m.Objection)[0].receipt
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/public/objections/{receipt}?new=1"
    first = world.client().get(answer.headers["Location"]).get_data(as_text=True)
    assert f"{receipt[:4]}-{receipt[4:8]}-{receipt[8:]}" in first
    lookup = world.client().get(f"/public/objections?receipt={receipt[:4].lower()}-{receipt[4:]}")
    page = world.client().get(lookup.headers["Location"]).get_data(as_text=True)
    assert "受理编号" in page
    for secret in (OBJECTOR, PHONE, FACTS, world.all(m.Nomination)[0].name):
        assert secret not in page


def test_an_unknown_receipt_tells_nothing(world: World) -> None:
    answer = world.client().get("/public/objections/AAAABBBBCCCC")
    assert answer.status_code == 404
    assert "没有这个回执编号" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"entry": "2"}, "请选择您要反映的公示人选"),
        ({"kind": "__class__"}, "请选择以什么身份反映"),
        ({"name": ""}, "实名反映请填写真实姓名"),
        ({"phone": ""}, "请留下电话或通信地址"),
        ({"phone": "打不通"}, "联系电话应为11位手机号码"),
        ({"phone": "83210000", "address": "吴中街1号"}, "带区号的固定电话"),
        ({"facts": "他不好"}, "至少20个字"),
        ({"facts": ""}, "请写明具体事实"),
        ({"facts": "事" * 100_000}, "3000"),
        ({"homepage": "http://x"}, "自动填写"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_stays_typed(world: World, changed: dict[str, str], sentence: str) -> None:
    answer = send(world, published(world), **changed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert world.all(m.Objection) == []
    if "name" not in changed:
        assert OBJECTOR in page


@pytest.mark.parametrize(("typed", "kept"), [("＋852 2810 2222", "+85228102222"), ("（027）65432100", "027-65432100")])
def test_a_telephone_number_is_kept_as_it_is_dialled(world: World, typed: str, kept: str) -> None:
    assert send(world, published(world), phone=typed).status_code == 303
    assert json.loads(world.all(m.Objection)[0].identity)["phone"] == kept


def test_an_anonymous_one_leaves_no_identity_behind(world: World) -> None:
    assert send(world, published(world), kind="anonymous").status_code == 303
    row = world.all(m.Objection)[0]
    assert OBJECTOR not in row.identity
    assert json.loads(row.identity)["kind"] == "anonymous"


def test_nothing_is_taken_after_the_window(world: World) -> None:
    notice = published(world)
    world.pass_time(days=8)
    answer = send(world, notice)
    assert answer.status_code == 404
    assert "公示期已经结束" in answer.get_data(as_text=True)


def test_one_address_objects_five_times_an_hour_and_may_correct_as_often_as_it_must(world: World) -> None:
    notice = published(world)
    assert [send(world, notice, facts="", name="").status_code for _ in range(6)] == [422] * 6
    assert [send(world, notice).status_code for _ in range(6)] == [303] * 5 + [429]


def test_an_objection_is_told_at_once_all_that_it_lacks(world: World) -> None:
    page = send(world, published(world), entry="", name="", phone="", facts="太短").get_data(as_text=True)
    for sentence in ("请选择您要反映的公示人选", "请填写真实姓名", "请留下电话或通信地址", "至少20个字"):
        assert sentence in page


def test_the_identity_is_read_by_who_handles_it_and_each_reading_is_logged(world: World) -> None:
    send(world, published(world))
    case_id = world.all(m.Objection)[0].case_id
    browser = world.client("bureau_handler")
    before = browser.get(f"/objections/{case_id}/identity").get_data(as_text=True)
    assert OBJECTOR not in before
    assert FACTS not in before
    page = post(browser, f"/objections/{case_id}/identity").get_data(as_text=True)
    assert OBJECTOR in page
    assert PHONE in page
    assert FACTS in page, "who is to handle it must be able to read it"
    assert [row.action for row in world.all(m.AuditEvent, action="objector_read")] == ["objector_read"]


def test_the_way_to_the_letter_stands_above_the_form_that_asks_to_read_it_first(world: World) -> None:
    send(world, published(world))
    [item] = world.all(m.WorkItem, case_id=world.all(m.Objection)[0].case_id)
    page = world.client("bureau_handler").get(f"/work-items/{item.id}").get_data(as_text=True)
    assert page.count(way := f'href="/objections/{item.case_id}/identity"') == 1
    assert page.index(way) < page.index('class="work-form"')


def test_the_identity_is_kept_from_everybody_else(world: World) -> None:
    send(world, published(world))
    case_id = world.all(m.Objection)[0].case_id
    for name, status in (("bureau_leader", 403), ("candidate", 403), ("system_admin", 403), ("investigator", 404)):
        answer = post(world.client(name), f"/objections/{case_id}/identity")
        assert (name, answer.status_code) == (name, status)
        assert OBJECTOR not in answer.get_data(as_text=True)
    for path in (f"/cases/{case_id}", "/desk"):
        assert OBJECTOR not in world.client("bureau_leader").get(path).get_data(as_text=True)
    assert world.all(m.AuditEvent, action="objector_read") == []


PDF = (Path(__file__).parent / "paper.pdf").read_bytes()


def sent_by_a_unit(world: World, content: bytes = PDF, name: str = "盖章.pdf", **changed: str) -> Any:
    """Send an objection of a unit with its sealed letter."""
    notice = published(world)
    scan = {"scan": (BytesIO(content), name)}
    sent = {**SENT, "kind": "unit", "name": "某机械公司", **changed, **scan}
    return world.client().post(f"/public/notices/{notice.id}/object", data=sent, content_type="multipart/form-data")


def test_a_unit_hands_in_its_sealed_letter_and_each_reading_is_on_record(world: World) -> None:
    assert sent_by_a_unit(world).status_code == 303
    case_id = world.all(m.Objection)[0].case_id
    browser = world.client("bureau_handler")
    page = post(browser, f"/objections/{case_id}/identity").get_data(as_text=True)
    assert "下载盖章扫描件" in page
    answer = post(browser, f"/objections/{case_id}/identity/scan")
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    read = [event.subject for event in world.all(m.AuditEvent, action="objector_read")]
    assert read == ["查看异议人信息", "查看异议单位的盖章扫描件"]


@pytest.mark.parametrize("name", ["document_officer", "nominating_unit"])
def test_the_sealed_letter_is_for_those_who_handle_it(world: World, name: str) -> None:
    sent_by_a_unit(world)
    case_id = world.all(m.Objection)[0].case_id
    assert post(world.client(name), f"/objections/{case_id}/identity/scan").status_code == 403
    assert world.all(m.AuditEvent, action="objector_read") == []


@pytest.mark.parametrize(
    ("content", "name", "words"), [(b"MZ" * 99, "a.pdf", "PDF"), (b"", "a.pdf", "空的"), (PDF, "a.png", "结尾")]
)
def test_a_file_that_is_no_letter_comes_back_with_a_sentence(world: World, content: bytes, name: str, words: str) -> None:
    answer = sent_by_a_unit(world, content, name)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#scan"' in page
    assert words in page
    assert "某机械公司" in page
    assert world.all(m.Objection) == []


def test_the_letter_of_somebody_who_is_no_unit_is_not_kept(world: World) -> None:
    assert sent_by_a_unit(world, kind="person").status_code == 303
    page = post(world.client("bureau_handler"), f"/objections/{world.all(m.Objection)[0].case_id}/identity").get_data(
        as_text=True
    )
    assert "下载盖章扫描件" not in page


def test_an_objection_reaches_those_who_handle_it_at_once(world: World) -> None:
    sent_by_a_unit(world)
    deliver_pending(world.context)
    told = world.all(m.Notification)
    assert [notice.user_id for notice in told] == [IDS["bureau_handler"]]
    assert told[0].subject == "收到一件异议，请办理"
    assert "某机械公司" not in told[0].body
    assert [mark.kind for mark in world.all(m.ItemLetter)] == ["todo"]
