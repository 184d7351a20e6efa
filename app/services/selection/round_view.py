"""A round as its pages and lists show it: words for stages, outcomes, rules and times. Reads only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from app.domain.actors import Actor, Role, role_title
from app.domain.errors import NotAllowed, NotFound
from app.domain.permissions import BUREAU
from app.domain.ranking import FRONTLINE_YEARS
from app.domain.rounds import DEADLINES, RoundSettings, settings_from_json
from app.domain.scoring import TRIM_FROM
from app.domain.working_days import due_phrase
from app.persistence.queries import access, round_progress, rounds
from app.persistence.queries.round_progress import Count, LateRow, OpenStep
from app.persistence.queries.rounds import RoundHead
from app.services.casework.case_file import outcome_title
from app.services.context import Transaction
from app.services.packages.procedure_cache import LoadedProcedure

CHANNELS = {"employer": "单位推荐", "union": "工会推荐", "self": "社会自荐"}


@dataclass(frozen=True)
class RoundView:
    """A round with its procedure, which knows the titles."""

    head: RoundHead
    loaded: LoadedProcedure
    settings: RoundSettings

    def stage(self, stage_id: str, *, kind: str = "nomination") -> str:
        """Return the title of a stage, the id itself when the package has none of this name."""
        stages = self.loaded.procedure.case_kinds[kind].stages
        return next((stage.title for stage in stages if stage.id == stage_id), stage_id)

    def outcome(self, outcome: str | None, *, kind: str = "nomination") -> str:
        """Return the words for how a case ended, empty while it goes on."""
        return outcome_title(self.loaded, kind, outcome)

    @property
    def now_in(self) -> str:
        """Where the round itself stands."""
        return self.outcome(self.head.outcome, kind="round") or self.stage(self.head.stage, kind="round")


@dataclass
class Side:
    """One line of the funnel by office: how many are in each stage, how many ended without a title."""

    name: str
    stages: Counter[str] = field(default_factory=Counter)
    ended: int = 0

    @property
    def total(self) -> int:
        """All nominations of the line."""
        return self.ended + sum(self.stages.values())


@dataclass(frozen=True)
class Bar:
    """One line of the funnel by stage: how many are there now, and how many came at least so far."""

    title: str
    here: int
    reached: int
    share: int


@dataclass(frozen=True)
class Funnel:
    """Nominations by stage and by office, and how those ended that did."""

    bars: Sequence[Bar]
    columns: Sequence[tuple[str, str]]
    offices: Sequence[Side]
    outcomes: Sequence[tuple[str, int]]
    total: int
    open: int


@dataclass(frozen=True)
class Turn:
    """What has to be done next: by whom, how many, until when, and where the viewer does it."""

    step: str
    who: str
    count: int
    due_at: datetime | None
    mine: int | None


def open_round(tx: Transaction, *, round_id: int) -> RoundView:
    """Return a round ready for showing (one statement, two the first time). `NotFound` without it."""
    head = rounds.head(tx.session, round_id=round_id)
    if head is None:
        raise NotFound("round.unknown", "没有找到这个评选轮次。请从轮次列表重新进入。")
    loaded = tx.context.procedures.get(tx.session, head.version_id)
    return RoundView(head, loaded, settings_from_json(head.settings))


def refuse_party(tx: Transaction, *, actor: Actor, round_id: int) -> None:
    """Raise `NotAllowed` for who is nominated in a round, or nominated in it, whatever second role they have (one statement).

    Who judges, and how, is told to nobody who competes (domain handbook 1.8).
    """
    if access.takes_part_in(tx.session, actor=actor, round_id=round_id):
        raise NotAllowed("round.party", "您本人或您单位推荐的人选参加这一轮评选，专家组、评分和排序不归您查看。")


def funnel(view: RoundView, counts: Sequence[Count]) -> Funnel:
    """Return the counts of `round_progress.counts` along both sides; somebody who was titled counts as having come to the end."""
    stages = view.loaded.procedure.case_kinds["nomination"].stages
    order = {stage.id: place for place, stage in enumerate(stages)}
    here: Counter[str] = Counter()
    reached: Counter[int] = Counter()
    ends: Counter[str] = Counter()
    sides: dict[int | None, Side] = {}
    for each in counts:
        side = sides.setdefault(each.office_id, Side(each.office or "尚未确定"))
        for place in range(order.get(each.stage, 0) + 1):
            reached[place] += each.count
        if each.outcome is None or each.outcome == "paid":
            here[each.stage] += each.count
            side.stages[each.stage] += each.count
        else:
            ends[each.outcome] += each.count
            side.ended += each.count
    total = sum(each.count for each in counts)
    bars = [
        Bar(stage.title, here[stage.id], reached[place], round(100 * reached[place] / total) if total else 0)
        for place, stage in enumerate(stages)
        if stage.id != "returned" or here[stage.id]
    ]
    columns = [(stage.id, stage.title) for stage in stages if here[stage.id]]
    named = sorted(sides.items(), key=lambda item: (item[0] is None, item[1].name))
    outcomes = [(view.outcome(outcome), count) for outcome, count in ends.most_common()]
    return Funnel(bars, columns, [side for _, side in named], outcomes, total, total - ends.total())


def turns(steps: Sequence[OpenStep]) -> list[Turn]:
    """Return the open steps of a round, those of the round itself first; people of one step are counted together."""
    merged: dict[tuple[bool, str, str], Turn] = {}
    for step in steps:
        title = role_title(step.role)
        key = (step.of_round, step.step, step.role)
        before = merged.get(key)
        if before is None:
            merged[key] = Turn(step.step, title, step.count, step.due_at, step.mine)
        else:
            due = min((each for each in (before.due_at, step.due_at) if each is not None), default=None)
            merged[key] = Turn(step.step, title, before.count + step.count, due, before.mine or step.mine)
    return list(merged.values())


def rule(settings: RoundSettings) -> list[str]:
    """Return the rule of the ranking in words (domain handbook 1.9), as the plan of the round has it."""
    share = Decimal(settings.inspection_share) * 100
    indexes = "、".join(f"{index.name}{index.points}分" for index in settings.indexes)
    names = {index.code: f"“{index.name}”平均分" for index in settings.indexes} | {FRONTLINE_YEARS: "一线工作年限"}
    ties = "、".join(names.get(criterion, criterion) for criterion in settings.tie_break)
    return [
        f"每位专家独立打分，满分100分：{indexes}。",
        f"有效评分表不少于{TRIM_FROM}份的，去掉一个最高总分和一个最低总分后取平均；不足{TRIM_FROM}份的直接取平均；"
        f"少于{settings.minimum_sheets}份的不计分。",
        "回避的专家不打分，不按0分计。",
        f"综合得分＝专家评审得分×{100 - share:.0f}%＋实地考察得分×{share:.0f}%。",
        f"按未经四舍五入的得分排序，页面显示两位小数。得分相同的，依次比较{ties}；仍相同的由评审委员会投票确定。",
    ]


def late_rows(tx: Transaction, *, actor: Actor, round_id: int) -> list[LateRow]:
    """Return who is late with what (two statements); who the experts are is told to nobody but those who work with the panel."""
    rows = round_progress.late(tx.session, round_id=round_id, now=tx.now)
    knows = actor.has(*BUREAU, Role.SUPERVISOR, Role.CONVENER)
    if knows and any(row.role == Role.EXPERT for row in rows):
        knows = not access.takes_part_in(tx.session, actor=actor, round_id=round_id)
    return [row if knows or row.role != Role.EXPERT else replace(row, person="", unit="") for row in rows]


def late_phrase(tx: Transaction, due_at: datetime) -> str:
    """Return how long something is overdue, in working days."""
    calendar = tx.context.calendars.get(tx.session, now=tx.now)
    return due_phrase(calendar.remaining(tx.now, due_at))


def moments(deadlines: Mapping[str, datetime]) -> list[tuple[str, str, datetime]]:
    """Return the deadlines of a round as (name, title, moment) in order of time."""
    return sorted(((name, DEADLINES.get(name, name), moment) for name, moment in deadlines.items()), key=lambda each: each[2])


def progress_of(tx: Transaction, view: RoundView) -> Funnel:
    """Return the funnel of a round (one statement)."""
    return funnel(view, round_progress.counts(tx.session, round_id=view.head.id))
