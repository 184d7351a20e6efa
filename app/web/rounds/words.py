"""Words for what the rows of a round hold as codes."""

from app.domain.certificates import STATE_TITLES
from app.services.issuing.file_paper_kinds import KINDS
from app.services.selection import payments

BODIES = {"party_group": "局党组会", "executive": "区政府常务会议", "standing_committee": "区委常委会会议"}
DECISIONS = {"agree": "同意", "agree_in_principle": "原则同意", "defer": "缓议", "disagree": "不同意"}
NOTICES = {"draft": "起草中", "published": "公示中", "closed": "已结束"}
DOCUMENTS = {"decision": "决定", **{kind.name: kind.title for kind in KINDS.values()}}
DOCUMENT_STATES = {"making": "正在生成", "draft": "起草中", "signed": "已签发", "issued": "已印发", "void": "已作废"}
FUNDS = payments.FUNDS
BATCHES = {"draft": "待复核", "checked": "已复核", "settled": "已发放", "returned": "已退回"}
CERTIFICATES = STATE_TITLES
MEMBERS = {"drawn": "已抽中，尚未承诺", "accepted": "已承诺", "declined": "不能参加", "reserve": "候补", "called": "候补递补"}
RECUSALS = {"found": "系统查出", "declared": "本人申报", "requested": "他人申请", "ordered": "组织决定"}
SORTS = {
    "number": "办件编号",
    "name": "姓名",
    "employer": "工作单位",
    "office": "街道（产业办）",
    "stage": "环节",
    "since": "进入环节的时间",
}


def of(table: dict[str, str], code: str) -> str:
    """Return the words for a code; a dash for a code that only a newer version knows."""
    return table.get(code, "—")
