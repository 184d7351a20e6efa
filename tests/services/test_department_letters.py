"""One letter to one department about everybody on whom its answer is missing."""

import pytest
from sqlalchemy import select

from app.domain.errors import NotAllowed, NotFound
from app.persistence.models import OfficialDocument
from app.services.selection.department_letters import ask_again, silent_departments
from tests.services import filled
from tests.services.steps import nominate, open_round
from tests.services.world import World
from tests.text_layer import extract_text

NAMES = ("陈工一", "李工二")


def asked(world: World) -> int:
    """Bring two nominees to the departments; return the round."""
    _, round_id = open_round(world)
    for place, name in enumerate(NAMES, 1):
        case_id = nominate(world, round_id, name, place)
        world.clock.turn(to=world.clock.now.replace(day=12))
        world.do("nominator", "employer_notice", filled.NOTICE, case_id=case_id)
        world.do("clerk", "preliminary_review", filled.PRELIMINARY, case_id=case_id)
        ranked = {"recommendation_rank": place, "opinion": "同意", "rank_decision": "accept"}
        world.do("street_leader", "rank_nominee", ranked, case_id=case_id)
        world.do("handler", "re_review_first", filled.eligibility(), case_id=case_id)
        world.do("second", "re_review_second", {"opinion": "同意", "re_review_decision": "pass"}, case_id=case_id)
    return round_id


def test_a_silent_department_gets_one_letter_about_all_of_whom_it_said_nothing(quick: World) -> None:
    round_id = asked(quick)
    with quick.context.reading() as tx:
        silent = silent_departments(tx, round_id=round_id)
    police = next(each for each in silent if each.unit_id == quick.units["police"])
    assert police.count == 2
    ask_again(quick.context, actor=quick.actor("handler"), round_id=round_id, unit_id=police.unit_id)
    quick.deliver(papers=["department_letter"])
    [letter] = quick.all(select(OfficialDocument).where(OfficialDocument.doc_type == "department_letter"))
    assert letter.state == "issued" and letter.title == f"关于征求2名推荐对象意见的函（{police.name}）"
    with quick.context.files.open(letter.pdf_sha256) as stream:
        text = extract_text(stream.read())
    assert all(name in text for name in NAMES) and letter.number in text
    assert [each.name for each in silent if each is not police and each.name in text] == []


def test_only_the_handler_asks_again_and_only_who_is_silent(quick: World) -> None:
    round_id = asked(quick)
    with pytest.raises(NotAllowed):
        ask_again(quick.context, actor=quick.actor("leader"), round_id=round_id, unit_id=quick.units["police"])
    with pytest.raises(NotFound, match="已经全部反馈"):
        ask_again(quick.context, actor=quick.actor("handler"), round_id=round_id, unit_id=quick.units["street"])
