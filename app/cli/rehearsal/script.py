"""The play: every stage of a round in order, with what it is called and who acts in it. Read it from top to bottom."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from app.cli.rehearsal import acts_issue, acts_notice, acts_opening, acts_panel, acts_review, acts_spread
from app.cli.rehearsal.cast import Cast


@dataclass(frozen=True)
class Stage:
    """A stage: the word by which `--until` names it, its title, and the function that plays it and says how many it handled."""

    id: str
    title: str
    play: Callable[[Cast], int]


STAGES = (
    Stage("planning", "立项、方案、开放申报", acts_opening.set_up),
    Stage("nominating", "单位和工会推荐", acts_opening.nominate),
    Stage("consent", "本人确认与承诺", acts_opening.confirm),
    Stage("unit_notice", "单位公示", acts_opening.notices_at_work),
    Stage("street_review", "街道（产业办）初审", acts_review.first_review),
    Stage("quota", "名额内排序、工会审核", acts_review.rank_within_quota),
    Stage("bureau_review", "区人社局两人复核", acts_review.second_review),
    Stage("joint_check", "部门联审", acts_review.joint_check),
    Stage("closing", "申报截止", acts_opening.close),
    Stage("panel", "抽取专家组", acts_panel.draw_experts),
    Stage("declaring", "专家承诺与回避", acts_panel.declare),
    Stage("scoring", "专家评分", acts_panel.score),
    Stage("ranking", "确认排序", acts_panel.confirm_ranking),
    Stage("inspecting", "实地考察", acts_panel.inspect),
    Stage("proposing", "拟定名单、党组会", acts_notice.propose),
    Stage("notice", "社会公示", acts_notice.publish),
    Stage("objections", "异议处理", acts_notice.object_and_decide),
    Stage("notice_end", "公示期满", acts_notice.end_notice),
    Stage("substitute", "递补并重新公示", acts_notice.substitute),
    Stage("approving", "两次会议审定", acts_issue.approve),
    Stage("issuing", "签发决定", acts_issue.issue),
    Stage("certificates", "颁证、填写收款账户", acts_issue.certify),
    Stage("payment", "发放奖金", acts_issue.pay),
    Stage("archiving", "归档", acts_issue.archive),
)
NOTICE = "notice"
"""Where a round stops whose list the public is to read."""
IN_THE_MIDDLE = "scoring"
"""The stage of which half is played when the rehearsal stops there: that is where most people have something to do."""


SPREAD = Stage("spread", "推荐办件停在不同环节", acts_spread.stop_everywhere)
"""In place of all others: a round of which every nomination waits at another desk."""


@dataclass(frozen=True)
class Played:
    """A stage that was played: how many it handled, and how long it took."""

    id: str
    title: str
    count: int
    seconds: float


def play(cast: Cast, *, until: str, tell: Callable[[Played], None]) -> list[Played]:
    """Play the stages up to and including `until`; after each the worker does what is due, and `tell` hears of it."""
    done: list[Played] = []
    for stage in STAGES if until != SPREAD.id else (SPREAD,):
        begun = time.monotonic()
        halfway = stage.id == until == IN_THE_MIDDLE
        count = acts_panel.score(cast, half=True) if halfway else stage.play(cast)
        cast.clock.settle()
        done.append(Played(stage.id, stage.title, count, round(time.monotonic() - begun, 2)))
        tell(done[-1])
        if stage.id == until:
            break
    return done
