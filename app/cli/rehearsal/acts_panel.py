"""Third act: the panel is drawn, promises, recuses itself where it must, scores; those in front are visited at work."""

from decimal import Decimal

from app.cli.rehearsal import chance, values
from app.cli.rehearsal.browser import Person
from app.cli.rehearsal.cast import Cast, Entry
from app.cli.rehearsal.pages import Misstep
from app.cli.samples import people
from app.domain.actors import Role
from app.domain.draw import PoolMember, draw
from app.domain.rounds import RoundSettings
from app.persistence.queries import admin

UNCLE = "zhuanjia.liang"
PANEL = RoundSettings().panel_size
RESERVES = RoundSettings().panel_reserves
_COMMENTS = (
    "技艺扎实，解决的是生产中的真问题，效益有据可查。",
    "操作法有独到之处，建议进一步形成标准推广。",
    "带徒成效突出，创新成果与岗位结合紧密。",
    "材料翔实，业绩贡献明显，荣誉层次有待提高。",
    "长期坚守一线，口碑好，创新还可以更系统。",
)


def draw_experts(cast: Cast) -> int:
    """Draw the panel under the eyes of the supervisor."""
    cast.clock.forward(20)
    handler, supervisor = cast.role(Role.BUREAU_HANDLER), cast.role(Role.SUPERVISOR)
    seed = _seed(cast)
    wanted = {"seed": seed, "seed_source": "监督员当场摇号", "witnesses": "区纪委监委石磊，区总工会陈秀英"}
    handler.do("抽取专家组", wanted)
    confirmed = {"confirmed_items": ["seed", "pool", "exclusion", "order"], "opinion": "抽取过程公开、可复核，结果有效。"}
    supervisor.do("监督抽取", confirmed, decide="draw_decision=confirm")
    cast.panel = _drawn(cast, supervisor)
    return PANEL


def _drawn(cast: Cast, supervisor: Person) -> list[str]:
    """Return the user names of those whom the page of the panel names as drawn, in the order of the samples."""
    page = supervisor.get(f"/rounds/{cast.round_id}/panel")
    rows = page.tree.xpath("//section[@aria-labelledby='members-title']//tbody/tr")
    names = [
        row.xpath("string(td[1])").strip() for row in rows if row.xpath("string(td[@data-label='状态'])").startswith("已抽中")
    ]
    drawn = [one.username for one in people.expert_accounts() if one.name in names]
    if not len(drawn) == len(names) == PANEL:
        raise Misstep(
            who=str(supervisor), path=page.path, status=page.status, sentence=f"应抽中{PANEL}名专家，实际{len(names)}名。"
        )
    return drawn


def _seed(cast: Cast) -> str:
    """Return the first seed of this rehearsal by which the uncle of a nominee is drawn: the play needs somebody to be found."""
    ids = expert_ids(cast)
    pool = [PoolMember(user_id, f"E{user_id:06d}") for user_id in ids.values()]
    wanted = cast.with_part("uncle")
    for turn in range(1, 1000):
        seed = f"LK{cast.clock.first:%Y%m%d}-{cast.seed}-{turn}"
        chosen = draw(pool, seed=seed, size=PANEL, reserves=RESERVES).selected
        if wanted is None or ids[UNCLE] in chosen:
            return seed
    raise AssertionError("a panel of seven out of fifteen leaves nobody out a thousand times")


def expert_ids(cast: Cast) -> dict[str, int]:
    """Return the ids of the experts' accounts by user name."""
    wanted = {expert.username for expert in people.experts()}
    with cast.context.reading() as tx:
        found = [row for page in (1, 2) for row in admin.accounts(tx.session, q="zhuanjia.", page=page).rows]
    return {row.username: row.id for row in found if row.username in wanted}


def declare(cast: Cast) -> int:
    """Let everybody on the panel promise; one of them recuses themselves."""
    cast.clock.forward(21)
    declared = cast.with_part("declared")
    declared = declared if declared in cast.running else cast.running[-1]
    shy = next(username for username in cast.panel if username != UNCLE)
    for username in cast.panel:
        wanted: dict[str, object] = {"accepted": True}
        if username == shy:
            wanted["recusals"] = [{"nominee": str(declared.case_id), "kind": "co_author", "reason": "去年共同署名一项专利"}]
            cast.note("专家主动回避", declared, f"{cast.staff(username).name}申报与候选人有合作成果。")
        cast.staff(username).do("承诺与回避", wanted)
    return PANEL


