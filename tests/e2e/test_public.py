"""The public reads and objects; the winner downloads; anybody verifies."""

import io
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import select

from app.persistence.models import Certificate, Person
from tests.e2e.pages import assert_fits, fill, open_item, press
from tests.e2e.site import PHONE, Site
from tests.e2e.stages import WINNER
from tests.services.world import id_number

pytestmark = pytest.mark.browser

OBJECTION = {
    "entry": "1", "kind": "person", "name": "赵某某", "phone": "027-83210001", "address": "吴家山一路1号",
    "facts": "材料中的专利不是本人完成，登记簿上另有其人，可以查证。",
}  # fmt: skip


def private(site: Site) -> list[str]:
    """Return what no public page may show, as it is in the database."""
    people = site.world.all(select(Person))
    return [text for person in people for text in (person.id_number, person.mobile) if text]


def test_the_public_reads_the_notice_objects_and_keeps_the_receipt(at: Callable[[str], Site]) -> None:
    site = at("noticed")
    page = site.browse(size=PHONE)
    page.goto("/public/")
    page.get_by_role("link", name="公示", exact=False).filter(has_text="临空港工匠").last.click()
    expect(page.locator(".honoree-name")).to_have_text(WINNER)
    page.wait_for_load_state()
    leaks = private(site)
    assert id_number(2) in leaks
    assert [text for text in leaks if text in page.content()] == []
    page.get_by_role("link", name="提出异议").click()
    fill(page, OBJECTION)
    press(page, "提交异议")
    expect(page.get_by_role("heading", level=1)).to_have_text("异议已收到")
    receipt = page.locator(".big-line").inner_text()
    page.goto("/public/objections")
    fill(page, {"receipt": receipt})
    press(page, "查询进度")
    expect(page.locator("main")).to_contain_text("受理编号")
    page.wait_for_load_state()
    assert [text for text in [*leaks, "赵某某"] if text in page.content()] == []
    assert_fits(page)


def test_an_objection_without_facts_is_refused_with_everything_kept(at: Callable[[str], Site]) -> None:
    page = at("noticed").browse()
    page.goto("/public/notices/1/object")
    fill(page, {**OBJECTION, "facts": "不公平"})
    press(page, "提交异议")
    expect(page.locator("#facts-error")).to_contain_text("20")
    expect(page.locator("[name=name]")).to_have_value("赵某某")
    expect(page.locator("#kind-person")).to_be_checked()


def text_of(content: bytes) -> str:
    """Return the text of a PDF without blanks; browsers print some characters as the radicals that look like them."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_the_notice_prints_as_a_notice(at: Callable[[str], Site]) -> None:
    page = at("noticed").browse()
    page.goto("/public/notices/1")
    paper = page.pdf(prefer_css_page_size=True)
    text = text_of(paper)
    assert WINNER in text and "公示时间" in text
    assert [word for word in ("证书查验", "异议进度", "主办：") if word in text] == []  # of use on a screen only
    box = PdfReader(io.BytesIO(paper)).pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    assert len(PdfReader(io.BytesIO(paper)).pages) <= 2


def downloaded(page: Page, name: str) -> bytes:
    """Press a link that downloads; return what came."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).first.click()
    return Path(waiting.value.path()).read_bytes()


def test_a_signature_becomes_a_certificate_in_the_background(at: Callable[[str], Site]) -> None:
    site = at("signing")
    leader = site.browse("leader")
    open_item(leader, "签发")
    fill(leader, {"signatory": "李书记", "signed_on": "2026-05-06", "opinion": "同意印发。"})
    press(leader, "已签发，编号印发")
    expect(leader.get_by_role("status").first).to_contain_text("已办理：已签发，编号印发")
    page = site.browse(site.account_of(WINNER))
    page.goto("/certificates")
    expect(page.get_by_text("还没有证书")).to_be_visible()
    site.work()
    page.reload()
    page.get_by_role("link", name="查看证书").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(WINNER)
    expect(page.get_by_role("link", name="下载证书（PDF）")).to_be_visible()


def test_the_winner_downloads_the_certificate_and_anybody_verifies_it(at: Callable[[str], Site]) -> None:
    site = at("won")
    page = site.browse(site.account_of(WINNER))
    page.get_by_role("link", name="证书").first.click()
    text = text_of(downloaded(page, "下载证书（PDF）"))
    [certificate] = site.world.all(select(Certificate))
    assert "吕𪟝" in text and certificate.serial in text
    page.get_by_role("link", name="查看证书").click()
    address = page.locator(".address a").get_attribute("href") or ""
    assert address.startswith(site.world.context.public_base_url)
    visitor = site.browse(size=PHONE)
    visitor.goto(address.removeprefix(site.world.context.public_base_url))
    expect(visitor.get_by_role("heading", level=1)).to_have_text("有效")
    assert visitor.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 32
    expect(visitor.locator("main")).to_contain_text(WINNER)
    assert [text for text in private(site) if text in visitor.content()] == []
    assert_fits(visitor)
