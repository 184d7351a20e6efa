"""Fourth act: the list, the notice, two objections of which one is upheld, the substitute and the second notice."""

import re
from dataclasses import dataclass

from app.cli.rehearsal import values
from app.cli.rehearsal.cast import Cast, Entry
from app.cli.rehearsal.pages import Misstep
from app.domain.actors import Role

NOTICE_DAY = 32
"""Working days from the first day until the first notice goes out."""


def propose(cast: Cast) -> int:
    """Make the list of as many people as there are places left, best first, and let the party group agree."""
    cast.clock.forward(max(30, cast.clock.offset))
    handler = cast.role(Role.BUREAU_HANDLER)
    sheet = handler.get(f"/work-items/{handler.find('拟定名单').item_id}")
    offered = sheet.form(having="token").choices("nominees")
    by_case = {str(entry.case_id): entry for entry in cast.running}
    standing = [entry for entry in cast.proposed if not entry.out]
    chosen = [by_case[case_id] for case_id in list(offered.values())[: cast.winners - len(standing)]]
    kind = "递补名单" if cast.proposed else "名单"
    wanted = {"nominees": [str(entry.case_id) for entry in chosen], "opinion": f"按综合成绩由高到低拟定{kind}。"}
    handler.complete(sheet, wanted, decide="listing=propose")
    cast.proposed = [*standing, *chosen]
    agenda = f"审议“临空港工匠”拟入选人员{kind}"
    number = 4 + len(cast.notices)
    wanted = values.meeting(cast.clock.today, number=number, agenda=agenda, place="区人社局党组会议室", chair="局党组书记")
    secretary = cast.role(Role.MEETING_SECRETARY)
    secretary.do("党组会审议", wanted, decide="party_group_decision=agree", files=values.any_paper("党组会纪要"))
    return len(chosen)


def publish(cast: Cast) -> int:
    """Draft the notice, have it reviewed by somebody else, and see it on the public page."""
    cast.clock.forward(max(NOTICE_DAY, cast.clock.offset + 1))
    handler, reviewer = cast.role(Role.BUREAU_HANDLER), cast.role(Role.PUBLICATION_REVIEWER)
    handler.do(
        "起草公示", {"phone": "027-83000000", "address": "武汉市东西湖区吴中街（演示地址）", "supervision_phone": "027-83000001"}
    )
    items = ["id_number", "phone", "address", "bank", "birthday", "score", "photo", "secret"]
    opinion = {"privacy_items": items, "opinion": "逐项查看，没有不宜公开的内容，同意公示。"}
    reviewer.do("公开审查", opinion, decide="notice_decision=publish")
    cast.published = cast.clock.offset
    page = handler.get(f"/rounds/{cast.round_id}")
    found = [int(number) for number in re.findall(r"/public/notices/(\d+)", page.body.decode())]
    cast.notices = sorted(set(found))
    if not cast.notices:
        raise Misstep(who=str(handler), path=page.path, status=page.status, sentence="公示已发布，轮次页面上却没有公示。")
    public = cast.public("市民").get(f"/public/notices/{cast.notices[-1]}")
    shown = [entry for entry in cast.proposed if entry.name in public.text]
    if cast.proposed[-1] not in shown:
        raise Misstep(
            who="市民", path=public.path, status=public.status, sentence=f"公示页面上没有{cast.proposed[-1].name}的姓名。"
        )
    return len(shown)


@dataclass(frozen=True)
class Doubt:
    """An objection: who is meant, what is said, how it ends."""

    entry: Entry
    who: str
    facts: str
    finding: str
    upheld: bool


def object_and_decide(cast: Cast) -> int:
    """Let two citizens object; one objection is dismissed, one upheld."""
    cast.clock.forward(33, 10)
    doubts = [
        Doubt(
            cast.proposed[0], "周女士",
            "听说该同志的操作法是班组集体完成的，公示材料写成个人成果，希望核实署名和完成人名单。",
            "查阅了企业技术档案和成果鉴定书，第一完成人为本人，班组其他成员均有签字确认，反映的情况不属实。", False,
        ),
        Doubt(
            cast.proposed[-1], "何先生",
            "该同志材料中列出的一项专利，登记的发明人不是本人，2024年登记簿可以查到，属于虚报成果。",
            "向专利登记部门查询，登记的发明人共三人，没有候选人本人；企业承认填报有误，反映的情况属实。", True,
        ),
    ]  # fmt: skip
    doubts = doubts if len(cast.proposed) > 1 else doubts[1:]
    for doubt in doubts:
        _hand_in(cast, doubt)
    cast.clock.forward(34)
    for doubt in doubts:
        _decide(cast, doubt)
    return len(doubts)


def _hand_in(cast: Cast, doubt: Doubt) -> None:
    citizen = cast.public(doubt.who)
    path = f"/public/notices/{cast.notices[-1]}/object"
    page = citizen.get(path)
    form = page.form(having="facts")
    label = next(words for words in form.choices("entry") if doubt.entry.name in words)
    form.fill({"entry": label, "kind": "person", "name": doubt.who, "phone": "027-85000000", "facts": doubt.facts})
    answer = citizen.post(form.action or path, dict(form.data), expect=(302, 303))
    receipt = citizen.get(answer.location)
    if receipt.status != 200:
        raise Misstep(who=doubt.who, path=receipt.path, status=receipt.status, sentence="提交异议后没有得到回执。")


def _decide(cast: Cast, doubt: Doubt) -> None:
    handler, name = cast.role(Role.BUREAU_HANDLER), doubt.entry.name
    accepted = {"scope": "person", "summary": doubt.facts, "concrete": "yes", "opinion": "有具体线索，受理并核查。"}
    handler.do("受理异议", accepted, about=name, decide="accepted=yes")
    statement = {"statement": "对反映的事项说明如下：有关成果的完成情况以企业技术档案为准，本人愿意配合核查。"}
    doubt.entry.person.do("听取本人陈述", statement)
    finding = "founded" if doubt.upheld else "unfounded"
    report = {"methods": ["visit", "talk", "papers"], "facts": doubt.finding, "finding": finding}
    cast.role(Role.INVESTIGATOR).do("核查", report, about=name)
    opinion = "核查属实，取消其本届参评资格。" if doubt.upheld else "核查不属实，维持拟入选资格。"
    upheld = "yes" if doubt.upheld else "no"
    cast.role(Role.BUREAU_LEADER).do("作出决定", {"opinion": opinion}, about=name, decide=f"upheld={upheld}")
    reply = {"reply_text": f"您反映的问题已经核查：{doubt.finding}{opinion}感谢您的监督。", "reply_way": "phone",
             "replied_on": cast.clock.today.isoformat()}  # fmt: skip
    handler.do("答复异议人", reply, about=name)
    if doubt.upheld:
        doubt.entry.out = "disqualified"
    cast.note("异议成立" if doubt.upheld else "异议不成立", doubt.entry, opinion)


def end_notice(cast: Cast) -> int:
    """Let the notice run out: the fifth working day after the day of publication ends at midnight."""
    cast.clock.forward(cast.published + 6)
    return len([entry for entry in cast.proposed if not entry.out])


def substitute(cast: Cast) -> int:
    """Fill the place that the upheld objection left, and show the substitute to the public as well."""
    if len([entry for entry in cast.proposed if not entry.out]) == cast.winners:
        return 0
    count = propose(cast)
    publish(cast)
    end_notice(cast)
    cast.note("递补", cast.proposed[-1], "依次递补并重新公示，公示期内没有新的异议。")
    return count
