"""What a cache between people and the system may keep."""

from app.persistence import models as m
from tests.web_rounds.world import IDS, START, World


def test_a_cache_never_keeps_a_session(world: World) -> None:
    round_ = world.round()
    notice = world.notice(round_, [world.nominee(round_)])
    browser = world.client("bureau_handler")
    world.pass_time(minutes=1)
    for path in ("/public/", f"/public/notices/{notice.id}"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers or "public" not in answer.headers["Cache-Control"], path
        world.pass_time(minutes=1)


def test_no_file_about_people_stays_in_a_cache(world: World) -> None:
    round_ = world.round()
    certificate = world.certificate(world.nominee(round_))
    stored = str(world.all(m.Certificate)[0].pdf_sha256)
    kept = {
        "round_id": round_.id,
        "sealed_on": "2026-11-20",
        "keeper": "甲",
        "note": "",
        "scan_sha256": stored,
        "scan_name": "扫描件.pdf",
    }
    record = world.add(m.SealRecord(**kept, recorded_by=IDS["bureau_handler"], recorded_at=START))
    browser = world.client("bureau_handler")
    for path in (f"/certificates/{certificate.id}.pdf", f"/certificates/seals/{record.id}/scan"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), path
