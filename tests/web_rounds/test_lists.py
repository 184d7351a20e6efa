"""Nominees and ranking: who sees what, filters, and the same in the exported file."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from app.persistence import models as m
from tests.web_rounds.conftest import Counting
from tests.web_rounds.world import DEED, ID_NUMBER, IDS, MOBILE, START, World

SCORES = (Decimal("92.5"), Decimal(88), Decimal(90), Decimal("85.5"), Decimal(95), Decimal(79), Decimal(91))
EXPERTS = ["expert", *(f"expert{number}" for number in range(2, 8))]


def scored(world: World) -> tuple[m.SelectionRound, m.Nomination]:
    """Add a round with one nominee whom six experts scored and from whom the convener and one expert are recused."""
    round_ = world.round(stage="ranking")
    row = world.nominee(
        round_, 1, stage="scored", expert_score="89.4", rank=1, rank_note="按得分由高到低列第1名。", name="陈精工"
    )
    for expert, score in zip(EXPERTS[:6], SCORES, strict=False):
        world.add(
            m.ScoreSheet(
                case_id=row.case_id, expert_id=IDS[expert], round_id=round_.id, scores_json='{"A": "25"}', total=str(score),
                comment="", submitted_at=START,
            )
        )  # fmt: skip
    return round_, row


def test_the_ranking_shows_raw_scores_the_mean_and_the_rule_without_names(world: World) -> None:
    round_, _ = scored(world)
    page = world.client("bureau_leader").get(f"/rounds/{round_.id}/ranking").get_data(as_text=True)
    assert "89.40" in page
    assert all(str(score) in page for score in SCORES[:6])
    assert page.count("去掉 ") == 2
    assert page.index(">综合得分<") < page.index(">专家1<"), "on a phone the totals are seen without scrolling to the side"
    assert "去掉一个最高总分和一个最低总分" in page
    with world.context.reading() as tx:
        names = [tx.session.get_one(m.User, IDS[expert]).name for expert in EXPERTS]
    assert [name for name in names if name in page] == []


def test_who_is_recused_does_not_see_the_nominee_in_the_ranking(world: World) -> None:
    round_, row = scored(world)
    assert "陈精工" in world.client("convener").get(f"/rounds/{round_.id}/ranking").get_data(as_text=True)
    world.add(m.Recusal(case_id=row.case_id, user_id=IDS["convener"], origin="found", reason="师徒", recorded_at=START))
    page = world.client("convener").get(f"/rounds/{round_.id}/ranking").get_data(as_text=True)
    assert "陈精工" not in page
    assert "92.5" not in page


def test_the_exported_ranking_says_what_the_page_says(world: World) -> None:
    round_, _ = scored(world)
    answer = world.client("supervisor").get(f"/rounds/{round_.id}/ranking.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    rows = list(book["评分汇总"].iter_rows(values_only=True))
    by_head = dict(zip(rows[0], rows[1], strict=True))
    assert by_head["姓名"] == "陈精工"
    assert by_head["专家评审得分"] == "89.40"
    assert sorted(
        value for head, value in by_head.items() if str(head).startswith("专家") and isinstance(value, (int, float))
    ) == sorted(float(score) for score in SCORES[:6])
    assert rows[2][0] == "合计（1行）"
    assert [row.action for row in world.all(m.AuditEvent, action="exported")] == ["exported"]


def test_no_list_and_no_file_of_the_round_holds_a_number_of_a_person(world: World) -> None:
    round_, row = scored(world)
    world.certificate(row)
    browser = world.client("bureau_handler")
    for path in ("", "/nominees", "/ranking"):
        page = browser.get(f"/rounds/{round_.id}{path}").get_data(as_text=True)
        assert ID_NUMBER not in page
        assert MOBILE not in page
    for path in ("nominees", "ranking", "progress"):
        book = load_workbook(io.BytesIO(browser.get(f"/rounds/{round_.id}/{path}.xlsx").data))
        text = "\n".join(str(cell) for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line)
        assert ID_NUMBER not in text
        assert MOBILE not in text


def test_filters_sort_and_search(world: World) -> None:
    round_ = world.round()
    world.nominee(round_, 1, name="王焊接", stage="bureau_review")
    world.nominee(round_, 2, name="李数控", channel="union")
    world.nominee(round_, 3, name="赵电工", outcome="rejected_by_departments", ended_at=START)
    browser = world.client("bureau_handler")

    def names(query: str) -> list[str]:
        page = browser.get(f"/rounds/{round_.id}/nominees?{query}").get_data(as_text=True)
        return [part.split(">", 1)[1].split("<")[0] for part in page.split('row-title person" href="')[1:]]

    assert names("stage=bureau_review") == ["王焊接"]
    assert names("channel=union") == ["李数控"]
    assert names("outcome=rejected_by_departments") == ["赵电工"]
    assert names("outcome=rejected_by_office") == []
    assert names("outcome=open") == ["王焊接", "李数控"]
    assert names("office=3") == ["李数控"]
    assert names("employer=5") == ["王焊接", "赵电工"]
    assert names("q=数控") == ["李数控"]
    assert names("q=%25") == []
    assert names("sort=stage&desc=1")[0] == "王焊接"


def test_the_exported_list_is_the_filtered_one_and_says_so(world: World) -> None:
    round_ = world.round()
    world.nominee(round_, 1, name="=王焊接", stage="bureau_review")
    world.nominee(round_, 2, name="李数控")
    answer = world.client("bureau_handler").get(f"/rounds/{round_.id}/nominees.xlsx?stage=bureau_review")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    rows = list(sheet.iter_rows())
    assert rows[1][1].value == "=王焊接"
    assert rows[1][1].data_type == "s"  # text, whatever it begins with
    assert rows[2][0].value == "合计（1行）"
    notes = [row[0].value for row in rows[3:] if row[0].value]
    assert any(note.startswith("导出时间：2026-11-23 09:00") for note in notes)
    assert "筛选条件：环节：复核" in notes


def test_whoever_may_not_see_a_case_does_not_find_it_in_the_list(world: World) -> None:
    round_ = world.round()
    row = world.nominee(round_, 1, name="王焊接")
    for role, finds in (("finance_maker", False), ("archivist", True)):
        page = world.client(role).get(f"/rounds/{round_.id}/nominees").get_data(as_text=True)
        assert ("王焊接" in page) is finds
    world.add(m.Recusal(case_id=row.case_id, user_id=IDS["bureau_handler"], origin="ordered", reason="亲属", recorded_at=START))
    assert "王焊接" not in world.client("bureau_handler").get(f"/rounds/{round_.id}/nominees").get_data(as_text=True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_nominees_costs_the_same_for_one_and_three(world: World, statements: Counting, count: int) -> None:
    round_ = world.round()
    for number in range(1, count + 1):
        world.nominee(round_, number)
    browser = world.client("bureau_handler")
    browser.get(f"/rounds/{round_.id}/nominees")
    with statements() as seen:
        page = browser.get(f"/rounds/{round_.id}/nominees").get_data(as_text=True)
    assert page.count("row-title") == count
    assert DEED not in page
    assert len(seen) == 6  # who asks, the bell, the round, the lines, two filters


@pytest.mark.parametrize("count", [1, 3])
def test_the_ranking_costs_the_same_for_one_and_three(world: World, statements: Counting, count: int) -> None:
    round_ = world.round()
    for number in range(1, count + 1):
        world.nominee(round_, number, expert_score="80", rank=number)
    browser = world.client("bureau_handler")
    browser.get(f"/rounds/{round_.id}/ranking")
    with statements() as seen:
        browser.get(f"/rounds/{round_.id}/ranking")
    assert len(seen) == 7  # who asks, the bell, the round, whether they compete in it, recusals, sheets, nominees


def test_papers_of_a_round_are_sent_to_who_sees_it_and_put_on_record(world: World) -> None:
    round_ = world.round()
    notice = world.notice(round_, [world.nominee(round_)])
    certificate = world.certificate(world.nominee(round_, 2))
    path = f"/rounds/{round_.id}/notices/{notice.id}.pdf"
    assert world.client("archivist").get(path).status_code == 400  # it is still being made
    with world.context.transaction() as tx:
        tx.session.get_one(m.PublicNotice, notice.id).pdf_sha256 = certificate.pdf_sha256
    assert world.client("archivist").get(path).data.startswith(b"%PDF-")
    assert world.client("expert").get(path).status_code == 403
    assert world.client("archivist").get(f"/rounds/{round_.id}/documents/1.pdf").status_code == 404
    other = world.round(number=2)
    assert world.client("archivist").get(f"/rounds/{other.id}/notices/{notice.id}.pdf").status_code == 404
    assert [row.stream for row in world.all(m.AuditEvent, action="downloaded")] == [f"case:{round_.case_id}"]


def test_the_package_of_a_notice_is_offered_to_who_may_export(world: World) -> None:
    round_ = world.round()
    notice = world.notice(round_, [world.nominee(round_)])
    path = f"/rounds/{round_.id}/notices/{notice.id}.zip"
    assert world.client("archivist").get(path).status_code == 400  # its paper is still being made
    assert world.client("archivist").get(path.replace(f"{notice.id}.zip", "99.zip")).status_code == 404
    assert world.client("finance_maker").get(path).status_code == 403
    assert world.client().get(path).status_code == 302


def test_the_list_of_payments_is_for_the_two_of_finance_and_shows_no_whole_account(world: World) -> None:
    round_ = world.round()
    row, account = world.nominee(round_), "6222021234567890128"
    batch = world.add(
        m.PaymentBatch(
            round_id=round_.id, fund_source="talent", budget_line="", state="draft", total_cents=1_000_000, rows_hash="h" * 64,
            made_by=IDS["finance_maker"], made_at=START,
        )
    )  # fmt: skip
    world.add(
        m.PaymentRow(
            batch_id=batch.id, case_id=row.case_id, name=row.name, gross_cents=1_000_000, tax_cents=200_000, net_cents=800_000
        )
    )
    world.add(m.PaymentAccount(case_id=row.case_id, account_name=row.name, bank_name="某银行", account=account))
    path = f"/rounds/{round_.id}/payments/{batch.id}.xlsx"
    book = load_workbook(io.BytesIO(world.client("finance_checker").get(path).data))
    text = "\n".join(str(cell) for line in book.active.iter_rows(values_only=True) for cell in line)
    assert "0128" in text
    assert account not in text
    assert world.client("finance_checker").get(f"{path}?bank=1").status_code == 403  # not before it was checked
    assert world.client("bureau_leader").get(path).status_code == 403
