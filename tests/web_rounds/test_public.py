"""What the public reads: no cookie, nothing that must stay inside, and the list goes when the time is over."""

import base64
import io
import json

import pytest

from app.persistence import models as m
from app.services.issuing.serials import shown_code
from tests.web_rounds.conftest import Counting
from tests.web_rounds.world import DEED, ID_NUMBER, MOBILE, World

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==")


def published(world: World, *, count: int = 1) -> m.PublicNotice:
    """Add a published notice of nominees with numbers, scores and mobiles in the database."""
    round_ = world.round(stage="notice")
    rows = [
        world.nominee(round_, number, stage="noticed", expert_score="91.2345", final_score="93.8765", rank=number, proposed=True)
        for number in range(1, count + 1)
    ]
    return world.notice(round_, rows)


def test_a_notice_shows_the_frozen_list_and_how_to_object(world: World) -> None:
    notice = published(world)
    page = world.client().get(f"/public/notices/{notice.id}").get_data(as_text=True)
    for wanted in (
        "长江机电公司",
        "焊接班组长",
        "高级技师",
        DEED,
        "按工作单位排序",
        "2026年11月23日至2026年11月30日",
        "24时截止",
        "027-83210000",
    ):
        assert wanted in page
    assert "须署真实姓名" in page


def test_a_notice_of_a_suspended_round_says_that_it_goes_on(world: World) -> None:
    notice = published(world)
    path, words = f"/public/notices/{notice.id}", "恢复后公示期顺延，异议照常受理"
    assert words not in world.client().get(path).get_data(as_text=True)
    with world.context.transaction() as tx:
        tx.session.get_one(m.SelectionRound, notice.round_id).suspended_at = tx.now
    assert words in world.client().get(path).get_data(as_text=True)
    assert "评选暂停，恢复后顺延" in world.client().get("/public/").get_data(as_text=True)


def test_the_login_leads_the_public_on_and_the_public_pages_lead_to_it(world: World) -> None:
    browser = world.client()
    login = browser.get("/account/login").get_data(as_text=True)
    assert all(f'href="{path}"' in login for path in ("/public/", "/public/objections", "/public/verify"))
    assert 'href="/account/login"' in browser.get("/public/").get_data(as_text=True)


def test_an_address_that_leads_nowhere_leads_the_public_back_to_the_notices(world: World) -> None:
    answer = world.client().get("/public/notice/1")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "回到公示首页" in page, "工作台" in page) == (404, True, False)
    assert "Set-Cookie" not in answer.headers


def test_nothing_that_must_stay_inside_is_on_any_public_page(world: World) -> None:
    notice = published(world)
    row = world.all(m.Nomination)[0]
    browser = world.client()
    pages = "".join(
        browser.get(path).get_data(as_text=True)
        for path in ("/public/", f"/public/notices/{notice.id}", f"/public/notices/{notice.id}/object", "/public/verify")
    )
    with world.context.reading() as tx:
        person = tx.session.get_one(m.Person, row.person_id)
        assert (person.id_number, person.mobile) == (ID_NUMBER, MOBILE)  # it is there to leak
    for secret in (ID_NUMBER, MOBILE, "91.23", "93.87", "1980", "hash1", "case_id", "T2026-", "N2026-"):
        assert secret not in pages


def test_public_pages_set_no_cookie_and_stay_out_of_search_engines(world: World) -> None:
    notice = published(world)
    browser = world.client()
    for path in (
        "/public/",
        f"/public/notices/{notice.id}",
        f"/public/notices/{notice.id}/object",
        "/public/verify",
        "/public/objections",
    ):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "noindex" in answer.get_data(as_text=True)
    assert "Set-Cookie" not in browser.get("/public/notices/99").headers
    assert browser.get("/public/notices/99").status_code == 404


def test_the_list_goes_at_the_moment_the_window_closes(world: World) -> None:
    notice, browser = published(world), world.client()
    name = world.all(m.Nomination)[0].name
    world.pass_time(days=7, hours=14, minutes=59, seconds=59)
    answer = browser.get(f"/public/notices/{notice.id}")
    assert name in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    world.pass_time(seconds=1)
    page = browser.get(f"/public/notices/{notice.id}").get_data(as_text=True)
    assert "已于2026年11月30日结束" in page
    assert name not in page
    assert DEED not in page


