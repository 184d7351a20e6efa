"""Nominations: who may begin one, one person once, and where the numbers are kept."""

import zlib

import pytest
from sqlalchemy import select, text

from app.domain.actors import Actor
from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed
from app.persistence.base import Base
from app.persistence.models import Nomination, OrgUnit, Person, User, WorkItem
from app.persistence.queries import rounds
from app.services.accounts import accounts, activation
from app.services.casework import cases, forms, item_actions, work_items
from app.services.selection import nominations
from tests.services import filled
from tests.services.steps import nominate, open_round
from tests.services.world import World, id_number


def begin(world: World, round_id: int, *, who: str = "nominator", unit: str = "factory", channel: str = "employer") -> int:
    """Begin a nomination; return its work item."""
    actor = world.actor(who)
    return nominations.start_nomination(world.context, actor=actor, round_id=round_id, channel=channel, unit_id=world.units[unit])


def fill(world: World, item_id: int, values: dict[str, object], *, who: str = "nominator") -> int:
    """Hand in a form as it is, past the checks of the form itself; return the case."""
    work = work_items.complete(world.context, actor=world.actor(who), item_id=item_id, values=values)
    world.deliver()
    return work.case.id


def candidate_of(world: World, case_id: int) -> Actor:
    """Return the candidate of a case."""
    subject = world.case(case_id).subject_id
    assert subject is not None
    return world.actor(subject)


def test_nobody_nominates_for_another_unit(quick: World) -> None:
    _, round_id = open_round(quick)
    with pytest.raises(NotAllowed):
        begin(quick, round_id, unit="mill")
    with pytest.raises(NotAllowed):
        begin(quick, round_id, who="clerk", unit="street")


