"""Score sheets, the ranking of the panel, and the final score (domain handbook 1.9)."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import bindparam, literal, select, union_all

from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed
from app.domain.fields import Values
from app.domain.ranking import Ranked, Standing, rank, shortlist_size
from app.domain.scoring import ScoreSheet as Sheet
from app.domain.scoring import (
    ScoringIndex,
    check_sheet,
    combined,
    deviation_needs_reason,
    index_means,
    sheet_total,
    trimmed_mean,
)
from app.engine.types import Variable
from app.persistence.models import Recusal, ScoreSheet, WorkItem
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import day, group, number, refusal, text
from app.services.issuing.file_papers import ask_for
from app.services.registry import Operation, Recorder
from app.services.selection.nominees import Nominee, open_nominees

SCORE = "score_"
_TOTALS = union_all(
    select(ScoreSheet.expert_id, ScoreSheet.total).where(ScoreSheet.case_id == bindparam("case_id")),
    select(Recusal.user_id, literal("")).where(
        Recusal.case_id == bindparam("case_id"), Recusal.user_id == bindparam("expert_id")
    ),
)
"""Built once: all experts of a round ask this on the same days."""


def indexes_of(work: CaseWork) -> list[ScoringIndex]:
    """Return the scoring indexes of the round."""
    return [ScoringIndex(each.code, each.name, Decimal(each.points), each.help) for each in work.settings.indexes]


def record_score_sheet(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Lock an expert's sheet. A total far off the median of the others needs a reason, and is not refused with one.

    Writes the sheet. Refuses an incomplete sheet, a second one, and an expert who is recused.
    """
    session, case_id, expert_id = work.tx.session, work.case.id, work.item_id
    scores = {index.code: number(group(values, SCORE + index.code), "points") for index in indexes_of(work)}
    try:
        checked = check_sheet(scores, indexes=indexes_of(work))
    except InvalidValues as error:
        fields = {f"{SCORE}{code}-points": sentence for code, sentence in error.fields.items()}
        raise InvalidValues(error.code, error.message, fields=fields) from None
    earlier = _totals(work, case_id, expert_id)
    total = sheet_total(Sheet(expert_id, checked))
    reason = text(values, "deviation_reason")
    if not reason and deviation_needs_reason(total, totals=earlier, limit=Decimal(work.settings.deviation_limit)):
        raise refusal("deviation_reason", "总分与其他专家相差较大，请核对；无需修改的，请写明理由后再提交。")
    session.add(
        ScoreSheet(
            case_id=case_id,
            expert_id=expert_id,
            round_id=work.the_round.id,
            scores_json=json.dumps({code: str(score) for code, score in checked.items()}),
            total=str(total),
            comment="\n".join(filter(None, (text(values, "comment"), f"偏差理由：{reason}" if reason else ""))),
            submitted_at=work.tx.now,
        )
    )
    return {}


def expert_may_leave(work: CaseWork, item: WorkItem, remaining: int) -> None:
    """Refuse to go on without an expert before the time for scoring is over, and with fewer experts than sheets are needed.

    Who has scored stays: only those who let their time pass are taken out, so that nobody chooses among the judges
    (domain handbook 1.8). Raises `Conflict`. Writes nothing.
    """
    if item.due_at is not None and work.tx.now <= item.due_at:
        raise Conflict("score.in_time", "评分期限还没有到，不能减去这位专家。请先催办，到期仍未评分的再减签。")
    fewest = work.settings.minimum_sheets
    if remaining < fewest:
        raise Conflict("score.too_few", f"减去后只剩{remaining}名专家评分，少于方案规定的{fewest}份评分表。请催办这位专家。")


def _totals(work: CaseWork, case_id: int, expert_id: int) -> list[Decimal]:
    """Return the totals of the sheets so far (one statement). Refuses who is recused, and who has a sheet already."""
    rows = work.tx.session.execute(_TOTALS, {"case_id": case_id, "expert_id": expert_id}).all()
    if any(not total for _, total in rows):
        raise NotAllowed("score.recused", "您已回避这位候选人，不能评分。")
    if any(other == expert_id for other, _ in rows):
        raise Conflict("score.locked", "您已提交这位候选人的评分，提交后不能修改。")
    return [Decimal(total) for _, total in rows]


