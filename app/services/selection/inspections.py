"""Inspections at the workplace (domain handbook 1.10)."""

import json

from sqlalchemy import select

from app.domain.fields import Values
from app.engine.types import Variable
from app.persistence.models import Nomination, SiteInspection
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import day, ids, number, refusal, text
from app.services.issuing.file_papers import ask_for
from app.services.registry import Recorder

_ITEMS = ("identity_true", "skill_true", "results_true", "certificates_true", "apprentices_true", "reputation_true")


def record_inspection(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Keep what the inspectors found. Writes the inspection and the nominee's inspection score; the report is made after the commit.

    Refuses fewer inspectors than the plan wants, a day to come, and differences that are not described.
    """
    inspected_on, members = day(values, "inspected_on"), ids(values, "members")
    if inspected_on > work.tx.today:
        raise refusal("inspected_on", "考察日期不能晚于今天。")
    fewest = work.settings.inspection_members
    if len(members) < fewest:
        raise refusal("members", f"考察组不少于{fewest}人，请补选成员。")
    score = number(values, "inspection_score")
    if score is None or not 0 <= score <= 100:
        raise refusal("inspection_score", "考察得分应在0至100分之间。")
    if any(text(values, key) not in ("", "true_all") for key in _ITEMS) and not text(values, "difference_note"):
        raise refusal("difference_note", "有不完全属实的项目，请写明与材料不一致的地方。")
    row = work.tx.session.execute(
        select(Nomination, SiteInspection)
        .outerjoin(SiteInspection, SiteInspection.case_id == Nomination.case_id)
        .where(Nomination.case_id == work.case.id)
    ).one()
    nomination, found = row
    nomination.inspection_score = str(score)
    found = found or SiteInspection(case_id=work.case.id)
    found.inspected_on, found.members_json = inspected_on.isoformat(), json.dumps(members)
    found.score, found.conclusion = str(score), text(values, "inspection_conclusion")
    found.report = text(values, "report_text")
    work.tx.session.add(found)
    ask_for(work, "inspection_report")
    return {}


RECORDERS = (Recorder("record_inspection", "登记考察", "保存考察结果和考察得分。", record_inspection, ()),)
