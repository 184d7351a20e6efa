"""The letters that the house sends, and what may stand in each: who writes a text chooses from here and need not know the code.

A letter is sent by a service under a name; the package's text of that name goes out. A text that is named like a step tells of new
work there (`app.services.letter_texts`). The samples are those of one invented case, for previews.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FOLDER = "messages/"


@dataclass(frozen=True)
class Place:
    """What is filled into a text: its name in braces, what people call it, how it looks in the sample case."""

    name: str
    title: str
    sample: str


@dataclass(frozen=True)
class Letter:
    """A letter that the house sends: when it goes out, and the names of what may stand in it beside `COMMON`."""

    when: str
    places: tuple[str, ...] = ()


PLACES: Mapping[str, Place] = {
    name: Place(name, title, sample)
    for name, title, sample in (
        ("recipient", "收件人", "周明远"),
        ("case_number", "办件编号", "TJ2026-0001"),
        ("nominee", "候选人", "李建国"),
        ("link", "办理网址", "https://gongjiang.example/work-items/1"),
        ("system", "系统名称", "临空港工匠评选系统"),
        ("step", "环节", "资格初审"),
        ("due", "期限", "2026年12月1日"),
        ("days_late", "超期天数", "2"),
        ("count", "件数", "3"),
        ("lines", "办件清单", "· 资格初审：李建国\n· 资格初审：王秀兰"),
        ("opinion", "退回意见", "请补充近三年的社保缴费证明。"),
        ("by_unit", "退回的单位", "径河街道办事处"),
        ("by", "经办人", "区人社局 · 陈立"),
        ("reason", "理由", "工作调动"),
        ("unit", "推荐单位", "武汉某某制造有限公司"),
        ("round_title", "轮次名称", "第一届“临空港工匠”评选"),
        ("notice_start", "公示开始日期", "2026-11-02"),
        ("notice_end", "公示结束日期", "2026-11-09"),
        ("document_number", "文号", "东发〔2026〕12号"),
        ("honor", "称号", "临空港工匠"),
        ("serial", "证书编号", "LKGGJ2026001"),
        ("opens", "申报开始日期", "2026-03-02"),
        ("closes", "申报截止日期", "2026-03-27"),
        ("basis", "撤销依据", "东发〔2027〕3号"),
        ("replacement", "新证书编号", "LKGGJ2026011"),
        ("session", "届次", "第一届“临空港工匠”"),
        ("people", "人选", "李建国等10名同志"),
    )
}
COMMON = ("recipient", "case_number", "nominee", "link", "system")
"""What every letter may say (`app.services.letters`)."""
STEP = Letter("有新任务到这一步时，发给办理人", ("step", "due", "count"))
LETTERS: Mapping[str, Letter] = {
    "todo": Letter("有新的待办时，发给办理人", ("step", "due")),
    "todo_many": Letter("一次有几件新的待办时，发给办理人", ("count", "lines")),
    "due_soon": Letter("待办快到期时，发给办理人", ("step", "due")),
    "due_soon_many": Letter("有几件待办快到期时，发给办理人", ("count", "lines")),
    "overdue": Letter("待办超期后，发给办理人", ("step", "due", "days_late")),
    "overdue_many": Letter("有几件待办超期后，发给办理人", ("count", "lines")),
    "returned": Letter("办件退回推荐单位或候选人时", ("step", "opinion", "due", "by_unit")),
    "sent_back": Letter("办件退回前面的经办人时", ("step", "opinion", "due", "by_unit")),
    "transferred": Letter("待办转给另一个人时，发给接手的人", ("step", "by", "reason")),
    "reminded": Letter("有人催办时，发给办理人", ("step", "by")),
    "consent": Letter("推荐单位推荐以后，请候选人确认", ("unit", "due")),
    "qualified": Letter("通过资格审查后，告知候选人"),
    "shortlisted": Letter("入围考察后，告知候选人"),
    "notice_opened": Letter("公示开始时，告知候选人", ("notice_start", "notice_end")),
    "titled": Letter("授予称号的决定印发后，告知获奖人", ("document_number",)),
    "paid": Letter("奖金发放后，告知获奖人", ("round_title",)),
    "rejected": Letter("推荐没有通过审核时，告知候选人", ("round_title", "opinion", "by_unit")),
    "not_selected": Letter("没有入选时，告知候选人", ("round_title",)),
    "withdrawn": Letter("撤回申报后，告知候选人", ("round_title",)),
    "disqualified": Letter("取消资格后，告知候选人", ("round_title",)),
    "cancelled": Letter("评选取消后，告知候选人", ("round_title",)),
    "nominations_opened": Letter("开放申报后，告知推荐单位、街道（产业办）和工会", ("round_title", "opens", "closes")),
    "lapsed": Letter("推荐逾期失效后，告知候选人", ("round_title",)),
    "panel_invited": Letter("抽取专家后，请专家承诺", ("round_title", "due")),
    "objection_received": Letter("收到异议时，发给受理人", ("due",)),
    "certificate_revoked": Letter("证书撤销后，告知持有人", ("honor", "serial", "basis")),
    "certificate_reissued": Letter("证书补发后，告知持有人", ("honor", "serial", "replacement")),
    "notice_draft": Letter("不发送：公示稿里先写好的文字", ("session", "honor", "count")),
    "notice_draft_again": Letter("不发送：递补人选公示稿里先写好的文字", ("session", "honor", "count")),
    "approval_request": Letter("不发送：请示里先写好的文字", ("session", "honor", "people")),
    "decision_draft": Letter("不发送：决定稿里先写好的文字", ("session", "honor", "people")),
}
"""By the name under which a service sends it."""
FILLS_A_FORM = frozenset({"notice_draft", "notice_draft_again", "approval_request", "decision_draft"})
"""Nobody receives these, so they have no reader to address."""


def letter_of(name: str, *, steps: Mapping[str, str], declared: Mapping[str, list[str]]) -> Letter | None:
    """Return the letter for which a text of this name is taken; None when nobody sends one.

    `steps` are the package's user tasks (id to name), `declared` is what its manifest lists under `notifications`.
    """
    if name in LETTERS:
        known = LETTERS[name]
        return Letter(known.when, tuple(dict.fromkeys((*known.places, *declared.get(name, ())))))
    if name in steps:
        title = f"有新任务到“{steps[name]}”时，发给办理人"
        return Letter(title, tuple(dict.fromkeys((*STEP.places, *declared.get(name, ())))))
    return Letter("由本流程的业务发送", tuple(declared[name])) if name in declared else None


def places_in(name: str, letter: Letter | None, *, steps: Mapping[str, str]) -> tuple[Place, ...]:
    """Return what may stand in a text, with samples; a step's own text names that step in its sample."""
    names = (*(() if name in FILLS_A_FORM else COMMON), *(letter.places if letter else ()))
    found = [PLACES.get(one) or Place(one, one, f"〔{one}〕") for one in dict.fromkeys(names)]
    return tuple(Place("step", one.title, steps[name]) if one.name == "step" and name in steps else one for one in found)
