"""The steps of a round as the tests take them, each with the usual values."""

from datetime import date

from sqlalchemy import select

from app.domain.clock import local
from app.persistence.models import Nomination, PanelMember, SelectionRound, WorkItem
from app.services.selection import nominations, rounds
from tests.services import filled
from tests.services.world import PROCEDURE, World


def open_round(world: World, **changes: object) -> tuple[int, int]:
    """Bring a round to open nominations, its plan changed as said; return its case id and its own id."""
    return world.kept(f"round {sorted(changes.items())}", lambda fresh: _open_round(fresh, **changes))


def _open_round(world: World, **changes: object) -> tuple[int, int]:
    case_id = rounds.start_round(world.context, actor=world.actor("handler"), procedure=PROCEDURE, title="第一届“临空港工匠”评选")
    world.do("handler", "enter_basis", filled.basis())
    world.do("handler", "draft_plan", filled.plan(world, **changes))
    world.do("leader", "approve_plan", {"opinion": "同意", "plan_decision": "approve"})
    round_id = world.case(case_id).round_id
    assert round_id is not None
    return case_id, round_id


def nominate(world: World, round_id: int, name: str, serial: int, **changes: object) -> int:
    """Nominate somebody up to the candidate's consent; return the case id."""
    key = f"nominate {round_id} {name} {serial} {sorted(changes.items())}"
    return world.kept(key, lambda fresh: _nominate(fresh, round_id, name, serial, **changes))


def _nominate(world: World, round_id: int, name: str, serial: int, **changes: object) -> int:
    item_id = nominations.start_nomination(
        world.context, actor=world.actor("nominator"), round_id=round_id, channel="employer", unit_id=world.units["factory"]
    )
    [case_id] = world.all(select(WorkItem.case_id).where(WorkItem.id == item_id))
    world.do("nominator", "fill_nomination", filled.nomination(world, name, serial, **changes), case_id=case_id)
    candidate = world.case(case_id).subject_id
    assert candidate is not None
    world.do(candidate, "confirm_candidate", {"consented": "yes"}, case_id=case_id)
    return case_id


def qualify(world: World, case_id: int, *, place: int) -> None:
    """Bring a nomination from the employer's notice to the end of the reviews."""
    world.do("nominator", "employer_notice", filled.NOTICE, case_id=case_id)
    world.do("clerk", "preliminary_review", filled.PRELIMINARY, case_id=case_id)
    world.do(
        "street_leader",
        "rank_nominee",
        {"recommendation_rank": place, "opinion": "同意", "rank_decision": "accept"},
        case_id=case_id,
    )
    world.do("handler", "re_review_first", filled.eligibility(), case_id=case_id)
    world.do("second", "re_review_second", {"opinion": "同意", "re_review_decision": "pass"}, case_id=case_id)
    for department in ("police", "tax"):
        world.do(department, "joint_check", {"opinion": "no_objection"}, case_id=case_id, item=str(world.units[department]))


def draw_and_declare(world: World, seed: str = "20260413-001", **recusals: int) -> list[int]:
    """Draw the panel and let everybody on it promise; `recusals` names nobody or case ids by the place of the expert."""
    return world.kept(f"declare {seed} {sorted(recusals.items())}", lambda fresh: _draw_and_declare(fresh, seed, **recusals))


def _draw_and_declare(world: World, seed: str, **recusals: int) -> list[int]:
    world.do("handler", "draw_panel", {"seed": seed, "seed_source": "监督员给出", "witnesses": "赵、钱"})
    world.do("supervisor", "confirm_draw", filled.DRAWN)
    query = select(PanelMember.user_id).where(PanelMember.state == "drawn").order_by(PanelMember.place)
    members: list[int] = world.all(query)
    for place, member in enumerate(members):
        case_id = recusals.get(f"expert_{place}")
        rows = [{"nominee": str(case_id), "kind": "mentorship", "reason": "曾带徒"}] if case_id else []
        world.do(member, "declare", {"accepted": True, "recusals": rows}, assignee=member)
    return members


def score(world: World, case_id: int, points: tuple[str, ...]) -> None:
    """Let every expert of a case give the same sheet."""
    query = select(WorkItem.assignee_id).where(WorkItem.case_id == case_id, WorkItem.node_id == "expert_scoring")
    for expert in world.all(query.where(WorkItem.state == "open")):
        world.do(expert, "expert_scoring", filled.sheet(*points), case_id=case_id, assignee=expert)


def approve(world: World) -> None:
    """Take the list through the meetings to the issued decision."""
    world.kept("approve", _approve)


def _approve(world: World) -> None:
    world.do("handler", "request_approval", {})
    world.do("secretary", "executive_meeting", filled.meeting("executive_decision"))
    world.do("secretary", "standing_committee", filled.meeting("standing_decision"))
    world.do(
        "leader",
        "verify_minutes",
        {"executive_matches": True, "standing_matches": True, "opinion": "一致", "minutes_decision": "confirm"},
    )
    world.do("documents", "draft_decision", {"disclosure": "active"})
    signing = {"signatory": "李书记", "signed_on": "2026-05-06", "opinion": "同意"}
    world.do("leader", "sign_decision", {**signing, "signing_decision": "sign"})


def publish(world: World) -> None:
    """Draft and publish a notice of the list."""
    world.kept("publish", _publish)


def _publish(world: World) -> None:
    world.do("handler", "draft_notice", {})
    world.do("publisher", "review_notice", filled.PUBLISH)


def propose(world: World, *cases: int) -> None:
    """Make the list and let the party group agree."""
    world.kept(f"propose {cases}", lambda fresh: _propose(fresh, *cases))


