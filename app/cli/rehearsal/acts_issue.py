"""Fifth act: two meetings, the decision, certificates, money, the archive."""

from app.cli.rehearsal import values
from app.cli.rehearsal.cast import Cast
from app.domain.actors import Role

_BODY = (
    "为弘扬工匠精神，根据《关于进一步加强和推进技能人才培育工作的实施意见》，经基层推荐、专家评审、实地考察、社会公示，"
    "区委、区政府决定授予下列同志“临空港工匠”称号。\n希望受表扬的同志珍惜荣誉、再创佳绩。全区广大职工要以他们为榜样，钻研技能，立足岗位，"
    "为临空港高质量发展贡献力量。"
)


def approve(cast: Cast) -> int:
    """Take the list through both meetings; somebody else compares the minutes."""
    cast.clock.forward(cast.clock.offset)
    request = {
        "body": "经基层推荐、专家评审、实地考察、社会公示，拟授予名单所列同志“临空港工匠”称号，并按标准发放奖金。公示和异议处理情况附后。妥否，请批示。",
        "signatory": "方启明",
        "notice_summary": "公示期间收到实名异议2件，1件不成立、1件成立，已取消资格并递补，递补人选已重新公示，没有新的异议。",
    }
    cast.role(Role.BUREAU_HANDLER).do("报请审定", request, files=values.any_paper("请示附件"))
    secretary = cast.role(Role.MEETING_SECRETARY)
    cast.clock.forward(cast.clock.offset + 1)
    first = values.meeting(cast.clock.today, number=11, agenda="审定“临空港工匠”名单", place="区政府常务会议室", chair="区长")
    secretary.do("区政府常务会议", first, decide="executive_decision=agree", files=values.any_paper("区政府常务会议纪要"))
    cast.clock.forward(cast.clock.offset + 1)
    second = values.meeting(cast.clock.today, number=8, agenda="审定“临空港工匠”名单", place="区委常委会会议室", chair="区委书记")
    secretary.do("区委常委会会议", second, decide="standing_decision=agree", files=values.any_paper("区委常委会会议纪要"))
    checked = {"executive_matches": True, "standing_matches": True, "opinion": "与两份纪要原文核对一致。"}
    cast.role(Role.BUREAU_LEADER).do("核对会议结果", checked, decide="minutes_decision=confirm")
    return 2


def issue(cast: Cast) -> int:
    """Draft, sign and number the decision."""
    cast.clock.forward(cast.clock.offset + 1)
    draft = {"body": _BODY, "addressees": "各街道、各产业办，区直各单位", "cc": "区委办公室、区政府办公室"}
    cast.role(Role.DOCUMENT_OFFICER).do("拟稿", draft)
    signed = {"signatory": "区委书记", "signed_on": cast.clock.today.isoformat(), "org_code": "东发",
              "document_year": str(cast.clock.today.year), "opinion": "同意印发。"}  # fmt: skip
    leader = cast.role(Role.BUREAU_LEADER)
    leader.do("签发登记", signed, decide="signing_decision=sign", files=values.any_paper("签发稿"))
    return 1


def certify(cast: Cast) -> int:
    """Let every winner read of the title and name an account for the prize."""
    cast.clock.forward(cast.clock.offset + 1)
    winners = [entry for entry in cast.proposed if not entry.out]
    for entry in winners:
        account = {"account_name": entry.name, "bank_name": "演示银行东西湖支行", "bank_account": entry.nominee.bank_account}
        entry.person.do("填写收款账户", account, about=entry.number)
    return len(winners)


def pay(cast: Cast) -> int:
    """Make the list of payments, and have it checked by the other office."""
    cast.clock.forward(cast.clock.offset + 1)
    made = {"fund_source": "talent", "budget_line": "人才专项资金—高技能人才奖励", "approval_no": "东财〔2026〕演示1号"}
    cast.role(Role.FINANCE_MAKER).do("编制奖金发放表", made)
    checked = {"checked_items": ["people", "amount", "account", "fund"], "opinion": "人员、金额、账户与决定一致，同意发放。"}
    cast.role(Role.FINANCE_CHECKER).do("复核发放表", checked, decide="payment_decision=pass")
    for entry in cast.proposed:
        if not entry.out:
            entry.out = "paid"
    return len([entry for entry in cast.proposed if entry.out == "paid"])


def archive(cast: Cast) -> int:
    """Close the file of the round."""
    cast.clock.forward(cast.clock.offset + 2)
    items = ["basis", "nominations", "reviews", "panel", "inspections", "notice", "meetings", "decision", "payments"]
    wanted = {"archive_no": f"RS-{cast.clock.today.year}-Y-001", "retention": "permanent", "items": items, "volumes": "6",
              "place": "区人社局档案室"}  # fmt: skip
    cast.role(Role.ARCHIVIST).do("归档", wanted)
    return 1
