"""Nomination quotas and the ranked list of a unit that holds one (domain handbook 1.3)."""

from dataclasses import dataclass

from app.domain.errors import DomainError


@dataclass(frozen=True)
class QuotaState:
    """How much of a quota is used; `total` includes supplementary places."""

    used: int
    total: int

    @property
    def left(self) -> int:
        """Places still free, never negative."""
        return max(0, self.total - self.used)


def check_quota(used: int, *, quota: int, supplementary: int = 0, adding: int = 1) -> QuotaState:
    """Return the state after `adding` more nominations; over quota raises `DomainError` "quota.exceeded".

    A place is used by recommending and does not come free by itself when the nominee withdraws or is refused later: what returns to a
    unit returns by a decision (domain handbook 1.3). `supplementary` places are granted so, one by one with a reason.
    """
    state = QuotaState(used=used + adding, total=quota + supplementary)
    if state.used > state.total:
        raise DomainError(
            "quota.exceeded",
            f"推荐名额已用{used}/{state.total}，不能再提交{adding}人。已推荐的人选退出或未通过的，名额不自动恢复；需要补推的，请向区人社局申请追加名额并说明理由。",
        )
    return state
