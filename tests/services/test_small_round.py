"""One small round from its approval to its archive, through the services alone: outbox and timers included."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.domain.document_numbers import certificate_serial
from app.domain.errors import DomainError
from app.persistence.models import Certificate, OfficialDocument, PaymentRow, PublicNotice
from app.services import audit_check
from app.services.casework.case_file import open_case
from app.services.issuing.file_paper_kinds import KINDS
from app.services.packages.procedure_cache import ProcedureCache
from app.services.selection import objections
from tests.databases import Databases
from tests.services.conftest import build_listed
from tests.services.issuing_world import world_with_papers
from tests.services.steps import NAMES, approve, pay, propose, publish, to_the_list, uphold
from tests.services.test_issuing import CHECKED, take_the_title, with_account
from tests.services.world import World


@pytest.fixture
def world(databases: Databases, parsed: ProcedureCache) -> Iterator[World]:
    """Return a district that makes its papers; its round came from its approval to its list once for all tests."""
    with databases.engine(build_listed) as engine:
        yield world_with_papers(engine, procedures=parsed)


def last_step(world: World, case_id: int) -> tuple[str, str]:
    """Return how the last stage on the tracker of a case ended, and its name."""
    with world.context.reading() as tx:
        step = open_case(tx, actor=world.actor("handler"), case_id=case_id).steps[-1]
    return step.state, step.title


def test_a_small_round_runs_from_approval_to_archive(world: World) -> None:
    round_case, _, cases = to_the_list(world)
    propose(world, cases[1])
    publish(world)
    world.let_timers_fire()
    approve(world)
    pay(world, cases[1])
    archive = {"archive_no": "2026-1", "retention": "permanent", "items": ["basis"], "volumes": 3, "place": "档案室"}
    with pytest.raises(DomainError, match="文书没有生成"):
        world.do("archivist", "archive_round", archive)
    world.deliver(papers=list(KINDS))
    world.do("archivist", "archive_round", archive)
    assert world.undelivered() == []
    assert world.case(round_case).outcome == "archived"
    assert [last_step(world, each) for each in (round_case, cases[1])] == [("done", "已归档"), ("done", "已兑现")]
    assert [world.case(case_id).outcome for case_id in cases] == ["not_selected_for_list", "paid", "not_selected_by_score"]
    [certificate], [row] = world.all(select(Certificate)), world.all(select(PaymentRow))
    [number] = world.all(select(OfficialDocument.number).where(OfficialDocument.doc_type == "decision"))
    assert (certificate.name, certificate.serial) == (NAMES[1], certificate_serial("LKGGJ", year=2026, n=1))
    assert number == "东发〔2026〕1号"
    assert (row.gross_cents, row.tax_cents, row.net_cents) == (3_000_000, 600_000, 2_400_000)
    assert list(audit_check.verify(world.context)) == []


def test_a_round_whose_title_was_revoked_pays_nobody_and_is_archived(world: World) -> None:
    cases = with_account(world)
    take_the_title(world)
    world.do("maker", "make_payment", {"budget_line": "人才"})
    world.do("checker", "check_payment", CHECKED)
    world.deliver(papers=list(KINDS))
    archive = {"archive_no": "2026-1", "retention": "permanent", "items": ["basis"], "volumes": 3, "place": "档案室"}
    world.do("archivist", "archive_round", archive)
    assert world.undelivered() == []
    assert (world.case(cases[1]).outcome, last_step(world, cases[1])[0]) == ("revoked", "stopped")


def object_to(world: World, case_id: int) -> str:
    """Hand in an objection to somebody on the only notice; return the receipt."""
    [notice] = world.all(select(PublicNotice))
    return objections.submit_objection(
        world.context,
        notice_id=notice.id,
        nominee_case_id=case_id,
        identity=objections.Identity("person", "赵某某", "027-83210001"),
        facts="材料中的专利不是本人完成，登记簿上另有其人，可以查证。",
    )


def test_an_upheld_objection_makes_room_for_the_next_in_rank(listed: World) -> None:
    round_case, _, cases = to_the_list(listed)
    propose(listed, cases[1])
    publish(listed)
    receipt = object_to(listed, cases[1])
    uphold(listed, cases[1])
    listed.let_timers_fire()
    assert listed.case(cases[1]).outcome == "disqualified"
    assert last_step(listed, cases[1]) == ("stopped", "公示中")
    propose(listed, cases[0])
    publish(listed)
    listed.let_timers_fire()
    approve(listed)
    progress = objections.objection_progress(listed.context, receipt=receipt)
    assert progress is not None
    assert progress.stage == "已办结"
    assert progress.reply.startswith("经核查")
    assert [notice.number for notice in listed.all(select(PublicNotice).order_by(PublicNotice.id))] == [1, 2]
    assert [row.name for row in listed.all(select(Certificate))] == [NAMES[0]]
    assert listed.case(round_case).stage == "rewarding"
