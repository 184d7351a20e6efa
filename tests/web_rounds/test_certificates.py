"""Certificates: seen and downloaded by their holder and the bureau, and by nobody else."""

import pytest

from app.persistence import models as m
from tests.web_rounds.conftest import Counting
from tests.web_rounds.world import World


def test_the_winner_sees_and_downloads_it_and_that_is_on_record(world: World) -> None:
    row = world.nominee(world.round(), name="陈精工")
    certificate = world.certificate(row)
    browser = world.client("winner")
    assert "下载证书" in browser.get("/certificates").get_data(as_text=True)
    page = browser.get(f"/certificates/{certificate.id}").get_data(as_text=True)
    assert "data:image/svg+xml;base64," in page
    assert "http://localhost/verify/LKGGJ-2026-001?code=" in page
    answer = browser.get(f"/certificates/{certificate.id}.pdf")
    assert answer.data.startswith(b"%PDF-")
    assert answer.mimetype == "application/pdf"
    assert [event.subject for event in world.all(m.AuditEvent, action="downloaded")] == ["证书LKGGJ-2026-001"]


@pytest.mark.parametrize(
    ("name", "status"), [("bureau_handler", 200), ("candidate", 404), ("nominating_unit", 404), ("expert", 404)]
)
def test_strangers_get_nothing(world: World, name: str, status: int) -> None:
    certificate = world.certificate(world.nominee(world.round(), name="陈精工"))
    browser = world.client(name)
    for path in (f"/certificates/{certificate.id}", f"/certificates/{certificate.id}.pdf"):
        answer = browser.get(path)
        assert answer.status_code == status
        if status == 404:
            assert "陈精工" not in answer.get_data(as_text=True)
    assert len(world.all(m.AuditEvent, action="downloaded")) == (1 if status == 200 else 0)


def test_a_certificate_that_is_still_being_made_says_so(world: World) -> None:
    certificate = world.certificate(world.nominee(world.round()))
    with world.context.transaction() as tx:
        tx.session.get_one(m.Certificate, certificate.id).pdf_sha256 = None
    browser = world.client("winner")
    assert "证书正在制作" in browser.get(f"/certificates/{certificate.id}").get_data(as_text=True)
    answer = browser.get(f"/certificates/{certificate.id}.pdf")
    assert answer.status_code == 400
    assert "文件正在生成" in answer.get_data(as_text=True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(world: World, statements: Counting, count: int) -> None:
    round_ = world.round()
    for number in range(1, count + 1):
        world.certificate(world.nominee(round_, number), number=number)
    browser = world.client("winner")
    with statements() as seen:
        page = browser.get("/certificates").get_data(as_text=True)
    assert page.count("honour-card") == count
    assert len(seen) == 3  # who asks, the bell, the certificates


def test_a_void_number_is_nobodys_certificate(world: World) -> None:
    certificate = world.certificate(world.nominee(world.round(), name="陈精工"), state="void")
    browser = world.client("winner")
    assert certificate.serial not in browser.get("/certificates").get_data(as_text=True)
    assert browser.get(f"/certificates/{certificate.id}.pdf").status_code == 404
    assert "查无此证书" in world.client().get(f"/verify/{certificate.serial}?c={certificate.check_code}").get_data(as_text=True)