def test_files_of_a_notice_go_with_it(world: World) -> None:
    notice, browser = published(world), world.client()
    path = f"/public/notices/{notice.id}/files/1"
    with world.context.transaction() as tx:
        kept = world.context.files.put(io.BytesIO(PIXEL), name="现场.png")
        file = {"name": "现场.png", "sha256": kept.sha256, "media_type": kept.media_type}
        tx.session.get_one(m.PublicNotice, notice.id).attachments_json = json.dumps([file])
    assert path in browser.get(f"/public/notices/{notice.id}").get_data(as_text=True)
    assert browser.get(path).data == PIXEL
    assert browser.get(f"/public/notices/{notice.id}/files/2").status_code == 404
    world.pass_time(days=8, hours=15)
    assert browser.get(path).status_code == 404


def test_a_draft_is_not_public(world: World) -> None:
    round_ = world.round()
    notice = world.notice(round_, [world.nominee(round_)], state="draft")
    browser = world.client()
    assert browser.get(f"/public/notices/{notice.id}").status_code == 404
    assert notice.title not in browser.get("/public/").get_data(as_text=True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_notices_cost_the_same_for_one_and_three(world: World, statements: Counting, count: int) -> None:
    notice = published(world, count=count)
    browser = world.client()
    with statements() as seen:
        browser.get("/public/")
        browser.get(f"/public/notices/{notice.id}")
    assert len(seen) == 2


@pytest.mark.parametrize(("state", "word"), [("valid", "有效"), ("revoked", "已撤销"), ("reissued", "已补发")])
def test_verification_answers_in_one_line(world: World, state: str, word: str) -> None:
    row = world.nominee(world.round(), name="陈精工")
    certificate = world.certificate(row, state=state)
    page = world.client().get(f"/verify/{certificate.serial}?code={shown_code(certificate.check_code)}").get_data(as_text=True)
    assert f'id="answer">{word}<' in page
    for wanted in ("临空港工匠", "陈精工", "LKGGJ-2026-001", "2026年12月20日", "武汉市东西湖区人民政府"):
        assert wanted in page
    for secret in (ID_NUMBER, MOBILE, "长江机电公司", "焊接", row.deed_brief):
        assert secret not in page


def test_a_wrong_code_and_an_unknown_serial_get_the_same_answer(world: World) -> None:
    certificate = world.certificate(world.nominee(world.round(), name="陈精工"))
    browser = world.client()
    wrong = browser.get(f"/public/verify/{certificate.serial}?c=AAAA2222")
    unknown = browser.get("/public/verify/LKGGJ-2026-999?c=AAAA2222")
    typed = f'value="{certificate.serial}"'
    assert wrong.get_data(as_text=True).replace(typed, 'value="LKGGJ-2026-999"') == unknown.get_data(as_text=True)
    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert "查无此证书" in wrong.get_data(as_text=True)
    assert "陈精工" not in wrong.get_data(as_text=True)


def test_a_guessed_serial_asks_the_database_as_a_known_one_does(world: World, statements: Counting) -> None:
    certificate = world.certificate(world.nominee(world.round()))
    browser, asked = world.client(), []
    for address in (
        f"{certificate.serial}?c={certificate.check_code}",
        f"{certificate.serial}?c=AAAA2222",
        "LKGGJ-2026-999?c=AAAA2222",
    ):
        with statements() as seen:
            browser.get(f"/verify/{address}")
        asked.append(len(seen))
    assert asked == [1, 1, 1]


def test_codes_cannot_be_tried_for_long(world: World) -> None:
    browser = world.client()
    codes = [browser.get(f"/public/verify/LKGGJ-2026-001?c=AAAA{number:04d}").status_code for number in range(31)]
    assert codes == [200] * 30 + [429]
    world.pass_time(minutes=10)
    assert browser.get("/public/verify/LKGGJ-2026-001?c=AAAA2222").status_code == 200


def test_the_form_of_verification_leads_to_the_answer(world: World) -> None:
    answer = world.client().get("/public/verify?serial=LKGGJ-2026-001&code=ABCD-2345")
    assert answer.headers["Location"] == "/public/verify/LKGGJ-2026-001?code=ABCD-2345"