def score(cast: Cast, *, half: bool = False) -> int:
    """Let every expert score whoever lies on the own desk; half of the desks when the play stops in the middle."""
    cast.clock.forward(22)
    by_number = {entry.number: entry for entry in cast.running}
    for place, username in enumerate(cast.panel):
        todos = cast.staff(username).todos("专家评分")
        _note_recusals(cast, username, {todo.number for todo in todos})
        if half:
            todos = todos[: len(todos) * (len(cast.panel) - place) // (2 * len(cast.panel))]
        for todo in todos:
            _score_one(cast, cast.staff(username), by_number[todo.number], item_id=todo.item_id)
    return len(cast.sheets)


def _note_recusals(cast: Cast, username: str, numbers: set[str]) -> None:
    uncle = cast.with_part("uncle")
    if username == UNCLE and uncle in cast.running and uncle is not None:
        if uncle.number in numbers:
            raise Misstep(who=username, path="/desk", status=200, sentence=f"{uncle.name}是其近亲属，却分给了他评审。")
        cast.note("系统发现应回避的专家", uncle, f"{cast.staff(username).name}与候选人有近亲属关系，未分给其评审。")


def _score_one(cast: Cast, expert: Person, entry: Entry, *, item_id: int) -> None:
    indexes = [(code, Decimal(points)) for code, points in values.INDEXES]
    points = chance.sheet(
        cast.seed, expert=expert.username, nominee=entry.nominee.key, quality=entry.nominee.quality, indexes=indexes
    )
    typed = chance.as_text(points)
    comment = _COMMENTS[int(chance.share(cast.seed, "comment", expert.username, entry.nominee.key) * len(_COMMENTS))]
    expert.complete(item_id, {**{f"score_{code}-points": text for code, text in typed.items()}, "comment": comment})
    cast.sheets.append({"expert": expert.username, "case": entry.number, "nominee": entry.nominee.key, "scores": typed})


def confirm_ranking(cast: Cast) -> int:
    """Let the chair of the panel confirm the order."""
    cast.clock.forward(24)
    opinion = "专家组经讨论认为，本轮评分独立、客观，排序按方案规则计算，同意按排序确定入围考察人选。"
    wanted = {"meeting_place": "区人社局三楼会议室", "meeting_on": cast.clock.today.isoformat(), "opinion": opinion}
    cast.role(Role.CONVENER).do("确认排序与评审意见", wanted, files=values.any_paper("专家签名页"))
    return len(cast.running)


def inspect(cast: Cast) -> int:
    """Visit those in front; the others hear that it ends here."""
    cast.clock.forward(28)
    inspector = cast.role(Role.INSPECTOR)
    todos = {todo.number: todo.item_id for todo in inspector.todos("实地考察")}
    for entry in list(cast.running):
        if entry.number not in todos:
            entry.out = "not_selected"
            continue
        mark = chance.inspection(cast.seed, nominee=entry.nominee.key, quality=entry.nominee.quality)
        entry.inspection = format(mark.normalize(), "f")
        inspector.complete(
            todos[entry.number], _inspection(cast, entry), decide="inspection_conclusion=recommend",
            files=values.any_paper(f"{entry.name}考察签字页"),
        )  # fmt: skip
    return len(todos)


def _inspection(cast: Cast, entry: Entry) -> dict[str, object]:
    facts = entry.nominee.facts
    items = ("identity", "skill", "results", "certificates", "apprentices", "reputation")
    report = (
        f"考察组到{people.unit_names()[entry.nominee.employer]}，在{facts['post']}岗位现场查看了{entry.name}的操作，"
        f"核对了证书原件和{len(facts['achievements'])}项成果的证明，与班组长、徒弟和财务人员分别谈话。"
        f"一线工作{facts['frontline']}年、带徒{facts['apprentices']}人的情况属实，民主测评满意率98%。"
    )
    return {
        "inspected_on": cast.clock.today.isoformat(),
        "place": people.unit_names()[entry.nominee.employer],
        "members": ["刘建军", "孟凡"],
        "talked_to": "车间主任、班组长、徒弟2人、财务负责人",
        **{f"{item}_true": "true_all" for item in items},
        "inspection_score": entry.inspection,
        "report_text": report,
    }
