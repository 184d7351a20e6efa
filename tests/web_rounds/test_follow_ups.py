"""After the award: the list by year, what is entered and refused, the file, and the reminder."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.persistence import models as m
from app.services import outbox
from app.services.selection import follow_ups
from tests.web.house import csrf, post
from tests.web_rounds.conftest import Counting
from tests.web_rounds.world import World

PAPER = Path(__file__).with_name("paper.pdf")


def round_of(world: World) -> m.SelectionRound:
    """Return the round, which is added for the first who was titled."""
    found: list[m.SelectionRound] = world.all(m.SelectionRound)
    return found[0] if found else world.round()


def titled(world: World, *, name: str = "陈精工", number: int = 1, year: int = 2025) -> m.Certificate:
    """Add somebody who was titled in a year; the present one is 2026."""
    row: m.Certificate = world.certificate(world.nominee(round_of(world), number, name=name), number=number)
    with world.context.transaction() as tx:
        tx.session.get_one(m.Certificate, row.id).issued_on = f"{year}-05-20"
    return row


def test_what_was_reported_stands_beside_what_is_missing(world: World) -> None:
    row = titled(world, year=2024)
    handler, path = world.client("bureau_handler"), f"/rounds/{row.round_id}/follow-ups"
    assert "有 1 人以前年度的报告没有登记" in handler.get(path).get_data(as_text=True)
    form = f"{path}/{row.case_id}"
    assert "2025年" in handler.get(form).get_data(as_text=True)
    assert post(handler, form, year="2025", kind="report", note="带徒三名，由单位报来").status_code == 303
    page = handler.get(path).get_data(as_text=True)
    assert "带徒三名" in page and "2026年度</span>还缺 1 人" in page
    assert "登记后续情况：2025年 年度报告" in handler.get(f"/cases/{row.case_id}").get_data(as_text=True)
    seen = world.client("supervisor").get(path).get_data(as_text=True)
    assert "带徒三名" in seen and form not in seen


def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_lost(world: World) -> None:
    row = titled(world)
    handler, form = world.client("bureau_handler"), f"/rounds/{row.round_id}/follow-ups/{row.case_id}"
    for year, kind, note, field in (("2027", "report", "x", "year"), ("2025", "report", "x", "year"), ("2026", "", "x", "kind"),
                                    ("2026", "other", " ", "note")):  # fmt: skip
        answer = post(handler, form, year=year, kind=kind, note=note)
        assert answer.status_code == 422 and f'href="#{field}"' in answer.get_data(as_text=True)
    assert world.all(m.FollowUpRecord) == []
    assert post(handler, form, year="2025", kind="left", note="调往外省").status_code == 303


def test_the_sealed_report_is_handed_in_with_the_entry_and_opened_by_who_may(world: World) -> None:
    row = titled(world)
    handler, path = world.client("bureau_handler"), f"/rounds/{row.round_id}/follow-ups"
    given = {"csrf_token": csrf(handler), "year": "2026", "kind": "report", "note": "单位和街道报来\r\n带徒三名"}
    refused = handler.post(f"{path}/{row.case_id}", data={**given, "paper": (io.BytesIO(b"MZ"), "x.exe")})
    assert refused.status_code == 422 and 'href="#paper"' in (page := refused.get_data(as_text=True)) and "单位和街道报来" in page
    assert world.all(m.FollowUpRecord) == []
    assert handler.post(f"{path}/{row.case_id}", data={**given, "paper": (PAPER.open("rb"), "年度报告.pdf")}).status_code == 303
    [entry] = world.all(m.FollowUpRecord)
    assert entry.note == "单位和街道报来\n带徒三名"
    file = f"{path}/papers/{entry.id}"
    assert file in handler.get(path).get_data(as_text=True) and "年度报告.pdf" in handler.get(f"{path}/{row.case_id}").get_data(
        as_text=True
    )
    assert world.client("supervisor").get(file).data == PAPER.read_bytes()
    assert [event.subject for event in world.all(m.AuditEvent, action="downloaded")] == ["年度报告.pdf"]
    assert (world.client("candidate").get(file).status_code, handler.get(f"{path}/papers/99").status_code) == (403, 404)


def test_a_revoked_title_is_not_followed(world: World) -> None:
    row = titled(world)
    with world.context.transaction() as tx:
        tx.session.get_one(m.Certificate, row.id).state = "revoked"
    handler, path = world.client("bureau_handler"), f"/rounds/{row.round_id}/follow-ups"
    assert "称号已撤销" in handler.get(path).get_data(as_text=True)
    assert handler.get(f"{path}/{row.case_id}").status_code == 404
    assert post(handler, f"{path}/{row.case_id}", year="2026", kind="report", note="x").status_code == 404


def test_the_file_says_what_the_page_says_in_text_cells(world: World) -> None:
    row = titled(world)
    handler, path = world.client("bureau_handler"), f"/rounds/{row.round_id}/follow-ups"
    post(handler, f"{path}/{row.case_id}", year="2026", kind="report", note="=宣讲四场")
    book = load_workbook(io.BytesIO(handler.get(f"{path}.xlsx").data))
    heads, first, *_ = book["年度报告"].iter_rows(values_only=True)
    by_head = dict(zip(heads, first, strict=True))
    assert (by_head["姓名"], by_head["2026年报告"], by_head["2027年报告"]) == ("陈精工", "已报告", "未到期")
    cells = [cell for line in book["登记记录"].iter_rows() for cell in line if cell.value and "宣讲" in str(cell.value)]
    assert [(cell.value, cell.data_type) for cell in cells] == [("=宣讲四场", "s")]


def test_the_bureau_is_reminded_once_a_year_of_what_is_missing(world: World) -> None:
    titled(world)
    titled(world, name="李巧手", number=2)
    assert follow_ups.remind(world.context) == 1
    assert follow_ups.remind(world.context) == 0
    outbox.deliver_pending(world.context)
    [letter] = [each for each in world.all(m.Notification) if "年度报告" in each.subject]
    assert "还缺2人" in letter.subject and letter.link == "/rounds/1/follow-ups"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(world: World, statements: Counting, count: int) -> None:
    for number in range(1, count + 1):
        titled(world, number=number)
    browser = world.client("bureau_handler")
    with statements() as seen:
        page = browser.get("/rounds/1/follow-ups").get_data(as_text=True)
    assert page.count("row-title") == count
    assert len(seen) == 6  # who asks, the bell, the round and its settings, the entries, the people
