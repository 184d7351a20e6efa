"""Second act: streets, the union, the bureau's two reviewers and the departments look at every nomination."""

from collections import Counter

from app.cli.rehearsal import values
from app.cli.rehearsal.cast import Cast, Entry, is_over_age
from app.cli.samples import files, people
from app.domain.actors import Role


def first_review(cast: Cast) -> int:
    """Let streets and industry offices review; one nomination goes back to be completed."""
    cast.clock.forward(9)
    for entry in _by_office(cast):
        clerk = cast.office(entry.nominee, Role.OFFICE_CLERK)
        today = cast.clock.today
        if entry.nominee.part == "preliminary_return":
            opinion = "身份证复印件缺反面，职工代表大会记录没有到会人数。请一次性补齐后重新提交。"
            clerk.do("初审", values.preliminary(today, opinion), about=entry.number, decide="preliminary_decision=return")
            _supplement(cast, entry, "初审退回补正")
        opinion = "到岗位核实，本人在一线操作，材料齐全，单位公示手续完备，同意上报。"
        clerk.do("初审", values.preliminary(today, opinion), about=entry.number, decide="preliminary_decision=accept")
    _withdraw(cast)
    return len(_by_office(cast))


def _by_office(cast: Cast) -> list[Entry]:
    return [entry for entry in cast.running if entry.nominee.channel != "union"]


def _supplement(cast: Cast, entry: Entry, kind: str) -> None:
    """The unit mends what was said and sends it again; the form shows what was filled in before."""
    sheet = lambda field: None if field == "expert_references" else files.material(entry.nominee, field)  # noqa: E731
    nominator = cast.nominator(entry.nominee)
    nominator.do("补正材料", {"unit_declaration": True}, about=entry.number, files=sheet)
    cast.note(kind, entry, "单位按一次性告知补齐材料后重新提交。")


def _withdraw(cast: Cast) -> None:
    entry = cast.with_part("withdraws")
    if entry is None:
        return
    path = f"/cases/{entry.case_id}/actions/withdraw"
    page = entry.person.get(path)
    form = page.form(having="reason")
    form.fill({"reason": "本人即将调往外地工作，不再参加本届评选。"})
    entry.person.post(form.action or path, dict(form.data), expect=(302, 303))
    entry.out = "withdrawn"
    cast.note("本人撤回", entry, "候选人在公示前撤回申报。")


def rank_within_quota(cast: Cast) -> int:
    """Let the leaders of the offices rank within their quota, and the union review what came through it."""
    cast.clock.forward(10)
    places: Counter[str] = Counter()
    parents = {unit.code: unit.parent or "" for unit in people.units()}
    for entry in sorted(_by_office(cast), key=lambda one: -one.nominee.quality):
        office = parents[entry.nominee.employer]
        places[office] += 1
        wanted = {"recommendation_rank": str(places[office]), "opinion": f"经集体研究，同意推荐，列第{places[office]}位。"}
        leader = cast.office(entry.nominee, Role.OFFICE_LEADER)
        leader.do("审核排序", wanted, about=entry.number, decide="rank_decision=accept", files=values.any_paper("推荐报告"))
    union = cast.role(Role.UNION_CLERK)
    others = [entry for entry in cast.running if entry.nominee.channel == "union"]
    for place, entry in enumerate(others, start=1):
        union.do("工会审核", values.union_review(place), about=entry.number, decide="union_decision=accept")
    return len(cast.running)


def second_review(cast: Cast) -> int:
    """Let two people of the bureau check every clause; one goes back, two are rejected with a reason."""
    cast.clock.forward(12)
    for entry in list(cast.running):
        if entry.nominee.part == "review_return":
            _return_for_proof(cast, entry)
        _judge(cast, entry)
    return len(cast.running)