def sheets_of(work: CaseWork) -> dict[int, list[Sheet]]:
    """Return the sheets of the round by case (one statement)."""
    rows = work.tx.session.execute(
        select(ScoreSheet.case_id, ScoreSheet.expert_id, ScoreSheet.scores_json).where(ScoreSheet.round_id == work.the_round.id)
    )
    sheets: dict[int, list[Sheet]] = defaultdict(list)
    for case_id, expert_id, scores in rows:
        sheets[case_id].append(Sheet(expert_id, {code: Decimal(score) for code, score in json.loads(scores).items()}))
    return sheets


def rank_nominees(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Rank the nominees by trimmed mean and mark who is inspected. Writes score, rank, explanation and shortlist mark.

    Raises `DomainError` naming the nominee who has too few sheets.
    """
    nominees, sheets = open_nominees(work), sheets_of(work)
    for each in nominees:
        totals = [sheet_total(sheet) for sheet in sheets[each.case_id]]
        try:
            each.nomination.expert_score = str(trimmed_mean(totals, fewest=work.settings.minimum_sheets))
        except DomainError as error:
            raise DomainError(error.code, f"候选人“{each.nomination.name}”：{error.message}") from None
    ranked = _rank(work, nominees, sheets, scores={each.case_id: Decimal(each.nomination.expert_score or 0) for each in nominees})
    size = shortlist_size(work.settings.winners, ratio=Decimal(work.settings.shortlist_ratio))
    for nominee in nominees:
        place = ranked[nominee.case_id]
        nominee.nomination.rank, nominee.nomination.rank_note = place.rank, place.explanation
        nominee.nomination.shortlisted = place.rank <= size
    return None


def combine_scores(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Combine expert and inspection scores of those who were inspected, and rank anew.

    Writes final score, rank, explanation; the summary of all scores is made after the commit.
    """
    nominees = [each for each in open_nominees(work) if each.nomination.shortlisted and each.nomination.inspection_score]
    share, scores = Decimal(work.settings.inspection_share), {}
    for each in nominees:
        row = each.nomination
        scores[each.case_id] = combined(
            Decimal(row.expert_score or 0), inspection=Decimal(row.inspection_score or 0), inspection_share=share
        )
        row.final_score = str(scores[each.case_id])
    ranked = _rank(work, nominees, sheets_of(work), scores=scores)
    for each in nominees:
        each.nomination.rank, each.nomination.rank_note = ranked[each.case_id].rank, ranked[each.case_id].explanation
    ask_for(work, "score_summary")
    return None


def _rank(
    work: CaseWork, nominees: Sequence[Nominee], sheets: Mapping[int, Sequence[Sheet]], *, scores: Mapping[int, Decimal]
) -> dict[int, Ranked]:
    standings = [
        Standing(
            candidate_id=each.case_id,
            score=scores[each.case_id],
            index_means=index_means(sheets[each.case_id]),
            frontline_years=Decimal(each.nomination.frontline_years),
        )
        for each in nominees
    ]
    titles = {index.code: index.name for index in indexes_of(work)}
    ranked = rank(standings, tie_break=work.settings.tie_break, titles=titles)
    return {place.candidate_id: place for place in ranked}


def record_ranking_opinion(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Accept the panel's opinion; the submission is the record. Refuses a meeting in the future. Writes nothing."""
    if day(values, "meeting_on") > work.tx.today:
        raise refusal("meeting_on", "评审会日期不能晚于今天。")
    return {}


OPERATIONS = (
    Operation("rank_nominees", "计算排名", "按去掉最高最低分后的平均分排名，标出入围考察人选。", rank_nominees, {}),
    Operation("combine_scores", "综合成绩", "按方案的比例合并评审和考察成绩，重新排名。", combine_scores, {}),
)
RECORDERS = (
    Recorder("record_score_sheet", "登记评分", "保存并锁定一名专家的评分表。", record_score_sheet, (), expert_may_leave),
    Recorder("record_ranking_opinion", "确认排序", "核对评审会日期。", record_ranking_opinion, ()),
)
