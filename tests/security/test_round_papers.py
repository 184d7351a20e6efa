"""Papers of a round by their address, and pages of the round for people who are nominated in it."""

import pytest

from app.domain.actors import Role
from app.persistence import models as m
from tests.security.test_cases import SECRET, done, grant
from tests.web_rounds.world import IDS, ROOT, START, World


def paper(world: World, nominee: m.Nomination, kind: str) -> m.OfficialDocument:
    """Add a paper of a nominee's file."""
    with (ROOT / "tests" / "web_rounds" / "paper.pdf").open("rb") as stream:
        sha256 = world.context.files.put(stream, name="考察报告.pdf").sha256
    return world.add(
        m.OfficialDocument(
            round_id=nominee.round_id, case_id=nominee.case_id, doc_type=kind, title="考察报告", values_json="{}", state="issued",
            pdf_sha256=sha256,
        )
    )  # fmt: skip


def test_what_inspectors_write_of_a_nominee_is_not_read_by_the_address_of_the_round(world: World) -> None:
    round_ = world.round()
    document = paper(world, world.nominee(round_, 1, subject_id=IDS["bureau_handler"]), "inspection_report")
    browser = world.client("bureau_handler")
    assert browser.get(f"/cases/{document.case_id}/papers/{document.id}.pdf").status_code == 404
    assert browser.get(f"/rounds/{round_.id}/documents/{document.id}.pdf").status_code == 404
    leader = world.client("bureau_leader")
    assert leader.get(f"/cases/{document.case_id}/papers/{document.id}.pdf").status_code == 200


def test_who_is_recused_from_a_nominee_does_not_read_the_papers_by_the_address_of_the_round(world: World) -> None:
    round_ = world.round()
    document = paper(world, world.nominee(round_, 1), "score_summary")
    recusal = {"user_id": IDS["convener"], "origin": "found", "reason": "同一单位", "recorded_at": START}
    world.add(m.Recusal(case_id=document.case_id, **recusal))
    assert world.client("convener").get(f"/rounds/{round_.id}/documents/{document.id}.pdf").status_code == 404


OF_THE_JUDGES = ("panel", "ranking", "ranking.xlsx")


@pytest.mark.parametrize("page", OF_THE_JUDGES)
def test_who_competes_does_not_learn_who_judges_by_a_second_role(world: World, page: str) -> None:
    round_ = world.round()
    world.nominee(round_, 1, subject_id=IDS["bureau_handler"], expert_score="80", rank=1)
    grant(world, "nominating_unit", Role.SUPERVISOR, 1)
    for name in ("bureau_handler", "nominating_unit"):
        assert world.client(name).get(f"/rounds/{round_.id}/{page}").status_code == 403, name
    assert world.client("supervisor").get(f"/rounds/{round_.id}/{page}").status_code == 200


def test_who_competes_reads_neither_the_draw_nor_what_was_done_in_the_round_by_a_second_role(world: World) -> None:
    round_ = world.round()
    mine = world.nominee(round_, 1, subject_id=IDS["bureau_handler"])
    document = paper(world, mine, "draw_record")
    with world.context.transaction() as tx:
        tx.session.get_one(m.OfficialDocument, document.id).case_id = round_.case_id
    done(world, round_.case_id, round_.id, "declare", by="expert2", role=Role.EXPERT, title="承诺与回避")
    for name, status in (("bureau_handler", 404), ("bureau_leader", 200)):
        assert world.client(name).get(f"/rounds/{round_.id}/documents/{document.id}.pdf").status_code == status
        page = world.client(name).get(f"/cases/{round_.case_id}").get_data(as_text=True)
        assert (SECRET in page, world.actor("expert2").name in page) == (status == 200, status == 200), name
