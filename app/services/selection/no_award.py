"""A round in which nobody is given the title: nobody is left, or nobody is fit (宁缺毋滥)."""

from collections.abc import Mapping

from app.domain.errors import DomainError
from app.engine.types import Variable
from app.services.casework.case_work import CaseWork
from app.services.registry import Operation
from app.services.selection.nominees import open_nominees

_ENDINGS: tuple[tuple[str, str, Variable], ...] = (
    ("shortlist_decided", "shortlisted", False),
    ("proposal_decided", "proposed", "no"),
    ("approval_decided", "approved", False),
)
"""What ends a nomination at each place where it waits for the round: the message, and what it carries."""


def count_nominees(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Return how many nominees are still in the race."""
    return len(open_nominees(work))


def close_without_award(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Tell everybody who is still in the race that no title is given this time: each by the message that the case waits for.

    Raises `DomainError` naming somebody whose case waits for nothing that could end it.
    """
    for each in open_nominees(work):
        ending = next((one for one in _ENDINGS if each.waits_for(one[0])), None)
        if ending is None:
            raise DomainError("round.not_ready", f"候选人“{each.nomination.name}”的办件还在办理中，暂时不能结束本届评选。")
        message, name, value = ending
        work.send(message, case_id=each.case_id, payload={name: value}, key=f"no_award:{each.case_id}")
    return None


OPERATIONS = (
    Operation("count_nominees", "清点候选人", "给出还在参评的候选人数。", count_nominees, {}),
    Operation("close_without_award", "告知本届不授予", "告知还在参评的候选人本届不授予称号。", close_without_award, {}),
)