def _return_for_proof(cast: Cast, entry: Entry) -> None:
    opinion = "技能等级证书扫描件模糊，编号无法辨认；重大危险源核销文件没有附上。请补正。"
    wanted = values.eligibility(failed={"E5": "证书编号无法辨认，请重新扫描"}, certificate="none", opinion=opinion)
    cast.role(Role.BUREAU_HANDLER).do("复核（经办）", wanted, about=entry.number, decide="first_review_decision=return")
    second = cast.role(Role.SECOND_REVIEWER)
    second.do("复核（第二人）", {"opinion": opinion}, about=entry.number, decide="re_review_decision=return")
    _supplement(cast, entry, "复核退回补正")


def _judge(cast: Cast, entry: Entry) -> None:
    failed = judge_first(cast, entry)
    opinion = judge_second(cast, entry)
    if failed:
        entry.out = "rejected"
        cast.note("复核驳回", entry, opinion)


def judge_first(cast: Cast, entry: Entry) -> bool:
    """Let the bureau's handler check every clause; tell whether one is not met."""
    failed, certificate = _doubts(cast, entry)
    wanted = values.eligibility(failed=failed, certificate=certificate, opinion=_verdict(failed))
    decision = "reject" if failed else "pass"
    cast.role(Role.BUREAU_HANDLER).do(
        "复核（经办）",
        wanted,
        about=entry.number,
        decide=f"first_review_decision={decision}",
        files=values.any_paper("证书查询结果"),
    )
    return bool(failed)


def judge_second(cast: Cast, entry: Entry) -> str:
    """Let the second reviewer agree; return the opinion."""
    failed, _ = _doubts(cast, entry)
    decision = "reject" if failed else "pass"
    second = cast.role(Role.SECOND_REVIEWER)
    second.do("复核（第二人）", {"opinion": _verdict(failed)}, about=entry.number, decide=f"re_review_decision={decision}")
    return _verdict(failed)


def _doubts(cast: Cast, entry: Entry) -> tuple[dict[str, str], str]:
    if entry.nominee.facts.get("certificate_level", 1) > 1:
        return {"E5": "证书编号第16位为2，联网查询为技师，未达到高级技师"}, "mismatch"
    if is_over_age(entry.nominee, cast.clock.today):
        return {"E7": "截止日已满法定退休年龄，属返聘人员"}, "match"
    return {}, "match"


def _verdict(failed: dict[str, str]) -> str:
    return f"不符合参评条件：{next(iter(failed.values()))}。" if failed else "逐条核对，证书联网查询一致，符合参评条件。"


def joint_check(cast: Cast) -> int:
    """Let every department answer for every nominee; one objection is decided by the leader of the bureau."""
    cast.clock.forward(15)
    flagged = cast.with_part("department_objection")
    flagged = flagged if flagged in cast.running else None
    waiting = {entry.number for entry in cast.running}
    answered = 0
    for code in values.CHECKED[: cast.departments]:
        checker = cast.role(Role.DEPARTMENT_CHECKER, code)
        for todo in checker.todos("部门联审"):
            if todo.number in waiting:
                objects = flagged is not None and todo.number == flagged.number and code == "DXH-GAJ"
                checker.complete(
                    todo.item_id, _reply(objects, code, answered), decide=f"opinion={'objection' if objects else 'no_objection'}"
                )
                answered += 1
    if flagged is not None:
        _decide_objection(cast, flagged)
    return answered


def _reply(objects: bool, code: str, turn: int) -> dict[str, str]:
    note = "2025年11月因殴打他人受到行政处罚，处罚决定已生效。" if objects else ""
    return {"reply_note": note, "doc_no": f"{code[4:]}函〔2026〕{turn + 1}号"}


def _decide_objection(cast: Cast, entry: Entry) -> None:
    opinion = "公安机关的处罚决定在有效期内，不符合E10“无违法违纪”的条件，不予通过。"
    leader = cast.role(Role.BUREAU_LEADER)
    leader.do("研究部门异议", {"opinion": opinion}, about=entry.number, decide="flagged_decision=reject")
    entry.out = "rejected"
    cast.note("部门提出异议", entry, opinion)
