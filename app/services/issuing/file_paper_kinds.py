"""The kinds of papers that a round puts into its file, and the delivery that makes them."""

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.actors import Actor, Role
from app.domain.permissions import OVERSEERS
from app.services.context import Transaction
from app.services.issuing.file_papers import PAPER, Kind, make
from app.services.registry import Delivery
from app.services.selection import case_paper_values, round_paper_values

_OFFICE = frozenset({Role.OFFICE_CLERK, Role.OFFICE_LEADER, Role.UNION_CLERK})
# Who sits on the panel is told to nobody but those who work with it before the result (domain handbook 1.8).
_PANEL = frozenset({Role.BUREAU_HANDLER, Role.BUREAU_LEADER, Role.SUPERVISOR, Role.CONVENER, Role.ARCHIVIST})

KINDS = {
    kind.name: kind
    for kind in (
        Kind("round_call", "评选通知", "round-call", OVERSEERS | _OFFICE, round_paper_values.round_call),
        Kind("opinion_letter", "征求意见函", "opinion-letter", OVERSEERS | {Role.DEPARTMENT_CHECKER}, case_paper_values.opinion_letter),
        Kind("department_letter", "征求意见函", "opinion-letter", OVERSEERS, case_paper_values.department_letter, replaces=False),
        Kind("nomination_form", "推荐审批表", "nomination-form", OVERSEERS | _OFFICE, case_paper_values.nomination_form),
        Kind("inspection_report", "考察报告", "inspection-report", OVERSEERS | {Role.INSPECTOR}, case_paper_values.inspection_report),
        Kind("draw_record", "抽取记录", "draw-record", _PANEL, round_paper_values.draw_record, replaces=False),
        Kind("score_summary", "评分汇总表", "score-summary", OVERSEERS | {Role.CONVENER, Role.MEETING_SECRETARY}, round_paper_values.score_summary),
        Kind("request", "请示", "request", OVERSEERS | {Role.MEETING_SECRETARY, Role.DOCUMENT_OFFICER}, round_paper_values.request),
    )
}  # fmt: skip
"""By the name that a row carries as its type."""


def may_read(actor: Actor, kind: str) -> bool:
    """Tell whether somebody who may read a case or round may read its papers of a kind; kinds not named here are the round's own."""
    return kind not in KINDS or actor.has(*KINDS[kind].readers)


def deliver_paper(tx: Transaction, payload: Mapping[str, Any]) -> Callable[[], None]:
    """Make the paper that an entry of the outbox asks for; what is handed back renders it."""
    return make(tx, KINDS[payload["paper"]], payload)


DELIVERIES = (Delivery(PAPER, "归档文书", deliver_paper),)
