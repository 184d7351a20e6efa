"""One small round from its approval to its archive, through the services alone: outbox and timers included."""

from sqlalchemy import select

from app.domain.document_numbers import certificate_serial
from app.persistence.models import Certificate, OfficialDocument, PaymentRow, PublicNotice
from app.services import audit, objections
from tests.services import filled
from tests.services.steps import approve, draw_and_declare, nominate, open_round, pay, propose, publish, qualify, score, uphold
from tests.services.world import World

NAMES = ("王建国", "吕𪟝", "李小明")
SCORES = (("20", "20", "15", "10", "8", "4"), ("23", "22", "18", "13", "9", "5"), ("15", "15", "12", "9", "5", "3"))


def to_the_list(world: World) -> tuple[int, int, list[int]]:
    """Bring three nominees of one round to the proposed list; return round case, round and cases in order of nomination."""
    round_case, round_id = open_round(world)
    cases = [nominate(world, round_id, name, serial) for serial, name in enumerate(NAMES, start=1)]
    world.clock.turn(days=8)
    for place, case_id in enumerate(cases, start=1):
        qualify(world, case_id, place=place)
    world.let_timers_fire()
    draw_and_declare(world)
    for case_id, points in zip(cases, SCORES, strict=True):
        score(world, case_id, points)
    opinion = {
        "meeting_place": "二会议室",
        "meeting_on": "2026-04-11",
        "opinion": "专家组经充分讨论，一致同意以上排序，评分依据充分。",
        "sign_file": ["1"],
    }
    world.do("convener", "confirm_ranking", opinion)
    world.clock.turn(days=26)
    for case_id, points in ((cases[0], "88"), (cases[1], "95")):
        world.do("inspector", "site_inspection", filled.inspection(world, points), case_id=case_id)
    return round_case, round_id, cases


def test_a_small_round_runs_from_approval_to_archive(world: World) -> None:
    round_case, _, cases = to_the_list(world)
    propose(world, cases[1])
    publish(world)
    world.let_timers_fire()
    approve(world)
    pay(world, cases[1])
    archive = {"archive_no": "2026-1", "retention": "permanent", "items": ["basis"], "volumes": 3, "place": "档案室"}
    world.do("archivist", "archive_round", archive)
    assert world.undelivered() == []
    assert world.case(round_case).outcome == "archived"
    assert [world.case(case_id).outcome for case_id in cases] == ["not_selected", "paid", "not_selected"]
    [certificate], [row] = world.all(select(Certificate)), world.all(select(PaymentRow))
    [number] = world.all(select(OfficialDocument.number).where(OfficialDocument.number.is_not(None)))
    assert (certificate.name, certificate.serial) == (NAMES[1], certificate_serial("LKGGJ", year=2026, n=1))
    assert number == "东发〔2026〕1号"
    assert (row.gross_cents, row.tax_cents, row.net_cents) == (3_000_000, 600_000, 2_400_000)
    assert list(audit.verify(world.context)) == []


def test_an_upheld_objection_makes_room_for_the_next_in_rank(quick: World) -> None:
    round_case, _, cases = to_the_list(quick)
    propose(quick, cases[1])
    publish(quick)
    identity = objections.Identity("person", "赵某某", "027-83210001")
    [notice] = quick.all(select(PublicNotice))
    receipt = objections.submit_objection(
        quick.context,
        notice_id=notice.id,
        nominee_case_id=cases[1],
        identity=identity,
        facts="材料中的专利不是本人完成，登记簿上另有其人，可以查证。",
    )
    uphold(quick, cases[1])
    quick.let_timers_fire()
    assert quick.case(cases[1]).outcome == "disqualified"
    propose(quick, cases[0])
    publish(quick)
    quick.let_timers_fire()
    approve(quick)
    progress = objections.objection_progress(quick.context, receipt=receipt)
    assert progress is not None
    assert progress.stage == "已办结"
    assert progress.reply.startswith("经核查")
    assert [notice.number for notice in quick.all(select(PublicNotice))] == [1, 2]
    assert [row.name for row in quick.all(select(Certificate))] == [NAMES[0]]
    assert quick.case(round_case).stage == "rewarding"