def _propose(world: World, *cases: int) -> None:
    chosen = [str(case_id) for case_id in cases]
    world.do("handler", "propose_list", {"nominees": chosen, "opinion": "按综合成绩", "listing": "propose"})
    world.do("secretary", "party_group_meeting", filled.meeting("party_group_decision"))


def pay(world: World, case_id: int) -> None:
    """Name an account, make the list of payments and check it."""
    candidate = world.case(case_id).subject_id
    assert candidate is not None
    account = {"bank_name": "某银行", "bank_account": "6222020000000000000"}
    world.do(candidate, "fill_account", account, case_id=case_id)
    world.do("maker", "make_payment", {"budget_line": "人才"})
    world.do(
        "checker",
        "check_payment",
        {"checked_items": ["people", "amount", "account", "fund"], "opinion": "无误", "payment_decision": "pass"},
    )


def ranks(world: World) -> dict[int, Nomination]:
    """Return the nominations by case."""
    return {row.case_id: row for row in world.all(select(Nomination))}


def uphold(world: World, nominee_case: int) -> None:
    """Take the one open objection to its upheld end."""
    settle_objection(world, nominee_case, upheld="yes")


def settle_objection(world: World, nominee_case: int, *, upheld: str) -> None:
    """Take the one open objection to its end."""
    decide_objection(world, nominee_case, upheld=upheld)
    world.do("handler", "reply_objection", replied(local(world.clock.now).date()))


def replied(on: date) -> dict[str, str]:
    """What the objector was told, and when."""
    return {
        "reply_text": "经核查，您反映的情况属实，已取消其资格。感谢监督。",
        "reply_way": "phone",
        "replied_on": on.isoformat(),
    }


def decide_objection(world: World, nominee_case: int, *, upheld: str) -> None:
    """Take the one open objection to its decision."""
    world.do(
        "handler",
        "accept_objection",
        {"scope": "person", "summary": "专利", "concrete": "yes", "opinion": "受理", "accepted": "yes"},
    )
    candidate = world.case(nominee_case).subject_id
    assert candidate is not None
    world.do(candidate, "hear_nominee", {"statement": "专利由本人完成，附件为证，请核对。"})
    world.do(
        "investigator",
        "investigate",
        {"methods": ["papers"], "facts": "登记簿上的发明人不是本人，材料与事实不符，已核对原件。", "finding": "founded"},
    )
    world.do("leader", "decide_objection", {"opinion": "已核查", "upheld": upheld})


NAMES = ("王建国", "吕𪟝", "李小明")
SCORES = (("20", "20", "15", "10", "8", "4"), ("23", "22", "18", "13", "9", "5"), ("15", "15", "12", "9", "5", "3"))


def to_the_list(world: World) -> tuple[int, int, list[int]]:
    """Bring three nominees of one round to the proposed list; return round case, round and cases in order of nomination."""
    cases = nominees(world)
    if not cases:  # the fixture `listed` begins where they are there
        cases = to_the_draw(world, *NAMES)
        judge(world, cases)
    [round_] = world.all(select(SelectionRound))
    return round_.case_id, round_.id, cases


def nominees(world: World) -> list[int]:
    """Return the cases of all nominees in order of nomination."""
    return world.all(select(Nomination.case_id).order_by(Nomination.case_id))


def to_the_draw(world: World, *names: str) -> list[int]:
    """Bring nominees of one round to the drawing of the panel; return their cases in order."""
    return world.kept(f"draw {names}", lambda fresh: _to_the_draw(fresh, *names))


def _to_the_draw(world: World, *names: str) -> list[int]:
    _, round_id = open_round(world)
    cases = [nominate(world, round_id, name, serial) for serial, name in enumerate(names, start=1)]
    world.clock.turn(days=8)
    for place, case_id in enumerate(cases, start=1):
        qualify(world, case_id, place=place)
    world.let_timers_fire()
    return cases


def judge(world: World, cases: list[int]) -> None:
    """Let the panel score all of them, and the inspectors visit the first two."""
    draw_and_declare(world)
    for case_id, points in zip(cases, SCORES, strict=True):
        score(world, case_id, points)
    world.do("convener", "confirm_ranking", filled.OPINION)
    world.clock.turn(days=26)
    for case_id, points in ((cases[0], "88"), (cases[1], "95")):
        world.do("inspector", "site_inspection", filled.inspection(world, points), case_id=case_id)


def play_to_payment(world: World, count: int) -> list[int]:
    """Play a round of so many nominees, of whom two are inspected and one wins, until the prize is paid; return the cases."""
    _, round_id = open_round(world, quotas=[{"unit": str(world.units["street"]), "quota": count}])
    cases = []
    for serial in range(1, count + 1):
        cases.append(nominate(world, round_id, f"工匠{'甲乙丙丁戊己庚辛'[serial - 1]}", serial))
    world.clock.turn(days=8)
    for place, case_id in enumerate(cases, start=1):
        qualify(world, case_id, place=place)
    world.let_timers_fire()
    draw_and_declare(world)
    for place, case_id in enumerate(cases, start=1):
        score(world, case_id, (str(25 - place), "20", "15", "10", "8", "4"))
    world.do("convener", "confirm_ranking", filled.OPINION)
    world.clock.turn(days=26)
    for case_id, points in ((cases[0], "88"), (cases[1], "95")):
        world.do("inspector", "site_inspection", filled.inspection(world, points), case_id=case_id)
    propose(world, cases[0])
    publish(world)
    world.let_timers_fire()
    approve(world)
    pay(world, cases[0])
    return cases
