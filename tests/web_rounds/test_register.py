"""The register's pages: progress, revocation, reissue, seals; and what the public learns from a file."""

import hashlib
import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app.documents.signatures import sign_pdf
from app.persistence import models as m
from tests.documents.test_signing import credential
from tests.web.house import csrf, post
from tests.web_rounds.conftest import Counting
from tests.web_rounds.world import START, World

PAPER = Path(__file__).parent / "paper.pdf"


def text(browser: FlaskClient, path: str) -> str:
    """Return a page that is there."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def signed(world: World) -> m.Certificate:
    """Add a certificate whose file is signed by the credential of the house."""
    certificate: m.Certificate = world.certificate(world.nominee(world.round(), name="陈精工"))
    credential = world.context.signing.open(now=START)
    pdf = sign_pdf(PAPER.read_bytes(), credential=credential, reason="制发证书", at=START)
    sha256 = world.context.files.put(io.BytesIO(pdf), name="x.pdf").sha256
    world.add(m.SigningCertificate(fingerprint=credential.fingerprint, subject="演示", der=credential.der,
                                   not_after=credential.not_after, first_used_at=START))  # fmt: skip
    with world.context.transaction() as tx:
        tx.session.get_one(m.Certificate, certificate.id).pdf_sha256 = sha256
    certificate.pdf_sha256 = sha256
    return certificate


def drop(world: World, pdf: bytes) -> Any:
    """Send a file to the page of verification."""
    return world.client().post("/public/verify", data={"file": (io.BytesIO(pdf), "证书.pdf")})


def file_of(world: World, certificate: m.Certificate) -> bytes:
    """Return the file of a certificate."""
    with world.context.files.open(str(certificate.pdf_sha256)) as stream:
        return stream.read()


def test_the_very_file_is_recognised_and_its_state_told(world: World) -> None:
    certificate = signed(world)
    page = drop(world, file_of(world, certificate)).get_data(as_text=True)
    assert 'id="answer">有效<' in page and "文件与签发时完全一致" in page and "演示签名" in page
    with world.context.transaction() as tx:
        tx.session.get_one(m.Certificate, certificate.id).state = "revoked"
    assert 'id="answer">已撤销<' in drop(world, file_of(world, certificate)).get_data(as_text=True)


def test_a_file_that_is_not_the_one_says_what_is_wrong_and_nothing_of_anybody(world: World) -> None:
    pdf = file_of(world, signed(world))
    other = sign_pdf(PAPER.read_bytes(), credential=world.context.signing.open(now=START), reason="y", at=START)
    foreign = sign_pdf(PAPER.read_bytes(), credential=credential(), reason="x", at=START)
    cases = {
        pdf.replace(b"/MediaBox", b"/MediaBax", 1): "文件被改动过", pdf + b"\n% more": "签名后又有改动", foreign: "不是本系统签发",
        PAPER.read_bytes(): "没有电子签名", other: "不在登记册中",
    }  # fmt: skip
    for file, word in cases.items():
        page = drop(world, file).get_data(as_text=True)
        assert f'id="answer">{word}<' in page
        assert "陈精工" not in page and "LKGGJ-2026-001" not in page.replace("例如 LKGGJ-2026-001", "")


def test_a_paper_of_ours_without_a_signature_is_known_and_told_apart(world: World) -> None:
    version = m.TemplateVersion(
        key="p/notice", number=1, title="公示", content_hash="0" * 64, package=b"", reason="", deployed_at=START
    )
    version_id = world.add(version).id
    sha256 = hashlib.sha256(PAPER.read_bytes()).hexdigest()
    world.add(m.IssuedPaper(sha256=sha256, template_version_id=version_id, values_json="{}", rendered_at=START))
    page = drop(world, PAPER.read_bytes()).get_data(as_text=True)
    assert 'id="answer">由本系统制发<' in page and "没有电子签名" in page


def test_what_is_no_pdf_or_too_large_or_too_often_is_refused(world: World) -> None:
    assert drop(world, b"\x89PNG").status_code == 422
    assert world.client().post("/public/verify", data={}).status_code == 422
    large = {"content_type": "multipart/form-data; boundary=x", "environ_overrides": {"CONTENT_LENGTH": "30000000"}}
    refused = world.client().post("/public/verify", data=b"", **large)
    assert refused.status_code == 413 and "超过了大小限制" in refused.get_data(as_text=True)
    codes = [drop(world, PAPER.read_bytes()).status_code for _ in range(9)]
    assert codes == [200] * 7 + [429] * 2


def test_the_register_shows_who_has_what_and_how_far_the_batch_is(world: World) -> None:
    round_ = world.round()
    certificate = world.certificate(world.nominee(round_, name="陈精工"))
    world.add(m.IssuingBatch(round_id=round_.id, state="running", open_key="round:1", created_at=START))
    world.add(m.IssuingItem(batch_id=1, certificate_id=certificate.id, state="refused", message="“𬱖”没有可用字形"))
    page = text(world.client("document_officer"), f"/certificates/rounds/{round_.id}")
    assert "共 1 份，已做好 0 份，做不出 1 份" in page and "没有可用字形" in page
    assert 'hx-trigger="load delay:2s"' in page and "取消制作" in page
    assert "取消制作" not in text(world.client("supervisor"), f"/certificates/rounds/{round_.id}")
    assert post(world.client("document_officer"), f"/certificates/rounds/{round_.id}/batches/1/cancel").status_code == 303
    assert world.all(m.IssuingBatch)[0].state == "cancelled"
    assert "继续制作" in text(world.client("document_officer"), f"/certificates/rounds/{round_.id}")
    assert world.client("supervisor").get(f"/certificates/rounds/{round_.id}/progress").headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_costs_the_same_for_one_and_three(world: World, statements: Counting, count: int) -> None:
    round_ = world.round()
    for number in range(1, count + 1):
        world.certificate(world.nominee(round_, number), number=number)
    browser = world.client("bureau_handler")
    with statements() as seen:
        page = text(browser, f"/certificates/rounds/{round_.id}")
    assert page.count("row-title") == count
    assert len(seen) == 5  # who asks, the bell, the round, the lines, the batch


def seen_on(browser: FlaskClient, path: str) -> str:
    """Return by what a page says which request it shows."""
    [mark] = re.findall(r'name="seen" value="([0-9a-f]{32})"', text(browser, path))
    return str(mark)


def test_a_revocation_is_entered_with_its_decision_and_shown_to_everybody_at_once(world: World) -> None:
    over = {"outcome": "paid", "ended_at": world.context.clock()}
    certificate = world.certificate(world.nominee(world.round(), name="陈精工", **over))
    handler, leader = world.client("bureau_handler"), world.client("bureau_leader")
    path, given = f"/certificates/{certificate.id}/revoke", {"decision": "东发〔2026〕9号", "decided_on": "2026-11-20"}
    assert "只登记已经作出的决定" in text(handler, path)
    refused = post(handler, path, decision="东发", decided_on="2026-11-20", reason="事迹不实")
    assert refused.status_code == 422 and "事迹不实" in refused.get_data(as_text=True)
    assert post(handler, path, decision="东发〔2026〕9号", decided_on="", reason="x").status_code == 422
    assert post(handler, path, **given, reason="事迹不实").status_code == 303
    assert 'id="answer">有效<' in text(world.client(), f"/verify/{certificate.serial}?code={certificate.check_code}")
    record = text(handler, f"/certificates/{certificate.id}/record")
    assert "撤销待确认" in record and "撤回登记" in record and "核对无误" not in record
    assert "row-title" in text(leader, "/certificates/rounds/1?state=proposed")
    assert "核对无误，撤销称号" in text(leader, f"/certificates/{certificate.id}/record")
    assert post(leader, f"{path}/confirm").status_code == 409
    assert post(leader, f"{path}/confirm", seen=seen_on(leader, f"/certificates/{certificate.id}/record")).status_code == 303
    page = text(world.client(), f"/verify/{certificate.serial}?code={certificate.check_code}")
    assert 'id="answer">已撤销<' in page and "事迹不实" not in page
    assert "东发〔2026〕9号" in text(leader, f"/certificates/{certificate.id}/record")
    assert post(handler, path, **given, reason="x").status_code == 409


def test_a_misprint_is_replaced_in_two_hands_and_a_number_made_void(world: World) -> None:
    first = world.certificate(world.nominee(world.round(), 1, name="陈精工"))
    world.add(m.NumberSeries(series="certificate:LKGGJ:2026", last=1))
    handler, officer, path = world.client("bureau_handler"), world.client("document_officer"), f"/certificates/{first.id}"
    assert "申请补发" in text(handler, f"{path}/reissue")
    assert post(handler, f"{path}/reissue", name="陈精工", employer="", reason="x").status_code == 422
    assert post(handler, f"{path}/reissue", name="陈精弓", employer="", reason="姓名印错").status_code == 303
    assert 'id="answer">有效<' in text(world.client(), f"/verify/{first.serial}?code={first.check_code}")
    assert "补发待确认" in text(handler, "/certificates/rounds/1") and "撤回申请" in text(handler, f"{path}/record")
    assert post(handler, f"{path}/reissue/confirm").status_code == 403
    assert "<del>陈精工</del>" in text(officer, f"{path}/record") and "核对无误" in text(officer, f"{path}/record")
    assert post(officer, f"{path}/reissue/confirm").status_code == 409
    answer = post(officer, f"{path}/reissue/confirm", seen=seen_on(officer, f"{path}/record"))
    new = world.all(m.Certificate, name="陈精弓")[0]
    assert answer.headers["Location"] == f"/certificates/{new.id}/record"
    assert 'id="answer">已补发<' in text(world.client(), f"/verify/{first.serial}?code={first.check_code}")
    assert "补发自" in text(handler, f"/certificates/{new.id}/record") and new.serial in text(handler, f"{path}/record")
    assert post(handler, f"/certificates/{new.id}/void", reason="登记错了").status_code == 303
    assert "编号没有发出" in text(handler, f"/certificates/{new.id}/record")


def test_a_request_for_a_reissue_is_declined_with_its_reason(world: World) -> None:
    first = world.certificate(world.nominee(world.round(), 1, name="陈精工"))
    post(world.client("bureau_handler"), f"/certificates/{first.id}/reissue", name="陈精弓", reason="姓名印错")
    assert "row-title" in text(world.client("supervisor"), "/certificates/rounds/1?state=asked")
    officer, path = world.client("document_officer"), f"/certificates/{first.id}/reissue/decline"
    assert post(officer, path, reason="").status_code == 422
    assert post(officer, path, reason="与身份证一致，没有印错").status_code == 303
    assert "与身份证一致" in text(officer, f"/certificates/{first.id}/record")
    assert "row-title" not in text(officer, "/certificates/rounds/1?state=asked")


def test_papers_are_sealed_with_their_scan(world: World) -> None:
    certificate = world.certificate(world.nominee(world.round(), name="陈精工"))
    officer, path = world.client("document_officer"), "/certificates/rounds/1/seals"
    assert "不在文件上贴印章图片" in text(officer, path) and "电子用印" not in text(officer, path)
    assert post(officer, f"{path}/electronic").status_code == 422
    refused = post(officer, f"{path}/electronic", papers=f"certificate-{certificate.id}")
    assert refused.status_code == 400 and "没有接入合规的电子印章服务" in refused.get_data(as_text=True)
    given = {
        "csrf_token": csrf(officer),
        "papers": f"certificate-{certificate.id}",
        "sealed_on": "2026-11-23",
        "keeper": "王监印",
    }
    assert officer.post(path, data=given).status_code == 422
    refused = officer.post(path, data={**given, "scan": (io.BytesIO(b"MZ"), "x.exe")})
    assert refused.status_code == 422 and "王监印" in refused.get_data(as_text=True)
    sent = officer.post(path, data={**given, "scan": (PAPER.open("rb"), "用印.pdf")})
    assert sent.status_code == 303
    page = text(officer, path)
    assert "监印 王监印" in page and "没有等待用印的文书" in page
    assert officer.get("/certificates/seals/1/scan").data == PAPER.read_bytes()
    assert {"papers_sealed", "downloaded"} <= {event.action for event in world.all(m.AuditEvent)}


def test_the_register_is_exported_as_it_is_filtered(world: World) -> None:
    round_ = world.round()
    world.certificate(world.nominee(round_, 1, name="=陈精工"), number=1)
    world.certificate(world.nominee(round_, 2, name="李巧手"), number=2, state="revoked")
    browser = world.client("archivist")
    book = load_workbook(io.BytesIO(browser.get("/certificates/rounds/1/register.xlsx?state=valid").data))
    heads, first, second, *_ = book["证书登记册"].iter_rows(values_only=True)
    line = dict(zip(heads, first, strict=True))
    assert (line["证书编号"], line["持证人"], line["状态"]) == ("LKGGJ-2026-001", "=陈精工", "有效")
    assert "李巧手" not in second and book["证书登记册"].cell(2, 2).data_type == "s"


def seal_all(browser: FlaskClient, path: str, page: str) -> tuple[int, str]:
    """Send the one tick for all certificates as a page has it, beside the tick for the first of them."""
    [tick] = re.findall(r'value="(all-certificate[^"]*)"', page)
    given = {"csrf_token": csrf(browser), "papers": ["certificate-1", tick], "sealed_on": "2026-11-23", "keeper": "王监印"}
    answer = browser.post(path, data={**given, "scan": (PAPER.open("rb"), "用印.pdf")})
    return answer.status_code, answer.get_data(as_text=True)


def test_one_tick_stands_for_all_certificates_that_wait_as_the_page_has_shown_them(world: World) -> None:
    round_ = world.round()
    for number in range(1, 6):
        world.certificate(world.nominee(round_, number), number=number)
    officer, path = world.client("document_officer"), f"/certificates/rounds/{round_.id}/seals"
    page = text(officer, path)
    assert "全部待用印的荣誉证书（5 份）" in page
    world.certificate(world.nominee(round_, 6), number=6)  # made since: nobody has put a seal on it
    status, again = seal_all(officer, path, page)
    assert status == 422 and world.all(m.SealedPaper) == []
    assert "待用印的文书有变化" in again and "（6 份）" in again and "王监印" in again
    assert seal_all(officer, path, again)[0] == 303
    assert len(world.all(m.SealedPaper)) == 6 and "没有等待用印的文书" in text(officer, path)


def test_strangers_learn_nothing_of_the_register(world: World) -> None:
    certificate = world.certificate(world.nominee(world.round(), name="陈精工"))
    for name in ("winner", "candidate", "expert", "nominating_unit", "system_admin"):
        for path in ("/certificates/rounds/1", f"/certificates/{certificate.id}/record", "/certificates/rounds/1/seals"):
            answer = world.client(name).get(path)
            assert answer.status_code == 403 and "陈精工" not in answer.get_data(as_text=True)
    assert world.client("bureau_handler").get("/certificates/99/record").status_code == 404
    assert world.client("bureau_handler").get("/certificates/rounds/99").status_code == 404
