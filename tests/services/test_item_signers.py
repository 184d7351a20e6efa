"""加签 and 减签 at the departments' check: who may, whom, and that nobody is forgotten or asked twice."""

import pytest
from sqlalchemy import select, update

from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed, NotFound
from app.persistence.models import Case, WorkItem
from app.services import audit_check
from app.services.casework import item_signers
from tests.services import filled
from tests.services.test_concurrency import at_once
from tests.services.test_cost import counted
from tests.services.test_item_actions import (  # noqa: F401  # a fixture is imported to be shared
    check,
    flagged,
    halt,
    history,
    return_to,
)
from tests.services.world import World

DEPARTMENTS = select(WorkItem.item).where(WorkItem.node_id == "joint_check", WorkItem.state == "open").order_by(WorkItem.id)


def case_of(world: World) -> int:
    """Return the case of the nominee."""
    [case_id] = world.all(select(Case.id).where(Case.kind == "nomination"))
    return int(case_id)


def add(world: World, unit: str, who: str = "handler", reason: str = "需查询公积金缴存") -> str:
    """Ask one more department."""
    return item_signers.add_signer(
        world.context,
        actor=world.actor(who),
        case_id=case_of(world),
        node_id="joint_check",
        member=world.units[unit],
        reason=reason,
    )


def remove(world: World, unit: str, who: str = "handler") -> str:
    """Take a department out."""
    item_id = world.item("joint_check", item=str(world.units[unit]))
    return item_signers.remove_signer(
        world.context, actor=world.actor(who), case_id=case_of(world), item_id=item_id, reason="职责已划转"
    )


def test_who_leads_sees_what_may_be_changed_and_whom_may_be_added(check: World) -> None:  # noqa: F811
    with check.context.reading() as tx:
        case = tx.session.get_one(Case, case_of(check))
        [signing] = item_signers.signings(tx, actor=check.actor("handler"), case=case)
        offered = item_signers.choices_to_add(tx, actor=check.actor("handler"), case_id=case_of(check), node_id="joint_check")
        assert item_signers.signings(tx, actor=check.actor("second"), case=case) == []
    assert (signing.may_add, signing.may_remove) == (True, True)
    assert [choice.label for choice in signing.open_items] == ["区公安分局", "区税务局"]
    assert [choice.label for choice in offered] == ["临空港职业学院"]  # the nominating unit's own checker is barred


def test_an_added_department_is_asked_and_waited_for(check: World) -> None:  # noqa: F811
    with counted(check) as seen:
        assert add(check, "institute") == "临空港职业学院"
    assert len(seen) <= 15
    for who, unit in (("police", "police"), ("tax", "tax")):
        check.do(who, "joint_check", {"opinion": "no_objection"}, item=str(check.units[unit]))
    assert check.all(DEPARTMENTS) == [str(check.units["institute"])]
    assert check.case(case_of(check)).stage == "joint_check"
    check.do("housing", "joint_check", {"opinion": "no_objection"}, item=str(check.units["institute"]))
    assert check.case(case_of(check)).stage == "qualified"
    assert ("“部门联审”加签：临空港职业学院", "需查询公积金缴存") in history(check, "handler")
    assert list(audit_check.verify(check.context)) == []


def test_who_signed_before_the_case_went_back_may_be_asked_again(check: World) -> None:  # noqa: F811
    add(check, "institute")
    check.do("housing", "joint_check", {"opinion": "no_objection"}, item=str(check.units["institute"]))
    return_to(check, flagged(check), "re_review_first")
    check.do("handler", "re_review_first", filled.eligibility())
    check.do("second", "re_review_second", {"opinion": "同意", "re_review_decision": "pass"})
    assert add(check, "institute") == "临空港职业学院"
    assert check.all(DEPARTMENTS) == [str(check.units[unit]) for unit in ("police", "tax", "institute")]
    with pytest.raises(Conflict, match="已经有这一家"):
        add(check, "institute")


def test_a_removed_department_is_not_waited_for(check: World) -> None:  # noqa: F811
    check.do("police", "joint_check", {"opinion": "no_objection"}, item=str(check.units["police"]))
    assert remove(check, "tax") == "区税务局"
    assert check.case(case_of(check)).stage == "qualified"
    assert ("“部门联审”减签：区税务局", "职责已划转") in history(check, "handler")
    assert not any("减签" in what for what, _ in history(check, "nominator"))


def test_not_everybody_may_be_removed(check: World) -> None:  # noqa: F811
    remove(check, "tax")
    with pytest.raises(Conflict, match="至少要有"):
        remove(check, "police")
    assert check.all(DEPARTMENTS) == [str(check.units["police"])]


@pytest.mark.parametrize(("who", "refusal"), [("police", NotAllowed), ("second", NotAllowed), ("nominator", NotAllowed)])
def test_only_who_leads_may_change_the_signers(check: World, who: str, refusal: type[DomainError]) -> None:  # noqa: F811
    with pytest.raises(refusal):
        add(check, "institute", who)
    with pytest.raises(refusal):
        remove(check, "tax", who)


def test_a_leader_whom_the_case_is_about_may_not(check: World) -> None:  # noqa: F811
    with check.context.transaction() as tx:
        tx.session.execute(update(Case).where(Case.kind == "nomination").values(subject_id=check.users["handler2"]))
    with pytest.raises(NotAllowed, match="有关"):
        add(check, "institute", "handler2")


@pytest.mark.parametrize(("unit", "reason"), [("factory", "有必要"), ("mill", "有必要"), ("institute", "")])
def test_a_unit_without_anybody_able_or_no_reason_is_refused(check: World, unit: str, reason: str) -> None:  # noqa: F811
    with pytest.raises(InvalidValues):
        add(check, unit, reason=reason)


def test_adding_twice_takes_effect_once(check: World) -> None:  # noqa: F811
    results = at_once(lambda: add(check, "institute"), lambda: add(check, "institute", "handler2"))
    assert [type(result) for result in results if isinstance(result, DomainError)] == [Conflict]
    assert check.all(DEPARTMENTS).count(str(check.units["institute"])) == 1


def test_steps_that_nobody_may_change_and_cases_of_others(check: World) -> None:  # noqa: F811
    handler = check.actor("handler")
    with pytest.raises(NotAllowed, match="不能加签"):
        item_signers.add_signer(check.context, actor=handler, case_id=1, node_id="draft_plan", member=1, reason="x")
    with pytest.raises(NotFound):
        item_signers.add_signer(check.context, actor=handler, case_id=999, node_id="joint_check", member=1, reason="x")


def test_the_last_signer_is_not_taken_out_of_a_suspended_round(check: World) -> None:  # noqa: F811
    check.do("police", "joint_check", {"opinion": "no_objection"}, item=str(check.units["police"]))
    halt(check, begin=True)
    for change, unit in ((remove, "tax"), (add, "institute")):
        with pytest.raises(Conflict, match="已经暂停（上级要求核查）"):
            change(check, unit)
    assert check.all(DEPARTMENTS) == [str(check.units["tax"])]
    halt(check, begin=False)
    remove(check, "tax")
    assert check.case(case_of(check)).stage == "qualified"
