"""Nomination quotas and the ranked list of a unit that holds one (domain handbook 1.3)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.errors import DomainError, InvalidValues


@dataclass(frozen=True)
class QuotaState:
    """How much of a quota is used; `total` includes supplementary places."""

    used: int
    total: int

    @property
    def left(self) -> int:
        """Places still free, never negative."""
        return max(0, self.total - self.used)

    @property
    def phrase(self) -> str:
        """The counter that pages show."""
        return f"已用{self.used}/{self.total}"


def check_quota(used: int, *, quota: int, supplementary: int = 0, adding: int = 1) -> QuotaState:
    """Return the state after `adding` more nominations; over quota raises `DomainError` "quota.exceeded".

    `supplementary` places are granted one by one with a reason.
    """
    state = QuotaState(used=used + adding, total=quota + supplementary)
    if state.used > state.total:
        raise DomainError(
            "quota.exceeded",
            f"推荐名额已用{used}/{state.total}，不能再提交{adding}人。请撤回一名已推荐的人选，或向区人社局申请追加名额并说明理由。",
        )
    return state


def check_ranks(ranks: Sequence[int | None]) -> None:
    """Refuse a ranked recommendation list that is not 1, 2, … n without gap or double. Raises `InvalidValues`."""
    given = [rank for rank in ranks if rank is not None]
    missing = sorted(set(range(1, len(ranks) + 1)) - set(given))
    doubled = sorted(rank for rank, count in Counter(given).items() if count > 1)
    beyond = sorted(rank for rank in set(given) if not 1 <= rank <= len(ranks))
    problems = [f"第{rank}名重复" for rank in doubled] + [f"没有第{rank}名" for rank in missing]
    problems += [f"不应有第{rank}名" for rank in beyond]
    if problems:
        shown = "，".join(problems)
        raise InvalidValues("quota.ranks", f"推荐排序应从1连续排到{len(ranks)}：{shown}。请改正排序后再提交。")
