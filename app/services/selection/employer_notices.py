"""The notice inside the employer: long enough, and over."""

from app.domain.fields import Values
from app.engine.types import Variable
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import day, refusal
from app.services.registry import Recorder
from app.services.selection.rounds import require_open


def record_employer_notice(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Accept the result of the employer's notice when it lasted the working days that the round asks for and has ended.

    The day on which it was put up counts, as in most real notices (domain handbook 1.11). Writes nothing of its own.
    """
    require_open(work)
    start, end = day(values, "notice_start"), day(values, "notice_end")
    if end > work.tx.today:
        raise refusal("notice_end", "公示还没有结束，请在公示期满后再登记结果。")
    if end < start:
        raise refusal("notice_end", "公示结束日期早于开始日期，请核对。")
    least = work.settings.employer_notice_days
    days = work.calendar.working_days_between(start, end) + work.calendar.is_working_day(start)
    if days < least:
        raise refusal("notice_end", f"单位公示不得少于{least}个工作日，从开始到结束只有{days}个工作日。请补足公示时间后再登记。")
    return {}


RECORDERS = (Recorder("record_employer_notice", "登记单位公示", "核对单位公示的天数和结束日期。", record_employer_notice, ()),)