def test_nominations_begin_on_the_day_of_the_plan(quick: World) -> None:
    _, round_id = open_round(quick)
    quick.clock.now = quick.clock.now.replace(day=1)
    with pytest.raises(Conflict, match="2026-03-02"):
        begin(quick, round_id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id_number": "420112198504120012"}, "id_number"),
        ({"mobile": "12345"}, "mobile"),
        ({"name": "王\ue863"}, "name"),
        ({"sex": "female"}, "sex"),
        ({"employer": "999"}, "employer"),
        ({"certificate_file": []}, "certificate_file"),
        ({"unit_declaration": False}, "unit_declaration"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(quick: World, changes: dict[str, object], field: str) -> None:
    _, round_id = open_round(quick)
    item_id = begin(quick, round_id)
    with pytest.raises(InvalidValues) as refused:
        fill(quick, item_id, {**filled.nomination(quick, "王建国", 1), **changes})
    assert field in refused.value.fields
    assert quick.all(select(Nomination)) == []


def test_a_person_is_nominated_once_and_the_second_unit_learns_by_whom(quick: World) -> None:
    _, round_id = open_round(quick)
    nominate(quick, round_id, "王建国", 1)
    item_id = begin(quick, round_id, who="nominator2", unit="mill", channel="union")
    again = filled.nomination(quick, "王建国", 1, nominee_channel="union", employer=str(quick.units["mill"]))
    with pytest.raises(Conflict, match="临空港精密机械有限公司"):
        fill(quick, item_id, again, who="nominator2")


def test_who_withdrew_is_not_nominated_again_in_the_round(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1)
    with quick.context.transaction() as tx:
        cases.act(tx, actor=candidate_of(quick, case_id), case_id=case_id, action_id="withdraw", reason="个人原因")
    assert quick.case(case_id).outcome == "withdrawn"
    with pytest.raises(Conflict, match="不能再次推荐"):
        fill(quick, begin(quick, round_id), filled.nomination(quick, "王建国", 1))


def test_who_declined_may_be_nominated_again(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = fill(quick, begin(quick, round_id), filled.nomination(quick, "王建国", 1))
    candidate = candidate_of(quick, case_id)
    assert candidate.user_id is not None
    quick.do(candidate.user_id, "confirm_candidate", {"consented": "no"}, case_id=case_id)
    second = fill(quick, begin(quick, round_id), filled.nomination(quick, "王建国", 1))
    assert (quick.case(case_id).outcome, quick.case(second).stage) == ("declined", "consent")
    assert len(quick.all(select(Person).where(Person.name == "王建国"))) == 1


def test_a_number_that_is_known_under_another_name_is_questioned(quick: World) -> None:
    _, round_id = open_round(quick)
    item_id = begin(quick, round_id)
    with pytest.raises(InvalidValues) as refused:
        fill(quick, item_id, filled.nomination(quick, "王建国", 50, id_number=id_number(50)))
    assert "name" in refused.value.fields


def unpacked(cell: object) -> str:
    """Return what a cell holds as it can be read by whoever has the database: packed text is no secret."""
    raw = bytes(cell) if isinstance(cell, memoryview | bytes) else None
    return str(cell) if raw is None else zlib.decompress(raw).decode() if raw.startswith(b"\x78\xda") else str(raw)


def test_no_text_column_holds_the_numbers_of_the_person(quick: World) -> None:
    _, round_id = open_round(quick)
    nominate(quick, round_id, "王建国", 1)
    secret = (id_number(1), "13800000001")
    with quick.context.reading() as tx:
        for table in Base.metadata.sorted_tables:
            for row in tx.session.execute(text(f'SELECT * FROM "{table.name}"')):  # noqa: S608  # names come from our own models
                shown = " ".join(unpacked(cell) for cell in row)
                assert not any(number in shown for number in secret), table.name
        assert tx.session.scalars(select(Person.id_number).where(Person.name == "王建国")).one() == secret[0]


def test_a_returned_form_opens_with_the_whole_number(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1)
    quick.clock.turn(days=8)
    quick.do("nominator", "employer_notice", filled.NOTICE, case_id=case_id)
    returned = {**filled.PRELIMINARY, "preliminary_decision": "return"}
    quick.do("clerk", "preliminary_review", returned, case_id=case_id)
    with quick.context.reading() as tx:
        opened = work_items.take(tx, actor=quick.actor("nominator"), item_id=quick.item("supplement"))
        assert forms.open_form(tx, opened).initial["id_number"] == id_number(1)
    quick.do("nominator", "supplement", {"name": "王建国", "post": "数控铣工"}, case_id=case_id)
    assert [row.post for row in quick.all(select(Nomination))] == ["数控铣工"]
    assert quick.case(case_id).stage == "street_review"


def test_a_candidate_opens_the_account_with_code_and_number_and_only_once(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1)
    invited = activation.invitation(quick.context, actor=quick.actor("nominator"), case_id=case_id)
    assert invited is not None
    name, code = invited
    with pytest.raises(DomainError, match="不正确"):
        activation.activate(quick.context, username=name, code=code, id_number=id_number(2), password="Craftsman-2026")
    activation.activate(quick.context, username=name, code=code, id_number=id_number(1), password="Craftsman-2026")
    user_id = accounts.authenticate(quick.context, username=name, password="Craftsman-2026", address="127.0.0.1")
    assert user_id == quick.case(case_id).subject_id
    with pytest.raises(DomainError):
        activation.activate(quick.context, username=name, code=code, id_number=id_number(1), password="Craftsman-2027")


def test_the_unit_is_told_as_long_as_the_candidate_has_not_opened_the_account(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1)
    name, code = activation.invitation(quick.context, actor=quick.actor("nominator"), case_id=case_id) or ("", "")
    assert unopened(quick, "nominator", case_id)
    assert not unopened(quick, "nominator2", case_id)
    activation.activate(quick.context, username=name, code=code, id_number=id_number(1), password="Craftsman-2026")
    assert not unopened(quick, "nominator", case_id)


def unopened(world: World, who: str, case_id: int) -> bool:
    """Tell whether somebody is told to hand over the sheet."""
    with world.context.reading() as tx:
        return activation.is_unopened(tx, actor=world.actor(who), case=world.case(case_id))


def test_a_candidate_sends_the_form_back_to_have_a_mistake_mended(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = fill(quick, begin(quick, round_id), filled.nomination(quick, "王建国", 1))
    item_id, candidate = quick.item("confirm_candidate"), candidate_of(quick, case_id)
    item_actions.send_back(quick.context, actor=candidate, item_id=item_id, node_id="fill_nomination", reason="岗位写错了")
    quick.do("nominator", "fill_nomination", filled.nomination(quick, "王建国", 1, post="数控铣工"), case_id=case_id)
    assert [row.post for row in quick.all(select(Nomination))] == ["数控铣工"]
    assert quick.item("confirm_candidate")


def test_only_the_nominating_unit_reads_the_invitation(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1)
    with pytest.raises(DomainError):
        activation.invitation(quick.context, actor=quick.actor("nominator2"), case_id=case_id)


def test_an_office_that_was_closed_takes_no_self_nomination(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = fill(quick, begin(quick, round_id), filled.nomination(quick, "王建国", 1))
    candidate, street = candidate_of(quick, case_id), quick.units["street"]
    with quick.context.transaction() as tx:
        assert street in dict(rounds.local_offices(tx.session))
        tx.session.get_one(OrgUnit, street).valid_to = tx.today
    with quick.context.reading() as tx:
        assert street not in dict(rounds.local_offices(tx.session))
    with pytest.raises(DomainError, match="请选择一个街道"):
        nominations.start_nomination(quick.context, actor=candidate, round_id=round_id, channel="self", unit_id=street)


def test_a_candidate_may_nominate_themselves_and_nobody_else(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = fill(quick, begin(quick, round_id), filled.nomination(quick, "王建国", 1))
    candidate = candidate_of(quick, case_id)
    assert candidate.user_id is not None
    quick.do(candidate.user_id, "confirm_candidate", {"consented": "no"}, case_id=case_id)
    item_id = nominations.start_nomination(
        quick.context, actor=candidate, round_id=round_id, channel="self", unit_id=quick.units["street"]
    )
    [item] = quick.all(select(WorkItem).where(WorkItem.id == item_id))
    assert item.assignee_id == candidate.user_id
    with pytest.raises(InvalidValues) as refused:
        work_items.complete(
            quick.context, actor=candidate, item_id=item_id, values=filled.nomination(quick, "李小明", 2, nominee_channel="self")
        )
    assert "id_number" in refused.value.fields


@pytest.mark.parametrize(
    ("changes", "word"), [({"notice_end": "2026-03-06"}, "4个工作日"), ({"notice_end": "2026-03-20"}, "还没有结束")]
)
def test_the_notice_of_the_employer_is_long_enough_and_over(quick: World, changes: dict[str, str], word: str) -> None:
    _, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1)
    quick.clock.turn(days=8)
    with pytest.raises(InvalidValues, match=word):
        quick.do("nominator", "employer_notice", {**filled.NOTICE, **changes}, case_id=case_id)


def test_accounts_of_candidates_have_no_password(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1)
    [user] = quick.all(select(User).where(User.id == quick.case(case_id).subject_id))
    assert "王" not in user.username
    with pytest.raises(DomainError):
        accounts.authenticate(quick.context, username=user.username, password="", address="127.0.0.1")
