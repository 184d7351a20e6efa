"""The proposed list, and to whom the messages of the round go."""

from collections.abc import Callable, Mapping, Sequence

from app.domain.errors import DomainError
from app.domain.fields import Values
from app.engine.types import Variable
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import ids, refusal, text
from app.services.letters import send_letter
from app.services.registry import Addressed, Addresser, Operation, Recorder
from app.services.selection.nominees import NOTICED, Nominee, open_nominees, order_of, reserves, standing
from app.services.selection.panels import assign_experts

KEEP, NO_AWARD = "keep", "no_award"
"""Decisions on the list beside proposing somebody: to add nobody, and to give no title at all."""


def record_proposal(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Mark who is proposed among those who have been inspected and not been told yet. Replaces an earlier, rejected list.

    Who adds nobody (宁缺毋滥) clears the marks of those who have not been told. Refuses strangers, more people than there are
    places (winners of the plan less those who stand on a noticed list), and to keep a list on which nobody stands.
    """
    nominees, listing = open_nominees(work), text(values, "listing")
    pool = {each.case_id: each for each in reserves(work, nominees)}
    stand = standing(work, nominees)
    chosen = set(ids(values, "nominees")) if listing not in (KEEP, NO_AWARD) else set()
    places = work.settings.winners - len(stand)
    if listing == KEEP and not stand:
        raise refusal("listing", "还没有公示过的人选，不能按现有名单报审。请拟定名单，或提请本届不授予。")
    if not chosen and listing not in (KEEP, NO_AWARD):
        raise refusal("nominees", "请至少选择一人；没有合适人选的，可以不再增补或提请本届不授予。")
    if chosen - set(pool):
        raise refusal("nominees", "名单中有人不在可拟定的人选之内，请重新选择。")
    if len(chosen) > places:
        raise refusal("nominees", f"还有{places}个名额，您选了{len(chosen)}人。请减少人选。")
    for case_id, each in pool.items():
        each.nomination.proposed = case_id in chosen
    return {}


def release_reserves(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Tell those who were inspected and not proposed that it ends here for them."""
    for each in reserves(work, open_nominees(work)):
        if not each.nomination.proposed:
            work.send("proposal_decided", case_id=each.case_id, payload={"proposed": "no"}, key=f"released:{each.case_id}")
    return None


def expert_assignments(work: CaseWork) -> Sequence[Addressed]:
    """Open the review of every qualified nominee, each with its own experts, and tell the candidates. Writes recusals that are found."""
    nominees = [each for each in open_nominees(work) if each.waits_for("expert_review_opened")]
    assigned = assign_experts(work, nominees)
    for each in nominees:
        if each.case.subject_id is not None:
            send_letter(work, "qualified", to=each.case.subject_id, key="review", case_id=each.case_id)
    return [Addressed(case_id, {"experts": list(experts)}) for case_id, experts in assigned.items()]


def shortlist(work: CaseWork) -> Sequence[Addressed]:
    """Tell every ranked nominee whether the inspectors come; those to whom they come get a letter as well."""
    nominees = open_nominees(work)
    for each in nominees:
        if each.nomination.shortlisted and each.case.subject_id is not None:
            send_letter(work, "shortlisted", to=each.case.subject_id, key="shortlist", case_id=each.case_id)
    return [Addressed(each.case_id, {"shortlisted": each.nomination.shortlisted}) for each in nominees]


def proposal(work: CaseWork) -> Sequence[Addressed]:
    """Tell those who are newly on the list; the others wait as reserves until the notice is over."""
    return [Addressed(each.case_id, {"proposed": "yes"}) for each in _newly_proposed(work)]


def noticed_nominees(work: CaseWork) -> Sequence[Addressed]:
    """Tell those whose first notice has begun."""
    return [Addressed(each.case_id, {}) for each in before_notice(work, open_nominees(work))]


def before_notice(work: CaseWork, nominees: Sequence[Nominee]) -> list[Nominee]:
    """Return who is proposed and has not stood in a notice yet: whom the next notice names."""
    below = order_of(work, NOTICED)
    return [each for each in nominees if each.nomination.proposed and each.case.stage_order < below]


def approval(work: CaseWork) -> Sequence[Addressed]:
    """Tell everybody on the list that the meetings have agreed (the diagram goes back before this when they have not)."""
    return [Addressed(each.case_id, {"approved": True}) for each in winners_of(work)]


def winners(work: CaseWork) -> Sequence[Addressed]:
    """Tell everybody on the list that the decision has been issued."""
    return [Addressed(each.case_id, {}) for each in winners_of(work)]


def winners_of(work: CaseWork) -> list[Nominee]:
    """Return who stands on the proposed list with an open case. Raises `DomainError` when nobody is left."""
    found = on_the_list(work)
    if not found:
        raise DomainError("round.no_winner", "名单上已经没有人选，不能继续。请退回拟定名单，没有合适人选的提请本届不授予。")
    return found


def on_the_list(work: CaseWork) -> list[Nominee]:
    """Return who stands on the proposed list with an open case, nobody at all if it has come to that."""
    return [each for each in open_nominees(work) if each.nomination.proposed]


def vacancies(work: CaseWork, *, wanted: int) -> int:
    """Return how many of so many places are empty that waiting reserves can fill; all (one at least) when nobody is left on the list."""
    waiting = [each for each in reserves(work, open_nominees(work)) if not each.nomination.proposed]
    left = len(on_the_list(work))
    return min(max(0, wanted - left), len(waiting)) if left else max(1, wanted)


def _newly_proposed(work: CaseWork) -> list[Nominee]:
    return [each for each in reserves(work, open_nominees(work)) if each.nomination.proposed]


OPERATIONS = (Operation("release_reserves", "告知未入选", "通知已考察但没有列入名单的候选人。", release_reserves, {}),)
RECORDERS = (Recorder("record_proposal", "拟定名单", "在名额之内标出拟入选人员。", record_proposal, ()),)

_FINDERS: tuple[tuple[str, str, Callable[[CaseWork], Sequence[Addressed]], tuple[str, ...]], ...] = (
    ("expert_assignments", "每位候选人的评审专家", expert_assignments, ("experts",)),
    ("shortlist", "是否入围考察", shortlist, ("shortlisted",)),
    ("proposal", "新列入名单的人选", proposal, ("proposed",)),
    ("noticed_nominees", "本次公示的人选", noticed_nominees, ()),
    ("approval", "审定通过的人选", approval, ("approved",)),
    ("winners", "授予称号的人员", winners, ()),
)
ADDRESSERS = tuple(Addresser(*finder) for finder in _FINDERS)
